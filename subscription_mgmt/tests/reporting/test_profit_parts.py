from datetime import date
from random import Random

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..common import SubscriptionCommon
from .profit_reference import get_all_divided

TODAY = date(2026, 3, 10)
SUMS = ["income:sum", "expense:sum", "margin:sum", "margin_percent:avg", "__count"]


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProfitParts(SubscriptionCommon):
    """What is read as it stands is what looking up and dividing every line gives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plans = cls.env["account.analytic.plan"].create([{"name": "Customers"}, {"name": "Sites"}])
        cls.accounts = cls.env["account.analytic.account"].create(
            [{"name": f"{plan.name} {n}", "plan_id": plan.id} for plan in plans for n in range(3)]
        )
        cls.report = cls.env["subscription.profit.report"]

    def make(self, *accounts, price=100.0, **values):
        """A contract of each account, billed in January."""
        contracts = self.env["subscription.contract"]
        for number, account in enumerate(accounts):
            contract = self.make_contract([{"price_unit": price + number}], billing_mode="post", **values)
            contract.analytic_account_id = account
            contracts |= contract
        self.bill(date(2026, 1, 1))
        return contracts

    def make_cost(self, amount, accounts, **values):
        columns = {account.root_plan_id._column_name(): account.id for account in accounts}
        return self.env["account.analytic.line"].create(
            {"name": "Cost", "amount": -amount, "company_id": self.company.id, **columns, **values}
        )

    def make_bill(self, contract, account):
        """A posted bill of a supplier, on an account, that names a contract."""
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_date": date(2026, 2, 1),
                "subscription_contract_id": contract.id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Part", "price_unit": 33.33, "tax_ids": [], "analytic_distribution": {account.id: 100}}
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def read(self, parts):
        """{(line, contract): (day, text, product, income, margin)}; no part comes twice."""
        self.env.flush_all()
        query = SQL(
            """SELECT part.line_id, part.contract_id, part.date, part.name, part.product_id, part.income, part.margin
                 FROM (%s) part JOIN subscription_contract contract ON contract.id = part.contract_id
                WHERE contract.company_id = %s""",
            parts,
            self.company.id,
        )
        rows = self.env.execute_query(query)
        found = {(line, contract): tuple(values) for line, contract, *values in rows}
        self.assertEqual(len(found), len(rows))
        return found

    def assertSame(self):
        """Page and contracts say what dividing every line says; :return: how many parts there are."""
        wanted = self.read(get_all_divided(self.env))
        self.assertEqual(self.read(self.report.sudo()._get_parts()), wanted)
        contracts = self.env["subscription.contract"].search([("analytic_account_id", "!=", False)])
        sums = contracts._read_profit()
        for contract in contracts:
            own = [values for (_line, id_), values in wanted.items() if id_ == contract.id]
            income, margin = sums.get(contract.id, (0.0, 0.0))
            self.assertAlmostEqual(income, sum(row[3] for row in own), places=6)
            self.assertAlmostEqual(margin, sum(row[4] for row in own), places=6)
        self.env.invalidate_all()
        return len(wanted)

    # === WHOSE A LINE IS === #
    def test_a_line_is_of_whom_its_invoice_bills_whoever_holds_the_account(self):
        first, second = self.make(*self.accounts[:2])
        line = second.installment_ids.invoice_line_id
        line.analytic_distribution = {self.accounts[0].id: 100}
        self.assertSame()
        rows = self.report.search([("contract_id", "=", second.id)])
        self.assertEqual((rows.income, first.margin), (line.price_subtotal, 100.0))

    def test_a_bill_goes_over_when_it_names_another(self):
        first, second = self.make(self.accounts[0], self.accounts[1])
        bill = self.make_bill(first, self.accounts[0])
        self.assertSame()
        for contract in (second, self.env["subscription.contract"], first):
            bill.subscription_contract_id = contract
            self.assertSame()
            owner = contract or first
            self.assertIn(-33.33, self.report.search([("contract_id", "=", owner.id)]).mapped("margin"))

    def test_nobody_is_left_behind_by_a_contract_that_is_deleted(self):
        [first] = self.make(self.accounts[0])
        draft = self.make_contract(activate=False)
        self.make_bill(draft, self.accounts[0])
        self.assertSame()
        draft.unlink()
        self.assertSame()
        self.assertIn(-33.33, self.report.search([("contract_id", "=", first.id)]).mapped("margin"))

    def test_a_line_without_an_account_of_a_contract_is_nobodys(self):
        [contract] = self.make(self.accounts[0])
        contract.installment_ids.invoice_line_id.analytic_distribution = {self.accounts[2].id: 100}
        self.assertFalse(self.assertSame())
        self.assertFalse(self.report.search([("contract_id", "=", contract.id)]))

    def test_who_stands_on_the_account_counts_at_once(self):
        first, second = self.make(self.accounts[0], self.accounts[1])
        self.make_cost(10.0, self.accounts[0])
        self.assertEqual((first.margin, second.margin), (90.0, 101.0))
        second.analytic_account_id = self.accounts[0]
        self.assertSame()
        self.env.invalidate_all()
        self.assertEqual((first.expense, second.expense), (4.98, 5.02))

    def test_a_row_of_the_plan_takes_its_lines_along(self):
        first, second = self.make(self.accounts[0], self.accounts[1])
        row = first.installment_ids[0]
        self.env.flush_all()
        self.env.cr.execute("UPDATE subscription_installment SET contract_id = %s WHERE id = %s", [second.id, row.id])
        self.assertSame()
        self.assertEqual((first.margin, second.margin), (0.0, 201.0))

    def test_what_gives_back_a_line_that_is_gone_is_of_the_account(self):
        """Odoo lets whoever sends this context delete a line of a posted invoice."""
        first, second = self.make(self.accounts[0], self.accounts[1])
        line = first.installment_ids.invoice_line_id
        note = line.move_id._reverse_moves([{"invoice_date": TODAY}])
        note.action_post()
        note.invoice_line_ids.analytic_distribution = {self.accounts[1].id: 100}
        self.assertSame()
        self.assertEqual((first.margin, second.margin), (0.0, 101.0))
        line.with_context(force_delete=True, dynamic_unlink=True, check_move_validity=False).unlink()
        self.assertSame()
        self.assertEqual((first.margin, second.margin), (0.0, 1.0))

    def test_the_product_is_that_of_the_invoice(self):
        [contract] = self.make(self.accounts[0])
        line = contract.installment_ids.invoice_line_id
        other = self.env["product.product"].create({"name": "Telephone", "type": "service"})
        line.product_id = other
        line.analytic_line_ids.product_id = self.product
        self.assertSame()
        self.assertEqual(self.report.search([("contract_id", "=", contract.id)]).product_id, other)

    def test_the_database_alone_says_whose_a_line_is(self):
        first, second = self.make(self.accounts[0], self.accounts[1])
        line = first.installment_ids.invoice_line_id.analytic_line_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_analytic_line SET subscription_owner = %s WHERE id = %s", [second.id, line.id]
        )
        self.assertSame()

    def test_it_is_found_for_what_was_loaded_without_triggers(self):
        self.make(self.accounts[0], self.accounts[1])
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE account_analytic_line DISABLE TRIGGER subscription_owner_of_line")
        self.env.cr.execute("UPDATE account_analytic_line SET subscription_owner = NULL")
        self.env["account.analytic.line"]._find_owners()
        self.env.cr.execute("ALTER TABLE account_analytic_line ENABLE TRIGGER subscription_owner_of_line")
        contracts = self.env["subscription.contract"].search([])
        contracts.analytic_account_id = self.accounts[0]
        self.assertTrue(self.assertSame())

    def test_nothing_stays_behind_when_the_add_on_goes(self):
        self.env["account.analytic.line"]._stop_owning()
        self.env.cr.execute(
            """SELECT tgname FROM pg_trigger WHERE tgname LIKE 'subscription_owner%'
                UNION SELECT attname FROM pg_attribute
                       WHERE attrelid = 'account_analytic_line'::regclass AND attname LIKE 'subscription_%'"""
        )
        self.assertFalse(self.env.cr.fetchall())
        self.make_cost(10.0, self.accounts[:1])

    # === PROPERTY === #
    def act(self, draw, contracts, invoices):
        """Something that changes what an invoice, a line or a contract says; :return: the invoices there are now."""
        invoice, contract, account = draw.choice(invoices), draw.choice(contracts), draw.choice(self.accounts)
        if draw.random() < 0.4:
            return invoices | self.act_in_accounting(draw, invoice)
        act = draw.choice(["cost", "bill", "move", "link", "distribute"])
        if act == "cost":
            accounts = {one.root_plan_id: one for one in draw.choices(self.accounts, k=2)}.values()
            self.make_cost(draw.randint(1, 9999) / 100, accounts, product_id=self.product.id)
        elif act == "bill":
            return invoices | self.make_bill(contract, account)
        elif act == "move":
            contract.analytic_account_id = account
        elif act == "link" and invoice.move_type == "in_invoice":
            invoice.subscription_contract_id = contract
        elif act == "distribute":
            both = f"{draw.choice(self.accounts[:3]).id},{draw.choice(self.accounts[3:]).id}"
            invoice.invoice_line_ids.analytic_distribution = {str(account.id): 40, both: 60}
        return invoices

    def act_in_accounting(self, draw, invoice):
        """Take an invoice back, post it again, or give it back; :return: what was made."""
        if invoice.state == "draft":
            invoice.action_post()
        elif draw.random() < 0.5:
            return invoice._reverse_moves([{"invoice_date": TODAY}], cancel=draw.random() < 0.5)
        elif invoice.state == "posted":
            invoice.button_draft()
        return invoice

    def test_at_any_time_it_says_what_dividing_says(self):
        """Contracts alone and together on accounts of two plans; what is billed, given back, taken back and moved."""
        draw = Random(11)
        contracts = self.make(*[draw.choice(self.accounts) for _ in range(6)])
        invoices = contracts.installment_ids.invoice_id
        for step in range(40):
            invoices = self.act(draw, contracts, invoices)
            if step == 20:
                self.bill(date(2026, 2, 1))
            self.assertSame()
        self.assertGreater(self.assertSame(), 15)

    # === PAGE === #
    def test_sums_of_several_sets_are_those_of_each(self):
        self.make(*self.accounts[:3])
        self.make_cost(33.33, self.accounts[:1])
        self.bill(date(2026, 2, 1))
        domain = [("company_id", "=", self.company.id)]
        sets = [[], ["date:month"], ["date:month", "contract_id"]]
        found = self.report._read_grouping_sets(domain, sets, SUMS)
        base = super(type(self.report), self.report)
        self.assertEqual(found, [base._read_group(domain, names, SUMS) for names in sets])
        self.assertEqual([len(rows) for rows in found], [1, 3, 7])
        nothing = [("contract_id", "=", 0)]
        self.assertEqual(
            self.report._read_grouping_sets(nothing, sets, SUMS),
            [self.report._read_group(nothing, names, SUMS) for names in sets],
        )

    def test_a_row_is_read_by_its_id(self):
        contracts = self.make(self.accounts[0], self.accounts[0])
        self.make_cost(10.0, self.accounts[:1])
        rows = self.report.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(rows), 4)
        self.env.invalidate_all()
        self.assertIn(rows[0].contract_id, contracts)
        self.assertEqual(self.report.search([("id", "in", rows.ids)]), rows)
        self.assertEqual(self.report.search([("id", "in", rows._search([("id", "in", rows.ids)]))]), rows)
