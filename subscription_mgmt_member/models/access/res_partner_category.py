from odoo import api, models


class ResPartnerCategory(models.Model):
    """Who sells may make tags; putting them on customers changes these, from the side of the tag as well (CUB-30)."""

    _inherit = "res.partner.category"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: as on writing."""
        if any(vals.get("partner_ids") for vals in vals_list):
            self.env["res.partner"].check_access("write")
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: whom a tag is on is changed by who changes customers."""
        if "partner_ids" in vals:
            self.env["res.partner"].check_access("write")
        return super().write(vals)
