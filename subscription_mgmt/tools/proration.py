"""One proration for quote, plan, invoice, credit note and portal.

By the day, half up, against the natural period: what is charged for a part and what is credited for the rest
always add up to the whole, to the cent.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise

Period = tuple[date, date]
# By number of decimals: every row of every plan is rounded, so none is made anew
QUANTA = [Decimal(1).scaleb(-digits) for digits in range(13)]


def days_in(period: Period) -> int:
    """Number of days of a period, both ends included.

    :raise ValueError: the period ends before it starts.
    """
    start, end = period
    if end < start:
        raise ValueError(f"period ends on {end}, before it starts on {start}")
    return (end - start).days + 1


def rounded(amount: Decimal, digits: int = 2) -> Decimal:
    """Round half away from zero to `digits` decimals, as an accountant does by hand."""
    return Decimal(amount).quantize(QUANTA[digits], rounding=ROUND_HALF_UP)


# The rows of a line nearly all have the same figures.
@lru_cache(maxsize=4096)
def net(quantity: float, price_unit: float, discount: float) -> Decimal:
    """Exact amount of so much at this price, less the discount in percent; not rounded."""
    return Decimal(str(quantity)) * Decimal(str(price_unit)) * (100 - Decimal(str(discount))) / 100


def get_exact_price(quantity: float, price_unit: float, discount: float) -> Decimal:
    """The same to the eight decimals that the plan keeps: enough for every part of it to be right to the cent."""
    return rounded(net(quantity, price_unit, discount), 8)


def prorate(amount: Decimal, used: Period, whole: Period, digits: int = 2) -> Decimal:
    """Return the part of `amount` that falls on the days `used` of the period `whole`.

    :param amount: price of the whole period, net of tax; negative for a credit.
    :param used: the days to pay for, both ends included, inside `whole`.
    :param whole: the natural period, both ends included.
    :param digits: decimals of the currency.
    :raise ValueError: a period that ends before it starts, or `used` reaches outside `whole`.
    """
    if used[0] < whole[0] or used[1] > whole[1]:
        raise ValueError(f"the days {used[0]}..{used[1]} are not all inside the period {whole[0]}..{whole[1]}")
    return rounded(Decimal(amount) * days_in(used) / days_in(whole), digits)


def split(amount: Decimal, whole: Period, cuts: Sequence[date], digits: int = 2) -> list[Decimal]:
    """Divide `amount` over the parts of `whole`; the parts always sum to `amount` rounded to `digits`.

    :param cuts: first day of the second, third, … part, rising, each after the first day of `whole`.
    :return: one amount a part, so one more than there are cuts.
    :raise ValueError: cuts that do not rise, or lie outside `whole`.
    """
    total = days_in(whole)
    edges = [whole[0], *cuts]
    if any(after <= before for before, after in pairwise(edges)) or edges[-1] > whole[1]:
        raise ValueError(f"cuts must rise and lie after {whole[0]}, up to {whole[1]}")
    amount = Decimal(amount)
    # Rounding the running total instead of each part: no cent is lost or made.
    reached = [rounded(amount * (edge - whole[0]).days / total, digits) for edge in edges] + [rounded(amount, digits)]
    return [after - before for before, after in pairwise(reached)]
