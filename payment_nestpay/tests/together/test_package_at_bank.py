from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tests.package.test_package_portal import PortalCommon

from ..gateway import Bank, Gateway


@tagged("post_install", "-at_install")
class TestPackageAtBank(PortalCommon):
    """A customer buys a package of `subscription_mgmt` and pays it at the bank.

    Neither add-on depends on the other; `bin/test` installs both.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write({"state": "disabled", "is_published": False})  # the demo provider
        cls.bank = Bank("190100000", "KEY", "apiuser", "secret")
        cls.gateway = Gateway(cls.bank, press="doubled")
        cls.addClassCleanup(cls.gateway.stop)
        ours = cls.env.ref("payment_nestpay.payment_provider_nestpay").sudo()
        cls.nestpay = ours.copy({"company_id": cls.company.id})
        cls.nestpay.write(
            {
                "state": "test",
                "is_published": True,
                "journal_id": cls.company_data["default_journal_bank"].id,
                "nestpay_bank": "isbank",
                "nestpay_merchant": cls.bank.merchant,
                "nestpay_store_key": cls.bank.store_key,
                "nestpay_api_user": cls.bank.user,
                "nestpay_api_password": cls.bank.password,
                "nestpay_test_gate_url": f"{cls.gateway.url}/est3Dgate",
                "nestpay_test_api_url": f"{cls.gateway.url}/api",
            }
        )

    def setUp(self):
        super().setUp()
        self.http_request_allow_all = True  # the bank calls too, and has no cookie

    def test_a_customer_pays_a_package_at_the_bank(self):
        """The bank reports by itself twice and once by the browser; one payment, one invoice, one credit."""
        self.start_tour("/my/packages", "nestpay_package", login=self.user.login, timeout=180)
        self.assertEqual(self.gateway.answers, [(200, "Approved")] * 2)
        (order,) = self.bank.orders.values()
        held = self.env["subscription.entitlement"].search([("partner_id", "=", self.customer.id)])
        tx = held.payment_transaction_id.sudo()
        self.assertEqual((len(held), held.state, self.left()), (1, "active", 10))
        self.assertEqual((tx.reference, tx.state, tx.provider_code), (order.oid, "done", "nestpay"))
        self.assertEqual(tx.provider_reference, order.paid.trans_id)
        self.assertEqual((held.invoice_id.payment_state, held.invoice_id.amount_total), ("paid", tx.amount))
        self.assertEqual(order.kurus, round(tx.amount * 100))
