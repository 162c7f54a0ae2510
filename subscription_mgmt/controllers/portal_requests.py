"""Wishes of subscribers: what they would mean, asking, taking back. Nobody carries them out but a clerk."""

import re
from datetime import date

from odoo import fields, http
from odoo.exceptions import MissingError, UserError
from odoo.http import request

from .portal_subscriptions import HOME, SubscriptionPortal

TEXT_LIMIT = 2000


class SubscriptionRequestPortal(SubscriptionPortal):
    def _read_wish(self, kind=None, text=None, reason=None, **kwargs):
        """What the form holds, as far as it makes sense; the rest is looked at by the model."""
        reasons = request.env["subscription.close.reason"].sudo()  # sudo: customers choose among those offered
        reason = self._read_text(reason)
        return {
            "kind": self._read_text(kind),
            "date": self._read_day(kwargs.get("date")),
            "date_to": self._read_day(kwargs.get("date_to")),
            "text": self._read_text(text).strip()[:TEXT_LIMIT],
            "reason": reasons.browse(int(reason)) if re.fullmatch("[0-9]{1,9}", reason) else reasons,
        }

    def _read_text(self, value):
        return value if isinstance(value, str) else ""  # a file may be sent in its place

    def _read_day(self, value):
        try:
            return fields.Date.to_date(self._read_text(value) or None)
        except ValueError:
            return date.min  # no day that can be wished

    def _open_own(self, contract_id):
        """The contract, or None when it is not the customer's own, or the person may not ask for his company."""
        if not request.env.user.partner_id._has_portal_right("requests"):
            return None
        try:
            return self._get_contract(contract_id)
        except MissingError:
            return None

    @http.route(
        f"{HOME}/<int:contract_id>/request/preview",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_subscription_preview(self, contract_id, **kwargs):
        """Show what a wish would mean in money, before it is asked for."""
        contract = self._open_own(contract_id)
        if not contract:
            return request.redirect(HOME)
        wish = self._read_wish(**kwargs)
        try:
            contract.request_ids._prepare_wish(contract, **wish)
            outcome = contract._get_wish_outcome(wish["kind"], wish["date"], wish["date_to"], wish["reason"])
        except UserError as error:
            return self._render_contract(contract, error=str(error))
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "subscriptions",
            "contract": contract,
            "wish": wish,
            "label": contract._get_wish_labels()[wish["kind"]],
            "outcome": outcome,
            "total": sum(event.amount for event in outcome),
        }
        return request.render("subscription_mgmt.portal_subscription_preview", values)

    @http.route(
        f"{HOME}/<int:contract_id>/request", type="http", auth="user", website=True, methods=["POST"], sitemap=False
    )
    def portal_subscription_request(self, contract_id, **kwargs):
        """Write down what the subscriber asks for; the contract stays as it is."""
        contract = self._open_own(contract_id)
        if not contract:
            return request.redirect(HOME)
        wish = self._read_wish(**kwargs)
        try:
            asked = contract.request_ids._ask(contract, request.env.user.partner_id, **wish)
        except UserError as error:
            return self._render_contract(contract, error=str(error))
        return request.redirect(f"{HOME}/{contract_id}/request/{asked.id}")

    @http.route(
        f"{HOME}/<int:contract_id>/request/<int:request_id>", type="http", auth="user", website=True, sitemap=False
    )
    def portal_subscription_thanks(self, contract_id, request_id, **kwargs):
        """Thank for a wish, and say what comes next."""
        contract = self._open_own(contract_id)
        asked = contract and contract.request_ids.filtered(lambda one: one.id == request_id)
        if not asked:
            return request.redirect(f"{HOME}/{contract_id}" if contract else HOME)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "subscriptions",
            "contract": contract,
            "asked": asked,
            "label": contract._get_wish_labels()[asked.kind],
        }
        return request.render("subscription_mgmt.portal_subscription_thanks", values)

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
        contract = self._open_own(contract_id)
        if not contract:
            return request.redirect(HOME)
        contract.request_ids.filtered(lambda one: one.id == request_id and one.state == "new")._withdraw()
        return request.redirect(f"{HOME}/{contract_id}#requests")
