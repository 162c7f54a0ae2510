import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Steps that buy the package of this name with the demo provider, which answers as told. */
function buy(name, answer, between = []) {
    return [
        {
            content: "choose the package",
            trigger: `div[name=o_package_offer]:contains('${name}') a:contains('Buy')`,
            run: "click",
            expectUnloadPage: true,
        },
        ...between,
        {
            content: "choose the payment method",
            trigger: "input[name=o_payment_radio]:not(:visible), input[name=o_payment_radio]",
            run: "click",
        },
        {
            content: "enter a card",
            trigger: "input[name=customer_input]",
            run: "edit 4242",
        },
        {
            content: "let the provider answer",
            trigger: "#simulated_payment_state",
            run: `select ${answer}`,
        },
        {
            content: "pay",
            trigger: "button[name=o_payment_submit_button]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
    ];
}

tours.add("subscription_package_purchase", {
    url: "/my/packages",
    steps: () => [
        {
            content: "nothing is held yet",
            trigger: "div[name=o_package_balance]:contains('no package')",
        },
        ...buy("Credit 10", "cancel"),
        {
            content: "a declined payment charges nothing",
            trigger: "div[name=o_package_payment]:contains('did not go through')",
        },
        ...buy("Credit 10", "done"),
        {
            content: "thanks, and back to the packages",
            trigger: "div[name=o_package_thanks] a[href='/my/packages']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the credit is there",
            trigger: "div[name=credits_left]:contains('10')",
        },
        ...buy("Month", "done", [
            {
                content: "it asks before the credit is lost",
                trigger: "div[name=o_package_switch]:contains('10 credits') a:contains('agree')",
                run: "click",
                expectUnloadPage: true,
            },
        ]),
        {
            content: "thanks, and back to the packages",
            trigger: "div[name=o_package_thanks] a[href='/my/packages']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the days have taken its place",
            trigger: "div[name=days_left]:contains('30')",
        },
        {
            content: "look at the history",
            trigger: "a[href='/my/packages/history']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the credit was lost",
            trigger: "tr:contains('Forfeited'):contains('-10')",
        },
    ],
});

tours.add("subscription_package_grant", {
    url: "/odoo/paid-subscriptions",
    steps: () => [
        {
            content: "grant a package",
            trigger:
                ".o_control_panel button:contains('Grant Package'), .o_list_buttons button:contains('Grant Package')",
            run: "click",
        },
        {
            content: "to the customer",
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Yıldız",
        },
        {
            content: "choose him",
            trigger: ".o-autocomplete--dropdown-item:contains('Yıldız Ltd.')",
            run: "click",
        },
        {
            content: "a month",
            trigger: ".modal .o_field_widget[name=package_id] input",
            run: "edit Month",
        },
        {
            content: "choose it",
            trigger: ".o-autocomplete--dropdown-item:contains('Month')",
            run: "click",
        },
        {
            content: "it warns of the credit that is lost",
            trigger: ".modal .alert-warning:contains('10 credits')",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Agreed on the phone",
        },
        {
            content: "go on all the same",
            trigger: ".modal .o_field_widget[name=confirmed] input",
            run: "click",
        },
        {
            content: "grant",
            trigger: ".modal button[name=action_grant]",
            run: "click",
        },
        {
            content: "it is in force",
            trigger: ".o_arrow_button_current:contains('Active')",
        },
        {
            content: "with its days",
            trigger: ".o_field_widget[name=days_left]:contains('30')",
        },
    ],
});
