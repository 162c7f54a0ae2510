from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestScreens(SubscriptionCommon):
    """What people read on the screens."""

    def test_an_empty_list_says_why_it_is_empty(self):
        contracts = self.env["subscription.contract"]
        found = contracts.search([])
        help_ = "<p>Draw up the first one</p>"
        if not found:
            self.assertEqual(contracts.get_empty_list_help(help_), help_)
        self.make_contract()
        for name in ("subscription.contract", "subscription.installment", "subscription.due"):
            self.assertIn("Nothing meets what is searched for", self.env[name].get_empty_list_help(help_), name)

    def test_messages_have_days_in_the_format_of_the_reader(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        contract = self.make_contract(date_end=date(2026, 3, 31)).with_context(lang="tr_TR")
        row = contract.installment_ids.sorted("date_from")[0]
        self.assertIn("01.01.2026 – 31.01.2026", row.display_name)
        with self.assertRaisesRegex(Exception, "31.12.2025"):
            contract.date_end = date(2025, 12, 31)

    def test_choices_that_are_shown_elsewhere_are_translated_there(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.env["ir.module.module"].search([("name", "=", "subscription_mgmt")])._update_translations(["tr_TR"])
        wallet = self.env["subscription.wallet"].with_context(lang="tr_TR")
        package = self.env["subscription.package"].with_context(lang="tr_TR")
        labels = [dict(model._fields["kind"]._description_selection(model.env)) for model in (wallet, package)]
        self.assertEqual(*labels)
        self.assertNotIn("Credit-based", labels[0].values())

    def test_billing_with_nothing_due_says_when_something_is(self):
        contract = self.make_contract([{"price_unit": 50.0}], date_start=date(2026, 4, 1))
        others = self.make_contract(date_start=date(2026, 4, 1)) + self.make_contract(date_start=date(2026, 5, 1))
        dialog = self.env["subscription.bill"].create({"contract_ids": [(6, 0, (contract + others).ids)]})
        self.assertEqual((dialog.contract_count, dialog.date_next), (0, date(2026, 4, 1)))
        self.assertIn(
            "2 contracts, $\N{NO-BREAK SPACE}150.00", dialog.next_says.replace("$150", "$\N{NO-BREAK SPACE}150")
        )
        dialog.action_take_next()
        self.assertEqual((dialog.contract_count, dialog.date_ref), (2, date(2026, 4, 1)))
        self.assertEqual(dialog.date_invoice, date(2026, 3, 10))
        self.assertFalse(dialog.next_says)

    def test_skipping_is_told_in_the_log(self):
        contract = self.make_contract(date_end=date(2026, 3, 31))
        contract.installment_ids.sorted("date_from")[1].action_skip("Goodwill")
        self.assertIn("Not billed: 02/01/2026 – 02/28/2026. Goodwill", contract.message_ids[0].body)
