import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("member_permissions", {
    url: "/odoo/member-permissions",
    steps: () => [
        {
            content: "administrators stand there already, and say why their level is fixed",
            trigger: ".o_data_row:contains('Administrators always manage')",
        },
        {
            content: "add a colleague",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "look for her",
            trigger: ".o_selected_row .o_field_widget[name=user_id] input",
            run: "edit Zeynep",
        },
        {
            content: "take her",
            trigger: ".o-autocomplete--dropdown-item:contains('Zeynep Ak')",
            run: "click",
        },
        {
            content: "choose the level at the right",
            trigger: ".o_selected_row .o_field_widget[name=level] input",
            run: "click",
        },
        {
            content: "take None",
            trigger: ".o_select_menu_item:contains('None')",
            run: "click",
        },
        {
            content: "save",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "the row is there; open its level again",
            trigger: ".o_data_row:contains('Zeynep Ak') td[name=level]:contains('None')",
            run: "click",
        },
        {
            content: "open the selector",
            trigger: ".o_selected_row .o_field_widget[name=level] input",
            run: "click",
        },
        {
            content: "take Contribute",
            trigger: ".o_select_menu_item:contains('Contribute')",
            run: "click",
        },
        {
            content: "save it",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "it stands there",
            trigger: ".o_data_row:contains('Zeynep Ak') td[name=level]:contains('Contribute')",
        },
    ],
});
