import { registry } from "@web/core/registry";

const click = (content, trigger) => ({ content, trigger, run: "click" });

registry.category("web_tour.tours").add("subscription_mgmt_helpdesk_refused", {
    steps: () => [
        click("open the request that waits", ".o_data_row .o_data_cell:contains('Printer')"),
        { content: "it says what the customer has", trigger: "[name=credit]:contains('Support is not open')" },
        click("let it through", "button[name=action_let_through]:enabled"),
        click("say yes", ".modal-footer .btn-primary"),
        { content: "the ticket is there", trigger: ".o_field_widget[name=number]:contains('HT')" },
        { content: "and was not charged", trigger: "[name=subscription_credit]:contains('Support is not open')" },
    ],
});
