import unittest
from datetime import date, timedelta

from cases import case
from hypothesis import given
from hypothesis import strategies as st

from subscription_mgmt.tools.periods import period
from subscription_mgmt.tools.plan import Cadence, slots, subtract

ONE_DAY = timedelta(days=1)


def days(period):
    return {period[0] + timedelta(days=n) for n in range((period[1] - period[0]).days + 1)}


def spans(found):
    return [(slot.date_from, slot.date_to) for slot in found]


class TestPlan(unittest.TestCase):
    def test_fixed_term_has_as_many_rows_as_repetitions(self):
        cadence = Cadence(date(2026, 1, 1), repetitions=12)
        self.assertEqual(len(list(slots(cadence, cadence.anchor, date(2099, 1, 1)))), 12)

    def test_end_date_cuts_the_last_period(self):
        cadence = Cadence(date(2026, 1, 1), date_end=date(2026, 2, 10))
        found = list(slots(cadence, cadence.anchor, date(2099, 1, 1)))
        self.assertEqual(spans(found)[-1], (date(2026, 2, 1), date(2026, 2, 10)))
        self.assertEqual([slot.partial for slot in found], [False, True])
        self.assertFalse(found[-1].bridge)

    def test_horizon_is_the_last_day_on_which_a_period_starts(self):
        cadence = Cadence(date(2026, 1, 1))
        self.assertEqual(len(list(slots(cadence, cadence.anchor, date(2026, 3, 1)))), 3)
        self.assertEqual(len(list(slots(cadence, cadence.anchor, date(2026, 2, 28)))), 2)

    def test_paid_until_leaves_a_bridge(self):
        cadence = Cadence(date(2020, 1, 1))
        first = next(iter(slots(cadence, date(2026, 1, 11), date(2026, 3, 1))))
        self.assertEqual((first.date_from, first.date_to), (date(2026, 1, 11), date(2026, 1, 31)))
        self.assertTrue(first.bridge)

    def test_al09_change_of_the_anchor_day_makes_one_short_bridge(self):
        case("AL-09")
        covered = [(date(2013, 1, 1), date(2013, 1, 19))]
        cadence = Cadence(date(2013, 1, 1), anchor_day=25)
        found = spans(slots(cadence, cadence.anchor, date(2013, 1, 25), covered))
        self.assertEqual(found, [(date(2013, 1, 20), date(2013, 1, 24)), (date(2013, 1, 25), date(2013, 2, 24))])

    def test_a_very_old_line_is_as_quick_as_a_new_one(self):
        cadence = Cadence(date(1, 1, 1), unit="day")
        self.assertEqual(len(list(slots(cadence, date(2026, 1, 1), date(2026, 1, 7)))), 7)

    @given(
        st.dates(date(2020, 1, 1), date(2024, 1, 1)),
        st.integers(1, 4),
        st.sampled_from(["week", "month", "year"]),
        st.integers(0, 700),
        st.lists(st.tuples(st.integers(0, 900), st.integers(0, 60)), max_size=4),
    )
    def test_every_day_is_billed_once_or_covered(self, anchor, interval, unit, first, busy):
        """Whatever is kept, the rest of the days is billed exactly once: no gap, no overlap."""
        cadence = Cadence(anchor, interval, unit)
        first, until = anchor + timedelta(days=first), anchor + timedelta(days=900)
        covered = [(anchor + timedelta(days=n), anchor + timedelta(days=n + length)) for n, length in busy]
        found = spans(slots(cadence, first, until, covered))
        billed = [day for span in found for day in sorted(days(span))]
        self.assertEqual(len(billed), len(set(billed)))
        kept = {day for span in covered for day in days(span)}
        self.assertFalse(set(billed) & kept)
        wanted = days((first, until)) - kept
        self.assertTrue(wanted <= set(billed))

    @given(st.dates(date(2020, 1, 1), date(2024, 1, 1)), st.integers(0, 30))
    def test_planning_again_adds_nothing(self, anchor, count):
        cadence = Cadence(anchor, repetitions=max(count, 1))
        rows = spans(slots(cadence, anchor, date(2099, 1, 1)))
        self.assertEqual(list(slots(cadence, anchor, date(2099, 1, 1), rows)), [])
        self.assertEqual(rows, [period(anchor, index, 1, "month") for index in range(max(count, 1))])

    def test_subtract(self):
        january = (date(2026, 1, 1), date(2026, 1, 31))
        busy = [(date(2025, 12, 1), date(2026, 1, 3)), (date(2026, 1, 10), date(2026, 1, 12))]
        self.assertEqual(
            list(subtract(january, busy)),
            [(date(2026, 1, 4), date(2026, 1, 9)), (date(2026, 1, 13), date(2026, 1, 31))],
        )
        self.assertEqual(list(subtract(january, [(date(2026, 1, 1), date(2026, 1, 31))])), [])
