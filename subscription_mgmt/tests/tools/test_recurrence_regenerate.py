import unittest
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from recurrence_rules import random_rule

from subscription_mgmt.tools.recurrence import slots
from subscription_mgmt.tools.recurrence.regenerate import Existing, plan
from subscription_mgmt.tools.recurrence.rule import Rule

WEDNESDAY = Rule(frequency="weekly", weekdays=(2,), start=date(2026, 11, 1))
THURSDAY = replace(WEDNESDAY, weekdays=(3,))
SINCE, HORIZON = date(2026, 11, 23), date(2026, 12, 27)


def november(*days):
    return [date(2026, 11, day) for day in days]


def december(*days):
    return [date(2026, 12, day) for day in days]


def standing(rule, frozen=(), last=HORIZON):
    return [Existing(day, day, day in frozen) for day in slots(rule, rule.start, last)]


def change(existing, old, new, since=SINCE, last=HORIZON, without=()):
    wanted = [day for day in slots(new, since, last) if day not in without]
    return plan(existing, wanted, since=since, old=old, new=new)


def carried_out(existing, difference):
    """What stands after the difference."""
    moved = dict(difference.moved)
    gone = set(difference.removed)
    left = [replace(one, slot=moved.get(one, one.slot)) for one in existing if one not in gone]
    return left + [Existing(day, day, False) for day in difference.added]


def moves(difference):
    return [(one.slot, slot) for one, slot in difference.moved]


class TestWednesdayToThursday(unittest.TestCase):
    """The example of RECURRENCE.md 4.4."""

    def setUp(self):
        super().setUp()
        done, by_hand = november(4, 11, 18, 25), december(9)
        self.existing = standing(WEDNESDAY, {*done, *by_hand})
        self.difference = change(self.existing, WEDNESDAY, THURSDAY)

    def test_the_example(self):
        difference = self.difference
        self.assertEqual([one.slot for one in difference.kept], [*november(4, 11, 18, 25), *december(9)])
        self.assertEqual(moves(difference), list(zip(december(2, 16, 23), december(3, 17, 24), strict=True)))
        self.assertEqual(
            [(one.slot, slot) for one, slot in difference.covered],
            [(date(2026, 11, 25), date(2026, 11, 26)), (date(2026, 12, 9), date(2026, 12, 10))],
        )
        self.assertEqual((difference.removed, difference.added), ([], []))

    def test_a_second_time_there_is_nothing_to_do(self):
        again = change(carried_out(self.existing, self.difference), WEDNESDAY, THURSDAY)
        self.assertTrue(again.is_empty)
        self.assertEqual([slot for _one, slot in again.covered], [slot for _one, slot in self.difference.covered])

    def test_back_again(self):
        """The one moved by hand is on a slot again; those that were moved come back."""
        back = change(carried_out(self.existing, self.difference), THURSDAY, WEDNESDAY)
        self.assertEqual(moves(back), list(zip(december(3, 17, 24), december(2, 16, 23), strict=True)))
        self.assertEqual(back.covered, [])


