"""Any RFC 5545 rule as local dates or local date-times."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice, takewhile

from .convert import NotOurs, to_rule
from .parts import TIME_PARTS, read_local_stamp, read_parts, read_until
from .refusal import RuleRefusal
from .rfc import SUB_DAILY, expand
from .slots import walk


def occurrences(
    rrule: str,
    start: date | datetime,
    *,
    exclude: Iterable[date | datetime] = (),
    until: date | datetime | None = None,
    limit: int | None = None,
    since: date | datetime | None = None,
    tz: str | None = None,
) -> Iterator[date | datetime]:
    """Yield what an RFC 5545 rule gives, in local wall time: dates for a date, naive date-times for a date-time.

    Rules that a recurrence can hold are expanded by our own engine, the others by dateutil. A start that is not on the
    rule is not given; libraries differ there. A time that the clock leaves out or shows twice comes as it is:
    :func:`~.recurrence_shift.localise` decides about it.

    :param rrule: the value of an RRULE, with or without its name
    :param exclude: left out, though they count towards COUNT; a date leaves out all of its day
    :param until: the last that may come beside the rule's own end; a date includes all of its day
    :param limit: how many to yield at most
    :param since: leave out what is before. Without COUNT, the way there costs the same for a rule of any age.
    :param tz: the zone of the wall clock, for an UNTIL in UTC; without it that is read as local time
    :raise RuleRefusal: at once for a text that is not a rule of RFC 5545; ``too_sparse`` while consuming when the
        search for the next one is given up.
    """
    if isinstance(start, datetime) and start.tzinfo:
        raise RuleRefusal("aware_start")
    moment = start.time().replace(microsecond=0) if isinstance(start, datetime) else None
    values = _expand(rrule, start, moment, since, tz)
    if until is not None:
        last = _end_of(until, moment)
        values = takewhile(lambda value: value <= last, values)
    excluded = set(exclude)
    if excluded:
        values = (value for value in values if value not in excluded and _day(value) not in excluded)
    return islice(values, limit)


def _expand(text, start, moment, since, tz):
    parts = read_parts(text.strip().removeprefix("RRULE:"))
    _check_times(parts, moment)
    try:
        rule = to_rule(parts, _day(start), moment, read_until(parts, moment, tz))
    except NotOurs:
        if parts.get("SKIP") == "BACKWARD":
            raise RuleRefusal("bad_skip", value="BACKWARD") from None
        return _expand_the_rest(parts, start, moment, since, tz)
    days = walk(rule, _day(since) if since else rule.start)
    if moment is None:
        return days
    first = _begin_of(since or start)
    return (value for day in days if (value := datetime.combine(day, moment)) >= first)


def _expand_the_rest(parts, start, moment, since, tz):
    begin = datetime.combine(_day(start), moment or time.min)
    last = None
    if "UNTIL" in parts:
        day, until = read_local_stamp(parts["UNTIL"], tz)
        last = datetime.combine(day, time.max if moment is None or until is None else until)
    values = expand(parts, begin, last, _begin_of(since) if since else None)
    return values if moment is not None else (value.date() for value in values)


def _check_times(parts, moment):
    if moment is not None:
        return
    for name in TIME_PARTS:
        if name in parts:
            raise RuleRefusal("time_in_dates", name=name)
    if parts["FREQ"] in SUB_DAILY:
        raise RuleRefusal("time_in_dates", name=f"FREQ={parts['FREQ']}")


def _day(value):
    return value.date() if isinstance(value, datetime) else value


def _begin_of(value):
    return value.replace(microsecond=0) if isinstance(value, datetime) else datetime.combine(value, time.min)


def _end_of(value, moment):
    """The last value up to a date or date-time, of the same kind as the values of the rule."""
    if moment is None:
        return _day(value)
    return value if isinstance(value, datetime) else datetime.combine(value, time.max)
