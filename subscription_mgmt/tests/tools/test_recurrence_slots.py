import unittest
from datetime import date, timedelta
from random import Random
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st
from recurrence_rules import by_dateutil, random_rule, rules

from subscription_mgmt.tools.recurrence import first_slot, is_slot, last_slot, next_slots, slots
from subscription_mgmt.tools.recurrence import slots as recurrence_slots
from subscription_mgmt.tools.recurrence.check import check
from subscription_mgmt.tools.recurrence.rule import Rule, normal

TODAY = date(2026, 11, 23)


def days(*texts):
    return [date.fromisoformat(text) for text in texts]


def rule(frequency, start, **options):
    made = Rule(frequency=frequency, start=date.fromisoformat(start), **options)
    check(made)
    return made


class TestMonthEnd(unittest.TestCase):
    """The table of RECURRENCE.md S-4."""

    def check_both(self, skipping, clamping, frequency, start, **options):
        for policy, wanted in (("skip", skipping), ("clamp", clamping)):
            found = rule(frequency, start, month_end_policy=policy, **options)
            with self.subTest(policy):
                self.assertEqual(next_slots(found, date(2000, 1, 1), len(wanted)), wanted)

    def test_the_31st(self):
        self.check_both(
            days("2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"),
            days("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"),
            "monthly", "2026-01-31", day=31,
        )  # fmt: skip

    def test_the_30th(self):
        self.check_both(
            days("2026-01-30", "2026-03-30", "2026-04-30"),
            days("2026-01-30", "2026-02-28", "2026-03-30", "2026-04-30"),
            "monthly", "2026-01-30", day=30,
        )  # fmt: skip

    def test_the_31st_every_quarter(self):
        self.check_both(
            days("2026-01-31", "2026-07-31", "2026-10-31"),
            days("2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"),
            "monthly", "2026-01-31", day=31, interval=3,
        )  # fmt: skip

    def test_29_february(self):
        self.check_both(
            days("2024-02-29", "2028-02-29", "2032-02-29"),
            days("2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"),
            "yearly", "2024-02-29", day=29, month=2,
        )  # fmt: skip

    def test_the_last_monday_is_not_the_fifth(self):
        last_monday = rule("monthly", "2026-01-01", month_by="weekday", weekdays=(0,), weekday_position=-1)
        self.assertEqual(next_slots(last_monday, date(2026, 1, 1), 3), days("2026-01-26", "2026-02-23", "2026-03-30"))

    def test_what_is_before_the_start_is_not_counted(self):
        for policy, wanted in (("skip", date(2026, 4, 29)), ("clamp", date(2026, 3, 29))):
            twice = rule("monthly", "2026-01-30", day=29, month_end_policy=policy, count=2)
            self.assertEqual(last_slot(twice), wanted)

    def test_skipped_months_are_not_counted(self):
        thrice = rule("monthly", "2026-01-31", day=31, month_end_policy="skip", count=3)
        self.assertEqual(last_slot(thrice), date(2026, 5, 31))
        self.assertEqual(slots(thrice, date(2026, 5, 1), date(2027, 1, 1)), days("2026-05-31"))


class TestWorkingDays(unittest.TestCase):
    def test_first_and_last_in_every_shape_of_month(self):
        for position in (1, 2, 3, 4, -1):
            found = rule("monthly", "2020-01-01", month_by="workday", weekday_position=position)
            for day in slots(found, date(2020, 1, 1), date(2047, 12, 31)):
                first = day.replace(day=1)
                month = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == day.month]
                working = [each for each in month if each.weekday() < 5]
                self.assertEqual(day, working[position - 1 if position > 0 else -1])


class TestWeekStart(unittest.TestCase):
    def test_it_decides_which_weeks_count(self):
        """RFC 5545's own pair of examples, at 1997-08-05."""
        for week_start, wanted in (
            (0, days("1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24")),
            (6, days("1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31")),
        ):
            found = rule("weekly", "1997-08-05", weekdays=(1, 6), interval=2, count=4, week_start=week_start)
            self.assertEqual(slots(found, date(1997, 1, 1), date(1998, 1, 1)), wanted)


class TestAgainstDateutil(unittest.TestCase):
    def test_two_thousand_rules_at_three_ages(self):
        random = Random(20261123)
        last = TODAY + timedelta(days=366)
        given_dates = 0
        for number in range(2000):
            for years in (0, 10, 20):
                start = TODAY - timedelta(days=random.randrange(366) + 365 * years)
                found = random_rule(random, start)
                ours = slots(found, TODAY, last)
                given_dates += len(ours)
                if ours != by_dateutil(found, TODAY, last):
                    self.fail(f"{number}: {found}")
        self.assertGreater(given_dates, 100_000)

    def test_rules_with_a_start_before_their_first_slot(self):
        random = Random(3)
        for _number in range(500):
            found = random_rule(random, TODAY + timedelta(days=random.randrange(1000)))
            last = found.start + timedelta(days=366 * 13)
            if (ours := first_slot(found)) and ours <= last:
                self.assertEqual([ours], by_dateutil(found, found.start, ours), found)

    def test_the_last_slot(self):
        random = Random(4)
        for _number in range(300):
            found = random_rule(random, date(2001, 1, 1))
            if found.until or found.count:
                whole = by_dateutil(found, found.start, date(9999, 12, 31))
                self.assertEqual(last_slot(found), whole[-1] if whole else None, found)


