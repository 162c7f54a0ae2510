import json
import unittest
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

from cases import DATA

from subscription_mgmt.tools.recurrence import occurrences
from subscription_mgmt.tools.recurrence.refusal import RuleRefusal
from subscription_mgmt.tools.recurrence.shift import localise
from subscription_mgmt.tools.recurrence.text import from_text, to_text

VECTORS = json.loads((DATA / "rrule_vectors.json").read_text())
# RFC 7529 without a SKIP that moves anything is plain RFC 5545.
PLAIN_RFC7529 = {"librecur-001", "librecur-002"}


def stamp(text):
    return datetime.strptime(text, "%Y%m%dT%H%M%S") if "T" in text else datetime.strptime(text, "%Y%m%d").date()


def wall_time(value, tz):
    """What the clock on the wall shows at the instant of a naive local value."""
    if not tz:
        return value
    instant = localise(value.date(), value.time(), tz).replace(tzinfo=timezone.utc)
    return instant.astimezone(ZoneInfo(tz)).replace(tzinfo=None)


def found(vector):
    """As many as are expected, and one more where the rule ends, so that too many are seen."""
    limit = len(vector["expected"]) + (not vector["expected_is_prefix"])
    excluded = [stamp(text) for text in vector["exdate"]]
    values = occurrences(vector["rrule"], stamp(vector["dtstart"]), exclude=excluded, limit=limit, tz=vector["tzid"])
    return [wall_time(value, vector["tzid"]) for value in values]


def expected(vector):
    return [stamp(text) for text in vector["expected"]]


def as_text(vector):
    name = f";TZID={vector['tzid']}" if vector["tzid"] else ""
    return f"DTSTART{name}:{vector['dtstart']}\nRRULE:{vector['rrule']}"


class TestVectors(unittest.TestCase):
    """RFC 5545's examples and the test suites of other libraries, by the id of the case."""

    def test_every_valid_rule_on_which_engines_agree(self):
        wanted = [v for v in VECTORS if v["dateutil"]["agrees"] and not v["rfc_invalid"]]
        self.assertEqual(len(wanted), 196)
        self.assertEqual(sum(v["product_subset"] for v in wanted), 75)
        for vector in wanted:
            with self.subTest(vector["id"], rrule=vector["rrule"]):
                self.assertEqual(found(vector), expected(vector))

    def test_no_vector_has_extra_dates(self):
        self.assertFalse([v["id"] for v in VECTORS if v["rdate"]], "extend `found`")

    def test_rules_that_break_the_rfc_are_refused_with_a_reason(self):
        wanted = [v for v in VECTORS if v["rfc_invalid"]]
        self.assertEqual(len(wanted), 33)
        for vector in wanted:
            with self.subTest(vector["id"], rrule=vector["rrule"]):
                for take in (found, lambda v: from_text(as_text(v))):
                    with self.assertRaises(RuleRefusal) as caught:
                        take(vector)
                    self.assertTrue(str(caught.exception))

    def test_a_start_off_the_rule_is_not_given(self):
        """RFC 5545 leaves that set undefined; others give and count the start."""
        wanted = [v for v in VECTORS if v["dateutil"]["reason"] == "DTSTART_NOT_IN_RULE"]
        self.assertEqual(len(wanted), 5)
        for vector in wanted:
            with self.subTest(vector["id"]):
                try:
                    self.assertNotIn(stamp(vector["dtstart"]), found(vector))
                except RuleRefusal as refusal:
                    self.assertEqual((vector["id"], refusal.code), ("sabre-017", "too_sparse"))

    def test_rfc_7529(self):
        for vector in VECTORS:
            if vector["id"] in PLAIN_RFC7529:
                with self.subTest(vector["id"]):
                    self.assertEqual(found(vector), expected(vector))
            elif "SKIP=FORWARD" in vector["rrule"] or "SKIP=BACKWARD" in vector["rrule"]:
                with self.subTest(vector["id"]), self.assertRaises(RuleRefusal) as caught:
                    found(vector)
                self.assertEqual(caught.exception.code, "bad_skip")

    def test_weekdays_with_and_without_a_number_are_not_guessed_at(self):
        [vector] = [v for v in VECTORS if v["dateutil"]["reason"] == "BYDAY_MIXED_ORDINAL_AND_PLAIN"]
        with self.assertRaises(RuleRefusal) as caught:
            found(vector)
        self.assertEqual(caught.exception.code, "mixed_byday")

    def test_what_is_imported_gives_the_same_dates_and_is_exported_the_same(self):
        taken = 0
        for vector in VECTORS:
            try:
                parsed = from_text(as_text(vector))
            except RuleRefusal:
                continue
            taken += 1
            with self.subTest(vector["id"], rrule=vector["rrule"]):
                text = to_text(parsed.rule, time=parsed.time, tz=parsed.tz)
                self.assertEqual(from_text(text), parsed)
                rrule = text.partition("RRULE:")[2]
                start = parsed.rule.start
                start = datetime.combine(start, parsed.time) if parsed.time else start
                again = {
                    **vector,
                    "rrule": rrule,
                    "dtstart": f"{start:%Y%m%dT%H%M%S}" if parsed.time else f"{start:%Y%m%d}",
                }
                self.assertEqual(found(again), expected(vector))
        self.assertEqual(taken, 37)


