"""What becomes of everything when a customer is deleted (CUB-45..47, reading 5).

Planned activities, messages and files go with it, tasks, opportunities and projects stay without the customer: that is
what core does. Here stands what keeps a customer from being deleted at all, in words.
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

NAMED = 5


class ResPartner(models.Model):
    _inherit = "res.partner"

    def unlink(self):
        """Override to let the contacts and addresses of a member go with it; they would stay as customers otherwise.

        Companies below it are members of their own, and stay.
        """
        # sudo: whoever may delete the member may delete its people; rules of companies are those of the member
        people = self.sudo().with_context(active_test=False).search([("commercial_partner_id", "in", self.ids)])
        return super(ResPartner, self | people.sudo(False)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_member_documents(self):
        """Refuse before anything has changed, and say all that stands, not only the first thing.

        :raise UserError: the reasons, each with some of the documents by name.
        """
        # sudo: what stands in the way has to be told also to those who may not open it; only numbers are named
        reasons = list(self.sudo()._member_get_obstacles())
        chosen = self & self.commercial_partner_id or self  # not those who go with them
        if reasons:
            raise UserError(
                self.env._(
                    "%(customers)s cannot be deleted, because these documents are theirs:\n%(reasons)s\n"
                    "Make the customer passive or archive it instead.",
                    customers=", ".join(chosen[:NAMED].mapped("display_name")),
                    reasons="\n".join(reasons),
                )
            )

    def _member_get_obstacles(self):
        """Lines that name what stands in the way: one search for each kind, for all customers together."""
        for label, model, domain in self._member_get_obstacle_domains():
            records = self.env[model].with_context(active_test=False).search(domain, limit=NAMED + 1)
            if records:
                names = ", ".join(record.display_name or "" for record in records[:NAMED])
                yield f"- {label}: {names}{', …' if len(records) > NAMED else ''}"

    @api.model
    def _member_on(self, *names):
        """Domain of documents on which one of the customers stands in one of the fields."""
        return Domain.OR(Domain(name, "in", self.ids) for name in names)

    def _member_get_obstacle_domains(self):
        """What keeps a customer, as (label, model, domain). Hook: rooms and add-ons add their own documents."""
        addresses = ("partner_id", "partner_invoice_id", "partner_shipping_id")
        return [
            (self.env._("Invoices and entries"), "account.move", self._member_on("partner_id", "line_ids.partner_id")),
            (self.env._("Payments"), "account.payment", self._member_on("partner_id")),
            (
                self.env._("Contracts"),
                "subscription.contract",
                self._member_on("partner_id", "invoice_partner_id", "contact_id", "service_address_id"),
            ),
            (self.env._("Packages and credit"), "subscription.entitlement", self._member_on("partner_id", "buyer_id")),
            (self.env._("Offers and orders"), "sale.order", self._member_on(*addresses)),
            (self.env._("Purchases"), "purchase.order", self._member_on("partner_id")),
            (self.env._("Interactions"), "subscription.interaction", self._member_on("partner_id")),
            (self.env._("Requests"), "subscription.request", self._member_on("contact_id")),
            (self.env._("Online payments"), "payment.transaction", self._member_on("partner_id")),
            (self.env._("Saved cards"), "payment.token", self._member_on("partner_id")),
        ]
