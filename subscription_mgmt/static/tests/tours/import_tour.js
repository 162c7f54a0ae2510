import { registry } from "@web/core/registry";

const HEADINGS = "Dosya;Kurumsal Müşteri ID;Tanım;Başlangıç Tarihi;Ürün Kodu;Birim Fiyatı";
const BAD = [HEADINGS, "IMP-1;K2001;Fiber;01.01.2026;NET;250,00", "IMP-2;K9999;Alarm;01.01.2026;NET;99,90"].join("\n");
const MENDED = BAD.replace("K9999", "K2002").replace("250,00", "260,00");

/** Put a file into the file input, as choosing it in the dialog of the system does. */
function chooseFile(content) {
    const input = document.querySelector(".o_field_widget[name=file] input[type=file]");
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "aboneler.csv", { type: "text/csv" }));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

const click = (content, trigger) => ({ content, trigger, run: "click" });

registry.category("web_tour.tours").add("subscription_import", {
    steps: () => [
        {
            content: "choose a file with a heading of its own and a wrong id",
            trigger: ".o_field_widget[name=file]",
            run: () => chooseFile(BAD),
        },
        click("check it", "button[name=action_check]:enabled"),
        {
            content: "the heading is not known",
            trigger: ".o_field_widget[name=problem_html]:contains('Dosya')",
        },
        click("look at the columns", ".o_notebook .nav-link:contains('Columns')"),
        {
            content: "the similar heading was recognised, with its values beside",
            trigger: ".o_data_row:contains('Birim Fiyatı'):contains('250,00'):contains('Similar')",
        },
        click("say what the unknown one holds", ".o_data_row:contains('Dosya') .o_data_cell[name=key]"),
        {
            content: "choose its column",
            trigger: ".o_data_row:contains('Dosya') .o_field_widget[name=key] input",
            run: "edit Subscriber No",
        },
        click("take it", ".o_select_menu_item:contains('Subscriber No')"),
        click("check again", "button[name=action_check]:enabled"),
        click("back to the problems", ".o_notebook .nav-link:contains('Problems')"),
        {
            content: "only the wrong id is left",
            trigger: ".o_field_widget[name=issue_ids] .o_data_row:contains('K9999')",
        },
        {
            content: "the failing rows can be had as a workbook",
            trigger: "button[name=action_download_errors]:enabled",
        },
        click("import the good rows", "button[name=action_start_good]:enabled"),
        click("say yes", ".modal-footer .btn-primary"),
        click("open the receipt", "button[name=action_view_batch]:enabled"),
        {
            content: "one was made, one left out",
            trigger: ".o_field_widget[name=skipped_count]:contains('1')",
        },
        {
            content: "the failing rows are kept with it",
            trigger: ".o_field_widget[name=error_file]",
        },
        click(
            "load the mended file",
            ".o_menu_sections button[data-menu-xmlid='subscription_mgmt.subscription_menu_contracts']",
        ),
        click("on the import page", ".dropdown-item[data-menu-xmlid='subscription_mgmt.subscription_import_menu']"),
        {
            content: "choose it",
            trigger: ".o_field_widget[name=file]:not(:has(.o_clear_file_button)) input[type=file]:not(:visible)",
            run: () => chooseFile(MENDED),
        },
        click("check it", "button[name=action_check]:enabled"),
        {
            content: "the heading is remembered; a changed price is a problem by itself",
            trigger: ".o_field_widget[name=problem_html]:contains('IMP-1')",
        },
        {
            content: "update what was not billed",
            trigger: ".o_field_widget[name=on_existing] input",
            run: "edit Update",
        },
        click("take it", ".o_select_menu_item:contains('Update')"),
        click("check again", "button[name=action_check]:enabled"),
        click("look at what will be done", ".o_notebook .nav-link:contains('What Will Be Done')"),
        {
            content: "it says what will be changed",
            trigger: ".o_field_widget[name=preview_ids] .o_data_row:contains('250 → 260')",
        },
        click("import", "button[name=action_start]:enabled"),
        click("open the receipt", "button[name=action_view_batch]:enabled"),
        click("open the old and new values", "button[name=action_view_changes]"),
        {
            content: "they are there",
            trigger: ".o_data_row:contains('250'):contains('260')",
        },
        click("back to the receipt", ".o_breadcrumb .o_back_button"),
        click("undo", "button[name=action_open_undo]:enabled"),
        {
            content: "it says what will be put back",
            trigger: ".modal .o_field_widget[name=restored_ids] .o_data_row:contains('250')",
        },
        click("confirm", ".modal button[name=action_confirm]"),
        {
            content: "undone",
            trigger: ".o_arrow_button_current:contains('Undone'), .o_statusbar_status:contains('Undone')",
        },
    ],
});
