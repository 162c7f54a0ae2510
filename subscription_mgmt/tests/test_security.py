from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SubscriptionCommon

LEVELS = ("viewer", "contributor", "editor", "manager")


@tagged("post_install", "-at_install")
class TestSecurity(SubscriptionCommon):
    """Five levels (none and four groups), the billing right beside them, and the walls between companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract(date_end=date(2026, 3, 31))
        cls.users = {
            level: cls.make_user(level, f"base.group_user,subscription_mgmt.group_subscription_{level}")
            for level in (*LEVELS, "billing")
        }
        cls.users["none"] = cls.make_user("none", "base.group_user,account.group_account_invoice")

    @classmethod
    def make_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login=f"sub_{login}", groups=groups, company_id=company.id, company_ids=[(6, 0, company.ids)]
        )

    def as_(self, level):
        return self.contract.with_user(self.users[level])

    def can(self, level, operation):
        return self.as_(level).has_access(operation)

    def test_levels_rise(self):
        """CUB-28..38: none, view, contribute (create, edit), edit (delete), manage."""
        rights = {
            level: [self.can(level, operation) for operation in ("read", "write", "create", "unlink")]
            for level in ("none", *LEVELS)
        }
        self.assertEqual(
            rights,
            {
                "none": [False, False, False, False],
                "viewer": [True, False, False, False],
                "contributor": [True, True, True, False],
                "editor": [True, True, True, True],
                "manager": [True, True, True, True],
            },
        )

    def test_only_the_manager_exports_and_configures(self):
        for level in LEVELS:
            user = self.users[level]
            manager = level == "manager"
            self.assertEqual(user.has_group("base.group_allow_export"), manager, level)
            category = self.env["subscription.category"].with_user(user)
            self.assertEqual(category.has_access("create"), manager, level)
            self.assertTrue(category.has_access("read"))

    def test_contributor_draws_up_and_activates(self):
        contract = (
            self.env["subscription.contract"]
            .with_user(self.users["contributor"])
            .create(
                {
                    "subject": "New",
                    "partner_id": self.customer.id,
                    "date_start": date(2026, 1, 1),
                    "line_ids": [(0, 0, {"product_id": self.product.id, "price_unit": 5.0})],
                }
            )
        )
        self.company.subscription_analytic = True
        contract.action_activate()
        self.assertTrue(contract.installment_ids)
        self.assertTrue(contract.sudo().analytic_account_id)
        contract.message_post(body="A note")

    def test_viewer_reads_every_field_of_the_form(self):
        views = self.env["subscription.contract"].with_user(self.users["viewer"]).get_view(view_type="form")
        self.assertIn("installment_ids", views["arch"])
        self.as_("viewer").read()
        self.as_("viewer").installment_ids.read()

    def test_billing_right_bills_and_nothing_else(self):
        biller = self.users["billing"]
        wizard = self.env["subscription.bill"].with_user(biller).create({"date_ref": date(2026, 1, 1)})
        run = self.env["subscription.billing.run"].browse(wizard.action_bill()["res_id"])
        self.assertEqual(run.move_count, 1)
        self.assertFalse(self.can("billing", "write"))
        with self.assertRaises(AccessError):
            self.as_("billing").write({"subject": "x"})

    def test_billing_right_parks_what_fails(self):
        self.customer.active = False
        wizard = self.env["subscription.bill"].with_user(self.users["billing"]).create({"date_ref": date(2026, 1, 1)})
        wizard.action_bill()
        self.assertIn("is archived", self.contract.billing_error)

    def test_without_the_billing_right_nobody_bills(self):
        for level in (*LEVELS, "none"):
            with self.assertRaises(AccessError):
                self.env["subscription.bill"].with_user(self.users[level]).create({"date_ref": date(2026, 1, 1)})

    def test_other_companies_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        stranger = self.make_user("stranger", "subscription_mgmt.group_subscription_manager", other)
        category = self.env["subscription.category"].create({"name": "Ours", "company_id": self.company.id})
        shared = self.env["subscription.category"].create({"name": "Everybody's"})
        run = self.bill(date(2026, 1, 1))
        for record in (self.contract, self.contract.line_ids, self.contract.installment_ids, run, category):
            model = record.with_user(stranger)
            with self.subTest(record._name):
                self.assertFalse(model.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    model.browse(record.ids).read(["id", "company_id"])
        self.assertTrue(shared.with_user(stranger).search([("id", "=", shared.id)]))

    def test_portal_and_public_users_see_nothing(self):
        portal = new_test_user(self.env, login="sub_portal", groups="base.group_portal")
        for model in ("contract", "contract.line", "installment", "billing.run", "category"):
            self.assertFalse(self.env[f"subscription.{model}"].with_user(portal).has_access("read"), model)
