from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.periods import ONE_DAY


class SubscriptionContractPause(models.TransientModel):
    """Asked when a contract is paused, from when and until when; or resumed, from when."""

    _name = "subscription.contract.pause"
    _inherit = "subscription.dialog.mixin"
    _description = "Pause or Resume Subscription Contract"

    contract_id = fields.Many2one(comodel_name="subscription.contract", required=True, readonly=True)
    date = fields.Date(string="From", required=True, default=lambda self: self.env.company._subscription_today())
    date_to = fields.Date(string="Until", help="Last day without service, included. Empty: until resumed.")
    reason = fields.Char()

    def action_pause(self):
        """Pause the contract from the day, until it is resumed or for the days that are given.

        :raise UserError: the last day is before the first one; what :meth:`action_pause` of the contract refuses.
        """
        self.ensure_one()
        if self.date_to and self.date_to < self.date:
            raise UserError(self.env._("The pause ends before it begins."))
        self.contract_id.check_access("write")
        planned = self.contract_id._get_open_pause(None)[:1]
        if planned:
            day = format_date(self.env, planned.date_from)
            raise UserError(self.env._("The contract is paused from %(day)s on already; resume it first.", day=day))
        self.contract_id.action_pause(self.date, self.reason)
        if self.date_to:
            self.contract_id.action_resume(self.date_to + ONE_DAY)
        return {"type": "ir.actions.act_window_close"}

    def action_resume(self):
        """Go on with the contract from the day."""
        self.ensure_one()
        self.contract_id.check_access("write")
        self.contract_id.action_resume(self.date)
        return {"type": "ir.actions.act_window_close"}
