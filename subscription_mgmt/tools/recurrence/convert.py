"""From the parts of an RFC 5545 rule to a rule of ours, exactly or not at all."""

from dataclasses import replace
from datetime import date, time

from .parts import TIME_PARTS, Parts
from .refusal import RuleRefusal
from .rule import POSITIONS, WORKDAYS, Rule, normal

SUBSET = {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "YEARLY": "yearly"}
NEVER_OURS = ("BYYEARDAY", "BYWEEKNO")


class NotOurs(RuleRefusal):
    """A rule of RFC 5545 that is right, and more than a recurrence can hold."""


def to_rule(parts: Parts, start: date, moment: time | None = None, until: date | None = None) -> Rule:
    """Return the rule that gives exactly the same dates.

    :param moment: the time of day of the start; BYHOUR, BYMINUTE and BYSECOND may say it again.
    :param until: the last local day, from :func:`~.recurrence_parts.read_until`
    :raise NotOurs: when there is none.
    """
    if parts["FREQ"] not in SUBSET:
        raise NotOurs("outside_frequency", name=parts["FREQ"])
    for name in NEVER_OURS:
        _leave_out(parts, name)
    for name, expected in zip(TIME_PARTS, _clock(moment), strict=True):
        if name in parts and parts[name] != (expected,):
            raise NotOurs("outside_part", name=name)
    rule = Rule(
        frequency=SUBSET[parts["FREQ"]],
        interval=parts.interval,
        start=start,
        until=until,
        count=parts.get("COUNT"),
        week_start=parts.week_start,
    )
    return normal(_CONVERSIONS[parts["FREQ"]](rule, parts))


def _clock(moment):
    return (moment.hour, moment.minute, moment.second) if moment else (None, None, None)


def _leave_out(parts, *names):
    for name in names:
        if name in parts:
            raise NotOurs("outside_part", name=name)


def _convert_daily(rule, parts):
    _leave_out(parts, "BYMONTH", "BYMONTHDAY", "BYSETPOS")
    if "BYDAY" not in parts:
        return rule
    if rule.interval > 1:
        raise NotOurs("outside_daily")
    return replace(rule, frequency="weekly", weekdays=parts.plain_days)


def _convert_weekly(rule, parts):
    _leave_out(parts, "BYMONTH", "BYSETPOS")
    return replace(rule, weekdays=parts.plain_days or (rule.start.weekday(),))


def _convert_monthly(rule, parts):
    _leave_out(parts, "BYMONTH")
    return _convert_day_of_month(rule, parts)


def _convert_yearly(rule, parts):
    months = parts.get("BYMONTH", ())
    if len(months) > 1:
        raise NotOurs("outside_several", name="BYMONTH")
    if not months and ("BYMONTHDAY" in parts or "BYDAY" in parts):
        # Engines read these in different ways; we do not choose for the user.
        raise NotOurs("outside_no_month")
    return _convert_day_of_month(replace(rule, month=months[0] if months else rule.start.month), parts)


def _convert_day_of_month(rule, parts):
    if "BYDAY" in parts:
        _leave_out(parts, "BYMONTHDAY")
        return _convert_weekday_of_month(rule, parts)
    policy = "clamp" if parts.get("SKIP") == "BACKWARD" else "skip"
    days = parts.get("BYMONTHDAY", (rule.start.day,))
    if parts.get("BYSETPOS") == (-1,) and days in ((28, 29), (28, 29, 30), (28, 29, 30, 31)):
        # The last that exists of the days up to this one.
        return replace(rule, day=days[-1], month_end_policy="clamp")
    _leave_out(parts, "BYSETPOS")
    if len(days) > 1:
        raise NotOurs("outside_several", name="BYMONTHDAY")
    [day] = days
    if day == -1:
        return replace(rule, day=31, month_end_policy="clamp")
    if day < 0:
        raise NotOurs("outside_from_end")
    return replace(rule, day=day, month_end_policy=policy)


def _convert_weekday_of_month(rule, parts):
    positions = parts.get("BYSETPOS", ())
    if len(parts["BYDAY"]) == 1:
        [(number, weekday)] = parts["BYDAY"]
        if number and positions:
            raise NotOurs("outside_part", name="BYSETPOS")
        by, weekdays, positions = "weekday", (weekday,), positions or (number,)
    elif parts.plain_days == WORKDAYS:
        by, weekdays = "workday", ()
    else:
        raise NotOurs("outside_several", name="BYDAY")
    if len(positions) != 1 or positions[0] not in POSITIONS:
        raise NotOurs("outside_position")
    return replace(rule, month_by=by, weekdays=weekdays, weekday_position=positions[0])


_CONVERSIONS = {
    "DAILY": _convert_daily,
    "WEEKLY": _convert_weekly,
    "MONTHLY": _convert_monthly,
    "YEARLY": _convert_yearly,
}
