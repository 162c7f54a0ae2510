"""From draft to closed: activate, pause, resume, renew, close."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.periods import ONE_DAY, index_of, period
from ..common.batches import Job
from ..common.context import LATER, LEDGER
from .subscription_amendment import PAYERS

RENEW = Job("subscription.contract", "_get_renewable_domain", "_renew_due", "terms")
CLOSE = Job("subscription.contract", "_get_ended_domain", "_close_ended", "terms")
TURN = Job("subscription.contract", "_get_turning_domain", "_turn", "terms")
FIGURES = Job("subscription.contract", "_get_other_mrr_domain", "_refresh_mrr", "terms")
# What the night does about terms, in this order
TERMS = (PAYERS, RENEW, TURN, CLOSE, FIGURES)
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

    # === PAUSE === #
    def action_pause(self, date=None, reason=None):
        """Stop service and billing from a day on, until resumed: a day to come leaves it in force until then.

        :param date: first day without service; default: today.
        :param reason: why, in plain words.
        :raise UserError: a contract that is not active, a day before its start, or one that is paused already.
        """
        self.check_access("write")
        for contract in self:
            today = contract.company_id._subscription_today()
            day = fields.Date.to_date(date) or today
            if contract.state != "active" or contract._get_open_pause(day):
                raise UserError(self.env._("Only an active contract can be paused."))
            if day < contract.date_start:
                raise UserError(self.env._("A contract cannot be paused before it starts."))
            contract._begin_pause(day, reason)
            contract._act({"state": "paused" if day <= today else "active"}, self.env._("Paused"))
        return True

    def action_resume(self, date=None):
        """Go on with service and billing: the days in between are not billed, and given back if they were.

        :param date: first day with service again; default: today. Not before the pause.
        :raise UserError: a contract that is not paused, or a day before the pause began.
        """
        self.check_access("write")
        for contract in self:
            today = contract.company_id._subscription_today()
            day = fields.Date.to_date(date) or today
            pauses = contract._get_open_pause(day)
            if not pauses:
                started = contract._get_open_pause(None)
                if started:
                    raise UserError(
                        self.env._("The contract is paused since %(day)s; it can be resumed from then on.",
                                   day=format_date(self.env, min(started.mapped("date_from"))))
                    )  # fmt: skip
                raise UserError(self.env._("Only a paused contract can be resumed."))
            contract._end_pauses(pauses, day)
            contract._act({"state": "active" if day <= today else contract.state}, self.env._("Paused"))
        return True

    def _get_open_pause(self, day):
        """Pauses that have no end yet; with a day: only those that began by then."""
        pauses = self.pause_ids.filtered(lambda pause: not pause.date_to)
        return pauses.filtered(lambda pause: pause.date_from <= day) if day else pauses

    def _begin_pause(self, day, reason):
        """Have no service from the day on; pauses agreed for later stay."""
        # sudo: whoever may pause a contract writes what was agreed by doing so
        pauses = self.env["subscription.pause"].sudo().with_context(subscription_ledger=LEDGER)
        pauses.create({"contract_id": self.id, "date_from": day, "reason": reason})

    def _end_pauses(self, pauses, day):
        """Have service again from the day on; a pause of no day was none."""
        pauses = pauses.sudo().with_context(subscription_ledger=LEDGER)  # sudo: as for its beginning
        later = pauses.filtered(lambda pause: pause.date_from >= day)
        (pauses - later).date_to = day - ONE_DAY
        later.unlink()

    # === END === #
    def action_close(self, date=None, reason=None):
        """End the contracts. What was billed for later days is given back by the next invoice.

        :param date: last day of service, included; default: today. A day to come leaves the contract active until
            then (:meth:`_cron_run_terms`).
        :param reason: `subscription.close.reason` (record or id); required. Without one a dialog asks.
        :raise UserError: no reason, a contract that is not in force, or a day before it starts.
        """
        self.check_access("write")
        reason = self._get_close_reason(reason)
        if not reason and not all(contract.close_reason_id for contract in self):
            if date:
                raise UserError(self.env._("Choose a reason for closing the contract."))
            actions = self.env["ir.actions.act_window"]
            action = actions._for_xml_id("subscription_mgmt.subscription_contract_close_action")
            return {**action, "context": {"default_contract_ids": self.ids}}
        for contract in self:
            today = contract.company_id._subscription_today()
            day = fields.Date.to_date(date) or today
            contract._check_closable(day)
            reason_id = (reason or contract.close_reason_id).id
            ends = {"state": "closed", "date_closed": day} if day <= today else {}
            contract._act(
                {"date_end": day, "renewal": "none", "close_reason_id": reason_id, **ends}, self.env._("Closed")
            )
        return True

    def _get_close_reason(self, reason):
        """The reason that a caller names, by its record or its id; empty: none.

        :raise UserError: there is no such reason.
        """
        reasons = self.env["subscription.close.reason"]
        if not reason:
            return reasons
        found = reason if isinstance(reason, models.BaseModel) else reasons.browse(type(reason) is int and reason)
        if found._name != reasons._name or len(found) != 1 or not found.exists():
            raise UserError(self.env._("Choose a reason for closing the contract."))
        return found

    def _check_reason_kept(self, vals):
        """Raise when the reason of closed contracts is written by hand: without one they could be renewed.

        A manager may correct it.
        """
        if "close_reason_id" not in vals or self._is_own_code():
            return
        new = vals["close_reason_id"]
        closed = self.filtered(lambda contract: contract.state == "closed" and contract.close_reason_id.id != new)
        if closed and not (new and self.env.user.has_group("subscription_mgmt.group_subscription_manager")):
            raise UserError(
                self.env._(
                    "Contract %(contract)s is closed. Why is not written by hand; a manager may choose another reason.",
                    contract=closed[0].name,
                )
            )

    def _check_closable(self, day):
        """Raise unless the contract is in force and began by the day."""
        if self.state == "draft":
            raise UserError(self.env._("Contract %(contract)s is a draft; delete it instead.", contract=self.name))
        if self.state == "closed":
            raise UserError(
                self.env._("Contract %(contract)s is closed already. Re-open it to give it another end.",
                           contract=self.name)
            )  # fmt: skip
        if day < self.date_start:
            raise UserError(self.env._("A contract cannot be closed before it starts."))

    @api.constrains("date_start", "date_end")
    def _check_closed(self):
        """Keep the end of what is closed: with a later one, days after it would be billed."""
        if self.env.context.get("subscription_ledger") is LEDGER:
            return
        for contract in self.filtered(lambda contract: contract.state == "closed"):
            raise ValidationError(
                self.env._("Contract %(contract)s is closed. Re-open it to change its dates.", contract=contract.name)
            )

    def action_reopen(self, date_end=False):
        """Put closed contracts in force again: the days since are charged, what was given back is charged again.

        :param date_end: new last day, included; default: open-ended.
        :raise UserError: a contract that is not closed; an end before its start.
        """
        self.check_access("write")
        for contract in self:
            if contract.state != "closed":
                raise UserError(self.env._("Only a closed contract can be re-opened."))
            values = {"date_end": date_end, "close_reason_id": False}
            # Closed while it was paused, it is paused still: resuming is an act of its own.
            state = "paused" if contract._get_open_pause(contract.company_id._subscription_today()) else "active"
            contract._act({"state": state, "date_closed": False, **values}, self.env._("Re-opened"))
        return True

    # === RENEWAL === #
    def action_renew(self):
        """Carry the contracts on for another term; one that ended unrenewed is put in force again.

        :raise UserError: a contract without an end date, a draft, or one that was closed for a reason.
        """
        self.check_access("write")
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
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", ("active", "paused"))
            & (over | given_up)
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
    def _get_paused_domain(self, date_ref):
        """Contracts without service on the day."""
        begun = Domain("date_from", "<=", date_ref)
        return Domain("pause_ids", "any", begun & (Domain("date_to", "=", False) | Domain("date_to", ">=", date_ref)))

    @api.model
    def _get_turning_domain(self, company, date_ref):
        """Contracts whose pause begins or ends by the day."""
        paused = self._get_paused_domain(date_ref)
        begins = Domain("state", "=", "active") & paused
        ends = Domain("state", "=", "paused") & ~paused
        return Domain("company_id", "=", company.id) & (begins | ends)

    def _turn(self, _date_ref):
        """Let the state follow pauses that begin or end today."""
        for contract in self.with_context(subscription_ledger=LEDGER):
            contract.state = "paused" if contract.state == "active" else "active"

    @api.model
    def _cron_run_terms(self):
        """Renew what renews by itself, begin and end pauses, close what has ended; one that fails stops no other."""
        self.env["subscription.batches"]._run(*TERMS)
