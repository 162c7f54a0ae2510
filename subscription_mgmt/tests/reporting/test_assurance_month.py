from datetime import date

from odoo.tests import freeze_time, tagged

from .assurance_common import AssuranceCommon

JANUARY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestAssuranceMonth(AssuranceCommon):
    """The verdict of a month: the plan on one side, posted invoices on the other."""

    @freeze_time("2026-01-05")
    def setUp(self):
        super().setUp()
        self.contract = self.make_contract([{}, {"price_unit": 50.0, "quantity": 2, "discount": 10}])

    def reckon(self, day, month=JANUARY):
        with freeze_time(day):
            self.contract.sudo()._compare_with_terms(day)
            self.env["subscription.assurance.month"].sudo()._reckon(self.company, day)
        return self.env["subscription.assurance.month"].search(
            [("company_id", "=", self.company.id), ("month", "=", month)]
        )

    def get_figures(self, month):
        return month.expected, month.billed, month.waiting, month.by_hand, month.open, month.is_good

    def test_all_that_was_expected_is_billed(self):
        self.bill_on(date(2026, 1, 5))
        month = self.reckon(date(2026, 1, 6))
        self.assertEqual(self.get_figures(month), (190.0, 190.0, 0.0, 0.0, 0.0, True))
        self.assertEqual(month.name, "January 2026")
        self.assertEqual(month.sentence.replace("\N{NO-BREAK SPACE}", ""), "$190.00 expected, $190.00 billed.")

    def test_month_in_which_nothing_was_to_be_billed_is_not_shown(self):
        self.bill_on(date(2026, 1, 5))
        self.assertFalse(self.reckon(date(2026, 1, 6), month=date(2025, 12, 1)))

    def test_what_was_not_billed_on_its_day_is_missing(self):
        month = self.reckon(date(2026, 1, 6))
        self.assertEqual(self.get_figures(month), (190.0, 0.0, 0.0, 0.0, 190.0, False))
        self.assertIn("190.00 too little", month.sentence)
        self.bill_on(date(2026, 1, 6))
        self.assertTrue(self.reckon(date(2026, 1, 7)).is_good)

    def test_row_that_the_plan_lacks_is_missing(self):
        self.bill_on(date(2026, 1, 5))
        row = self.contract.line_ids[0].installment_ids.sorted("date_from")[1]
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", row.id)
        self.bill_on(date(2026, 2, 1))
        month = self.reckon(date(2026, 2, 2), month=date(2026, 2, 1))
        self.assertEqual(self.get_figures(month), (190.0, 90.0, 0.0, 0.0, 100.0, False))
        self.assertEqual(month.difference_count, 1)

    def test_what_has_to_come_back_is_too_much(self):
        self.bill_on(date(2026, 1, 5))
        self.tamper(
            "INSERT INTO subscription_pause (contract_id, company_id, date_from, date_to, mode, cause) "
            "VALUES (%s, %s, '2026-01-22', '2026-01-31', 'days', 'agreed')",
            self.contract.id,
            self.company.id,
        )
        month = self.reckon(date(2026, 2, 1))
        self.assertEqual(self.get_figures(month), (128.71, 190.0, 0.0, 0.0, -61.29, False))
        self.assertIn("61.29 too much", month.sentence)

    def test_drafts_wait(self):
        self.contract.billing_mode = "draft"
        self.bill_on(date(2026, 1, 5))
        month = self.reckon(date(2026, 1, 6))
        self.assertEqual(self.get_figures(month), (190.0, 0.0, 190.0, 0.0, 0.0, True))
        self.assertIn("190.00 in drafts", month.sentence)

    def test_what_people_did_on_invoices_is_said_and_is_no_fault(self):
        self.bill_on(date(2026, 1, 5), date(2026, 2, 1))
        january, february = self.contract.installment_ids.sorted("date_from").invoice_id[:2]
        january.button_draft()
        january.invoice_line_ids[:1].price_unit = 60.0
        january.action_post()
        month = self.reckon(date(2026, 2, 2))
        self.assertEqual(self.get_figures(month), (190.0, 150.0, 0.0, 40.0, 0.0, True))
        self.assertIn("40.00 left out by hand", month.sentence)
        february.button_draft()
        february.button_cancel()
        month = self.reckon(date(2026, 2, 2), month=date(2026, 2, 1))
        self.assertEqual(self.get_figures(month), (190.0, 0.0, 0.0, 190.0, 0.0, True))

    def test_credit_by_hand_changes_nothing(self):
        self.bill_on(date(2026, 1, 5))
        self.give_credit(self.contract.installment_ids.invoice_id)
        self.assertEqual(self.get_figures(self.reckon(date(2026, 1, 6))), (190.0, 190.0, 0.0, 0.0, 0.0, True))

    def test_credit_of_ours_counts_on_both_sides(self):
        self.bill_on(date(2026, 1, 5))
        with freeze_time("2026-01-21"):
            self.contract.action_close(reason=self.reason)
        self.bill_on(date(2026, 1, 22))
        self.assertEqual(self.get_figures(self.reckon(date(2026, 1, 23))), (128.71, 128.71, 0.0, 0.0, 0.0, True))

    def test_other_currency_is_counted_in_that_of_the_company(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        with freeze_time("2026-01-05"):
            contract = self.make_contract(currency_id=euro.id)
        self.assertEqual(self.reckon(date(2026, 1, 6)).expected, 240.0, "not billed: at the rate of the day")
        self.bill_on(date(2026, 1, 6))
        self.assertEqual(contract.installment_ids.invoice_id.amount_untaxed, 100.0)
        self.assertEqual(self.get_figures(self.reckon(date(2026, 1, 7))), (240.0, 240.0, 0.0, 0.0, 0.0, True))

    def test_other_company_has_a_verdict_of_its_own(self):
        self.bill_on(date(2026, 1, 5))
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        self.env["subscription.assurance.month"].sudo()._reckon(other, date(2026, 1, 6))
        self.assertFalse(self.env["subscription.assurance.month"].sudo().search([("company_id", "=", other.id)]))

    def test_verdict_leads_to_its_rows(self):
        self.bill_on(date(2026, 1, 5))
        month = self.reckon(date(2026, 1, 6))
        action = month.action_view_rows()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows, self.contract.installment_ids.filtered(lambda row: row.state == "invoiced"))

    def test_page_in_the_morning(self):
        assurance = self.env["subscription.assurance"].with_company(self.company)

        def open_page(day):
            with freeze_time(day):
                self.contract.sudo()._compare_with_terms(day)
                action = assurance.action_open()
                page = self.env[action["res_model"]].with_company(self.company).browse(action["res_id"])
                checks = page.check_ids.filtered(lambda check: check.kind != "cron")
                return page.month_ids.mapped("is_good"), sum(checks.mapped("count"))

        self.bill_on(date(2026, 1, 5))
        self.assertEqual(open_page(date(2026, 1, 6)), ([True], 0))
        self.assertEqual(self.reckon(date(2026, 2, 2), month=date(2026, 2, 1)).is_good, False)
        good, count = open_page(date(2026, 2, 2))
        self.assertEqual(good, [False, True])
        self.assertEqual(count, 4, "two rows that are late, and two differences")
