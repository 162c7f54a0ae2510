"""Sets of days as sorted stretches of ordinals, both ends included, in time that grows with their number only.

Ordinals instead of dates: a stretch without an end reaches the last day of the calendar, which has no day after it.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from ..periods import Period

Days = list[tuple[int, int]]

LAST = date.max.toordinal()


def to_days(periods: Iterable[Period]) -> Days:
    """Periods, in any order, as one set of days."""
    return union((first.toordinal(), last.toordinal()) for first, last in periods)


def to_periods(days: Days) -> list[Period]:
    """The stretches as dates."""
    return [(date.fromordinal(first), date.fromordinal(last)) for first, last in days]


def union(stretches: Iterable[tuple[int, int]]) -> Days:
    """Stretches in any order, overlapping or empty, as one set of days."""
    found: Days = []
    for first, last in sorted(stretches):
        if last < first:
            continue
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def minus(days: Days, busy: Days) -> Days:
    """The days that are not busy."""
    left: Days = []
    at = 0
    for first, last in days:
        while at < len(busy) and busy[at][1] < first:
            at += 1
        place = at
        while place < len(busy) and busy[place][0] <= last:
            if busy[place][0] > first:
                left.append((first, busy[place][0] - 1))
            first = busy[place][1] + 1
            place += 1
        if first <= last:
            left.append((first, last))
    return left


def within(days: Days, first: int, last: int) -> Days:
    """The days between two days, both included."""
    found: Days = []
    for place in range(max(bisect_right(days, (first, LAST)) - 1, 0), len(days)):
        start, end = days[place]
        if start > last:
            break
        if end >= first:
            found.append((max(start, first), min(end, last)))
    return found


def both(days: Days, others: Days) -> Days:
    """The days in both sets."""
    return minus(days, minus(days, others))


def count(days: Days) -> int:
    """How many days these are."""
    return sum(last - first + 1 for first, last in days)
