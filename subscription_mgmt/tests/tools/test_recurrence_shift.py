import unittest
from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from subscription_mgmt.tools.recurrence.refusal import RuleRefusal
from subscription_mgmt.tools.recurrence.shift import MAX_SHIFT, MODES, days_asked, localise, shift

# Christmas of 2026 is a Friday; 1 January 2027 is one, too.
HOLIDAYS = {date(2026, 12, 25), date(2027, 1, 1)}


def is_working(day):
    return day.weekday() < 5 and day not in HOLIDAYS


def never(_day):
    return False


class TestShift(unittest.TestCase):
    def test_a_day_off_by_mode(self):
        christmas, saturday, sunday = date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 27)
        thursday, monday = date(2026, 12, 24), date(2026, 12, 28)
        for mode, day, wanted in (
            ("none", christmas, christmas),
            ("next", christmas, monday),
            ("previous", christmas, thursday),
            ("nearest", christmas, thursday),
            ("nearest", saturday, monday),  # two days either way: the later one
            ("nearest", sunday, monday),
            ("modified_next", christmas, monday),
            ("modified_previous", sunday, thursday),
            ("skip", christmas, None),
        ):
            with self.subTest(mode, day=day):
                self.assertEqual(shift(day, mode, is_working), wanted)

    def test_modified_stays_in_the_month(self):
        self.assertEqual(shift(date(2026, 1, 31), "next", is_working), date(2026, 2, 2))
        self.assertEqual(shift(date(2026, 1, 31), "modified_next", is_working), date(2026, 1, 30))
        self.assertEqual(shift(date(2026, 2, 1), "previous", is_working), date(2026, 1, 30))
        self.assertEqual(shift(date(2026, 2, 1), "modified_previous", is_working), date(2026, 2, 2))
        self.assertEqual(shift(date(2027, 1, 1), "modified_previous", is_working), date(2027, 1, 4))

    def test_no_working_day_near(self):
        day = date(2026, 8, 12)
        for mode in MODES:
            wanted = None if mode == "skip" else day
            self.assertEqual(shift(day, mode, never), wanted)
        far = {day + timedelta(days=MAX_SHIFT), day - timedelta(days=MAX_SHIFT)}
        self.assertEqual(shift(day, "next", far.__contains__), max(far))
        self.assertEqual(shift(day, "previous", far.__contains__), min(far))
        self.assertEqual(shift(day, "next", {day + timedelta(days=MAX_SHIFT + 1)}.__contains__), day)

    def test_unknown_mode(self):
        with self.assertRaises(RuleRefusal) as caught:
            shift(date(2026, 1, 1), "forward", is_working)
        self.assertEqual(caught.exception.code, "bad_shift")

    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(MODES), st.sets(st.integers(-14, 14)))
    @settings(deadline=None)
    def test_the_result_is_worked_near_and_asked_for(self, day, mode, working):
        worked = {day + timedelta(days=away) for away in working}
        first, last = days_asked(day, day)
        asked = []
        found = shift(day, mode, lambda each: asked.append(each) or each in worked)
        self.assertTrue(all(first <= each <= last for each in asked))
        if day in worked or mode == "none":
            self.assertEqual(found, day)
        elif mode == "skip":
            self.assertIsNone(found)
        else:
            self.assertTrue(found in worked or found == day)
            self.assertLessEqual(abs((found - day).days), MAX_SHIFT)
            if mode.startswith("modified"):
                self.assertEqual(found.month, day.month)


class TestLocalise(unittest.TestCase):
    """The DST table of RECURRENCE.md S-5."""

    def test_wall_time_is_constant(self):
        for day, hour in ((date(2026, 3, 28), 7), (date(2026, 3, 29), 6), (date(2026, 10, 25), 7)):
            self.assertEqual(localise(day, time(9), "Europe/Bucharest"), datetime(day.year, day.month, day.day, hour))

    def test_a_time_that_does_not_exist_moves_forward_by_the_gap(self):
        self.assertEqual(localise(date(2026, 3, 29), time(3, 30), "Europe/Bucharest"), datetime(2026, 3, 29, 1, 30))
        self.assertEqual(localise(date(2025, 3, 9), time(2, 30), "America/New_York"), datetime(2025, 3, 9, 7, 30))

    def test_of_a_time_that_comes_twice_the_first(self):
        first = datetime(2026, 10, 25, 0, 30)
        self.assertEqual(localise(date(2026, 10, 25), time(3, 30), "Europe/Bucharest"), first)
        self.assertEqual(localise(date(2026, 10, 25), time(3, 30, fold=1), "Europe/Bucharest"), first)

    def test_istanbul_and_after_2037(self):
        self.assertEqual(localise(date(2026, 7, 1), time(9), "Europe/Istanbul"), datetime(2026, 7, 1, 6))
        self.assertEqual(localise(date(2026, 1, 1), time(9), "Europe/Istanbul"), datetime(2026, 1, 1, 6))
        self.assertEqual(localise(date(2040, 7, 1), time(9), "Europe/Bucharest"), datetime(2040, 7, 1, 6))

    def test_unknown_zone(self):
        for name in ("Atlantis", "../../etc/passwd", "", "\0", "x" * 5000):
            with self.subTest(name), self.assertRaises(RuleRefusal) as caught:
                localise(date(2026, 1, 1), time(9), name)
            self.assertEqual(caught.exception.code, "bad_zone")
