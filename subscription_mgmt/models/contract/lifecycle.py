"""From draft to closed: activate, pause, resume, renew, close."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.periods import ONE_DAY
from ...tools.plan import subtract
from ...tools.proration import net, prorate
from ..common.batches import Job

RENEW = Job("subscription.contract", "_get_renewable_domain", "_renew_due", "terms")
CLOSE = Job("subscription.contract", "_get_ended_domain", "_close_ended", "terms")


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def action_activate(self):
        """Put the contracts in force and make their payment plan (WSM-04, WSM-32).

        :raise UserError: a contract without lines or without a price; company without subscriptions.
        """
        self.company_id._check_subscription_enabled()
        drafts = self.filtered(lambda contract: contract.state == "draft")
        for contract in drafts:
            contract._check_billable()
        drafts._ensure_analytic_accounts()
        drafts.state = "active"
        drafts._generate_installments()
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

    def action_pause(self, date=None):
        """Stop service and billing from a day on, until resumed.

        :param date: first day without service; default: today.
        :raise UserError: a contract that is not active, or a day before its start.
        """
        for contract in self:
            day = fields.Date.to_date(date) or contract.company_id._subscription_today()
            if contract.state != "active":
                raise UserError(self.env._("Only an active contract can be paused."))
            if day < contract.date_start:
                raise UserError(self.env._("A contract cannot be paused before it starts."))
            contract.write({"state": "paused", "date_paused": day})
        return True

    def action_resume(self, date=None):
        """Go on with service and billing: the days in between are not billed, and given back if they were.

        :param date: first day with service again; default: today. Not before the pause.
        :raise UserError: a contract that is not paused, or a day before the pause began.
        """
        for contract in self:
            day = fields.Date.to_date(date) or contract.company_id._subscription_today()
            if contract.state != "paused":
                raise UserError(self.env._("Only a paused contract can be resumed."))
            if day < contract.date_paused:
                raise UserError(
                    self.env._("The contract is paused since %(day)s; it can be resumed from then on.",
                               day=contract.date_paused)
                )  # fmt: skip
            paused_from = contract.date_paused
            contract.write({"state": "active", "date_paused": False})
            if day > paused_from:
                contract._leave_out(paused_from, day - ONE_DAY, self.env._("Paused"), date_invoice=day)
        return True

    def action_close(self, date=None, reason=None):
        """End the contracts. What was billed for later days is given back by the next invoice.

        :param date: last day of service, included; default: today. A day to come leaves the contract active until
            then (:meth:`_cron_run_terms`).
        :param reason: `subscription.close.reason` (record or id); required. Without one a dialog asks.
        :raise UserError: no reason, or a day before the contract starts.
        """
        if not reason and not self.close_reason_id:
            if date:
                raise UserError(self.env._("Choose a reason for closing the contract."))
            actions = self.env["ir.actions.act_window"]
            action = actions._for_xml_id("subscription_mgmt.subscription_contract_close_action")
            return {**action, "context": {"default_contract_ids": self.ids}}
        for contract in self:
            today = contract.company_id._subscription_today()
            day = fields.Date.to_date(date) or today
            if day < contract.date_start:
                raise UserError(self.env._("A contract cannot be closed before it starts."))
            contract._end_on(day, today)
            values = {"close_reason_id": getattr(reason, "id", reason) or contract.close_reason_id.id}
            contract.write({**values, **({"state": "closed", "date_closed": day} if day <= today else {})})
        return True

    def _end_on(self, day, today):
        """Cut the plan off after the given day: later planned rows go, later billed days are given back."""
        self.ensure_one()
        last = max(self.installment_ids.mapped("date_to"), default=day)
        planned = self.installment_ids.filtered(lambda row: row.state == "planned" and row.date_from > day)
        planned.unlink()
        self.write({"date_end": day, "renewal": "none", "date_paused": False})
        if last > day:
            self._credit_days(day + ONE_DAY, last, self.env._("Closed"), date_invoice=min(day, today))
        self._regenerate_installments()

    def _leave_out(self, date_from, date_to, reason, date_invoice):
        """Bill nothing for these days: give billed ones back, mark the others as skipped, plan around them."""
        self.ensure_one()
        self._credit_days(date_from, date_to, reason, date_invoice)
        values = []
        for line in self.line_ids:
            charges = line._get_charges()
            loose = charges.filtered(lambda row: row.state == "planned")
            loose.filtered(lambda row: row.date_from <= date_to and row.date_to >= date_from).unlink()
            billed = sorted((row.date_from, row.date_to) for row in charges.exists())
            first = max(date_from, line.date_start)
            values += [
                {
                    "contract_id": self.id,
                    "line_id": line.id,
                    "date_from": start,
                    "date_to": end,
                    "date_invoice": start,
                    "quantity": line.quantity,
                    "price_unit": 0.0,
                    "state": "skipped",
                    "reason": reason,
                }
                for start, end in (subtract((first, date_to), billed) if first <= date_to else ())
            ]
        self.env["subscription.installment"].create(values)
        self._regenerate_installments()

    def _credit_days(self, date_from, date_to, reason, date_invoice):
        """Plan rows that give back the part of billed periods that falls on these days (both included).

        The same proration as for the charge, so that charge and credit cancel out to the cent.
        """
        self.ensure_one()
        billed = self.installment_ids.filtered(
            lambda row: (
                row.state == "invoiced"
                and not row.credited_id
                and row.line_id.prorate
                and row.date_to >= date_from
                and row.date_from <= date_to
            )
        )
        rows = billed._prepare_credit_values((date_from, date_to), reason, date_invoice)
        return self.env["subscription.installment"].create(rows)

    def action_renew(self):
        """Carry the contracts on for another term, counted from the day after the present end.

        :raise UserError: a contract without an end date, or one that is not running.
        """
        for contract in self:
            if not contract.date_end or contract.state not in ("active", "paused"):
                raise UserError(self.env._("Contract %(contract)s has no term to renew.", contract=contract.name))
            first = contract.date_end + ONE_DAY
            contract.date_end = fields.Date.add(first, months=contract.renewal_months) - ONE_DAY
            contract._generate_installments()
        return True

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
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "active")
            & Domain("renewal", "!=", "auto")
            & Domain("date_end", "<", date_ref)
            & Domain("installment_ids", "not any", [("state", "=", "planned")])
        )

    def _renew_due(self, _date_ref):
        """Renew what renews by itself on its last day."""
        self.action_renew()

    def _close_ended(self, _date_ref):
        """Close what has ended."""
        for contract in self:
            contract.write({"state": "closed", "date_closed": contract.date_end})

    @api.model
    def _cron_run_terms(self):
        """Renew what renews by itself, and close what has ended; one that fails stops no other."""
        self.env["subscription.batches"]._run(RENEW, CLOSE)


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _prepare_credit_values(self, days, reason, date_invoice):
        """Values of the rows that give back these days of billed rows; days credited before are left out."""
        values = []
        for row in self:
            stretch = (max(row.date_from, days[0]), min(row.date_to, days[1]))
            credited = self.search([("credited_id", "=", row.id)])
            for part in subtract(stretch, sorted((c.date_from, c.date_to) for c in credited)):
                values.append(
                    {
                        "contract_id": row.contract_id.id,
                        "line_id": row.line_id.id,
                        "credited_id": row.id,
                        "date_from": part[0],
                        "date_to": part[1],
                        "date_invoice": date_invoice,
                        "reason": reason,
                        **row._prorate_credit(part),
                    }
                )
        return values

    def _prorate_credit(self, part):
        """One unit at the negative part of what the row charged for these days."""
        self.ensure_one()
        whole = (self.date_from, self.date_to)
        charged = net(self.quantity, self.price_unit, self.discount)
        amount = prorate(charged, part, whole, self.currency_id.decimal_places)
        return {"quantity": 1.0, "price_unit": -float(amount), "discount": 0.0}
