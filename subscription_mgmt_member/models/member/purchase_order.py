from odoo import api, models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    @api.constrains("state", "partner_id")
    def _check_member_trade(self):
        """However a purchase is confirmed, or handed in for approval: never from a potential member (WMM-07)."""
        bought = self.filtered(lambda order: order.state in ("to approve", "purchase", "done"))
        bought.partner_id._member_check_trade()

    def button_approve(self, force=False):
        """Override of `purchase`: whoever is bought from is a supplier from now on."""
        result = super().button_approve(force=force)
        self.filtered(lambda order: order.state == "purchase").partner_id._member_take_role("member_is_supplier")
        return result
