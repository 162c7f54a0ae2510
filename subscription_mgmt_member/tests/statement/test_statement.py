from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatement(StatementCommon):
    """What stands on a statement, and who may read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.make_user("statement_reader", "base.group_user", "account.group_account_readonly")

    def read(self, user=None, **values):
        return self.make_statement(user or self.accountant, **values)._get_statement()

    def ages(self, kind="receivable", **values):
        return [float(amount) for amount in self.read(**values).total.ageing.get(kind, ())]

    def test_opening_movements_closing(self):
        """WMM-45, WIM-13"""
        old = self.invoice(100, date(2025, 12, 1))
        self.invoice(50, date(2026, 2, 1))
        self.pay(old, 30, date(2026, 2, 10))
        total = self.read().total
        self.assertEqual([total.opening, total.debit, total.credit, total.closing], [100, 50, 30, 120])

    def test_the_days_asked_for_are_both_shown(self):
        """WMM-45"""
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1)):
            self.invoice(10, day)
        total = self.read().total
        self.assertEqual((total.opening, len(total.rows), total.closing), (10, 2, 30))

    @freeze_time("2026-05-20")
    def test_the_fiscal_year_unless_chosen_otherwise(self):
        """WMM-55"""
        statement = self.env["member.statement"].create({"partner_id": self.member.id})
        self.assertEqual((statement.date_from, statement.date_to), (date(2026, 1, 1), date(2026, 5, 20)))
        self.company.write({"fiscalyear_last_month": "3", "fiscalyear_last_day": 31})
        statement = self.env["member.statement"].create({"partner_id": self.member.id})
        self.assertEqual(statement.date_from, date(2026, 4, 1))

    def test_only_posted_entries(self):
        """WMM-37"""
        self.invoice(10, date(2026, 2, 1), post=False)
        self.invoice(10, date(2026, 2, 1)).button_cancel()
        self.assertFalse(self.read().total.rows)

    def test_contacts_are_part_of_the_member_and_strangers_are_not(self):
        """WMM-45: entries made by hand name contacts."""
        self.invoice(10, date(2026, 2, 1), partner=self.employee)
        self.invoice(99, date(2026, 2, 1), partner=self.stranger)
        line = self.invoice(5, date(2026, 2, 2)).line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        self.env.cr.execute("UPDATE account_move_line SET partner_id = %s WHERE id = %s", [self.employee.id, line.id])
        self.employee.active = False
        self.assertEqual(self.read().total.closing, 15)

    def test_customer_and_supplier_on_one_statement(self):
        """WMM-53"""
        self.invoice(100, date(2026, 2, 1))
        self.invoice(40, date(2026, 2, 1), kind="in_invoice")
        self.assertEqual(self.read().total.closing, 60)
        self.assertEqual(self.read(account="receivable").total.closing, 100)
        self.assertEqual(self.read(account="payable").total.closing, -40)
        self.assertEqual(set(self.read().total.ageing), {"receivable", "payable"})

    # === AGEING === #
    def test_ages_of_what_is_open(self):
        """WMM-45"""
        for amount, due in ((1, date(2026, 4, 5)), (2, date(2026, 3, 31)), (4, date(2026, 3, 30)),
                            (8, date(2026, 2, 28)), (16, date(2026, 1, 29)), (32, date(2025, 12, 1))):  # fmt: skip
            self.invoice(amount, date(2025, 11, 1), due=due)
        self.assertEqual(self.ages(), [3, 4, 8, 16, 32])

    def test_what_was_open_on_a_day_gone_by(self):
        """WMM-45: what was paid later was open then."""
        move = self.invoice(100, date(2026, 1, 10), due=date(2026, 1, 31))
        self.pay(move, 30, date(2026, 2, 10))
        self.pay(move, 70, date(2026, 4, 10))
        self.assertEqual(self.ages(), [0, 0, 70, 0, 0])
        self.assertEqual(self.ages(date_to=date(2026, 2, 9)), [0, 100, 0, 0, 0])
        self.assertEqual(self.ages(date_to=date(2026, 4, 10)), [])

    def test_a_payment_that_was_set_against_an_invoice_of_later(self):
        """WMM-45: a payment in advance was open to the member's credit until the invoice came."""
        move = self.invoice(100, date(2026, 4, 1))
        payment = self.pay(move, 100, date(2026, 3, 20))
        self.assertTrue(payment)
        self.assertEqual(self.ages(), [0, -100, 0, 0, 0])

    def test_ages_and_closing_balance_agree(self):
        """WMM-45: on every day, whatever was paid when."""
        first = self.invoice(100, date(2026, 1, 10))
        second = self.invoice(60, date(2026, 2, 10), due=date(2026, 3, 10))
        self.invoice(25, date(2026, 2, 15), kind="out_refund")
        self.pay(first, 80, date(2026, 3, 1))
        self.pay(second, 60, date(2026, 2, 20))
        for day in (date(2026, 1, 31), date(2026, 2, 12), date(2026, 2, 25), date(2026, 3, 5), date(2026, 6, 1)):
            total = self.read(date_to=day).total
            self.assertEqual(sum(map(sum, total.ageing.values())), total.closing, day)

    # === CURRENCIES === #
    def test_each_currency_and_all_together(self):
        """WMM-45"""
        dollar = self.setup_other_currency("GBP", rates=[("2026-01-01", 0.5)])
        self.invoice(100, date(2026, 2, 1))
        self.invoice(10, date(2026, 2, 1), currency=dollar)
        statement = self.read()
        sections = {section.currency: section.closing for section in statement.sections}
        self.assertEqual(sections, {self.company.currency_id.id: 100, dollar.id: 10})
        self.assertEqual(statement.total.closing, 120)
        self.assertEqual([one.currency for one in self.read(currency_id=dollar.id).sections], [dollar.id])

    def test_a_foreign_invoice_paid_at_another_rate(self):
        """WMM-45: the difference of rates moves the total, never the currency; the ages agree on each day."""
        other = self.setup_other_currency("GBP", rates=[("2026-01-01", 0.5), ("2026-03-01", 0.25)])
        move = self.invoice(10, date(2026, 2, 1), currency=other)
        self.pay(move, 10, date(2026, 3, 15))
        statement = self.read()
        self.assertEqual((statement.total.closing, statement.sections[0].closing), (0, 0))
        self.assertFalse(statement.total.ageing)
        before = self.read(date_to=date(2026, 3, 1))
        self.assertEqual(before.total.ageing["receivable"], (0, 20, 0, 0, 0))
        self.assertEqual(before.sections[0].ageing["receivable"], (0, 10, 0, 0, 0))

    # === WHO === #
    def test_readers_are_those_of_accounting(self):
        """CUB-61"""
        billing = self.make_user("statement_billing", "subscription_mgmt.group_subscription_billing")
        self.assertFalse(self.read(billing).total.rows)
        for login, group in (("s_manage", "manage"), ("s_sales", "sales_team.group_sale_manager")):
            user = self.make_user(login, "base.group_user", group)
            with self.assertRaises(AccessError):
                self.make_statement(user)
            with self.assertRaises(AccessError):
                self.member.with_user(user).action_member_statement()

    def test_the_figures_themselves_are_refused_too(self):
        """CUB-61: a salesperson reads items of his own invoices, and would be shown wrong sums."""
        user = self.make_user("s_sales", "base.group_user", "sales_team.group_sale_salesman")
        statement = self.make_statement(self.accountant)
        with self.assertRaises(AccessError):
            statement.sudo(False).with_user(user).partner_id._check_statement_reader()

    def test_a_dialog_is_its_owners(self):
        """WMM-45"""
        other = self.make_user("s_other", "base.group_user", "account.group_account_readonly")
        statement = self.make_statement(self.accountant)
        with self.assertRaises(AccessError):
            statement.with_user(other).read(["content"])

    def test_it_does_not_end_before_it_begins(self):
        """WMM-45"""
        with self.assertRaisesRegex(ValidationError, "before it begins"):
            self.make_statement(date_from=date(2026, 4, 1))

    # === COMPANIES === #
    def test_each_company_shows_its_own(self):
        """WMM-38, WMM-57, WIM-17"""
        other = self.setup_other_company(name="Group Co")["company"]
        self.invoice(100, date(2026, 2, 1))
        self.invoice(7, date(2026, 2, 1), company=other)
        there = self.make_user("s_there", "base.group_user", "account.group_account_readonly", company=other)
        self.assertEqual(self.read(self.accountant).total.closing, 100)
        self.assertEqual(self.read(there, company_id=other.id).total.closing, 7)
        with self.assertRaises(AccessError):
            self.read(there, company_id=self.company.id)

    def test_a_branch_is_part_of_its_company_and_sees_itself_alone(self):
        """WMM-57"""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.env.cr.precommit.run()  # its chart of accounts
        self.env.user.company_ids += branch
        self.invoice(100, date(2026, 2, 1))
        self.invoice(7, date(2026, 2, 1), company=branch)
        self.assertEqual(self.read(self.accountant).total.closing, 100)
        there = self.make_user("s_branch", "base.group_user", "account.group_account_readonly", company=branch)
        self.assertEqual(self.read(there, company_id=branch.id).total.closing, 7)
        both = self.make_user("s_both", "base.group_user", "account.group_account_readonly")
        both.company_ids = [Command.link(branch.id)]
        statement = self.make_statement(both).with_context(allowed_company_ids=(self.company + branch).ids)
        self.assertEqual(statement._get_statement().total.closing, 107)

    # === MANY === #
    def test_as_many_queries_for_many(self):
        """WMM-45: thousands of movements."""

        def count():
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.read()
            return self.env.cr.sql_log_count - before

        self.invoice(1, date(2026, 1, 5))
        self.invoice(1, date(2026, 1, 5), kind="in_invoice")
        few = [count(), count()][1]
        for day in range(1, 29):
            self.pay(self.invoice(2, date(2026, 2, day)), 1, date(2026, 4, 1))
        self.assertEqual([count(), count()][1], few)
        self.assertLess(few, 40)
