"""Read a day that somebody typed, and say what is wrong with one that is none."""

import re
from calendar import monthrange
from datetime import date

from ..refusal import Refusal

FIRST_YEAR, LAST_YEAR = 1950, 2199
CLOCK = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
DAY_TEXT = re.compile(
    rf"(?:(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}})|(?P<Y>\d{{4}})-(?P<M>\d{{2}})-(?P<D>\d{{2}})){CLOCK}",
    re.ASCII,
)
SHORT_YEAR = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2}", re.ASCII)
OTHER_SIGNS = re.compile(r"\d{1,2}([/-])\d{1,2}\1\d{4}|\d{4}([/.])\d{1,2}\2\d{1,2}", re.ASCII)


def day_of_text(text: str) -> date:
    """Return the day that a text names as dd.mm.yyyy or yyyy-mm-dd.

    :raise Refusal: ``bad_date``; ``no_such_month`` and ``no_such_day`` (with the ``month_end``) for one that
        the calendar does not have; ``short_year``; ``unclear_date`` for signs that mean another order elsewhere
    """
    match = DAY_TEXT.fullmatch(text)
    if not match:
        if SHORT_YEAR.fullmatch(text):
            raise Refusal("short_year")
        raise Refusal("unclear_date" if OTHER_SIGNS.fullmatch(text) else "bad_date")
    year, month, day = (int(match[low] or match[high]) for low, high in ("yY", "mM", "dD"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise far_day(year)
    if not 1 <= month <= 12:
        raise Refusal("no_such_month", month=month)
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise Refusal("no_such_day", month_end=f"{date(year, month, last):%d.%m.%Y}")
    return date(year, month, day)


def checked_day(day: date) -> date:
    """Return the day.

    :raise Refusal: ``far_date`` when nobody can have meant its year
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise far_day(day.year)
    return day


def far_day(year: int) -> Refusal:
    """Return why a day of this year is not taken: it is a slip of the finger, or another number shown as a day."""
    return Refusal("far_date", year=year, from_year=FIRST_YEAR, to_year=LAST_YEAR)
