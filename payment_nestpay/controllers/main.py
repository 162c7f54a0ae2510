"""What comes from outside: the customer back from the bank, the bank itself, and the page before the bank."""

import logging

from odoo import http
from odoo.http import request

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from .. import const
from ..tools.result import Refused, Report, verify

_logger = logging.getLogger(__name__)

TAKEN = "Approved"  # what the bank wants to read, or it reports again every five minutes


class NestpayController(http.Controller):
    @http.route(
        const.RETURN_ROUTE,
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        website=True,
        sitemap=False,
    )
    def nestpay_return(self, **_data):
        """Take the customer back from the bank, whatever the bank says of the payment.

        The browser comes from another site and brings no session cookie; `save_session=False` keeps it from getting a
        new one in its place. The page that it is sent on to finds its session, and the payment in it, again.
        """
        try:
            self._take_report()
        except Refused:
            return self._render_refusal()
        return request.redirect("/payment/status")

    @http.route(const.CALLBACK_ROUTE, type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def nestpay_callback(self, **_data):
        """Take the report that the bank sends by itself; it may be the only one, or the tenth."""
        try:
            taken = self._take_report()
        except Refused:
            return request.make_response("", status=403)
        return request.make_response(TAKEN if taken else "", [("Content-Type", "text/plain")])

    @http.route(const.PAGE_ROUTE, type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def nestpay_page(self, instalment="", **_data):
        """Let the customer choose instalments, or enter the card in a form that goes straight to the bank.

        The payment is that of the session; nothing in the address names it.
        """
        tx_sudo = PaymentPostProcessing()._get_monitored_transaction()
        if tx_sudo.provider_code != "nestpay" or tx_sudo.state != "draft":
            return request.redirect("/payment/status")
        provider_sudo = tx_sudo.provider_id
        choices = provider_sudo._nestpay_get_instalments(tx_sudo.amount, tx_sudo.currency_id)
        chosen = instalment if instalment in choices else ""
        values = {
            "tx": tx_sudo,
            "choices": ["", *choices],
            "chosen": chosen,
            "asks_card": provider_sudo.nestpay_store_type == const.DIRECT,
            "form": tx_sudo._nestpay_get_form(chosen),
        }
        response = request.render("payment_nestpay.payment_page", values)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _take_report(self):
        """Process a report; False if it names no payment of ours.

        :raise Refused: it cannot be believed. Nothing has changed then; the bank will be asked.
        """
        form = request.httprequest.form  # the body alone: what an address carries is not signed
        report = None
        try:
            report = Report([(name, value) for name, values in form.lists() for value in values])
            # sudo: the bank is nobody to Odoo; whatever it says is verified first
            transactions = request.env["payment.transaction"].sudo()
            tx_sudo = transactions._search_by_reference("nestpay", {"reference": report.reference})
            if not tx_sudo:
                return False
            verify(report, tx_sudo._nestpay_get_attempt(), tx_sudo.provider_id.nestpay_store_key or "")
        except Refused as refusal:
            logged = report.as_logged() if report else {}
            _logger.warning("NestPay: refused a report (%s): %s", refusal, logged)
            raise
        tx_sudo._process("nestpay", {"reference": report.reference, "report": report})
        return True

    def _render_refusal(self):
        """A page for a customer whose browser brought something that cannot be believed; it repeats nothing of it."""
        return request.render("payment_nestpay.report_refused", status=403)
