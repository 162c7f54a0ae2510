from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestProfit(SubscriptionCommon):
    """Income, cost and margin of contracts, from analytic lines, each counted once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Customers"})
        other = cls.env["account.analytic.plan"].create({"name": "Sites"})
        accounts = cls.env["account.analytic.account"]
        cls.shared = accounts.create({"name": "Shared", "plan_id": plan.id, "company_id": cls.company.id})
        cls.site = accounts.create({"name": "Site", "plan_id": other.id, "company_id": cls.company.id})

    def make(self, price, account=None, **values):
        contract = self.make_contract([{"price_unit": price}], billing_mode="post", **values)
        contract.analytic_account_id = account
        return contract

    def spend(self, amount, *accounts, **values):
        """A cost on analytic accounts: of several plans on one line."""
        columns = {account.root_plan_id._column_name(): account.id for account in accounts}
        return self.env["account.analytic.line"].create(
            {"name": "Cost", "amount": -amount, "company_id": self.company.id, **columns, **values}
        )

    def get_figures(self, contract):
        contract.invalidate_recordset()
        return contract.income, contract.expense, contract.margin, contract.margin_percent

    def get_sum(self, *contracts):
        """Margin in the report of these contracts."""
        ids = [contract.id for contract in contracts]
        rows = self.env["subscription.profit.report"].search([("contract_id", "in", ids)])
        return round(sum(rows.mapped("margin")), 2)

    def test_margin_is_income_less_cost(self):
        contract = self.make(100.0, self.site)
        self.bill(date(2026, 1, 1))
        self.spend(25.0, self.site)
        self.assertEqual(self.get_figures(contract), (100.0, 25.0, 75.0, 75.0))

    def test_without_income_there_is_no_percentage(self):
        contract = self.make(100.0, self.site)
        self.spend(25.0, self.site)
        self.assertEqual(self.get_figures(contract), (0.0, 25.0, -25.0, 0.0))
        self.assertFalse(self.env["subscription.profit.report"].search([("contract_id", "=", contract.id)]).income)

    def test_a_shared_account_is_divided_by_income(self):
        first, second = self.make(100.0, self.shared), self.make(300.0, self.shared)
        self.bill(date(2026, 1, 1))
        self.spend(40.0, self.shared)
        self.assertEqual(self.get_figures(first), (100.0, 10.0, 90.0, 90.0))
        self.assertEqual(self.get_figures(second), (300.0, 30.0, 270.0, 90.0))

    def test_a_shared_account_without_income_is_divided_in_equal_parts(self):
        contracts = [self.make(price, self.shared) for price in (100.0, 300.0, 500.0)]
        self.spend(10.0, self.shared)
        self.assertEqual([self.get_figures(contract)[1] for contract in contracts], [3.33, 3.33, 3.34])

    def test_the_contracts_come_to_the_analytic_lines(self):
        """A line on accounts of two plans, each with contracts of its own, is counted once."""
        contracts = [self.make(price, self.shared) for price in (99.99, 33.37)] + [self.make(10.0, self.site)]
        self.bill(date(2026, 3, 1))
        for amount in (10.0, 0.01, 77.77):
            self.spend(amount, self.shared, self.site)
            self.spend(amount, self.shared)
        lines = self.env["account.analytic.line"].search(
            ["|", *[(account.root_plan_id._column_name(), "=", account.id) for account in (self.shared, self.site)]]
        )
        self.assertGreater(len(lines), 8)
        self.assertAlmostEqual(self.get_sum(*contracts), sum(lines.mapped("amount")), places=2)
        self.assertAlmostEqual(sum(c.margin for c in contracts), sum(lines.mapped("amount")), places=2)

    def test_the_percentage_of_a_group_is_that_of_its_sums(self):
        self.product.categ_id = self.env.ref("product.product_category_all", raise_if_not_found=False)
        first, second = self.make(100.0, self.shared), self.make(300.0, self.site)
        self.bill(date(2026, 1, 1))
        self.spend(60.0, self.shared)
        groups = self.env["subscription.profit.report"]._read_group(
            [("contract_id", "in", (first + second).ids)], ["partner_id"], ["margin:sum", "margin_percent:avg"]
        )
        self.assertEqual([(margin, float(percent)) for _who, margin, percent in groups], [(340.0, 85.0)])

    def test_the_report_knows_category_and_product(self):
        category = self.env["subscription.category"].create({"name": "Gold", "usage": "subscriber"})
        contract = self.make(100.0, self.site, category_id=category.id)
        self.bill(date(2026, 1, 1))
        row = self.env["subscription.profit.report"].search([("contract_id", "=", contract.id)])
        self.assertEqual((row.category_id, row.product_id, row.partner_id), (category, self.product, self.customer))
