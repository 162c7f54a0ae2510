from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestLifecycle(SubscriptionCommon):
    def planned(self, contract):
        return contract.installment_ids.filtered(lambda row: row.state == "planned")

    @freeze_time("2026-03-10")
    def test_a_start_years_back_asks_first(self):
        contract = self.make_contract([{}, {"billing_timing": "arrears"}], activate=False, date_start=date(2023, 1, 1))
        other = self.make_contract(activate=False, date_start=date(2023, 1, 1))
        action = (contract + other).action_open_activate()
        self.assertEqual((action["res_model"], contract.state), ("subscription.contract.activate", "draft"))
        wizard = self.env["subscription.contract.activate"].create({"contract_ids": contract.ids, "backlog": "paid"})
        self.assertEqual((wizard.backlog_from, wizard.backlog_count), (date(2023, 1, 1), 39 + 38))
        wizard.action_activate()
        self.assertEqual(contract.state, "active")
        first = [min(line.installment_ids.mapped("date_from")) for line in contract.line_ids]
        self.assertEqual(first, [date(2026, 4, 1), date(2026, 3, 1)], "in advance March counts as billed")

    @freeze_time("2026-03-10")
    def test_a_backlog_that_is_to_be_billed_is_planned(self):
        contract = self.make_contract(activate=False, date_start=date(2023, 1, 1))
        self.env["subscription.contract.activate"].create({"contract_ids": contract.ids}).action_activate()
        self.assertEqual(min(contract.installment_ids.mapped("date_from")), date(2023, 1, 1))

    @freeze_time("2026-03-10")
    def test_several_with_a_recent_start_are_activated_by_one_click(self):
        contracts = self.make_contract(activate=False, date_start=date(2025, 6, 1))
        contracts += self.make_contract(activate=False)
        self.assertIs(contracts.action_open_activate(), True)
        self.assertEqual(contracts.mapped("state"), ["active", "active"])

    @freeze_time("2026-03-10")
    def test_close_needs_a_reason(self):
        contract = self.make_contract()
        with self.assertRaisesRegex(UserError, "reason"):
            contract.action_close(date(2026, 3, 10))
        self.assertEqual(contract.action_close()["res_model"], "subscription.contract.close")
        self.assertEqual(contract.state, "active")

    @freeze_time("2026-03-10")
    def test_close_gives_back_what_was_billed_for_later_days(self):
        contract = self.make_contract()
        self.bill(date(2026, 3, 1))
        contract.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual((contract.state, contract.date_end), ("closed", date(2026, 3, 10)))
        self.assertPlan(contract, [(date(2026, 3, 11), date(2026, 3, 31), -67.74)], state="planned")
        refund = self.bill(date(2026, 3, 10)).move_ids
        self.assertEqual((refund.move_type, refund.amount_untaxed, refund.amount_tax), ("out_refund", 67.74, 13.55))
        self.assertEqual(refund.state, "posted")
        self.assertFalse(self.bill(date(2026, 12, 31)), "nothing is left to bill")

    @freeze_time("2026-03-10")
    def test_close_on_the_day_it_began_still_costs_that_day(self):
        contract = self.make_contract(date_start=date(2026, 3, 10))
        self.bill(date(2026, 3, 10))
        contract.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(self.planned(contract).price_subtotal, -96.77)  # 30 of 31 days

    @freeze_time("2026-03-10")
    def test_close_bills_the_last_days_in_arrears(self):
        contract = self.make_contract([{"billing_timing": "arrears"}])
        self.bill(date(2026, 3, 1))
        contract.action_close(date(2026, 3, 10), self.reason)
        self.assertPlan(contract, [(date(2026, 3, 1), date(2026, 3, 10), 32.26)], state="planned")
        self.assertEqual(self.bill(date(2026, 3, 11)).amount_untaxed, 32.26)

    @freeze_time("2026-03-10")
    def test_close_at_a_later_day_stays_active_until_then(self):
        contract = self.make_contract()
        self.bill(date(2026, 3, 1))
        contract.action_close(date(2026, 4, 30), self.reason)
        self.assertEqual(contract.state, "active")
        self.assertPlan(contract, [(date(2026, 4, 1), date(2026, 4, 30), 100.0)], state="planned")
        self.bill(date(2026, 4, 1))
        with freeze_time("2026-05-01"), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_run_terms").method_direct_trigger()
        self.assertEqual(contract.state, "closed")

    @freeze_time("2026-03-10")
    def test_pause_bills_nothing_until_resumed(self):
        contract = self.make_contract()
        self.bill(date(2026, 2, 1))
        contract.action_pause(date(2026, 2, 20))
        self.assertFalse(self.bill(date(2026, 3, 10)))
        contract.action_resume(date(2026, 3, 15))
        rows = self.planned(contract).sorted("date_from")
        self.assertEqual(
            [(r.date_from, r.date_to, r.price_subtotal) for r in rows[:2]],
            [(date(2026, 2, 20), date(2026, 2, 28), -32.14), (date(2026, 3, 15), date(2026, 3, 31), 54.84)],
        )
        run = self.bill(date(2026, 3, 15))
        self.assertEqual((run.move_count, run.amount_untaxed), (1, 22.7))

    @freeze_time("2026-03-10")
    def test_pause_and_resume_on_the_same_day_changes_nothing(self):
        contract = self.make_contract()
        before = contract.installment_ids.mapped("price_subtotal")
        contract.action_pause(date(2026, 3, 10))
        contract.action_resume(date(2026, 3, 10))
        self.assertEqual((contract.state, contract.installment_ids.mapped("price_subtotal")), ("active", before))

    @freeze_time("2026-01-10")
    def test_fault_a11_a_pause_from_a_day_to_come_begins_on_that_day(self):
        contract = self.make_contract()
        self.bill(date(2026, 1, 1))
        contract.action_pause(date(2026, 3, 1), "Sabbatical")
        self.assertEqual((contract.state, contract.pause_ids.reason), ("active", "Sabbatical"))
        self.assertEqual(self.bill(date(2026, 2, 1)).amount_untaxed, 100.0)
        for day, state in ((date(2026, 2, 28), "active"), (date(2026, 3, 1), "paused")):
            with freeze_time(day), self.enter_registry_test_mode():
                self.env.ref("subscription_mgmt.ir_cron_subscription_run_terms").method_direct_trigger()
            self.assertEqual(contract.state, state)
        self.assertFalse(self.bill(date(2026, 3, 31)))

    @freeze_time("2026-03-10")
    def test_fault_a18_a_closed_contract_is_re_opened_by_its_own_act(self):
        contract = self.make_contract()
        self.bill(date(2026, 3, 1))
        contract.action_close(date(2026, 3, 10), self.reason)
        self.bill(date(2026, 3, 10))
        with self.assertRaisesRegex(UserError, "closed already"):
            contract.action_close(date(2026, 4, 30), self.reason)
        contract.action_reopen()
        self.assertEqual((contract.state, contract.date_end, contract.close_reason_id.id), ("active", False, False))
        march = contract.installment_ids.filtered(lambda row: (row.date_from.year, row.date_from.month) == (2026, 3))
        self.assertAlmostEqual(sum(march.mapped("price_subtotal")), 100.0, msg="what was given back is charged again")

    def test_fault_a17_a_draft_is_not_closed(self):
        contract = self.make_contract(activate=False)
        with self.assertRaisesRegex(UserError, "draft"):
            contract.action_close(date(2026, 3, 10), self.reason)
        self.assertFalse(contract.installment_ids)

    @freeze_time("2026-03-10")
    def test_a_day_is_given_back_once(self):
        contract = self.make_contract()
        self.bill(date(2026, 3, 1))
        contract.action_pause(date(2026, 3, 11))
        contract.action_resume(date(2026, 3, 16))
        self.bill(date(2026, 3, 16))
        contract.action_close(date(2026, 3, 20), self.reason)
        self.bill(date(2026, 3, 20))
        rows = contract.installment_ids.filtered(lambda row: row.date_from.month == 3 and row.state == "invoiced")
        # March: 100 charged, 11–15 March and 21–31 March given back; 15 days remain
        self.assertAlmostEqual(sum(rows.mapped("price_subtotal")), 100.0 - 16.13 - 35.48)

    @freeze_time("2026-03-10")
    def test_pause_and_resume_are_refused_out_of_order(self):
        contract = self.make_contract()
        with self.assertRaises(UserError):
            contract.action_resume()
        with self.assertRaises(UserError):
            contract.action_pause(date(2025, 12, 31))
        contract.action_pause()
        with self.assertRaises(UserError):
            contract.action_pause()
        with self.assertRaises(UserError):
            contract.action_resume(date(2026, 3, 9))

    def test_renew_goes_on_after_the_old_end(self):
        contract = self.make_contract(date_end=date(2026, 12, 31), renewal="manual", renewal_months=6)
        contract.action_renew()
        self.assertEqual(contract.date_end, date(2027, 6, 30))
        self.assertEqual(len(contract.installment_ids), 18)
        with self.assertRaisesRegex(UserError, "no term"):
            self.make_contract().action_renew()

    @freeze_time("2026-12-31")
    def test_cron_renews_what_renews_by_itself_and_closes_what_ends(self):
        term = {"date_end": date(2026, 12, 31)}
        renewing = self.make_contract(renewal="auto", **term)
        ending = self.make_contract(**term)
        self.bill(date(2026, 12, 31))
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_run_terms")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((renewing.date_end, ending.state), (date(2027, 12, 31), "active"))
        with freeze_time("2027-01-01"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((renewing.state, ending.state), ("active", "closed"))
        self.assertEqual(renewing.date_end, date(2027, 12, 31), "renewed once")

    def test_a_line_that_ends_with_the_term_is_renewed_with_it(self):
        contract = self.make_contract([{"date_end": date(2026, 3, 31)}, {"date_end": date(2026, 2, 28)}],
                                      date_end=date(2026, 3, 31), renewal_months=3)  # fmt: skip
        contract.action_renew()
        self.assertEqual(contract.line_ids.mapped("date_end"), [date(2026, 6, 30), date(2026, 2, 28)])
        self.assertEqual(max(contract.installment_ids.mapped("date_to")), date(2026, 6, 30))

    def test_a_line_that_another_one_follows_is_not_renewed(self):
        contract = self.make_contract([{"date_end": date(2026, 3, 31)}], date_end=date(2026, 3, 31), renewal_months=3)
        contract.line_ids = [Command.create({"product_id": self.product.id, "date_start": date(2026, 4, 1)})]
        contract.action_renew()
        self.assertEqual(contract.line_ids.mapped("date_end"), [date(2026, 3, 31), False])
