"""The periods that a contract line has to bill: the arithmetic of the payment plan, without storage."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .periods import ONE_DAY, Period, index_of, natural_period


@dataclass(frozen=True)
class Cadence:
    """How a line recurs. `date_end` is included; `repetitions` counts periods, the first (short) one too."""

    anchor: date
    interval: int = 1
    unit: str = "month"
    anchor_day: int | None = None
    repetitions: int | None = None
    date_end: date | None = None


class Slot(NamedTuple):
    """One stretch of days to bill. `whole` is the natural period it belongs to."""

    index: int
    date_from: date
    date_to: date
    whole: Period
    bridge: bool = False  # what is left of a period partly billed otherwise: always charged by the day

    @property
    def partial(self) -> bool:
        """Whether the stretch is shorter than its natural period."""
        return (self.date_from, self.date_to) != self.whole


def slots(cadence: Cadence, first: date, until: date, covered: Iterable[Period] = ()) -> Iterator[Slot]:
    """Yield what a line has to bill from day `first` on, for every period that starts on or before `until`.

    Days before `first` and days in `covered` (already billed, or kept by hand) are left out; what remains of
    their period is a bridge. Cost depends on the window only, not on the age of the line.

    :param first: first day still to bill, included.
    :param until: horizon: last day on which a period may start, included.
    :param covered: periods, both ends included, that must not be billed again.
    """
    args = (cadence.interval, cadence.unit, cadence.anchor_day)
    index = index_of(cadence.anchor, max(first, cadence.anchor), *args)
    covered = sorted(covered)
    while cadence.repetitions is None or index < cadence.repetitions:
        whole = natural_period(cadence.anchor, index, *args)
        start, end = max(whole[0], cadence.anchor), whole[1]
        if start > until or (cadence.date_end and start > cadence.date_end):
            return
        due = (max(start, first), min(end, cadence.date_end or end))
        for part in subtract(due, covered):
            bridge = part[0] > start or part[1] < due[1]
            yield Slot(index, *part, whole, bridge)
        index += 1


def subtract(stretch: Period, covered: list[Period]) -> Iterator[Period]:
    """Yield the parts of a stretch of days that no covered period touches; all ends included, `covered` sorted."""
    start, end = stretch
    for busy_from, busy_to in covered:
        if busy_to < start or busy_from > end:
            continue
        if busy_from > start:
            yield start, busy_from - ONE_DAY
        start = max(start, busy_to + ONE_DAY)
    if start <= end:
        yield start, end
