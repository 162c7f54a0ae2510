"""Interest for late payment: simple, by the day, on what was open of an invoice on each day.

A month has 30 days, so a day costs a thirtieth of the rate. A day is late from the one after the due date; on it,
what was open at its beginning counts: a debt paid ten days after its due date is ten days late. Days that were
charged are left out, wherever they stand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

MONTH = 30
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Debt:
    """One part of an invoice with its due date.

    :ivar payments: (day, amount) of everything that was set against it.
    """

    due: date
    amount: Decimal
    payments: tuple[tuple[date, Decimal], ...] = ()

    def open_on(self, day: date) -> Decimal:
        """What was open of it at the beginning of the day."""
        return self.amount - sum((amount for paid, amount in self.payments if paid < day), Decimal(0))


@dataclass(frozen=True)
class Charge:
    """Days that follow each other, both ends included, and what they cost.

    :ivar base: what was late on the last of the days.
    """

    date_from: date
    date_to: date
    base: Decimal
    amount: Decimal


def free_stretches(first: date, last: date, taken: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Return the days from first to last without those taken, as stretches with both ends included."""
    free, start = [], first
    for date_from, date_to in sorted(taken):
        if date_from > last:
            break
        if date_from > start:
            free.append((start, date_from - DAY))
        start = max(start, date_to + DAY)
    if start <= last:
        free.append((start, last))
    return free


def charges(
    debts: Iterable[Debt], rate: Decimal, first: date, last: date, taken: Iterable[tuple[date, date]], digits: int = 2
) -> list[Charge]:
    """Return what the late days from first to last cost, without those that were charged.

    :param rate: percent a month; zero: nothing.
    :param taken: stretches of days that were charged already.
    """
    debts = list(debts)
    if rate <= 0 or not debts:
        return []
    first = max(first, min(debt.due for debt in debts) + DAY)
    found = (_charge(debts, rate, start, end, digits) for start, end in free_stretches(first, last, taken))
    return [charge for charge in found if charge and charge.amount > 0]


def _charge(debts, rate, start, end, digits):
    """What a stretch costs, without the days at its ends on which nothing was late; None: on no day anything was."""
    pieces = [piece for piece in _pieces(debts, start, end) if piece[2] > 0]
    if not pieces:
        return None
    days = sum(base * ((to - since).days + 1) for since, to, base in pieces)
    amount = (days * rate / (100 * MONTH)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return Charge(pieces[0][0], pieces[-1][1], pieces[-1][2], amount)


def _pieces(debts, start, end):
    """Stretches within which what is late stays the same, with what it is."""
    cuts = {start}
    for debt in debts:
        cuts |= {debt.due + DAY, *(paid + DAY for paid, _amount in debt.payments)}
    cuts = sorted(cut for cut in cuts if start <= cut <= end)
    for place, cut in enumerate(cuts):
        to = cuts[place + 1] - DAY if place + 1 < len(cuts) else end
        yield cut, to, sum((debt.open_on(cut) for debt in debts if debt.due < cut), Decimal(0))
