"""The lines of RFC 5545 text (RECURRENCE.md 4.7). FREQ comes first; what is the default is left out."""

from collections.abc import Sequence
from datetime import date, datetime, time, timezone

from .parts import DAYS
from .rule import WORKDAYS, Rule, month_lengths, normal
from .shift import localise

LAST_MOMENT = time(23, 59, 59)


def format_stamps(name: str, days: Sequence[date], moment: time | None, tz: str | None) -> str:
    """Return one property of dates, or of the local time `moment` on those dates."""
    if moment is None:
        return f"{name};VALUE=DATE:" + ",".join(f"{day:%Y%m%d}" for day in days)
    zone = {None: "", "UTC": ""}.get(tz, f";TZID={tz}")
    suffix = "Z" if tz == "UTC" else ""
    return f"{name}{zone}:" + ",".join(f"{day:%Y%m%d}T{moment:%H%M%S}{suffix}" for day in days)


def format_rule(rule: Rule, moment: time | None, tz: str | None) -> str:
    """Return the value of RRULE. UNTIL is the end of the last local day, in UTC where the zone is known."""
    rule = normal(rule)
    parts = [("FREQ", rule.frequency.upper())]
    if rule.interval > 1:
        parts.append(("INTERVAL", rule.interval))
    if rule.count:
        parts.append(("COUNT", rule.count))
    if rule.until:
        parts.append(("UNTIL", _format_until(rule.until, moment, tz)))
    if rule.frequency == "weekly":
        if rule.interval > 1:
            parts.append(("WKST", DAYS[rule.week_start]))
        parts.append(("BYDAY", _format_days(rule.weekdays)))
    if rule.frequency == "yearly":
        parts.append(("BYMONTH", rule.month))
    if rule.is_in_months:
        parts += _DAY_OF_MONTH[rule.month_by](rule)
    return ";".join(f"{name}={value}" for name, value in parts)


def _format_until(until, moment, tz):
    if moment is None:
        return f"{until:%Y%m%d}"
    if tz is None:
        return f"{datetime.combine(until, LAST_MOMENT):%Y%m%dT%H%M%S}"
    return f"{localise(until, LAST_MOMENT, tz).replace(tzinfo=timezone.utc):%Y%m%dT%H%M%SZ}"


def _format_days(weekdays):
    return ",".join(DAYS[weekday] for weekday in weekdays)


def _by_date(rule):
    if rule.month_end_policy == "skip" or rule.day <= month_lengths(rule.month)[0]:
        return [("BYMONTHDAY", rule.day)]
    if rule.day == 31:
        # Right in every calendar, also in those that do not know BYSETPOS.
        return [("BYMONTHDAY", -1)]
    return [("BYMONTHDAY", ",".join(str(day) for day in range(28, rule.day + 1))), ("BYSETPOS", -1)]


def _by_weekday(rule):
    return [("BYDAY", f"{rule.weekday_position}{_format_days(rule.weekdays)}")]


def _by_workday(rule):
    return [("BYDAY", _format_days(WORKDAYS)), ("BYSETPOS", rule.weekday_position)]


_DAY_OF_MONTH = {"date": _by_date, "weekday": _by_weekday, "workday": _by_workday}
