from odoo.http import request, route

from odoo.addons.web.controllers.vcard import Partner


class MemberCards(Partner):
    @route()
    def download_vcard(self, partner_ids=None, partner=None, **kwargs):
        """Override of `web`: many cards in one file are a list of customers, and leave as such (CUB-34)."""
        if partner_ids and "," in partner_ids:
            request.env["res.partner"]._check_member_level("manage")
        return super().download_vcard(partner_ids=partner_ids, partner=partner, **kwargs)
