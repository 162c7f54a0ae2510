"""A rule as RFC 5545 text for other calendars, and back.

What comes in is taken exactly or refused with the reason; nothing is rounded to the nearest thing we have. What was
understood in one of several ways is noted. Text of any length and content is refused in time proportional to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from datetime import time as Time
from itertools import islice
from typing import NamedTuple

from .check import check
from .convert import NotOurs, to_rule
from .format import format_rule, format_stamps
from .lines import Lines, read_lines, read_stamps
from .occurrences import occurrences
from .parts import read_parts, read_stamp, read_until
from .refusal import RuleRefusal, _lt
from .rule import Rule
from .shift import zone
from .slots import first_slot

SHOWN_DATES = 10

# Filled in with the particulars by the % operator.
NOTES = {
    "until_without_zone": _lt("The end has no time zone; it was read in the zone of the start."),
    "until_whole_day": _lt("The end has no time of day; its whole day was included."),
    "start_moved": _lt("The start is not a date of the rule; the first date is %(first)s."),
    "months_skipped": _lt("Months without day %(day)s are skipped. Choose the last day if the sender meant that."),
    "daily_as_weekly": _lt("Every day on certain weekdays was read as every week on those days."),
    "left_out": _lt("Extensions of the sender were left out: %(names)s."),
    "exclusions_off_time": _lt("Excluded dates at another time of day exclude nothing and were left out."),
}


class Note(NamedTuple):
    """What the reader should know about a text that was taken; a key of :data:`NOTES` with its particulars."""

    code: str
    params: dict

    def __str__(self):
        return NOTES[self.code] % self.params


@dataclass(frozen=True)
class ParsedRule:
    """What an RFC 5545 text says.

    :ivar rule: checked, and starting on its first slot
    :ivar time: local time of day; None for whole days
    :ivar tz: IANA zone of the time; None for whole days and for a time that is local everywhere
    :ivar exclude: excluded days, sorted
    :ivar include: extra days, sorted
    """

    rule: Rule
    time: Time | None = None
    tz: str | None = None
    exclude: tuple[date, ...] = ()
    include: tuple[date, ...] = ()
    notes: tuple[Note, ...] = field(default=(), compare=False)


def to_text(
    rule: Rule,
    *,
    time: Time | None = None,
    tz: str | None = None,
    exclude: Iterable[date] = (),
    include: Iterable[date] = (),
) -> str:
    """Return DTSTART, RRULE and, where there are any, EXDATE and RDATE, a line each.

    The shift away from days off cannot be said in RFC 5545 and is not in it: the dates are the slots.

    :param rule: has passed :func:`~.recurrence_rule.check`.
    :param time: local time of day; None for whole days.
    :param tz: IANA zone of the time; without it the time is local everywhere.
    :raise RuleRefusal: ``no_slot`` for a rule without a date, ``bad_zone``.
    """
    first = first_slot(rule)
    if first is None:
        raise RuleRefusal("no_slot", first=rule.start, last=rule.until or date.max)
    tz = tz if time else None
    if tz:
        zone(tz)
    lines = [
        format_stamps("DTSTART", [first], time, tz),
        f"RRULE:{format_rule(replace(rule, start=first), time, tz)}",
    ]
    for name, days in (("EXDATE", sorted(exclude)), ("RDATE", sorted(include))):
        if days:
            lines.append(format_stamps(name, days, time, tz))
    return "\n".join(lines)


def from_text(text: str, start: date | None = None) -> ParsedRule:
    """Return what an RFC 5545 text says: lines DTSTART, RRULE, EXDATE and RDATE, or an RRULE alone.

    :param start: first day, for a text without DTSTART.
    :raise RuleRefusal: for a text that is not RFC 5545, and for a rule that a recurrence cannot hold exactly; then
        ``params["dates"]`` holds the first dates it gives.
    """
    lines = read_lines(text)
    day, time, tz = _read_start(lines, start)
    parts = read_parts(lines.rule)
    notes = [Note("left_out", {"names": ", ".join(lines.left_out)})] if lines.left_out else []
    try:
        rule = to_rule(parts, day, time, read_until(parts, time, tz))
    except NotOurs as refusal:
        raise _with_dates(refusal, lines.rule, day, time, tz) from None
    check(rule)
    notes += _note_reading(rule, parts, time, tz)
    rule = replace(rule, start=first_slot(rule))
    exclude, off_time = read_stamps(lines.excluded, time, tz)
    include, extra_time = read_stamps(lines.included, time, tz)
    if extra_time:
        raise RuleRefusal("extra_time", value=extra_time[0])
    if off_time:
        notes.append(Note("exclusions_off_time", {}))
    return ParsedRule(rule, time, tz, exclude, include, tuple(notes))


def _read_start(lines: Lines, start):
    """Day, time of day and zone of DTSTART."""
    if lines.start is None:
        if start is None:
            raise RuleRefusal("no_start_line")
        return start, None, None
    day, time, is_utc = read_stamp(lines.start.value)
    if time is None:
        return day, None, None
    tz = "UTC" if is_utc else lines.start.tz
    if tz:
        zone(tz)
    return day, time, tz


def _note_reading(rule, parts, time, tz):
    """What was read in one of several ways."""
    notes = []
    if "UNTIL" in parts and time:
        _day, until, is_utc = read_stamp(parts["UNTIL"])
        if until is None:
            notes.append(Note("until_whole_day", {}))
        elif tz and not is_utc:
            notes.append(Note("until_without_zone", {}))
    first = first_slot(rule)
    if first != rule.start:
        notes.append(Note("start_moved", {"first": first}))
    if rule.may_skip:
        notes.append(Note("months_skipped", {"day": rule.day}))
    if parts["FREQ"] == "DAILY" and rule.frequency == "weekly":
        notes.append(Note("daily_as_weekly", {}))
    return notes


def _with_dates(refusal, text, day, time, tz):
    """The refusal with the first dates of the rule, so that the person can enter them otherwise."""
    start = datetime.combine(day, time) if time else day
    dates = []
    try:
        dates.extend(islice(occurrences(text, start, tz=tz), SHOWN_DATES))
    except RuleRefusal as wrong:
        if wrong.code != "too_sparse":
            return wrong
    shown = ", ".join(value.isoformat(" ", "minutes") if time else value.isoformat() for value in dates)
    return NotOurs(refusal.code, **{**refusal.params, "dates": shown or "–"})
