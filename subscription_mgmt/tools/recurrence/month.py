"""The one day of a month that a monthly or yearly rule means."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date

from .rule import SHORTEST_MONTH, Rule

SATURDAY, SUNDAY = 5, 6


def day_chooser(rule: Rule) -> Callable[[int, int], date | None]:
    """Return a function of (year, month counted from 0) that gives the day, or None where the month has no such day.

    Made once per expansion, so that the loop over the months asks no question twice.
    """
    if rule.month_by == "weekday":
        return _nth_weekday(rule.weekdays[0], rule.weekday_position)
    if rule.month_by == "workday":
        return _nth_workday(rule.weekday_position)
    if rule.day <= SHORTEST_MONTH:
        return lambda year, month0: date(year, month0 + 1, rule.day)
    return _clamped(rule.day) if rule.month_end_policy == "clamp" else _existing(rule.day)


def _clamped(day):
    return lambda year, month0: date(year, month0 + 1, min(day, monthrange(year, month0 + 1)[1]))


def _existing(day):
    def choose(year, month0):
        return date(year, month0 + 1, day) if day <= monthrange(year, month0 + 1)[1] else None

    return choose


def _nth_weekday(weekday, position):
    def choose(year, month0):
        first_weekday, length = monthrange(year, month0 + 1)
        first = 1 + (weekday - first_weekday) % 7
        if position > 0:
            return date(year, month0 + 1, first + 7 * (position - 1))
        return date(year, month0 + 1, first + (length - first) // 7 * 7)

    return choose


def _nth_workday(position):
    def choose(year, month0):
        first_weekday, length = monthrange(year, month0 + 1)
        if position < 0:
            last_weekday = (first_weekday + length - 1) % 7
            return date(year, month0 + 1, length - max(0, last_weekday - SATURDAY + 1))
        if first_weekday >= SATURDAY:
            return date(year, month0 + 1, position + 7 - first_weekday)
        # Four working days at most: one weekend, at most, comes between.
        return date(year, month0 + 1, position if position <= SATURDAY - first_weekday else position + 2)

    return choose
