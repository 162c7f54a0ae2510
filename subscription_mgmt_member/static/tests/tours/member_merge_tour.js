import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("member_merge", {
    steps: () => [
        {
            content: "Open the menu of actions",
            trigger: ".o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Merge into Another Customer)",
            run: "click",
        },
        {
            content: "The blue box lists the other one",
            trigger: ".modal .alert-info .o_kanban_record:contains(Çınar Enerji A.Ş.) button[name=action_choose]",
            run: "click",
        },
        {
            content: "What is lost, and what moves",
            trigger: ".modal .o_member_merge_preview:contains(+90 212 999 88 77)",
        },
        {
            trigger: ".modal .o_member_merge_preview a:contains(Çatı keşfi)",
        },
        {
            trigger: ".modal footer button[name=action_merge]",
            run: "click",
        },
        {
            trigger: ".modal footer button:contains(Merge).btn-primary",
            run: "click",
        },
        {
            content: "Only the target is left, and is open",
            trigger: ".o_form_view .o_field_widget[name=name] :value(Çınar Enerji A.Ş.)",
        },
    ],
});

registry.category("web_tour.tours").add("member_bulb", {
    steps: () => [
        {
            trigger: ".o_control_panel button[name=action_open_member_duplicates]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Çınar Enerji A.Ş.):contains(Ltd. Şti.) button[name=action_dismiss]",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Çınar Enerji Ltd. Şti.)))",
        },
    ],
});
