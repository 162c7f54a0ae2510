import unittest
from dataclasses import replace
from datetime import date, time
from itertools import islice
from unittest import mock

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrence_rules import rules

from subscription_mgmt.tools.recurrence import first_slot, next_slots, occurrences
from subscription_mgmt.tools.recurrence import rfc as recurrence_rfc
from subscription_mgmt.tools.recurrence.check import check
from subscription_mgmt.tools.recurrence.refusal import RuleRefusal
from subscription_mgmt.tools.recurrence.rule import Rule, normal
from subscription_mgmt.tools.recurrence.text import NOTES, from_text, to_text

START = date(2026, 1, 1)
PARTS = {
    "INTERVAL": ("1", "2", "12"),
    "COUNT": ("1", "7"),
    "UNTIL": ("20260301",),
    "WKST": ("SU",),
    "BYDAY": ("MO", "SA,TU", "1TU", "-1FR", "5MO", "MO,TU,WE,TH,FR"),
    "BYMONTH": ("2", "4", "3,5"),
    "BYMONTHDAY": ("1", "29", "31", "-1", "-2", "28,29", "28,29,30", "28,30", "28,29,30,31"),
    "BYSETPOS": ("1", "-1", "2", "1,2"),
}
ZONES = (None, "Europe/Bucharest", "Europe/Istanbul", "America/New_York", "UTC")


def rule(frequency, **options):
    return Rule(frequency=frequency, **{"start": START, **options})


def rrule(text):
    return text.partition("RRULE:")[2].partition("\n")[0]


def read(value, start="DTSTART:20260101"):
    return from_text(f"{start}\nRRULE:{value}")


def codes(parsed):
    return [note.code for note in parsed.notes]


