"""Cases of other systems, lived through on a contract with posted invoices; their last days are excluded."""

from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon
from ..tools.cases import case


@tagged("post_install", "-at_install")
class TestAmendmentCases(SubscriptionCommon):
    def live(self, line, start, until, **values):
        """A contract from a day on, billed up to another."""
        contract = self.make_contract([line], date_start=start, billing_mode="post", **values)
        self.bill(until, contracts=contract)
        return contract

    def amend(self, contract, day, *others, billing="once", **step):
        """Change the contract's line in force from the day on, as on that day."""
        line = contract.line_ids.filtered(lambda line: line._serves(day))
        kind = {"kind": "change"} | step
        with freeze_time(f"{day} 12:00:00"):
            amendment = self.env["subscription.amendment"].create(
                {
                    "contract_id": contract.id,
                    "date_kind": "today",
                    "billing": billing,
                    "step_ids": [(0, 0, values) for values in ({"line_id": line.id, **kind}, *others)],
                }
            )
            self.assertFalse(amendment.problem)
            amendment.action_confirm()
        return amendment

    def amounts(self, contract, since):
        """Untaxed amounts of the rows billed on a day or after it, as text."""
        rows = contract.installment_ids.filtered(
            lambda row: row.state == "invoiced" and row.invoice_id.invoice_date >= since
        )
        return [f"{row.price_subtotal:.2f}" for row in rows.sorted(lambda row: (row.date_from, -row.price_subtotal))]

    def planned(self, contract, count):
        rows = contract.installment_ids.filtered(lambda row: row.state == "planned").sorted("date_from")[:count]
        return [(row.date_from, row.date_to, f"{row.price_subtotal:.2f}") for row in rows]

    def test_ch02_monthly_to_quarterly(self):
        case("CH-02")
        day = date(2012, 5, 12)
        contract = self.live({"price_unit": 29.95}, date(2012, 5, 1), date(2012, 5, 1))
        self.amend(contract, day, price_unit=69.95, interval=3)
        self.assertEqual(self.amounts(contract, day), ["61.59", "-19.32"])
        self.assertEqual(self.planned(contract, 1), [(date(2012, 8, 1), date(2012, 10, 31), "69.95")])

    def test_ch04_annual_to_annual(self):
        case("CH-04")
        day = date(2015, 3, 15)
        contract = self.live({"price_unit": 2399.95, "interval_unit": "year"}, date(2015, 1, 1), date(2015, 1, 1))
        # A change keeps the year of the contract; the longest period up to a year is another line's.
        add = {"kind": "add", "product_id": self.product.id, "price_unit": 5999.95, "interval_unit": "year"}
        self.amend(contract, day, {**add, "anchor_day": 1}, kind="end")
        self.assertEqual(self.amounts(contract, day), ["5770.44", "-1919.96"])

    def test_ch06_price_first_and_the_day_of_the_month_afterwards(self):
        case("CH-06")
        contract = self.live({"price_unit": 249.95}, date(2016, 5, 1), date(2016, 5, 1))
        self.amend(contract, date(2016, 5, 5), price_unit=599.95)
        self.assertEqual(self.amounts(contract, date(2016, 5, 5)), ["522.54", "-217.70"])
        self.amend(contract, date(2016, 6, 1), anchor_day=10)
        self.assertEqual(self.amounts(contract, date(2016, 6, 1)), ["174.18"])

    def test_ch10_an_added_line_is_moved_to_another_day(self):
        case("CH-10")
        contract = self.live({"price_unit": 1999.95, "anchor_day": 1}, date(2016, 6, 1), date(2016, 6, 1))
        self.amend(contract, date(2016, 7, 1), anchor_day=4)
        self.assertEqual(self.planned(contract, 1)[0][:2], (date(2016, 7, 4), date(2016, 8, 3)))
        self.assertEqual(self.amounts(contract, date(2016, 7, 1)), ["200.00"])

    def test_ch20_the_preview_writes_nothing(self):
        case("CH-20")
        day = date(2018, 1, 24)
        contract = self.live({"price_unit": 10000.0, "interval_unit": "year"}, date(2017, 7, 27), date(2017, 7, 27))
        with freeze_time(f"{day} 12:00:00"):
            draft = self.env["subscription.amendment"].create(
                {
                    "contract_id": contract.id,
                    "date_kind": "today",
                    "billing": "once",
                    "step_ids": [
                        (0, 0, {"kind": "change", "line_id": contract.line_ids.id, "price_unit": 1000.0,
                                "interval_unit": "month", "anchor_day": 25})
                    ],
                }
            )  # fmt: skip
            self.assertEqual((draft.charge, draft.credit, draft.next_amount), (32.26, 5041.10, 32.26 - 5041.10))
        self.assertEqual(len(contract.invoice_ids), 1)
        self.assertEqual(len(contract.line_ids), 1)

    def test_bd03_the_whole_year_comes_back_on_its_first_day(self):
        case("BD-03")
        day = date(2012, 5, 1)
        contract = self.live({"price_unit": 2399.95, "interval_unit": "year"}, day, day)
        self.amend(contract, day, price_unit=249.95, interval_unit="month")
        self.assertEqual(self.amounts(contract, day)[1:], ["249.95", "-2399.95"])
        note = contract.invoice_ids.sorted("id")[-1:]
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 2150.0))

    def test_ch14_a_second_change_of_a_day_waits_until_the_first_is_undone(self):
        inputs, _expected = case("CH-14")
        self.assertEqual(len(inputs["steps"]), 3)
        day = date(2024, 3, 12)
        contract = self.live({"price_unit": 10.0, "anchor_day": 1}, date(2024, 3, 5), date(2024, 3, 5))
        first = self.amend(contract, day, billing="next", price_unit=15.0)
        with freeze_time(f"{day} 13:00:00"):
            first.action_undo()
        self.amend(contract, day, price_unit=19.0)
        # 20/31 of the new price; of the old one 20/31 come back, net of tax
        self.assertEqual(self.amounts(contract, day), ["12.26", "-6.45"])

    def test_qt01_a_quantity_that_is_raised_on_the_boundary_is_not_prorated(self):
        _inputs, expected = case("QT-01")
        contract = self.live({"price_unit": 29.95, "quantity": 7}, date(2022, 11, 27), date(2022, 11, 27))
        self.amend(contract, date(2022, 12, 27), billing="next", quantity=10)
        self.bill(date(2022, 12, 27), contracts=contract)
        invoices = contract.invoice_ids.sorted("id").mapped("amount_untaxed")
        self.assertEqual([f"{amount:.2f}" for amount in invoices], expected["invoices"])

    def test_pr13_a_quarter_that_is_changed_and_ended_charges_its_days(self):
        case("PR-13")
        contract = self.live(
            {"price_unit": 500.0, "interval": 3, "billing_timing": "arrears"}, date(2024, 1, 15), date(2024, 4, 15)
        )
        self.amend(contract, date(2024, 5, 20), price_unit=910.0)
        self.amend(contract, date(2024, 6, 21), kind="end", billing="next")
        rows = contract.installment_ids.filtered(lambda row: row.date_from == date(2024, 5, 20))
        self.assertEqual(rows.price_subtotal, 320.0)

    def test_bd05_back_dated_periods_come_on_one_invoice(self):
        case("BD-05")
        with freeze_time("2023-10-15 12:00:00"):
            contract = self.live({"price_unit": 30.0}, date(2023, 7, 1), date(2023, 10, 1))
            amendment = self.env["subscription.amendment"].create(
                {
                    "contract_id": contract.id,
                    "date_kind": "day",
                    "date": date(2023, 9, 1),
                    "billing": "next",
                    "step_ids": [(0, 0, {"kind": "add", "product_id": self.product.id, "price_unit": 60.0})],
                }
            )
            amendment.action_confirm()
        self.bill(date(2023, 11, 1), contracts=contract)
        self.assertEqual(len(contract.invoice_ids), 2, "no invoice for each month that is over")
        self.assertEqual(contract.invoice_ids.sorted("id")[-1:].amount_untaxed, 30.0 + 3 * 60.0)
