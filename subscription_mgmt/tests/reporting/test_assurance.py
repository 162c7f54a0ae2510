from datetime import date

from odoo.tests import tagged

from ...models.common.context import LEDGER
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestAssurance(SubscriptionCommon):
    def check(self, date_ref):
        """Counts by kind, without those that are zero."""
        checks = self.env["subscription.assurance"].sudo()._check(self.company, date_ref)
        return {check.kind: check.count for check in checks if check.count and check.kind != "cron"}

    def test_all_is_well_after_billing(self):
        self.make_contract(date_end=date(2026, 12, 31))
        self.bill(date(2026, 1, 1))
        self.assertEqual(self.check(date(2026, 1, 2)), {})

    def test_what_was_not_billed_is_found_and_leads_to_the_records(self):
        contract = self.make_contract()
        self.assertEqual(self.check(date(2026, 1, 1)), {}, "the day itself is not over")
        self.assertEqual(self.check(date(2026, 2, 2)), {"overdue": 2})
        check = self.env["subscription.assurance"].search([("kind", "=", "overdue")])
        action = check.filtered(lambda check: check.company_id == self.company).action_view_records()
        self.assertTrue(contract.installment_ids >= self.env[action["res_model"]].search(action["domain"]))

    def test_parked_contract(self):
        self.make_contract()
        self.customer.active = False
        self.bill(date(2026, 1, 1))
        self.assertEqual(self.check(date(2026, 1, 2)), {"parked": 1})

    def test_running_contract_with_nothing_planned(self):
        contract = self.make_contract()
        contract.installment_ids.sudo().with_context(subscription_ledger=LEDGER).unlink()
        self.assertEqual(self.check(date(2026, 1, 2)), {"no_next": 1})

    def test_fault_a35_a_year_billed_in_advance_is_no_discrepancy(self):
        self.make_contract([{"interval_unit": "year"}], date_end=date(2026, 12, 31), renewal="auto")
        self.bill(date(2026, 1, 1))
        self.assertNotIn("no_next", self.check(date(2026, 3, 1)))

    def test_period_without_an_amount(self):
        contract = self.make_contract(date_start=date(2026, 2, 1))
        contract.installment_ids[0].price_unit = 0
        self.assertEqual(self.check(date(2026, 1, 10)), {"zero": 1})

    def test_invoice_line_that_differs_from_the_plan(self):
        self.make_contract(billing_mode="draft")
        self.bill(date(2026, 1, 1)).move_ids.invoice_line_ids.price_unit = 99.0
        self.assertEqual(self.check(date(2026, 1, 2)), {"differs": 1})

    def test_fault_a35_line_that_a_person_changed_is_shown_for_a_month_once_it_is_posted(self):
        self.make_contract(billing_mode="draft")
        move = self.bill(date(2026, 1, 1)).move_ids
        move.invoice_line_ids.price_unit = 99.0
        move.action_post()
        self.assertEqual(self.check(date(2026, 1, 31)), {"differs": 1})
        self.assertNotIn("differs", self.check(date(2026, 2, 1)))

    def test_invoice_left_in_draft(self):
        self.make_contract()
        self.bill(date(2026, 1, 1), hold=True)
        self.assertEqual(self.check(date(2026, 1, 2)), {"draft": 1})

    def test_posted_invoice_that_was_not_sent(self):
        self.make_contract(billing_mode="send")
        self.bill(date(2026, 1, 1))
        self.assertEqual(self.check(date(2026, 1, 2)), {"unsent": 1})

    def test_scheduled_action_that_is_off(self):
        check = self.env["subscription.assurance"].sudo()._check(self.company, date(2026, 1, 1))
        before = check.filtered(lambda check: check.kind == "cron").count
        self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").active = False
        check = self.env["subscription.assurance"].sudo()._check(self.company, date(2026, 1, 1))
        self.assertEqual(check.filtered(lambda check: check.kind == "cron").count, before + 1)

    def test_page_checks_when_it_is_opened(self):
        self.make_contract()
        action = self.env["subscription.assurance"].action_open()
        self.assertEqual(action["res_model"], "subscription.assurance.page")
        kinds = self.env["subscription.assurance"].search([("company_id", "=", self.company.id)]).mapped("kind")
        self.assertEqual(len(kinds), 11)
