from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Override of `sale`: money alone does not confirm what the customer's manager has not approved (WMM-12).

        A payment that was under way when an employee accepted the offer is kept; approving confirms the order then.
        """
        free = self.filtered(lambda tx: not any(order._is_member_held() for order in tx.sale_order_ids))
        return super(PaymentTransaction, free)._check_amount_and_confirm_order()