class TestLaws(unittest.TestCase):
    @given(rules, st.integers(-400, 4000), st.integers(0, 800), st.integers(0, 800))
    @settings(deadline=None)
    def test_a_window_is_the_sum_of_its_halves(self, found, begin, one, two):
        first = found.start + timedelta(days=begin)
        middle, last = first + timedelta(days=one), first + timedelta(days=one + two)
        halves = slots(found, first, middle) + slots(found, middle + timedelta(days=1), last)
        self.assertEqual(slots(found, first, last), halves)

    @given(rules)
    @settings(deadline=None)
    def test_slots_rise_and_keep_to_the_rule(self, found):
        given_days = next_slots(found, date(1900, 1, 1), 40)
        self.assertEqual(given_days, sorted(set(given_days)))
        self.assertTrue(all(day >= found.start for day in given_days))
        self.assertFalse(found.until and given_days and given_days[-1] > found.until)
        if found.count and found.count <= 40:
            self.assertLessEqual(len(given_days), found.count)

    @given(rules, st.integers(0, 3000))
    @settings(deadline=None)
    def test_the_next_ones_are_those_of_a_window(self, found, away):
        after = found.start + timedelta(days=away)
        following = next_slots(found, after, 5)
        if following:
            self.assertEqual(slots(found, after + timedelta(days=1), following[-1]), following)
            self.assertTrue(is_slot(found, following[0]))
        if len(following) < 5 and first_slot(found):
            self.assertTrue(found.until or found.count)

    @given(rules)
    @settings(deadline=None)
    def test_what_does_not_matter_changes_no_date(self, found):
        self.assertEqual(next_slots(normal(found), found.start, 30), next_slots(found, found.start, 30))
        self.assertEqual(normal(normal(found)), normal(found))

    @given(rules)
    @settings(max_examples=50, deadline=None)
    def test_starting_on_the_first_slot_changes_nothing(self, found):
        from dataclasses import replace

        first = first_slot(found)
        if first:
            moved = replace(found, start=first)
            self.assertEqual(next_slots(moved, date(1900, 1, 1), 50), next_slots(found, date(1900, 1, 1), 50))
            self.assertEqual(last_slot(moved), last_slot(found))


class TestCost(unittest.TestCase):
    """Counted, not timed: an old rule has no more days, weeks or months looked at than a young one."""

    def count_steps(self, found):
        """How many days, weeks and months the expansion of a year looks at."""
        looked_at = []

        def spy(*arguments):
            looked_at.append(range(*arguments))
            return looked_at[-1]

        with mock.patch.object(recurrence_slots, "range", spy, create=True):
            self.assertTrue(slots(found, TODAY, TODAY + timedelta(days=365)))
        return sum(map(len, looked_at))

    def test_the_age_of_a_rule_costs_nothing(self):
        for options in (
            {"frequency": "daily"},
            {"frequency": "weekly", "weekdays": (0, 3)},
            {"frequency": "monthly", "day": 31},
            {"frequency": "monthly", "day": 3, "count": 1000},
            {"frequency": "yearly", "day": 3, "month": 3},
        ):
            costs = {self.count_steps(Rule(start=date(year, 6, 1), **options)) for year in (2026, 2006, 1950)}
            with self.subTest(**options):
                self.assertLessEqual(max(costs) - min(costs), 2)
                self.assertLess(max(costs), 370)

    def test_a_count_with_skipped_months_is_walked_once(self):
        found = Rule(frequency="monthly", day=31, month_end_policy="skip", count=900, start=date(1950, 1, 31))
        slots(found, TODAY, TODAY)
        self.assertLess(self.count_steps(found), 20)


class TestEdges(unittest.TestCase):
    def test_the_end_of_the_calendar(self):
        for frequency, options in (("daily", {}), ("weekly", {"weekdays": (4,)}), ("monthly", {"day": 31})):
            found = Rule(frequency=frequency, start=date(9999, 1, 1), **options)
            self.assertEqual(next_slots(found, date(9999, 12, 30), 5)[-1:], [date(9999, 12, 31)])
            self.assertEqual(next_slots(found, date.max, 5), [])

    def test_a_count_beyond_the_calendar(self):
        for frequency, options in (
            ("daily", {}),
            ("weekly", {"weekdays": (4,)}),
            ("monthly", {"day": 1}),
            ("monthly", {"day": 31, "month_end_policy": "skip"}),
        ):
            found = Rule(frequency=frequency, start=date(2026, 1, 1), interval=999, count=1000, **options)
            self.assertEqual(last_slot(found), next_slots(found, found.start, 1000)[-1])

    def test_windows_before_the_start_and_after_the_end(self):
        found = rule("daily", "2026-01-10", count=3)
        self.assertEqual(slots(found, date(2025, 1, 1), date(2026, 1, 9)), [])
        self.assertEqual(slots(found, date(2026, 1, 13), date(2027, 1, 1)), [])
        self.assertEqual(slots(found, date(2026, 1, 12), date(2026, 1, 11)), [])

    def test_never_ending(self):
        self.assertIsNone(last_slot(rule("daily", "2026-01-10")))
        self.assertIsNone(last_slot(Rule(frequency="monthly", day=31, start=date(2026, 2, 1), until=date(2026, 2, 2))))
