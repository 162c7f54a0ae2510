from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """Override of `base`: the old-system ids of merged customers lead to the one who is left."""
        # sudo: merging takes rights of its own
        codes = self.env["subscription.external.id"].sudo()
        codes.search([("model", "=", "res.partner"), ("res_id", "in", src_partners.ids)]).res_id = dst_partner.id
        return super()._update_reference_fields(src_partners, dst_partner)
