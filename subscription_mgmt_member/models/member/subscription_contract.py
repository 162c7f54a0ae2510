from odoo import models


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _check_billable(self):
        """Override: putting a contract in force is a sale, which a potential member cannot have (WMM-07)."""
        result = super()._check_billable()
        (self.partner_id | self.invoice_partner_id)._member_check_trade()
        return result


class SubscriptionInvoicingMixin(models.AbstractModel):
    _inherit = "subscription.invoicing.mixin"

    def _check_invoice_partner(self):
        """Override: an invoice that could not be posted is not made; billing sets its contract aside and goes on."""
        result = super()._check_invoice_partner()
        self.invoice_partner_id._member_check_trade()
        return result
