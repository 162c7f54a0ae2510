from odoo.addons.payment.tests.common import PaymentCommon
from odoo.addons.payment.tests.http_common import PaymentHttpCommon

from ..const import CALLBACK_ROUTE, RETURN_ROUTE
from .gateway import Bank, Gateway
from .gateway.bank import sign

MERCHANT, STORE_KEY, API_USER, API_PASSWORD = "190100000", "KEY|of\\the store", "apiuser", "P4ss<word>&"


class NestpayCommon(PaymentCommon):
    """A provider in test mode whose bank is a gateway on this machine, and a payment of 91.96 lira."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lira = cls._enable_currency("TRY")
        cls.bank = Bank(MERCHANT, STORE_KEY, API_USER, API_PASSWORD)
        cls.gateway = Gateway(cls.bank)
        cls.addClassCleanup(cls.gateway.stop)
        cls.provider = cls._prepare_provider("nestpay", update_values=cls.get_settings(cls.gateway))
        cls.card = cls.env.ref("payment.payment_method_card")
        cls.payment_method, cls.payment_method_id = cls.card, cls.card.id
        cls.currency, cls.amount, cls.reference = cls.lira, 91.96, "S00042-1"

    @classmethod
    def get_settings(cls, gateway):
        """All that a merchant enters, for this gateway."""
        return {
            "nestpay_bank": "isbank",
            "nestpay_merchant": MERCHANT,
            "nestpay_store_key": STORE_KEY,
            "nestpay_api_user": API_USER,
            "nestpay_api_password": API_PASSWORD,
            "nestpay_test_gate_url": f"{gateway.url}/est3Dgate",
            "nestpay_test_api_url": f"{gateway.url}/api",
        }

    def setUp(self):
        super().setUp()
        self.bank.orders.clear()
        self.bank.store_type = "3D_PAY_HOSTING"
        self.gateway.asked.clear()
        self.gateway.fault = self.gateway.on_api = None

    def make_tx(self, **values):
        """A payment that was sent to the bank, where the customer sees the page now."""
        tx = self._create_transaction("redirect", **values)
        self.send(tx)
        return tx

    def send(self, tx, instalment=""):
        """What the browser posts to the bank, which must find it right."""
        fields = tx._nestpay_get_form(instalment)["inputs"]
        self.assertIsNone(self.bank.check_request(fields))
        self.bank.begin(fields)
        return fields

    def decide(self, tx, outcome="approve"):
        """What the bank reports when the customer has pressed that button."""
        return self.bank.decide(tx.reference, outcome)

    def change(self, report, **changes):
        """The report with other fields (None: without), signed with the right key all the same."""
        fields = {name: value for name, value in {**report, **changes}.items() if value is not None}
        return {**fields, "HASH": sign(fields, STORE_KEY)}

    def pay(self, tx):
        """Approved and reported, without a server in between."""
        self.process(tx, self.decide(tx))

    def process(self, tx, report):
        from ..tools.result import Report, verify

        read = Report(report.items())
        verify(read, tx._nestpay_get_attempt(), STORE_KEY)
        return tx._process("nestpay", {"reference": tx.reference, "report": read})


class NestpayHttpCommon(NestpayCommon, PaymentHttpCommon):
    """The same with a server that the bank and the customer's browser call."""

    def come_back(self, report):
        """Status of the answer to the browser that brings the report, and where it is sent on to."""
        answer = self.url_open(RETURN_ROUTE, data=report, allow_redirects=False)
        return answer.status_code, answer.headers.get("Location", "").removeprefix(self.base_url())

    def call_back(self, report):
        """Status and text of the answer to the bank."""
        answer = self.url_open(CALLBACK_ROUTE, data=report, allow_redirects=False)
        return answer.status_code, answer.text
