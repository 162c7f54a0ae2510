"""What accounting does to the invoice of a package reaches what the customer holds, and back again."""

from odoo import api, fields, models

from ...tools.wallet import CREDIT, PERIOD
from ..common.context import CHECKED


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    # === GIVEN BACK === #
    def _apply_credit_note(self, note):
        """Take back what a credit note of accounting stands for."""
        self.ensure_one()
        today = self._roll_wallet()
        total = self.invoice_id._get_credited_total()
        self._take_back(note.amount_total, total, today, note.ref or note.name, note)
        self._tell_taken_back(note.name)

    def _apply_cancellation(self, invoice, gone=False):
        """Take back a package whose invoice is asked for no more; one that was paid online waits for a person.

        The money of that one is still here: it gets another invoice, or is paid back.

        :param gone: the invoice is about to be deleted.
        """
        self.ensure_one()
        today = self._roll_wallet()
        if self.payment_transaction_id:
            self._alert(
                self.env._(
                    "Invoice %(invoice)s was cancelled or deleted, but it was paid online: make another invoice.",
                    invoice=invoice.display_name,
                )
            )
            return
        reason = self.env._("Invoice %(invoice)s was cancelled or deleted", invoice=invoice.display_name)
        self._take_back_all(today, reason, None if gone else invoice)
        self._tell_taken_back(reason)

    def _roll_wallet(self):
        """Lock what the customer holds and bring it up to today.

        :return: today.
        """
        today = self.company_id._subscription_today()
        self.env["subscription.wallet"]._lock(self.company_id, self.partner_id)._roll(today)
        return today

    def _tell_taken_back(self, reason):
        """Say what is left, and what had been used before: that stays used."""
        used = sum(self.credit_move_ids.mapped("used"))
        self.message_post(
            body=self.env._(
                "Taken back: %(reason)s. %(left)s left. Credits used before: %(used)s; they stay used.",
                reason=reason,
                left=self._get_remaining_text() or self.env._("Nothing"),
                used=used,
            )
        )

    @api.model
    def _post_own(self, note):
        """Post a credit note that a refund made: the refund itself takes back."""
        note.with_context(subscription_taken_back=CHECKED).action_post()

    # === NOT GIVEN BACK AFTER ALL === #
    def _restore(self, taken):
        """Give back what a credit note or a cancelled invoice took, when it does not count any more; once.

        :param taken: the move that took it.
        """
        self.ensure_one()
        today = self._roll_wallet()
        reason = self.env._("Not given back after all: %(what)s", what=taken.reason or "")
        days = {"days": taken.days} if taken.days else {}
        self._add_move("restored", -taken.credits, today, reversed_id=taken.id, reason=reason, **days)
        if self.kind == PERIOD:
            self._write_sealed({"date_end": fields.Date.add(self.date_end, days=taken.days)})
        if self.state == "refunded":
            self._open_again(today)
        elif self.state not in ("active", "pending") and taken.credits:
            self._add_move(self.state, taken.credits, today)  # over since: it could not have been used any more
        self.message_post(body=reason)

    def _open_again(self, date_ref):
        """Put in force again what was taken back as a whole.

        Where the customer holds the other type by now, somebody decides, as after a payment that a rule is against.
        """
        held = self._get_held(self.company_id, self.partner_id, date_ref)
        others = held.filtered(lambda one: one.kind != self.kind)
        never_begun = self.kind == CREDIT and not self._is_granted()
        hold = self.package_id._get_switch_warning(others) if others else ""
        if never_begun and not hold:
            hold = self.env._("It waited for a decision before it was given back.")
        begun = self.date_start <= date_ref and not hold
        self._write_sealed(
            {"state": "active" if begun else "pending", "date_closed": False, "hold_reason": hold or False}
        )
        if hold:
            self._alert(hold, kind="mail.mail_activity_data_todo")
        self.env["subscription.wallet"]._lock(self.company_id, self.partner_id)._roll(date_ref)

    def _is_granted(self):
        """Whether its credits were put into the ledger."""
        self.ensure_one()
        return any(move.move_type == "grant" for move in self.credit_move_ids)
