import { registry } from "@web/core/registry";

const click = (content, trigger) => ({ content, trigger, run: "click" });
const see = (content, trigger) => ({ content, trigger });
const chooseReason = () => [
    {
        content: "say why",
        trigger: ".modal .o_field_widget[name=close_reason_id] input",
        run: "edit Too expensive",
    },
    click("take it", ".o-autocomplete--dropdown-item:contains('Too expensive')"),
];

registry.category("web_tour.tours").add("subscription_contract_life", {
    steps: () => [
        // A pause
        click("pause", "button[name=action_open_pause]:enabled"),
        see(
            "by the day is proposed, and what it comes to",
            ".modal [name=preview]:contains('Given back'):contains('70.97')",
        ),
        click("by whole periods", ".modal .o_field_widget[name=mode] input[data-value=periods]"),
        see("the dialog follows", ".modal [name=preview]:not(:contains('70.97'))"),
        click("by the day after all", ".modal .o_field_widget[name=mode] input[data-value=days]"),
        see("and back", ".modal [name=preview]:contains('70.97')"),
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Renovation",
        },
        click("pause it", ".modal button[name=action_pause]:enabled"),
        see("the contract says so", "[name=pause_banner]:contains('Renovation'):contains('when somebody resumes')"),
        click("look at the plan", ".nav-link:contains('Payment Plan')"),
        see("the days of the pause are grey", ".o_data_row.text-muted:contains('Skipped')"),
        click("resume", "button[name=action_open_resume]:enabled"),
        click("from today", ".modal button[name=action_resume]:enabled"),
        see("the banner is gone", ".o_form_view:not(:has([name=pause_banner]))"),
        // A closing to come, taken back
        click("close", "button[name=action_open_close]:enabled"),
        see("at the end of what is paid", ".modal [name=preview]:contains('last day 03/31/2026')"),
        ...chooseReason(),
        click("close it", ".modal button[name=action_close]:enabled"),
        click("take it back", "[name=closing_banner]:contains('Too expensive') button[name=action_take_back]"),
        click("really", ".modal-footer .btn-primary"),
        see("the banner is gone", ".o_form_view:not(:has([name=closing_banner]))"),
        // Closed today, re-opened
        click("close", "button[name=action_open_close]:enabled"),
        click("today", ".modal .o_field_widget[name=end] input[data-value=today]"),
        see("what is given back", ".modal [name=preview]:contains('67.74')"),
        ...chooseReason(),
        click("close it", ".modal button[name=action_close]:enabled"),
        click("re-open", "button[name=action_open_reopen]:enabled"),
        see("what comes back", ".modal [name=preview]:contains('Rows of the plan added')"),
        click("re-open it", ".modal button[name=action_reopen]:enabled"),
        see("in force again", "button[name=action_open_close]:enabled"),
    ],
});
