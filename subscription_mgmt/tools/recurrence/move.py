"""What a rule becomes when one of its dates is moved and the person says: this and following, or all.

Only what the move says is changed: the day of the week, of the month or of the year. How often, how many times and
until when stays.
"""

from dataclasses import replace
from datetime import date

from .refusal import RuleRefusal
from .rule import Rule
from .slots import first_slot

LAST = -1


def moved(rule: Rule, slot: date, target: date) -> Rule:
    """Return the rule that gives `target` where the old one gives `slot`.

    :param rule: has passed :func:`~.recurrence_rule.check`.
    :param slot: a date of the rule; :param target: the day that the person has chosen instead.
    :raise RuleRefusal: ``every_day`` for a daily rule without gaps, which gives the other day anyway.
    """
    if rule.frequency == "daily":
        if rule.interval == 1:
            raise RuleRefusal("every_day")
        return replace(rule, start=_follow(rule, slot, target))
    if rule.frequency == "weekly":
        return _moved_in_week(rule, slot, target)
    return _moved_in_month(rule, slot, target)


def _follow(rule, slot, target):
    """The start as far away from the old one as the target is from the slot."""
    return (first_slot(rule) or rule.start) + (target - slot)


def _moved_in_week(rule, slot, target):
    weekdays = {target.weekday() if day == slot.weekday() else day for day in rule.weekdays}
    result = replace(rule, weekdays=tuple(sorted(weekdays)))
    if rule.interval > 1 and _week(rule, slot) != _week(rule, target):
        return replace(result, start=_follow(rule, slot, target))
    return result


def _week(rule, day):
    return (day.toordinal() - 1 - rule.week_start) // 7


def _moved_in_month(rule, slot, target):
    result = rule
    if (slot.year, slot.month) != (target.year, target.month) and rule.interval > 1:
        result = replace(result, start=_follow(rule, slot, target))
    if rule.frequency == "yearly":
        result = replace(result, month=target.month)
    if rule.month_by == "weekday":
        position = (target.day - 1) // 7 + 1
        is_last = position > 4 or (rule.weekday_position == LAST and (_next_week_is_next_month(target)))
        return replace(result, weekdays=(target.weekday(),), weekday_position=LAST if is_last else position)
    return replace(result, month_by="date", day=target.day, weekday_position=None)


def _next_week_is_next_month(day):
    return date.fromordinal(day.toordinal() + 7).month != day.month
