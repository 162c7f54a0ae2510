"""Due: what the terms ask of each natural period, around what was billed and what a person decided."""

from bisect import insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from ..periods import Period, index_of, natural_period
from ..plan import slots
from ..proration import days_in, rounded
from .account import Account
from .charged import Charged, share
from .days import Days, minus, union, within
from .ledger import ZERO, Decision, Due, Ledger, Terms


@dataclass
class Ask:
    """Days still to bill of one line, inside one natural period or one decision.

    :ivar price: what `whole` costs.
    :ivar full: the days cost all of the price, however few they are.
    """

    terms: Terms
    whole: Period
    price: Decimal
    days: Days
    decision: Decision | None = None
    full: bool = False


def due(chain: Sequence[Terms], ledger: Ledger) -> list[Due]:
    """What the terms ask: of each billed row what should be left of it, and of the other days what they cost.

    :param chain: the lines of one chain, each followed by its successor.
    :raise ValueError: a row or decision of a line that is not in the chain.
    """
    account = Account(chain, ledger)
    return [due_of_row(row, ledger.digits) for row in account.get_all_rows()] + due_to_bill(account)


def due_of_row(standing: Charged, digits: int) -> Due:
    """What should be left of a billed row."""
    row = standing.row
    own = row.date_from, row.date_to
    amount = standing.net + standing.move + standing.renewed
    whole, price = row.whole or own, row.planned if row.price is None else row.price
    return Due(row.line, *own, whole, price, amount, amount != rounded(price, digits), row=row.key)


def due_to_bill(account: Account) -> list[Due]:
    """What the days cost that are neither billed nor skipped, in their order, from the running total of the period."""
    digits, found = account.ledger.digits, []
    totals: dict[tuple[Period, Decimal], tuple[int, Decimal]] = {}
    for (first, last), ask in _in_order(_get_asks(account)):
        days, whole, in_full = last - first + 1, days_in(ask.whole), rounded(ask.price, digits)
        if ask.full:
            amount = in_full
        else:
            key = ask.whole, ask.price
            served, total = totals.get(key) or account.get_running_total(*key)
            amount = share(ask.price, served + days, whole, digits) - total
            amount = amount if amount * ask.price > 0 else rounded(ZERO, digits)
            totals[key] = served + days, total + amount
        stretch = date.fromordinal(first), date.fromordinal(last)
        part = amount != in_full
        found.append(Due(ask.terms.line, *stretch, ask.whole, ask.price, amount, part, ask.decision))
    return found


def _in_order(asks: list[Ask]) -> list[tuple[tuple[int, int], Ask]]:
    """One entry for each row to bill: by the day for every stretch, in full from the first to the last day."""
    rows = []
    for ask in asks:
        rows += [((ask.days[0][0], ask.days[-1][1]), ask)] if ask.full else [(days, ask) for days in ask.days]
    return sorted(rows, key=lambda row: row[0])


# === WHICH DAYS ARE STILL TO BILL === #
def _get_asks(account: Account) -> list[Ask]:
    """Days of service that are neither billed nor skipped, by line, period and decision."""
    lines = {terms.line: terms for terms in account.chain}
    claimed, skipped, asks = defaultdict(list), [], []
    for decision, whole, days in _share_out(account, lines):
        if decision.amount is None:
            skipped += days
        else:
            claimed[decision.line] += days
            asks.append(Ask(lines[decision.line], whole, decision.amount, days, decision))
    account.covered = union(account.covered + skipped) if skipped else account.covered
    free = {line: minus(days, account.covered) for line, days in account.own.items()}
    for ask in asks:
        ask.days = minus(ask.days, account.covered)
    horizons = _get_horizons(account)
    for line, terms in lines.items():
        asks += _cut(terms, minus(free[line], union(claimed[line])), horizons[line])
    asks = [ask for ask in asks if ask.days]
    return asks if all(terms.prorate for terms in account.chain) else _charge_in_full(account, asks)


def _get_horizons(account: Account) -> dict[Hashable, date]:
    """Last day on which a period of each line may start: one that moved back cuts off nothing that is planned."""
    horizons = {terms.line: terms.horizon for terms in account.chain}
    for row in account.ledger.planned:
        if row.row is None and row.line in horizons:
            horizons[row.line] = max(horizons[row.line], row.date_from)
    return horizons


