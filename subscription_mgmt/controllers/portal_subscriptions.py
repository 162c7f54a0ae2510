"""My subscriptions: contracts with prices, plan, invoices and documents, read and signed by the customer."""

from odoo import http
from odoo.exceptions import MissingError, UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

HOME = "/my/subscriptions"
REPORT = "subscription_mgmt.action_report_subscription_contract"


class SubscriptionPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        """Override of `portal` to count the contracts."""
        values = super()._prepare_home_portal_values(counters)
        if "subscription_contract_count" in counters:
            values["subscription_contract_count"] = self._get_contracts().search_count(self._get_contract_domain())
        return values

    # === WHAT THE CUSTOMER MAY SEE === #
    def _get_contracts(self):
        """Contracts in sudo mode: a contract holds margins and internal notes, so portal users have no right to the
        model; every search below is bound to the customer's own commercial entity."""
        return request.env["subscription.contract"].sudo()

    def _get_contract_domain(self):
        partner = request.env.user.partner_id
        own = partner._get_portal_right_domain("subscriptions", "partner_id", "contact_id")
        return self._get_contracts()._get_portal_domain(partner.commercial_partner_id) & own

    def _get_contract(self, contract_id):
        """The contract, when it is the customer's own.

        :raise MissingError: it does not exist or is somebody else's: no difference is shown.
        """
        contracts = self._get_contracts()
        if not request.env.user._is_public():
            contracts = contracts.search(self._get_contract_domain() & Domain("id", "=", contract_id))
        if not contracts:
            raise MissingError(request.env._("This subscription does not exist."))
        return contracts

    def _get_shown_contract(self, contract_id, access_token):
        """The contract to whom it belongs, or to who was sent its link.

        :return: contract, and whether it is the customer's own: who has the link sees the contract alone.
        :raise MissingError: neither.
        """
        try:
            return self._get_contract(contract_id), True
        except MissingError:
            contract = self._get_contracts().search([("id", "=", contract_id)])
            token = contract.access_token
            if not token or not consteq(token.encode(), (access_token or "").encode()):
                raise
            return contract, False

    def _turn_away(self, path):
        """Where somebody goes who may not see a page: to his own contracts, or to the door."""
        public = request.env.user._is_public()
        return request.redirect(f"/web/login?redirect={path}" if public else HOME)

    # === PAGES === #
    @http.route([HOME, f"{HOME}/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_subscriptions(self, page=1, **kwargs):
        """The contracts of the customer, page by page."""
        contracts, domain = self._get_contracts(), self._get_contract_domain()
        pager = portal_pager(url=HOME, total=contracts.search_count(domain), page=page, step=self._items_per_page)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "subscriptions",
            "contracts": contracts.search(domain, limit=self._items_per_page, offset=pager["offset"]),
            "pager": pager,
        }
        return request.render("subscription_mgmt.portal_my_subscriptions", values)

    @http.route(f"{HOME}/<int:contract_id>", type="http", auth="public", website=True, sitemap=False)
    def portal_my_subscription(self, contract_id, access_token=None, **kwargs):
        """One contract with its plan, invoices, documents and wishes; by the link that was sent, the contract alone."""
        try:
            contract, own = self._get_shown_contract(contract_id, access_token)
        except MissingError:
            return self._turn_away(f"{HOME}/{contract_id}")
        return self._render_contract(contract, own)

    def _render_contract(self, contract, own=True, **values):
        today = contract.company_id._subscription_today()
        return request.render(
            "subscription_mgmt.portal_my_subscription",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "subscriptions",
                "contract": contract,
                "own": own,
                "today": today,
                "plan": contract._get_portal_periods(),
                "signer": self._get_signer(contract).name,
                **(self._prepare_own_values(contract, today) if own else {}),
                **values,
            },
        )

    def _prepare_own_values(self, contract, today):
        """What is shown to the subscriber only, as far as the person may see it."""
        partner = request.env.user.partner_id
        invoices = contract._get_portal_invoices()
        return {
            "may_ask": partner._has_portal_right("requests"),
            "invoices": invoices.filtered_domain(partner._get_portal_right_domain("invoices", "partner_id")),
            "invoices_shown": partner._has_portal_right("invoices"),
            "labels": contract._get_wish_labels(),
            "waiting": contract.request_ids.filtered(lambda one: one.state == "new"),
            "wishes": contract._get_wishes(today),
            "reasons": contract.request_ids._get_offered_reasons(),
            "card": contract._get_portal_card(),
        }

    @http.route(
        f"{HOME}/<int:contract_id>/document/<int:attachment_id>", type="http", auth="user", website=True, sitemap=False
    )
    def portal_subscription_document(self, contract_id, attachment_id, **kwargs):
        """Download a document that the staff put there for the subscriber."""
        try:
            contract = self._get_contract(contract_id)
        except MissingError:
            return request.redirect(HOME)
        document = contract.portal_attachment_ids.filtered(lambda one: one.id == attachment_id)
        if not document:
            return request.redirect(f"{HOME}/{contract_id}")
        return request.env["ir.binary"]._get_stream_from(document).get_response(as_attachment=True)

    # === PAPER AND SIGNATURE === #
    @http.route(f"{HOME}/<int:contract_id>/pdf", type="http", auth="public", website=True, sitemap=False)
    def portal_subscription_pdf(self, contract_id, access_token=None, **kwargs):
        """The contract as PDF."""
        try:
            contract, _own = self._get_shown_contract(contract_id, access_token)
        except MissingError:
            return self._turn_away(f"{HOME}/{contract_id}")
        return self._show_report(contract, "pdf", REPORT, download=True)

    @http.route(f"{HOME}/<int:contract_id>/sign", type="jsonrpc", auth="public", website=True)
    def portal_subscription_sign(self, contract_id, access_token=None, name=None, signature=None, **kwargs):
        """Sign the contract, as a quotation is signed: by its owner, or by who was sent the link."""
        access_token = access_token or request.httprequest.args.get("access_token")
        if not isinstance(access_token, str):
            access_token = None
        try:
            contract, own = self._get_shown_contract(contract_id, access_token)
            with request.env.cr.savepoint():  # a signature without its document is none
                contract._sign(name, signature, self._get_signer(contract))
        except (MissingError, UserError) as error:
            return {"error": str(error)}
        # Another address than that of the page: a browser that only moves within it does not load it anew.
        url = f"{HOME}/{contract_id}?" if own else contract.get_portal_url(query_string="&")
        return {"force_refresh": True, "redirect_url": f"{url}signed=1#signed"}

    def _get_signer(self, contract):
        """Who signs: the user; of somebody with the link it is not known, so the contact of the contract."""
        user = request.env.user
        return (contract.contact_id or contract.partner_id) if user._is_public() else user.partner_id.sudo()
