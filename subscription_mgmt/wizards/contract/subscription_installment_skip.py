from odoo import fields, models


class SubscriptionInstallmentSkip(models.TransientModel):
    _name = "subscription.installment.skip"
    _inherit = "subscription.dialog.mixin"
    _description = "Skip or Re-open Installments"

    installment_ids = fields.Many2many(
        comodel_name="subscription.installment",
        required=True,
        default=lambda self: (
            self.env.context.get("active_ids", [])
            if self.env.context.get("active_model") == "subscription.installment"
            else []
        ),
    )
    reason = fields.Char(required=True)

    def action_bill_again(self):
        """Re-open the rows for the reason."""
        self.installment_ids.action_bill_again(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_skip(self):
        """Skip the rows for the reason."""
        self.installment_ids.action_skip(self.reason)
        return {"type": "ir.actions.act_window_close"}
