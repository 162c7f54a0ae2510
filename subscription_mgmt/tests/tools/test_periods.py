import unittest
from datetime import date, timedelta

from cases import case, day
from hypothesis import given
from hypothesis import strategies as st

from subscription_mgmt.tools.periods import fits_calendar, index_of, natural_period, period

anchors = st.dates(date(1990, 1, 1), date(2090, 12, 31))
cadences = st.one_of(
    st.tuples(st.integers(1, 40), st.sampled_from(["day", "week"]), st.none()),
    st.tuples(st.integers(1, 30), st.sampled_from(["month", "year"]), st.one_of(st.none(), st.integers(1, 31))),
)


def starts(anchor, count, interval=1, unit="month", anchor_day=None):
    return [period(anchor, index, interval, unit, anchor_day)[0] for index in range(count)]


class TestPeriodCases(unittest.TestCase):
    """What other billing systems do, and what they got wrong."""

    def check_starts(self, case_id, interval=1, unit="month"):
        inputs, expected = case(case_id)
        wanted = [day(text) for text in expected["billing_dates"]]
        found = starts(day(inputs["start"]), 40, interval, unit)
        self.assertTrue(set(wanted) <= set(found), f"{set(wanted) - set(found)} missing in {found}")
        return wanted, found

    def test_me01_day_31_across_a_leap_february(self):
        wanted, found = self.check_starts("ME-01")
        self.assertEqual(found[1 : len(wanted) + 1], wanted)

    def test_me03_day_28_is_not_month_end(self):
        self.check_starts("ME-03")

    def test_me05_quarterly_from_31_march(self):
        inputs, expected = case("ME-05")
        self.assertEqual(starts(day(inputs["start"]), 2, 3)[1], day(expected["next_billing"]))

    def test_me07_me09_clamp_then_snap_back(self):
        self.check_starts("ME-07")
        self.check_starts("ME-09")

    def test_me11_29_30_31_january(self):
        inputs, expected = case("ME-11")
        for start, march in zip(inputs["starts"], expected["march"], strict=True):
            self.assertEqual(starts(day(start), 3)[1:], [date(2023, 2, 28), day(march)])

    def test_me13_anchor_day_30_in_leap_february(self):
        inputs, expected = case("ME-13")
        found = [period(day(inputs["start"]), index, 1, "month", inputs["bill_cycle_day"]) for index in (0, 1)]
        self.assertEqual(found[0], (date(2012, 2, 16), date(2012, 2, 28)))
        self.assertEqual(found[1][0], day(expected["first_full_cycle"]))

    def test_me17_never_ratchets_to_the_28th(self):
        _inputs, expected = case("ME-17")
        found = [f"{d:%b %-d}" for d in starts(date(2026, 1, 31), 4)]
        self.assertEqual(found, expected["correct"])
        self.assertNotEqual(found, expected["bad_sequence"])

    def test_me22_two_months_on_the_last_day(self):
        inputs, _expected = case("ME-22")
        found = starts(day(inputs["start"]), 4, 2, "month", inputs["anchor_day"])
        self.assertEqual(found, [date(2025, 2, 10), date(2025, 2, 28), date(2025, 4, 30), date(2025, 6, 30)])

    def test_me24_end_of_the_period_of_28_february(self):
        self.assertEqual(period(date(2026, 2, 28), 0, 1, "month")[1], date(2026, 3, 27))
        self.assertEqual(period(date(2026, 2, 28), 0, 1, "month", 31)[1], date(2026, 3, 30))

    def test_lp01_yearly_from_29_february(self):
        inputs, expected = case("LP-01")
        found = starts(day(inputs["start"]), 6, 1, "year")
        self.assertIn(day(expected["billing_date_2023"]), found)
        self.assertEqual(found[4], date(2024, 2, 29))
        for text in expected["not_billed_on"]:
            self.assertNotIn(day(text), found)

    def test_al03_anchor_day_before_the_start(self):
        inputs, expected = case("AL-03")
        start, anchor_day = day(inputs["start"]), inputs["bcd"]
        self.assertEqual(starts(start, 2, 1, "month", anchor_day)[1], day(expected["first_cycle_monthly"]))
        self.assertEqual(starts(start, 2, 1, "year", anchor_day)[1], day(expected["first_cycle_annual"]))

    def test_al05_thirty_days(self):
        inputs, expected = case("AL-05")
        self.assertEqual(starts(day(inputs["start"]), 8, 30, "day")[1:], [day(text) for text in expected["dates"]])

    def test_pr05_annual_stub(self):
        inputs, _expected = case("PR-05")
        start = day(inputs["start"])
        stub, whole = period(start, 0, 1, "year", 4), natural_period(start, 0, 1, "year", 4)
        self.assertEqual([(b - a).days + 1 for a, b in (stub, whole)], [354, 365])


