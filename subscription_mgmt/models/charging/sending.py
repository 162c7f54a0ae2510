"""The way of a charge: claimed, sent once, its outcome recorded or asked for, its payment booked."""

import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.card_numbers import mask
from ..common.batches import Job
from ..common.isolation import run_isolated
from .payment_provider import OutcomeUnknown, ProviderCall, ProviderUnreachable

_logger = logging.getLogger(__name__)

PREPARE = Job(
    "account.move",
    "_get_subscription_charge_domain",
    "_prepare_due_charges",
    "charge",
    order="invoice_date_due, id",
)
# These claim charge by charge, and commit between asking for the money and hearing of it.
SEND = Job("subscription.charge", "_get_intent_domain", "_cron_charge", size=1, claim=False)
ASK = Job("subscription.charge", "_get_unsettled_domain", "_resolve_unknown", size=1, claim=False)
BOOK = Job("subscription.charge", "_get_unbooked_domain", "_post_process", claim=False)
# A charge sent so long ago, and not settled, was interrupted: its worker would have had an answer, or a time-out.
SENT_GRACE = timedelta(minutes=15)
OUTCOMES = {"done": "done", "error": "declined", "cancel": "declined"}


class SubscriptionCharge(models.Model):
    _inherit = "subscription.charge"

    # === SEND === #
    def _claim(self):
        """Mark the intents that are still wanted as sent; commit before they are.

        :return: the charges to send. Those that another worker has are left to it.
        """
        self.invalidate_recordset(["state"])
        claimed = self.try_lock_for_update(allow_referencing=True).filtered(lambda charge: charge.state == "intent")
        claimed.move_id._meet_other_payers()
        for charge in claimed:
            obstacle = charge._for_reader()._get_obstacle()
            if obstacle:
                charge.write({"state": "cancelled", "reason": obstacle, "date_done": fields.Datetime.now()})
            else:
                charge.write({"state": "sent", "date_sent": fields.Datetime.now()})
        return claimed.filtered(lambda charge: charge.state == "sent")

    def _get_obstacle(self):
        """Why the charge is no longer wanted, if it is not: paid meanwhile, another amount, another card."""
        self.ensure_one()
        move = self.move_id
        if not move.filtered_domain(move._get_subscription_open_domain()):
            return self.env._("The invoice is no longer open.")
        if any(move._takes_credit(line) for line in move._get_open_credits()):
            return self.env._("The customer has something to his credit that is set off first.")
        if self.currency_id.compare_amounts(move._get_due_amount(self.date_due), self.amount):
            return self.env._("The open amount of the invoice has changed.")
        if self.token_id != move._get_subscription_token():
            return self.env._("Another card is to be charged now.")
        return move._get_subscription_card_obstacle()

    def _send(self):
        """Have the provider take the money: once for each claimed charge, and record what it answers (never commits).

        To be called only for what :meth:`_claim` returned, after a commit: whoever is killed in here leaves a charge
        marked as sent, which is asked for and never sent again. The row stays locked during the call, so that
        nobody takes it for interrupted.
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        for charge in locked.filtered(lambda charge: charge.state == "sent"):
            charge = charge._for_reader()
            outcome, reason = charge._call_provider()
            charge._record(outcome, reason)

    def _call_provider(self):
        """Send one payment request.

        :return: (state of the charge, reason). A request that failed without an answer is `unknown`.
        :raise OperationalError: the database failed; the charge stays sent and is asked for later.
        """
        call = ProviderCall()
        transaction = self.transaction_id.sudo().with_context(subscription_call=call)
        try:
            with self.env.cr.savepoint():
                transaction._ensure_provider_is_not_disabled()
                transaction._log_sent_message()
                transaction._send_payment_request()
        except OperationalError:
            raise
        except ProviderUnreachable as error:
            return "cancelled", str(error)
        except ValidationError as error:
            if call.answered and not call.refused:
                return "unknown", str(error.args[0])
            transaction._set_error(str(error.args[0]))
        except Exception as error:
            # Not the message: it may hold what the provider was sent.
            problem = str(error) if isinstance(error, OutcomeUnknown) else type(error).__name__
            _logger.warning("Outcome of charge %s is unknown: %s", self.idempotency_key, problem)
            return "unknown", self.env._("No answer from the provider (%(problem)s).", problem=problem)
        return self._read_outcome()

    # === OUTCOME === #
    def _read_outcome(self):
        """What the transaction says became of the charge: (state, reason)."""
        transaction = self.transaction_id.sudo()  # sudo: people with the billing right may not see providers
        return OUTCOMES.get(transaction.state, "unknown"), transaction.state_message

    def _record_outcome(self):
        """Record what the transactions say, where that is news."""
        for charge in self:
            state, reason = charge._read_outcome()
            if state != charge.state:
                charge._record(state, reason)

    def _record(self, state, reason):
        """Write the outcome of the charge, and tell somebody when it takes a person to go on."""
        self.ensure_one()
        transaction = self.transaction_id.sudo()  # sudo: as in _read_outcome
        kind = transaction._get_decline_kind() if state == "declined" else False
        values = {"state": state, "reason": mask((reason or "").strip()), "decline_kind": kind}
        if state != "unknown":
            values["date_done"] = fields.Datetime.now()
        self.write(values)
        if state == "cancelled":
            self.move_id._park("charge", mask((reason or "").strip()), self.company_id._subscription_today())
        # A pending transaction is known at the provider; one still in draft may or may not be.
        lost = state == "unknown" and transaction.state == "draft"
        if lost or kind == "hard" or (kind and not self.move_id._get_subscription_dunning_plan()):
            self._tell()

    def _tell(self):
        """Put the outcome before whoever is responsible for what was billed."""
        label = dict(self._fields["state"]._description_selection(self._for_reader().env))[self.state]
        note = f"{self.move_id.name}: {label}. {self.reason or ''}"
        self.move_id._alert(note)

    @api.model
    def _get_unsettled_domain(self, company, _date_ref=None):
        """Charges whose outcome is to be asked for: interrupted, unknown, or paid after all."""
        interrupted = Domain("state", "=", "sent") & Domain("date_sent", "<", fields.Datetime.now() - SENT_GRACE)
        late = Domain("state", "in", ("declined", "cancelled")) & Domain("transaction_id.state", "=", "done")
        return Domain("company_id", "=", company.id) & (Domain("state", "=", "unknown") | interrupted | late)

    def _resolve_unknown(self, date_ref):
        """Ask what became of the charges, and book what was paid; sends nothing."""
        for charge in self.try_lock_for_update(allow_referencing=True):
            for failed, error in run_isolated(charge, lambda charges: charges._ask()):
                _logger.warning("Charge %s could not be asked for: %s", failed.idempotency_key, type(error).__name__)
        self._post_process(date_ref)

    def _ask(self):
        """Ask the provider about one charge, unless its transaction has the answer already."""
        told = self._for_reader()
        if self.state == "sent":
            told._record("unknown", told.env._("Interrupted before the provider's answer came."))
        transaction = self.transaction_id.sudo()  # sudo: as in _read_outcome
        if transaction.state in ("draft", "pending"):
            transaction._subscription_ask_provider()
        self._record_outcome()

    # === BOOKING === #
    def _post_process(self, date_ref):
        """Book the payments of paid charges and reconcile the invoices: once, whoever else post-processes too."""
        # sudo: as in _read_outcome
        paid = self.filtered(
            lambda charge: charge.state == "done" and not charge.transaction_id.sudo().is_post_processed
        )
        parts = (run_isolated(part, lambda ones: ones._post_process_transactions()) for part in paid._per_reader())
        for charge, error in (failure for part in parts for failure in part):
            charge.move_id._park("charge", error, date_ref)

    def _post_process_transactions(self):
        # sudo: as in _read_outcome. The lock keeps Odoo's own post-processing from doing the same at the same time.
        transactions = self.transaction_id.sudo().try_lock_for_update(allow_referencing=True)
        transactions.invalidate_recordset(["is_post_processed"])
        for transaction in transactions.filtered(lambda transaction: not transaction.is_post_processed):
            transaction._post_process()
        self.move_id._unpark("charge")

    @api.model
    def _get_unbooked_domain(self, company, date_ref):
        """Paid charges whose payment is not in the books, without those set aside until later."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "done")
            & Domain("transaction_id.is_post_processed", "=", False)
            & Domain("move_id", "any", self.env["account.move"]._get_not_parked_domain("charge", date_ref))
        )

    # === CRON === #
    @api.model
    def _get_intent_domain(self, company, _date_ref):
        return Domain("company_id", "=", company.id) & Domain("state", "=", "intent")

    @api.model
    def _cron_charge_invoices(self):
        """Charge saved cards for invoices due, settle what is unknown, book what is paid (WSM-42).

        Commits the intent, then its being sent, then the outcome, then the payment: each survives the next.
        """
        self.env["subscription.batches"]._run(PREPARE, SEND, ASK, BOOK)

    def _cron_charge(self, today):
        """Claim, send and book one charge, each in a transaction of its own."""
        cron = self.env["ir.cron"]
        claimed = self._claim()
        cron._commit_progress()
        claimed._send()
        cron._commit_progress()
        claimed._post_process(today)
