import { registry } from "@web/core/registry";

const click = (content, trigger) => ({ content, trigger, run: "click" });

registry.category("web_tour.tours").add("subscription_busy_calendar", {
    steps: () => [
        click("look at the plan as a calendar", ".o_switch_view.o_calendar"),
        {
            content: "a day with few rows shows them",
            trigger: ".o_calendar_widget .o_event:contains('Few')",
        },
        click("a day with many shows how many", ".fc-day-today .o_event:contains('25 Planned')"),
        { content: "they are listed", trigger: ".o_list_view .o_pager_limit:contains('25')" },
        click("back", ".o_back_button, .breadcrumb-item a:last"),
        { content: "where one was", trigger: ".o_calendar_widget .o_event:contains('25 Planned')" },
    ],
});
