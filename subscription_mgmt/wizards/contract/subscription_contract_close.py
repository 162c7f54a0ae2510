from odoo import fields, models


class SubscriptionContractClose(models.TransientModel):
    _name = "subscription.contract.close"
    _inherit = "subscription.dialog.mixin"
    _description = "Close Subscription Contract"

    contract_ids = fields.Many2many(comodel_name="subscription.contract", required=True)
    date = fields.Date(string="Last Day", required=True, default=lambda self: self.env.company._subscription_today())
    close_reason_id = fields.Many2one(comodel_name="subscription.close.reason", required=True)

    def action_close(self):
        """Close the contracts on the day, for the reason."""
        self.contract_ids.action_close(self.date, self.close_reason_id)
        return {"type": "ir.actions.act_window_close"}
