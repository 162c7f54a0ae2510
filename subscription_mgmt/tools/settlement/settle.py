"""Settle: the plan as it should be, from what is due and what was charged."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from .account import Account
from .charged import Charged, share, span_of
from .days import Days, count, to_periods
from .due import due_to_bill
from .ledger import ZERO, Correction, Ledger, Settlement, Terms


def settle(chain: Sequence[Terms], ledger: Ledger) -> Settlement:
    """Say which planned rows a chain of lines should have.

    :param chain: the lines of one chain, each followed by its successor, those without any service too.
    :param ledger: everything billed for these lines and decided about them; of planned rows only how far they reach
        is looked at, so that a horizon that moved back cuts nothing off.
    :raise ValueError: a billed row or decision of a line that is not in the chain.
    """
    account = Account(chain, ledger)
    settlement = Settlement()
    for row in account.get_restless_rows():
        if row.move or row.renewed or (row.fresh and row.restored):
            settlement.corrections.extend(_correct(row, ledger.digits))
    for charge in due_to_bill(account):
        # A price of 0 was agreed and is shown; a part that rounds to 0 is nothing to bill.
        (settlement.charges if charge.amount or not charge.price else settlement.nothing).append(charge)
    return settlement


def _correct(standing: Charged, digits: int) -> Iterator[Correction]:
    """Rows for what has to come back of a billed row, or to be charged again: one for each stretch of days."""
    row, span = standing.row, [span_of(standing.row)]
    give, charge = _divide(standing, digits)
    excess = standing.touched and not (standing.restored and row.prorate)
    for amount, days, again, is_excess in (
        (give, standing.fresh or standing.cut, False, False),
        (charge, [] if excess else standing.restored or standing.back, False, excess),
        (standing.renewed, standing.kept, True, False),
    ):
        for (first, last), part in _spread(amount, days or span, digits):
            yield Correction(row.key, row.line, first, last, part, again, is_excess)


def _divide(standing: Charged, digits: int) -> tuple[Decimal, Decimal]:
    """What to give back and what to charge again: both, when a pause moved from some days of a row to others."""
    charge = standing.move if standing.move * standing.row.charged > 0 else ZERO
    if standing.fresh and standing.restored:
        given = standing.given if standing.given * standing.row.charged > 0 else ZERO
        charge = max(charge, min(standing.get_worth(digits), given, key=abs), key=abs)
    return standing.move - charge, charge


def _spread(amount: Decimal, days: Days, digits: int) -> Iterator[tuple[tuple, Decimal]]:
    """Divide an amount over stretches of days, by their length and to the cent; without those that come to 0."""
    total, done, before = count(days), 0, ZERO
    for stretch, period in zip(days, to_periods(days), strict=True):
        done += stretch[1] - stretch[0] + 1
        reached = share(amount, done, total, digits)
        if reached != before:
            yield period, reached - before
        before = reached
