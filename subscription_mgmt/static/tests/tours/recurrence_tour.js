import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const MENU = "subscription_mgmt.subscription";

function openMenu(section, item) {
    const steps = [
        {
            content: `open the menu ${section}`,
            trigger: `body:not(:has(.modal)) [data-menu-xmlid='${MENU}_${section}']`,
            run: "click",
        },
    ];
    if (item) {
        steps.push({
            content: `open ${item}`,
            trigger: `.dropdown-item[data-menu-xmlid='${MENU}_${item}']`,
            run: "click",
        });
    }
    return steps;
}

registry.category("web_tour.tours").add("subscription_recurrence", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open subscriptions",
            trigger: ".o_app[data-menu-xmlid='subscription_mgmt.subscription_menu_root']",
            run: "click",
        },
        ...openMenu("menu_billing", "recurring_invoice_menu"),
        {
            content: "add a recurring invoice",
            trigger: ".o_breadcrumb:contains('Recurring Invoices') ~ * .o_list_button_add, .o_list_button_add",
            run: "click",
        },
        {
            content: "say what it is",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Fibre internet",
        },
        {
            content: "choose the customer",
            trigger: ".o_field_widget[name=invoice_partner_id] input",
            run: "edit Kuzey Ticaret",
        },
        {
            trigger: ".ui-menu-item a:contains('Kuzey Ticaret')",
            run: "click",
        },
        {
            content: "every week",
            trigger: ".o_field_widget[name=frequency] select, .o_field_widget[name=frequency] input",
            run(helpers) {
                return this.anchor.tagName === "SELECT" ? helpers.select('"weekly"') : helpers.click();
            },
        },
        {
            content: "weeks, in the list that opens where it is no plain select",
            trigger: ".o_select_menu_item:contains('Weeks')",
            run: "click",
        },
        {
            content: "a week without a day is refused while it is typed",
            trigger: ".o_field_widget[name=preview]:contains('at least one day of the week')",
        },
        {
            content: "on Tuesday",
            trigger: ".o_recurrent_weekdays .o_subscription_week_day:eq(2)",
            run: "click",
        },
        {
            content: "the sentence and the next dates follow",
            trigger: ".o_field_widget[name=preview]:contains('Tuesday'):contains('6 Jan 2026')",
        },
        {
            content: "add a product",
            trigger: ".o_field_widget[name=invoice_line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=invoice_line_ids] .o_selected_row [name=product_id] input",
            run: "edit Internet",
        },
        {
            trigger: ".ui-menu-item a:contains('Internet')",
            run: "click",
        },
        {
            content: "its price is proposed",
            trigger: ".o_field_widget[name=invoice_amount]:contains('100.00')",
        },
        {
            content: "generate",
            trigger: "button[name=action_generate]",
            run: "click",
        },
        {
            content: "it asks first, with the number",
            trigger: ".modal .o_field_widget[name=new_count]:contains('13')",
        },
        {
            trigger: ".modal-footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "back on the list; open it again",
            trigger: ".o_list_view .o_data_row:contains('Fibre internet'):contains('Running') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "the interactions stand beneath",
            trigger: ".nav-link[name=interactions]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=interaction_ids] .o_data_row:contains('Jan 6')",
        },
        {
            content: "no longer Tuesday",
            trigger: ".o_recurrent_weekdays .o_subscription_week_day.text-bg-action",
            run: "click",
        },
        {
            content: "but Monday",
            trigger: ".o_recurrent_weekdays:not(:has(.text-bg-action)) .o_subscription_week_day:eq(1)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=preview]:contains('Monday')",
        },
        {
            content: "regenerate",
            trigger: "button[name=action_regenerate]",
            run: "click",
        },
        {
            content: "the difference is shown",
            trigger: ".modal .o_field_widget[name=moved_count]:contains('13')",
        },
        {
            trigger: ".modal-footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "the interactions are on Monday now",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=interaction_ids] .o_data_row:contains('Jan 5')",
        },
        ...openMenu("menu_recurrence", "agenda_menu"),
        {
            content: "today's invoice stands in the agenda: confirm it",
            trigger:
                ".o_kanban_group:contains('Today') .o_kanban_record:contains('Fibre internet') button[name=action_confirm_invoice]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "it is posted and not sent",
            trigger: ".o_arrow_button_current:contains('Posted')",
        },
        ...openMenu("menu_recurrence", "agenda_menu"),
        {
            content: "send it: the second act",
            trigger: ".o_kanban_record:contains('Fibre internet') button[name=action_send_invoice]",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_send_and_print]",
            run: "click",
        },
        {
            content: "done: it has left the agenda",
            trigger:
                "body:not(:has(.modal)) .o_kanban_view:not(:has(.o_kanban_record:contains('Jan 5'):contains('Fibre internet')))",
        },
    ],
});
