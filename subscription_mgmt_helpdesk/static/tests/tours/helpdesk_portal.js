import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("subscription_mgmt_helpdesk_portal", {
    steps: () => [
        {
            content: "Choose the department whose credit does not reach",
            trigger: "select[name=team]",
            run: "selectByLabel Help – Credit left: 2. A request takes 3.",
        },
        { trigger: "input[name=subject]", run: "edit Printer" },
        { trigger: "textarea[name=description]", run: "edit It burns" },
        { trigger: "button:contains(Submit Ticket)", run: "click", expectUnloadPage: true },
        { content: "The text is still there", trigger: "textarea[name=description]:value(It burns)" },
        {
            content: "A package is offered",
            trigger: ".o_subscription_refusal li a:contains(Credit 10)",
        },
        {
            content: "A department without a price is open",
            trigger: "select[name=team]",
            run: "selectByLabel Free Team",
        },
        { trigger: "button:contains(Submit Ticket)", run: "click", expectUnloadPage: true },
        { content: "The ticket is there", trigger: "h3:contains(Printer)" },
    ],
});
