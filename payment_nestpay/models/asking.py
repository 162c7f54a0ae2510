"""The bank is asked about what nobody has reported: by a scheduled action, or by a person who presses the button."""

import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.order import Outcome

_logger = logging.getLogger(__name__)

BANK_ZONE = ZoneInfo("Europe/Istanbul")
CLOCKS_DIFFER = timedelta(minutes=15)

# Minutes between questions; the last one goes on. The bank may need up to 72 hours for what it calls pending.
PAUSES = (5, 5, 10, 20, 40, 80, 160, 360)
GIVE_UP = timedelta(days=4)
FAILED_FOR_GOOD = timedelta(hours=1)  # until then the customer may still try another card on the bank's page
NEVER_PAID = timedelta(days=1)  # the bank's page is long closed by then
BATCH = 100


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def action_nestpay_ask_bank(self):
        """Ask the bank now, for whoever may change payments, and say what came out."""
        self.check_access("write")
        # sudo: the account at the bank is for administrators; only its answer is used
        for transaction in self.sudo().filtered(lambda tx: tx.provider_code == "nestpay"):
            if not transaction._nestpay_follow_up():
                raise UserError(self.env._("The bank does not answer at the moment. Nothing has changed."))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _cron_nestpay_ask_bank(self):
        """Ask about every transaction whose time has come, one after the other, each with its own commit.

        Whatever happens to one, its next time is noted, so that it does not come again at once and hold up the others.
        """
        due = self._nestpay_get_due_domain()
        transactions = self.search(due, order="nestpay_next_check, id", limit=BATCH)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(due))
        for transaction in transactions:
            locked = transaction.try_lock_for_update().filtered_domain(due)
            try:
                if locked:
                    locked._nestpay_follow_up()
                    locked.flush_recordset()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("NestPay: could not follow up %s", transaction.reference)
                transaction._nestpay_postpone()
            if not cron._commit_progress(1):
                break

    @api.model
    def _nestpay_get_due_domain(self):
        return [
            ("provider_code", "=", "nestpay"),
            ("provider_id.state", "!=", "disabled"),
            ("nestpay_next_check", "<=", fields.Datetime.now()),
        ]

    def _nestpay_follow_up(self):
        """Find out what became of the transaction and note when to ask again; False if the bank did not answer."""
        self.ensure_one()
        if self.operation == "refund":
            return self._nestpay_follow_up_refund()
        outcome = self._nestpay_ask_now()
        if self.nestpay_void_due and outcome is Outcome.PAID:
            self._nestpay_give_back()
        self._nestpay_plan(outcome)
        return outcome is not None

    def _nestpay_ask_now(self):
        """What became of the order, applied to the transaction; None if the bank did not answer."""
        try:
            order = self.provider_id._nestpay_get_order(self.reference)
        except ValidationError as error:
            _logger.info("NestPay: no answer about %s: %s", self.reference, error)
            return None
        self._process("nestpay", {"reference": self.reference, "order": order})
        return order.outcome

    def _nestpay_plan(self, outcome):
        """Note when to ask again, if at all."""
        age = fields.Datetime.now() - self.create_date
        if self.state in ("done", "cancel"):
            self.nestpay_next_check = False
        elif outcome is Outcome.NOT_FOUND and age > NEVER_PAID:
            self.nestpay_next_check = False
            if self.state in ("draft", "pending"):
                self._set_error(self.env._("The payment was not completed. The bank knows of none."))
        elif self.state == "error" and outcome is not None and age > FAILED_FOR_GOOD:
            self.nestpay_next_check = False
        elif age > GIVE_UP:
            self.nestpay_next_check = False
            self._nestpay_warn_staff(
                self.env._(
                    "After four days it is still not clear what became of %(reference)s. Please look into the panel of "
                    "the bank.",
                    reference=self.reference,
                )
            )
        else:
            self._nestpay_postpone()

    def _nestpay_postpone(self):
        """Ask again later, the more often it was in vain the later."""
        pause = PAUSES[min(self.nestpay_checks, len(PAUSES) - 1)]
        self.nestpay_checks += 1
        self.nestpay_next_check = fields.Datetime.now() + timedelta(minutes=pause)

    def _nestpay_is_older(self, time):
        """Whether the bank's time (local, None if it told none) is from before the transaction was begun."""
        if not time:
            return True
        begun = self.create_date.replace(tzinfo=ZoneInfo("UTC")).astimezone(BANK_ZONE).replace(tzinfo=None)
        return time < begun - CLOCKS_DIFFER
