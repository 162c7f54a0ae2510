"""Bill Now and the list of runs with many contracts: figures by the database, rows where somebody looks."""

from datetime import date
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..common import SubscriptionCommon

DIALOG = "odoo.addons.subscription_mgmt.wizards.billing.subscription_bill"


@tagged("post_install", "-at_install")
class TestBillScale(SubscriptionCommon):
    def open_dialog(self, day=date(2026, 2, 1), **values):
        return self.env["subscription.bill"].create({"date_ref": day, **values})

    def count_queries(self, call):
        """Queries of a call, once what it needs every time is read."""
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
        return self.env.cr.sql_log_count - before

    def make_many(self):
        """Contracts of several kinds: two lines, another currency, a long backlog."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"name": date(2026, 1, 1), "currency_id": euro.id, "rate": 1.37, "company_id": self.company.id}
        )
        contracts = self.make_contract([{}, {"price_unit": 5.55}])
        contracts += self.make_contract([{"price_unit": 33.33}], currency_id=euro.id)
        contracts += self.make_contract(date_start=date(2021, 1, 1))
        self.bill(date(2026, 1, 1))
        return contracts

    def test_the_figures_are_those_of_the_rows_that_are_billed(self):
        contracts = self.make_many()
        wizard = self.open_dialog()
        totals, due = wizard._get_totals(), wizard._get_due()
        run = self.env["subscription.billing.run"]
        domain = run._get_due_rows_domain(self.company, wizard.date_ref)
        rows = self.env["subscription.installment"].search(
            [("contract_id", "in", contracts.ids), *domain], order="contract_id.id, date_invoice, date_from, id"
        )
        rows = rows._cap_backlog()
        self.assertLess(len(rows), self.env["subscription.installment"].search_count([("id", "!=", 0), *domain]))
        for line in due:
            contract = contracts.browse(line["contract_id"])
            own = rows.filtered(lambda row, contract=contract: row.contract_id == contract)
            billed = contract.installment_ids.filtered(lambda row: row.state == "invoiced").sorted("date_from")
            before = {row.line_id: row.price_subtotal for row in billed}
            convert = contract.currency_id._convert
            where = (self.company.currency_id, self.company, wizard.date_invoice)
            expected = {
                "invoice_partner_id": contract.invoice_partner_id.id,
                "date_from": min(own.mapped("date_from")),
                "date_to": max(own.mapped("date_to")),
                "installment_count": len(own),
                "amount": convert(sum(own.mapped("price_subtotal")), *where),
                "amount_before": convert(sum(before.get(one, 0.0) for one in own.line_id), *where),
            }
            for name, value in expected.items():
                self.assertEqual(line[name], value, (contract.name, name))
        self.assertEqual({line["contract_id"] for line in due}, set(rows.contract_id.ids))
        self.assertEqual(totals[:2], (len(due), len(rows)))
        self.assertAlmostEqual(totals[2], sum(line["amount"] for line in due))
        self.assertAlmostEqual(totals[3], sum(line["amount_before"] for line in due))

    def test_more_contracts_take_no_more_queries(self):
        self.make_contract()
        wizard = self.open_dialog()
        few = self.count_queries(wizard._get_totals), self.count_queries(wizard._get_due)
        for _one in range(4):
            self.make_contract([{}, {}])
        self.assertEqual(few, (self.count_queries(wizard._get_totals), self.count_queries(wizard._get_due)))
        self.assertEqual(wizard._get_totals()[0], 5)

    def test_of_many_the_dialog_lists_those_that_differ_most(self):
        contracts = self.make_contract() + self.make_contract() + self.make_contract()
        self.bill(date(2026, 1, 1))
        contracts[1].line_ids.price_unit = 300.0
        contracts[1]._regenerate_installments()
        with patch(f"{DIALOG}.SHOWN", 1):
            wizard = self.open_dialog()
            wizard.action_preview()
        self.assertEqual(wizard.line_ids.contract_id, contracts[1])
        self.assertTrue(wizard.is_shortened)
        self.assertEqual((wizard.contract_count, wizard.amount), (3, 500.0))
        action = wizard.action_view_due()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines.contract_id, contracts)
        self.assertEqual(sorted(lines.mapped("amount_change")), [0.0, 0.0, 200.0])
        self.assertEqual(lines.create_uid, self.env.user)
        self.assertFalse(wizard.is_shortened)

    def test_what_differs_most_is_found_in_the_currency_of_the_company(self):
        dear = self.env["res.currency"].create({"name": "DEA", "symbol": "D"})
        self.env["res.currency.rate"].create(
            {"name": date(2026, 1, 1), "currency_id": dear.id, "rate": 0.02, "company_id": self.company.id}
        )
        contracts = self.make_contract() + self.make_contract(currency_id=dear.id)
        self.bill(date(2026, 1, 1))
        for contract, price in zip(contracts, (300.0, 110.0), strict=True):
            contract.line_ids.price_unit = price
            contract._regenerate_installments()
        [first] = self.open_dialog()._get_due(limit=1)
        self.assertEqual(first["contract_id"], contracts[1].id)
        self.assertEqual(first["amount"] - first["amount_before"], 500.0)

    def test_figures_of_runs_follow_their_invoices(self):
        for _one in range(3):
            self.make_contract()
        run = self.bill(date(2026, 1, 1), hold=True)
        self.assertEqual((run.move_count, run.amount_untaxed, run.draft_count), (3, 300.0, 3))
        first, second, third = run.move_ids
        first.invoice_line_ids.write({"price_unit": 40.0})
        run.invalidate_recordset()
        self.assertEqual((run.amount_untaxed, run.amount_total), (240.0, 288.0))
        second.action_post()
        third.unlink()
        run.invalidate_recordset()
        self.assertEqual((run.move_count, run.amount_untaxed, run.draft_count), (2, 140.0, 1))
        second.button_draft()
        second.button_cancel()
        run.invalidate_recordset()
        self.assertEqual((run.move_count, run.amount_untaxed, run.draft_count), (2, 140.0, 1))
        sums = self.env["subscription.run.sum"].sudo()
        kept = sums._read_group([("subscription_run_id", "=", run.id)], [], ["row_count:sum"])
        sums._sum_up()
        self.assertEqual(sums._read_group([("subscription_run_id", "=", run.id)], [], ["row_count:sum"]), kept)

    def test_no_invoice_is_read_for_the_list_of_runs(self):
        self.make_contract()
        run = self.bill(date(2026, 1, 1))
        self.env["subscription.run.sum"].sudo()._sum_up()
        self.env.cr.execute("UPDATE subscription_run_sum SET row_count = 7 WHERE subscription_run_id = %s", [run.id])
        run.invalidate_recordset()
        self.assertEqual(run.move_count, 7)
        # An invoice that no run made leaves nothing there
        self.env.cr.execute("SELECT COUNT(*) FROM subscription_run_sum")
        [before] = self.env.cr.fetchone()
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"product_id": self.product.id})],
            }
        )
        self.env.flush_all()
        self.env.cr.execute("SELECT COUNT(*) FROM subscription_run_sum")
        self.assertEqual(self.env.cr.fetchone(), (before,))
