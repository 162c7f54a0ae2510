from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon

END_OF_JANUARY, EARLY = date(2026, 1, 31), date(2025, 12, 20)


@tagged("post_install", "-at_install")
class TestDecisions(SubscriptionCommon):
    """A row that was decided about and has other days since is decided about again: one decision for one charge."""

    def setUp(self):
        super().setUp()
        clock = freeze_time("2025-12-20 12:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    def make_grown(self, prorate=False):
        """The row of a contract whose end was moved after its day of billing had been."""
        contract = self.make_contract([{"prorate": prorate}], date_end=date(2026, 1, 15))
        contract.installment_ids.date_invoice = date(2026, 1, 5)
        contract.date_end = END_OF_JANUARY
        return contract.installment_ids.sorted("date_from")[0]

    def assertCharged(self, contract, *amounts):
        self.env.flush_all()
        rows = contract.installment_ids.filtered(lambda row: row.state == "planned")
        self.assertEqual(rows.sorted("date_from").mapped("price_subtotal"), list(amounts))
        change = contract._get_plan_difference()
        self.assertFalse(change.added or change.changed or change.removed, "settling once more changes nothing")

    def test_another_price(self):
        row = self.make_grown()
        row.price_unit = 40.0
        self.assertCharged(row.contract_id, 40.0)
        self.assertEqual(len(self.env["subscription.decision"].search([("line_id", "=", row.line_id.id)])), 1)

    def test_another_day_of_billing(self):
        row = self.make_grown()
        row.date_invoice = date(2026, 1, 7)
        self.assertCharged(row.contract_id, 100.0)
        self.assertEqual(row.date_invoice, date(2026, 1, 7))

    def test_skipped_and_brought_back(self):
        row = self.make_grown()
        contract = row.contract_id
        row.action_skip("Goodwill")
        self.assertCharged(contract)
        contract._generate_installments()
        contract.installment_ids.action_unskip()
        self.assertCharged(contract, 100.0)

    def test_skipped_in_a_contract_that_changes_later(self):
        row = self.make_grown()
        contract = row.contract_id
        row.action_skip("Goodwill")
        contract.action_pause(date(2026, 1, 20))
        contract.action_close(date(2026, 1, 22), self.reason)
        self.assertCharged(contract)

    def test_shorter_and_longer_again(self):
        row = self.make_grown()
        contract = row.contract_id
        contract.date_end = date(2026, 1, 10)
        row.price_unit = 40.0
        contract.date_end = END_OF_JANUARY
        self.assertCharged(contract, 40.0)

    def test_with_proration_each_decision_is_about_its_own_days(self):
        row = self.make_grown(prorate=True)
        contract = row.contract_id
        row.price_unit = 40.0
        self.assertCharged(contract, 40.0, 51.61)

    def test_skipping_settles(self):
        """What else follows from it is done at once, and not in some night."""
        contract = self.make_contract(date_end=END_OF_JANUARY)
        self.env.cr.execute("UPDATE subscription_contract SET date_end = '2026-02-28' WHERE id = %s", [contract.id])
        contract.invalidate_recordset()
        contract.installment_ids.action_skip("Goodwill")
        self.assertCharged(contract, 100.0)
