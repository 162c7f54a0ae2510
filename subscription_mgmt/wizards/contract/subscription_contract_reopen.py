from odoo import fields, models


class SubscriptionContractReopen(models.TransientModel):
    """Asked when a closed contract is put in force again: until when?"""

    _name = "subscription.contract.reopen"
    _inherit = "subscription.dialog.mixin"
    _description = "Re-open Subscription Contract"

    contract_id = fields.Many2one(comodel_name="subscription.contract", required=True, readonly=True)
    date_end = fields.Date(string="New End Date", help="Last day of the contract, included. Empty: open-ended.")

    def action_reopen(self):
        """Put the contract in force again, until the day."""
        self.ensure_one()
        self.contract_id.check_access("write")
        self.contract_id.action_reopen(self.date_end)
        return {"type": "ir.actions.act_window_close"}
