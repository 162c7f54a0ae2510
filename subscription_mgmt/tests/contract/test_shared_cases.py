"""Cases of other systems about pauses, trials and closings, on real contracts; their last days are excluded."""

from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon
from ..tools.cases import case, day, until


@tagged("post_install", "-at_install")
class TestSharedCases(SubscriptionCommon):
    def make(self, inputs, start, **values):
        line = {"price_unit": float(inputs["price"]), **values.pop("line", {})}
        return self.make_contract([line], date_start=start, **values)

    def rows(self, contract, state="planned"):
        rows = contract.installment_ids.filtered(lambda row: row.state == state).sorted("date_from")
        return [(row.date_from, row.date_to, row.price_subtotal) for row in rows]

    # === PAUSE === #
    def check_pause(self, case_id, **line):
        """What is given back of a billed period when a pause by the day begins."""
        inputs, expected = case(case_id)
        first, _end = until(*inputs["period"].replace("..04", "..2012-04").split(".."))
        pause = day(inputs["pause"])
        with freeze_time(first):
            contract = self.make(inputs, first, line=line)
            self.bill(first)
        with freeze_time(pause):
            contract.action_pause(pause)
        self.assertEqual(self.rows(contract)[0][2], float(expected["credit"]))

    def test_pa01_pause_of_a_year(self):
        self.check_pause("PA-01", interval_unit="year")

    def test_pa05_pause_three_days_in(self):
        self.check_pause("PA-05")

    def test_pa03_only_the_days_of_the_pause_are_given_back(self):
        inputs, expected = case("PA-03")
        first = date(2012, 5, 1)
        with freeze_time(first):
            contract = self.make({"price": "2399.95"}, first, line={"interval_unit": "year"})
            self.bill(first)
            contract.action_pause(day(inputs["pause"]), None, until(inputs["pause"], inputs["resume"])[1])
        credit = float(expected["one_invoice"][1].split()[-1])
        self.assertEqual(self.rows(contract)[0], (date(2012, 5, 12), date(2012, 6, 3), credit))

    def test_pa09_no_charge_while_suspended(self):
        inputs, expected = case("PA-09")
        first, last = until(inputs["suspend"], inputs["resume"])
        for mode in ("periods", "days"):
            with freeze_time("2023-01-01"), self.subTest(mode):
                contract = self.make({"price": "30"}, date(2023, 1, 1))
                contract.action_pause(first, None, last, mode)
                charged = sum(amount for start, _end, amount in self.rows(contract) if first <= start <= last)
                self.assertEqual(charged, expected["charge_in_suspension"])

    def test_pa11_whole_cycles_without_proration_are_the_pause_of_whole_periods(self):
        inputs, expected = case("PA-11")
        self.assertEqual((inputs["interval"], expected["unit"]), ("1 month", "whole cycles"))
        with freeze_time("2026-01-20"):
            contract = self.make({"price": "30"}, date(2026, 1, 1))
            contract.action_pause(date(2026, 1, 20), None, date(2026, 3, 10), "periods")
        self.assertEqual(
            [row[0] for row in self.rows(contract)[:3]], [date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1)]
        )
        self.assertEqual({row[2] for row in self.rows(contract)}, {30.0})

    def test_pa07_the_billing_day_stays(self):
        inputs, expected = case("PA-07")
        self.assertEqual(
            (inputs["resume"], expected["calendar_billing_exception"]), ("10th", "stays on the calendar day")
        )
        with freeze_time("2026-01-15"):
            contract = self.make({"price": "30"}, date(2026, 1, 1))
            contract.action_pause(date(2026, 1, 15), None, date(2026, 3, 9))
        self.assertEqual([row[0] for row in self.rows(contract)[1:3]], [date(2026, 3, 10), date(2026, 4, 1)])

    def test_pa13_resuming_makes_up_for_nothing(self):
        inputs, expected = case("PA-13")
        self.assertIn("skip paused dates", expected["ours"])
        self.assertEqual(inputs["inactive_for"], "3 billing dates")
        with freeze_time("2026-01-01"):
            contract = self.make({"price": "30"}, date(2026, 1, 1))
            self.bill(date(2026, 1, 1))
            contract.action_pause(date(2026, 2, 1))
        with freeze_time("2026-05-01"):
            contract.action_resume()
            self.assertEqual(self.bill(date(2026, 5, 1)).amount_untaxed, 30.0)

    # === TRIAL === #
    def test_tr04_the_first_paid_period_begins_when_the_trial_ends(self):
        inputs, expected = case("TR-04")
        with freeze_time(inputs["start"]):
            contract = self.make(
                inputs, day(inputs["start"]), trial_days=inputs["trial_days"], line={"interval_unit": "week"}
            )
        self.assertEqual(expected["first_paid"], "2026-03-28..04-04: 4.56")
        self.assertEqual(self.rows(contract)[0], (*until("2026-03-28", "2026-04-04"), 4.56))

    def test_tr08_a_trial_counts_days(self):
        inputs, expected = case("TR-08")
        with freeze_time(inputs["start"]):
            contract = self.make(
                inputs, day(inputs["start"]), trial_days=inputs["trial_days"], line={"anchor_day": inputs["bcd"]}
            )
        self.assertEqual(expected["first_paid"], "2016-03-01..2016-04-01: 249.95")
        self.assertEqual(self.rows(contract)[0], (*until("2016-03-01", "2016-04-01"), 249.95))

    def test_tr02_a_change_on_trial_keeps_its_end(self):
        inputs, expected = case("TR-02")
        with freeze_time(inputs["start"]):
            contract = self.make(
                {"price": "10"}, day(inputs["start"]), trial_days=inputs["trial_days"], line={"anchor_day": 1}
            )
        with freeze_time("2024-03-10"):
            contract.line_ids.price_unit = 100000.0
        first, following = self.rows(contract)[:2]
        self.assertEqual((first[0], round(first[2] * 100)), (day(expected["invoice"]), expected["amount_cents"]))
        self.assertEqual(round(following[2] * 100), expected["next_month_cents"])

    # === CLOSING === #
    def test_ca01_closing_a_year_at_once(self):
        inputs, expected = case("CA-01")
        first, _end = until(*inputs["period"].split(".."))
        with freeze_time(first):
            contract = self.make(inputs, first, line={"interval_unit": "year"})
            self.bill(first)
        last = until(inputs["period"].split("..")[0], inputs["cancel"])[1]
        with freeze_time(last):
            contract.action_close(last, self.reason)
        self.assertEqual(self.rows(contract)[0][2], float(expected["credit"]))

    def test_ca05_first_days_and_last_days_of_a_month(self):
        inputs, expected = case("CA-05")
        with freeze_time(inputs["start"]):
            contract = self.make(inputs, day(inputs["start"]), line={"anchor_day": 1})
            first = self.bill(day(inputs["start"])).move_ids
        self.assertEqual(round(first.amount_total * 100), expected["first_invoice_cents"])
        with freeze_time(inputs["terminate"]):
            contract.action_close(day(inputs["terminate"]), self.reason)
            note = self.bill(day(inputs["terminate"])).move_ids
        self.assertEqual(
            (note.move_type, round(note.amount_total * 100)), ("out_refund", expected["credit_note_cents"])
        )

    def test_ca09_made_and_closed_on_one_day(self):
        inputs, expected = case("CA-09")
        with freeze_time(inputs["date"]):
            contract = self.make(inputs, day(inputs["date"]))
            self.bill(day(inputs["date"]))
            contract.action_close(day(inputs["date"]), self.reason)
            note = self.bill(day(inputs["date"])).move_ids
        cents = expected["credit_note"]
        found = [round(amount * 100) for amount in (note.amount_untaxed, note.amount_tax, note.amount_total)]
        self.assertEqual(found, [cents["net"], cents["tax"], cents["total"]])

    def test_du03_days_of_a_block_are_given_back(self):
        inputs, expected = case("DU-03")
        first, last = until("2012-07-10", "2012-07-20")
        with freeze_time("2012-07-01"):
            contract = self.make(inputs, date(2012, 7, 1))
            self.bill(date(2012, 7, 1))
        with freeze_time("2012-07-20"):
            contract._pause_unpaid(first, "Unpaid")
            contract.action_resume(date(2012, 7, 20))
        self.assertEqual(self.rows(contract)[0], (first, last, float(expected["credit"])))
