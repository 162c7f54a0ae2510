from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .page_common import PageCommon

BOOKS = ("member_turnover", "member_balance", "member_overdue", "member_limit_used", "member_limit_free")
AGREED = ("member_mrr", "member_next_invoice")


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15")
class TestFigures(PageCommon):
    """WMM-37, WIM-08, reading 23: computed from posted documents at the moment of viewing."""

    def test_turnover_is_what_was_posted_this_year_less_what_was_given_back(self):
        self.make_invoice(self.employee, "2026-03-01", 100)
        self.make_invoice(self.firm, "2025-12-31", 1000)
        self.make_invoice(self.firm, "2026-03-01", 500, post=False)
        self.make_invoice(self.firm, "2026-04-01", 30, move_type="out_refund")
        self.assertEqual(self.firm.member_turnover, 70)

    def test_a_figure_is_that_of_now(self):
        self.assertEqual(self.firm.member_turnover, 0)
        self.make_invoice(self.firm, "2026-06-01", 100)
        self.firm.invalidate_recordset()
        self.assertEqual(self.firm.member_turnover, 100)
        self.assertFalse(self.firm._fields["member_turnover"].store)

    def test_balance_is_what_is_owed_less_what_we_owe(self):
        self.make_invoice(self.firm, "2026-06-01", 100)
        self.make_invoice(self.firm, "2026-06-01", 40, move_type="in_invoice")
        self.assertEqual(self.firm.member_balance, 60)

    def test_what_a_contact_paid_is_paid(self):
        """WMM-45: as on the statement, and in the list behind the figure; whether the contact is still there or not."""
        self.make_invoice(self.employee, "2026-06-01", 100)
        payment = self.env["account.payment"].create(
            {"partner_id": self.employee.id, "amount": 30, "date": "2026-06-02", "payment_type": "inbound"}
        )
        payment.action_post()
        self.employee.active = False
        self.env.invalidate_all()
        self.assertEqual(self.firm.member_balance, 70)
        items = self.env["account.move.line"].search(self.firm.action_member_balance()["domain"])
        self.assertEqual(sum(items.mapped("amount_residual")), 70)

    def test_overdue_is_what_fell_due_before_today(self):
        for day, price in (("2026-06-14", 10), ("2026-06-15", 100), ("2026-07-01", 1000)):
            self.make_invoice(self.firm, "2026-06-01", price, invoice_date_due=day)
        self.assertEqual(self.firm.member_overdue, 10)

    def test_the_limit_is_compared_with_what_core_compares_it_with(self):
        self.company.account_use_credit_limit = True
        self.firm.credit_limit = 1000
        self.make_invoice(self.firm, "2026-06-01", 100)
        self.make_order(self.firm).action_confirm()
        self.firm.invalidate_recordset()
        used = self.firm.member_limit_used
        self.assertEqual(used, self.firm.credit + self.firm.credit_to_invoice)
        self.assertGreater(used, 100)
        self.assertEqual(self.firm.member_limit_free, 1000 - used)

    def test_contracts_give_the_monthly_revenue_and_the_next_invoice(self):
        for price in (100.0, 50.0):
            self.make_contract(lines=({"price_unit": price},), partner_id=self.firm.id)
        self.make_contract(partner_id=self.firm.id, activate=False)
        self.assertEqual(self.firm.member_mrr, 150)
        days = self.firm.subscription_contract_ids.mapped("date_next_invoice")
        self.assertEqual(self.firm.member_next_invoice, min(filter(None, days)))

    def test_another_company_has_its_own_figures(self):
        """WMM-38"""
        self.make_invoice(self.firm, "2026-06-01", 100)
        other = self.company_data_2["company"] if hasattr(self, "company_data_2") else None
        other = other or self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids += other
        there = self.firm.with_company(other)
        self.assertEqual([there[name] for name in BOOKS], [0, 0, 0, there.member_limit_used, there.member_limit_free])
        self.assertEqual(there.member_currency_id, other.currency_id)

    def test_a_contact_shows_the_figures_of_its_company(self):
        self.make_invoice(self.firm, "2026-06-01", 100)
        self.assertEqual(self.employee.member_turnover, 100)

    def test_who_sees_no_books_sees_none_of_their_figures(self):
        """CUB-60, CUB-61"""
        seller = self.make_reader("sales_team.group_sale_salesman")
        self.make_reader()
        for name in (*BOOKS, *AGREED):
            with self.subTest(name), self.assertRaises(AccessError):
                self.firm.with_user(seller).read([name])
        arch = self.env["res.partner"].with_user(seller).get_view(view_type="form")["arch"]
        for name in (*BOOKS, *AGREED, "member_credits_left"):
            self.assertNotIn(name, arch)

    def test_a_bookkeeper_sees_them_without_any_other_right(self):
        self.make_invoice(self.firm, "2026-06-01", 100)
        firm = self.firm.with_user(self.make_reader("account.group_account_readonly"))
        self.assertEqual([firm[name] for name in BOOKS[:3]], [100, 100, 100])

    def test_each_figure_opens_what_it_counts(self):
        invoice = self.make_invoice(self.firm, "2026-06-01", 100)
        contract = self.make_contract(partner_id=self.firm.id)
        for act, found in (
            (self.firm.action_member_turnover, invoice),
            (self.firm.action_member_balance, invoice.line_ids.filtered("date_maturity")),
            (self.firm.action_member_overdue, invoice.line_ids.filtered("date_maturity")),
            (self.firm.action_member_contracts, contract),
        ):
            action = act()
            self.assertEqual(self.env[action["res_model"]].search(action["domain"]), found)

    def test_charts_are_those_of_the_customer(self):
        """WMM-59"""
        self.make_invoice(self.firm, "2026-06-01", 100)
        self.make_invoice(self.customer, "2026-06-01", 100)
        self.make_order(self.firm).action_confirm()
        self.env.flush_all()
        for act in (self.firm.action_member_invoice_chart, self.firm.action_member_order_chart):
            action = act()
            rows = self.env[action["res_model"]].search(action["domain"])
            self.assertTrue(rows)
            self.assertEqual(rows.commercial_partner_id, self.firm)

    def test_many_cost_as_much_as_one(self):
        firms = self.env["res.partner"].create([{"name": f"F{n}", "is_company": True} for n in range(20)])
        for firm in firms:
            self.make_invoice(firm, "2026-06-01", 10)
        counts = []
        for part in (firms[:1], firms):
            self.env.invalidate_all()
            part.mapped("commercial_partner_id.name")
            before = self.env.cr.sql_log_count
            for name in ("member_turnover", "member_balance", "member_overdue", "member_mrr"):
                part.mapped(name)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertEqual(sum(firms.mapped("member_overdue")), 200)
