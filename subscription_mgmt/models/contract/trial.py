"""Free days before the first period: what was promised to somebody who tries the service."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.periods import ONE_DAY
from ..common.batches import Job
from ..common.context import LEDGER
from ..common.groups import INTERNAL

REMIND = Job("subscription.contract", "_get_trial_to_remind_domain", "_remind_of_trial", "trial")
END = Job("subscription.contract", "_get_trial_to_close_domain", "_close_after_trial", "trial")
TRIAL = {"trial_days", "date_trial_end", "trial_then"}


class ResCompany(models.Model):
    _inherit = "res.company"

    subscription_trial_reminder_days = fields.Integer(
        string="Trial Reminder (days)",
        default=3,
        help="So many days before a trial ends, the subscriber is written to, once. 0: not at all.",
        groups=INTERNAL,
    )

    _subscription_trial_reminder = models.Constraint(
        "CHECK (subscription_trial_reminder_days >= 0)", "The days of the trial reminder cannot be negative."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    subscription_trial_reminder_days = fields.Integer(
        related="company_id.subscription_trial_reminder_days", readonly=False
    )


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    trial_days = fields.Integer(
        string="Free Days", copy=True, help="Days from the start date that are not charged. 0: no trial."
    )
    date_trial_end = fields.Date(
        string="Trial Until",
        compute="_compute_date_trial_end",
        inverse="_inverse_date_trial_end",
        store=True,
        readonly=False,
        copy=False,
        help="Last free day, included. The first period begins on the day after.",
    )
    trial_then = fields.Selection(
        selection=[("paid", "It goes on, paid"), ("close", "It is closed")],
        string="After the Trial",
        required=True,
        default="paid",
        help="What happens on the day after the trial unless somebody decides otherwise.",
    )
    date_trial_reminded = fields.Date(string="Reminded of the Trial", copy=False, readonly=True)
    trial_says = fields.Char(string="Present Trial", compute="_compute_is_trial")
    is_trial = fields.Boolean(string="On Trial", compute="_compute_is_trial", search="_search_is_trial")

    _trial_end = models.Index(
        "(company_id, date_trial_end) WHERE state IN ('active', 'paused') AND date_trial_end IS NOT NULL"
    )
    _trial_days = models.Constraint("CHECK (trial_days >= 0)", "The number of free days cannot be negative.")

    @api.depends("trial_days", "date_start")
    def _compute_date_trial_end(self):
        for contract in self:
            days = contract.date_start and contract.trial_days
            contract.date_trial_end = days and fields.Date.add(contract.date_start, days=days - 1)

    def _inverse_date_trial_end(self):
        for contract in self:
            end = contract.date_trial_end
            contract.trial_days = (end - contract.date_start).days + 1 if end else 0

    @api.depends("state", "date_trial_end", "trial_then")
    def _compute_is_trial(self):
        for contract in self:
            day = contract.date_trial_end and format_date(self.env, contract.date_trial_end)
            if contract.trial_then == "close":
                contract.trial_says = self.env._("On trial until %(day)s; then it is closed.", day=day)
            else:
                contract.trial_says = self.env._("On trial until %(day)s; then it goes on and is paid.", day=day)
            contract.is_trial = contract.state in ("active", "paused") and contract._is_free_today()

    def _is_free_today(self):
        """Whether the trial lasts until today or longer."""
        self.ensure_one()
        return bool(self.date_trial_end and self.date_trial_end >= self.company_id._subscription_today())

    def _search_is_trial(self, operator, value):
        if operator != "in":
            return NotImplemented
        running = Domain("state", "in", ("active", "paused"))
        trial = running & Domain("date_trial_end", ">=", self.env.company._subscription_today())
        return trial if True in value else ~trial

    # === TERMS === #
    def _get_first_paid_day(self):
        """First day that is charged: the one after the trial."""
        self.ensure_one()
        return self.date_trial_end + ONE_DAY if self.date_trial_end else self.date_start

    def _get_last_days(self):
        """Days on which service ends: the end of the contract, and of the trial where it is closed then."""
        trial = self.trial_then == "close" and self.date_trial_end
        return [day for day in (self.date_end, trial) if day]

    def _check_trial_kept(self, vals):
        """Raise when the trial of a contract in force would change after it is over, or after something was billed.

        Periods are counted from its end: another end would move them under what stands on invoices.
        """
        if not TRIAL & vals.keys() or self._is_own_code():
            return
        for contract in self.filtered(lambda contract: contract.state != "draft"):
            if contract._origin._keeps_trial(vals):
                continue
            over = contract.state == "closed" or (not contract.is_trial and contract.date_trial_end)
            if over or self.env["subscription.installment"]._find_billed(Domain("contract_id", "=", contract.id)):
                raise UserError(
                    self.env._("The trial of contract %(contract)s cannot be changed any more: it is over, or "
                               "something was billed.", contract=contract.name)
                )  # fmt: skip

    def _keeps_trial(self, vals):
        """Whether the values are those that the trial has."""
        new = {**vals, "date_trial_end": fields.Date.to_date(vals.get("date_trial_end"))}
        return all((new[name] or False) == (self[name] or False) for name in TRIAL & vals.keys())

    @api.constrains("date_trial_end", "date_start", "date_end")
    def _check_trial(self):
        for contract in self.filtered("date_trial_end"):
            days = {
                "contract": contract.name,
                "trial": format_date(self.env, contract.date_trial_end),
                "start": format_date(self.env, contract.date_start),
                "end": format_date(self.env, contract.date_end) if contract.date_end else "",
            }
            if contract.date_trial_end < contract.date_start:
                raise ValidationError(
                    self.env._("The trial of contract %(contract)s ends on %(trial)s, before the contract starts on "
                               "%(start)s.", **days)
                )  # fmt: skip
            if contract.date_end and contract.date_trial_end > contract.date_end and not contract.close_reason_id:
                raise ValidationError(
                    self.env._("The trial of contract %(contract)s ends on %(trial)s, after the contract itself on "
                               "%(end)s.", **days)
                )  # fmt: skip

    # === THE NIGHT === #
    @api.model
    def _get_trial_to_remind_domain(self, company, date_ref):
        """Contracts whose trial ends soon and whose subscriber has not been written to."""
        days = company.subscription_trial_reminder_days
        soon = Domain("date_trial_end", ">=", date_ref) & Domain(
            "date_trial_end", "<", fields.Date.add(date_ref, days=days)
        )
        running = Domain("company_id", "=", company.id) & Domain("state", "=", "active")
        return running & soon & Domain("date_trial_reminded", "=", False) & Domain("close_reason_id", "=", False)

    def _remind_of_trial(self, date_ref):
        """Write to the subscribers, in their languages, once; who has no address is left to the responsible."""
        template = self.env.ref("subscription_mgmt.mail_template_trial_ends", raise_if_not_found=False)
        for contract in self:
            contract.with_context(subscription_ledger=LEDGER).date_trial_reminded = date_ref
            to = (contract.contact_id.email and contract.contact_id) or contract.partner_id
            if template and to.email:
                template.sudo().send_mail(contract.id)  # sudo: rendering may look at what the sender may not
            elif template:
                contract._alert(
                    self.env._("The trial ends on %(day)s, and the subscriber has no e-mail address.",
                               day=format_date(self.env, contract.date_trial_end))
                )  # fmt: skip

    @api.model
    def _get_trial_to_close_domain(self, company, date_ref):
        """Contracts that end with their trial, which is over."""
        running = Domain("company_id", "=", company.id) & Domain("state", "in", ("active", "paused"))
        return running & Domain("trial_then", "=", "close") & Domain("date_trial_end", "<", date_ref)

    def _close_after_trial(self, _date_ref):
        """Close what nobody wanted to go on with, on the last free day: it costs nothing, a fee neither."""
        reason = self.env.ref("subscription_mgmt.close_reason_trial", raise_if_not_found=False)
        for contract in self:
            values = {"close_reason_id": contract.close_reason_id.id or (reason and reason.id)}
            contract._close(min(contract.date_trial_end, contract.date_end or contract.date_trial_end), values)
