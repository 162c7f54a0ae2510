"""The order page of the portal: products that sellers have released, quantities, where to deliver (WMM-11)."""

import math
import re

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from .portal_approvals import TEXT_LIMIT, MemberApprovalPortal

NEW = "/my/orders/new"
QUANTITY = re.compile(r"quantity_([0-9]{1,9})")
STEP = 100


class MemberOrderingPortal(MemberApprovalPortal):
    # === WHAT IS OFFERED === #
    def _may_order(self):
        """Whether the person orders for his company, or for himself."""
        user = request.env.user
        return not user._is_internal() and user.partner_id._has_portal_right("orders")

    def _get_order_products(self, search=""):
        """Products on the page, the first hundred; `search` narrows them. Sudo: products are the house's."""
        domain = request.env["sale.order"]._get_member_product_domain(request.env.company)
        if search:
            domain &= Domain("name", "ilike", search) | Domain("default_code", "ilike", search)
        return request.env["product.product"].sudo().search(domain, limit=STEP)

    def _prepare_home_portal_values(self, counters):
        """Override of `portal`: the card is there when something can be ordered."""
        values = super()._prepare_home_portal_values(counters)
        if "member_product_count" in counters:
            values["member_product_count"] = len(self._get_order_products()) if self._may_order() else 0
        return values

    def _prepare_ordering_values(self, search, typed, error=""):
        company, person = request.env.company, self._get_member_person()
        orders = request.env["sale.order"].sudo()  # sudo: addresses and units of his own member
        products = self._get_order_products(search).with_company(company)
        pricelist = person.with_company(company).commercial_partner_id.property_product_pricelist
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "member_ordering",
            "person": person,
            "products": products,
            "prices": pricelist._get_products_price(products, 1.0),
            "currency": pricelist.currency_id or company.currency_id.sudo(),
            "addresses": orders._get_member_addresses(person),
            "typed": typed,
            "search": search,
            "error": error,
        }

    # === PAGES === #
    @http.route(NEW, type="http", auth="user", website=True, methods=["GET"], sitemap=False)
    def portal_order_new(self, search="", **kwargs):
        """Show what can be ordered."""
        if not self._may_order():
            return request.redirect("/my")
        values = self._prepare_ordering_values(search if isinstance(search, str) else "", {})
        return request.render("subscription_mgmt_member.portal_order_new", values)

    @http.route(NEW, type="http", auth="user", website=True, methods=["POST"], sitemap=False)
    def portal_order_place(self, **kwargs):
        """Order; what was typed stays where something is wrong."""
        if not self._may_order():
            return request.redirect("/my")
        orders = request.env["sale.order"].sudo()  # sudo: customers have no right to make orders but this one
        note = kwargs.get("note")
        note = (note if isinstance(note, str) else "").replace("\x00", "").strip()[:TEXT_LIMIT]
        try:
            with request.env.cr.savepoint():
                quantities, address = self._read_quantities(kwargs), self._read_address(kwargs)
                order = orders._order_as_member(
                    self._get_member_person(), request.env.company, quantities, address, note
                )
        except UserError as error:
            values = self._prepare_ordering_values("", kwargs, str(error))
            return request.render("subscription_mgmt_member.portal_order_new", values)
        return request.redirect(f"/my/orders/{order.id}")

    def _read_quantities(self, form):
        """Product id → quantity of the fields of the page.

        :raise UserError: one is no number.
        """
        quantities = {}
        for key, value in form.items():
            field = QUANTITY.fullmatch(key)
            if not field or not isinstance(value, str) or not value.strip():
                continue
            try:
                quantity = float(value.replace(",", "."))
            except ValueError:
                quantity = math.nan
            if not math.isfinite(quantity):
                raise UserError(request.env._("Write quantities as numbers."))
            quantities[int(field[1])] = quantity
        return quantities

    def _read_address(self, form):
        partners = self._get_member_person().browse()
        address = form.get("address")
        if isinstance(address, str) and re.fullmatch("[0-9]{1,9}", address):
            return partners.browse(int(address))
        return partners
