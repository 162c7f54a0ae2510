"""Monthly recurring revenue as a function of the day, and what moves it.

A line is worth the same on all its days of service: it begins, is paused and goes on, and ends. What of this is new,
growth or loss depends on everything else that its subscriber has on that day.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from .periods import ONE_DAY

NEW, REACTIVATION, EXPANSION, CONTRACTION, CHURN = "new", "reactivation", "expansion", "contraction", "churn"
PAUSE, RESUME = "pause", "resume"
KINDS = (NEW, REACTIVATION, EXPANSION, CONTRACTION, CHURN, PAUSE, RESUME)
PRICE, CURRENCY = "price", "currency"
# What a change is, as long as nobody has asked what else the subscriber has
AGREED, PAUSED, VALUED = "agreed", "paused", "valued"

Stretch = tuple[date, date | None]


class Line(NamedTuple):
    """A line of a contract with the days on which it counts.

    :ivar key: the caller's own; it comes back with every change.
    :ivar first: first day that is paid; `last`: last day of service, None: no end.
    :ivar amount: monthly revenue, in the currency of the contract.
    :ivar pauses: of its contract.
    :ivar price_from, price_to: it follows another line, or another one follows, at another price and nothing else.
    :ivar is_foreign: its currency is not the company's.
    """

    key: Hashable
    first: date
    last: date | None
    amount: float
    pauses: Sequence[Stretch] = ()
    price_from: bool = False
    price_to: bool = False
    is_foreign: bool = False


class Change(NamedTuple):
    """What changes on a day: of what was agreed, of what is paused of it, or of its value in the company's currency.

    :ivar begins: the line, or the pause.
    :ivar is_last: the line ends with the day before.
    """

    key: Hashable
    day: date
    part: str
    amount: float
    begins: bool = False
    is_last: bool = False
    is_price: bool = False


class Movement(NamedTuple):
    """A change and what it means for the subscriber.

    :ivar value: in the currency of the company, `amount` in that of the contract.
    :ivar is_end: a line ends, for whatever reason its contract may have.
    """

    key: Hashable
    day: date
    kind: str
    mark: str | None
    amount: float
    value: float
    is_end: bool


def paused_stretches(first: date, last: date | None, pauses: Iterable[Stretch]) -> list[Stretch]:
    """Days of a line that are paused, in order; pauses that meet are one."""
    found = []
    for begin, end in sorted(pauses, key=lambda pause: pause[0]):
        begin = max(begin, first)
        end = min((day for day in (end, last) if day), default=None)
        if end and end < begin:
            continue
        if found and (not found[-1][1] or begin <= found[-1][1] + ONE_DAY):
            before = found[-1][1]
            found[-1] = found[-1][0], before and end and max(before, end)
        else:
            found.append((begin, end))
    return found


def changes(line: Line) -> Iterator[Change]:
    """What a line changes, and when, in the currency of its contract."""
    last = None if line.last == date.max else line.last  # after the last day of the calendar comes none
    if not line.amount or (last and last < line.first):
        return
    yield Change(line.key, line.first, AGREED, line.amount, True, is_price=line.price_from)
    for begin, end in paused_stretches(line.first, last, line.pauses) if line.pauses else ():
        yield Change(line.key, begin, PAUSED, -line.amount, True)
        if end and end < date.max:
            yield Change(line.key, end + ONE_DAY, PAUSED, line.amount, is_last=end == last)
    if last:
        yield Change(line.key, last + ONE_DAY, AGREED, -line.amount, is_last=True, is_price=line.price_to)


def months(first: date, last: date) -> Iterator[date]:
    """First days of the months after a day, up to another one."""
    day = first.replace(day=1)
    while True:
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
        if day > last:
            return
        yield day


def valued(line: Line, convert: Callable[[float, date], float], today: date) -> Iterator[tuple[Change, float]]:
    """The changes of a line with their value in the company's currency.

    What is paid in another currency is worth what it was on the day on which it began, or went on, and is valued anew
    on the first of each month. What ends takes its value of the time with it, so that nothing stays behind.
    """
    found = list(changes(line))
    if not line.is_foreign:
        for change in found:
            yield change, change.amount
        return
    if not found:
        return
    days = {line.first, *months(line.first, min(line.last or today, today))}
    days |= {change.day for change in found if change.part == PAUSED and not change.begins and not change.is_last}
    value = paused = 0.0  # of the line as it was last valued; of that, what is paused
    for day in sorted({*days, *(change.day for change in found)}):
        for change in (change for change in found if change.day == day):
            if change.part == PAUSED:
                step, paused = (-value, -value) if change.begins else (-paused, 0.0)
            elif change.begins:
                step = value = convert(line.amount, day)
            else:
                step, value = -value, 0.0
            yield change, step
        if day in days and value and not paused:
            new = convert(line.amount, day)
            if new != value:
                yield Change(line.key, day, VALUED, 0.0), new - value
            value = new


class _Subscriber:
    """Revenue of one subscriber day by day, pauses apart."""

    def __init__(self, tiny: float):
        self.tiny, self.total, self.was_there = tiny, 0.0, False

    def get_kind(self, change: float) -> str | None:
        """What it is that agreed revenue changes by so much on a day; None: it stays above zero."""
        before, after = self.total > self.tiny, self.total + change > self.tiny
        if before == after:
            return None
        if before:
            return CHURN
        return REACTIVATION if self.was_there else NEW

    def add(self, change: float) -> None:
        self.total += change
        self.was_there = self.was_there or self.total > self.tiny


def movements(found: Iterable[tuple[Change, float]], tiny: float = 0.005) -> Iterator[Movement]:
    """What changes of all lines of one subscriber mean for him, in the order of their days.

    :param found: changes with their values.
    :param tiny: half of the smallest amount of the company's currency.
    """
    by_day = defaultdict(list)
    for change, value in found:
        by_day[change.day].append((change, value))
    subscriber = _Subscriber(tiny)
    for _day, items in sorted(by_day.items()):
        agreed = sum(value for change, value in items if change.part == AGREED)
        kind = subscriber.get_kind(agreed)
        net = defaultdict(float)
        for change, value in items:
            net[_mark(change, kind)] += value if change.part == AGREED else 0.0
        for change, value in items:
            yield _explain(change, value, kind, net)
        subscriber.add(sum(value for change, value in items if change.part != PAUSED))


def _mark(change: Change, kind: str | None) -> str | None:
    return PRICE if change.is_price and not kind else None


def _explain(change: Change, value: float, kind: str | None, net: dict) -> Movement:
    """What one change of a day is.

    :param kind: what the day is for the subscriber as a whole; None: growth or loss.
    :param net: what agreed revenue changes by on that day, by mark.
    """
    mark = None
    if change.part == PAUSED:
        # What was paused and then ends was lost: it is not revenue that comes back.
        kind = PAUSE if change.begins or change.is_last else RESUME
    elif change.part == VALUED:
        kind, mark = EXPANSION if value > 0 else CONTRACTION, CURRENCY
    elif not kind:
        mark = _mark(change, kind)
        kind = EXPANSION if net[mark] > -1e-9 else CONTRACTION
    return Movement(
        change.key, change.day, kind, mark, change.amount, value, change.part == AGREED and not change.begins
    )
