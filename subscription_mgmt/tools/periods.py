"""Billing periods, always computed from the anchor and never from the period before.

Chaining (start plus one month, plus one month, …) turns 31 January into the 28th for ever.
Counting from the anchor gives 31 Jan, 28 Feb, 31 Mar, 30 Apr: clamp, then snap back.
"""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}

Period = tuple[date, date]


def check_cadence(interval: int, unit: str, anchor_day: int | None = None) -> None:
    """Refuse a cadence that describes no period.

    :raise ValueError: interval below 1, unknown unit, anchor day outside 1..31 or beside a day or week unit.
    """
    if interval < 1:
        raise ValueError(f"interval must be 1 or more, not {interval}")
    if unit not in DAYS and unit not in MONTHS:
        raise ValueError(f"unit must be day, week, month or year, not {unit!r}")
    if anchor_day:
        if unit in DAYS:
            raise ValueError("an anchor day goes with months and years only")
        if not 1 <= anchor_day <= 31:
            raise ValueError(f"anchor day must be 1 to 31, not {anchor_day}")


def _month_day(months: int, day: int) -> date:
    """The given day of month number `months` (counted from year 0), clamped to the last day of that month."""
    year, month0 = divmod(months, 12)
    return date(year, month0 + 1, min(day, monthrange(year, month0 + 1)[1]))


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _boundary(anchor: date, step: int, interval: int, unit: str, anchor_day: int | None) -> date:
    """First day of grid step `step`; step 0 is on the anchor, or on the anchor day of its month."""
    if unit in DAYS:
        return anchor + timedelta(days=step * interval * DAYS[unit])
    return _month_day(_months(anchor) + step * interval * MONTHS[unit], anchor_day or anchor.day)


def _first_step(anchor: date, interval: int, unit: str, anchor_day: int | None) -> int:
    """Grid step that holds the anchor: 0, or -1 when the anchor day of its month is still ahead."""
    return 0 if _boundary(anchor, 0, interval, unit, anchor_day) <= anchor else -1


# Lines of one contract share their periods, and so do contracts that began on the same day.
@lru_cache(maxsize=16384)
def natural_period(anchor: date, index: int, interval: int, unit: str, anchor_day: int | None = None) -> Period:
    """The whole period of which billing period `index` is all or a part: the one denominator of every proration.

    It differs from :func:`period` only for index 0 with an anchor day that is not the anchor's own day.
    Both ends included. Same arguments and errors as :func:`period`.
    """
    check_cadence(interval, unit, anchor_day)
    if index < 0:
        raise ValueError(f"period index must be 0 or more, not {index}")
    step = _first_step(anchor, interval, unit, anchor_day) + index
    return (
        _boundary(anchor, step, interval, unit, anchor_day),
        _boundary(anchor, step + 1, interval, unit, anchor_day) - ONE_DAY,
    )


def period(anchor: date, index: int, interval: int, unit: str, anchor_day: int | None = None) -> Period:
    """Return billing period number `index` (0 = the first) of a line that starts on `anchor`.

    :param interval: how many units a period lasts, 1 or more.
    :param unit: `day`, `week`, `month` or `year`. Day 29 to 31 clamps in short months and snaps back.
    :param anchor_day: day of the month on which periods begin (31 = last day of every month). The first period
        then runs from the anchor to the day before that day and may be shorter than the others.
    :return: first and last day, both included; periods follow each other without gap or overlap.
    :raise ValueError: see :func:`check_cadence`; a negative index.
    """
    start, end = natural_period(anchor, index, interval, unit, anchor_day)
    return max(start, anchor), end


def fits_calendar(anchor: date, interval: int, unit: str, repetitions: int = 0) -> bool:
    """Tell whether the periods of a line, and the one after them, lie before the end of the calendar (year 9999).

    :param repetitions: number of periods; 0 when they end by a date, which is in the calendar
    """
    try:
        period(anchor, max(repetitions, 1), interval, unit)
    except (ValueError, OverflowError):
        return False
    return True


def index_of(anchor: date, day: date, interval: int, unit: str, anchor_day: int | None = None) -> int:
    """Return the index of the period that contains `day`, without walking there from the anchor.

    :raise ValueError: `day` before the anchor; see :func:`check_cadence`.
    """
    check_cadence(interval, unit, anchor_day)
    if day < anchor:
        raise ValueError(f"{day} is before the anchor {anchor}")
    if unit in DAYS:
        return (day - anchor).days // (interval * DAYS[unit])
    guess = (_months(day) - _months(anchor)) // (interval * MONTHS[unit])
    # The month arithmetic is right but for the day within the month: at most one step off.
    index = max(0, guess - _first_step(anchor, interval, unit, anchor_day))
    while index and natural_period(anchor, index, interval, unit, anchor_day)[0] > day:
        index -= 1
    return index
