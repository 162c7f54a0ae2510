import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("member_clerks_day", {
    url: "/odoo/members",
    steps: () => [
        {
            content: "look for a number as it was told on the phone",
            trigger: ".o_searchview_input",
            run: "edit 0532 111 22 33",
        },
        {
            content: "the box finds out that it is a number",
            trigger:
                ".o_searchview_autocomplete .o-dropdown-item:first-child, .o_searchview_autocomplete li:first-child",
            run: "click",
        },
        {
            content: "only that customer is left; point at the row",
            trigger: ".o_pager_limit:contains(/^1$/) , .o_data_row:only-child .o_data_cell[name=complete_name]",
        },
        {
            content: "point at it",
            trigger: ".o_data_row .o_data_cell[name=complete_name]:contains('Çınar Enerji')",
            run: "hover",
        },
        {
            content: "its latest tasks stand at the right",
            trigger: ".o_member_preview a:contains('Replace the modem')",
        },
        {
            content: "open the customer",
            trigger: ".o_data_row .o_data_cell[name=complete_name]:contains('Çınar Enerji')",
            run: "click",
        },
        {
            content: "the figures stand above the pages",
            trigger: ".o_member_figures [name=member_turnover]",
        },
        {
            content: "its tasks in three groups",
            trigger: ".nav-link[name=member_tasks]",
            run: "click",
        },
        {
            content: "the task is pending",
            trigger: "[name=member_task_pending_ids] .o_data_cell:contains('Replace the modem')",
        },
        {
            content: "back to all customers",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:contains('Customers')",
            run: "click",
        },
        {
            content: "add a customer",
            trigger: ".o_list_view .o_member_add",
            run: "click",
        },
        {
            content: "give the name",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Lale Tekstil",
        },
        {
            content: "and the phone",
            trigger: ".modal .o_field_widget[name=phone] input",
            run: "edit 0532 999 88 77",
        },
        {
            content: "save and open",
            trigger: ".modal button[name=action_member_open]",
            run: "click",
        },
        {
            content: "it begins as potential; make it active",
            trigger: "body:not(:has(.modal)) .alert button[name=action_member_make_active]",
            run: "click",
        },
        {
            content: "it is active",
            trigger: "button[name=action_member_make_passive]",
        },
        {
            content: "begin a task for it",
            trigger: ".nav-link[name=member_tasks]",
            run: "click",
        },
        {
            trigger: "button[name=action_member_create_task]",
            run: "click",
        },
        {
            content: "say what is to do",
            trigger: ".o_form_view:has(.o_field_widget[name=project_id]) .o_field_widget[name=name] textarea",
            run: "edit Call about the offer",
        },
        {
            content: "the customer stands there already",
            trigger: ".o_field_widget[name=partner_id] input:value(Lale Tekstil)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "saved",
            trigger: ".o_form_saved, .o_form_status_indicator:not(:has(.o_form_button_save:visible))",
        },
    ],
});
