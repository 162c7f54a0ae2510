from odoo import api, fields, models


class SubscriptionEntitlementRefund(models.TransientModel):
    _name = "subscription.entitlement.refund"
    _inherit = "subscription.dialog.mixin"
    _description = "Refund Paid Subscription"

    entitlement_id = fields.Many2one(
        comodel_name="subscription.entitlement", string="Paid Subscription", required=True, readonly=True
    )
    currency_id = fields.Many2one(related="entitlement_id.currency_id")
    unused = fields.Char(compute="_compute_figures", help="Credits, or days after today.")
    amount = fields.Monetary(string="Gives Back", compute="_compute_figures", help="Taxes included.")
    by_provider = fields.Boolean(compute="_compute_figures")
    reason = fields.Char(required=True)

    @api.depends("entitlement_id")
    def _compute_figures(self):
        for wizard in self:
            one = wizard.entitlement_id
            today = one.company_id._subscription_today()
            whole, unused = one._get_unused(today)
            wizard.unused = self.env._("%(unused)s of %(whole)s", unused=unused, whole=whole)
            wizard.amount = one._get_refundable(today)
            transaction = one.payment_transaction_id.sudo()  # sudo: only whether it can be paid back
            wizard.by_provider = bool(transaction) and one._can_pay_back(transaction, wizard.amount)

    def action_refund(self):
        """Give the unused part back."""
        one = self.entitlement_id
        one._refund(one.company_id._subscription_today(), self.reason)
        return {"type": "ir.actions.act_window_close"}
