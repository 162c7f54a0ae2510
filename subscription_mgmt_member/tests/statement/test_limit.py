from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .statement_common import StatementCommon

DAY = date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestLimit(StatementCommon):
    """The open-account limit: what it counts, where it stops, who sets it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.company.account_use_credit_limit = True
        cls.member.write({"credit_limit": 100, "member_limit_action": "stop"})

    def make_order(self, amount, partner=None, company=None):
        line = {"product_id": self.product.id, "price_unit": amount, "tax_ids": [Command.clear()]}
        orders = self.env["sale.order"].with_company(company or self.company)
        return orders.create({"partner_id": (partner or self.member).id, "order_line": [Command.create(line)]})

    # === INVOICES === #
    def test_an_invoice_above_the_limit_is_stopped(self):
        """WIM-14, WMM-54: with the reason; nothing half-done."""
        self.invoice(60, DAY)
        move = self.invoice(41, DAY, post=False)
        with self.assertRaisesRegex(UserError, "limit"):
            move.action_post()
        self.assertEqual(move.state, "draft")
        self.invoice(40, DAY)

    def test_what_is_paid_makes_room(self):
        """WIM-14"""
        first = self.invoice(100, DAY)
        self.pay(first, 50, DAY)
        self.invoice(50, DAY)

    def test_credit_notes_and_bills_are_never_stopped(self):
        """WIM-14"""
        self.invoice(500, DAY, kind="in_invoice")
        self.invoice(500, DAY, kind="out_refund")

    def test_a_contact_shares_the_limit_of_its_member(self):
        """WIM-14"""
        self.invoice(60, DAY)
        with self.assertRaises(UserError):
            self.invoice(60, DAY, partner=self.employee)

    def test_warning_stops_nobody(self):
        """WIM-14: core's warning stays."""
        self.member.member_limit_action = "warn"
        draft = self.invoice(500, DAY, post=False)
        self.assertTrue(draft.partner_credit_warning)
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_a_new_member_is_warned(self):
        """WIM-14"""
        self.assertEqual(self.stranger.member_limit_action, "warn")

    def test_no_limit_and_no_switch_stop_nobody(self):
        """WIM-14: a limit of zero is none, as in core."""
        self.member.credit_limit = 0
        self.invoice(500, DAY)
        self.member.credit_limit = 100
        self.company.account_use_credit_limit = False
        self.invoice(500, DAY)

    def test_foreign_invoices_count_in_the_currency_of_the_company(self):
        """WIM-14"""
        other = self.setup_other_currency("GBP", rates=[("2026-01-01", 0.5)])
        self.invoice(50, DAY, currency=other)
        with self.assertRaises(UserError):
            self.invoice(1, DAY, currency=other)

    # === SEVERAL AT ONCE === #
    def test_invoices_of_one_batch_are_added_up(self):
        """WIM-14"""
        moves = self.invoice(60, DAY, post=False) + self.invoice(60, DAY, post=False)
        with self.assertRaises(UserError):
            moves.action_post()

    def test_posting_a_choice_leaves_out_what_is_too_much(self):
        """WIM-14: one stopped invoice does not stop the others."""
        moves = [self.invoice(amount, DAY, post=False) for amount in (60, 60, 40)]
        moves.append(self.invoice(500, DAY, post=False, partner=self.stranger))
        ids = [move.id for move in moves]
        wizard = self.env["validate.account.move"].with_context(active_model="account.move", active_ids=ids).create({})
        self.assertIn("limit", wizard.validate_move()["params"]["message"])
        self.assertEqual([move.state for move in moves], ["posted", "draft", "posted", "posted"])

    def test_billing_parks_what_is_too_much(self):
        """WIM-14: with the reason, and bills the others."""
        mine = self.make_contract([{"price_unit": 150, "tax_ids": [Command.clear()]}], partner_id=self.member.id)
        other = self.make_contract([{"price_unit": 150}], partner_id=self.stranger.id)
        self.bill(date(2026, 1, 1))
        moves = mine.invoice_ids + other.invoice_ids
        self.assertEqual(moves.mapped("state"), ["draft", "posted"])
        self.assertIn("limit", mine.invoice_ids.subscription_error)
        self.member.credit_limit = 1000
        mine.invoice_ids.action_post()
        self.assertEqual(mine.invoice_ids.state, "posted")

    # === ORDERS === #
    def test_an_order_above_the_limit_is_stopped(self):
        """WIM-14, WMM-54"""
        self.invoice(60, DAY)
        order = self.make_order(41)
        with self.assertRaisesRegex(UserError, "limit"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.make_order(40).action_confirm()

    def test_no_other_way_leads_to_an_order_above_the_limit(self):
        """Written straight into the state, as by RPC."""
        with self.assertRaisesRegex(UserError, "above the limit"):
            self.make_order(101).write({"state": "sale"})

    def test_orders_that_are_not_invoiced_count_as_in_core(self):
        """WIM-14"""
        self.make_order(60).action_confirm()
        with self.assertRaises(UserError):
            self.make_order(41).action_confirm()
        with self.assertRaises(UserError):
            self.invoice(41, DAY)

    def test_the_invoice_of_an_order_does_not_count_twice(self):
        """WIM-14"""
        order = self.make_order(100)
        order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_an_order_paid_online_is_not_stopped(self):
        """WIM-14: it adds nothing to what is owed."""
        order = self.make_order(500)
        provider = self.env["payment.provider"].search([("code", "=", "demo")], limit=1)
        method = self.env["payment.method"].search([], limit=1)
        self.env["payment.transaction"].create(
            {"provider_id": provider.id, "payment_method_id": method.id, "amount": 500, "partner_id": self.member.id,
             "currency_id": order.currency_id.id, "sale_order_ids": [Command.set(order.ids)], "state": "done"}
        )  # fmt: skip
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_seller_is_stopped_without_seeing_the_account(self):
        """WIM-14"""
        seller = self.make_user("l_seller", "base.group_user", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(UserError):
            self.make_order(101).with_user(seller).action_confirm()

    # === WHO === #
    def test_below_zero_is_refused(self):
        """WIM-14"""
        for name, value in (("credit_limit", -1), ("member_interest_rate", -1), ("member_interest_rate", 101)):
            with self.assertRaises(ValidationError):
                self.member.write({name: value})
        with self.assertRaises(ValidationError):
            self.env["res.config.settings"].create({"account_default_credit_limit": -1})

    def test_level_manage_and_billing_set_it(self):
        """WMM-46"""
        for number, group in enumerate(("manage", "account.group_account_invoice")):
            user = self.make_user(f"l_{number}", "contribute", group)
            self.member.with_user(user).write({"credit_limit": 5 + number, "member_limit_action": "warn"})
            self.assertEqual(self.member.credit_limit, 5 + number)

    def test_nobody_else_sets_it(self):
        """WMM-46: by write or by create."""
        partners = self.env["res.partner"]
        for number, groups in enumerate((["edit"], ["edit", "account.group_account_readonly"], ["contribute"])):
            user = self.make_user(f"l_{number}", "base.group_user", *groups)
            for name, value in (("credit_limit", 5), ("use_partner_credit_limit", False),
                                ("member_limit_action", "warn"), ("member_interest_rate", 5)):  # fmt: skip
                with self.assertRaises(AccessError):
                    self.member.with_user(user).write({name: value})
                with self.assertRaises(AccessError):
                    partners.with_user(user).create({"name": "x", name: value})

    def test_nor_by_a_default_of_the_caller(self):
        """WMM-46"""
        user = self.make_user("l_default", "contribute")
        partners = self.env["res.partner"].with_user(user).with_context(default_credit_limit=5)
        with self.assertRaises(AccessError):
            partners.create({"name": "x"})

    def test_contacts_are_made_by_everybody_all_the_same(self):
        """WMM-46: they get the terms of their member from Odoo."""
        user = self.make_user("l_contact", "base.group_user", "contribute")
        contact = self.env["res.partner"].with_user(user).create({"name": "x", "parent_id": self.member.id})
        self.assertEqual(contact.sudo().credit_limit, 100)

    # === COMPANIES === #
    def test_each_company_has_its_own_limit(self):
        """WMM-38, WIM-17"""
        other = self.setup_other_company(name="Group Co")["company"]
        other.account_use_credit_limit = True
        self.assertEqual(self.member.with_company(other).member_limit_action, "warn")
        self.invoice(500, DAY, company=other)
        self.invoice(100, DAY)
        self.member.with_company(other).write({"credit_limit": 600, "member_limit_action": "stop"})
        self.make_order(100, company=other).action_confirm()
        with self.assertRaises(UserError):
            self.make_order(1, company=other).action_confirm()
