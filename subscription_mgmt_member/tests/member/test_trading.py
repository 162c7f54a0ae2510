from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.subscription_mgmt.tests.common import SubscriptionCommon
from odoo.addons.subscription_mgmt.tests.package.package_common import DAY, PurchaseCommon


@tagged("post_install", "-at_install")
class TestTrading(SubscriptionCommon):
    """WMM-07: a potential member may have everything, except what is a sale or a purchase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("sales_team.group_sale_manager", "purchase.group_purchase_manager"):
            cls.env.user.group_ids += cls.env.ref(group)
        cls.firm = cls.env["res.partner"].create(
            {"name": "Lale Tekstil", "is_company": True, "member_state": "potential"}
        )
        cls.employee = cls.env["res.partner"].create({"name": "Nil Ak", "parent_id": cls.firm.id})

    def make_order(self, partner, model="sale.order"):
        line = {"product_id": self.product.id, "price_unit": 10}
        return self.env[model].create({"partner_id": partner.id, "order_line": [Command.create(line)]})

    def make_move(self, partner, kind="out_invoice"):
        line = {"product_id": self.product.id, "price_unit": 10, "tax_ids": []}
        values = {"move_type": kind, "partner_id": partner.id, "invoice_line_ids": [Command.create(line)]}
        return self.env["account.move"].create({**values, "invoice_date": "2026-01-05"})

    def test_a_sale_is_refused_until_the_member_is_active(self):
        order = self.make_order(self.firm)
        with self.assertRaisesRegex(ValidationError, "Lale Tekstil.*Make Active"), self.env.cr.savepoint():
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.firm.action_member_make_active()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_contact_is_what_its_company_is(self):
        order = self.make_order(self.employee)
        with self.assertRaises(ValidationError):
            order.action_confirm()

    def test_no_other_way_leads_to_a_confirmed_sale(self):
        """By RPC, written straight into the state, or by changing the customer afterwards."""
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.make_order(self.firm).write({"state": "sale"})
        order = self.make_order(self.customer)
        order.action_confirm()
        with self.assertRaises(ValidationError):
            order.partner_id = self.firm

    def test_nobody_is_asked_to_sign_or_pay_in_the_portal_what_would_be_refused(self):
        order = self.make_order(self.firm)
        order.write({"require_signature": True, "require_payment": True, "state": "sent"})
        self.assertFalse(order._has_to_be_signed() or order._has_to_be_paid())
        self.firm.action_member_make_active()
        self.assertTrue(order._has_to_be_signed() and order._has_to_be_paid())

    def test_a_purchase_is_refused_at_both_steps(self):
        order = self.make_order(self.firm, "purchase.order")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            order.button_confirm()
        self.firm.action_member_make_active()
        self.company.po_double_validation = "two_step"
        self.company.po_double_validation_amount = 1
        group = self.env.ref("purchase.group_purchase_manager")
        self.env.user.group_ids -= group
        order.button_confirm()
        self.assertEqual(order.state, "to approve")
        self.firm.member_state = "potential"
        self.env.user.group_ids += group
        with self.assertRaises(ValidationError):
            order.button_approve(force=True)

    def test_nothing_is_posted(self):
        """Invoices, bills and refunds alike; drafts may stand."""
        for kind in ("out_invoice", "in_invoice", "out_refund", "in_refund"):
            with self.subTest(kind), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.make_move(self.employee, kind).action_post()

    def test_many_are_looked_at_together(self):
        members = self.env["res.partner"].create([{"name": f"M{n}"} for n in range(20)])
        orders = self.env["sale.order"].concat(*(self.make_order(member) for member in members))
        self.env.flush_all()
        for part in (orders[:2], orders):
            self.env.invalidate_all()
            part.mapped("state"), part.mapped("partner_id")
            with self.assertQueryCount(2):
                part._check_member_trade()

    def test_a_contract_is_not_put_in_force(self):
        contract = self.make_contract(partner_id=self.firm.id, activate=False)
        with self.assertRaisesRegex(ValidationError, "Lale Tekstil"), self.env.cr.savepoint():
            contract.action_activate()
        self.firm.action_member_make_active()
        contract.action_activate()
        self.assertEqual(contract.state, "active")

    def test_billing_sets_it_aside_and_bills_the_others(self):
        self.firm.action_member_make_active()
        mine = self.make_contract(partner_id=self.firm.id)
        other = self.make_contract()
        self.firm.member_state = "potential"
        self.env["subscription.billing.run"]._bill_due(mine.date_start, companies=self.company)
        self.assertIn("Make Active", mine.billing_error)
        self.assertFalse(mine.invoice_ids)
        self.assertEqual(other.invoice_ids.mapped("state"), ["posted"])

    def test_a_lead_becomes_a_potential_customer(self):
        """WMM-06"""
        lead = self.env["crm.lead"].create({"name": "Fibre", "partner_name": "Mavi AŞ", "contact_name": "Su Er"})
        lead._handle_partner_assignment(create_missing=True)
        member = lead.partner_id.commercial_partner_id
        self.assertEqual((member.name, member.member_state, member.member_is_customer), ("Mavi AŞ", "potential", True))

    def test_documents_give_the_roles(self):
        """WMM-02, WMM-03: on the member, whoever of its people stands on them."""
        self.firm.action_member_make_active()
        self.assertFalse(self.firm.member_is_customer or self.firm.member_is_supplier)
        self.make_order(self.employee).action_confirm()
        self.assertTrue(self.firm.member_is_customer)
        self.make_order(self.employee, "purchase.order").button_confirm()
        self.assertTrue(self.firm.member_is_supplier)

    def test_posting_gives_the_roles(self):
        self.firm.action_member_make_active()
        self.make_move(self.employee).action_post()
        self.make_move(self.employee, "in_invoice").action_post()
        self.assertTrue(self.firm.member_is_customer and self.firm.member_is_supplier)


@tagged("post_install", "-at_install")
class TestTradingPackages(PurchaseCommon):
    """WMM-07: packages are sold, by staff or in the portal."""

    def test_none_is_given_until_the_member_is_active(self):
        self.customer.member_state = "potential"
        with self.assertRaisesRegex(UserError, "Make Active"), self.env.cr.savepoint():
            self.grant(self.credit)
        self.customer.action_member_make_active()
        self.grant(self.credit)
        self.assertEqual(self.left(), 10)

    def test_none_is_offered_in_the_portal(self):
        """So that no money is taken; the customer reads what he can do, not what we should."""
        portal = new_test_user(self.env, "potential", "base.group_portal")
        self.customer.member_state = "potential"
        package = self.credit.with_user(portal).sudo()
        self.assertIn("contact us", package._get_refusal(self.customer, DAY, confirmed=True))
        self.customer.action_member_make_active()
        self.assertFalse(package._get_refusal(self.customer, DAY, confirmed=True))

    def test_what_was_paid_meanwhile_waits_for_a_person(self):
        tx = self.make_tx(self.credit)
        self.customer.member_state = "potential"
        self.report(tx)
        entitlement = tx.subscription_entitlement_ids
        self.assertEqual((entitlement.state, self.left()), ("pending", 0))
        self.assertTrue(entitlement.hold_reason)
