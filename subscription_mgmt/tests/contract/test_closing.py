from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.subscription_mgmt.models.common.dry_run import dry_run
from odoo.addons.subscription_mgmt.models.contract.lifecycle import CLOSE

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestClosing(SubscriptionCommon):
    """A contract of 100.00 a month from 1 January, of which March is billed."""

    def setUp(self):
        super().setUp()
        self.contract = self.make_contract(date_end=date(2027, 12, 31), renewal="auto")
        self.bill(date(2026, 3, 1))

    def dialog(self, contracts=None, **values):
        """The dialog as the client fills it in."""
        contracts = contracts or self.contract
        dialogs = self.env["subscription.contract.close"]
        return dialogs.new({"contract_ids": [Command.set(contracts.ids)], "close_reason_id": self.reason.id, **values})

    def close(self, contracts=None, **values):
        """The dialog as it is confirmed."""
        contracts = contracts or self.contract
        ids = [Command.set(contracts.ids)]
        dialogs = self.env["subscription.contract.close"]
        dialogs.create({"contract_ids": ids, "close_reason_id": self.reason.id, **values}).action_close()

    def planned(self, contract=None):
        rows = (contract or self.contract).installment_ids.filtered(lambda row: row.state == "planned")
        return [(row.date_from, row.date_to, row.price_subtotal) for row in rows.sorted("date_from")]

    # === WHEN === #
    def test_at_the_end_of_what_is_paid_nothing_is_given_back(self):
        self.close(end="period")
        self.assertEqual((self.contract.date_end, self.contract.state), (date(2026, 3, 31), "active"))
        self.assertEqual(self.planned(), [])

    def test_a_year_that_is_paid_is_served_to_its_end(self):
        contract = self.make_contract([{"interval_unit": "year"}, {}])
        self.bill(date(2026, 3, 1))
        self.close(contract, end="period")
        self.assertEqual(contract.date_end, date(2026, 12, 31))

    def test_what_is_billed_in_arrears_is_served_to_the_end_of_its_period(self):
        contract = self.make_contract([{"billing_timing": "arrears", "date_start": date(2026, 1, 5)}])
        self.assertEqual(contract._get_paid_until(), date(2026, 4, 4))

    def test_no_later_than_its_own_end(self):
        contract = self.make_contract(date_end=date(2026, 3, 20))
        self.assertEqual(contract._get_paid_until(), date(2026, 3, 20))

    def test_today_and_on_a_day(self):
        self.close(end="today")
        self.assertEqual((self.contract.state, self.contract.date_end), ("closed", date(2026, 3, 10)))
        other = self.make_contract()
        self.close(other, end="date", date=date(2026, 5, 15))
        self.assertEqual((other.state, other.date_end), ("active", date(2026, 5, 15)))

    def test_each_of_several_contracts_ends_on_its_own_day(self):
        other = self.make_contract(date_start=date(2026, 1, 15))
        self.bill(date(2026, 2, 15))
        self.close(self.contract + other, end="period")
        self.assertEqual((self.contract + other).mapped("date_end"), [date(2026, 3, 31), date(2026, 3, 14)])

    def test_the_comment_stays_on_the_contract(self):
        self.close(end="today", comment="Moving to another city")
        self.assertEqual(self.contract.close_comment, "Moving to another city")

    # === SHOWN BEFORE === #
    def test_the_dialog_shows_what_closing_will_do_to_the_cent(self):
        dialog = self.dialog(end="today")
        self.assertIn("67.74", dialog.preview)
        self.assertFalse(dialog.problem)
        self.assertEqual((self.contract.state, self.contract.date_end), ("active", date(2027, 12, 31)))
        self.close(end="today")
        self.assertEqual(self.planned(), [(date(2026, 3, 11), date(2026, 3, 31), -67.74)])

    def test_the_dialog_follows_what_is_chosen_and_keeps_what_was_typed(self):
        dialog = self.dialog(end="period")
        self.assertEqual(dialog.date, date(2026, 3, 31))
        self.assertIn("taken away", dialog.preview)
        self.assertNotIn("Given back", dialog.preview)
        dialog.comment = "Typed"
        dialog.end = "today"
        self.assertEqual((dialog.date, dialog.comment), (date(2026, 3, 10), "Typed"))
        self.assertIn("67.74", dialog.preview)

    def test_the_dialog_shows_fee_and_waiver(self):
        self.company.subscription_fee_product_id = self.product
        self.contract.write({"commitment_months": 12, "termination_fee": "fixed", "termination_fee_amount": 80.0})
        dialog = self.dialog(end="today")
        self.assertTrue(dialog.has_fee and dialog.can_waive)
        self.assertIn("80.00", dialog.preview)
        dialog.is_waived = True
        self.assertNotIn("80.00", dialog.preview)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.close(end="today", is_waived=True)
        self.close(end="today", is_waived=True, waiver="Goodwill")
        self.assertEqual((self.contract.termination_waiver, len(self.contract.line_ids)), ("Goodwill", 1))

    def test_what_a_contract_refuses_is_said_while_it_is_filled_in(self):
        dialog = self.dialog(end="date", date=date(2025, 1, 1))
        self.assertIn("before it starts", dialog.problem)
        self.assertFalse(dialog.preview)

    def test_names_of_customers_are_shown_as_text(self):
        self.contract.subject = "<script>x</script>"
        self.assertNotIn("<script>", self.dialog(end="today").preview)

    # === REHEARSED === #
    def test_a_rehearsal_leaves_nothing_behind(self):
        self.contract.subject = "Not saved yet"
        with dry_run(self.contract) as trial:
            self.assertEqual(trial.subject, "Not saved yet")
            trial.action_close(date(2026, 3, 10), self.reason.id)
            self.assertEqual((trial.state, self.contract.state), ("closed", "active"))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.contract.state, self.contract.subject), ("active", "Not saved yet"))

    def test_an_error_of_the_act_comes_through(self):
        with self.assertRaisesRegex(UserError, "before it starts"), dry_run(self.contract) as trial:
            trial.action_close(date(2020, 1, 1), self.reason.id)
        self.contract.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(self.contract.state, "closed")

    # === TAKEN BACK === #
    def test_a_closing_to_come_is_taken_back(self):
        before = self.planned()
        self.contract.action_close(date(2026, 6, 15), self.reason, "Perhaps")
        self.assertTrue(self.contract.is_closing)
        self.assertIn(self.contract, self.contract.search([("is_closing", "=", True)]))
        self.contract.action_take_back()
        self.assertEqual(
            (self.contract.is_closing, self.contract.date_end, self.contract.renewal, self.contract.close_comment),
            (False, date(2027, 12, 31), "auto", False),
        )
        self.assertEqual(self.planned(), before)

    def test_another_day_does_not_forget_what_was_before(self):
        self.contract.action_close(date(2026, 6, 15), self.reason)
        self.contract.action_close(date(2026, 7, 15), self.reason)
        self.contract.action_take_back()
        self.assertEqual((self.contract.date_end, self.contract.renewal), (date(2027, 12, 31), "auto"))

    def test_what_is_not_being_closed_is_not_taken_back(self):
        with self.assertRaisesRegex(UserError, "no closing to come"):
            self.contract.action_take_back()

    # === RE-OPENED === #
    def test_re_opening_puts_back_what_closing_took(self):
        before = self.planned()
        self.contract.action_close(date(2026, 3, 10), self.reason)
        end = self.contract.action_open_reopen()["context"]["default_date_end"]
        self.assertEqual(end, date(2027, 12, 31))
        self.contract.action_reopen(end)
        self.assertEqual((self.contract.renewal, self.planned()), ("auto", before))

    def test_a_closing_that_came_true_by_night_is_re_opened_as_it_was(self):
        self.contract.action_close(date(2026, 3, 31), self.reason)
        with freeze_time("2026-04-02"):
            self.carry_out(CLOSE, date(2026, 4, 2))
            self.assertEqual(self.contract.state, "closed")
            self.assertEqual(self.contract.action_open_reopen()["context"]["default_date_end"], date(2027, 12, 31))

    def test_the_company_says_how_long_a_contract_may_be_re_opened(self):
        self.company.subscription_reopen_days = 30
        self.contract.action_close(date(2026, 3, 10), self.reason)
        with freeze_time("2026-04-10"), self.assertRaisesRegex(UserError, "more than 30 days ago"):
            self.contract.action_reopen()
        with freeze_time("2026-04-09"):
            self.contract.action_reopen()
        self.assertEqual(self.contract.state, "active")

    def test_the_dialog_shows_what_re_opening_comes_to(self):
        self.contract.action_close(date(2026, 3, 10), self.reason)
        self.bill(date(2026, 3, 10))
        action = self.contract.action_open_reopen()
        dialog = self.env[action["res_model"]].with_context(**action["context"]).new({})
        self.assertIn("67.74", dialog.preview)
        self.assertEqual(self.contract.state, "closed")
