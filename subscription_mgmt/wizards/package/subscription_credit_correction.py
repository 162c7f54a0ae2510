from odoo import fields, models


class SubscriptionCreditCorrection(models.TransientModel):
    _name = "subscription.credit.correction"
    _inherit = "subscription.dialog.mixin"
    _description = "Correct Credit Move"

    move_ids = fields.Many2many(
        comodel_name="subscription.credit.move",
        string="Movements",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    reason = fields.Char(required=True)

    def action_correct(self):
        """Give back what the requests cost, for the reason."""
        self.move_ids.action_reverse(self.reason)
        return {"type": "ir.actions.act_window_close"}
