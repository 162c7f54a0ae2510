"""The clock of each unpaid invoice: which step was taken when, and the cron that takes the next."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..common.batches import Job
from ..common.context import get_rehearsed_day
from .account_move import UNPAID

DUN = Job(
    "account.move", "_get_subscription_dunning_domain", "_run_dunning", "dun", size=50, order="invoice_date_due, id"
)
RESUME = Job("subscription.dunning.log", "_get_recovered_domain", "_resume_contracts", "resume")


class SubscriptionDunningLog(models.Model):
    """One step of a dunning plan, taken or left out for one invoice."""

    _name = "subscription.dunning.log"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin", "subscription.parking.mixin"]
    _description = "Dunning Log"
    _order = "date desc, id desc"
    _rec_name = "step_id"

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Customer")
    step_id = fields.Many2one(
        comodel_name="subscription.dunning.step", required=True, readonly=True, index=True, ondelete="restrict"
    )
    plan_id = fields.Many2one(related="step_id.plan_id", string="Plan")
    action = fields.Selection(related="step_id.action", store=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    charge_id = fields.Many2one(comodel_name="subscription.charge", string="Card Charge", readonly=True)
    date = fields.Date(required=True, readonly=True)
    date_recovered = fields.Date(readonly=True, help="The invoice was paid and the contract resumed.")
    result = fields.Selection(selection=[("done", "Done"), ("skipped", "Left Out")], required=True, readonly=True)
    reason = fields.Char(readonly=True)

    _once = models.UniqueIndex("(move_id, step_id)", "A step is taken once per invoice.")

    # === E-MAILS === #
    def _send_emails(self):
        """Queue the e-mails of steps that were just taken, batch by batch; they leave with Odoo's own mail queue."""
        if get_rehearsed_day(self.env):
            return
        emails = self.filtered(lambda log: log.action == "email" and log.result == "done")
        for template, logs in emails.grouped(lambda log: log.step_id.template_id).items():
            # sudo: rendering may look at what the sender may not
            template.sudo().send_mail_batch(logs.move_id.ids)

    # === RECOVERY === #
    @api.model
    def _get_recovered_domain(self, company, _date_ref):
        """Pauses of contracts whose invoice has been paid since."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("action", "=", "pause")
            & Domain("result", "=", "done")
            & Domain("date_recovered", "=", False)
            & Domain("move_id.payment_state", "not in", UNPAID)
        )

    def _resume_contracts(self, date_ref):
        """Resume what was paused for want of this payment, unless another unpaid invoice, or a person, holds it.

        The days in between are given back by resuming.
        """
        for log in self:
            contracts = log.move_id.subscription_contract_ids.sudo()  # sudo: as when pausing
            for contract in contracts.filtered(lambda contract: contract._is_paused_by_dunning()):
                contract.action_resume(date_ref)
            log.date_recovered = date_ref

    # === CRON === #
    def _get_alert_target(self):
        """Tasks stand on the first contract that waits for the payment."""
        return self.move_id.subscription_contract_ids[:1]

    def _get_alert_users(self):
        return self._get_alert_target().user_id

    @api.model
    def _cron_run_dunning(self):
        """Take the dunning steps that are due and resume who has paid; commits per batch (WSM-42)."""
        self.env["subscription.batches"]._run(DUN, RESUME)
