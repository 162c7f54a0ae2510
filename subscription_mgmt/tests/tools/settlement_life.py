"""The life of a contract as a sequence of acts: terms that change, billing, an accountant; the plan follows settlement.

Rows are stored as the add-on stores them: a decision of a person stands on rows only, each of which keeps a copy.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from subscription_mgmt.tools.plan import Cadence
from subscription_mgmt.tools.settlement import (
    Billed,
    Credit,
    Decision,
    Due,
    Ledger,
    Planned,
    Terms,
    difference,
    served,
    settle,
)

ONE_DAY = timedelta(days=1)
ZERO = Decimal(0)
# How far a life reaches, and what a horizon grows by, in days
REACH = {"day": (24, 5), "week": (150, 30), "month": (280, 60), "quarter": (800, 180), "year": (1500, 400)}


@dataclass
class Line:
    """One line of the chain; one whose change was undone ends before it starts."""

    name: int
    start: date
    end: date | None
    price: Decimal
    prorate: bool
    undone: bool = False


@dataclass
class Life:
    """A chain of lines with its ledger. Every act ends in :meth:`settle`, which returns what it changed."""

    cadence: Cadence
    price: Decimal
    digits: int = 2
    prorate: bool = True
    arrears: bool = False
    paid_until: date | None = None
    reach: tuple[int, int] = (280, 60)
    lines: list[Line] = field(default_factory=list)
    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    end: date | None = None
    billed: dict = field(default_factory=dict)
    held: dict = field(default_factory=dict)  # decisions on billed rows
    credits: list = field(default_factory=list)
    plan: dict = field(default_factory=dict)
    skipped: list = field(default_factory=list)
    idle: set = field(default_factory=set)
    cancelled: set = field(default_factory=set)
    count: int = 0

    def __post_init__(self):
        self.start = self.cadence.anchor
        self.lines = self.lines or [Line(0, self.start, None, self.price, self.prorate)]
        self.horizon = self.start + timedelta(days=self.reach[1])

    # === WHAT SETTLEMENT READS === #
    def chain(self):
        """Terms of all lines."""
        return [
            Terms(
                line.name,
                self.cadence,
                served((line.start, line.end), (self.start, self.end), pauses=self.pauses),
                line.price,
                self.horizon,
                line.prorate,
                self.paid_until,
            )
            for line in self.lines
        ]

    def decisions(self):
        """What persons decided, from the rows that keep it."""
        held = [*self.held.values(), *(row.decision for row in self.plan.values())]
        return [*self.skipped, *(decision for decision in held if decision)]

    def ledger(self):
        """The ledger as it is stored."""
        billed, planned = list(self.billed.values()), list(self.plan.values())
        return Ledger(billed, self.credits, self.decisions(), planned, self.digits)

    def settle(self):
        """Bring the plan up to the terms."""
        found = difference(settle(self.chain(), self.ledger()), list(self.plan.values()))
        for key in found.delete:
            del self.plan[key]
        for key, item in found.change:
            self.plan[key] = self.row(key, item)
        for item in found.create:
            key = self.new_key()
            self.plan[key] = self.row(key, item)
        self.idle = set(found.idle)
        return found

    def new_key(self):
        self.count += 1
        return self.count

    def row(self, key, item):
        """A charge or a correction as a stored row."""
        common = key, item.line, item.date_from, item.date_to, item.amount
        if isinstance(item, Due):
            return Planned(*common, item.whole, item.price, item.decision)
        return Planned(*common, row=item.row, again=item.again)

    # === HELP FOR ACTS === #
    def day(self, number):
        """A day of the life."""
        return self.start + timedelta(days=number % self.reach[0])

    def pick(self, rows, number):
        """One of the rows, or None."""
        rows = sorted(rows, key=lambda row: (row.date_from, str(row.key)))
        return rows[number % len(rows)] if rows else None

    def pick_given(self, number):
        """A billed row, of which we gave something back if there is one."""
        given = {credit.row for credit in self.credits}
        return self.pick([self.billed[key] for key in given] or self.billed.values(), number)

    def charges(self):
        """Planned charges."""
        return [row for row in self.plan.values() if row.row is None and row.key not in self.idle]

    def money(self, number):
        """An odd amount."""
        return Decimal(number % 9973).scaleb(-self.digits)

    def net(self, row):
        """What is left of a billed row."""
        ours = sum((c.amount - c.undone for c in self.credits if c.row == row.key), ZERO)
        return row.charged + ours - row.returned

    # === ACTS ON TERMS === #
    def pause(self, a, b):
        self.pauses.append((self.day(a), self.day(a) + timedelta(days=b % 40)))

    def pause_open(self, a, _b):
        self.pauses.append((self.day(a), None))

    def resume(self, a, _b):
        """End the pauses that are open, the day before a day."""
        self.pauses = [(first, last or max(first, self.day(a)) - ONE_DAY) for first, last in self.pauses]

    def unpause(self, a, _b):
        """Undo a pause."""
        if self.pauses:
            del self.pauses[a % len(self.pauses)]

    def close(self, a, _b):
        self.end = self.day(a)

    def reopen(self, _a, _b):
        self.end = None

    def renew(self, a, _b):
        if self.end:
            self.end += timedelta(days=a % 120)

    def succeed(self, a, b):
        """Another price from a day on, by a line that replaces the present one."""
        present = self.present()[-1]
        first = max(self.day(a), present.start)
        present.end = first - ONE_DAY
        price = present.price if b % 3 == 0 else self.money(b)
        self.lines.append(Line(len(self.lines), first, None, price, present.prorate))

    def succeed_otherwise(self, a, b):
        """A line that replaces the present one, with proration where that had none."""
        self.succeed(a, b)
        self.lines[-1].prorate = not self.lines[-1].prorate

    def recadence(self, a, _b):
        """Other periods for all that is not billed."""
        self.cadence = replace(self.cadence, interval=a % 3 + 1)

    def revert(self, _a, _b):
        """Undo the last change of price."""
        *before, last = self.present()
        if before:
            last.end, before[-1].end = last.start - ONE_DAY, None
            last.undone = True

    def present(self):
        """Lines whose change was not undone."""
        return [line for line in self.lines if not line.undone]

    def reprice(self, _a, b):
        """Another price for all that is not billed."""
        self.present()[-1].price = self.money(b)

    def extend(self, _a, _b):
        self.horizon = min(self.horizon + timedelta(days=self.reach[1]), self.day(self.reach[0] - 1))

    def repeat(self, a, _b):
        """Another number of periods."""
        self.cadence = replace(self.cadence, repetitions=a % 9 or None)

    # === ACTS OF A PERSON ON A ROW === #
    def skip(self, a, _b):
        row = self.pick(self.charges(), a)
        if row:
            del self.plan[row.key]
            self.skipped.append(Decision(row.line, row.date_from, row.date_to, None))

    def unskip(self, a, _b):
        if self.skipped:
            del self.skipped[a % len(self.skipped)]

    def edit(self, a, b):
        row = self.pick(self.charges(), a)
        if row:
            decision = Decision(row.line, row.date_from, row.date_to, self.money(b))
            self.plan[row.key] = row._replace(decision=decision)

    def clear(self, a, _b):
        """Back to the amount of the terms, for all parts of what was decided."""
        row = self.pick([row for row in self.charges() if row.decision], a)
        if row:
            self.plan = {
                key: other._replace(decision=None) if other.decision == row.decision else other
                for key, other in self.plan.items()
            }
            self.held = {key: decision for key, decision in self.held.items() if decision != row.decision}

    # === BILLING === #
    def bill(self, a, b):
        """Bill what is due on a day; with some `b` a person changes a draft first."""
        day = self.day(a)
        for row in sorted(self.plan.values(), key=lambda row: row.key):
            due = row.date_to + ONE_DAY if self.arrears else row.date_from
            if row.key in self.idle or (row.row is None and due > day):
                continue
            del self.plan[row.key]
            if row.row is not None:
                self.credits.append(Credit(row.row, row.date_from, row.date_to, row.amount, again=row.again))
                continue
            charged = self.money(b) if b % 11 == 10 else row.amount
            self.billed[row.key] = Billed(
                row.key, row.line, row.date_from, row.date_to, row.amount, charged,
                whole=row.whole, price=row.price, prorate=self.lines[row.line].prorate,
            )  # fmt: skip
            self.held[row.key] = row.decision

    # === AN ACCOUNTANT === #
    def credit(self, a, b):
        """Give a part back by hand."""
        row = self.pick(self.billed.values(), a)
        if row and self.net(row) > 0:
            self.billed[row.key] = row._replace(returned=row.returned + min(self.money(b), self.net(row)))

    def credit_all(self, a, _b):
        """Credit what the invoice says, whatever we gave back of it."""
        row = self.pick_given(a)
        if row:
            self.billed[row.key] = row._replace(returned=row.charged)

    def lower(self, a, b):
        """Back to draft, a smaller amount, posted again."""
        row = self.pick_given(a)
        if row and not row.returned:
            self.billed[row.key] = row._replace(charged=min(self.money(b), row.charged))

    def cancel(self, a, b):
        row = self.pick_given(a) if b % 2 else self.pick(self.billed.values(), a)
        if row:
            self.billed[row.key] = row._replace(returned=row.charged)
            self.cancelled.add(row.key)

    def undo_credit(self, a, _b):
        """Cancel a credit note of ours."""
        if self.credits:
            credit = self.credits[a % len(self.credits)]
            if credit.amount < 0:
                self.credits[a % len(self.credits)] = credit._replace(undone=credit.amount)

    def again(self, a, _b):
        """Charge again what accounting gave back."""
        row = self.pick([row for row in self.billed.values() if row.returned], a)
        if row:
            self.billed[row.key] = row._replace(again=row.returned)
