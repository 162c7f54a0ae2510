"""Figures of recurring revenue over months: movements, rates and cohorts, from sums that a database has made."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from . import mrr

EXCHANGE = "exchange"
# Rows of the waterfall in their order; exchange rates are neither growth nor loss
PARTS = (*mrr.KINDS, EXCHANGE)
GAINS = (mrr.NEW, mrr.REACTIVATION, mrr.EXPANSION, mrr.RESUME)
LOSSES = (mrr.CONTRACTION, mrr.CHURN, mrr.PAUSE)
# A cohort is young until so many of its months are complete.
YOUNG = 3


def add_months(day: date, count: int) -> date:
    """First day of the month so many months later."""
    index = day.year * 12 + day.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def list_months(first: date, last: date) -> list[date]:
    """First days of all months from that of one day to that of another."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [add_months(first, number) for number in range(count + 1)]


@dataclass
class Period:
    """A month, or several: what recurring revenue and subscribers were, and what moved them.

    :ivar parts: amount by part of :data:`PARTS`; `price`: what of expansion and contraction is another price.
    :ivar start: subscribers at the start, those in a pause too; `won`: new, `back`: returned, `lost`: of the start.
    :ivar paying: subscribers with revenue at the end.
    """

    opening: float = 0.0
    parts: dict = field(default_factory=lambda: defaultdict(float))
    price: float = 0.0
    start: int = 0
    won: int = 0
    back: int = 0
    lost: int = 0
    paying: int = 0

    @property
    def closing(self) -> float:
        return round(self.opening + sum(self.parts.values()), 6)

    @property
    def end(self) -> int:
        return self.start + self.won + self.back - self.lost

    @property
    def loss(self) -> float:
        """What was lost, as a figure above zero; what is paused is lost until it comes back."""
        return -round(sum(self.parts[part] for part in LOSSES), 6)

    @property
    def customer_churn(self) -> float | None:
        return self.lost / self.start if self.start else None

    @property
    def gross_churn(self) -> float | None:
        return self._share(self.loss)

    @property
    def gross_retention(self) -> float | None:
        churn = self.gross_churn
        return None if churn is None else min(1.0, 1 - churn)

    @property
    def net_churn(self) -> float | None:
        gains = sum(self.parts[part] for part in (mrr.EXPANSION, mrr.REACTIVATION, mrr.RESUME))
        return self._share(self.loss - gains)

    @property
    def net_retention(self) -> float | None:
        churn = self.net_churn
        return None if churn is None else 1 - churn

    @property
    def arpa(self) -> float | None:
        return self.closing / self.paying if self.paying else None

    @property
    def arr(self) -> float:
        return 12 * self.closing

    @property
    def quick_ratio(self) -> float | None:
        """What was gained for each unit that was lost."""
        return sum(self.parts[part] for part in GAINS) / self.loss if self.loss > 0 else None

    @property
    def lifetime(self) -> float | None:
        """Months that a subscriber stays at this churn; None: nobody left, or nobody was there."""
        return 1 / self.customer_churn if self.customer_churn else None

    def _share(self, amount: float) -> float | None:
        """Part of the revenue at the start; without a subscriber or revenue then there is none."""
        return amount / self.opening if self.start and self.opening > 0 else None


def waterfall(months: Iterable[date], sums: Mapping[tuple, float], heads: Mapping[date, tuple]) -> dict[date, Period]:
    """Each month with what moved in it.

    :param sums: {(month, kind, mark): amount}, of the months before, too.
    :param heads: {month: (new, back, lost, change of those who pay)}, of the months before, too.
    """
    months = list(months)
    first, found = months[0], {month: Period() for month in months}
    opening = round(sum(amount for (month, *_rest), amount in sums.items() if month < first), 6)
    before = [head for month, head in heads.items() if month < first]
    count = sum(won + back - lost for won, back, lost, _paying in before)
    paying = sum(head[3] for head in before)
    for (month, kind, mark), amount in sums.items():
        if month in found:
            found[month].parts[EXCHANGE if mark == mrr.CURRENCY else kind] += amount
            found[month].price += amount if mark == mrr.PRICE else 0.0
    for month, period in found.items():
        period.opening, period.start = opening, count
        period.won, period.back, period.lost, change = heads.get(month, (0, 0, 0, 0))
        paying += change
        period.paying = paying
        opening, count = period.closing, period.end
    return found


@dataclass
class Cohort:
    """Subscribers whose first revenue was in one month.

    :ivar revenue: at the end of the first month and of each month after; `heads`: of subscribers.
    :ivar is_young: few of its months are complete.
    """

    month: date
    revenue: list
    heads: list
    is_young: bool

    def get_shares(self, name: str) -> list:
        """Each month as a part of the first one; empty where there was nothing in the first."""
        figures = getattr(self, name)
        return [figure / figures[0] if figures[0] > 0 else None for figure in figures]


def cohorts(
    months: Iterable[date], revenue: Mapping[tuple, float], heads: Mapping[tuple, int], last: date
) -> list[Cohort]:
    """Cohorts of the months that have one.

    :param revenue: {(month of the cohort, month): change of revenue}; `heads`: of subscribers.
    :param last: the running month: nothing comes after it.
    """
    found = []
    for cohort in months:
        ages = list_months(cohort, last)
        if any(key[0] == cohort for key in revenue):
            sums = [(revenue.get((cohort, month), 0.0), heads.get((cohort, month), 0)) for month in ages]
            amounts, counts = _sum_up(pair[0] for pair in sums), _sum_up(pair[1] for pair in sums)
            found.append(Cohort(cohort, amounts, counts, len(ages) - 1 < YOUNG))
    return found


def _sum_up(changes: Iterable) -> list:
    total, found = 0, []
    for change in changes:
        total = round(total + change, 6)
        found.append(total)
    return found
