from datetime import date, datetime, timedelta

from odoo.fields import Command
from odoo.tests import freeze_time

from ..common import SubscriptionCommon


def day(month, number, year=2026):
    """A day of 2026, in short."""
    return date(year, month, number)


class FaultCommon(SubscriptionCommon):
    """Contracts whose lives go wrong: acts on given days, and what was charged for them in the end."""

    def at(self, moment):
        """The clock stands at nine in the morning of that day."""
        return freeze_time(datetime.combine(moment, datetime.min.time()).replace(hour=9))

    def bill_on(self, *days):
        """Bill on each of the days; returns the invoices of the last."""
        moves = self.env["account.move"]
        for moment in days:
            with self.at(moment):
                moves = self.bill(moment).move_ids
        return moves

    def nights(self, first, last):
        """What the nights do to the terms of contracts, one after the other."""
        moment = first
        while moment <= last:
            with self.at(moment), self.enter_registry_test_mode():
                self.env.ref("subscription_mgmt.ir_cron_subscription_run_terms").method_direct_trigger()
            moment += timedelta(days=1)

    def close(self, contract, moment, ends=None):
        with self.at(moment):
            contract.action_close(ends or moment, self.reason)

    def pause(self, contract, first, resumed):
        """Pause from the first day, with service again from the other."""
        with self.at(resumed):
            contract.action_pause(first)
            contract.action_resume(resumed)

    def give_back(self, move, moment, amounts=None, post=True):
        """The credit note that accounting makes of an invoice.

        :param amounts: what each of its lines gives back; default: all; None in it: the line is taken off.
        """
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        before = move.reversal_move_ids
        with self.at(moment):
            wizard.create({"journal_id": move.journal_id.id, "date": moment}).refund_moves()
            note = move.reversal_move_ids - before
            lines = note.invoice_line_ids.filtered(lambda line: line.display_type == "product").sorted("sequence")
            for line, amount in zip(lines, amounts or (), strict=False):
                if amount is None:
                    note.invoice_line_ids = [Command.delete(line.id)]
                else:
                    line.write({"quantity": 1, "price_unit": amount})
            if post:
                note.action_post()
        return note

    def invoices(self, contract):
        """Invoices and credit notes of a contract, those of accounting too."""
        self.env.flush_all()
        contract.invalidate_recordset(["invoice_ids"])
        return contract.invoice_ids.sorted("id")

    def get_net(self, contract):
        """Untaxed amount that stands billed to the contract, credit notes of anybody taken off."""
        signed = [
            (-1 if move.move_type == "out_refund" else 1) * move.amount_untaxed
            for move in self.invoices(contract)
            if move.state != "cancel"
        ]
        return round(sum(signed), 2)

    def rows(self, contract, *states):
        return contract.installment_ids.filtered(lambda row: row.state in states).sorted("date_from")

    def row_of(self, contract, moment):
        """The charge that begins on a day."""
        return contract.installment_ids.filtered(lambda row: row.date_from == moment and not row.credited_id)

    def get_credited(self, contract):
        """What our own rows give back, planned or billed."""
        return round(sum(contract.installment_ids.filtered("credited_id").mapped("price_subtotal")), 2)

    def assertSettled(self, contract, moment):
        """Settling once more on that day changes nothing."""
        with self.at(moment):
            change = contract._get_plan_difference()
        self.assertFalse(change.added or change.changed or change.removed)