class TestOccurrences(unittest.TestCase):
    def test_fault_e5_positions_are_counted_from_the_beginning_of_the_week(self):
        """RFC 5545, 3.3.10: the set of BYSETPOS starts at the beginning of the interval, not at DTSTART."""
        thursday = date(2026, 1, 8)
        for rrule, days in (
            ("FREQ=WEEKLY;BYDAY=MO,TU,TH,FR;BYSETPOS=1;COUNT=2", [12, 19]),  # Monday of the first week is over
            ("FREQ=WEEKLY;BYDAY=MO,TU,TH,FR;BYSETPOS=3;COUNT=2", [8, 15]),
            ("FREQ=WEEKLY;BYDAY=MO,TU,TH,FR;BYSETPOS=-1;COUNT=2", [9, 16]),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,FR;BYSETPOS=1,2;COUNT=3", [8, 19, 22]),
            ("FREQ=WEEKLY;WKST=SU;BYDAY=SU,TH,SA;BYSETPOS=2;COUNT=2", [8, 15]),
            ("FREQ=WEEKLY;BYDAY=MO,TH,FR;BYSETPOS=2;UNTIL=20260115", [8, 15]),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,6;COUNT=2", [8]),
        ):
            with self.subTest(rrule):
                given = list(occurrences(rrule, thursday, until=date(2026, 1, 31)))
                self.assertEqual([day.day for day in given], days)

    def test_positions_are_the_same_wherever_the_search_begins(self):
        rrule, start = "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE,FR;BYSETPOS=2,-1", datetime(2026, 1, 8, 9)
        whole = list(occurrences(rrule, start, until=datetime(2026, 12, 31)))
        for since in whole[::3]:
            given = list(occurrences(rrule, start, until=datetime(2026, 12, 31), since=since))
            self.assertEqual(given, whole[whole.index(since) :])

    def test_excluded_ones_use_up_the_count(self):
        given = occurrences("FREQ=DAILY;COUNT=4", date(2026, 1, 1), exclude=[date(2026, 1, 2)])
        self.assertEqual(list(given), [date(2026, 1, day) for day in (1, 3, 4)])

    def test_a_date_excludes_its_whole_day(self):
        given = occurrences("FREQ=DAILY;BYHOUR=8,9;COUNT=4", datetime(2026, 1, 1, 8), exclude=[date(2026, 1, 1)])
        self.assertEqual(list(given), [datetime(2026, 1, 2, 8), datetime(2026, 1, 2, 9)])

    def test_until_as_a_date_includes_its_whole_day(self):
        days = [datetime(2026, 1, day, 9) for day in (1, 2)]
        self.assertEqual(list(occurrences("FREQ=DAILY", days[0], until=date(2026, 1, 2))), days)
        self.assertEqual(list(occurrences("FREQ=DAILY;UNTIL=20260102", days[0])), days)
        self.assertEqual(list(occurrences("FREQ=DAILY;BYHOUR=9;UNTIL=20260102", days[0])), days)
        self.assertEqual(list(occurrences("FREQ=DAILY;BYMONTH=1;UNTIL=20260102", days[0])), days)

    def test_until_in_utc_ends_where_the_clock_on_the_wall_says(self):
        start = datetime(2026, 1, 1, 1)
        for rrule in ("FREQ=DAILY;UNTIL=20260102T230000Z", "FREQ=DAILY;BYMONTH=1;UNTIL=20260102T230000Z"):
            given = list(occurrences(rrule, start, tz="Europe/Bucharest"))
            self.assertEqual(given[-1], datetime(2026, 1, 3, 1))

    def test_since_gives_the_tail_of_the_whole(self):
        rules = (
            "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;INTERVAL=5;BYMONTH=3,4", "FREQ=WEEKLY;INTERVAL=3;WKST=SU;BYDAY=SU,MO",
            "FREQ=WEEKLY;INTERVAL=3;BYMONTH=5,6", "FREQ=MONTHLY;INTERVAL=5", "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31,-3",
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO;BYSETPOS=2,-1", "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=-1,100",
            "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1,53", "FREQ=YEARLY;BYMONTH=2,11", "FREQ=HOURLY;INTERVAL=7;BYMONTHDAY=3",
            "FREQ=MINUTELY;INTERVAL=1501", "FREQ=DAILY;INTERVAL=3;COUNT=5000;BYMONTH=6", "FREQ=DAILY;COUNT=9000",
        )  # fmt: skip
        start = datetime(2004, 2, 29, 10, 30)
        for rrule in rules:
            for since in (datetime(2004, 3, 1), datetime(2011, 12, 31, 23), datetime(2012, 2, 29, 10, 30)):
                whole = occurrences(rrule, start, until=datetime(2014, 1, 1))
                wanted = [value for value in whole if value >= since]
                with self.subTest(rrule, since=since):
                    self.assertTrue(wanted)
                    self.assertEqual(list(occurrences(rrule, start, until=datetime(2014, 1, 1), since=since)), wanted)

    def test_since_does_not_begin_a_new_count(self):
        for rrule in ("FREQ=DAILY;COUNT=35", "FREQ=DAILY;BYMONTH=1,2;COUNT=35"):
            given = occurrences(rrule, date(2026, 1, 1), since=date(2026, 2, 3))
            self.assertEqual(list(given), [date(2026, 2, 3), date(2026, 2, 4)])

    def test_an_old_rule_is_not_walked_from_its_start(self):
        """Two thousand years of minutes: to walk them would take a quarter of an hour."""
        given = occurrences(
            "FREQ=MINUTELY;INTERVAL=7;BYMONTH=1", datetime(1, 1, 1), since=datetime(2026, 1, 1), limit=1
        )
        self.assertEqual(next(given).date(), date(2026, 1, 1))

    def test_a_search_in_vain_is_given_up(self):
        for rrule in (
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=SECONDLY;BYSECOND=1;BYSETPOS=2",
            "FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;BYSETPOS=300",
            "FREQ=MONTHLY;BYMONTHDAY=30,31;BYMONTH=2",
            "FREQ=HOURLY;INTERVAL=2;BYHOUR=1",
        ):
            with self.subTest(rrule), self.assertRaises(RuleRefusal) as caught:
                next(occurrences(rrule, datetime(2026, 1, 5)))
            self.assertEqual(caught.exception.code, "too_sparse")

    def test_far_apart_is_not_in_vain(self):
        given = occurrences("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", date(1892, 3, 1), limit=2)
        self.assertEqual(list(given), [date(1904, 2, 29), date(1932, 2, 29)])

    def test_only_the_days_since_the_last_one_are_in_vain(self):
        given = list(occurrences("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", date(2004, 1, 1), limit=20))
        self.assertEqual((given[0], given[-1]), (date(2004, 2, 29), date(2080, 2, 29)))

    def test_refused_at_once(self):
        start = datetime(2026, 1, 1, tzinfo=timezone.utc)
        for code, rrule, begin in (
            ("aware_start", "FREQ=DAILY", start),
            ("time_in_dates", "FREQ=HOURLY", date(2026, 1, 1)),
            ("time_in_dates", "FREQ=DAILY;BYHOUR=9", date(2026, 1, 1)),
            ("no_frequency", "COUNT=3", date(2026, 1, 1)),
        ):
            with self.subTest(code), self.assertRaises(ValueError) as caught:
                occurrences(rrule, begin)
            self.assertEqual(caught.exception.code, code)
