import { registry } from "@web/core/registry";

const table = (key) => `.o_subscription_revenue [data-table=${key}]`;
const click = (content, trigger) => ({ content, trigger, run: "click" });

registry.category("web_tour.tours").add("subscription_revenue_report", {
    steps: () => [
        { content: "revenue of today", trigger: ".o_subscription_revenue .fs-4:contains('100.00')" },
        { content: "and what moved it", trigger: `${table("movements")} tr:contains('New') td:contains('100.00')` },
        { content: "look at products", trigger: ".o_subscription_group", run: "select product" },
        click("look at one of them alone", `${table("group")} a:contains('Internet')`),
        { content: "it is said what is looked at", trigger: ".rounded-pill:contains('Internet')" },
        click("look at all again", ".rounded-pill:contains('Internet')"),
        click("cohorts", "button:contains('Cohorts')"),
        {
            content: "the young one is marked",
            trigger: `${table("cohort_heads")} tr:contains('young') td:contains('100%')`,
        },
        click("show amounts", ".o_subscription_revenue input[type=checkbox]"),
        {
            content: "they are shown",
            trigger: `${table("cohort_revenue")} tr:contains('young') td:contains('100.00'):eq(1)`,
        },
        click("open a figure", `${table("cohort_revenue")} tr:contains('young') td:contains('100.00'):last`),
        { content: "its lines of the log", trigger: ".o_list_view .o_group_header:contains('Yıldız')" },
        click("back to the report", ".o_back_button, .breadcrumb-item a:last"),
        { content: "as it was left", trigger: table("cohort_revenue") },
    ],
});
