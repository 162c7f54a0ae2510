"""From the slot to the day and the instant at which it is done: days off, then the time zone.

The slot itself never changes; only what is planned from it does (RECURRENCE.md S-5, 4.6).
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .refusal import RuleRefusal

MODES = ("none", "next", "previous", "nearest", "modified_next", "modified_previous", "skip")
MAX_SHIFT = 10
OTHER_WAY = {"next": "previous", "previous": "next"}


def shift(day: date, mode: str, is_working: Callable[[date], bool]) -> date | None:
    """Return the day on which a slot is to be planned.

    :param mode: one of :data:`MODES`. ``nearest`` prefers the later of two days that are equally near; the two
        ``modified`` modes turn round where they would leave the month.
    :param is_working: whether a day is worked; ask :func:`days_asked` beforehand which days it may be asked about.
    :return: None when the slot is left out (``skip``). A day off that comes back unchanged from another mode than
        ``none`` means that no working day was found within 10 days: show it to the person responsible.
    :raise RuleRefusal: ``bad_shift`` for an unknown mode.
    """
    if mode not in MODES:
        raise RuleRefusal("bad_shift", value=mode)
    if mode == "none" or is_working(day):
        return day
    if mode == "skip":
        return None
    if mode == "nearest":
        return _nearest(day, is_working)
    direction = mode.removeprefix("modified_")
    found = _first(_days(day, direction), is_working)
    if mode != direction and (found is None or found.month != day.month):
        found = _first(_days(day, OTHER_WAY[direction]), is_working)
        if found is not None and found.month != day.month:
            found = None
    return found or day


def days_asked(first: date, last: date) -> tuple[date, date]:
    """Return the first and last day about which :func:`shift` may ask for slots from `first` to `last`."""
    return first - timedelta(days=MAX_SHIFT), last + timedelta(days=MAX_SHIFT)


def _days(day, direction) -> Iterator[date]:
    sign = 1 if direction == "next" else -1
    return (day + timedelta(days=sign * away) for away in range(1, MAX_SHIFT + 1))


def _first(days, is_working):
    return next((day for day in days if is_working(day)), None)


def _nearest(day, is_working):
    pairs = zip(_days(day, "next"), _days(day, "previous"), strict=True)
    return _first((candidate for pair in pairs for candidate in pair), is_working) or day


def zone(name: str) -> ZoneInfo:
    """Return the time zone of this IANA name.

    :raise RuleRefusal: ``bad_zone``
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RuleRefusal("bad_zone", value=name[:60]) from None


def localise(day: date, moment: time, tz: str) -> datetime:
    """Return the instant of a local date and time of day, as Odoo stores it: UTC without zone.

    The wall time is constant over daylight saving. A time that does not exist on the day the clock goes forward is
    moved forward by the gap (03:30 becomes 04:30); of a time that comes twice, the first is taken (REC, S-5).

    :raise RuleRefusal: ``bad_zone``
    """
    local = datetime.combine(day, moment.replace(fold=0), tzinfo=zone(tz))
    return local.astimezone(timezone.utc).replace(tzinfo=None)
