"""The clock of each unpaid invoice: which step was taken when, and the cron that takes the next."""

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

from ..common.isolation import run_isolated
from .account_move import UNPAID

DUNNING_BATCH = 50


class SubscriptionDunningLog(models.Model):
    """One step of a dunning plan, taken or left out for one invoice."""

    _name = "subscription.dunning.log"
    _inherit = "subscription.mixin"
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

    # === RECOVERY === #
    @api.model
    def _get_recovered_domain(self, company):
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
    @api.model
    def _cron_run_dunning(self):
        """Take the dunning steps that are due and resume who has paid; commits per batch (WSM-42)."""
        for company in self.env["res.company"]._get_subscription_companies():
            logs = company._work_for(self)
            if not logs._cron_run_company(company, company._subscription_today()):
                return

    def _cron_run_company(self, company, today):
        """Dunning of one company. False when the time is up; what is left is found again."""
        cron = self.env["ir.cron"]
        plans = self.env["subscription.dunning.plan"].with_company(company)
        for plan in plans.search([("company_id", "=", company.id)]):
            moves = plan._get_due_moves(today)
            cron._commit_progress(remaining=len(moves))
            for start in range(0, len(moves), DUNNING_BATCH):
                batch = moves[start : start + DUNNING_BATCH]
                self._cron_run_batch(plan, batch, today)
                if not cron._commit_progress(len(batch)):
                    return False
        recovered = self.search(self._get_recovered_domain(company))
        for log, error in run_isolated(recovered, lambda logs: logs._resume_contracts(today)):
            log.move_id.subscription_contract_ids._park(error, today)
        cron._commit_progress()
        return True

    def _cron_run_batch(self, plan, moves, today):
        """Take the due steps of a batch; an invoice that fails waits for the next day and stops nobody."""
        try:
            locked = moves.try_lock_for_update(allow_referencing=True)
            locked._subscription_step(lambda moves: plan._run(moves, today), today, "subscription_dunning_next_try")
        except OperationalError:
            # Another worker was faster: the next run finds what is left.
            self.env.cr.rollback()
