import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("subscription_portal_wish", {
    url: "/my/subscriptions",
    steps: () => [
        {
            content: "the list has the price with tax",
            trigger: "tr[name=o_subscription]:contains('120.00'):contains('monthly')",
        },
        {
            content: "open the contract",
            trigger: "tr[name=o_subscription] a:contains('Fiber line')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is to be signed",
            trigger: "div[name=o_subscription_sign] .o_web_sign_name_and_signature input",
            run: "edit Ayşe Yıldız",
        },
        {
            content: "sign",
            trigger: "div[name=o_subscription_sign] .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is signed",
            trigger: "#signed:contains('Ayşe Yıldız')",
        },
        {
            content: "think of ending it",
            trigger: "details[name=o_subscription_wish_close] summary:contains('End the contract')",
            run: "click",
        },
        {
            content: "the first day that the notice allows is proposed",
            trigger: "details[name=o_subscription_wish_close] input[name=date]:value(2026-03-20)",
        },
        {
            content: "for this reason",
            trigger: "details[name=o_subscription_wish_close] select[name=reason]",
            run: "selectByLabel Moved away",
        },
        {
            content: "what would it mean?",
            trigger: "details[name=o_subscription_wish_close] button:contains('See what it means')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "this much comes back",
            trigger: "div[name=o_subscription_preview] th[name=total]:contains('42.58')",
        },
        {
            content: "ask for it",
            trigger: "div[name=o_subscription_preview] button:contains('Send request')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "thanks",
            trigger: "div[name=o_subscription_thanks] a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it waits, and nothing else can be asked",
            trigger: "body:not(:has(details)) li[name=o_subscription_request] button:contains('Withdraw')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is taken back",
            trigger: "details[name=o_subscription_wish_close]",
        },
    ],
});
