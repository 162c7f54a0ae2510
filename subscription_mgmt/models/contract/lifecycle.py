"""From draft on: activate and renew; what the night does about terms. See also `pause`, `trial`, `closing`."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.pauses import EXTEND
from ...tools.periods import ONE_DAY, index_of, period
from ..common.batches import Job
from ..common.context import LATER, LEDGER
from .subscription_amendment import PAYERS
from .trial import END, REMIND

RENEW = Job("subscription.contract", "_get_renewable_domain", "_renew_due", "terms")
CLOSE = Job("subscription.contract", "_get_ended_domain", "_close_ended", "terms")
TURN = Job("subscription.contract", "_get_turning_domain", "_turn", "terms")
# What the night does about terms, in this order
TERMS = (PAYERS, RENEW, TURN, END, CLOSE, REMIND)
# Contracts that a person renews stay open for so many days after their end, unbilled, until somebody has decided.
GRACE_DAYS = 30


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def action_activate(self):
        """Put the contracts in force and make their payment plan (WSM-04, WSM-32).

        :raise UserError: a contract without lines or without a price; company without subscriptions.
        """
        self.check_access("write")
        self.company_id._check_subscription_enabled()
        drafts = self.filtered(lambda contract: contract.state == "draft")
        for contract in drafts:
            contract._check_billable()
        drafts._ensure_analytic_accounts()
        drafts._act({"state": "active"})
        return True

    def _check_billable(self):
        """Raise when the contract has nothing to bill."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._("Contract %(contract)s has no line. Add what is billed first.", contract=self.name)
            )
        if self.currency_id.is_zero(sum(self.line_ids.mapped("price_subtotal"))):
            raise UserError(
                self.env._("Contract %(contract)s has no price. Enter a unit price first.", contract=self.name)
            )

    def _ensure_analytic_accounts(self):
        """Open an analytic account for contracts that have none, where the company wants it."""
        plan = self.env.ref("subscription_mgmt.analytic_plan_subscriptions", raise_if_not_found=False)
        contracts = self.filtered(lambda c: c.company_id.subscription_analytic and not c.analytic_account_id)
        if not plan or not contracts:
            return
        # sudo: activating a contract does not take the right to keep analytic accounts
        accounts = (
            self.env["account.analytic.account"]
            .sudo()
            .with_context(mail_create_nolog=True)
            .create(
                [
                    {
                        "name": contract.display_name,
                        "code": contract.name,
                        "partner_id": contract.partner_id.id,
                        "company_id": contract.company_id.id,
                        "plan_id": plan.id,
                    }
                    for contract in contracts
                ]
            )
        )
        for contract, account in zip(contracts, accounts, strict=True):
            contract.analytic_account_id = account

    def _act(self, values, reason=None):
        """Write what an act changed, state included, and settle; what is put in force comes out of the archive."""
        if values.get("state") in ("active", "paused"):
            values = {**values, "active": True}
        self.with_context(subscription_ledger=LEDGER).write(values)
        self._settle(reason=reason)

    def _claim(self):
        """Begin an act that people confirm: who comes second waits, begins again, and sees what was done meanwhile.

        The row is written and not only locked: a lock alone lets the second one go on with what it saw before.
        """
        self.check_access("write")
        if self.ids:
            self.env.flush_all()
            self.env.cr.execute(
                SQL("UPDATE subscription_contract SET write_uid = write_uid WHERE id IN %s", tuple(self.ids))
            )

    def _check_day_open(self, day):
        """Raise when the books are closed for a day from which an act would count.

        :raise UserError: the day is not after the lock date of sales, for this user.
        """
        locks = self.company_id._get_lock_date_violations(day, purchase=False, tax=False)
        if locks:
            raise UserError(
                self.env._("The books are closed for %(day)s (%(locks)s). Choose a later day.",
                           day=format_date(self.env, day), locks=self.company_id._format_lock_dates(locks))
            )  # fmt: skip

    # === RENEWAL === #
    def action_renew(self):
        """Carry the contracts on for another term; one that ended unrenewed is put in force again.

        :raise UserError: a contract without an end date, a draft, or one that was closed for a reason.
        """
        self.check_access("write")
        self._check_not_passed_on()
        for contract in self:
            if not contract._has_term_to_renew():
                raise UserError(self.env._("Contract %(contract)s has no term to renew.", contract=contract.name))
            ended = contract._is_ended_unrenewed()
            old_end, new_end = contract.date_end, contract._get_renewed_end()
            contract._renew_lines(old_end, new_end)
            back = {"state": "active", "date_closed": False} if ended else {}
            contract._act({"date_end": new_end, **back})
        return True

    def _has_term_to_renew(self):
        """Whether there is an end that can be put off: of a contract in force, or of one that ended by itself."""
        return bool(self.date_end) and (self.state in ("active", "paused") or self._is_ended_unrenewed())

    def _is_ended_unrenewed(self):
        """Whether the contract ended because its term was over, and not because somebody closed it for a reason."""
        return self.state == "closed" and not self.close_reason_id

    def _get_renewed_end(self):
        """Last day of the next term, counted from the start: a term from the 31st does not drift to the 27th."""
        self.ensure_one()
        months = 12 * (self.date_end.year - self.date_start.year) + self.date_end.month - self.date_start.month
        for term in (months, months + 1):
            if term and fields.Date.add(self.date_start, months=term) - ONE_DAY == self.date_end:
                return fields.Date.add(self.date_start, months=term + self.renewal_months) - ONE_DAY
        return fields.Date.add(self.date_end + ONE_DAY, months=self.renewal_months) - ONE_DAY

    def _renew_lines(self, old_end, new_end):
        """Lines that lasted to the end of the term, by their periods or their own end, last to that of the new one.

        One that another line follows on the next day has done its part.
        """
        next_day = old_end + ONE_DAY
        followed = {(line.replaces_id, line.product_id) for line in self.line_ids if line.date_start == next_day}
        replaced, products = {line for line, _product in followed}, {product for _line, product in followed}
        for line in self.line_ids.with_context(subscription_settle=LATER):
            if line.repetitions:
                cadence = line._get_cadence()
                args = (cadence.interval, cadence.unit, cadence.anchor_day)
                if period(cadence.anchor, line.repetitions - 1, *args)[1] >= old_end:
                    line.repetitions = index_of(cadence.anchor, new_end, *args) + 1
            if line.date_end == old_end and line not in replaced and line.product_id not in products:
                line.date_end = new_end

    # === CRONS === #
    @api.model
    def _get_renewable_domain(self, company, date_ref):
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "active")
            & Domain("renewal", "=", "auto")
            & Domain("date_end", "<=", date_ref)
        )

    @api.model
    def _get_ended_domain(self, company, date_ref):
        """Running contracts whose last day is over and whose plan is billed to the end."""
        over = Domain("renewal", "=", "none") & Domain("date_end", "<", date_ref)
        given_up = Domain("renewal", "=", "manual") & Domain("date_end", "<", date_ref - timedelta(days=GRACE_DAYS))
        # A pause that moves the end is known in its length when it is over.
        moving = Domain("mode", "=", EXTEND) & Domain("date_to", "=", False) & Domain("date_from", "<=", date_ref)
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", ("active", "paused"))
            & (over | given_up)
            & Domain("pause_ids", "not any", moving)
            & Domain("installment_ids", "not any", [("state", "=", "planned")])
        )

    def _renew_due(self, _date_ref):
        """Renew what renews by itself on its last day."""
        self.action_renew()

    def _close_ended(self, _date_ref):
        """Close what has ended."""
        for contract in self.with_context(subscription_ledger=LEDGER):
            contract.write({"state": "closed", "date_closed": contract.date_end})

    @api.model
    def _cron_run_terms(self):
        """Renew what renews by itself, begin and end pauses, close what has ended, trials too; one that fails stops no
        other.
        """
        self.env["subscription.batches"]._run(*TERMS)