class TestExport(unittest.TestCase):
    def test_the_table_of_rules(self):
        by_weekday = {"month_by": "weekday", "weekdays": (1,), "weekday_position": 1}
        for made, wanted in (
            (rule("daily"), "FREQ=DAILY"),
            (rule("daily", interval=3, count=5), "FREQ=DAILY;INTERVAL=3;COUNT=5"),
            (rule("weekly", interval=2, weekdays=(2,)), "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=WE"),
            (rule("weekly", weekdays=(4, 0), week_start=6), "FREQ=WEEKLY;BYDAY=MO,FR"),
            (rule("monthly", day=15), "FREQ=MONTHLY;BYMONTHDAY=15"),
            (rule("monthly", day=31), "FREQ=MONTHLY;BYMONTHDAY=-1"),
            (rule("monthly", day=31, month_end_policy="skip"), "FREQ=MONTHLY;BYMONTHDAY=31"),
            (rule("monthly", day=30), "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
            (rule("monthly", **by_weekday), "FREQ=MONTHLY;BYDAY=1TU"),
            (rule("monthly", **{**by_weekday, "weekdays": (4,), "weekday_position": -1}), "FREQ=MONTHLY;BYDAY=-1FR"),
            (
                rule("monthly", month_by="workday", weekday_position=-1),
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            ),
            (rule("yearly", day=29, month=2), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
            (rule("yearly", day=31, month=4), "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=-1"),
            (rule("yearly", day=31, month=12), "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"),
            (rule("yearly", month=5, **by_weekday), "FREQ=YEARLY;BYMONTH=5;BYDAY=1TU"),
        ):
            with self.subTest(wanted):
                self.assertEqual(rrule(to_text(made)), wanted)

    def test_whole_days(self):
        text = to_text(rule("daily", until=date(2026, 12, 31)), exclude=[date(2026, 1, 3), date(2026, 1, 2)])
        self.assertEqual(
            text,
            "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;UNTIL=20261231\nEXDATE;VALUE=DATE:20260102,20260103",
        )

    def test_a_time_in_a_zone(self):
        found = rule("daily", until=date(2026, 12, 31))
        text = to_text(found, time=time(9, 30), tz="Europe/Bucharest", include=[date(2027, 2, 1)])
        self.assertEqual(
            text,
            "DTSTART;TZID=Europe/Bucharest:20260101T093000\n"
            "RRULE:FREQ=DAILY;UNTIL=20261231T215959Z\n"
            "RDATE;TZID=Europe/Bucharest:20270201T093000",
        )

    def test_the_start_is_the_first_date(self):
        text = to_text(rule("weekly", weekdays=(0,), interval=2))
        self.assertTrue(text.startswith("DTSTART;VALUE=DATE:20260112\n"), text)

    def test_refused(self):
        with self.assertRaises(RuleRefusal) as caught:
            to_text(rule("daily"), time=time(9), tz="Europe/Atlantis")
        self.assertEqual(caught.exception.code, "bad_zone")
        with self.assertRaises(RuleRefusal) as caught:
            to_text(rule("yearly", day=30, month=2, month_end_policy="skip"))
        self.assertEqual(caught.exception.code, "no_slot")


class TestRoundTrip(unittest.TestCase):
    @given(rules, st.one_of(st.none(), st.times()), st.sampled_from(ZONES), st.sets(st.integers(0, 20), max_size=4))
    @settings(deadline=None)
    def test_import_of_the_export_is_the_same(self, found, moment, tz, chosen):
        first = first_slot(found)
        if first is None:
            return
        moment = moment and moment.replace(microsecond=0)
        days = next_slots(found, found.start, 21)
        exclude = tuple(sorted(days[index] for index in chosen if index < len(days)))
        include = tuple(sorted({date(2050, 1, 1 + index) for index in chosen}))
        text = to_text(found, time=moment, tz=tz, exclude=exclude, include=include)
        parsed = from_text(text)
        self.assertEqual(parsed.rule, normal(replace(found, start=first)))
        self.assertEqual((parsed.time, parsed.tz), (moment, tz if moment else None))
        self.assertEqual((parsed.exclude, parsed.include), (exclude, include))
        self.assertFalse({"start_moved", "until_without_zone"} & set(codes(parsed)))

    @given(rules)
    @settings(deadline=None)
    def test_dateutil_reads_the_same_dates(self, found):
        if first_slot(found):
            given_days = [value.date() for value in islice(rrulestr(to_text(found).replace(";VALUE=DATE", "")), 30)]
            self.assertEqual(given_days, list(islice(occurrences(rrule(to_text(found)), first_slot(found)), 30)))


class TestImport(unittest.TestCase):
    def test_spellings_of_others(self):
        for value, wanted in (
            ("freq=monthly; byday=tu; bysetpos=1;", "FREQ=MONTHLY;BYDAY=1TU"),
            ("FREQ=MONTHLY;BYDAY=+1TU", "FREQ=MONTHLY;BYDAY=1TU"),
            ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "FREQ=MONTHLY;BYMONTHDAY=-1"),
            ("FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=BACKWARD;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=-1"),
            ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            ("FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TH"),
            ("FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1"),
            ("FREQ=WEEKLY;BYDAY=TH;X-RELATIVE=1", "FREQ=WEEKLY;BYDAY=TH"),
            ("FREQ=DAILY;INTERVAL=1;WKST=SU", "FREQ=DAILY"),
        ):  # fmt: skip
            with self.subTest(value):
                self.assertEqual(rrule(to_text(read(value).rule)), wanted)

    def test_a_time_said_twice(self):
        parsed = read("FREQ=DAILY;BYHOUR=9;BYMINUTE=30;BYSECOND=0", "DTSTART;TZID=Europe/Bucharest:20260101T093000")
        self.assertEqual((parsed.time, parsed.tz), (time(9, 30), "Europe/Bucharest"))
        self.assertEqual(rrule(to_text(parsed.rule)), "FREQ=DAILY")

    def test_folded_lines_and_extensions(self):
        parsed = from_text("DTSTART:20260101\r\nRRULE:FREQ=WEEK\r\n LY;BYDAY=TH\r\nX-SHIFT:NEXT\r\n")
        self.assertEqual(parsed.rule, rule("weekly", weekdays=(3,)))
        self.assertEqual(str(parsed.notes[0]), "Extensions of the sender were left out: X-SHIFT.")

    def test_a_rule_alone_takes_the_start_it_is_given(self):
        self.assertEqual(from_text("FREQ=DAILY", START).rule, rule("daily"))
        self.assertEqual(from_text("RRULE:FREQ=DAILY", START).rule, rule("daily"))

    def test_the_end(self):
        bucharest = "DTSTART;TZID=Europe/Bucharest:20260101T093000"
        for value, start, until, noted in (
            ("UNTIL=20260301", "DTSTART:20260101", date(2026, 3, 1), []),
            ("UNTIL=20260301T220000Z", bucharest, date(2026, 3, 1), []),
            ("UNTIL=20260302T073000Z", bucharest, date(2026, 3, 2), []),
            ("UNTIL=20260302T072959Z", bucharest, date(2026, 3, 1), []),
            ("UNTIL=20260301T093000", bucharest, date(2026, 3, 1), ["until_without_zone"]),
            ("UNTIL=20260301", bucharest, date(2026, 3, 1), ["until_whole_day"]),
        ):
            with self.subTest(value):
                parsed = read(f"FREQ=DAILY;{value}", start)
                self.assertEqual(parsed.rule.until, until)
                self.assertEqual(codes(parsed), noted)

    def test_what_is_noted(self):
        self.assertEqual(codes(read("FREQ=MONTHLY;BYMONTHDAY=31")), ["start_moved", "months_skipped"])
        self.assertEqual(codes(read("FREQ=DAILY;BYDAY=TH")), ["daily_as_weekly"])
        moved = read("FREQ=WEEKLY;BYDAY=MO;COUNT=2")
        self.assertEqual(moved.rule.start, date(2026, 1, 5))
        self.assertEqual(str(moved.notes[0]), "The start is not a date of the rule; the first date is 2026-01-05.")
        self.assertEqual(next_slots(moved.rule, START, 5), [date(2026, 1, 5), date(2026, 1, 12)])
        for note in NOTES.values():
            self.assertTrue(note)

    def test_exclusions_and_extra_dates(self):
        start = "DTSTART;TZID=Europe/Bucharest:20260101T093000\nRRULE:FREQ=DAILY\n"
        parsed = from_text(
            start
            + "EXDATE;TZID=Europe/Bucharest:20260103T093000,20260104T100000\nEXDATE:20260102T073000Z\n"
            + "EXDATE;TZID=Europe/London:20260105T073000\nRDATE:20260103T073000Z"
        )
        self.assertEqual(parsed.exclude, (date(2026, 1, 2), date(2026, 1, 3), date(2026, 1, 5)))
        self.assertEqual(parsed.include, (date(2026, 1, 3),))
        self.assertEqual(codes(parsed), ["exclusions_off_time"])

    def test_refused_with_the_reason(self):
        for code, text in (
            ("no_rule_line", ""),
            ("no_rule_line", "DTSTART:20260101"),
            ("no_start_line", "RRULE:FREQ=DAILY"),
            ("twice_line", "DTSTART:20260101\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY"),
            ("twice_line", "DTSTART:20260101\nDTSTART:20260102\nRRULE:FREQ=DAILY"),
            ("bad_line", "DTSTART:20260101\nEXRULE:FREQ=DAILY\nRRULE:FREQ=DAILY"),
            ("bad_line", "hello"),
            ("bad_stamp", "DTSTART:20260230\nRRULE:FREQ=DAILY"),
            ("bad_stamp", "DTSTART:٢٠٢٦٠١٠١\nRRULE:FREQ=DAILY"),
            ("bad_zone", "DTSTART;TZID=../../etc/passwd:20260101T090000\nRRULE:FREQ=DAILY"),
            ("bad_zone", "DTSTART;TZID=Atlantis:20260101T090000\nRRULE:FREQ=DAILY"),
            ("mixed_stamps", "DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nEXDATE:20260102"),
            ("mixed_stamps", "DTSTART:20260101\nRRULE:FREQ=DAILY\nEXDATE:20260102T090000"),
            ("mixed_stamps", "DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nEXDATE:20260102T090000Z"),
            ("extra_time", "DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nRDATE:20260102T100000"),
            ("text_too_long", "DTSTART:20260101\nRRULE:FREQ=DAILY\nEXDATE:" + "20260101," * 3000),
            ("bad_year", "DTSTART:00010101\nRRULE:FREQ=DAILY"),
            ("bad_year", "DTSTART:20260101\nRRULE:FREQ=DAILY;UNTIL=99991231"),
        ):
            with self.subTest(code, text=text[:50]), self.assertRaises(RuleRefusal) as caught:
                from_text(text)
            self.assertEqual(caught.exception.code, code)
            self.assertTrue(str(caught.exception))

    def test_refused_parts(self):
        for code, value in (
            ("bad_part", "FREQ=DAILY;COUNT"),
            ("unknown_part", "FREQ=DAILY;BYEASTER=1"),
            ("twice_part", "FREQ=DAILY;COUNT=1;COUNT=2"),
            ("bad_value", "FREQ=FORTNIGHTLY"),
            ("bad_value", "FREQ=DAILY;INTERVAL=0"),
            ("bad_value", "FREQ=DAILY;COUNT=1,2"),
            ("bad_value", "FREQ=MONTHLY;BYMONTHDAY=45"),
            ("bad_value", "FREQ=MONTHLY;BYMONTHDAY=0"),
            ("bad_value", "FREQ=MONTHLY;BYDAY=0MO"),
            ("bad_value", "FREQ=YEARLY;BYMONTH=-1"),
            ("bad_value", "FREQ=WEEKLY;WKST=XX"),
            ("no_frequency", "COUNT=3"),
            ("until_and_count", "FREQ=DAILY;COUNT=3;UNTIL=20260301"),
            ("part_not_with", "FREQ=WEEKLY;BYMONTHDAY=3"),
            ("part_not_with", "FREQ=WEEKLY;BYDAY=1MO"),
            ("ordinal_with_week", "FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO"),
            ("setpos_alone", "FREQ=MONTHLY;BYSETPOS=1"),
            ("mixed_byday", "FREQ=MONTHLY;BYDAY=MO,2TU"),
            ("bad_calendar", "FREQ=MONTHLY;RSCALE=HEBREW"),
            ("skip_alone", "FREQ=MONTHLY;SKIP=BACKWARD"),
            ("bad_skip", "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=FORWARD"),
            ("bad_skip", "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=BACKWARD;BYMONTHDAY=1,31"),
            ("bad_count", "FREQ=DAILY;COUNT=1001"),
            ("no_slot", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        ):
            with self.subTest(code, value=value), self.assertRaises(RuleRefusal) as caught:
                read(value)
            self.assertEqual(caught.exception.code, code)
            self.assertTrue(str(caught.exception))

    def test_what_odoo_reads_wrongly_is_refused_with_its_dates(self):
        for code, value, first in (
            ("outside_frequency", "FREQ=HOURLY;COUNT=3", None),
            ("outside_several", "FREQ=MONTHLY;BYDAY=1MO,3MO", "2026-01-05"),
            ("outside_several", "FREQ=MONTHLY;BYMONTHDAY=1,15", "2026-01-01"),
            ("outside_several", "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1", "2026-01-01"),
            ("outside_position", "FREQ=MONTHLY;BYDAY=MO", "2026-01-05"),
            ("outside_position", "FREQ=MONTHLY;BYDAY=5MO", "2026-03-30"),
            ("outside_position", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "2026-01-29"),
            ("outside_daily", "FREQ=DAILY;INTERVAL=3;BYDAY=MO,WE", "2026-01-07"),
            ("outside_from_end", "FREQ=MONTHLY;BYMONTHDAY=-2", "2026-01-30"),
            ("outside_no_month", "FREQ=YEARLY;BYMONTHDAY=15", "2026-01-15"),
            ("outside_part", "FREQ=YEARLY;BYYEARDAY=100", "2026-04-10"),
            ("outside_part", "FREQ=DAILY;BYMONTH=3", "2026-03-01"),
            ("outside_part", "FREQ=MONTHLY;BYMONTH=3;BYMONTHDAY=1", "2026-03-01"),
        ):
            with self.subTest(code, value=value), self.assertRaises(RuleRefusal) as caught:
                read(value)
            if first is None:
                self.assertEqual(caught.exception.code, "time_in_dates")
                continue
            self.assertEqual(caught.exception.code, code)
            self.assertEqual(caught.exception.params["dates"].split(", ")[0], first)
            self.assertIn(first, str(caught.exception))

    def test_hours_are_shown_with_the_time(self):
        with self.assertRaises(RuleRefusal) as caught:
            read("FREQ=HOURLY;COUNT=2", "DTSTART:20260101T090000")
        self.assertEqual(caught.exception.code, "outside_frequency")
        self.assertEqual(caught.exception.params["dates"], "2026-01-01 09:00, 2026-01-01 10:00")


class TestHostile(unittest.TestCase):
    """Bounded by the number of days looked at and by the length of the text, not by a clock."""

    def test_no_rule_is_searched_for_ever(self):
        original, kept = recurrence_rfc._watch, []

        def keep(*arguments):
            kept.append(original(*arguments))
            return kept[-1]

        for value in (
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=SECONDLY;BYSECOND=1;BYSETPOS=2",
            "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=31",
            "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
            "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=3;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=MONTHLY;INTERVAL=99999;BYMONTHDAY=1,2",
            "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=100;INTERVAL=50",
        ):
            with self.subTest(value), mock.patch.object(recurrence_rfc, "_watch", side_effect=keep) as watch:
                kept.clear()
                with self.assertRaises(RuleRefusal):
                    read(value, "DTSTART:20260105T000000")
                watch.assert_called_once()
                self.assertLessEqual(kept[0].limit, 73_000)
                self.assertLessEqual(kept[0].days, kept[0].limit + 1)

    @given(st.text(max_size=200))
    @settings(deadline=None)
    def test_any_text_is_refused_or_taken(self, text):
        try:
            check(from_text(text, START).rule)
        except RuleRefusal as refusal:
            self.assertTrue(str(refusal))

    @given(
        st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")),
        st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in PARTS.items()}),
        st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    )
    @settings(max_examples=400, deadline=None)
    def test_what_is_taken_means_what_dateutil_reads(self, frequency, options, start):
        value = ";".join(f"{name}={what}" for name, what in {"FREQ": frequency, **options}.items())
        try:
            parsed = read(value, f"DTSTART:{start:%Y%m%d}")
        except RuleRefusal as refusal:
            self.assertTrue(str(refusal))
            return
        wanted = list(islice(rrulestr(f"DTSTART:{start:%Y%m%d}\nRRULE:{value}"), 30))
        self.assertEqual(next_slots(parsed.rule, date(2000, 1, 1), 30), [each.date() for each in wanted])
        self.assertEqual(from_text(to_text(parsed.rule)), parsed)
