from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from ...models.charging.sending import PREPARE
from ...models.charging.subscription_dunning_log import DUN
from .charge_common import ChargeCommon

DAY = date(2026, 1, 1)
QUARTERS = [date(2026, 1, 1), date(2026, 1, 31), date(2026, 3, 2), date(2026, 4, 1)]


@tagged("post_install", "-at_install")
class TestOpenAmount(ChargeCommon):
    """The card is charged what is owed on the day: part by part, after what the customer has to his credit."""

    def make_parts(self, count=4):
        """A yearly invoice of 1,440.00 in equal parts, thirty days apart."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100 / count, "nb_days": 30 * number})
                    for number in range(count)
                ],
            }
        )
        self.make_contract(
            [{"price_unit": 1200.0, "interval_unit": "year", "repetitions": 1}],
            billing_mode="charge",
            payment_token_id=self.token.id,
            payment_term_id=term.id,
        )
        return self.bill(DAY).move_ids

    def credit(self, move, amount):
        """A posted credit note over part of an invoice, as accounting makes it."""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"journal_id": move.journal_id.id, "date": DAY}).refund_moves()
        note = move.reversal_move_ids
        note.invoice_line_ids.write({"price_unit": amount, "quantity": 1, "tax_ids": [Command.clear()]})
        note.action_post()
        return note

    def pay(self, amount, partner=None):
        """Money that came in by bank and that nobody has set against anything."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or self.customer).id,
                "amount": amount,
                "date": DAY,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        return payment

    def charged(self, move):
        """Amounts that were taken for the invoice, in turn."""
        return self.charges_of(move).filtered(lambda charge: charge.state == "done").mapped("amount")

    # === PART BY PART === #
    def test_fault_a34_each_part_is_charged_on_its_day(self):
        move = self.make_parts()
        taken = []
        with self.simulate("done"):
            for day in QUARTERS:
                self.charge(day)
                self.charge(day)
                taken.append(sum(self.charged(move)))
        self.assertEqual(taken, [360.0, 720.0, 1080.0, 1440.0])
        self.assertEqual(move.amount_residual, 0)

    def test_refused_part_is_asked_for_again_with_the_next(self):
        move = self.make_parts()
        with self.simulate("soft", "done") as asked:
            self.charge(QUARTERS[0])
            self.charge(date(2026, 1, 15))
            self.assertEqual(len(asked), 1, "not before the next is due")
            self.charge(QUARTERS[1])
        self.assertEqual(self.charged(move), [720.0])

    def test_part_that_was_paid_and_is_open_again_is_not_charged_again(self):
        """The bank took the money back: a person has to look, the card is not charged by itself."""
        move = self.make_parts()
        with self.simulate("done") as asked:
            self.charge(QUARTERS[0]).transaction_id.payment_id.move_id.line_ids.remove_move_reconcile()
            self.charge(date(2026, 1, 15))
        self.assertEqual((len(asked), move.amount_residual), (1, 1440.0))

    def test_attempts_are_counted_for_each_part(self):
        step = (
            self.env["subscription.dunning.plan"]
            .create(
                {
                    "name": "Two attempts",
                    "company_id": self.company.id,
                    "max_attempts": 2,
                    "step_ids": [Command.create({"days": 0, "action": "retry"})],
                }
            )
            .step_ids
        )
        move = self.make_parts(2)
        with self.simulate("done", "soft"):
            self.charge(QUARTERS[0])
            self.charge(QUARTERS[1])
            self.assertFalse(step._get_retry_obstacle(move))

    # === CREDITS === #
    def test_fault_a34_card_charged_beside_an_open_credit_note(self):
        term = self.env["account.payment.term"].create(
            {"name": "15 days", "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 15})]}
        )
        contract = self.make_contract(billing_mode="charge", payment_token_id=self.token.id, payment_term_id=term.id)
        move = self.bill(DAY).move_ids
        contract.action_close(date(2026, 1, 10), self.reason)
        note = self.bill(date(2026, 1, 11)).move_ids
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 81.29))
        with self.simulate("done"):
            self.charge(date(2026, 1, 16))
        self.assertEqual((self.charged(move), move.amount_residual, note.amount_residual), ([38.71], 0, 0))

    def test_nothing_is_charged_when_the_credits_pay_it_all(self):
        move = self.make_invoice()
        note = self.credit(move, 120.0)
        note.line_ids.remove_move_reconcile()
        with self.simulate("done") as asked:
            self.charge()
        self.assertEqual((asked, move.amount_residual, note.amount_residual), ([], 0, 0))

    def test_money_on_account_is_set_off(self):
        move = self.make_invoice()
        self.pay(50.0)
        with self.simulate("done"):
            self.charge()
        self.assertEqual((self.charged(move), move.amount_residual), ([70.0], 0))

    def test_credit_pays_the_oldest_first_and_once(self):
        second, first = self.make_invoice(date(2026, 1, 2)), self.make_invoice()
        self.pay(150.0)
        with self.simulate("done"):
            self.charge(date(2026, 1, 2))
        self.assertEqual((self.charged(first), self.charged(second)), ([], [90.0]))

    def test_credit_for_something_else_is_left_alone(self):
        other = self.make_invoice(billing_mode="post")
        note = self.credit(other, 50.0)
        note.line_ids.remove_move_reconcile()
        self.pay(70.0, self.env["res.partner"].create({"name": "Stranger"}))
        move = self.make_invoice()
        with self.simulate("done"):
            self.charge()
        self.assertEqual((self.charged(move), note.amount_residual), ([120.0], 50.0))

    def test_credit_that_comes_after_the_intent_stops_it(self):
        move = self.make_invoice()
        self.carry_out(PREPARE, DAY)
        self.pay(50.0)
        with self.simulate("done") as asked:
            self.charge()
            self.charge()
        self.assertEqual((asked, self.charged(move)), ([f"SUB-{move.id}-2"], [70.0]))

    def test_retry_that_was_overtaken_is_not_lost(self):
        move = self.make_invoice()
        with self.simulate("soft", "done") as asked:
            self.charge()
            self.env.flush_all()
            move._prepare_subscription_charges()
            self.pay(50.0)
            self.charge()
            self.charge()
        self.assertEqual(asked, [f"SUB-{move.id}-1", f"SUB-{move.id}-3"])
        self.assertEqual(self.charged(move), [70.0])

    def test_nobody_is_reminded_of_what_a_credit_has_paid(self):
        self.env["subscription.dunning.plan"].create(
            {
                "name": "Call",
                "company_id": self.company.id,
                "step_ids": [Command.create({"days": 1, "action": "activity"})],
            }
        )
        self.company.subscription_dunning_plan_id = self.env["subscription.dunning.plan"].search(
            [("company_id", "=", self.company.id)]
        )
        paid = self.make_invoice(billing_mode="post")
        self.pay(120.0)
        owed = self.make_invoice(billing_mode="post", day=date(2026, 1, 2))
        self.carry_out(DUN, date(2026, 1, 5))
        self.assertEqual(paid.amount_residual, 0)
        self.assertFalse(paid.sudo().subscription_dunning_log_ids)
        self.assertTrue(owed.sudo().subscription_dunning_log_ids)
