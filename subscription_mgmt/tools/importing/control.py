"""Control totals of a file of contracts: figures that the old system shows too, to be compared beforehand."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from ..plan import Cadence
from ..proration import get_exact_price, rounded
from ..settlement import Ledger, Terms, served, settle
from .rules import DEFAULTS, Row

UNITS = ("day", "week", "month", "year")
PER_MONTH = {"day": Decimal(365) / 12, "week": Decimal(365) / 84, "month": Decimal(1), "year": Decimal(1) / 12}
SOME_PRICE = Decimal(100_000)  # one of which no part of a period rounds to nothing
MAX_ROWS = 300_000  # so many different rows of plans are worked out; more take longer than a person waits


def price_of(row: Row) -> Decimal | None:
    """Return what a period of a row costs: quantity × price, less the discount; None when its price was not read."""
    price = row.values.get("price")
    if price is None:
        return None
    quantity, discount = (row.values.get(key, DEFAULTS[key]) for key in ("quantity", "discount"))
    return get_exact_price(quantity, price, discount)


def cadence_of(row: Row) -> tuple[str, int]:
    """Return unit and interval of a row."""
    return row.values.get("unit", DEFAULTS["unit"]), row.values.get("interval", DEFAULTS["interval"])


class Totals:
    """Contracts, their lines, and what these cost by how often they are billed."""

    def __init__(self, digits: int = 2):
        self.digits, self.contracts, self.lines = digits, 0, 0
        self.periods, self.month = defaultdict(Decimal), Decimal(0)

    def add(self, rows: list[Row]) -> None:
        """Count a contract and its lines."""
        self.contracts += 1
        self.lines += len(rows)
        for row in rows:
            price = price_of(row)
            if price is not None:
                unit, interval = cadence_of(row)
                price = rounded(price, self.digits)
                self.periods[unit, interval] += price
                self.month += rounded(price * PER_MONTH[unit] / interval, self.digits)

    def get_counts(self) -> dict:
        """Return the figures that are one number each."""
        return {"contracts": self.contracts, "lines": self.lines, "month": float(self.month)}


class PlanTotals:
    """Rows and amount of the payment plans that contracts of a file will get.

    Worked out by the same settlement that makes the plan. Contracts that begin on one day and end on one day have
    plans of the same shape: without a part of a period in it, only the price differs.
    """

    def __init__(self, digits: int = 2):
        self.count, self.amount = 0, Decimal(0)
        self._digits, self._shapes, self._sums, self._made = digits, {}, {}, 0

    @property
    def is_too_long(self) -> bool:
        """Whether there is more than is worked out beforehand; the figures are then those of a part."""
        return self._made > MAX_ROWS

    def add(self, row: Row, cadence: Cadence, horizon: date) -> None:
        """Add the plan of a line.

        :param cadence: as the line will have it
        :param horizon: last day on which a period may start
        """
        if self.is_too_long:
            return
        key = (cadence, horizon, row.values.get("prorate", DEFAULTS["prorate"]), row.values.get("paid_until"))
        price = price_of(row)
        if key not in self._shapes:
            charges = self._settle(key, SOME_PRICE)
            self._shapes[key] = len(charges), any(charge.part for charge in charges)
        count, has_parts = self._shapes[key]
        amount = rounded(price, self._digits) * count
        if has_parts:
            if (key, price) not in self._sums:
                charges = self._settle(key, price)
                self._sums[key, price] = len(charges), sum(charge.amount for charge in charges)
            count, amount = self._sums[key, price]
        self.count += count
        self.amount += amount

    def _settle(self, key, price):
        cadence, horizon, prorate, paid_until = key
        spans = served((cadence.anchor, cadence.date_end))
        charges = settle(
            [Terms(0, cadence, spans, price, horizon, prorate, paid_until)], Ledger(digits=self._digits)
        ).charges
        self._made += len(charges)
        return charges
