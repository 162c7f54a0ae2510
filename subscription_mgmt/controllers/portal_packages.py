"""Packages in the portal: what is on sale, what the customer has left, and buying."""

from uuid import uuid4

from odoo import http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request

from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

HOME = "/my/packages"
THANKS = f"{HOME}/thanks"


class PackagePortal(PaymentPortal):
    def _prepare_home_portal_values(self, counters):
        """Override of `portal` to count what the card leads to."""
        values = super()._prepare_home_portal_values(counters)
        if "subscription_package_count" in counters:
            values["subscription_package_count"] = len(self._get_offers()) + self._count_entitlements()
        return values

    # === WHAT THE CUSTOMER MAY SEE === #
    @property
    def _customer(self):
        """Who holds the packages: the company of the user, or himself; nobody, if he may not see those of his company.

        His own record: sudo as in the portal app.
        """
        partner = request.env.user.partner_id
        return partner.commercial_partner_id if partner._has_portal_right("subscriptions") else partner.browse()

    def _get_offers(self):
        """Packages on sale in the company of the user, as far as his rights go."""
        packages = request.env["subscription.package"]
        if not self._customer or not packages.has_access("read") or not request.env.company.sudo().subscription_enabled:
            return packages
        return packages.search([("is_published", "=", True), ("company_id", "=", request.env.company.id)])

    def _get_own_domain(self):
        return [("partner_id", "=", self._customer.id)]

    def _count_entitlements(self):
        entitlements = request.env["subscription.entitlement"]
        return entitlements.search_count(self._get_own_domain()) if entitlements.has_access("read") else 0

    def _get_offer(self, package_id):
        """The package, when it is on sale to the user.

        :raise MissingError: it does not exist, is not on sale, or is another company's: no difference is shown.
        """
        offer = self._get_offers().filtered(lambda package: package.id == package_id)
        if not offer:
            raise MissingError(request.env._("This package is not on sale."))
        return offer

    def _get_providers(self, package, total):
        """Payment providers that can be used for the package."""
        # sudo: as in the payment app, to read providers
        return (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                package.company_id.id, request.env.user.partner_id.id, total, currency_id=package.currency_id.id
            )
        )

    # === PAGES === #
    @http.route(HOME, type="http", auth="user", website=True)
    def portal_my_packages(self, **kwargs):
        """What is left, what is on sale, what was bought."""
        return request.render("subscription_mgmt.portal_my_packages", self._prepare_packages_values())

    def _prepare_packages_values(self):
        entitlements = request.env["subscription.entitlement"]
        own = entitlements.search(self._get_own_domain()) if entitlements.has_access("read") else entitlements
        # sudo: names of products, taxes and invoices of what the rules have let through
        offers, own = self._get_offers().sudo(), own.sudo()
        today = request.env.company.sudo()._subscription_today()
        running = own._get_running(request.env.company, self._customer, today)
        valid = running.filtered(lambda one: one.date_start <= today)
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "subscription_packages",
            "entitlements": own,
            "valid": valid,
            "later": running - valid,
            "departments": valid.department_ids | self._customer.sudo().department_ids,
            "offers": [self._prepare_offer_values(offer, today) for offer in offers],
            "last_tx": self._get_unlucky_transaction(),
            "invoices_shown": request.env.user.partner_id._has_portal_right("invoices"),
        }

    def _prepare_offer_values(self, offer, today):
        """What a card of the shop shows."""
        total = offer._get_total(self._customer)
        return {
            "package": offer,
            "total": total,
            "refusal": offer._get_refusal(self._customer, today, confirmed=True),
            "payable": bool(self._get_providers(offer, total)),
        }

    def _get_last_transaction(self):
        """The customer's last payment for a package."""
        # sudo: customers cannot read transactions; only his own are looked for
        domain = [
            ("subscription_package_id", "!=", False),
            ("partner_id.commercial_partner_id", "=", self._customer.id),
            ("operation", "!=", "refund"),
            ("state", "!=", "draft"),
        ]
        return request.env["payment.transaction"].sudo().search(domain, order="id desc", limit=1)

    def _get_unlucky_transaction(self):
        """The customer's last payment for a package, when it did not go through or is not through yet."""
        return self._get_last_transaction().filtered(
            lambda tx: tx.state in ("pending", "authorized", "cancel", "error")
        )

    @http.route(THANKS, type="http", auth="user", website=True, sitemap=False)
    def portal_package_thanks(self, **kwargs):
        """Thank for a package that is paid; whoever has not paid one is led to the packages."""
        last = self._get_last_transaction()
        if last.state != "done":
            return request.redirect(HOME)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "subscription_packages",
            "tx": last,
            "bought": last.subscription_entitlement_ids,
        }
        return request.render("subscription_mgmt.portal_package_thanks", values)

    @http.route(
        [f"{HOME}/history", f"{HOME}/history/page/<int:page>"], type="http", auth="user", website=True, sitemap=False
    )
    def portal_my_package_history(self, page=1, **kwargs):
        """Every move of the customer's ledger, page by page."""
        moves = request.env["subscription.credit.move"]
        domain, allowed = self._get_own_domain(), moves.has_access("read")
        pager = portal_pager(
            url=f"{HOME}/history",
            total=moves.search_count(domain) if allowed else 0,
            page=page,
            step=self._items_per_page,
        )
        if allowed:
            moves = moves.search(domain, limit=self._items_per_page, offset=pager["offset"])
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "subscription_package_history",
            "moves": moves.sudo(),  # sudo: names of departments and packages
            "pager": pager,
        }
        return request.render("subscription_mgmt.portal_my_package_history", values)

    @http.route(f"{HOME}/<int:package_id>", type="http", auth="user", website=True, sitemap=False)
    def portal_buy_package(self, package_id, agree=None, terms=None, **kwargs):
        """The payment page of a package, after what has to be agreed to: losing the other type (LIM-18), the terms."""
        try:
            package = self._get_offer(package_id).sudo()  # sudo: product and taxes of what is on sale
        except (AccessError, MissingError):
            return request.redirect(HOME)
        today = package.company_id._subscription_today()
        agreed = agree == "1"
        refusal = package._get_refusal(self._customer, today, confirmed=True)
        warning = "" if agreed else package._get_refusal(self._customer, today)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "subscription_package",
            "package": package,
            "total": package._get_total(self._customer),
            "refusal": refusal,
            "warning": "" if refusal else warning,
        }
        # Ticked by the buyer on this page: a link cannot do it for him.
        ticked = terms == "1" and request.httprequest.method == "POST"
        asks = package.company_id._get_distance_terms() and not ticked
        if not refusal and not warning:
            paid = {} if asks else self._prepare_payment_values(package, values["total"], today)
            values.update(paid, asks=asks, agreed=agreed)
        return request.render("subscription_mgmt.portal_buy_package", values)

    def _prepare_payment_values(self, package, total, today):
        """Context of the payment form of Odoo."""
        partner, currency, report = request.env.user.partner_id, package.currency_id, {}
        providers = self._get_providers(package, total)
        methods = (
            request.env["payment.method"]
            .sudo()  # sudo: as in the payment app
            ._get_compatible_payment_methods(providers.ids, partner.id, currency_id=currency.id, report=report)
        )
        # sudo: as in the payment app
        tokens = request.env["payment.token"].sudo()._get_available_tokens(providers.ids, partner.id)
        return {
            "amount": total,
            "currency": currency,
            "partner_id": partner.id,
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": tokens,
            "availability_report": report,
            "show_tokenize_input_mapping": self._compute_show_tokenize_input_mapping(providers),
            "transaction_route": f"{HOME}/{package.id}/transaction",
            "landing_route": THANKS,
            "access_token": self._sign_offer(package, total, today),
        }

    def _sign_offer(self, package, total, today):
        """Token over what the customer was shown: package, amount, what he agreed to lose, and to which terms."""
        return payment_utils.generate_access_token(*self._get_offer_terms(package, total, today))

    def _get_offer_terms(self, package, total, today):
        verdict, held = package._judge(self._customer, today)
        lost = held.filtered(lambda one: one.kind != package.kind)
        accepted = package.company_id._get_distance_digest()
        return (request.env.user.partner_id.id, package.id, total, package.currency_id.id, verdict, lost.ids, accepted)

    @http.route(f"{HOME}/<int:package_id>/transaction", type="jsonrpc", auth="user")
    def package_transaction(self, package_id, access_token, **kwargs):
        """Begin the payment of a package: a draft transaction, and nothing else yet.

        :return: processing values of the payment app.
        :raise MissingError: the package is not on sale to the user.
        :raise ValidationError: price or packages changed since the page was shown; a provider that is not offered.
        """
        package = self._get_offer(package_id).sudo()  # sudo: product and taxes of what is on sale
        self._validate_transaction_kwargs(kwargs)
        total = package._get_total(self._customer)
        verdict = self._check_terms(package, total, access_token)
        self._check_provider(package, total, kwargs)
        kwargs = {key: value for key, value in kwargs.items() if key in self._CHOICES}
        tx_sudo = self._create_transaction(
            **kwargs,
            amount=total,
            currency_id=package.currency_id.id,
            partner_id=request.env.user.partner_id.id,
            landing_route=THANKS,
            # Not of the time, as Odoo's: two customers may press the button in the same second.
            reference_prefix=f"PKG-{uuid4().hex[:16].upper()}",
            custom_create_values={
                "subscription_package_id": package.id,
                "subscription_switch": verdict == "switch",
                "subscription_terms": package.company_id._get_distance_terms(),
            },
        )
        return tx_sudo._get_processing_values()

    # What the buyer decides; amount, partner and purpose are the server's.
    _CHOICES = ("provider_id", "payment_method_id", "token_id", "flow", "tokenization_requested")

    def _check_terms(self, package, total, access_token):
        """Raise unless the page that the customer saw is still true.

        :return: what the purchase is: `buy top_up renew switch`.
        """
        today = package.company_id._subscription_today()
        terms = self._get_offer_terms(package, total, today)
        refusal = package._get_refusal(self._customer, today, confirmed=True)
        if refusal:
            raise ValidationError(refusal)
        if not payment_utils.check_access_token(access_token, *terms):
            raise ValidationError(
                request.env._("The price or your packages changed in the meantime. Please reload the page.")
            )
        return terms[4]

    def _check_provider(self, package, total, choices):
        """Raise when the chosen provider, or the saved card, is not one that the page offers."""
        providers = self._get_providers(package, total)
        token_id = choices.get("token_id") if choices.get("flow") == "token" else None
        # sudo: as in the payment app
        tokens = (
            request.env["payment.token"].sudo()._get_available_tokens(providers.ids, request.env.user.partner_id.id)
        )
        known = self._cast_as_int(choices.get("provider_id")) in providers.ids
        if not known or (token_id and self._cast_as_int(token_id) not in tokens.ids):
            raise ValidationError(
                request.env._("Payment system settings are incomplete; purchase is not possible.")
                if not providers
                else request.env._("This payment method is not available.")
            )
