from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _member_get_potential(self):
        """Members behind these contacts that may not be sold to, bought from or billed yet."""
        # sudo: the rule holds for whoever confirms a document, also where he may not read the member
        return self.sudo().commercial_partner_id.filtered(lambda member: member.member_state == "potential")

    def _member_activate_traders(self):
        """Make active who is potential, but has come to a sale, a purchase or an invoice of somebody else, as by
        merging: its own state would deny them (WMM-07)."""
        for member in self._member_get_potential():
            if member._member_has_traded():
                member.action_member_make_active()

    def _member_has_traded(self):
        """Whether there is anything of the member that a potential one cannot have. Called with sudo."""
        people = Domain("partner_id.commercial_partner_id", "=", self.id)
        trade = {
            "sale.order": Domain("state", "=", "sale"),
            "purchase.order": Domain("state", "in", ("to approve", "purchase", "done")),
            "account.move": Domain("state", "=", "posted") & Domain("move_type", "!=", "entry"),
            "subscription.contract": Domain("state", "in", ("active", "paused")),
        }
        everything = self.with_context(active_test=False).env
        return any(everything[name].search_count(people & domain, limit=1) for name, domain in trade.items())

    def _member_check_trade(self):
        """Refuse a sale, a purchase or an invoice to a potential member (WMM-07, reading 22).

        :raise ValidationError: names the members, and says what to do.
        """
        if refusal := self._member_get_trade_refusal():
            raise ValidationError(refusal)

    def _member_get_trade_refusal(self):
        """Why nothing may be sold to these contacts, bought from or billed to them, or an empty text."""
        potential = self._member_get_potential()
        if not potential:
            return ""
        return self.env._(
            "%(members)s: potential members can have offers, but no confirmed sale or purchase, no active "
            "contract and no posted invoice. Open the member and press “Make Active” first.",
            members=", ".join(potential.mapped("display_name")),
        )
