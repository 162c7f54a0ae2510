from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.subscription_mgmt_member.models.corporate.day_rates import DayRates

from .corporate_common import CorporateCase


@tagged("post_install", "-at_install")
class TestTargets(AccountTestInvoicingCommon, CorporateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.foreign = cls.setup_other_currency("EUR", rates=[("2026-01-01", 0.5), ("2026-06-01", 0.25)])
        cls.target = cls.make_target(cls.branch)

    @classmethod
    def make_target(cls, partner, **values):
        return cls.env["member.target"].create(
            {"partner_id": partner.id, "year": 2026, "amount": 1000, "company_id": cls.company.id, **values}
        )

    def sell(self, partner, amount=100, day="2026-03-05", kind="out_invoice", **values):
        return self.init_invoice(
            kind, partner=partner, invoice_date=day, post=True, amounts=[amount], taxes=[], **values
        )

    def test_wmm_28_what_a_branch_and_those_below_it_bought(self):
        for partner in (self.branch, self.department, self.clerk):
            self.sell(partner)
        self.sell(self.firm)
        self.sell(self.division)
        self.assertEqual((self.target.achieved, self.target.percent), (300, 30))

    def test_wmm_28_who_works_in_the_branch_buys_for_it(self):
        self.employee.member_branch_id = self.branch
        self.sell(self.employee)
        self.assertEqual(self.target.achieved, 100)

    def test_wmm_28_nothing_counts_twice(self):
        self.clerk.member_department_id = self.department
        self.sell(self.clerk)
        self.assertEqual(self.make_target(self.firm).achieved, 100)

    def test_wmm_28_credit_notes_drafts_and_other_years(self):
        self.sell(self.branch)
        self.sell(self.branch, 30, kind="out_refund")
        self.sell(self.branch, day="2025-12-31")
        self.init_invoice("out_invoice", partner=self.branch, invoice_date="2026-03-05", amounts=[50], taxes=[])
        self.assertEqual(self.target.achieved, 70)

    def test_wmm_28_taxes_are_not_achieved(self):
        invoice = self.init_invoice(
            "out_invoice",
            partner=self.branch,
            invoice_date="2026-03-05",
            amounts=[100],
            taxes=self.tax_sale_a,
            post=True,
        )
        self.assertGreater(invoice.amount_total, 100)
        self.assertEqual(self.target.achieved, 100)

    def test_wmm_28_in_the_currency_of_the_target_at_the_rate_of_the_day(self):
        target = self.make_target(self.division, currency_id=self.foreign.id)
        self.sell(self.branch, 100, "2026-03-05")
        self.sell(self.branch, 100, "2026-07-05")
        self.sell(self.branch, 7, "2026-07-05", currency=self.foreign)
        self.assertEqual(target.achieved, 50 + 25 + 7)

    def test_wmm_28_rates_are_those_of_odoo(self):
        target = self.make_target(self.division, currency_id=self.foreign.id)
        days = [date(2025, 1, 1), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1), date(2027, 1, 1)]
        rates = DayRates(self.company, self.foreign | self.company.currency_id)
        for day in days:
            ours = rates.convert(100, self.company, target.currency_id, day)
            theirs = self.company.currency_id._convert(100, self.foreign, self.company, day)
            self.assertAlmostEqual(ours, theirs, 2, day)

    def test_wmm_28_a_list_costs_as_many_queries_as_one_target(self):
        targets = self.target
        for partner in (self.firm, self.division, self.department):
            targets += self.make_target(partner, currency_id=self.foreign.id)
        for month in range(1, 10):
            self.sell(self.clerk, day=f"2026-0{month}-11")

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("achieved")
            return self.env.cr.sql_log_count - before

        count(targets)
        one = count(targets[1])
        self.assertLessEqual(count(targets), one + 2)

    def test_wmm_28_the_year_of_a_unit_on_its_page(self):
        target = self.make_target(self.firm, year=self.company._subscription_today().year)
        firm, division = (self.firm + self.division).with_company(self.company)
        self.assertEqual((firm.member_target_amount, firm.member_target_percent), (target.amount, 0))
        self.assertFalse(division.member_target_amount)

    def test_bad_input_is_refused(self):
        for partner, values in ((self.firm, {"amount": -1}), (self.firm, {"year": 26}), (self.branch, {})):
            with self.subTest(values=values), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self.make_target(partner, **values)

    def test_each_level(self):
        values = {"company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)]}
        users = {level: self.make_user(level, **values) for level in ("view", "contribute", "edit")}
        self.assertEqual(self.target.with_user(users["view"]).amount, 1000)
        with self.assertRaises(AccessError):
            self.target.with_user(users["view"]).amount = 1
        self.target.with_user(users["contribute"]).amount = 2
        with self.assertRaises(AccessError):
            self.target.with_user(users["contribute"]).unlink()
        self.assertTrue(self.target.with_user(users["edit"]).unlink())

    def test_another_company_sees_none(self):
        company = self.env["res.company"].create({"name": "Sister"})
        other = self.make_user("manage", company_id=company.id, company_ids=[(6, 0, company.ids)])
        self.assertNotEqual(other.company_id, self.company)
        self.assertFalse(self.env["member.target"].with_user(other).search([("id", "=", self.target.id)]))

    def test_who_sees_no_invoices_sees_no_figures(self):
        viewer = self.make_user("view", company_id=self.company.id, company_ids=[(6, 0, self.company.ids)])
        with self.assertRaises(AccessError):
            self.target.with_user(viewer).read(["achieved"])
