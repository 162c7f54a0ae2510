"""The control total: what a file comes to, to be compared with the old system before and after it is loaded."""

from datetime import date

from odoo.tests import tagged

from ...tools.importing import control
from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportControl(ImportCommon):
    def rows(self):
        """Lines of every kind: whole and short periods, paid ones, fixed numbers of them, free ones, odd cents."""
        day = date(2026, 1, 10)
        return [
            self.row(price=99.99, quantity=3, discount=10),
            self.row(product="TEL", price=33.33, interval=3, unit="ay"),
            self.row(number="B", date_start=day, date_end=date(2026, 10, 3), price=100),
            self.row(number="C", date_start=day, paid_until=date(2026, 3, 20), price=77.77),
            self.row(number="D", date_start=day, price=1200, unit="yıl", date_end=date(2027, 6, 30), prorate="hayır"),
            self.row(number="E", date_start=day, price=10, unit="hafta", interval=2, repetitions=7),
            self.row(number="F", price=0.07, unit="gün", interval=9, date_end=date(2026, 5, 1)),
            self.row(number="F", product="TEL", price=0, date_end=date(2026, 5, 1)),
        ]

    def test_fault_f11_the_total_before_is_what_is_made_and_planned(self):
        wizard = self.check(*self.rows())
        before = wizard.control
        self.assertEqual(wizard.state, "checked")
        wizard.action_import()
        contracts = wizard.batch_id.contract_ids
        self.assertEqual(before["made"]["contracts"], len(contracts))
        self.assertEqual(before["made"]["lines"], len(contracts.line_ids))
        self.assertAlmostEqual(before["made"]["month"], sum(contracts.line_ids.mapped("mrr")), 2)
        contracts.action_activate()
        rows = contracts.installment_ids
        self.assertEqual(before["plan"]["count"], len(rows))
        self.assertAlmostEqual(before["plan"]["amount"], sum(rows.mapped("price_subtotal")), 2)
        self.assertEqual(wizard.batch_id.control, before)

    def test_fault_f11_prices_by_how_often_they_are_billed(self):
        periods = self.check(*self.rows()).control["periods"]
        self.assertEqual(
            [(unit, interval, amount) for unit, interval, amount, _made in periods],
            [
                ("day", 9, 0.07),
                ("week", 2, 10.0),
                ("month", 1, 269.97 + 100 + 77.77),
                ("month", 3, 33.33),
                ("year", 1, 1200.0),
            ],
        )

    def test_fault_f11_what_is_kept_out_shows_in_the_difference(self):
        self.load(self.row(number="OLD", price=5))
        wizard = self.check(
            self.row(),
            self.row(number="OLD", price=5),
            self.row(number="B", product="NO", price=7),
            self.row(number="C", price="x"),
        )
        part = wizard.control
        self.assertEqual([part["file"]["contracts"], part["made"]["contracts"]], [4, 1])
        self.assertEqual([part["file"]["month"], part["made"]["month"]], [112.0, 100.0])
        wizard.action_import_good()
        self.assertEqual(wizard.batch_id.control, part)

    def test_fault_f11_contracts_of_branches_count_too(self):
        branch = self._make_company(name="Şube", parent_id=self.company.id)
        self.env.user.company_ids += branch
        self._map(branch, "29")
        wizard = self.check(self.row(branch=None), self.row(number="B", branch="29", price=7))
        self.assertEqual(wizard.control["made"]["month"], 107.0)
        self.assertEqual(wizard.control["currency_id"], self.company.currency_id.id)

    def test_fault_f11_the_table_of_the_page_and_of_the_receipt(self):
        wizard = self.check(*self.rows())
        for text in ("Every month", "Every 3 months", "On average in a month", "In the File", "To Make"):
            self.assertIn(text, wizard.control_html)
        wizard.action_import()
        self.assertIn("Made", wizard.batch_id.control_html)

    def test_fault_f11_files_without_money_or_that_cannot_be_read_have_none(self):
        self.assertFalse(self.check({"number": "A", "subject": "x"}).control_html)

    def test_fault_f11_a_plan_without_end_is_not_worked_out(self):
        self.patch(control, "MAX_ROWS", 10)
        wizard = self.check(self.row(), self.row(number="B", unit="gün"))
        self.assertIsNone(wizard.control["plan"])
        self.assertIn("too long", wizard.control_html)

    def test_fault_f11_one_crumb_is_not_like_the_other(self):
        wizard = self.check(self.row())
        wizard.action_import()
        names = {wizard.display_name, wizard.batch_id.display_name, wizard.batch_id.contract_ids.display_name}
        self.assertEqual(len(names), 3)
        self.assertTrue(all("aboneler.xlsx" in name for name in (wizard.display_name, wizard.batch_id.display_name)))
