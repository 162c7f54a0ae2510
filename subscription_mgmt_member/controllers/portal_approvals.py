"""Orders of employees in the portal: accepting asks the manager, who approves or refuses (WMM-12)."""

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.sale.controllers import portal as sale_portal

HOME = "/my/approvals"
TEXT_LIMIT = 2000
POST = {"type": "http", "website": True, "methods": ["POST"], "sitemap": False}


class MemberApprovalPortal(sale_portal.CustomerPortal, sale_portal.PaymentPortal):
    # === WHO ACTS, ON WHAT === #
    def _get_member_person(self):
        """The partner who acts; nobody, where it is only known that he has the link. His own record: sudo."""
        user = request.env.user
        return user.partner_id.sudo() if not user._is_public() else user.partner_id.sudo().browse()

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Override of `portal` to tell an order which customer looks at it: whether he may pay depends on that."""
        document_sudo = super()._document_check_access(model_name, document_id, access_token=access_token)
        if model_name == "sale.order" and not request.env.user._is_internal():
            return document_sudo.with_context(member_person=self._get_member_person().id)
        return document_sudo

    def _get_order_to_ask(self, order_id, access_token):
        """The order, when its acceptance by this person goes to a manager first; else None."""
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return None
        if request.env.user._is_internal() or not order_sudo._needs_member_approval(self._get_member_person()):
            return None
        return order_sudo

    def _ask(self, order_sudo, *signature):
        """Ask for approval; all of it or nothing."""
        with request.env.cr.savepoint():
            order_sudo._ask_member(self._get_member_person() or order_sudo.partner_id, *signature)

    # === ACCEPTING AN OFFER === #
    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        """Override of `sale`: the signature of an employee is kept for his manager."""
        token = access_token or request.httprequest.args.get("access_token")
        order_sudo = self._get_order_to_ask(order_id, token)
        if not order_sudo or not signature or not order_sudo._has_to_be_signed():
            return super().portal_quote_accept(order_id, access_token=access_token, name=name, signature=signature)
        try:
            self._ask(order_sudo, name, signature)
        except UserError as error:
            return {"error": str(error)}
        return {"force_refresh": True, "redirect_url": order_sudo.get_portal_url(query_string="&asked=1")}

    @http.route(
        "/my/orders/<int:order_id>/ask", type="http", auth="public", website=True, methods=["POST"], sitemap=False
    )
    def portal_order_ask(self, order_id, access_token=None, **kwargs):
        """Accept an offer that is paid, not signed: the manager is asked, then it can be paid."""
        order_sudo = self._get_order_to_ask(order_id, access_token)
        if not order_sudo or not order_sudo._may_ask_member():
            return request.redirect("/my")
        try:
            self._ask(order_sudo)
        except UserError as error:
            return self.portal_order_page(order_id, access_token=access_token, error=str(error))
        return request.redirect(order_sudo.get_portal_url())

    @http.route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        """Override of `sale`: nobody pays what his manager has not approved.

        :raise ValidationError: that.
        """
        held = request.env["sale.order"].sudo().browse(order_id).exists().filtered(lambda one: one._is_member_held())
        if held or self._get_order_to_ask(order_id, access_token):
            raise ValidationError(
                request.env._("The order can be paid when a manager of your company has approved it.")
            )
        return super().portal_order_transaction(order_id, access_token, **kwargs)

    # === DECIDING === #
    @http.route(
        "/my/orders/<int:order_id>/approve", type="http", auth="user", website=True, methods=["POST"], sitemap=False
    )
    def portal_order_approve(self, order_id, total=None, **kwargs):
        """Approve what an employee ordered."""
        seen = self._cast_as_float(total)
        return self._decide(order_id, lambda order_sudo: order_sudo._approve_member(self._get_member_person(), seen))

    @http.route(
        "/my/orders/<int:order_id>/refuse", type="http", auth="user", website=True, methods=["POST"], sitemap=False
    )
    def portal_order_refuse(self, order_id, reason=None, **kwargs):
        """Refuse what an employee ordered."""
        reason = (reason if isinstance(reason, str) else "").strip()[:TEXT_LIMIT]
        return self._decide(order_id, lambda order_sudo: order_sudo._refuse_member(self._get_member_person(), reason))

    def _decide(self, order_id, decide):
        try:
            order_sudo = self._document_check_access("sale.order", order_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                decide(order_sudo)
        except UserError as error:
            return self.portal_order_page(order_id, error=str(error))
        return request.redirect(f"/my/orders/{order_id}")

    # === LIST === #
    def _get_approval_domain(self):
        """Orders of the portal, and those that went through a manager, as far as the person may see orders."""
        member = self._get_member_person().commercial_partner_id
        own = Domain("partner_id", "child_of", member.ids)
        asked = Domain("member_approval", "!=", False) | Domain("member_from_portal", "=", True)
        return own & asked & request.env["ir.rule"]._compute_domain("sale.order", "read")

    def _get_waiting_domain(self):
        """Orders that wait for this person."""
        person = self._get_member_person()
        if not person or not person._is_portal_manager():
            return Domain.FALSE
        return self._get_approval_domain() & Domain("member_approval", "=", "waiting")

    def _prepare_home_portal_values(self, counters):
        """Override of `portal` to count what waits for the person, and what was ordered."""
        values = super()._prepare_home_portal_values(counters)
        # sudo: what waits is a field of sellers; the rules of the user are part of both domains
        orders = request.env["sale.order"].sudo()
        if "member_waiting_count" in counters:
            values["member_waiting_count"] = orders.search_count(self._get_waiting_domain())
        if "member_order_count" in counters:
            values["member_order_count"] = orders.search_count(self._get_approval_domain())
        return values

    @http.route([HOME, f"{HOME}/page/<int:page>"], type="http", auth="user", website=True, sitemap=False)
    def portal_my_approvals(self, page=1, **kwargs):
        """Orders that were placed in the portal: what waits first, then the newest."""
        orders, domain = request.env["sale.order"].sudo(), self._get_approval_domain()  # sudo: see above
        pager = portal_pager(url=HOME, total=orders.search_count(domain), page=page, step=self._items_per_page)
        found = orders.search(
            domain, order="member_approval desc nulls last, id desc", limit=self._items_per_page, offset=pager["offset"]
        )
        request.session["my_quotations_history"] = found.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "member_approvals",
            "orders": found,
            "person": self._get_member_person(),
            "pager": pager,
        }
        return request.render("subscription_mgmt_member.portal_my_approvals", values)
