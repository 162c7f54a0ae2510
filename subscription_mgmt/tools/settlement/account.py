"""A chain of lines and its ledger, brought together day by day: who serves which day, how every billed row stands."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from ..periods import Period, period
from ..proration import days_in, rounded
from .charged import Charged, charged, is_priced, settle_alone, settle_together, share, span_of
from .days import LAST, Days, minus, to_days, union, within
from .ledger import ZERO, Billed, Credit, Ledger, Terms


class Account:
    """Days and billed rows of a chain.

    Nearly all rows of an old contract are at peace: untouched, with all their days. Those cost one look.

    :ivar own: days of service by line; no day belongs to two lines.
    :ivar paid: days of service that were paid elsewhere, by line.
    :ivar covered: days of the chain that are not to be charged again: billed or skipped.
    """

    def __init__(self, chain: Sequence[Terms], ledger: Ledger):
        """Find out which days each line serves, and which rows are not at peace.

        :raise ValueError: a billed row of a line that is not in the chain.
        """
        self.chain = chain
        self.ledger = ledger
        self.own: dict[Hashable, Days] = {}
        self.paid: dict[Hashable, Days] = {}
        self.covered: Days = []
        self._rows: dict[Period, list[Billed]] = defaultdict(list)
        self._credits: dict[Hashable, list[Credit]] = defaultdict(list)
        self._standings: dict[Period, list[Charged]] = {}
        self._restless: dict[Period, bool] = {}
        self._share_days()
        self._enter_billed()

    def _share_days(self) -> None:
        """Give every day to one line: where two serve the same day, the successor has it."""
        taken: Days = []
        for terms in reversed(self.chain):
            days = minus(_days_of(terms), taken)
            paid_until = terms.paid_until.toordinal() if terms.paid_until else 0
            self.own[terms.line] = within(days, paid_until + 1, LAST)
            self.paid[terms.line] = within(days, 0, paid_until)
            taken = union(taken + days)

    def _enter_billed(self) -> None:
        for credit in self.ledger.credits:
            self._credits[credit.row].append(credit)
        covered = []
        for row in self.ledger.billed:
            if row.line not in self.own:
                raise ValueError(f"billed row {row.key} is of line {row.line}, which is not in the chain")
            whole = row.whole or (row.date_from, row.date_to)
            self._rows[whole].append(row)
            kept = self._get_kept(row) if row.prorate else [span_of(row)]
            covered += kept
            if _is_full(row, self.ledger.digits):
                covered.append((whole[0].toordinal(), whole[1].toordinal()))
            if kept != [span_of(row)] or row.returned or row.key in self._credits:
                self._restless[whole] = True
        self.covered = union(covered)

    def _get_kept(self, row: Billed) -> Days:
        """Days of a billed row that its line still serves."""
        first, last = span_of(row)
        own = self.own[row.line]
        place = bisect_right(own, (first, LAST)) - 1
        if place >= 0 and own[place][1] >= last:  # nearly all rows
            return [(first, last)]
        return within(own, first, last)

    def get_rows(self, whole: Period) -> list[Charged]:
        """Billed rows whose price pays these days, settled."""
        rows = self._standings.get(whole)
        if rows is None:
            rows = self._standings[whole] = [self._get_standing(row) for row in self._rows.get(whole, ())]
            if whole in self._restless:
                _settle_rows(rows, self.ledger.digits)
        return rows

    def _get_standing(self, row: Billed) -> Charged:
        return charged(row, self._credits.get(row.key, ()), self._get_kept(row))

    def get_all_rows(self) -> Iterator[Charged]:
        """All billed rows, settled."""
        for whole in self._rows:
            yield from self.get_rows(whole)

    def get_restless_rows(self) -> Iterator[Charged]:
        """Billed rows of the periods in which something may have to be given back or charged again."""
        for whole in self._restless:
            yield from self.get_rows(whole)

    def get_running_total(self, whole: Period, price: Decimal) -> tuple[int, Decimal]:
        """Number and amount of the days of a period that are billed at this price."""
        if whole not in self._rows:
            return 0, ZERO
        digits = self.ledger.digits
        rows = _get_priced(self.get_rows(whole), price, digits)
        return sum(row.served for row in rows), sum((_stand_for(row, digits) for row in rows), ZERO)


def _days_of(terms: Terms) -> Days:
    """Days served up to the last day of the line's periods."""
    cadence = terms.cadence
    last = cadence.date_end or date.max
    if cadence.repetitions:
        args = (cadence.interval, cadence.unit, cadence.anchor_day)
        last = min(last, period(cadence.anchor, cadence.repetitions - 1, *args)[1])
    return within(to_days(terms.served), 0, last.toordinal())


def _is_full(row: Billed, digits: int) -> bool:
    """Whether a row without proration paid its whole period, and not only what another row left of it."""
    return bool(not row.prorate and row.whole and row.price is not None and row.planned == rounded(row.price, digits))


def _get_priced(rows: Sequence[Charged], price: Decimal, digits: int) -> list[Charged]:
    """The rows that were made from this price of the period."""
    return [row for row in rows if row.row.price == price and is_priced(row.row, digits)]


def _stand_for(row: Charged, digits: int) -> Decimal:
    """What a billed row comes to in the running total of its period: what accounting did to it is left aside."""
    return row.target(row.served, digits, row.row.planned) if row.touched else row.net + row.move


def _settle_rows(rows: list[Charged], digits: int) -> None:
    """Settle the billed rows of one period: by itself what accounting had a hand in, together what has one price."""
    clean = defaultdict(list)
    for row in rows:
        if row.touched or not row.row.prorate or not is_priced(row.row, digits):
            settle_alone(row, digits)
        else:
            clean[row.row.price].append(row)
    for price, group in clean.items():
        priced = _get_priced(rows, price, digits)
        asked = share(price, sum(row.served for row in priced), days_in(group[0].row.whole), digits)
        asked -= sum(_stand_for(row, digits) for row in priced if row not in group)
        settle_together(group, asked, digits)
