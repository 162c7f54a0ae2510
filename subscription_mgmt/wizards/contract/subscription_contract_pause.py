from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...models.common.dry_run import dry_run
from ...tools.pauses import DAYS


class SubscriptionContractPause(models.TransientModel):
    """Asked when a contract is paused, from when and until when; or resumed, from when."""

    _name = "subscription.contract.pause"
    _inherit = "subscription.dialog.mixin"
    _description = "Pause or Resume Subscription Contract"

    contract_id = fields.Many2one(comodel_name="subscription.contract", required=True, readonly=True)
    date = fields.Date(string="From", required=True, default=lambda self: self.env.company._subscription_today())
    date_to = fields.Date(string="Until", help="Last day without service, included. Empty: until resumed.")
    mode = fields.Selection(
        selection=lambda self: self.env["subscription.pause"]._selection_mode(),
        string="What Is Charged",
        required=True,
        default=DAYS,
    )
    reason = fields.Char()
    limits = fields.Char(compute="_compute_limits")
    # === WHAT IT COMES TO === #
    is_resuming = fields.Boolean(export_string_translation=False)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    problem = fields.Char(compute="_compute_preview")

    @api.depends("contract_id")
    def _compute_limits(self):
        for dialog in self:
            company = dialog.contract_id.company_id
            days, count = company.subscription_pause_max_days, company.subscription_pause_max_count
            texts = [
                days and self.env._("At most %(days)s days.", days=days),
                count and self.env._("At most %(count)s pauses in a year.", count=count),
            ]
            dialog.limits = " ".join(filter(None, texts))

    @api.depends("contract_id", "date", "date_to", "mode", "is_resuming")
    def _compute_preview(self):
        """Carry the act out in a savepoint that is rolled back, and say what it came to."""
        for dialog in self:
            contract = dialog.contract_id._origin
            dialog.preview = dialog.problem = False
            if not contract or not dialog.date:
                continue
            contract.check_access("write")
            before = contract._get_open_rows()
            try:
                with dry_run(contract) as trial:
                    dialog._carry_out(trial)
                    after, end = trial._get_open_rows(), trial.date_end
            except UserError as error:
                dialog.problem = str(error)
                continue
            says = list(contract._explain_plan_change(before, after))
            if end != contract.date_end:
                says.append(self.env._("The contract ends on %(day)s.", day=format_date(self.env, end)))
            dialog.preview = contract._as_list(says)

    def _carry_out(self, contract):
        """Do to the contract what was chosen; the caller may have rolled it back afterwards."""
        if self.is_resuming:
            return contract.action_resume(self.date)
        planned = contract._get_open_pause(None)[:1]
        if planned:
            day = format_date(self.env, planned.date_from)
            raise UserError(self.env._("The contract is paused from %(day)s on already; resume it first.", day=day))
        return contract.action_pause(self.date, self.reason, self.date_to, self.mode)

    def action_pause(self):
        """Pause the contract from the day, until it is resumed or for the days that are given.

        :raise UserError: what :meth:`action_pause` of the contract refuses.
        """
        self.ensure_one()
        self.contract_id.check_access("write")
        self.is_resuming = False
        self._carry_out(self.contract_id)
        return {"type": "ir.actions.act_window_close"}

    def action_resume(self):
        """Go on with the contract from the day."""
        self.ensure_one()
        self.contract_id.check_access("write")
        self.is_resuming = True
        self._carry_out(self.contract_id)
        return {"type": "ir.actions.act_window_close"}
