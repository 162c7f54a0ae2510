from datetime import date

from lxml import etree, html
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
class TestAccountPage(StatementCommon):
    """The current account on the page of a member, and the conditions beside it."""

    def get_amount(self, page, name):
        text = page.xpath(f"//div[@name='{name}']")[0].text_content().replace("\xa0", " ").strip()
        return text, self.company.currency_id

    def assertAmounts(self, page, **amounts):
        for name, amount in amounts.items():
            text, currency = self.get_amount(page, name)
            self.assertEqual(text, currency.format(amount).replace("\xa0", " "), name)

    @freeze_time("2026-03-31")
    def test_what_is_open_now(self):
        """CUB-60, CUB-81, WMM-37: totals, and the items behind them."""
        self.invoice(100, date(2026, 1, 1), due=date(2026, 2, 1))
        self.pay(self.invoice(50, date(2026, 3, 1), due=date(2026, 4, 30)), 20, date(2026, 3, 2))
        self.invoice(40, date(2026, 3, 1), kind="in_invoice")
        page = html.fromstring(self.member.member_account)
        self.assertAmounts(page, receivable=130.0, overdue=100.0, payable=40.0, balance=90.0)
        self.assertEqual(len(page.xpath("//table[@name='open_items']/tbody/tr")), 3)

    def test_an_employee_and_a_new_member_have_none(self):
        """CUB-60: no page that is empty for the kind of partner at hand."""
        self.assertFalse(self.employee.member_account)
        self.assertTrue(Form(self.env["res.partner"]))

    def test_who_may_not_read_accounting_has_no_such_tab(self):
        """CUB-61"""
        seller = self.make_user("a_seller", "base.group_user", "sales_team.group_sale_manager")
        arch = self.member.with_user(seller).get_view(view_type="form")["arch"]
        self.assertFalse(etree.fromstring(arch).xpath("//page[@name='member_account']"))
        with self.assertRaises(AccessError):
            self.member.with_user(seller).read(["member_account"])

    def test_level_manage_sees_limits_and_not_the_account(self):
        """WMM-46, CUB-61"""
        manager = self.make_user("a_manager", "base.group_user", "manage")
        names = {node.get("name") for node in self.get_fields(manager)}
        self.assertIn("member_limit_action", names)
        self.assertNotIn("member_account", names)
        with Form(self.member.with_user(manager)) as form:
            form.member_interest_rate = 2
        self.assertEqual(self.member.member_interest_rate, 2)

    def get_fields(self, user):
        arch = self.member.with_user(user).get_view(view_type="form")["arch"]
        return etree.fromstring(arch).iter("field")

    def test_conditions_of_the_role_at_hand(self):
        """WMM-53"""
        arch = etree.fromstring(self.env["res.partner"].get_view(view_type="form")["arch"])
        for group, role in (("sale", "member_is_customer"), ("purchase", "member_is_supplier")):
            (node,) = arch.xpath(f"//group[@name='{group}']")
            self.assertIn(f"not {role}", node.get("invisible"))

    def test_figures_of_one_company(self):
        """WMM-38, WIM-17"""
        other = self.setup_other_company(name="Group Co")["company"]
        self.invoice(7, date(2026, 1, 1), company=other)
        page = html.fromstring(self.member.with_context(allowed_company_ids=self.company.ids).member_account)
        self.assertAmounts(page, receivable=0.0)

    # === COLLATERALS === #
    def make_collateral(self, **values):
        return self.env["member.collateral"].create(
            {"name": "TM-1", "partner_id": self.member.id, "amount": 1000, **values}
        )

    def test_collaterals(self):
        """WMM-58: seen by who sees credit, set by who manages it."""
        one = self.make_collateral(date_end=date(2026, 12, 31))
        self.assertEqual(self.member.member_collateral_ids, one)
        reader = self.make_user("a_reader", "base.group_user", "account.group_account_readonly")
        self.assertTrue(one.with_user(reader).read(["amount"]))
        with self.assertRaises(AccessError):
            one.with_user(reader).write({"amount": 5})
        with self.assertRaises(AccessError):
            one.with_user(self.make_user("a_edit", "edit")).read(["amount"])
        one.with_user(self.make_user("a_manage", "manage")).write({"amount": 5})

    def test_a_collateral_is_worth_something_and_ends_after_it_begins(self):
        """WMM-58"""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.make_collateral(amount=0)
        with self.assertRaises(ValidationError):
            self.make_collateral(date_from=date(2026, 2, 1), date_end=date(2026, 1, 1))

    def test_collaterals_of_another_company_are_not_seen(self):
        """WMM-38"""
        other = self.setup_other_company(name="Group Co")["company"]
        self.make_collateral(company_id=other.id)
        reader = self.make_user("a_reader", "base.group_user", "account.group_account_readonly")
        self.assertFalse(self.member.with_user(reader).member_collateral_ids)
