"""What pauses take out of a line, and what leaving early costs; no database."""

import unittest
from datetime import date
from decimal import Decimal

from cases import day
from settlement_case import terms

from subscription_mgmt.tools.commitment import commitment_end, remaining_months, termination_fee
from subscription_mgmt.tools.pauses import (
    DAYS,
    EXTEND,
    PERIODS,
    Pause,
    moved_back,
    paused_slots,
    unserved,
    whole_periods,
)
from subscription_mgmt.tools.plan import Cadence
from subscription_mgmt.tools.settlement import served


class TestWholePeriods(unittest.TestCase):
    def whole(self, first, last, **cadence):
        found = whole_periods(
            Cadence(**{"anchor": date(2026, 1, 15), **cadence}), day(first), day(last) if last else None
        )
        return found and tuple(one and str(one) for one in found)

    def test_only_periods_that_lie_inside(self):
        self.assertEqual(self.whole("2026-02-20", "2026-05-14"), ("2026-03-15", "2026-05-14"))
        self.assertEqual(self.whole("2026-02-15", "2026-05-13"), ("2026-02-15", "2026-04-14"))

    def test_a_pause_inside_one_period_takes_nothing(self):
        self.assertIsNone(self.whole("2026-02-20", "2026-03-10"))
        self.assertIsNone(self.whole("2026-02-20", "2026-04-10"), "it touches two and holds neither")

    def test_until_resumed(self):
        self.assertEqual(self.whole("2026-02-16", None), ("2026-03-15", None))

    def test_before_the_line_begins(self):
        self.assertEqual(self.whole("2025-12-01", "2026-02-14"), ("2026-01-15", "2026-02-14"))
        self.assertIsNone(self.whole("2025-11-01", "2025-12-31"))

    def test_a_short_first_and_a_short_last_period_count_as_they_are(self):
        first = {"anchor_day": 1}
        self.assertEqual(self.whole("2026-01-15", "2026-01-31", **first), ("2026-01-15", "2026-01-31"))
        self.assertIsNone(self.whole("2026-01-16", "2026-01-31", **first))
        last = {"date_end": date(2026, 3, 20)}
        self.assertEqual(self.whole("2026-03-15", "2026-03-20", **last), ("2026-03-15", None))

    def test_month_ends_come_from_the_anchor(self):
        self.assertEqual(self.whole("2026-02-28", "2026-03-30", anchor=date(2026, 1, 31)), ("2026-02-28", "2026-03-30"))


class TestUnserved(unittest.TestCase):
    cadence = Cadence(anchor=date(2026, 1, 1))

    def test_each_mode(self):
        first, last = date(2026, 2, 10), date(2026, 4, 30)
        for mode, begins in ((DAYS, first), (EXTEND, first), (PERIODS, date(2026, 3, 1))):
            self.assertEqual(unserved([Pause(first, last, mode)], self.cadence), [(begins, last)], mode)

    def test_pauses_of_whole_periods_that_follow_on_each_other_count_as_one(self):
        halves = [
            Pause(date(2026, 3, 16), date(2026, 3, 31), PERIODS),
            Pause(date(2026, 3, 1), date(2026, 3, 15), PERIODS),
        ]
        self.assertEqual(unserved(halves, self.cadence), [(date(2026, 3, 1), date(2026, 3, 31))])
        self.assertEqual(unserved(halves[:1], self.cadence), [])

    def test_repetitions_that_are_moved_back_end_by_a_date(self):
        cadence = Cadence(anchor=date(2026, 1, 1), repetitions=3)
        moved = moved_back(cadence, 10)
        self.assertEqual((moved.repetitions, moved.date_end), (None, date(2026, 4, 10)))
        self.assertEqual(moved_back(cadence, 0), cadence)
        self.assertEqual(moved_back(Cadence(anchor=date(2026, 1, 1), repetitions=3, date_end=date(2026, 4, 1)), 10)
                         .date_end, date(2026, 4, 1))  # fmt: skip

    def test_rows_of_a_pause_by_period_where_nothing_else_stands(self):
        pause = Pause(date(2026, 2, 10), date(2026, 4, 15), key=7)
        line = terms(start="2026-01-01", pauses=[("2026-02-10", "2026-04-15")], horizon=date(2026, 12, 31))
        agreed = served((date(2026, 1, 1), None))
        found = list(paused_slots([pause], line, agreed, [(date(2026, 2, 1), date(2026, 2, 28))]))
        self.assertEqual(
            [(one.key, str(slot.date_from), str(slot.date_to)) for one, slot in found],
            [(7, "2026-03-01", "2026-03-31"), (7, "2026-04-01", "2026-04-15")],
        )


class TestCommitment(unittest.TestCase):
    def test_the_term_ends_on_the_day_before_its_months_are_over(self):
        self.assertEqual(commitment_end(date(2026, 1, 1), 12), date(2026, 12, 31))
        self.assertEqual(commitment_end(date(2026, 1, 31), 1), date(2026, 2, 27))
        self.assertEqual(commitment_end(date(2026, 1, 1), 12, moved=10), date(2027, 1, 10))
        self.assertIsNone(commitment_end(date(2026, 1, 1), 0))

    def test_a_month_that_is_begun_counts_in_full(self):
        end = date(2026, 12, 31)
        cases = (
            ("2026-12-31", 0),
            ("2026-12-30", 1),
            ("2026-11-30", 1),
            ("2026-11-29", 2),
            ("2026-03-10", 10),
            ("2027-01-05", 0),
        )
        for last, months in cases:
            self.assertEqual(remaining_months(day(last), end), months, last)

    def test_each_kind_of_fee(self):
        given = {"fixed": Decimal(250), "percent": Decimal("33.333"), "monthly": Decimal(100), "months": 10}
        self.assertEqual(termination_fee("none", **given), 0)
        self.assertEqual(termination_fee("fixed", **given), 250)
        self.assertEqual(termination_fee("percent", **given), Decimal("333.33"))
        self.assertEqual(termination_fee("percent", **given, digits=0), 333)
        self.assertEqual(termination_fee("fixed", **{**given, "months": 0}), 0)


if __name__ == "__main__":
    unittest.main()
