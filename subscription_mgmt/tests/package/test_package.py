from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .package_common import DAY, PackageCommon


@tagged("post_install", "-at_install")
class TestPackage(PackageCommon):
    """Definition and sale of packages: LIM-10..12, LIM-15..18, LIM-27."""

    def test_lim_11_12_what_is_on_sale_is_complete(self):
        for values, message in (
            ({"department_ids": [(5, 0, 0)]}, "at least one department"),
            ({"price": 0.0}, "price above zero"),
            ({"credits": 0}, "how many credits"),
            ({"kind": "period", "duration_days": 0}, "how many days"),
        ):
            package = self.make_package(
                publish=False, **{"name": "P", "kind": "credit", "credits": 5, "price": 10.0, **values}
            )
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                package.action_publish()

    def test_lim_10_sold_package_keeps_type_and_price(self):
        self.credit.write({"price": 110.0, "kind": "credit"})
        self.grant(self.credit)
        for values in ({"price": 1.0}, {"kind": "period", "duration_days": 5}, {"credits": 99}, {"duration_days": 3}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "was sold.*New Version"):
                self.credit.write(values)
        self.credit.write({"price": 110.0, "name": "Credit ten"})
        self.assertEqual(self.credit.name, "Credit ten")
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.credit.unlink()

    def test_new_version_replaces_the_old_when_published(self):
        self.grant(self.credit)
        version = self.env["subscription.package"].browse(self.credit.action_new_version()["res_id"])
        self.assertEqual((version.version, version.is_published, version.department_ids), (2, False, self.support))
        version.price = 120.0
        self.assertTrue(self.credit.is_published, "the old one sells until the new one is ready")
        version.action_publish()
        self.assertTrue(version.is_published)
        self.assertFalse(self.credit.is_published)
        self.assertEqual(self.customer.entitled_department_ids, self.support, "who holds the old one keeps it")

    def test_lim_16_top_up_adds(self):
        first, second = self.grant(self.credit), self.grant(self.credit)
        self.assertEqual(self.left(), 20)
        self.assertEqual((first + second).mapped("state"), ["active", "active"])

    def test_lim_17_period_again_only_in_its_last_30_days(self):
        first = self.grant(self.period)
        self.assertEqual((first.date_start, first.date_end), (DAY, date(2026, 4, 8)))
        second = self.grant(self.period)  # 29 days to go
        self.assertEqual((second.date_start, second.date_end), (date(2026, 4, 9), date(2026, 5, 8)))
        self.assertEqual(second.state, "pending")
        with self.assertRaisesRegex(UserError, "renew from 04/08/2026"):
            self.grant(self.period)
        third = self.grant(self.period, day=date(2026, 4, 8))
        self.assertEqual(third.date_start, date(2026, 5, 9))

    def test_lim_17_after_the_end_it_is_a_new_purchase(self):
        self.grant(self.period)
        later = self.grant(self.period, day=date(2026, 6, 1))
        self.assertEqual(later.date_start, date(2026, 6, 1))

    def test_lim_18_switch_asks_then_forfeits_the_rest(self):
        old = self.grant(self.credit)
        self.consume(self.tickets[0])
        with self.assertRaisesRegex(UserError, "ends your remaining 7 credits entitlement"):
            self.grant(self.period)
        self.assertEqual((old.state, self.left()), ("active", 7))
        new = self.grant(self.period, confirmed=True)
        self.assertEqual((old.state, new.state, self.left()), ("forfeited", "active", 0))

    def test_lim_18_switch_ends_a_renewal_that_has_not_begun(self):
        first, second = self.grant(self.period), self.grant(self.period)
        with self.assertRaisesRegex(UserError, "60 days"):
            self.grant(self.credit)
        self.grant(self.credit, confirmed=True)
        self.assertEqual((first + second).mapped("state"), ["forfeited", "forfeited"])

    def test_used_up_credit_is_no_reason_to_ask(self):
        old = self.grant(self.credit)
        self.support.credits_per_request = 10
        self.consume(self.tickets[0])
        self.grant(self.period)
        self.assertEqual(old.state, "expired", "nothing was lost")

    def test_reading_7_the_window_does_not_hinder_a_switch(self):
        self.grant(self.make_package(name="Year", kind="period", duration_days=365, price=500.0))
        self.assertEqual(self.grant(self.credit, confirmed=True).state, "active")

    def test_lim_15_never_both_systems(self):
        for package in (self.credit, self.period, self.credit, self.credit, self.period):
            self.grant(package, confirmed=True)
            running = self.env["subscription.entitlement"].search(
                [("partner_id", "=", self.customer.id), ("state", "in", ("active", "pending"))]
            )
            self.assertEqual(set(running.mapped("kind")), {package.kind})

    def test_lim_27_grant_by_staff_obeys_the_same_rules(self):
        self.grant(self.credit)
        wizard = self.env["subscription.package.grant"].create(
            {"partner_id": self.contact.id, "package_id": self.period.id, "reason": "Fair visitor"}
        )
        self.assertTrue(wizard.is_switch)
        with self.assertRaisesRegex(UserError, "10 credits"):
            wizard.action_grant()
        wizard.confirmed = True
        entitlement = self.env["subscription.entitlement"].browse(wizard.action_grant()["res_id"])
        self.assertEqual(entitlement.partner_id, self.customer, "the whole company holds it")
        self.assertEqual((entitlement.reason, entitlement.invoice_id.id), ("Fair visitor", False))
        wizard.package_id = self.period
        self.assertEqual(wizard.warning, "", "29 days to go")

    def test_grant_with_invoice_posts_it_unpaid(self):
        wizard = self.env["subscription.package.grant"].create(
            {"partner_id": self.customer.id, "package_id": self.credit.id, "reason": "x", "make_invoice": True}
        )
        invoice = self.env["subscription.entitlement"].browse(wizard.action_grant()["res_id"]).invoice_id
        self.assertEqual((invoice.state, invoice.payment_state, invoice.amount_total), ("posted", "not_paid", 120.0))

    def test_invoice_is_what_the_shop_shows_to_the_cent(self):
        for price in (0.01, 0.03, 9.99, 33.33, 1234.56):
            for included in (False, True):
                self.tax.price_include_override = "tax_included" if included else "tax_excluded"
                package = self.make_package(name="P", kind="credit", credits=1, price=price)
                entitlement = self.grant(package)
                entitlement._make_invoice(DAY)
                self.assertEqual(entitlement.invoice_id.amount_total, package._get_total(self.customer), price)

    def make_export(self, country):
        """A fiscal position without tax for deliveries to the country."""
        position = self.env["account.fiscal.position"].create(
            {"name": "Export", "auto_apply": True, "country_id": country.id, "company_id": self.company.id}
        )
        self.tax.copy(
            {
                "name": "Export",
                "amount": 0,
                "fiscal_position_ids": [(4, position.id)],
                "original_tax_ids": [(4, self.tax.id)],
            }
        )
        return position

    def make_address(self, kind, country):
        values = {"name": kind, "type": kind, "parent_id": self.customer.id, "country_id": country.id}
        return self.env["res.partner"].create(values)

    def test_taxes_follow_the_address_that_is_billed(self):
        germany = self.env.ref("base.de")
        self.make_export(germany)
        books = self.make_address("invoice", germany)
        entitlement = self.grant(self.credit)
        entitlement._make_invoice(DAY)
        self.assertEqual((self.credit._get_total(self.customer), entitlement.invoice_id.amount_total), (100.0, 100.0))
        self.assertEqual(entitlement.invoice_id.partner_id, books)

    def test_taxes_follow_the_delivery_address_where_there_is_one(self):
        """Shop, invoice and its head say the same: delivered abroad, billed at home."""
        self.customer.country_id = self.env.ref("base.ro")
        position = self.make_export(self.env.ref("base.de"))
        place = self.make_address("delivery", self.env.ref("base.de"))
        entitlement = self.grant(self.credit)
        entitlement._make_invoice(DAY)
        move = entitlement.invoice_id
        self.assertEqual((self.credit._get_total(self.customer), move.amount_total), (100.0, 100.0))
        self.assertEqual((move.fiscal_position_id, move.partner_shipping_id), (position, place))

    def test_credit_note_goes_by_the_invoice_wherever_the_customer_is_by_now(self):
        self.customer.country_id = self.env.ref("base.ro")
        self.make_export(self.env.ref("base.de"))
        entitlement = self.grant(self.credit)
        entitlement._make_invoice(DAY)
        self.customer.country_id = self.env.ref("base.de")
        note = entitlement._refund(DAY, "Unhappy")
        for name in ("fiscal_position_id", "partner_id", "partner_shipping_id", "journal_id", "amount_tax"):
            self.assertEqual(note[name], entitlement.invoice_id[name], name)

    def test_company_switch_refuses_packages(self):
        self.company.subscription_enabled = False
        for model in ("subscription.package", "subscription.department"):
            with self.assertRaisesRegex(UserError, "not enabled"):
                self.env[model].create({"name": "x", "product_id": self.product.id, "company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "not enabled"):
            self.grant(self.credit)

    def test_expiry_and_beginning_by_cron(self):
        """LIM-22: what has ended closes its departments, what was bought for later opens them."""
        first, second = self.grant(self.period), self.grant(self.period)
        expiring = self.grant(self.make_package(name="C", kind="credit", credits=4, price=1.0, duration_days=10),
                              customer=self.stranger)  # fmt: skip
        self.set_today(date(2026, 4, 8))
        with self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_roll_entitlements").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("active", "pending"), "the last day is included")
        self.assertEqual((expiring.state, self.left(self.stranger)), ("expired", 0))
        self.assertFalse(self.stranger.entitled_department_ids)
        self.set_today(date(2026, 4, 9))
        with self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_roll_entitlements").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("expired", "active"))
        self.assertEqual(first.date_closed, date(2026, 4, 9))