def _cut(terms: Terms, free: Days, horizon: date) -> list[Ask]:
    """Cut free days of a line into its natural periods."""
    asks: list[Ask] = []
    for first, last in free:
        cadence = replace(terms.cadence, date_end=date.fromordinal(last))
        for slot in slots(cadence, date.fromordinal(first), horizon):
            days = slot.date_from.toordinal(), slot.date_to.toordinal()
            if asks and asks[-1].whole == slot.whole:
                asks[-1].days.append(days)
            else:
                asks.append(Ask(terms, slot.whole, terms.price, [days]))
    return asks


def _share_out(account: Account, lines: dict[Hashable, Terms]) -> Iterator[tuple[Decision, Period, Days]]:
    """Which days each decision is about: of two for the same days the one about fewer days, then the later one.

    A skip holds for the whole chain, an amount for the days of its line.
    """
    decisions = account.ledger.decisions
    stretches = _get_stretches(dict.fromkeys(decisions), lines)
    order = sorted(reversed(dict.fromkeys(decisions)), key=lambda decision: decision.date_to - decision.date_from)
    taken: dict[Hashable, Days] = defaultdict(list)
    for decision in order:
        span = tuple(day.toordinal() for day in stretches[decision])
        is_skip = decision.amount is None
        days = [span] if is_skip else within(account.own[decision.line], *span)
        for busy in list(taken.values()) if is_skip else [taken[decision.line]]:
            days = minus(days, within(busy, *span))
        for stretch in () if is_skip else days:
            insort(taken[decision.line], stretch)
        yield decision, stretches[decision], days


def _get_stretches(decisions: Iterable[Decision], lines: dict[Hashable, Terms]) -> dict[Decision, Period]:
    """Days that the amount of each decision pays.

    Without proration a decision is about the one charge of its period, unless there are others about that period.
    """
    found, reached = {}, date.min
    ordered = sorted(decisions, key=lambda decision: decision[1:3])
    for decision, following in pairwise([*ordered, None]):
        if decision.line not in lines:
            raise ValueError(f"a decision is of line {decision.line}, which is not in the chain")
        whole = _get_period(decision, lines[decision.line])
        alone = reached < whole[0] and (following is None or following.date_from > whole[1])
        found[decision] = whole if alone else (decision.date_from, decision.date_to)
        reached = max(reached, decision.date_to)
    return found


def _get_period(decision: Decision, terms: Terms) -> Period:
    """Period of a line without proration that the decision lies in; else its own days."""
    own, cadence = (decision.date_from, decision.date_to), terms.cadence
    if terms.prorate or own[0] < cadence.anchor:
        return own
    args = (cadence.interval, cadence.unit, cadence.anchor_day)
    whole = natural_period(cadence.anchor, index_of(cadence.anchor, own[0], *args), *args)
    return whole if own[1] <= whole[1] else own


# === WITHOUT PRORATION === #
def _charge_in_full(account: Account, asks: list[Ask]) -> list[Ask]:
    """Charge periods of lines without proration once, in full; what other charges left of a period by the day.

    The first day of service of a period decides, as it does where the period is billed in advance: what is charged
    in full covers the whole period for the rest of the chain.
    """
    found, full, charged = [], [], []
    has_one_grid = len({replace(terms.cadence, repetitions=None, date_end=None) for terms in account.chain}) == 1
    for ask in sorted(asks, key=lambda ask: ask.days[0]):
        full = [days for days in full if days[1] >= ask.days[0][0]]
        ask.days = minus(ask.days, union(full))
        if not ask.days:
            continue
        ask.full = not ask.terms.prorate and (bool(ask.decision) or not _is_begun(account, ask, charged))
        if ask.full:
            full.append((ask.whole[0].toordinal(), ask.whole[1].toordinal()))
        if not ask.full or ask.decision or not has_one_grid:  # else no other period has days of this one
            charged += ask.days
        found.append(ask)
    return found


def _is_begun(account: Account, ask: Ask, charged: Days) -> bool:
    """Whether days of the period were paid, skipped, or are charged by something else."""
    span = ask.whole[0].toordinal(), ask.whole[1].toordinal()
    paid = account.paid[ask.terms.line]
    return any(within(days, *span) for days in (account.covered, paid)) or any(
        first <= span[1] and last >= span[0] for first, last in charged
    )
