from odoo import models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _member_get_potential(self):
        """Members behind these contacts that may not be sold to, bought from or billed yet."""
        # sudo: the rule holds for whoever confirms a document, also where he may not read the member
        return self.sudo().commercial_partner_id.filtered(lambda member: member.member_state == "potential")

    def _member_check_trade(self):
        """Refuse a sale, a purchase or an invoice to a potential member (WMM-07, reading 22).

        :raise ValidationError: names the members, and says what to do.
        """
        potential = self._member_get_potential()
        if potential:
            raise ValidationError(
                self.env._(
                    "%(members)s: potential members can have offers, but no confirmed sale or purchase, no active "
                    "contract and no posted invoice. Open the member and press “Make Active” first.",
                    members=", ".join(potential.mapped("display_name")),
                )
            )
