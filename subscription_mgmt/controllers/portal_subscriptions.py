"""My subscriptions: contracts, plan, invoices, documents; wishes that nobody carries out but a clerk."""

from odoo import fields, http
from odoo.exceptions import MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

HOME = "/my/subscriptions"
TEXT_LIMIT = 2000


class SubscriptionPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        """Override of `portal` to count the contracts."""
        values = super()._prepare_home_portal_values(counters)
        if "subscription_contract_count" in counters:
            values["subscription_contract_count"] = self._get_contracts().search_count(self._get_contract_domain())
        return values

    def _get_contracts(self):
        """Contracts in sudo mode: a contract holds margins and internal notes, so portal users have no right to the
        model; every search below is bound to the customer's own commercial entity."""
        return request.env["subscription.contract"].sudo()

    def _get_contract_domain(self):
        return self._get_contracts()._get_portal_domain(request.env.user.partner_id.commercial_partner_id)

    def _get_contract(self, contract_id):
        """The contract, when it is the customer's own.

        :raise MissingError: it does not exist or is somebody else's: no difference is shown.
        """
        own = self._get_contract_domain() & fields.Domain("id", "=", contract_id)
        contract = self._get_contracts().search(own)
        if not contract:
            raise MissingError(request.env._("This subscription does not exist."))
        return contract

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

    @http.route(f"{HOME}/<int:contract_id>", type="http", auth="user", website=True, sitemap=False)
    def portal_my_subscription(self, contract_id, **kwargs):
        """One contract with its plan, invoices, documents and wishes."""
        try:
            contract = self._get_contract(contract_id)
        except MissingError:
            return request.redirect(HOME)
        return self._render_contract(contract)

    def _render_contract(self, contract, **values):
        today = contract.company_id._subscription_today()
        labels = dict(contract.request_ids._fields["kind"]._description_selection(request.env))
        return request.render(
            "subscription_mgmt.portal_my_subscription",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "subscriptions",
                "contract": contract,
                "plan": contract._get_portal_plan(),
                "invoices": contract._get_portal_invoices(),
                "wishes": [
                    (kind, labels[kind], contract._get_request_date(kind, today))
                    for kind in contract._get_request_kinds()
                ],
                **values,
            },
        )

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

    # === WISHES === #
    @http.route(
        f"{HOME}/<int:contract_id>/request", type="http", auth="user", website=True, methods=["POST"], sitemap=False
    )
    def portal_subscription_request(self, contract_id, kind=None, date=None, text=None, **kwargs):
        """Write down what the subscriber asks for; the contract stays as it is."""
        try:
            contract = self._get_contract(contract_id)
        except MissingError:
            return request.redirect(HOME)
        try:
            day = fields.Date.to_date(date or None)
        except ValueError:
            day = None
        contact, message = request.env.user.partner_id, (text or "").strip()[:TEXT_LIMIT]
        try:
            contract.request_ids._ask(contract, contact, kind, day, message)
        except UserError as error:
            return self._render_contract(contract, error=str(error))
        return request.redirect(f"{HOME}/{contract_id}#requests")

    @http.route(
        f"{HOME}/<int:contract_id>/request/<int:request_id>/withdraw",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_subscription_withdraw(self, contract_id, request_id, **kwargs):
        """Take back a wish that is not answered yet."""
        try:
            contract = self._get_contract(contract_id)
        except MissingError:
            return request.redirect(HOME)
        contract.request_ids.filtered(lambda one: one.id == request_id and one.state == "new")._withdraw()
        return request.redirect(f"{HOME}/{contract_id}#requests")
