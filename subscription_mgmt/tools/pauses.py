"""Days without service: what a pause takes out of a line, by the way in which it was agreed."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from .periods import ONE_DAY, Period, index_of, natural_period
from .plan import Cadence, Slot, slots
from .settlement import Terms
from .settlement.days import minus, to_days, to_periods, within

# No service, and the billing day stays: only periods that lie in the pause as a whole are not charged.
PERIODS = "periods"
# No service, and every day of the pause is given back.
DAYS = "days"
# As DAYS, and the term (end of contract and lines, repetitions, commitment) ends later by the length of the pause.
EXTEND = "extend"

Stretch = tuple[date, date | None]


class Pause(NamedTuple):
    """A pause as it was agreed; both ends included, None: until resumed.

    :ivar moved: by how many days it moved the end of the term.
    :ivar key: the caller's own.
    """

    first: date
    last: date | None
    mode: str = DAYS
    moved: int = 0
    key: Hashable = None


def unserved(pauses: Iterable[Pause], cadence: Cadence) -> list[Stretch]:
    """Days that a line is not charged for because of pauses.

    :param pauses: of the contract, in any order; those for whole periods that follow on each other count as one.
    :param cadence: of the line: where its periods begin.
    """
    by_day, by_period = [], []
    for pause in pauses:
        (by_period if pause.mode == PERIODS else by_day).append((pause.first, pause.last))
    found = (whole_periods(cadence, *stretch) for stretch in _joined(by_period))
    return by_day + [stretch for stretch in found if stretch]


def whole_periods(cadence: Cadence, first: date, last: date | None) -> Stretch | None:
    """From the first to the last day of the periods that lie in a stretch of days as a whole; None: there is none.

    The first period of a line may be shorter than the others, and so may the last one: they count as they are.
    """
    args = (cadence.interval, cadence.unit, cadence.anchor_day)
    if cadence.date_end and last and last >= cadence.date_end:
        last = None
    index = index_of(cadence.anchor, max(first, cadence.anchor), *args)
    begin = max(natural_period(cadence.anchor, index, *args)[0], cadence.anchor)
    if begin < first:
        begin = natural_period(cadence.anchor, index + 1, *args)[0]
    if last is None:
        return begin, None
    if last < begin:
        return None
    index = index_of(cadence.anchor, last, *args)
    start, end = natural_period(cadence.anchor, index, *args)
    end = end if end <= last else start - ONE_DAY
    return (begin, end) if begin <= end else None


def moved_back(cadence: Cadence, days: int) -> Cadence:
    """The cadence of a number of periods that ends so many days later: by a date then, within its last period."""
    if not days or not cadence.repetitions:
        return cadence
    args = (cadence.interval, cadence.unit, cadence.anchor_day)
    last = natural_period(cadence.anchor, cadence.repetitions - 1, *args)[1] + timedelta(days=days)
    ends = min(last, cadence.date_end) if cadence.date_end else last
    return replace(cadence, repetitions=None, date_end=ends)


def paused_slots(
    pauses: Iterable[Pause], terms: Terms, agreed: Sequence[Period], busy: Iterable[Period]
) -> Iterator[tuple[Pause, Slot]]:
    """Stretches of days that pauses take out of the plan of a line, cut into its natural periods.

    :param terms: of the line, with the days that it serves.
    :param agreed: days that it would serve without any pause.
    :param busy: days that stand in the plan anyway.
    """
    left = minus(minus(to_days(agreed), to_days(terms.served)), to_days(busy))
    for pause in sorted(pauses, key=lambda pause: pause.first):
        last = (pause.last or date.max).toordinal()
        days = within(left, pause.first.toordinal(), last)
        left = minus(left, days)
        for first, end in to_periods(days):
            cadence = replace(terms.cadence, date_end=min(end, terms.cadence.date_end or end))
            for slot in slots(cadence, first, terms.horizon):
                yield pause, slot


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    """Stretches that overlap or follow on each other, as one."""
    found: list[Stretch] = []
    for first, last in sorted(stretches, key=lambda stretch: stretch[0]):
        before = found[-1] if found else None
        if before and (before[1] is None or first <= before[1] + ONE_DAY):
            end = None if last is None or before[1] is None else max(last, before[1])
            found[-1] = (before[0], end)
        else:
            found.append((first, last))
    return found
