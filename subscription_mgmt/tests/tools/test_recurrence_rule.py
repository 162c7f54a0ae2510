import unittest
from dataclasses import replace
from datetime import date

from subscription_mgmt.tools.recurrence.check import check
from subscription_mgmt.tools.recurrence.refusal import REASONS, RuleRefusal
from subscription_mgmt.tools.recurrence.rule import Rule, normal

DAILY = Rule(frequency="daily", start=date(2026, 1, 31))
MONTHLY = replace(DAILY, frequency="monthly", day=31)
YEARLY = replace(MONTHLY, frequency="yearly", month=1)
WEEKDAY = replace(DAILY, frequency="monthly", month_by="weekday", weekdays=(1,), weekday_position=1)


class TestCheck(unittest.TestCase):
    def test_refused_with_the_reason(self):
        refused = (
            ("bad_frequency", replace(DAILY, frequency="hourly")),
            ("bad_interval", replace(DAILY, interval=0)),
            ("bad_interval", replace(DAILY, interval=-1)),
            ("bad_interval", replace(DAILY, interval=1000)),
            ("no_weekday", replace(DAILY, frequency="weekly")),
            ("bad_weekday", replace(DAILY, frequency="weekly", weekdays=(7,))),
            ("bad_weekday", replace(DAILY, week_start=-1)),
            ("bad_month_by", replace(MONTHLY, month_by="moon")),
            ("bad_day", replace(MONTHLY, day=0)),
            ("bad_day", replace(MONTHLY, day=32)),
            ("bad_day", replace(MONTHLY, day=None)),
            ("bad_month_end", replace(MONTHLY, month_end_policy="next")),
            ("bad_position", replace(WEEKDAY, weekday_position=5)),
            ("bad_position", replace(WEEKDAY, weekday_position=0)),
            ("bad_position", replace(WEEKDAY, month_by="workday", weekday_position=None)),
            ("one_weekday", replace(WEEKDAY, weekdays=())),
            ("one_weekday", replace(WEEKDAY, weekdays=(1, 2))),
            ("bad_month", replace(YEARLY, month=None)),
            ("bad_month", replace(YEARLY, month=13)),
            ("bad_year", replace(DAILY, start=date(1899, 12, 31))),
            ("bad_year", replace(DAILY, until=date(2200, 1, 1))),
            ("end_before_start", replace(DAILY, until=date(2026, 1, 30))),
            ("until_and_count", replace(DAILY, until=date(2027, 1, 1), count=3)),
            ("bad_count", replace(DAILY, count=0)),
            ("bad_count", replace(DAILY, count=1001)),
            ("no_slot", replace(YEARLY, month=2, day=30, month_end_policy="skip")),
            ("no_slot", replace(YEARLY, month=3, day=10, until=date(2026, 3, 9))),
            ("no_slot", replace(YEARLY, interval=10, day=1)),
            ("no_slot", replace(MONTHLY, interval=12, month_end_policy="skip", start=date(2026, 6, 1))),
        )
        for code, rule in refused:
            with self.subTest(code, rule=rule), self.assertRaises(RuleRefusal) as caught:
                check(rule)
            self.assertEqual(caught.exception.code, code)
            self.assertNotIn("%(", str(caught.exception))

    def test_taken(self):
        taken = (
            DAILY,
            MONTHLY,
            YEARLY,
            WEEKDAY,
            replace(WEEKDAY, weekday_position=-1),
            replace(DAILY, until=DAILY.start),
            replace(DAILY, interval=999, count=1000),
            replace(YEARLY, month=2, day=29, month_end_policy="skip", start=date(1896, 3, 1).replace(year=2096)),
            replace(YEARLY, month=2, day=30),
        )
        for rule in taken:
            with self.subTest(rule=rule):
                self.assertIsNone(check(rule))

    def test_it_is_a_value_error_that_speaks(self):
        with self.assertRaises(ValueError) as caught:
            check(replace(DAILY, interval=0))
        self.assertEqual(str(caught.exception), "The interval must be from 1 to 999, not 0.")
        self.assertEqual(caught.exception.sentence % caught.exception.params, str(caught.exception))

    def test_every_reason_is_given_somewhere(self):
        import pathlib

        tools = pathlib.Path(check.__code__.co_filename).parent
        code = "".join(path.read_text() for path in tools.glob("*.py") if path.name != "refusal.py")
        self.assertFalse([name for name in REASONS if f'"{name}"' not in code])


class TestNormal(unittest.TestCase):
    def test_what_does_not_matter_is_taken_out(self):
        busy = {"weekdays": (3, 1, 3), "day": 7, "weekday_position": 2, "month": 5, "week_start": 6}
        self.assertEqual(normal(replace(DAILY, **busy, month_by="workday", month_end_policy="skip")), DAILY)
        weekly = normal(replace(DAILY, **busy, frequency="weekly"))
        self.assertEqual(weekly, replace(DAILY, frequency="weekly", weekdays=(1, 3)))
        self.assertEqual(normal(replace(weekly, interval=2, week_start=6)).week_start, 6)

    def test_month_ends_that_are_one(self):
        self.assertEqual(normal(replace(MONTHLY, day=28, month_end_policy="skip")).month_end_policy, "clamp")
        self.assertEqual(normal(replace(MONTHLY, day=29, month_end_policy="skip")).month_end_policy, "skip")
        self.assertEqual(normal(replace(YEARLY, day=31, month_end_policy="skip")).month_end_policy, "clamp")
        self.assertEqual(normal(replace(YEARLY, month=2, day=30)).day, 31)
        self.assertEqual(normal(replace(YEARLY, month=2, day=29)).day, 29)
