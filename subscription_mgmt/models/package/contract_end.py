"""Packages belong to the customer, not to a contract: said when a contract is closed."""

from odoo import models
from odoo.fields import Domain


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _get_closing_effects(self):
        """Override of `subscription_mgmt`: what the customer holds besides stays."""
        held = self.env["subscription.entitlement"].sudo()  # sudo: names only, to whoever may end the contract
        held = held.search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id", "=", self.partner_id.commercial_partner_id.id)
            & Domain("state", "in", ("pending", "active"))
        )
        names = ", ".join(dict.fromkeys(held.package_id.mapped("name")))
        says = [self.env._("Packages stay with the customer: %(names)s", names=names)] if names else []
        return [*super()._get_closing_effects(), *says]