class TestPeriodProperties(unittest.TestCase):
    @given(anchors, st.integers(0, 200), cadences)
    def test_periods_follow_each_other_without_gap_or_overlap(self, anchor, index, cadence):
        interval, unit, _anchor_day = cadence
        if unit == "year" and anchor.year + (index + 2) * interval > 9998:
            return
        here, following = period(anchor, index, *cadence), period(anchor, index + 1, *cadence)
        self.assertLessEqual(here[0], here[1])
        self.assertEqual(here[1] + timedelta(days=1), following[0])

    @given(anchors, cadences)
    def test_first_period_starts_on_the_anchor(self, anchor, cadence):
        self.assertEqual(period(anchor, 0, *cadence)[0], anchor)

    @given(anchors, st.integers(0, 4000), cadences)
    def test_index_of_finds_the_period_that_holds_a_day(self, anchor, days, cadence):
        some_day = anchor + timedelta(days=days)
        start, end = period(anchor, index_of(anchor, some_day, *cadence), *cadence)
        self.assertTrue(start <= some_day <= end)

    @given(anchors, st.integers(0, 100), cadences)
    def test_a_period_lies_in_its_natural_period(self, anchor, index, cadence):
        interval, unit, _anchor_day = cadence
        if unit == "year" and anchor.year + (index + 2) * interval > 9998:
            return
        part, whole = period(anchor, index, *cadence), natural_period(anchor, index, *cadence)
        self.assertTrue(whole[0] <= part[0] and part[1] == whole[1])
        if index:
            self.assertEqual(part, whole)

    @given(anchors, st.integers(1, 100), st.integers(1, 31))
    def test_months_start_on_the_anchor_day_or_the_last_day(self, anchor, index, anchor_day):
        start = period(anchor, index, 1, "month", anchor_day)[0]
        tomorrow = start + timedelta(days=1)
        self.assertTrue(start.day == anchor_day or (start.day < anchor_day and tomorrow.day == 1))


class TestPeriodRefusals(unittest.TestCase):
    def test_what_is_no_cadence_is_refused(self):
        start = date(2026, 1, 1)
        for args in (
            (0, 0, "month", None),
            (0, 1, "fortnight", None),
            (0, 1, "month", 32),
            (0, 1, "month", -1),
            (0, 1, "week", 5),
            (-1, 1, "month", None),
        ):
            with self.subTest(args=args), self.assertRaises(ValueError):
                period(start, *args)
        with self.assertRaises(ValueError):
            index_of(start, date(2025, 12, 31), 1, "month")

    def test_what_the_calendar_cannot_hold_is_told_before_it_is_counted(self):
        start = date(2026, 1, 31)
        for args, fits in (
            ((1, "month"), True),
            ((9999, "day", 200), True),
            ((9999, "day", 9999), False),
            ((3986, "year"), True),
            ((3987, "year"), False),
            ((1, "month", 9999), True),
            ((2**31, "week"), False),
        ):
            with self.subTest(args):
                self.assertEqual(fits_calendar(start, *args), fits)
