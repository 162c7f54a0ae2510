from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .package_common import DAY, PurchaseCommon

OWN_MODELS = ("department", "package", "entitlement", "credit.move", "wallet", "request")


@tagged("post_install", "-at_install")
class TestPackageStaff(PurchaseCommon):
    """Lists, rights, reports and reminders of the staff: LIM-03, LIM-08, LIM-09."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            level: new_test_user(
                cls.env,
                login=f"pkg_{level}",
                groups=f"base.group_user,subscription_mgmt.group_subscription_{level}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for level in ("viewer", "manager", "billing")
        }
        cls.users["none"] = new_test_user(cls.env, login="pkg_none", groups="base.group_user")

    # === RIGHTS === #
    def test_a_package_says_how_it_came(self):
        self.assertEqual(self.grant(self.credit).origin, "free")

    def test_lim_03_billing_right_and_nothing_less(self):
        rights = {
            (name, level): "".join(
                letter
                for letter, operation in zip("crud", ("create", "read", "write", "unlink"), strict=True)
                if self.env[f"subscription.{name}"].with_user(self.users[level]).has_access(operation)
            )
            for name in OWN_MODELS
            for level in self.users
        }
        for name in OWN_MODELS:
            self.assertEqual(rights[name, "none"], "", name)
            self.assertEqual(rights[name, "viewer"], "r" if name in ("department", "request") else "", name)
        for name in ("package", "entitlement", "credit.move", "wallet"):
            self.assertEqual(rights[name, "manager"], "", "packages need the billing right")
        self.assertEqual({name: rights[name, "billing"] for name in OWN_MODELS}, {
            "department": "crud", "package": "crud", "entitlement": "ru", "credit.move": "r", "wallet": "r",
            "request": "r",
        })  # fmt: skip

    def test_wizards_need_the_billing_right(self):
        for wizard in ("package.grant", "entitlement.refund", "credit.correction"):
            model = self.env[f"subscription.{wizard}"]
            self.assertFalse(model.with_user(self.users["manager"]).has_access("create"), wizard)
            self.assertTrue(model.with_user(self.users["billing"]).has_access("create"), wizard)

    def test_biller_grants_refunds_and_corrects(self):
        biller = self.users["billing"]
        wizard = self.env["subscription.package.grant"].with_user(biller).create(
            {"partner_id": self.customer.id, "package_id": self.credit.id, "reason": "x", "make_invoice": True}
        )  # fmt: skip
        one = self.env["subscription.entitlement"].with_user(biller).browse(wizard.action_grant()["res_id"])
        move = self.consume(self.tickets[0])
        correction = self.env["subscription.credit.correction"].with_user(biller).create(
            {"move_ids": [(6, 0, move.ids)], "reason": "Mistake"}
        )  # fmt: skip
        correction.action_correct()
        self.assertEqual(self.left(), 10)
        refund = self.env["subscription.entitlement.refund"].with_user(biller)
        refund.create({"entitlement_id": one.id, "reason": "y"}).action_refund()
        self.assertEqual((one.state, self.left()), ("refunded", 0))

    def test_biller_refunds_an_online_payment(self):
        tx = self.buy(self.credit)
        one = tx.subscription_entitlement_ids.with_user(self.users["billing"]).sudo(False)
        one._refund(DAY, "x")
        self.assertEqual((tx.child_transaction_ids.state, one.state), ("done", "refunded"))

    def test_biller_reads_every_screen(self):
        self.grant(self.credit)
        self.consume(self.tickets[0])
        for name in OWN_MODELS:
            model = self.env[f"subscription.{name}"].with_user(self.users["billing"])
            model.get_views([(False, "list"), (False, "form"), (False, "search")])
            model.search([]).read()

    def test_other_companies_are_out_of_sight(self):
        one = self.grant(self.credit)
        self.consume(self.tickets[0])
        contract = self.make_contract()
        request = contract.request_ids.sudo()._ask(contract, self.contact, "pause", DAY, "")
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        stranger = new_test_user(
            self.env,
            login="pkg_other",
            groups="subscription_mgmt.group_subscription_manager,subscription_mgmt.group_subscription_billing",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        wallet = self.env["subscription.wallet"].search([("partner_id", "=", self.customer.id)])
        for record in (self.support, self.credit, one, one.credit_move_ids, wallet, request):
            with self.subTest(record._name):
                self.assertFalse(record.with_user(stranger).search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    record.with_user(stranger).read(["company_id"])

    # === SCREENS === #
    def test_form_shows_what_the_type_needs(self):
        with Form(self.env["subscription.package"]) as form:
            form.name, form.product_id = "Gold", self.product
            form.kind = "period"
            with self.assertRaisesRegex(AssertionError, "can't write on invisible field 'credits'"):
                form.credits = 5
            form.duration_days = 30
            form.kind = "credit"
            form.credits = 5

    def test_expiring_is_looked_for_in_each_company(self):
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        product = self.env["product.product"].create({"name": "Support", "type": "service", "company_id": other.id})
        department = self.env["subscription.department"].create({"name": "Theirs", "company_id": other.id})
        package = self.make_package(
            name="Theirs",
            kind="period",
            duration_days=30,
            price=50.0,
            company_id=other.id,
            product_id=product.id,
            department_ids=[Command.set(department.ids)],
        )
        self.grant(self.period)
        self.grant(package, customer=self.stranger)
        wallets = self.env["subscription.wallet"].with_context(allowed_company_ids=[self.company.id, other.id])
        expiring = wallets.search([("is_expiring", "=", True)])
        self.assertEqual(expiring.partner_id, self.customer + self.stranger)
        self.assertEqual(expiring.mapped("is_expiring"), [True, True])

    def test_low_and_expiring_are_found(self):
        self.company.subscription_low_credits = 4
        self.grant(self.credit)
        self.grant(self.period, customer=self.stranger)
        wallets = self.env["subscription.wallet"]
        self.assertFalse(wallets.search([("is_low", "=", True)]))
        self.env["subscription.wallet"]._lock(self.company, self.contact)
        holding = wallets.search([("is_holding", "=", True), ("company_id", "=", self.company.id)])
        self.assertEqual(holding.partner_id, self.customer + self.stranger)
        self.assertEqual(holding.mapped("is_holding"), [True, True])
        self.assertEqual(wallets.search([("is_expiring", "=", True)]).partner_id, self.stranger)
        self.consume(self.tickets[0])
        self.consume(self.tickets[1])
        self.env.invalidate_all()
        low = wallets.search([("is_low", "=", True)])
        self.assertEqual((low.partner_id, low.credits_left, low.is_low, low.kind), (self.customer, 4, True, "credit"))
        self.assertNotIn(low, wallets.search([("is_low", "=", False)]))
        self.grant(self.period, customer=self.stranger)
        self.assertFalse(wallets.search([("is_expiring", "=", True)]), "bought on already")
        self.assertEqual(low.entitlement_ids.partner_id, self.customer)

    def test_what_waits_for_a_decision_hides_no_end(self):
        self.grant(self.period)
        one = self.buy(self.credit).subscription_entitlement_ids
        self.assertTrue(one.hold_reason)
        self.assertEqual(self.env["subscription.wallet"].search([("is_expiring", "=", True)]).partner_id, self.customer)

    def test_usage_by_customer_department_and_month(self):
        self.grant(self.credit)
        move = self.consume(self.tickets[0])
        self.consume(self.tickets[1], day=date(2026, 4, 2))
        self.stranger.department_ids = self.training
        self.consume(self.tickets[2], self.training, customer=self.stranger)
        move.action_reverse("Mistake")
        groups = self.env["subscription.credit.move"]._read_group(
            [("move_type", "in", ("spend", "correction")), ("company_id", "=", self.company.id)],
            ["partner_id", "department_id", "date:month"],
            ["requests:sum", "used:sum"],
        )
        self.assertEqual(
            groups,
            [
                (self.customer, self.support, date(2026, 3, 1), 0, 0),
                (self.customer, self.support, date(2026, 4, 1), 1, 3),
                (self.stranger, self.training, date(2026, 3, 1), 1, 0),
            ],
        )

    # === REMINDERS === #
    def remind(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_remind_customers").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].sudo().search([("model", "=", "subscription.wallet")], order="id")

    def run_low(self):
        self.grant(self.credit)
        self.support.credits_per_request = 9
        self.consume(self.tickets[0])

    def test_reminder_only_where_the_company_wants_it(self):
        self.run_low()
        self.assertFalse(self.remind())

    def test_reminder_once_with_a_proposal_that_fills_the_gap(self):
        self.company.write({"subscription_reminder": True, "subscription_target_credits": 25})
        self.make_package(name="Credit 100", kind="credit", credits=100, price=700.0)
        fitting = self.make_package(name="Credit 30", kind="credit", credits=30, price=250.0)
        self.run_low()
        (mail,) = self.remind()
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertIn("Credit 30", mail.body_html)
        self.assertIn("300.00", mail.body_html)
        self.assertIn(f"/my/packages/{fitting.id}", mail.body_html)
        self.assertEqual(len(self.remind()), 1, "not every night")
        self.grant(self.credit)
        self.consume(self.tickets[1])
        self.assertEqual(len(self.remind()), 2, "again after he has bought and run low again")

    def test_period_customer_is_reminded_of_the_end(self):
        self.company.subscription_reminder = True
        self.grant(self.period)
        (mail,) = self.remind()
        self.assertIn("04/08/2026", mail.body_html)
        self.assertIn("Month", mail.body_html)

    def test_reminder_without_anything_on_sale_leads_to_the_shop(self):
        self.run_low()
        (self.credit + self.period).action_withdraw()
        wallet = self.env["subscription.wallet"].search([("partner_id", "=", self.customer.id)])
        wallet.with_user(self.users["billing"]).action_remind()
        mail = self.env["mail.mail"].sudo().search([("model", "=", "subscription.wallet")])
        self.assertIn("/my/packages", mail.body_html)
        self.assertEqual(wallet.date_reminded, DAY)
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail"):
            wallet.action_remind()

    def test_more_customers_take_no_more_queries(self):
        def read(wallets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = wallets.search([("is_holding", "=", True), ("id", "in", wallets.ids)])
            found.read(["kind", "credits_left", "date_end", "department_ids", "is_low", "is_expiring", "is_holding"])
            return found, self.env.cr.sql_log_count - before

        others = [self.env["res.partner"].create({"name": f"Holder {at}"}) for at in range(9)]
        for at, customer in enumerate(others):
            self.grant(self.credit if at % 3 else self.period, customer=customer)
        over = self.grant(self.period, customer=others[0])
        wallets = self.env["subscription.wallet"].search([("partner_id", "in", [one.id for one in others])])
        for wallet in wallets:
            held = wallet._get_valid(DAY)
            self.assertEqual(wallet.entitlement_ids, held)
            self.assertTrue(held)
        self.assertNotIn(over, wallets.entitlement_ids, "it begins later")
        read(wallets)
        few = read(wallets[5:])[1]
        found, many = read(wallets)
        self.assertEqual(found, wallets)
        self.assertEqual(few, many)
