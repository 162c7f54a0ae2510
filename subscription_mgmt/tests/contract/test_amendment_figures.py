"""What is shown of a change, and the recurring revenue of a day."""

from datetime import date

from odoo.tests import tagged

from .amendment_common import AmendmentCommon


@tagged("post_install", "-at_install")
class TestAmendmentFigures(AmendmentCommon):
    def test_revenue_of_a_day_counts_lines_in_force(self):
        year, used_up = {"price_unit": 1200.0, "interval_unit": "year"}, {"price_unit": 50.0, "repetitions": 2}
        contract = self.make_contract([{"price_unit": 310.0}, year, used_up], date_end=date(2026, 12, 31))
        self.assertEqual(contract._get_mrr(date(2025, 12, 31)), 0.0, "before its start")
        self.assertEqual(contract._get_mrr(date(2026, 2, 28)), 310.0 + 100.0 + 50.0)
        self.assertEqual(contract._get_mrr(date(2026, 3, 1)), 310.0 + 100.0, "two periods are used up")
        self.assertEqual(contract._get_mrr(date(2027, 1, 1)), 0.0, "after its end")

    def test_revenue_of_a_day_counts_no_draft_and_no_pause(self):
        self.assertEqual(self.make_contract(activate=False)._get_mrr(date(2026, 3, 1)), 0.0)
        self.contract.action_pause(date(2026, 3, 20))
        self.contract.action_resume(date(2026, 3, 25))
        days = [date(2026, 3, day) for day in (19, 20, 24, 25)]
        self.assertEqual([self.contract._get_mrr(day) for day in days], [310.0, 0.0, 0.0, 310.0])

    def test_revenue_follows_changes_to_come(self):
        self.amend({"price_unit": 620.0}, day=date(2026, 6, 1))
        self.assertEqual(
            [self.contract._get_mrr(date(2026, 5, 31)), self.contract._get_mrr(date(2026, 6, 1))], [310, 620]
        )

    def test_the_preview_uses_no_number(self):
        other = self.env["res.partner"].create({"name": "Successor"})
        last = self.make_contract(activate=False).name
        for _n in range(3):
            self.draft({"kind": "subscriber", "partner_id": other.id})
        number = self.make_contract(activate=False).name
        self.assertEqual(int(number[-4:]), int(last[-4:]) + 1)

    def test_rows_edited_by_hand_are_named(self):
        row = self.contract.installment_ids.filtered(lambda row: row.date_from == date(2026, 5, 1))
        row.price_unit = 300.0
        draft = self.draft({"price_unit": 620.0})
        self.assertIn("05/01/2026 – 05/31/2026", draft.warning)
        self.assertFalse(self.draft({"kind": "add", "product_id": self.product.id}).warning)

    def test_an_end_says_which_later_change_is_void(self):
        self.amend({"price_unit": 620.0}, day=date(2026, 6, 1))
        draft = self.draft({"kind": "end", "line_id": self.line.id})
        self.assertIn("The change of 06/01/2026", draft.warning)
        draft.action_confirm()
        self.assertEqual(self.contract._get_mrr(date(2026, 6, 1)), 0.0)

    def test_the_table_shows_both_sides(self):
        draft = self.draft({"price_unit": 620.0})
        for text in ("440.00", "220.00", "310.00", "620.00", "03/10/2026 – 03/31/2026"):
            self.assertIn(text, draft.plan_html)

    def test_a_payer_whose_day_came_is_undone_too(self):
        before = self.read_terms()
        amendment = self.amend({"kind": "payer", "invoice_partner_id": self.payer.id}, day=date(2026, 4, 1))
        self.contract._turn_payers(date(2026, 4, 1))
        self.assertEqual(self.contract.invoice_partner_id, self.payer)
        amendment.action_undo()
        self.assertEqual(self.read_terms(), before)

    def test_a_monthly_price_does_not_wait_for_the_end_of_the_year(self):
        contract = self.make_billed([{"price_unit": 3650.0, "interval_unit": "year"}], until=date(2026, 1, 1))
        self.amend({"price_unit": 310.0, "interval_unit": "month"}, contract=contract)
        self.assertEqual(
            self.read_plan(contract)[:3],
            ["04-01: 03-10..12-31 -2970.00", "04-01: 03-10..03-31 220.00", "04-01: 04-01..04-30 310.00"],
        )
