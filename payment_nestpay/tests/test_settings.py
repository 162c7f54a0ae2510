from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_open

from .. import const
from ..hooks import uninstall_hook
from .nestpay_common import NestpayCommon

SECRETS = ("nestpay_merchant", "nestpay_store_key", "nestpay_api_user", "nestpay_api_password")


@tagged("post_install", "-at_install")
class TestSettings(NestpayCommon):
    """What a merchant enters, and when customers may use it."""

    def offered(self, currency=None, amount=91.96, **options):
        """Whether a customer who pays this is offered the provider."""
        found = (
            self.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                self.company.id, self.partner.id, amount, currency_id=(currency or self.lira).id, **options
            )
        )
        return self.provider in found

    # === Complete or not offered === #

    def test_every_missing_setting_is_named(self):
        for name, label in (
            ("nestpay_bank", "Bank"),
            ("nestpay_merchant", "Merchant Number"),
            ("nestpay_store_key", "Store Key"),
            ("nestpay_api_user", "API User"),
            ("nestpay_api_password", "API Password"),
            ("nestpay_test_gate_url", "Payment Page for Tests"),
            ("nestpay_test_api_url", "API Address for Tests"),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, label), self.cr.savepoint():
                self.provider[name] = False

    def test_a_disabled_provider_may_be_incomplete_but_not_published(self):
        self.provider.write({"state": "disabled", "is_published": False, "nestpay_store_key": False})
        with self.assertRaisesRegex(ValidationError, "Store Key"):
            self.provider.action_toggle_is_published()
        self.provider.nestpay_store_key = "KEY"
        with self.assertRaisesRegex(UserError, "disabled"):
            self.provider.action_toggle_is_published()
        self.provider.nestpay_store_key = False
        with self.assertRaisesRegex(ValidationError, "Store Key"), self.cr.savepoint():
            self.provider.is_published = True

    def test_a_provider_is_enabled_only_when_complete(self):
        self.provider.write({"state": "disabled", "is_published": False, "nestpay_api_password": False})
        for state in ("test", "enabled"):
            with self.assertRaisesRegex(ValidationError, "API Password"), self.cr.savepoint():
                self.provider.state = state

    def test_reset_forgets_what_the_bank_gave(self):
        self.provider.action_reset_credentials()
        self.assertEqual((self.provider.state, self.provider.is_published), ("disabled", False))
        self.assertFalse(any(self.provider[name] for name in SECRETS))

    def test_a_duplicate_has_no_secrets(self):
        copy = self.provider.copy({"state": "disabled"})
        self.assertFalse(any(copy[name] for name in SECRETS))

    def test_a_copied_database_can_neither_pay_nor_refund(self):
        tx = self._create_transaction("redirect")
        tx.write({"nestpay_next_check": "2026-01-01", "nestpay_void_due": True})
        self.env.flush_all()
        with file_open("payment_nestpay/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(any(self.provider[name] for name in SECRETS))
        self.assertFalse(tx.nestpay_next_check or tx.nestpay_void_due)

    def test_uninstalling_leaves_only_providers_that_payments_name(self):
        unused, used = self.provider.copy(), self.provider.copy()
        self._create_transaction("redirect", provider_id=used.id)
        uninstall_hook(self.env)
        self.assertFalse(unused.exists())
        self.assertEqual((used.code, used.state, self.provider.code), ("none", "disabled", "none"))

    def test_secrets_are_for_administrators(self):
        manager = new_test_user(self.env, "manager", groups="base.group_user,base.group_erp_manager")
        provider = self.provider.with_user(manager)
        for name in SECRETS:
            self.assertEqual(self.provider._fields[name].groups, "base.group_system")
            with self.assertRaises(AccessError):
                provider.read([name])
        self.assertFalse(set(SECRETS) & set(self.env["payment.provider"].with_user(manager).fields_get()))

    # === Addresses === #

    def test_every_bank_has_its_addresses(self):
        for bank, _name in const.BANKS:
            self.provider.nestpay_bank = bank
            for name in ("nestpay_gate_url", "nestpay_api_url", "nestpay_test_gate_url", "nestpay_test_api_url"):
                self.assertRegex(self.provider[name], r"^https://[\w.-]+\.(com|com\.tr)/fim/(est3Dgate|api)$")
        self.assertEqual(len(set(const.LIVE_HOSTS.values())), len(const.BANKS))

    def test_tests_never_go_to_the_real_bank_nor_payments_to_the_test_bank(self):
        self.assertEqual(self.provider._nestpay_get_address("gate"), f"{self.gateway.url}/est3Dgate")
        self.provider.state = "enabled"
        self.assertEqual(self.provider._nestpay_get_address("gate"), "https://sanalpos.isbank.com.tr/fim/est3Dgate")
        self.assertEqual(self.provider._nestpay_get_address("api"), "https://sanalpos.isbank.com.tr/fim/api")

    def test_addresses_can_be_changed_and_stay_so(self):
        self.provider.nestpay_gate_url = "https://new.bank.example/fim/est3Dgate"
        self.provider.state = "enabled"
        self.assertEqual(self.provider._nestpay_get_address("gate"), "https://new.bank.example/fim/est3Dgate")

    def test_only_https_leaves_the_machine(self):
        for name, url in (
            ("nestpay_gate_url", "http://sanalpos.isbank.com.tr/fim"),
            ("nestpay_gate_url", "http://127.0.0.1/fim"),
            ("nestpay_api_url", "javascript:alert(1)"),
            ("nestpay_test_gate_url", "http://test.bank.example/fim"),
            ("nestpay_test_api_url", "ftp://127.0.0.1/fim"),
            ("nestpay_test_api_url", "https://"),
        ):
            with (
                self.subTest(url),
                self.assertRaisesRegex(ValidationError, "no address of a bank"),
                self.cr.savepoint(),
            ):
                self.provider[name] = url

    # === Who is offered it === #

    def test_it_is_offered_for_the_four_currencies(self):
        for code in ("TRY", "USD", "EUR", "GBP"):
            self.assertTrue(self.offered(self._enable_currency(code)), code)

    def test_other_currencies_hide_it_whatever_an_administrator_allows(self):
        yen = self._enable_currency("JPY")
        self.assertFalse(self.offered(yen))
        self.provider.available_currency_ids = False
        self.assertFalse(self.offered(yen))
        self.assertTrue(self.offered())

    def test_what_cannot_be_paid_hides_it(self):
        for amount in (0, -1, None):
            self.assertFalse(self.offered(amount=amount or 0.0), amount)
        self.assertFalse(self.offered(amount=0.0, is_validation=True))
        self.assertFalse(self.offered(force_tokenization=True))
        self.provider.maximum_amount = 1.0
        self.assertFalse(self.offered(amount=1000000.0))

    def test_the_reason_is_told(self):
        report = {}
        self.offered(amount=0.0, report=report)
        self.assertIn("no amount", str(report["providers"][self.provider]["reason"]))

    def test_its_payment_methods_are_switched_on(self):
        methods = self.env["payment.method"].with_context(active_test=False)
        codes = ("card", "visa", "mastercard", "amex", "troy")
        methods.search([("code", "in", codes)]).active = False
        self.provider.write({"state": "disabled", "is_published": False})
        self.provider.state = "test"
        self.assertEqual(set(methods.search([("code", "in", codes), ("active", "=", True)]).mapped("code")), set(codes))

    def test_what_it_can_do(self):
        self.assertEqual(self.provider.support_refund, "partial")
        self.assertFalse(self.provider.support_tokenization or self.provider.support_manual_capture)

    # === Instalments === #

    def test_instalments_are_numbers_that_banks_offer(self):
        for wrong in ("1", "37", "three", "2-3", "2,x", "-2", "²"):
            with (
                self.subTest(wrong),
                self.assertRaisesRegex(ValidationError, "no number of instalments"),
                self.cr.savepoint(),
            ):
                self.provider.nestpay_instalments = wrong
        for right in ("3", "2, 3, 6", "2;3 6,", "", False):
            self.provider.nestpay_instalments = right

    def test_instalments_that_are_offered(self):
        self.provider.write({"nestpay_instalments": "6, 3, 12, 3"})
        offer = self.provider._nestpay_get_instalments
        self.assertEqual(offer(100, self.lira), ["3", "6", "12"])
        self.assertEqual(offer(100, self.currency_euro), [])
        self.provider.company_id.sudo().currency_id = self.lira
        self.provider.nestpay_instalment_minimum = 500
        self.assertEqual((offer(499.99, self.lira), offer(500, self.lira)), ([], ["3", "6", "12"]))
