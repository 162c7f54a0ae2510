from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.constrains("state", "partner_id")
    def _check_member_trade(self):
        """However an order is confirmed: never for a potential member (WMM-07)."""
        self.filtered(lambda order: order.state == "sale").partner_id._member_check_trade()

    def _action_confirm(self):
        """Override of `sale`: whoever buys is a customer from now on."""
        result = super()._action_confirm()
        self.partner_id._member_take_role("member_is_customer")
        return result

    def _has_to_be_signed(self):
        """Override of `sale`: a potential member is not asked to confirm in the portal what would be refused."""
        return super()._has_to_be_signed() and not self.partner_id._member_get_potential()

    def _has_to_be_paid(self):
        """Override of `sale`: nor is money taken for it."""
        return super()._has_to_be_paid() and not self.partner_id._member_get_potential()
