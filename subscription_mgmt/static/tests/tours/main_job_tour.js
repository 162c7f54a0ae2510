import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const FILE = [
    "Abone No;Kurumsal Müşteri ID;Tanım;Başlangıç Tarihi;Ürün Kodu;Birim Fiyat",
    "TUR-1;K2001;Fiber internet;01.01.2026;NET;250,00",
    "TUR-2;K2002;Alarm izleme;01.01.2026;NET;99,90",
].join("\n");

/** Put a file into the file input, as choosing it in the dialog of the system does. */
function chooseFile(name, content) {
    const input = document.querySelector(".o_field_widget[name=file] input[type=file]");
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], name, { type: "text/csv" }));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("subscription_main_job", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open subscriptions",
            trigger: ".o_app[data-menu-xmlid='subscription_mgmt.subscription_menu_root']",
            run: "click",
        },
        {
            content: "open the import menu",
            trigger: "button[data-menu-xmlid='subscription_mgmt.subscription_menu_contracts']",
            run: "click",
        },
        {
            content: "open the import page",
            trigger: ".dropdown-item[data-menu-xmlid='subscription_mgmt.subscription_import_menu']",
            run: "click",
        },
        {
            content: "required columns carry a star",
            trigger: ".o_field_widget[name=layout_html]:contains('Subscriber No*')",
        },
        {
            content: "choose a file with a mistake",
            trigger: ".o_field_widget[name=file]",
            run: () => chooseFile("aboneler.csv", FILE.replace("K2002", "K9999")),
        },
        {
            content: "check it",
            trigger: "button[name=action_check]:enabled",
            run: "click",
        },
        {
            content: "the problem is shown with its value",
            trigger: ".o_field_widget[name=issue_ids] .o_data_row:contains('K9999')",
        },
        {
            content: "clear the file",
            trigger: ".o_field_widget[name=file] .o_clear_file_button",
            run: "click",
        },
        {
            content: "choose the mended file",
            trigger: ".o_field_widget[name=file]:not(:has(.o_clear_file_button))",
            run: () => chooseFile("aboneler.csv", FILE),
        },
        {
            content: "check again",
            trigger: "button[name=action_check]:enabled",
            run: "click",
        },
        {
            content: "import",
            trigger: "button[name=action_start]:enabled",
            run: "click",
        },
        {
            content: "activate the contracts",
            trigger: "button[name=action_activate]:enabled",
            run: "click",
        },
        {
            content: "confirm",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "open the billing menu",
            trigger: "body:not(:has(.modal)) button[data-menu-xmlid='subscription_mgmt.subscription_menu_billing']",
            run: "click",
        },
        {
            content: "bill now",
            trigger: ".dropdown-item[data-menu-xmlid='subscription_mgmt.subscription_bill_menu']",
            run: "click",
        },
        {
            content: "two contracts are due",
            trigger: ".modal .o_field_widget[name=contract_count]:contains('2')",
        },
        {
            content: "bill",
            trigger: ".modal button[name=action_bill]",
            run: "click",
        },
        {
            content: "open the invoices of the run",
            trigger: "button[name=action_view_moves]:contains('2')",
            run: "click",
        },
        {
            content: "open the first invoice",
            trigger: ".o_data_row .o_data_cell[name=name]:contains('INV/')",
            run: "click",
        },
        {
            content: "it is posted, with the period in its text",
            trigger: ".o_arrow_button_current:contains('Posted')",
        },
        {
            content: "the invoice leads back to its contract",
            trigger: "button[name=action_view_subscription_contracts]",
        },
    ],
});
