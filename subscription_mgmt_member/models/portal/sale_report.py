from odoo import models


class SaleReport(models.Model):
    _inherit = "sale.report"

    def _where_sale(self):
        """Override of `sale`: an order of the portal that waits for the customer's manager, or was refused by him, is
        none yet."""
        return f"""{super()._where_sale()}
            AND (s.member_from_portal IS NOT TRUE OR COALESCE(s.member_approval, '') NOT IN ('waiting', 'refused'))"""
