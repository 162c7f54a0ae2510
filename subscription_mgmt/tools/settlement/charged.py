"""Charged: what stands of a billed row, and what has to come back of it or to be charged again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ..proration import days_in, rounded
from .days import Days, both, count, minus, union
from .ledger import ZERO, Billed, Credit

# A part may miss the share of its days by so many cents: it is the difference of two running totals. A row that
# misses it by more was not made from its price, and only its own amount counts.
ROUNDING = 2


def share(price: Decimal, days: int, whole: int, digits: int) -> Decimal:
    """What so many days of a period cost, as a running total: the parts of a period are the steps between two."""
    return rounded(price * days / whole, digits)


@dataclass(slots=True, eq=False)
class Charged:
    """A billed row as it stands today.

    :ivar kept: its days that are still served.
    :ivar served: how many days it charges for: those kept, or all when it was billed without proration.
    :ivar net: what counts as charged: the invoice line and our corrections, less what accounting gave back.
    :ivar left: how much may still be given back.
    :ivar given: what our corrections gave back and accounting let stand, less what they charged again.
    :ivar back: days that our corrections gave back.
    :ivar again: what was charged again because a person wanted it.
    :ivar renewable: what a person wants charged again and is not yet.
    :ivar stopped: what accounting took back of our corrections whose days are still cut: it is not given back again.
    :ivar touched: accounting had a hand in it: it is settled by itself, whatever stands beside it.
    :ivar move: what settlement adds to `net` because days were cut or are served again.
    :ivar renewed: what it adds because a person wants it.
    """

    row: Billed
    kept: Days
    served: int
    net: Decimal
    left: Decimal
    given: Decimal = ZERO
    back: Days = field(default_factory=list)
    again: Decimal = ZERO
    renewable: Decimal = ZERO
    stopped: Decimal = ZERO
    touched: bool = False
    move: Decimal = ZERO
    renewed: Decimal = ZERO

    @property
    def cut(self) -> Days:
        """Days that are not served any more and have to come back."""
        return minus([span_of(self.row)], self.kept) if self.row.prorate else []

    @property
    def fresh(self) -> Days:
        """Days cut that were not given back yet."""
        return minus(self.cut, self.back)

    @property
    def restored(self) -> Days:
        """Days that we gave back and that are served again."""
        return both(self.back, self.kept)

    def clamp(self, move: Decimal) -> Decimal:
        """Give back no more than is left, charge again no more than we gave back ourselves."""
        low, high = sorted((-self.left, self.given))
        return max(low, min(move, high))

    def get_worth(self, digits: int) -> Decimal:
        """What the days cost that we gave back and that are served again."""
        return self.target(self.served, digits) - self.target(self.served - count(self.restored), digits)

    def get_excess(self, due: Decimal) -> Decimal:
        """How much more we gave back than accounting, which gave back or lowered the same row later, leaves to give.

        :param due: what its days cost.
        """
        asked = _toward(self.row.charged, due - self.row.returned + self.again)
        return _toward(self.row.charged, asked - self.net - self.stopped)

    def target(self, days: int, digits: int, amount: Decimal | None = None) -> Decimal:
        """What so many of its days cost at its own terms.

        :param amount: what all of its days cost; default: what its invoice line says.
        """
        row, own = self.row, days_in((self.row.date_from, self.row.date_to))
        amount = row.charged if amount is None else amount
        if days == own:
            return amount
        if amount == row.planned and is_priced(row, digits):
            return share(row.price, days, days_in(row.whole), digits)
        return share(amount, days, own, digits)


def charged(row: Billed, credits: Sequence[Credit] = (), kept: Days | None = None) -> Charged:
    """What the ledger holds of a billed row.

    :param credits: our own billed corrections of the row, in their order.
    :param kept: its days that are still served; default: all.
    """
    kept = [span_of(row)] if kept is None else kept
    served = count(kept) if row.prorate else days_in((row.date_from, row.date_to))
    if not credits and row.charged == row.planned and not row.returned:  # nearly all rows
        return Charged(row, kept, served, net=row.charged, left=row.charged)
    ours = sum((credit.amount - credit.undone for credit in credits), ZERO)
    renewed = sum((credit.amount - credit.undone for credit in credits if credit.again), ZERO)
    standing = Charged(
        row=row,
        kept=kept,
        served=served,
        net=row.charged + ours - row.returned,
        left=_toward(row.charged, row.charged + ours - row.returned),
        given=renewed - ours,
        back=_get_given_days(row, credits),
        again=renewed,
        renewable=_toward(row.charged, min(row.again, row.returned, key=abs) - renewed),
    )
    undone = [credit for credit in credits if credit.undone]
    standing.touched = bool(row.charged != row.planned or row.returned or renewed or undone)
    standing.stopped = sum((credit.undone for credit in undone if both(standing.cut, [span_of(credit)])), ZERO)
    return standing


def is_priced(row: Billed, digits: int) -> bool:
    """Whether the row came to the share that its days have of its price, give or take the rounding."""
    if row.price is None or row.whole is None:
        return False
    asked = share(row.price, days_in((row.date_from, row.date_to)), days_in(row.whole), digits)
    return abs(row.planned - asked) <= ROUNDING * cent(digits)


def cent(digits: int) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-digits)


def settle_alone(standing: Charged, digits: int) -> None:
    """Settle a row by itself; never against what accounting did to it."""
    due = standing.target(standing.served, digits)
    move = due - standing.net - standing.stopped
    standing.move = standing.clamp(move)
    if standing.move * standing.row.charged > 0 and (standing.touched or not standing.row.prorate):
        # What accounting gave back is not charged again together with days that are served again; what we gave back
        # of the same amount before is.
        excess = standing.get_excess(due if standing.row.prorate else ZERO)
        most = max(standing.get_worth(digits), excess, key=abs)
        standing.move = min(standing.move, most, key=abs)
    if move * standing.row.charged > 0:
        standing.renewed = min(move - standing.move, standing.renewable, key=abs)


def settle_together(rows: list[Charged], asked: Decimal, digits: int) -> None:
    """Settle the rows of one period and price, so that they come to what is asked of all their days.

    A row whose days changed moves to the price of its own days; the cents by which such shares miss the running
    total go to rows whose days were cut at some time. A row that always had all its days is left alone.
    """
    rest = asked - sum(row.net for row in rows)
    changed = [row for row in rows if row.fresh or row.restored]
    for row in changed:
        row.move = row.clamp(row.target(row.served, digits) - row.net)
        rest -= row.move
    for row in changed + [row for row in rows if (row.cut or row.back) and row not in changed]:
        move = row.clamp(row.move + rest)
        rest -= move - row.move
        row.move = move


def span_of(row: Billed | Credit) -> tuple[int, int]:
    """First and last day of a row."""
    return row.date_from.toordinal(), row.date_to.toordinal()


def _toward(sign: Decimal, amount: Decimal) -> Decimal:
    """The amount when it has the given sign, else nothing."""
    return amount if amount * sign > 0 else ZERO


def _get_given_days(row: Billed, credits: Sequence[Credit]) -> Days:
    """Days of the row that our corrections gave back and did not charge again since.

    A correction of the whole row that charges only a part of it again is about an amount: accounting had given the
    same back. The days stay given.
    """
    back, given = [], ZERO
    for credit in credits:
        if credit.again:
            continue
        given -= credit.amount
        if credit.amount * row.charged < 0:
            back = union([*back, span_of(credit)])
        elif span_of(credit) != span_of(row) or not given:
            back = minus(back, [span_of(credit)])
    return both(back, [span_of(row)])