class TestPlan(unittest.TestCase):
    def test_no_change_changes_nothing(self):
        difference = change(standing(WEDNESDAY, november(25)), WEDNESDAY, WEDNESDAY)
        self.assertTrue(difference.is_empty)
        self.assertEqual(difference.covered, [])

    def test_open_ones_of_the_past_stay(self):
        difference = change(standing(WEDNESDAY), WEDNESDAY, THURSDAY)
        self.assertEqual([one.slot for one in difference.kept], november(4, 11, 18))

    def test_done_this_week_before_the_change_covers_this_week(self):
        existing = standing(WEDNESDAY, november(25))
        difference = change(existing, WEDNESDAY, THURSDAY, since=date(2026, 11, 26))
        self.assertNotIn(date(2026, 11, 26), difference.added)
        self.assertEqual([slot for _one, slot in difference.covered], november(26))

    def test_done_on_a_slot_of_the_new_rule_covers_no_other(self):
        both = replace(WEDNESDAY, weekdays=(1, 3))
        existing = [one for one in standing(both, november(24)) if one.slot <= date(2026, 11, 24)]
        difference = change(existing, both, both, since=date(2026, 11, 25), last=date(2026, 11, 27))
        self.assertEqual(difference.added, november(26))
        self.assertEqual(difference.covered, [])

    def test_a_day_more_in_the_week_is_added(self):
        difference = change(standing(WEDNESDAY), WEDNESDAY, replace(WEDNESDAY, weekdays=(2, 4)))
        self.assertEqual(difference.added, [*november(27), *december(4, 11, 18, 25)])
        self.assertEqual((difference.moved, difference.removed), ([], []))

    def test_every_other_week_removes_the_others(self):
        difference = change(standing(WEDNESDAY), WEDNESDAY, replace(WEDNESDAY, interval=2))
        self.assertEqual([one.slot for one in difference.removed], december(2, 16))
        self.assertEqual((difference.moved, difference.added), ([], []))

    def test_an_end_removes_what_is_after_it(self):
        difference = change(standing(WEDNESDAY), WEDNESDAY, replace(WEDNESDAY, until=date(2026, 12, 10)))
        self.assertEqual([one.slot for one in difference.removed], december(16, 23))

    def test_a_deleted_day_stays_deleted(self):
        existing = [one for one in standing(WEDNESDAY) if one.slot != date(2026, 12, 2)]
        self.assertTrue(change(existing, WEDNESDAY, WEDNESDAY, without=december(2)).is_empty)

    def test_the_period_is_the_finer_one(self):
        monthly = Rule(frequency="monthly", day=10, start=date(2026, 11, 1))
        difference = change(standing(WEDNESDAY), WEDNESDAY, monthly)
        self.assertEqual(moves(difference), [(date(2026, 12, 9), date(2026, 12, 10))])
        self.assertEqual([one.slot for one in difference.removed], [*november(25), *december(2, 16, 23)])

    def test_a_month_that_was_invoiced_is_not_invoiced_again(self):
        fifth = Rule(frequency="monthly", day=5, start=date(2026, 10, 1))
        twentieth = replace(fifth, day=20)
        existing = standing(fifth, [date(2026, 10, 5), date(2026, 11, 5)], date(2027, 1, 31))
        difference = change(existing, fifth, twentieth, since=date(2026, 11, 10), last=date(2027, 1, 31))
        self.assertEqual([slot for _one, slot in difference.covered], november(20))
        self.assertEqual([slot for _one, slot in difference.moved], [date(2026, 12, 20), date(2027, 1, 20)])
        self.assertEqual(difference.added, [])

    def test_weeks_begin_as_the_rule_says(self):
        sunday = replace(WEDNESDAY, weekdays=(6,))
        for week_start, wanted in ((0, date(2026, 11, 29)), (6, date(2026, 11, 22))):
            new = replace(sunday, week_start=week_start)
            existing = [Existing(date(2026, 11, 25), date(2026, 11, 25), False)]
            difference = change(existing, WEDNESDAY, new, since=date(2026, 11, 20), last=date(2026, 11, 30))
            self.assertIn((date(2026, 11, 25), wanted), moves(difference))


class TestFiveThousandChanges(unittest.TestCase):
    def test_laws(self):
        random = Random(44)
        seen = {"moved": 0, "removed": 0, "added": 0, "covered": 0}
        for number in range(5000):
            with self.subTest(number):
                difference = self.check_one(random)
                for name in seen:
                    seen[name] += len(getattr(difference, name))
        self.assertTrue(all(count > 500 for count in seen.values()), seen)

    def check_one(self, random):
        start = date(2026, 1, 1) + timedelta(days=random.randrange(200))
        old, new = random_rule(random, start), random_rule(random, start)
        since, last = date(2026, 9, 1), date(2026, 9, 1) + timedelta(days=random.randrange(30, 200))
        existing = [
            replace(one, frozen=random.random() < 0.3) for one in standing(old, last=last) if random.random() < 0.9
        ]
        deleted = {day for day in slots(new, since, last) if random.random() < 0.05}
        wanted = [day for day in slots(new, since, last) if day not in deleted]
        difference = plan(existing, wanted, since=since, old=old, new=new)
        self.check_partition(existing, difference, since)
        after = carried_out(existing, difference)
        self.check_target(after, wanted, difference, since)
        self.assertTrue(plan(after, wanted, since=since, old=old, new=new).is_empty)
        return difference

    def check_partition(self, existing, difference, since):
        """Each is kept, moved or removed; frozen and past ones are kept."""
        parts = [*difference.kept, *(one for one, _slot in difference.moved), *difference.removed]
        self.assertEqual(sorted(one.slot for one in parts), sorted(one.slot for one in existing))
        fixed = {one for one in existing if one.frozen or one.slot < since}
        self.assertTrue(fixed <= set(difference.kept))
        self.assertTrue({one for one, _slot in difference.covered} <= fixed)

    def check_target(self, after, wanted, difference, since):
        """Every wanted slot has one interaction, or is covered; no open one stands anywhere else."""
        future = [one.slot for one in after if one.slot >= since]
        self.assertEqual(len(future), len(set(future)))
        covered = {slot for _one, slot in difference.covered}
        self.assertEqual(len(covered), len(difference.covered))
        self.assertEqual(set(wanted) - set(future), covered)
        open_ones = {one.slot for one in after if one.slot >= since and not one.frozen}
        self.assertTrue(open_ones <= set(wanted))
