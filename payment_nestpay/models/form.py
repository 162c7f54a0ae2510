"""The way to the bank: the form with which the customer's browser goes there."""

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools.urls import urljoin

from .. import const
from ..tools.signature import sign_request
from .payment_transaction import FIRST_QUESTION


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _get_specific_rendering_values(self, processing_values):
        """Override of `payment`: the form to the bank, or to our page if there is something to choose or to enter.

        From now on the bank may have taken the money, so the time is noted when it is asked about it.
        """
        if self.provider_code != "nestpay":
            return super()._get_specific_rendering_values(processing_values)
        try:
            self.provider_id._nestpay_check_gate()
        except ValidationError as error:
            self._set_error(str(error))
            return {"api_url": "", "method": "get", "inputs": {}}
        self.nestpay_next_check = fields.Datetime.now() + FIRST_QUESTION
        if self._nestpay_needs_page():
            return {"api_url": const.PAGE_ROUTE, "method": "get", "inputs": {}}
        return self._nestpay_get_form()

    def _nestpay_needs_page(self):
        """Whether the customer chooses instalments or enters the card before the bank is called."""
        self.ensure_one()
        direct = self.provider_id.nestpay_store_type == const.DIRECT
        return direct or bool(self.provider_id._nestpay_get_instalments(self.amount, self.currency_id))

    def _nestpay_get_form(self, instalment=""):
        """Address and signed fields. No personal data: the bank needs none, and all that is sent comes back.

        :param str instalment: number of instalments, empty for a single payment.
        """
        self.ensure_one()
        provider = self.provider_id
        inputs = self._nestpay_prepare_fields(instalment)
        inputs["hash"] = sign_request(inputs.items(), provider.nestpay_store_key, provider._nestpay_get_version())
        return {"api_url": provider._nestpay_get_address("gate"), "method": "post", "inputs": inputs}

    def _nestpay_prepare_fields(self, instalment):
        """The fields as the gateway names them, each once: they are signed by name. Hook: what a bank asks besides."""
        provider = self.provider_id
        base_url = provider.get_base_url()
        attempt = self._nestpay_get_attempt()
        values = {
            "clientid": attempt.merchant,
            "storetype": attempt.store_type,
            "TranType": "Auth",
            "amount": str(attempt.amount),
            "currency": attempt.currency,
            "oid": attempt.reference,
            "okUrl": urljoin(base_url, const.RETURN_ROUTE),
            "failUrl": urljoin(base_url, const.RETURN_ROUTE),
            "lang": "tr" if (self.env.lang or self.partner_lang or "").startswith("tr") else "en",
            "rnd": attempt.rnd,
            "taksit": instalment,
            "hashAlgorithm": attempt.version,
            "refreshtime": const.REFRESH_SECONDS,
            "encoding": "utf-8",
        }
        if provider.nestpay_server_callback:
            values["callbackUrl"] = urljoin(base_url, const.CALLBACK_ROUTE)
        return values
