import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("nestpay_package", {
    url: "/my/packages",
    steps: () => [
        {
            content: "choose the package",
            trigger: "div[name=o_package_offer]:contains('Credit 10') a:contains('Buy')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "choose the card",
            trigger: "input[name=o_payment_radio]:not(:visible), input[name=o_payment_radio]",
            run: "click",
        },
        {
            content: "go to the bank, where the payment is approved, and come back",
            trigger: "button[name=o_payment_submit_button]:enabled",
            run: "click",
            expectUnloadPage: true,
        },
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
        {
            content: "look at the invoices",
            trigger: "body",
            run: () => {
                window.location = "/my/invoices";
            },
            expectUnloadPage: true,
        },
        {
            content: "it is paid",
            trigger: ".o_portal_my_doc_table tr:contains('Paid')",
        },
    ],
});
