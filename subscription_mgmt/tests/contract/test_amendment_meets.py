from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ...models.contract.lifecycle import TERMS
from .amendment_common import AmendmentCommon

YEAR = {"price_unit": 310.0, "date_end": date(2026, 12, 31)}


@tagged("post_install", "-at_install")
class TestAmendmentMeets(AmendmentCommon):
    """Changes that meet a trial, a pause, a commitment, an end or another change."""

    def transfer(self, contract, day=date(2026, 4, 1)):
        return self.amend({"kind": "subscriber", "partner_id": self.payer.id}, contract=contract, day=day)

    def read_days(self, contract):
        lines = contract.line_ids.sorted("date_start")
        return [(line.date_start, line.date_end or None) for line in lines]

    # === TRIAL === #
    def test_on_trial_the_next_period_is_the_first_paid_one(self):
        contract = self.make_contract([{"price_unit": 310.0}], date_start=date(2026, 3, 5), trial_days=14)
        step = {"kind": "change", "line_id": contract.line_ids.id, "price_unit": 620.0}
        change = self.env["subscription.amendment"].create({"contract_id": contract.id, "step_ids": [(0, 0, step)]})
        self.assertEqual((change.problem, change.date), (False, date(2026, 3, 19)))
        change.action_confirm()
        self.assertEqual(self.read_plan(contract)[0], "03-19: 03-19..04-18 620.00")

    # === WHAT WAS DUE ALREADY === #
    def test_a_row_that_was_due_is_shown_with_what_is_billed_at_once(self):
        contract = self.make_billed([{"price_unit": 70.0, "interval_unit": "week"}])
        draft = self.draft({"price_unit": 140.0}, contract=contract, billing="once")
        draft.action_confirm()
        # 5 to 9 March at the old price, 10 and 11 March at the new one
        self.assertEqual((draft.next_amount, contract.invoice_ids.sorted("id")[-1].amount_untaxed), (90.0, 90.0))

    # === ANOTHER SUBSCRIBER === #
    def test_another_subscriber_gets_no_other_trial(self):
        contract = self.make_billed(trial_days=10)
        new = self.transfer(contract).transfer_id
        self.assertFalse(new.date_trial_end)
        self.assertEqual(self.read_plan(new)[0], "04-01: 04-01..04-10 100.00")

    def test_another_subscriber_keeps_what_is_left_of_trial_and_minimum_term(self):
        values = {"date_start": date(2026, 3, 5), "trial_days": 14, "commitment_months": 12}
        contract = self.make_contract([{"price_unit": 310.0}], **values)
        new = self.transfer(contract, date(2026, 3, 10)).transfer_id
        self.assertEqual(new.date_trial_end, date(2026, 3, 18))
        self.assertEqual(new.commitment_end, date(2027, 3, 18))

    def test_the_minimum_term_does_not_begin_anew(self):
        contract = self.make_billed(commitment_months=12)
        self.assertEqual(self.transfer(contract).transfer_id.commitment_end, date(2026, 12, 31))

    def test_another_subscriber_has_the_pauses_that_were_agreed(self):
        contract = self.make_billed()
        contract.action_pause(date(2026, 4, 5), date_to=date(2026, 4, 10))
        plan = self.read_plan(self.transfer(contract).transfer_id)
        self.assertEqual(plan[:2], ["04-01: 04-01..04-04 41.33", "04-11: 04-11..04-30 206.67"])

    def test_what_was_passed_on_goes_on_there_alone(self):
        contract = self.make_billed(date_end=date(2026, 12, 31), renewal="manual")
        self.transfer(contract)
        for act in (
            contract.action_take_back,
            contract.action_renew,
            lambda: contract.action_close(date(2026, 6, 30), self.reason),
            lambda: contract.write({"date_end": date(2026, 12, 31)}),
        ):
            with self.assertRaisesRegex(UserError, "goes on as"):
                act()
        self.assertFalse([row for row in self.read_plan(contract) if row > "04"])

    def test_what_was_passed_on_is_not_re_opened(self):
        contract = self.make_billed()
        self.transfer(contract, date(2026, 3, 10))
        with self.assertRaisesRegex(UserError, "goes on as"):
            contract.action_reopen()

    def test_a_contract_that_is_to_end_is_not_passed_on(self):
        contract = self.make_billed()
        contract.action_close(date(2026, 6, 30), self.reason)
        draft = self.draft({"kind": "subscriber", "partner_id": self.payer.id}, contract=contract)
        self.assertIn("is to be closed on", draft.problem)

    def test_undone_after_the_night_closed_the_old_contract(self):
        before = self.read_terms()
        change = self.transfer(self.contract)
        with freeze_time("2026-04-01 12:00:00"):
            for job in TERMS:
                self.carry_out(job, date(2026, 4, 1))
            self.assertEqual(self.contract.state, "closed")
            change.action_undo()
        self.assertEqual(self.read_terms(), before)

    def test_the_change_of_the_new_contract_is_undone_first(self):
        change = self.transfer(self.contract)
        self.amend({"price_unit": 500.0}, contract=change.transfer_id, day=date(2026, 5, 1))
        with self.assertRaisesRegex(UserError, "was changed again from 05/01/2026"):
            change.action_undo()

    def test_what_the_new_subscriber_agreed_to_is_not_lost_by_undoing(self):
        change = self.transfer(self.contract)
        change.transfer_id.action_close(date(2026, 6, 30), self.reason)
        with self.assertRaisesRegex(UserError, "was changed again since"):
            change.action_undo()

    # === PAUSES THAT MOVE THE TERM === #
    def test_a_pause_that_moves_the_term_moves_no_change_to_come(self):
        contract = self.make_billed([YEAR])
        self.amend({"price_unit": 620.0}, contract=contract, day=date(2026, 6, 1))
        contract.action_pause(date(2026, 4, 1), date_to=date(2026, 4, 10), mode="extend")
        moved = [(date(2026, 1, 1), date(2026, 5, 31)), (date(2026, 6, 1), date(2027, 1, 10))]
        self.assertEqual(self.read_days(contract), moved)

    def test_a_pause_that_is_cut_leaves_no_day_uncharged_before_a_change(self):
        contract = self.make_billed([YEAR])
        contract.action_pause(date(2026, 4, 1), date_to=date(2026, 4, 20), mode="extend")
        self.amend({"price_unit": 620.0}, contract=contract, day=date(2026, 6, 1))
        contract.action_resume(date(2026, 4, 11))
        self.assertIn("05-01: 05-01..05-31 310.00", self.read_plan(contract))

    # === UNDOING WHAT LATER ACTS BUILT ON === #
    def test_a_line_that_was_renewed_since_is_not_cut_by_undoing(self):
        contract = self.make_billed([YEAR], date_end=YEAR["date_end"], renewal="manual", renewal_months=12)
        change = self.amend({"price_unit": 620.0}, contract=contract, day=date(2026, 6, 1))
        contract.action_renew()
        with self.assertRaisesRegex(UserError, "was changed again since"):
            change.action_undo()

    def test_the_payer_of_the_same_day_is_not_lost_by_undoing(self):
        day = date(2026, 6, 1)
        change = self.amend({"price_unit": 620.0}, day=day)
        self.amend({"kind": "payer", "invoice_partner_id": self.payer.id}, day=day)
        with self.assertRaisesRegex(UserError, "was changed again since"):
            change.action_undo()

    def test_a_price_written_by_hand_since_is_not_lost_by_undoing(self):
        change = self.amend({"price_unit": 620.0}, day=date(2026, 6, 1))
        self.contract.line_ids.sorted("date_start")[-1].price_unit = 700.0
        with self.assertRaisesRegex(UserError, "was changed again since"):
            change.action_undo()

    def test_a_change_of_locked_days_is_not_undone(self):
        change = self.amend({"price_unit": 620.0})
        self.company.sudo().fiscalyear_lock_date = date(2026, 3, 31)
        with self.assertRaisesRegex(UserError, "Accounting is locked"):
            change.action_undo()

    # === WHAT STOOD ON THE SCREEN === #
    def test_what_a_colleague_has_edited_since_is_shown_before_it_is_confirmed(self):
        draft = self.draft({"price_unit": 620.0})
        shown = draft.digest
        draft.step_ids.price_unit = 900.0
        self.assertEqual(draft.with_context(subscription_shown=shown).action_confirm()["tag"], "display_notification")
        self.assertEqual(draft.state, "draft")
        self.assertTrue(draft.with_context(subscription_shown=draft.digest).action_confirm() is True)

    def test_a_change_in_percent_is_a_number(self):
        step = self.draft({"price_unit": 620.0}).step_ids
        with self.assertRaisesRegex(ValidationError, "not a number that can be billed"):
            step.percent = 1e20

    # === THE FEE FOR LEAVING === #
    def test_the_fee_for_leaving_early_is_not_changed_away(self):
        self.company.subscription_fee_product_id = self.env["product.product"].create({"name": "Early termination"})
        values = {"commitment_months": 24, "termination_fee": "fixed", "termination_fee_amount": 500.0}
        contract = self.make_billed(**values)
        contract.action_close(date(2026, 6, 30), self.reason)
        fee = contract.line_ids.filtered("is_fee").id
        for step in ({"kind": "end"}, {"price_unit": 0.01}):
            draft = self.draft({"line_id": fee, **step}, contract=contract, day=date(2026, 6, 30))
            self.assertIn("waived by a manager", draft.problem)
