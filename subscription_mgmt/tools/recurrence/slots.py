"""The dates of a rule, for a window, at a price that does not depend on how old the rule is.

Daily and weekly rules are arithmetic on day numbers, monthly and yearly ones on month numbers, always counted from the
start of the rule: nothing is chained, so the 31st never drifts to the 28th (RECURRENCE.md S-1, S-4).
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from .month import day_chooser
from .rule import Rule

ONE_DAY = timedelta(days=1)
LAST_DAY_NUMBER = date.max.toordinal()
LAST_MONTH_NUMBER = date.max.year * 12 + 11
DAYS_IN_PERIOD = {"daily": 1, "weekly": 7, "monthly": 31, "yearly": 366}


def slots(rule: Rule, first: date, last: date) -> list[date]:
    """Return the slots from `first` to `last`, both included, in order.

    The rule must have passed :func:`~.recurrence_rule.check`. The cost grows with the window, not with the time since
    the start; only ``count`` together with ``skip`` counts its months once and remembers the result.
    """
    first, last = max(first, rule.start), min(last, _bound(rule))
    return _EXPANSIONS[rule.frequency](rule, first, last) if first <= last else []


def is_slot(rule: Rule, day: date) -> bool:
    """Tell whether the rule gives this day."""
    return bool(slots(rule, day, day))


def next_slots(rule: Rule, after: date, number: int) -> list[date]:
    """Return the first `number` slots after the day `after`, fewer where the rule ends before that."""
    return list(islice(walk(rule, after + ONE_DAY), number)) if after < date.max else []


def first_slot(rule: Rule) -> date | None:
    """Return the first slot, which a recurrence shows and exports as its start; None for a rule without any."""
    return next(walk(rule, rule.start), None)


def walk(rule: Rule, first: date) -> Iterator[date]:
    """Yield the slots from `first` on, to the end of the rule or of the calendar, window by window."""
    first, last = max(first, rule.start), _bound(rule)
    days = 4 * DAYS_IN_PERIOD[rule.frequency] * rule.interval
    longest = 256 * days
    while first <= last:
        window_end = _later(first, days)
        yield from slots(rule, first, window_end)
        if window_end == date.max:
            return
        first, days = window_end + ONE_DAY, min(4 * days, longest)


def last_slot(rule: Rule) -> date | None:
    """Return the last slot; None for a rule that never ends, or that ends before it gives a date."""
    if rule.until is None and rule.count is None:
        return None
    last = _bound(rule)
    days = DAYS_IN_PERIOD[rule.frequency] * rule.interval
    while last >= rule.start:
        window_start = max(rule.start, last - timedelta(days=min(days, (last - rule.start).days)))
        found = slots(rule, window_start, last)
        if found:
            return found[-1]
        last, days = window_start - ONE_DAY, days * 2
    return None


def _later(day, days):
    return date.fromordinal(min(day.toordinal() + days, LAST_DAY_NUMBER))


# === Expansion of one window === #
def _expand_days(rule, first, last):
    begin = first.toordinal() + (rule.start - first).days % rule.interval
    return [date.fromordinal(number) for number in range(begin, last.toordinal() + 1, rule.interval)]


def _expand_weeks(rule, first, last):
    low, high, step = first.toordinal(), last.toordinal(), 7 * rule.interval
    week, offsets = _first_week(rule)
    week += (low - week) // step * step
    return [
        date.fromordinal(begin + offset)
        for begin in range(week, high + 1, step)
        for offset in offsets
        if low <= begin + offset <= high
    ]


def _expand_months(rule, first, last):
    base, step = _month_grid(rule)
    choose = day_chooser(rule)
    skipped = max(0, -((base - _month_number(first)) // step))
    days = (choose(*divmod(number, 12)) for number in range(base + skipped * step, _month_number(last) + 1, step))
    return [day for day in days if day and first <= day <= last]


_EXPANSIONS: dict[str, Callable[[Rule, date, date], list[date]]] = {
    "daily": _expand_days,
    "weekly": _expand_weeks,
    "monthly": _expand_months,
    "yearly": _expand_months,
}


def _first_week(rule):
    """Number of the first day of the start's week, and how many days after it the weekdays of the rule are."""
    into_week = (rule.start.weekday() - rule.week_start) % 7
    return rule.start.toordinal() - into_week, sorted({(weekday - rule.week_start) % 7 for weekday in rule.weekdays})


def _month_number(day):
    return day.year * 12 + day.month - 1


def _month_grid(rule):
    """The first month of the rule, which may still be before its start, and how many months later the next one is."""
    if rule.frequency == "yearly":
        return rule.start.year * 12 + rule.month - 1, 12 * rule.interval
    return _month_number(rule.start), rule.interval


# === The end === #
def _bound(rule):
    """Last day on which the rule may give a slot."""
    if rule.count is None:
        return rule.until or date.max
    last = _COUNTED[rule.frequency](rule)
    return min(last, rule.until) if rule.until else last


def _count_days(rule):
    return _later(rule.start, (rule.count - 1) * rule.interval)


def _count_weeks(rule):
    week, offsets = _first_week(rule)
    in_first = [week + offset for offset in offsets if week + offset >= rule.start.toordinal()]
    if rule.count <= len(in_first):
        return date.fromordinal(min(in_first[rule.count - 1], LAST_DAY_NUMBER))
    weeks, index = divmod(rule.count - len(in_first) - 1, len(offsets))
    return date.fromordinal(min(week + (weeks + 1) * 7 * rule.interval + offsets[index], LAST_DAY_NUMBER))


def _count_months(rule):
    if rule.may_skip:
        return _count_months_with_gaps(rule)
    base, step = _month_grid(rule)
    choose = day_chooser(rule)
    before_start = choose(*divmod(base, 12)) < rule.start
    number = base + (rule.count - 1 + before_start) * step
    return choose(*divmod(number, 12)) if number <= LAST_MONTH_NUMBER else date.max


@lru_cache(maxsize=4096)
def _count_months_with_gaps(rule):
    """Some months have no slot: look at each month once. At most a few thousand of them, as `count` is limited."""
    base, step = _month_grid(rule)
    choose = day_chooser(rule)
    missing = rule.count
    for number in range(base, LAST_MONTH_NUMBER + 1, step):
        day = choose(*divmod(number, 12))
        if day and day >= rule.start:
            missing -= 1
            if not missing:
                return day
    return date.max


_COUNTED = {"daily": _count_days, "weekly": _count_weeks, "monthly": _count_months, "yearly": _count_months}
