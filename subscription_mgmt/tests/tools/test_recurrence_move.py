import unittest
from datetime import date

from subscription_mgmt.tools.recurrence.move import moved
from subscription_mgmt.tools.recurrence.refusal import RuleRefusal
from subscription_mgmt.tools.recurrence.rule import Rule
from subscription_mgmt.tools.recurrence.slots import is_slot, slots

START = date(2026, 1, 5)  # a Monday


class TestRecurrenceMove(unittest.TestCase):
    """A rule after one of its dates was moved for all, or for this and the following."""

    def check(self, rule, slot, target, **expected):
        self.assertTrue(is_slot(rule, slot))
        result = moved(rule, slot, target)
        for name, value in expected.items():
            self.assertEqual(getattr(result, name), value, name)
        self.assertTrue(is_slot(result, target), result)
        return result

    def test_one_of_several_weekdays(self):
        rule = Rule(frequency="weekly", start=START, weekdays=(1, 3))
        self.check(rule, date(2026, 1, 8), date(2026, 1, 9), weekdays=(1, 4), start=START)

    def test_two_weekdays_become_one(self):
        rule = Rule(frequency="weekly", start=START, weekdays=(1, 3))
        self.check(rule, date(2026, 1, 6), date(2026, 1, 8), weekdays=(3,))

    def test_into_the_other_week_of_two(self):
        rule = Rule(frequency="weekly", start=START, weekdays=(2,), interval=2)
        result = self.check(rule, date(2026, 1, 21), date(2026, 1, 26), weekdays=(0,))
        self.assertEqual(
            slots(result, START, date(2026, 2, 28)),
            [date(2026, 1, 12), date(2026, 1, 26), date(2026, 2, 9), date(2026, 2, 23)],
        )
        same_week = self.check(rule, date(2026, 1, 21), date(2026, 1, 19), weekdays=(0,))
        self.assertEqual(same_week.start, START)

    def test_day_of_month(self):
        rule = Rule(frequency="monthly", start=START, day=15)
        self.check(rule, date(2026, 2, 15), date(2026, 2, 20), day=20)
        every_third = Rule(frequency="monthly", start=START, day=31, interval=3)
        self.check(every_third, date(2026, 4, 30), date(2026, 5, 4), day=4)

    def test_weekday_of_month(self):
        rule = Rule(frequency="monthly", start=START, month_by="weekday", weekdays=(1,), weekday_position=1)
        self.check(rule, date(2026, 2, 3), date(2026, 2, 11), weekdays=(2,), weekday_position=2)
        self.check(rule, date(2026, 3, 3), date(2026, 3, 30), weekdays=(0,), weekday_position=-1)
        last = Rule(frequency="monthly", start=START, month_by="weekday", weekdays=(4,), weekday_position=-1)
        self.check(last, date(2026, 2, 27), date(2026, 2, 25), weekdays=(2,), weekday_position=-1)

    def test_last_working_day_becomes_a_date(self):
        rule = Rule(frequency="monthly", start=START, month_by="workday", weekday_position=-1)
        self.check(rule, date(2026, 1, 30), date(2026, 1, 28), month_by="date", day=28)

    def test_yearly(self):
        rule = Rule(frequency="yearly", start=START, month=3, day=10)
        self.check(rule, date(2026, 3, 10), date(2026, 4, 2), month=4, day=2)

    def test_days(self):
        rule = Rule(frequency="daily", start=START, interval=3)
        self.check(rule, date(2026, 1, 8), date(2026, 1, 9))
        with self.assertRaises(RuleRefusal):
            moved(Rule(frequency="daily", start=START), date(2026, 1, 8), date(2026, 1, 9))


if __name__ == "__main__":
    unittest.main()
