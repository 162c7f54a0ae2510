"""Cases of other systems, billed, changed and settled here; their last days are excluded, ours included."""

import unittest
from decimal import Decimal

from cases import case, day, until
from settlement_case import SettlementCase, billed, credit, say, terms

from subscription_mgmt.tools.proration import rounded
from subscription_mgmt.tools.settlement import (
    Ledger,
    settle,
)


class TestCases(SettlementCase):
    """Cases of other systems, billed, changed and settled here; their last days are excluded, ours included."""

    def stopped(self, price, whole, last, **values):
        """What comes back of a billed period when the line ends on a day."""
        first, end = until(*whole)
        row = billed(str(first), str(end), price)
        return self.corrections(terms(price, start=str(first), end=last, **values), row)

    def test_cancelled_years_and_months_give_back_the_rest(self):
        case("CA-01"), case("CA-03"), case("CA-09")
        year = self.stopped("2399.95", ("2013-08-18", "2014-08-18"), "2013-09-16", unit="year")
        self.assertEqual(year, ["09-17..08-17 -2202.69"])
        month = self.stopped("900", ("2023-08-11", "2023-09-11"), "2023-08-14")
        self.assertEqual(month, ["08-15..09-10 -783.87"])
        one_day = self.stopped("50", ("2023-02-08", "2023-03-08"), "2023-02-08")
        self.assertEqual(one_day, ["02-09..03-07 -48.21"])

    def test_pauses_give_back_their_days(self):
        def paused(price, whole, *pause, **values):
            first, end = until(*whole)
            line = terms(price, start=str(first), pauses=[pause], **values)
            return self.corrections(line, billed(str(first), str(end), price))

        case("PA-01"), case("PA-03"), case("PA-05"), case("DU-03")
        year = ("2012-05-01", "2013-05-01")
        self.assertEqual(paused("2399.95", year, "2012-05-12", None, unit="year"), ["05-12..04-30 -2327.62"])
        self.assertEqual(paused("2399.95", year, "2012-05-12", "2012-06-03", unit="year"), ["05-12..06-03 -151.23"])
        march = ("2012-03-02", "2012-04-02")
        self.assertEqual(paused("249.95", march, "2012-03-05", None), ["03-05..04-01 -225.76"])
        self.assertEqual(
            paused("249.95", ("2012-07-01", "2012-08-01"), "2012-07-10", "2012-07-19"), ["07-10..07-19 -80.63"]
        )

    def test_pa09_no_charge_while_suspended(self):
        _inputs, expected = case("PA-09")
        line = terms("30", start="2023-01-01", pauses=[("2023-04-01", "2023-05-31")], horizon=day("2023-12-31"))
        months = {row.date_from.month for row in settle([line], Ledger()).charges}
        self.assertEqual(sum(month in (4, 5) for month in months), expected["charge_in_suspension"])
        self.assertEqual(len(months), 10)

    def test_bd02_nothing_is_left_of_a_line_that_was_adjusted_in_full(self):
        case("BD-02")
        row = billed("2013-08-18", "2014-08-17", "2399.95", returned="2399.95")
        for last in ("2013-09-16", "2013-08-17"):
            self.assertEqual(self.corrections(terms("2399.95", start="2013-08-18", end=last, unit="year"), row), [])

    def changed(self, old, new, row):
        """First charge and corrections of a change of plan."""
        return self.charges([old, new], row, count=1), self.corrections([old, new], row)

    def test_bd03_ch02_ch04_ch20_changes_of_plan(self):
        for name in ("BD-03", "CH-02", "CH-04", "CH-20"):
            case(name)
        row = billed("2012-05-01", "2013-04-30", "2399.95", line="old")
        old = terms("2399.95", start="2012-05-01", end="2012-04-30", unit="year", line="old")
        new = terms("249.95", start="2012-05-01", line="new", horizon=day("2012-05-01"))
        self.assertEqual(self.changed(old, new, row), (["05-01..05-31 249.95"], ["05-01..04-30 -2399.95"]))

        row = billed("2012-05-01", "2012-05-31", "29.95", line="old")
        old = terms("29.95", start="2012-05-01", end="2012-05-11", line="old")
        new = terms("69.95", start="2012-05-12", anchor="2012-05-01", interval=3, line="new")
        self.assertEqual(self.changed(old, new, row), (["05-12..07-31 61.59"], ["05-12..05-31 -19.32"]))

        row = billed("2015-01-01", "2015-12-31", "2399.95", line="old")
        old = terms("2399.95", start="2015-01-01", end="2015-03-14", unit="year", line="old")
        new = terms("5999.95", start="2015-03-15", unit="year", anchor_day=1, line="new")
        self.assertEqual(self.changed(old, new, row), (["03-15..02-29 5770.44"], ["03-15..12-31 -1919.96"]))

        row = billed("2017-07-27", "2018-07-26", "10000", line="old")
        old = terms("10000", start="2017-07-27", end="2018-01-23", unit="year", line="old")
        new = terms("1000", start="2018-01-24", anchor_day=25, line="new")
        self.assertEqual(self.changed(old, new, row), (["01-24..01-24 32.26"], ["01-24..07-26 -5041.10"]))

    def test_ch06_another_price_and_then_another_day_of_the_month(self):
        case("CH-06")
        old = terms("249.95", start="2016-05-01", end="2016-05-04", line="old")
        new = terms("599.95", start="2016-05-05", anchor="2016-05-01", line="new")
        first = billed("2016-05-01", "2016-05-31", "249.95", line="old")
        self.assertEqual(self.changed(old, new, first), (["05-05..05-31 522.54"], ["05-05..05-31 -217.70"]))
        second = billed("2016-05-05", "2016-05-31", "599.95", line="new", key=2, planned="522.54", charged="522.54",
                        whole=("2016-05-01", "2016-05-31"))  # fmt: skip
        given = credit("2016-05-05", "2016-05-31", "-217.70")
        moved = terms("599.95", start="2016-05-05", anchor="2016-05-01", anchor_day=10, line="new")
        found = settle([old, moved], Ledger([first, second], [given]))
        self.assertEqual(say(found.charges)[:2], ["06-01..06-09 174.18", "06-10..07-09 599.95"])
        self.assertEqual(found.corrections, [])

    def test_ch08_ch12_stubs(self):
        case("CH-08"), case("CH-12")
        line = terms("249.95", start="2016-05-01", anchor_day=15, horizon=day("2016-05-15"))
        self.assertEqual(self.charges(line), ["05-01..05-14 116.64", "05-15..06-14 249.95"])
        line = terms("29.95", start="2018-08-15", anchor_day=21, horizon=day("2018-08-15"))
        self.assertEqual(self.charges(line), ["08-15..08-20 5.80"])

    def test_ch14_two_upgrades_on_one_day(self):
        _inputs, expected = case("CH-14")
        old = terms("10", start="2024-03-05", end="2024-03-11", anchor_day=1, line="old")
        mid = terms("15", start="2024-03-12", end="2024-03-11", anchor="2024-03-05", anchor_day=1, line="mid")
        new = terms("19", start="2024-03-12", anchor="2024-03-05", anchor_day=1, line="new", horizon=day("2024-03-05"))
        whole = ("2024-03-01", "2024-03-31")
        rows = (
            billed("2024-03-05", "2024-03-31", "10", line="old", planned="8.71", charged="8.71", whole=whole),
            billed("2024-03-12", "2024-03-31", "15", line="mid", planned="9.68", charged="9.68", whole=whole, key=2),
        )
        found = settle([old, mid, new], Ledger(rows))
        self.assertEqual([int(row.amount * 100) for row in found.charges], expected["fees_cents"][2:])
        with_tax = [rounded(row.amount * Decimal("-1.25")) for row in found.corrections]
        self.assertEqual([int(amount * 100) for amount in with_tax], expected["credit_notes_cents"])

    def test_tr02_mg01_service_before_the_first_day_that_is_charged(self):
        _inputs, expected = case("TR-02")
        line = terms("100000", start="2024-03-18", anchor="2024-03-01", horizon=day("2024-04-01"))
        cents = [int(row.amount * 100) for row in settle([line], Ledger()).charges]
        self.assertEqual(cents, [expected["amount_cents"], expected["next_month_cents"]])
        case("MG-01")
        line = terms("249.95", start="2015-12-20", anchor="2015-12-01", end="2016-02-14", paid_until=day("2016-01-31"))
        self.assertEqual(self.charges(line), ["02-01..02-14 120.67"])

    def test_me11_a_short_february_costs_the_full_price(self):
        _inputs, expected = case("ME-11")
        for start, march in zip(("2023-01-29", "2023-01-30", "2023-01-31"), expected["march"], strict=True):
            rows = settle([terms(start=start, horizon=day("2023-03-31"))], Ledger()).charges
            self.assertEqual([row.amount for row in rows], [Decimal("100.00")] * 3)
            self.assertEqual([str(row.date_from) for row in rows][1:], ["2023-02-28", march])

    def test_lp03_a_downgrade_to_a_year_with_a_leap_day(self):
        _inputs, expected = case("LP-03")
        old = terms("129", start="2023-07-19", end="2023-11-18", line="old", horizon=day("2023-07-19"))
        new = terms("1188", start="2023-11-19", anchor="2023-07-19", unit="year", line="new", horizon=day("2023-12-01"))
        [charge] = [row for row in settle([old, new], Ledger()).charges if row.line == "new"]
        self.assertEqual(int(charge.amount * 100), expected["amount_cents"])


if __name__ == "__main__":
    unittest.main()
