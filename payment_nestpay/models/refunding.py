"""Money goes back to the card, and never twice.

A request whose answer does not come may have been carried out. So before anything is sent, the bank's own history is
read: what was given back and is not booked here is booked, not sent again. That holds for a time-out, for a server that
was killed before it could commit, and for a refund that somebody made in the panel of the bank.
"""

import logging
from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import LockError, ValidationError

from .. import const
from ..tools.order import UNSETTLED

_logger = logging.getLogger(__name__)

BOOKS_LAG = timedelta(minutes=10)  # what was just done may be missing in the history for a moment


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _send_refund_request(self):
        """Override of `payment`: void before the bank's end of day, refund after it or for a part.

        :raise ValidationError: nothing was sent, or the bank refused; the text says why.
        """
        if self.provider_code != "nestpay":
            return super()._send_refund_request()
        source = self.source_transaction_id
        source._nestpay_claim()
        source._nestpay_resolve_unknown_refunds(besides=self)
        history = source.provider_id._nestpay_get_history(source.reference)
        unbooked = history.returned - source._nestpay_get_booked_refunds()
        amount = -self._nestpay_get_decimal()
        if unbooked == amount:
            _logger.info("NestPay: %s was given back at the bank already; it is booked, not sent", self.reference)
            return self._process("nestpay", {"reference": self.reference, "returned": ""})
        source._nestpay_check_refundable(history, unbooked, amount)
        try:
            answer = source._nestpay_send_back(history, amount)
        except ValidationError as error:
            _logger.warning("NestPay: no answer to the refund %s: %s", self.reference, error)
            return self._nestpay_await_refund()
        if not answer.approved:
            raise ValidationError(source._nestpay_get_refusal(answer))
        return self._process("nestpay", {"reference": self.reference, "returned": answer.get("TransId")})

    def _nestpay_claim(self):
        """Let no other worker refund the same payment meanwhile, nor one that began before us and has not seen ours."""
        try:
            self.lock_for_update()
        except LockError as error:
            raise ValidationError(
                self.env._("Another refund of %(reference)s is being made at this moment.", reference=self.reference)
            ) from error
        self.nestpay_checks += 1  # a change of the row: whoever has an older picture of it must begin anew
        self.flush_recordset(["nestpay_checks"])

    def _nestpay_get_booked_refunds(self):
        """What was given back by our books."""
        done = self.child_transaction_ids.filtered(lambda tx: tx.operation == "refund" and tx.state == "done")
        return -sum((child._nestpay_get_decimal() for child in done), Decimal())

    def _nestpay_resolve_unknown_refunds(self, besides):
        """Clear up earlier refunds whose answer never came.

        :raise ValidationError: one is still not clear.
        """
        unknown = self.child_transaction_ids.filtered(lambda tx: tx.operation == "refund" and tx.state == "pending")
        for refund in unknown - besides:
            refund._nestpay_follow_up_refund()
            if refund.state == "pending":
                raise ValidationError(
                    self.env._(
                        "It is not clear yet whether the bank has carried out %(refund)s. Please wait until it has "
                        "been asked.",
                        refund=refund.reference,
                    )
                )

    def _nestpay_check_refundable(self, history, unbooked, amount):
        """:raise ValidationError: the bank's books do not allow to give this amount back."""
        if not history.sale:
            raise ValidationError(self.env._("The bank knows no payment %(reference)s.", reference=self.reference))
        if unbooked > 0:
            raise ValidationError(
                self.env._(
                    "The bank has given %(amount)s back that is not booked here. Please refund exactly this amount "
                    "first: it will be booked, not sent again.",
                    amount=self.currency_id.format(float(unbooked)),
                )
            )
        left = history.sale.amount - history.returned
        if amount > left:
            raise ValidationError(
                self.env._("At most %(amount)s can be given back.", amount=self.currency_id.format(float(left)))
            )

    def _nestpay_send_back(self, history, amount):
        """Send one request for money to go back.

        :return: the answer of the bank, a refusal too
        :raise ValidationError: no answer came; what the bank has done is not known.
        """
        sale = history.sale
        if sale.state == UNSETTLED and amount == sale.amount and not history.returned:
            elements = [("Type", "Void"), ("TransId", sale.trans_id)]
        else:
            elements = [
                ("Type", "Credit"),
                ("OrderId", self.reference),
                ("Total", f"{amount:.2f}"),
                ("Currency", const.CURRENCIES[self.currency_id.name]),
            ]
        return self.provider_id._nestpay_call(elements, reference=self.reference)

    def _nestpay_get_refusal(self, answer):
        """Why the bank gives nothing back, for staff."""
        if answer.error_code == const.REFUND_BEFORE_SETTLEMENT:
            return self.env._(
                "Before its end of day the bank gives back whole payments only. Please refund this part tomorrow."
            )
        return self.env._(
            "The bank refused: %(reason)s (%(code)s)",
            reason=answer.get("ErrMsg") or "–",
            code=answer.error_code or answer.get("ProcReturnCode") or "–",
        )

    def _nestpay_apply_return(self, trans_id):
        """The money went back."""
        self.write({"provider_reference": trans_id or self.provider_reference, "nestpay_next_check": False})
        self._set_done(extra_allowed_states=("cancel",))
        self.env.ref("payment.cron_post_process_payment_tx")._trigger()

    def _nestpay_await_refund(self):
        """No answer: it stays pending until the bank's history tells. It is never sent again by itself."""
        self._set_pending(
            state_message=self.env._("The bank did not answer. It is being asked whether it has given the money back.")
        )
        self.nestpay_next_check = fields.Datetime.now() + BOOKS_LAG

    def _nestpay_follow_up_refund(self):
        """Find out by the bank's history whether a refund was carried out; False if the bank does not tell."""
        source = self.source_transaction_id
        if self.state != "pending":
            self.nestpay_next_check = False
            return True
        try:
            history = source.provider_id._nestpay_get_history(source.reference)
        except ValidationError as error:
            _logger.info("NestPay: no history of %s: %s", source.reference, error)
            self._nestpay_plan(None)
            return False
        if history.returned - source._nestpay_get_booked_refunds() >= -self._nestpay_get_decimal():
            self._process("nestpay", {"reference": self.reference, "returned": ""})
        elif fields.Datetime.now() - self.create_date < BOOKS_LAG:
            self._nestpay_postpone()
        else:
            self.nestpay_next_check = False
            self._set_error(self.env._("The bank has not given the money back. The refund can be made again."))
        return True

    def _nestpay_give_back(self):
        """Give money back that was taken for a payment that is not accepted."""
        try:
            history = self.provider_id._nestpay_get_history(self.reference)
            if not history.sale or history.returned:
                return
            answer = self._nestpay_send_back(history, history.sale.amount)
        except ValidationError as error:
            _logger.info("NestPay: could not give %s back yet: %s", self.reference, error)
            return
        if answer.approved:
            self._nestpay_close_returned()
        else:
            self._nestpay_warn_staff(
                self.env._(
                    "The bank took the money of %(reference)s, which was not accepted, and does not give it back: "
                    "%(reason)s",
                    reference=self.reference,
                    reason=self._nestpay_get_refusal(answer),
                )
            )
