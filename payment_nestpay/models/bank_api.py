"""Requests from this server to the bank: the XML interface, and whether the payment page answers at all."""

import logging

import requests

from odoo import models
from odoo.exceptions import ValidationError

from ..const import API
from ..tools import cc5
from ..tools.order import read_history, read_order

_logger = logging.getLogger(__name__)

GATE_TIMEOUT = 10  # seconds
BROKEN_GATE = 500  # an answer from here on is that of a proxy before a gateway that is down


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _nestpay_check_gate(self):
        """See that the bank's page answers, before a customer is sent to it and stands before an empty window.

        :raise ValidationError: it does not; the text is for the customer.
        """
        self.ensure_one()
        try:
            url = self._nestpay_get_address("gate")
            with requests.get(url, timeout=GATE_TIMEOUT, stream=True, allow_redirects=False) as answer:
                alive = answer.status_code < BROKEN_GATE
        except requests.exceptions.RequestException as error:
            _logger.info("NestPay: the page of %s does not answer (%s)", self.nestpay_bank, type(error).__name__)
            alive = False
        if not alive:
            raise ValidationError(
                self.env._(
                    "The payment page of the bank cannot be reached at the moment. You have not been charged. "
                    "Please try again in a few minutes."
                )
            )

    def _nestpay_call(self, elements=(), extra=(), reference=None):
        """Ask the bank something.

        :return: what it answered, a refusal too
        :rtype: cc5.Answer
        :raise ValidationError: no answer came, or none that can be read. Whether the bank has done what it was asked
            for is not known then.
        """
        self.ensure_one()
        account = cc5.Account(self.nestpay_merchant, self.nestpay_api_user, self.nestpay_api_password)
        body = cc5.build(account, elements, extra)
        return self._send_api_request("POST", API, data={"DATA": body}, reference=reference)

    def _nestpay_get_order(self, reference):
        """What became of an order, by the bank's own books."""
        elements, extra = [("OrderId", reference)], [("ORDERSTATUS", "QUERY")]
        return read_order(self._nestpay_call(elements, extra, reference), reference)

    def _nestpay_get_history(self, reference):
        """All that was done to an order.

        :raise ValidationError: the bank does not tell; without it no money is sent back.
        """
        answer = self._nestpay_call([("OrderId", reference)], [("ORDERHISTORY", "QUERY")], reference)
        if not answer.approved:
            raise ValidationError(
                self.env._(
                    "The bank does not show the history of this payment: %(reason)s",
                    reason=answer.get("ErrMsg") or answer.error_code,
                )
            )
        return read_history(answer)

    # === What `payment` asks while it sends === #

    def _build_request_url(self, endpoint, **kwargs):
        """Override of `payment`: the address that an administrator has set for the present state."""
        if self.code != "nestpay":
            return super()._build_request_url(endpoint, **kwargs)
        return self._nestpay_get_address("api")

    def _parse_response_content(self, response, **kwargs):
        """Override of `payment`: read XML, and nothing that only looks like it."""
        if self.code != "nestpay":
            return super()._parse_response_content(response, **kwargs)
        try:
            return cc5.parse(response.content)
        except cc5.NotAnAnswer as error:
            raise ValidationError(self.env._("The answer of the bank cannot be read.")) from error

    def _parse_response_error(self, response):
        """Override of `payment`: the page of a broken gateway says nothing that helps."""
        if self.code != "nestpay":
            return super()._parse_response_error(response)
        return f"HTTP {response.status_code}"

    def _log_request(self, method, url, payload, *, reference=None):
        """Override of `payment`, which writes down all that is sent: here the password is part of it."""
        if self.code != "nestpay":
            return super()._log_request(method, url, payload, reference=reference)
        _logger.info("NestPay: asking %s about %s", url, reference)

    def _log_response(self, response, *, reference=None):
        """Override of `payment`, which writes down all that comes back: here that is about a card."""
        if self.code != "nestpay":
            return super()._log_response(response, reference=reference)
        _logger.info("NestPay: HTTP %s about %s", response.status_code, reference)
