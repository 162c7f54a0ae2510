from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        """Override of `crm`: a customer made of a lead has bought nothing yet (WMM-06)."""
        values = super()._prepare_customer_values(partner_name, is_company=is_company, parent_id=parent_id)
        return values if parent_id else {**values, "member_state": "potential", "member_is_customer": True}
