"""What leaving a contract before the end of its minimum term costs."""

from collections.abc import Hashable
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from .periods import ONE_DAY
from .proration import rounded

NONE, FIXED, PERCENT = "none", "fixed", "percent"


def commitment_end(start: date, months: int, moved: int = 0) -> date | None:
    """Last day of the minimum term; None: there is none.

    :param start: first day that is charged: a trial is no part of the term.
    :param moved: days by which pauses moved the term back.
    """
    return start + relativedelta(months=months, days=moved - 1) if months > 0 else None


def remaining_months(last_day: date, end: date) -> int:
    """Months of the minimum term that are begun after the last day of service: one that is begun counts in full."""
    if last_day >= end:
        return 0
    first = last_day + ONE_DAY
    months = (end.year - first.year) * 12 + end.month - first.month
    return months if first + relativedelta(months=months) > end else months + 1


def termination_fee(
    kind: Hashable, *, fixed: Decimal, percent: Decimal, monthly: Decimal, months: int, digits: int = 2
) -> Decimal:
    """The fee for so many remaining months: nothing, a fixed amount, or a share of what they would have cost.

    :param monthly: what the lines in force cost in an average month.
    :param digits: decimals of the currency.
    """
    if kind == NONE or months <= 0:
        return Decimal(0)
    return rounded(fixed if kind == FIXED else monthly * months * percent / 100, digits)
