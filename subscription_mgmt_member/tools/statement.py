"""The account statement of a member: what stood open, what moved, what is left, and how old that is.

Screen, PDF, workbook, e-mail and portal show what is worked out here. Above zero is what the member owes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
# Last day late of each age; what is older comes last
AGES = (0, 30, 60, 90)
KINDS = ("receivable", "payable")


@dataclass(frozen=True)
class Item:
    """One posted journal item on an account of the member.

    :ivar amount: in the currency of the company.
    :ivar foreign: in the currency of the item, which may be that of the company.
    """

    day: date
    due: date
    document: str
    text: str
    kind: str
    currency: int
    amount: Decimal
    foreign: Decimal
    move: int = 0


@dataclass(frozen=True)
class Row:
    """A movement and what was owed after it."""

    item: Item
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Section:
    """The statement in one currency.

    :ivar ageing: kind of account → what of the closing balance is not due, late by 1–30, 31–60, 61–90 days, older.
    """

    currency: int
    opening: Decimal
    rows: tuple[Row, ...]
    debit: Decimal
    credit: Decimal
    closing: Decimal
    ageing: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)

    def overdue(self, kind: str) -> Decimal:
        """What is late of an account of the member."""
        return sum(self.ageing.get(kind, ())[1:], ZERO)


@dataclass(frozen=True)
class Statement:
    """Sections by currency, that of the company first, and all of them together in it.

    :ivar open_items: what was open at the end of the last day, oldest due first, with what was left of it.
    """

    date_from: date
    date_to: date
    sections: tuple[Section, ...]
    total: Section
    open_items: tuple[Item, ...]

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing in another currency, so that the total would only say the same again."""
        return [one.currency for one in self.sections] == [self.total.currency]


def decimal(amount: float) -> Decimal:
    """The amount as it is written: the database has it exactly, Python gives the nearest binary number."""
    return Decimal(repr(round(amount or 0.0, 6)))


def age(due: date, day: date) -> int:
    """Place of what is due then among the ages: 0 not due, 1 late by up to 30 days, …, 4 older."""
    late = (day - due).days
    return sum(late > last for last in AGES)


def build(
    date_from: date,
    date_to: date,
    currency: int,
    openings: Mapping[int, tuple[Decimal, Decimal]],
    movements: Iterable[Item],
    open_items: Iterable[Item],
) -> Statement:
    """Return the statement.

    :param currency: that of the company.
    :param openings: currency → what stood before the first day, in that of the company and in itself.
    :param movements: of the days asked for, in the order in which they are shown.
    :param open_items: with what was left of each at the end of the last day instead of its amount.
    """
    movements = list(movements)
    left = sorted(open_items, key=lambda item: (item.due, item.day, item.document))
    found = {currency, *(item.currency for item in (*movements, *left))}
    found |= {one for one, (_amount, foreign) in openings.items() if foreign}
    sections = []
    for one in sorted(found, key=lambda key: (key != currency, key)):
        section = _section(
            one,
            openings.get(one, (ZERO, ZERO))[1],
            [(item, item.foreign) for item in movements if item.currency == one],
            [(item, item.foreign) for item in left if item.currency == one],
            date_to,
        )
        if one == currency or section.rows or section.opening or any(map(any, section.ageing.values())):
            sections.append(section)
    opening = sum((amount for amount, _foreign in openings.values()), ZERO)
    total = _section(
        currency, opening, [(item, item.amount) for item in movements], [(i, i.amount) for i in left], date_to
    )
    if len(sections) > 1 and not (sections[0].rows or sections[0].opening or sections[0].ageing):
        del sections[0]  # everything is in other currencies
    return Statement(date_from, date_to, tuple(sections), total, tuple(left))


def _section(currency, opening, movements, left, day):
    """One section; items that do not move its currency (differences of rates) are left out."""
    rows, balance = [], opening
    for item, amount in movements:
        if amount:
            balance += amount
            rows.append(Row(item, max(amount, ZERO), max(-amount, ZERO), balance))
    ageing = defaultdict(lambda: [ZERO] * (len(AGES) + 1))
    for item, amount in left:
        if amount:
            ageing[item.kind][age(item.due, day)] += amount
    return Section(
        currency,
        opening,
        tuple(rows),
        sum((row.debit for row in rows), ZERO),
        sum((row.credit for row in rows), ZERO),
        balance,
        {kind: tuple(ageing[kind]) for kind in KINDS if kind in ageing},
    )
