"""An RFC 5545 RRULE value, read and held to the rules of the RFC.

Every part is looked at once and every number is bounded, so that a hostile text costs no more than its length. What is
refused here is wrong; what is right but more than a recurrence can hold is refused by :mod:`.recurrence_convert`.
"""

import re
from datetime import date, datetime, time, timezone

from .refusal import RuleRefusal
from .shift import zone

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
TIME_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
# Part → lowest and highest number, and whether negative numbers count from the end.
NUMBERS = {
    "INTERVAL": (1, 99_999, False),
    "COUNT": (1, 99_999, False),
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYSETPOS": (1, 366, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 59, False),
}
SINGLE = ("INTERVAL", "COUNT")
NUMBER_TEXT = re.compile(r"[+-]?\d{1,5}", re.ASCII)
DAY_TEXT = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
STAMP_TEXT = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
# Part → frequencies that the RFC forbids beside it.
FORBIDDEN = {
    "BYMONTHDAY": ("WEEKLY",),
    "BYYEARDAY": ("DAILY", "WEEKLY", "MONTHLY"),
    "BYWEEKNO": FREQUENCIES[1:],
}


class Parts(dict):
    """Part name → value: an int, a tuple of ints, of (number or 0, weekday) for BYDAY, or a text."""

    @property
    def interval(self) -> int:
        """INTERVAL, 1 by default."""
        return self.get("INTERVAL", 1)

    @property
    def week_start(self) -> int:
        """WKST as 0 = Monday … 6, which is Monday by default."""
        return self.get("WKST", 0)

    @property
    def plain_days(self) -> tuple[int, ...]:
        """The weekdays of BYDAY without a number."""
        return tuple(weekday for number, weekday in self.get("BYDAY", ()) if not number)

    @property
    def by_names(self) -> list[str]:
        """Names of the BY… parts in the rule."""
        return [name for name in self if name.startswith("BY")]


def read_parts(text: str) -> Parts:
    """Return the parts of an RRULE value such as ``FREQ=WEEKLY;BYDAY=MO``.

    Capitals and blanks do not matter; parts named X-… are left out.

    :raise RuleRefusal: what is not a rule, or breaks a MUST of RFC 5545.
    """
    parts = Parts()
    for part in "".join(text.upper().split()).strip(";").split(";"):
        name, found, value = part.partition("=")
        if not found:
            raise RuleRefusal("bad_part", value=part[:60])
        if name.startswith("X-"):
            continue
        if name in parts:
            raise RuleRefusal("twice_part", name=name)
        parts[name] = _read_value(name, value)
    _check_parts(parts)
    return parts


def _read_value(name, value):
    if name in NUMBERS:
        numbers = tuple(_read_number(name, text) for text in value.split(","))
        if name in SINGLE:
            return numbers[0] if len(numbers) == 1 else _refuse_value(name, value)
        return tuple(sorted(set(numbers)))
    if name == "BYDAY":
        return tuple(sorted({_read_day(text) for text in value.split(",")}))
    if name == "WKST":
        return DAYS.index(value) if value in DAYS else _refuse_value(name, value)
    if name == "UNTIL":
        read_stamp(value)
        return value
    choices = {"FREQ": FREQUENCIES, "RSCALE": None, "SKIP": ("OMIT", "BACKWARD", "FORWARD")}
    if name not in choices:
        raise RuleRefusal("unknown_part", name=name[:60])
    return value if choices[name] is None or value in choices[name] else _refuse_value(name, value)


def _refuse_value(name, value):
    raise RuleRefusal("bad_value", name=name, value=value[:60])


def _read_number(name, text):
    low, high, is_signed = NUMBERS[name]
    number = int(text) if NUMBER_TEXT.fullmatch(text) else _refuse_value(name, text)
    if not (low <= number <= high or (is_signed and low <= -number <= high)):
        _refuse_value(name, text)
    return number


def _read_day(text):
    match = DAY_TEXT.fullmatch(text)
    if not match or (match[1] and not 1 <= abs(int(match[1])) <= 53):
        _refuse_value("BYDAY", text)
    return int(match[1] or 0), DAYS.index(match[2])


# === What the RFC forbids === #
def _check_parts(parts):
    frequency = parts.get("FREQ")
    if not frequency:
        raise RuleRefusal("no_frequency")
    if "UNTIL" in parts and "COUNT" in parts:
        raise RuleRefusal("until_and_count")
    for name, frequencies in FORBIDDEN.items():
        if name in parts and frequency in frequencies:
            raise RuleRefusal("part_not_with", name=name, frequency=frequency)
    if parts.by_names == ["BYSETPOS"]:
        raise RuleRefusal("setpos_alone")
    _check_days(parts, frequency)
    _check_calendar(parts)


def _check_days(parts, frequency):
    numbered = [number for number, _weekday in parts.get("BYDAY", ()) if number]
    if not numbered:
        return
    if frequency not in ("MONTHLY", "YEARLY"):
        raise RuleRefusal("part_not_with", name="BYDAY", frequency=frequency)
    if "BYWEEKNO" in parts:
        raise RuleRefusal("ordinal_with_week")
    if parts.plain_days:
        raise RuleRefusal("mixed_byday")


def _check_calendar(parts):
    """RFC 7529: a missing day may be moved back to the end of its month, which is what we call clamping."""
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise RuleRefusal("bad_calendar", value=parts["RSCALE"][:60])
    if "SKIP" in parts and "RSCALE" not in parts:
        raise RuleRefusal("skip_alone")
    if parts.get("SKIP") == "FORWARD":
        raise RuleRefusal("bad_skip", value="FORWARD")


# === Dates === #
def read_stamp(text: str) -> tuple[date, time | None, bool]:
    """Return the day, the time of day or None, and whether it is in UTC, of ``20261231`` or ``20261231T093000Z``.

    :raise RuleRefusal: ``bad_stamp``
    """
    match = STAMP_TEXT.fullmatch(text)
    try:
        day = datetime.strptime(match[1], "%Y%m%d").date()
        moment = datetime.strptime(match[2], "%H%M%S").time() if match[2] else None
    except (TypeError, ValueError):
        raise RuleRefusal("bad_stamp", value=text[:60]) from None
    return day, moment, bool(match[3])


def read_local_stamp(text: str, tz: str | None) -> tuple[date, time | None]:
    """Return day and time of day as the clock on the wall of zone `tz` shows them; without a zone, as they stand.

    :raise RuleRefusal: ``bad_stamp``, ``bad_zone``
    """
    day, moment, is_utc = read_stamp(text)
    if not is_utc or not tz:
        return day, moment
    try:
        local = datetime.combine(day, moment, tzinfo=timezone.utc).astimezone(zone(tz))
    except OverflowError:
        raise RuleRefusal("bad_stamp", value=text) from None
    return local.date(), local.time()


def read_until(parts: Parts, moment: time | None, tz: str | None) -> date | None:
    """Return the last local day of the rule, or None where UNTIL does not end it.

    UNTIL on a day, but before the time of day of the slots, ends the rule the day before; a UNTIL without a time
    includes its whole day (RECURRENCE.md S-7).
    """
    if "UNTIL" not in parts:
        return None
    day, until = read_local_stamp(parts["UNTIL"], tz)
    if moment and until is not None and until < moment:
        return date.fromordinal(max(1, day.toordinal() - 1))
    return day
