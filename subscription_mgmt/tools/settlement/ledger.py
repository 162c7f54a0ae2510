"""What settlement reads and what it gives back: plain values, no storage.

Keys (`line`, `key`, `row`) are the caller's own and only compared. Amounts are net of tax, in the currency of the
contract; every stretch of days includes both its ends.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..periods import Period
from ..plan import Cadence
from .days import minus, to_days, to_periods

ZERO = Decimal(0)


@dataclass(frozen=True)
class Terms:
    """What was agreed for one line of a chain: one segment of service at one price.

    :ivar line: key of the line.
    :ivar cadence: of the line; its anchor is that of the first line of the chain, so that periods never restart.
    :ivar served: days with service, see :func:`served`.
    :ivar price: exact net amount of one natural period, not rounded (:func:`..proration.net`).
    :ivar horizon: last day on which a period may start, included.
    :ivar prorate: False charges every natural period with a day of service once, in full.
    :ivar paid_until: last day paid elsewhere before; what is left of its period is charged by the day.
    """

    line: Hashable
    cadence: Cadence
    served: tuple[Period, ...]
    price: Decimal
    horizon: date
    prorate: bool = True
    paid_until: date | None = None


class Decision(NamedTuple):
    """What a person decided about a stretch of days of a line; it is its own key, so every row may keep a copy.

    :ivar amount: what the whole stretch costs, None when it is skipped. Days cut from the stretch take their part
        of the amount with them, and bring it back when they come back.
    """

    line: Hashable
    date_from: date
    date_to: date
    amount: Decimal | None


class Billed(NamedTuple):
    """A charge that stands on an invoice. It keeps its own terms for ever; only days can be cut from it.

    :ivar planned: what the row came to when it was billed.
    :ivar charged: what its invoice line says now; a person may have changed the draft.
    :ivar returned: what accounting gave back of it by itself: credit notes by hand, all of it when cancelled.
    :ivar again: how much of `returned` a person wants charged again.
    :ivar whole: days that `price` pays: the natural period, or the stretch of a decision. None: the row's own days.
    :ivar price: exact amount for `whole` at which the row was billed. None: `planned` for the row's own days.
    :ivar prorate: False for rows of lines without proration: nothing of them comes back.
    """

    key: Hashable
    line: Hashable
    date_from: date
    date_to: date
    planned: Decimal
    charged: Decimal
    returned: Decimal = ZERO
    again: Decimal = ZERO
    whole: Period | None = None
    price: Decimal | None = None
    prorate: bool = True


class Credit(NamedTuple):
    """A billed correction of ours, tied to a billed row; those of one row in the order of billing.

    :ivar row: key of the billed row.
    :ivar amount: what its invoice line says: negative gives back, positive charges again.
    :ivar undone: how much of `amount` accounting took back (credit note cancelled or reversed), with the same sign.
    :ivar again: it charges again what accounting had given back, as a person asked.
    """

    row: Hashable
    date_from: date
    date_to: date
    amount: Decimal
    undone: Decimal = ZERO
    again: bool = False


class Planned(NamedTuple):
    """A row of the plan as it is stored: a charge, or the correction of billed row `row`.

    :ivar whole: None when not stored: then it is not compared.
    :ivar price: as `whole`.
    :ivar decision: copy of the decision that the row holds.
    """

    key: Hashable
    line: Hashable
    date_from: date
    date_to: date
    amount: Decimal
    whole: Period | None = None
    price: Decimal | None = None
    decision: Decision | None = None
    row: Hashable | None = None
    again: bool = False


@dataclass(frozen=True)
class Ledger:
    """Everything the ledger holds for one chain of lines.

    :ivar digits: decimals of the currency.
    """

    billed: Sequence[Billed] = ()
    credits: Sequence[Credit] = ()
    decisions: Sequence[Decision] = ()
    planned: Sequence[Planned] = ()
    digits: int = 2


class Due(NamedTuple):
    """What the terms ask for a stretch of days, at one price.

    :ivar whole: days that `price` pays: the natural period, or the stretch of the decision.
    :ivar price: exact amount for `whole`.
    :ivar amount: what these days cost. For a billed row: what should be left of it.
    :ivar part: another amount than `price`, rounded: the days are a part of `whole`. Else quantity, price and discount
        of the line (or of the decision) come to the amount as they are.
    :ivar decision: whose amount it is, if a person set it.
    :ivar row: key of the billed row that holds these days; None for days still to bill.
    """

    line: Hashable
    date_from: date
    date_to: date
    whole: Period
    price: Decimal
    amount: Decimal
    part: bool
    decision: Decision | None = None
    row: Hashable | None = None


class Correction(NamedTuple):
    """Row that gives days of a billed row back (negative), or charges them again (positive).

    :ivar excess: charges again what we gave back and accounting gave back, too; not for days that are served again.
    """

    row: Hashable
    line: Hashable
    date_from: date
    date_to: date
    amount: Decimal
    again: bool = False
    excess: bool = False


@dataclass(frozen=True)
class Settlement:
    """The plan as it should be.

    :ivar charges: rows to bill.
    :ivar corrections: rows that give back or charge again, each tied to its billed row.
    :ivar nothing: stretches whose part rounds to 0: no row for them; their cents come with the next part.
    """

    charges: list[Due] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    nothing: list[Due] = field(default_factory=list)


def served(*spans: tuple[date, date | None], pauses: Iterable[tuple[date, date | None]] = ()) -> tuple[Period, ...]:
    """Days of service: those in every span (of the line, of the contract), less the pauses.

    :param spans: first and last day, both included; None: no end.
    :param pauses: days without service, in any order; None: not resumed yet.
    """
    first = max(span[0] for span in spans)
    last = min(span[1] or date.max for span in spans)
    paused = to_days((start, end or date.max) for start, end in pauses)
    return tuple(to_periods(minus(to_days([(first, last)]), paused)))
