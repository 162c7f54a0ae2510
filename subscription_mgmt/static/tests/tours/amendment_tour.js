import { registry } from "@web/core/registry";

const click = (content, trigger) => ({ content, trigger, run: "click" });

registry.category("web_tour.tours").add("subscription_amendment", {
    steps: () => [
        click("change the price of one", ".o_field_widget[name=line_ids] .o_data_row button[name=action_amend]"),
        {
            content: "the line is chosen already, with its old price",
            trigger: ".o_field_widget[name=step_ids] .o_data_row:contains('Internet'):contains('100.00')",
        },
        click("on the new price", ".o_field_widget[name=step_ids] .o_data_row .o_data_cell[name=price_unit]"),
        {
            content: "say the new price",
            trigger: ".o_field_widget[name=step_ids] .o_selected_row .o_field_widget[name=price_unit] input",
            run: "edit 160",
        },
        click("show what it does", "button[name=action_preview]:enabled:first"),
        {
            content: "nothing is given back, and the next invoice is another one",
            trigger: ".o_field_widget[name=plan_html]:contains('160.00')",
        },
        { content: "the revenue before", trigger: ".o_field_widget[name=mrr_before]:contains('100.00')" },
        { content: "and after", trigger: ".o_field_widget[name=mrr_after]:contains('160.00')" },
        click("confirm", "button[name=action_confirm]:enabled"),
        { content: "it is confirmed", trigger: ".o_statusbar_status .o_arrow_button_current:contains('Confirmed')" },
        click("undo it", "button[name=action_undo]:enabled"),
        click("say yes", ".modal-footer .btn-primary"),
        { content: "it is undone", trigger: ".o_statusbar_status .o_arrow_button_current:contains('Undone')" },
        click("back to the contract", ".o_breadcrumb .o_back_button, .breadcrumb-item a:last"),
        click("begin another change", "button[name=action_amend]:enabled:first"),
        {
            content: "its day is the first of the next period",
            trigger: ".o_field_widget[name=date]:contains('02/01/2026'), .o_field_widget[name=date]:contains('Feb 1')",
        },
        click("leave it", ".o_form_button_cancel"),
        { content: "back", trigger: ".o_field_widget[name=line_ids]" },
    ],
});
