from contextlib import contextmanager
from datetime import date
from unittest.mock import Mock, patch

from requests import Response, exceptions

from odoo.fields import Command
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ...models.charging.sending import PREPARE
from ..common import SubscriptionCommon

CORE = "odoo.addons.payment.models"
SEND_LOG = "odoo.addons.subscription_mgmt.models.charging.sending"
CORE_LOG = f"{CORE}.payment_provider"


class ChargeCommon(SubscriptionCommon):
    """A company with a payment provider that charges saved cards; what it does is said by each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Simulated",
                "code": "none",
                "state": "test",
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.method.ids)],
                "allow_tokenization": True,
            }
        )
        cls.method.write({"active": True, "support_tokenization": True})
        cls._create_dummy_payment_method_for_provider(
            provider=cls.provider, journal=cls.company_data["default_journal_bank"]
        )
        lines = cls.provider.journal_id.inbound_payment_method_line_ids
        lines.filtered(
            lambda line: line.payment_provider_id == cls.provider
        ).payment_account_id = cls.inbound_payment_method_line.payment_account_id
        cls.token = cls.make_token()
        cls.charges = cls.env["subscription.charge"].sudo()

    @classmethod
    def make_token(cls, **values):
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.method.id,
                "payment_details": "1234",
                "partner_id": cls.customer.id,
                "provider_ref": "card at the provider",
                **values,
            }
        )

    @classmethod
    def make_invoice(cls, day=date(2026, 1, 1), **values):
        """A posted invoice of 120.00 due on the day, of a contract charged by card."""
        values = {"billing_mode": "charge", "payment_token_id": cls.token.id, **values}
        cls.make_contract([{"repetitions": 1}], date_start=day, **values)
        return cls.bill(day).move_ids

    @classmethod
    def charges_of(cls, move):
        """The attempts to charge the invoice, as the cron sees them."""
        return cls.charges.search([("move_id", "=", move.id)], order="attempt")

    @contextmanager
    def simulate(self, *outcomes):
        """The provider answers the requests in turn: done, soft, hard, pending, nothing, broken or refused.

        Gives the list of the references it was asked to charge.
        """
        asked, left = [], list(outcomes)

        def send(transaction):
            asked.append(transaction.reference)
            outcome = left.pop(0) if len(left) > 1 else left[0]
            if outcome == "done":
                transaction._set_done()
            elif outcome == "soft":
                transaction._set_error("Insufficient funds")
            elif outcome == "hard":
                transaction._set_error("Card reported stolen")
            elif outcome == "cancel":
                transaction._set_canceled("Refused")
            elif outcome == "pending":
                transaction._set_pending()
            elif outcome == "broken":
                transaction._set_done()
                raise KeyError("4111111111111111")

        with patch(f"{CORE}.payment_transaction.PaymentTransaction._send_payment_request", send):
            yield asked

    @contextmanager
    def network(self, *answers):
        """The provider's API, as core's own providers call it: each answer is an exception or a status code."""
        request = Mock(side_effect=[self.make_response(answer) for answer in answers])

        def send(transaction):
            for _i in answers[1:]:
                transaction._send_api_request("GET", "first")
            try:
                transaction._send_api_request("POST", "payments")
            except Exception as error:
                # What Stripe, Worldline and others do with a refusal
                if type(error).__name__ != "ValidationError":
                    raise
                transaction._set_error(str(error))
            else:
                transaction._set_done()

        with (
            patch(f"{CORE}.payment_transaction.PaymentTransaction._send_payment_request", send),
            patch(f"{CORE}.payment_provider.requests.request", request),
            mute_logger(CORE_LOG, SEND_LOG),
        ):
            yield request

    @staticmethod
    def make_response(answer):
        if isinstance(answer, Exception):
            return answer
        response = Response()
        response.status_code = answer
        response._content = b"{}"
        response.url = "https://provider.example"
        return response

    def charge(self, day=date(2026, 1, 1)):
        """What the cron does on the day, without its commits; returns the charges it sent."""
        self.carry_out(PREPARE, day)
        intents = [("company_id", "=", self.company.id), ("state", "=", "intent")]
        claimed = self.charges.search(intents, order="id")._claim()
        claimed._send()
        claimed._post_process(day)
        return claimed

    def run_cron(self, name, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref(f"subscription_mgmt.ir_cron_subscription_{name}").method_direct_trigger()
        self.env.invalidate_all()


READ_TIMEOUT = exceptions.ReadTimeout("no answer")
CONNECT_TIMEOUT = exceptions.ConnectTimeout("no connection")
