"""Orders that customers make in the portal (WMM-11)."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

LARGEST = 1_000_000


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _get_member_product_domain(self, company):
        """What sellers have released for ordering in the portal."""
        return Domain(
            [
                ("sale_ok", "=", True),
                ("member_orderable", "=", True),
                ("type", "!=", "combo"),
                *self.env["product.product"]._check_company_domain(company),
            ]
        )

    @api.model
    def _get_member_addresses(self, person):
        """Where goods may be delivered: the member, its units, its addresses for delivery. Called with sudo."""
        member = person.commercial_partner_id
        kinds = Domain("member_unit", "!=", False) | Domain("type", "in", ("delivery", "other"))
        below = Domain("id", "child_of", member.id) & Domain("commercial_partner_id", "=", member.id)
        return member + (self.env["res.partner"].search(below & kinds, order="complete_name") - member)

    @api.model
    def _order_as_member(self, person, company, quantities, address, note=""):
        """Make an order of a customer; that of an employee waits for his manager. Called with sudo.

        :param person: partner who orders.
        :param quantities: product id → quantity.
        :param address: where to deliver; empty: to the member.
        :raise UserError: what is wrong, in words.
        """
        quantities = {product: quantity for product, quantity in quantities.items() if quantity}
        if not quantities:
            raise UserError(self.env._("Write how much you want to order of at least one product."))
        if not all(0 < quantity <= LARGEST for quantity in quantities.values()):
            raise UserError(self.env._("A quantity is more than zero and at most a million."))
        offered = Domain("id", "in", list(quantities)) & self._get_member_product_domain(company)
        products = self.env["product.product"].search(offered)
        if len(products) != len(quantities):
            raise UserError(self.env._("Some of the products can no longer be ordered. Please reload the page."))
        if address and address not in self._get_member_addresses(person):
            raise UserError(self.env._("Choose one of your own addresses."))
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": quantities[product.id]})
            for product in products
        ]
        order = self.with_company(company).create(self._prepare_member_order(person, company, lines, address, note))
        if order._needs_member_approval(person):
            order._ask_member(person)
        else:
            order._reach_seller(person)
        return order

    @api.model
    def _prepare_member_order(self, person, company, lines, address, note):
        """Values of an order of the portal: the seller checks and confirms it, so nobody signs or pays it before."""
        member = person.commercial_partner_id
        return {
            "company_id": company.id,
            "partner_id": member.id,
            "partner_shipping_id": (address or member).id,
            "user_id": False,  # whoever is assigned is told
            "member_from_portal": True,
            "member_ordered_by_id": person.id,
            "member_note": note,
            "require_signature": False,
            "require_payment": False,
            "order_line": lines,
        }

    def _reach_seller(self, person):
        """Hand an order of the portal to its seller and tell him and the customer managers (WMM-11, CUB-74).

        :param person: partner who ordered.
        """
        self.ensure_one()
        places = self.partner_shipping_id + person.member_branch_id + self.partner_id
        seller = (places.user_id.filtered("active") or self.team_id.user_id)[:1]
        self.with_context(mail_auto_subscribe_no_notify=True).user_id = seller
        for user in seller | self._get_customer_managers():
            order = self.with_context(lang=user.lang)
            names = {**order._get_member_names(), "customer": self.partner_id.name}
            order.message_notify(
                partner_ids=user.partner_id.ids,
                subject=order.env._("New order %(order)s of %(customer)s", **names),
                body=order.env._("%(person)s has ordered for %(total)s in the portal.", **names),
                author_id=person.id,
            )

    def _get_customer_managers(self):
        managers = self.partner_id.customer_manager_ids
        return managers.filtered(lambda user: user.active and self.company_id in user.company_ids)
