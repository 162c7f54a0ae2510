"""What a result does to a transaction. Every delivery goes through the same questions, the second and the tenth too."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from odoo import fields, models

from .. import const
from ..tools.order import Outcome
from ..tools.result import Verdict, judge
from ..tools.signature import VERSION_2

_logger = logging.getLogger(__name__)

OPEN = ("draft", "pending", "error", "cancel")  # states from which a payment may still come to be confirmed
# The page that the customer comes back to does what follows a payment; both at once would only hold each other up
BROWSER_FIRST = timedelta(minutes=2)


@dataclass(frozen=True)
class Receipt:
    """What the bank calls a payment that it took."""

    trans_id: str
    instalment: str = ""
    brand: str = ""


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _apply_updates(self, payment_data):
        """Override of `payment`: what the page reported (`report`) or the bank answered (`order`, `history`)."""
        if self.provider_code != "nestpay":
            return super()._apply_updates(payment_data)
        if "report" in payment_data:
            self._nestpay_apply_report(payment_data["report"])
        elif "order" in payment_data:
            self._nestpay_apply_order(payment_data["order"])
        else:
            self._nestpay_apply_return(payment_data["returned"])

    def _nestpay_apply_report(self, report):
        """A verified report of the page."""
        verdict = judge(report, self._nestpay_get_attempt())
        _logger.info("NestPay: %s means %s", report.as_logged(), verdict.value)
        receipt = Receipt(report.get("transid"), report.get("taksit"), report.get("extra.cardbrand"))
        if verdict is Verdict.APPROVED:
            if self.provider_id._nestpay_get_version() == VERSION_2 and self._nestpay_is_open():
                self._nestpay_confirm_by_asking(receipt)
            else:
                self._nestpay_accept(receipt)
        elif verdict in (Verdict.NOT_SECURED, Verdict.DIFFERENT):
            self._nestpay_hold(receipt, verdict)
        else:
            self._nestpay_decline(verdict, report)

    def _nestpay_confirm_by_asking(self, receipt):
        """Version 2 signs neither amount nor currency of a result: the bank's books decide."""
        if self._nestpay_note_receipt(receipt):
            self._nestpay_wait()
            self._nestpay_ask_now()

    def _nestpay_is_open(self):
        """Whether a payment may still come: money that was taken counts, whatever was thought of it before."""
        return self.state in OPEN and not self.nestpay_voided

    # === Accepted === #

    def _nestpay_accept(self, receipt):
        """Confirm the payment, once; what was given back stays so."""
        if self._nestpay_note_receipt(receipt) and self._nestpay_is_open():
            self.nestpay_void_due = self.nestpay_next_check = False
            self._set_done(extra_allowed_states=("cancel",))
            soon = fields.Datetime.now() + BROWSER_FIRST
            self.env.ref("payment.cron_post_process_payment_tx")._trigger(soon)

    def _nestpay_note_receipt(self, receipt):
        """Keep the bank's name of the payment; False if it is that of another payment, which staff must look at."""
        if not receipt.trans_id or self._nestpay_is_used(receipt.trans_id):
            self._nestpay_warn_staff(
                self.env._(
                    "The bank reports a payment for %(reference)s under a transaction number (%(number)s) that is "
                    "missing or belongs to another payment. It was not booked. Please look into the panel of the bank.",
                    reference=self.reference,
                    number=receipt.trans_id or "–",
                )
            )
            return False
        if self.nestpay_trans_id and self.nestpay_trans_id != receipt.trans_id:
            self._nestpay_warn_staff(
                self.env._(
                    "The bank reports a second payment for %(reference)s: %(number)s. Please look into the panel of "
                    "the bank and give it back there.",
                    reference=self.reference,
                    number=receipt.trans_id,
                )
            )
            return False
        if not self.nestpay_trans_id:
            self._nestpay_write_receipt(receipt)
        return True

    def _nestpay_is_used(self, trans_id):
        domain = [
            ("provider_id", "=", self.provider_id.id),
            ("nestpay_trans_id", "=", trans_id),
            ("id", "!=", self.id),
        ]
        return bool(self.search_count(domain, limit=1))

    def _nestpay_write_receipt(self, receipt):
        methods = self.env["payment.method"]
        method = methods._get_from_code(receipt.brand.lower(), mapping=const.BRANDS) if receipt.brand else methods
        values = {
            "nestpay_trans_id": receipt.trans_id,
            "provider_reference": receipt.trans_id,
            "nestpay_instalment": receipt.instalment,
        }
        if method:
            values["payment_method_id"] = method.id
        self.write(values)

    # === Money taken, but not as it should be === #

    def _nestpay_hold(self, receipt, verdict):
        """The bank has the customer's money, and we do not accept it: neither confirm nor call it an error.

        It goes back to the customer if the provider says so; the bank is asked before, not in the request that reports.
        """
        if not self._nestpay_is_open():
            _logger.info("NestPay: %s is %s already; %s changes nothing", self.reference, self.state, verdict.value)
            return
        if not self._nestpay_note_receipt(receipt):
            return
        if verdict is Verdict.DIFFERENT:
            reason = self.env._("amount, currency or instalments are not those that were asked for")
        else:
            reason = self.env._("the card owner was not asked (mdStatus)")
        self._nestpay_warn_staff(
            self.env._(
                "The bank took the money of %(reference)s, but it was not accepted: %(reason)s.",
                reference=self.reference,
                reason=reason,
            )
        )
        self._nestpay_wait()
        if self.provider_id.nestpay_void_refused:
            self.nestpay_void_due = True

    def _nestpay_wait(self):
        """Pending until the bank has been asked, which is soon."""
        if self.state != "pending":
            message = self.env._("The bank is being asked about your payment. Please do not pay again.")
            self._set_pending(state_message=message, extra_allowed_states=OPEN)
        self.nestpay_next_check = fields.Datetime.now()
        self.env.ref("payment_nestpay.ir_cron_nestpay_ask_bank")._trigger()

    # === No money taken === #

    def _nestpay_decline(self, verdict, report):
        """No payment. An error rather than a cancellation: the customer may go on to pay on the same page."""
        if not self._nestpay_is_open():
            _logger.info("NestPay: %s is %s already; a failure changes nothing", self.reference, self.state)
            return
        if verdict is Verdict.SETUP_FAULT:
            self._nestpay_warn_staff(
                self.env._(
                    "The bank refuses every payment: merchant number, store key or card form is not as the bank has "
                    "it (mdStatus %(status)s, %(code)s).",
                    status=report.get("mdstatus"),
                    code=report.get("errorcode") or report.get("errcode") or report.get("procreturncode") or "–",
                )
            )
        if self.state in ("draft", "pending") and not self.nestpay_trans_id:
            self._set_error(self._nestpay_get_failure_message(verdict))

    def _nestpay_get_failure_message(self, verdict):
        """What the customer is told; the bank's own words are for staff, in the bank's panel."""
        if verdict is Verdict.NOT_CONFIRMED:
            return self.env._(
                "Your bank could not confirm that the card is yours. You have not been charged. Please try again or "
                "use another card."
            )
        if verdict is Verdict.SETUP_FAULT:
            return self.env._("The payment could not be made for a technical reason. You have not been charged.")
        return self.env._("The bank declined the payment. You have not been charged. Please try another card.")

    # === The bank's own books === #

    def _nestpay_apply_order(self, order):
        """The answer to a status query: the source of truth when no report came, or none that could be believed."""
        _logger.info("NestPay: by the bank's books %s is %s", self.reference, order.outcome.value)
        if not self._nestpay_is_open():
            return
        if order.outcome is Outcome.PAID:
            self._nestpay_apply_paid(order)
        elif order.outcome is Outcome.RETURNED:
            self._nestpay_close_returned()
        elif order.outcome is Outcome.DECLINED:
            if self.state in ("draft", "pending"):
                self._set_error(self._nestpay_get_failure_message(Verdict.DECLINED))
        elif order.outcome is Outcome.PENDING and self.state == "draft":
            self._set_pending()

    def _nestpay_apply_paid(self, order):
        """Paid by the bank's books; ours only if amount, time and transaction are those of this attempt.

        A copied database counts on where the original stood, so its order numbers may be those of older payments.
        """
        if self.nestpay_void_due:
            return  # on its way back to the customer
        receipt = Receipt(order.trans_id, self.nestpay_instalment)
        if order.amount != self._nestpay_get_decimal() or self._nestpay_is_older(order.time):
            self._nestpay_warn_staff(
                self.env._(
                    "The bank knows a payment for %(reference)s, but its amount or time is another. It was not booked. "
                    "Please look into the panel of the bank.",
                    reference=self.reference,
                )
            )
            self._set_pending(extra_allowed_states=OPEN)
        elif not order.md_status and not self.provider_id.nestpay_accept_half_secure:
            self._nestpay_apply_paid_unknown()
        elif order.md_status and order.md_status not in self.provider_id._nestpay_get_accepted():
            self._nestpay_hold(receipt, Verdict.NOT_SECURED)
        else:
            self._nestpay_accept(receipt)

    def _nestpay_apply_paid_unknown(self):
        """Paid, and the bank does not tell whether the card owner was asked: staff decide."""
        self._nestpay_warn_staff(
            self.env._(
                "The bank took the money of %(reference)s, but does not say whether the card owner was asked. Please "
                "look into the panel of the bank. To accept it, allow cards without 3-D Secure and ask again.",
                reference=self.reference,
            )
        )
        self._set_pending(extra_allowed_states=OPEN)

    def _nestpay_close_returned(self):
        """The customer has the money back."""
        self.write({"nestpay_void_due": False, "nestpay_voided": True, "nestpay_next_check": False})
        message = self.env._("The payment was not accepted. The bank has given the money back to the card.")
        if self.state != "cancel":
            self._set_canceled(state_message=message, extra_allowed_states=("error",))
