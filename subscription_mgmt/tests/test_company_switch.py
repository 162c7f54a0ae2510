from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestCompanySwitch(SubscriptionCommon):
    """WSI-06..09: subscriptions are switched on per company; off by default."""

    def test_off_by_default(self):
        self.assertFalse(self.env["res.company"].create({"name": "New"}).subscription_enabled)

    def test_off_refuses_to_create_and_writes_nothing(self):
        self.company.subscription_enabled = False
        before = self.env["subscription.contract"].search_count([])
        with self.assertRaisesRegex(UserError, f"not enabled for company {self.company.name}.*Settings"):
            self.make_contract(activate=False)
        self.assertEqual(self.env["subscription.contract"].search_count([]), before)
        for model, values in (
            ("subscription.category", {"name": "Factory", "company_id": self.company.id}),
            ("subscription.billing.run", {"company_id": self.company.id, "date_ref": date(2026, 1, 1)}),
        ):
            with self.assertRaises(UserError):
                self.env[model].create(values)

    def test_off_refuses_lines_and_activation_of_what_is_there(self):
        contract = self.make_contract(activate=False)
        self.company.subscription_enabled = False
        self.assertEqual(contract.read(["subject"])[0]["subject"], "Internet", "still readable")
        with self.assertRaises(UserError):
            contract.line_ids.copy({"contract_id": contract.id})
        with self.assertRaises(UserError):
            contract.action_activate()

    def test_each_company_has_its_own_value(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += other
        with self.assertRaisesRegex(UserError, "Other"):
            self.make_contract(company_id=other.id, activate=False)
        self.make_contract(activate=False)
        other.subscription_enabled = True
        contract = (
            self.env["subscription.contract"]
            .with_company(other)
            .create({"subject": "x", "partner_id": self.customer.id, "company_id": other.id})
        )
        self.assertEqual(contract.company_id, other)
        with self.assertRaises(UserError):
            self.company.subscription_enabled = False
            contract.company_id = self.company

    def test_off_is_passed_by_by_billing(self):
        contract = self.make_contract()
        self.company.subscription_enabled = False
        self.assertFalse(self.env["subscription.billing.run"]._bill_due(date(2026, 1, 1)))
        self.assertEqual(contract.installment_ids[0].state, "planned")

    def test_menus_follow_the_switch_without_a_new_login(self):
        root = self.env.ref("subscription_mgmt.subscription_menu_root")
        child = self.env.ref("subscription_mgmt.subscription_menu_contracts")
        menus = self.env["ir.ui.menu"]
        shown = menus.load_menus(False)
        self.assertIn(root.id, shown)
        self.assertIn(child.id, shown)
        self.company.subscription_enabled = False
        hidden = menus.load_menus(False)
        self.assertNotIn(root.id, hidden)
        self.assertNotIn(child.id, hidden)
        self.assertNotIn(root.id, hidden["root"]["children"])
        self.company.subscription_enabled = True
        self.assertIn(root.id, menus.load_menus(False))

    def test_settings_page_writes_the_company(self):
        self.company.subscription_enabled = False
        self.env.user.group_ids += self.env.ref("base.group_system")
        self.env["res.config.settings"].create({"subscription_enabled": True}).execute()
        self.assertTrue(self.company.subscription_enabled)

    def test_switching_on_gives_the_company_its_own_numbering(self):
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        first, second = (
            self.env["ir.sequence"].with_company(company).next_by_code("subscription.contract")
            for company in (other, self.company)
        )
        self.assertEqual(first, "SUB000001")
        self.assertTrue(second)
        other.subscription_enabled = True
        sequences = self.env["ir.sequence"].search([("code", "=", "subscription.contract")])
        self.assertEqual(len(sequences.filtered(lambda s: s.company_id == other)), 1)
