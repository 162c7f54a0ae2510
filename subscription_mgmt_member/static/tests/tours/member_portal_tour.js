import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("member_portal_order", {
    steps: () => [
        {
            content: "Two of the product",
            trigger: "tr[name=o_member_product]:contains(Pellet) input[type=number]",
            run: "edit 2",
        },
        { trigger: "textarea[name=note]", run: "edit Gate 3" },
        { trigger: "button[name=order]", run: "click", expectUnloadPage: true },
        {
            content: "It waits; whoever ordered does not approve it himself",
            trigger: "[name=o_member_approval]:contains(Waiting for approval):not(:has(button[name=approve]))",
        },
    ],
});

registry.category("web_tour.tours").add("member_portal_approve", {
    steps: () => [
        {
            content: "The start page says that somebody waits",
            trigger: ".o_portal_index_card a[href='/my/approvals']:contains(Orders to approve)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open the order",
            trigger: "tr[name=o_member_order]:contains(Waiting for approval) a",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "The note is there", trigger: "[name=o_member_approval]:contains(Gate 3)" },
        { trigger: "button[name=approve]", run: "click", expectUnloadPage: true },
        { content: "It is with the seller", trigger: "[name=o_member_approval]:contains(With the seller)" },
    ],
});
