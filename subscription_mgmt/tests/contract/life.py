"""The life of one contract as a sequence of acts on the database, and what is remembered of them besides the ledger.

The terms are kept here a second time, as whoever agreed to them would write them down: the oracle (`life_oracle`) never
looks at what settlement has stored, but for the days that an invoice line was made for.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.subscription_mgmt.models.common.context import LEDGER

from ...tools.proration import get_exact_price
from .life_accountant import ACCOUNTING, Accountant

ONE_DAY = timedelta(days=1)
STARTS = (date(2027, 1, 31), date(2028, 2, 29), date(2026, 11, 1), date(2027, 12, 15))
CADENCES = (("week", 1), ("month", 1), ("month", 1), ("month", 3), ("year", 1))
REACH = {("week", 1): 80, ("month", 1): 200, ("month", 3): 400, ("year", 1): 800}
# Acts and how often each is done
TERMS = {
    "bill": 10, "pause": 3, "pause_ahead": 2, "resume": 4, "close": 2, "reopen": 3, "renew": 1, "reprice": 2,
    "end_line": 1, "succeed": 2, "skip": 2, "unskip": 1, "edit": 2, "move": 1,
}  # fmt: skip


@dataclass
class Agreed:
    """One line of the chain as it was agreed."""

    line: object
    start: date
    end: date | None
    price: Decimal


@dataclass
class Charge:
    """A row that was billed, and the price that it was billed at."""

    row: object
    whole: tuple
    price: Decimal
    touched: bool = False  # accounting had a hand in it
    cancelled: bool = False
    given: Decimal = Decimal(0)  # what accounting gave back of it
    undone: bool = False  # accounting took back what we gave back of it
    again: bool = False  # a person wants charged again what accounting gave back
    notes: list = field(default_factory=list)  # credit notes by hand

    @property
    def days(self):
        return days_of(self.row.date_from, self.row.date_to)


def days_of(first, last):
    """All days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


class Life(Accountant):
    """A contract, its acts, and what was agreed.

    :param case: test case on :class:`SubscriptionCommon`, with the currencies and taxes of lives.
    :param clock: frozen time, to be moved.
    """

    def __init__(self, case, chance, clock, accounting=False, prorate=True):
        self.case, self.chance, self.clock = case, chance, clock
        self.prorate, self.acts = prorate, {**TERMS, **(ACCOUNTING if accounting else {})}
        self.start = chance.choice(STARTS)
        self.cadence = chance.choice(CADENCES)
        self.arrears = chance.random() < 0.4
        self.anchor_day = chance.choice((0, 0, 31, 1, 20)) if self.cadence[0] != "week" else 0
        self.currency = chance.choice(case.currencies)
        self.digits = self.currency.decimal_places
        self.cent = Decimal(1).scaleb(-self.digits)
        self.included = chance.random() < 0.4
        self.pauses, self.decisions, self.charges = [], {}, {}
        self.end = None
        self.log = []
        self.contract = None
        self.move_to(self.start)
        self.contract = self.make()
        self.lines = [Agreed(self.contract.line_ids, self.start, None, self.get_price(self.contract.line_ids))]

    def make(self):
        """The contract, in force."""
        unit, interval = self.cadence
        return self.case.make_contract(
            [
                {
                    **self.draw_figures(),
                    "interval": interval,
                    "interval_unit": unit,
                    "anchor_day": self.anchor_day,
                    "prorate": self.prorate,
                    "billing_timing": "arrears" if self.arrears else "advance",
                    "tax_ids": [Command.set((self.case.tax_in if self.included else self.case.tax).ids)],
                }
            ],
            date_start=self.start,
            currency_id=self.currency.id,
            billing_mode="post",
        )

    def draw_figures(self):
        chance = self.chance
        return {
            "price_unit": round(chance.uniform(1, 900), min(self.digits, 2)),
            "quantity": chance.choice((1, 1, 2, 3, 0.5)),
            "discount": chance.choice((0, 0, 0, 10, 33.33)),
        }

    @staticmethod
    def get_price(record):
        """Exact price of a whole period."""
        return get_exact_price(record.quantity, record.price_unit, record.discount)

    # === TIME === #
    def move_to(self, day):
        self.today = day
        self.clock.move_to(f"{day} 12:00:00")
        if self.contract:
            self.contract._generate_installments()  # as every night

    def draw_day(self, before=0, after=60):
        """A day around today, in the life."""
        return max(self.start, self.today + timedelta(days=self.chance.randint(-before, after)))

    def live(self, acts):
        """So many acts, one after the other; yields after each."""
        reach = REACH[self.cadence]
        for _n in range(acts):
            name = self.chance.choices(list(self.acts), list(self.acts.values()))[0]
            self.move_to(self.today + timedelta(days=self.chance.randint(0, 2 * reach // acts)))
            self.log.append(f"{self.today} {name}")
            done = getattr(self, name)()
            self.log[-1] += f" {done}" if done else ""
            yield name
        self.move_to(self.today + timedelta(days=reach // 4))
        self.log.append(f"{self.today} bill")
        self.bill()
        yield "bill"

    # === WHAT THE TERMS SAY === #
    def boundary(self, step):
        """First day of the natural period number `step`; 0 is in the month of the start."""
        unit, interval = self.cadence
        if unit == "week":
            return self.start + timedelta(weeks=step * interval)
        first = self.start.replace(day=1) + relativedelta(**{unit + "s": step * interval})
        return first + relativedelta(day=self.anchor_day or self.start.day)

    def get_whole(self, day):
        """The natural period of a day."""
        step = -1
        while self.boundary(step + 1) <= day:
            step += 1
        return self.boundary(step), self.boundary(step + 1) - ONE_DAY

    def get_line(self, day):
        """The line that serves a day; None: nobody does."""
        if day < self.start or (self.end and day > self.end):
            return None
        for agreed in reversed(self.lines):
            if agreed.start <= day and (agreed.end is None or day <= agreed.end):
                return None if self.is_paused(day, agreed) else agreed
        return None

    def is_paused(self, day, agreed):
        """Whether nothing is asked for a day because of a pause: by the day, or with all of its period."""
        if any(first <= day <= (last or date.max) for first, last, mode in self.pauses if mode == "days"):
            return True
        first, last = self.get_whole(day)
        last = min(filter(None, (last, self.end, agreed.end)))
        left = set(days_of(max(first, self.start), last))
        for first, last, mode in self.pauses:
            if mode == "periods":
                left -= {one for one in left if first <= one <= (last or date.max)}
        return not left

    def get_decision(self, day, line):
        """(stretch, amount) of the decision in force: the one about the fewest days; None: nobody decided."""
        found = [
            (last - first, (first, last), amount)
            for (first, last, about), amount in self.decisions.items()
            if first <= day <= last and (amount is None or about == line)
        ]
        return min(found, key=lambda item: item[0])[1:] if found else None

    def get_asked(self, day, agreed):
        """(days that the price pays, price) of a day of service that was not billed; None: it is skipped."""
        decision = self.get_decision(day, agreed.line)
        if decision:
            return None if decision[1] is None else decision
        return self.get_whole(day), agreed.price

    # === ACTS ON TERMS === #
    def attempt(self, act, *args):
        """Do an act that may be out of order; a refusal leaves everything as it was."""
        try:
            with self.case.env.cr.savepoint():
                act(*args)
        except UserError:
            return False
        return True

    def bill(self):
        self.case.bill(self.today, contracts=self.contract)
        for row in self.contract.installment_ids.filtered(lambda row: row.state == "invoiced"):
            if row.credited_id or row.id in self.charges:
                continue
            agreed = next(agreed for agreed in self.lines if agreed.line == row.line_id)
            asked = {self.get_asked(day, agreed) for day in days_of(row.date_from, row.date_to)}
            self.case.assertEqual(len(asked), 1, f"{row.date_from}..{row.date_to} is of one period and price")
            self.charges[row.id] = Charge(row, *asked.pop())

    def pause(self):
        return self.pause_from(self.draw_day(40, 0))

    def pause_ahead(self):
        return self.pause_from(self.draw_day(0, 60))

    def pause_from(self, day):
        """Pause for some days or until resumed, in one of the ways to charge for it."""
        mode = self.chance.choice(("days", "days", "periods"))
        last = day + timedelta(days=self.chance.randint(0, 90)) if self.chance.random() < 0.4 else None
        if self.attempt(self.contract.action_pause, day, "Away", last, mode):
            self.pauses.append((day, last, mode))
            return f"{day}..{last} {mode}"

    def resume(self):
        day = self.draw_day(20, 20)
        if self.attempt(self.contract.action_resume, day):
            endless = any(last is None for _first, last, _mode in self.pauses)
            for place, (first, last, mode) in enumerate(self.pauses):
                if first <= day and (last is None if endless else day <= last):
                    self.pauses[place] = (first, day - ONE_DAY, mode)
            self.pauses = [pause for pause in self.pauses if pause[1] is None or pause[0] <= pause[1]]
            return day

    def close(self):
        day = self.draw_day(40, 40)
        if self.attempt(self.contract.action_close, day, self.case.reason):
            self.end = day
            return day

    def reopen(self):
        end = self.draw_day(0, 400) if self.chance.random() < 0.3 else False
        if self.attempt(self.contract.action_reopen, end):
            self.end = end or None
            return end

    def renew(self):
        self.contract.renewal_months = 3
        if self.attempt(self.contract.action_renew):
            self.case.assertGreater(self.contract.date_end, self.end)
            starts = {agreed.start for agreed in self.lines}
            for agreed in self.lines:
                if agreed.end == self.end and self.end + ONE_DAY not in starts:
                    agreed.end = self.contract.date_end
            self.end = self.contract.date_end
            return self.end

    def reprice(self):
        agreed = self.lines[-1]
        agreed.line.write(self.draw_figures())
        agreed.price = self.get_price(agreed.line)
        return agreed.price

    def end_line(self):
        agreed = self.lines[-1]
        agreed.end = self.chance.choice((None, max(agreed.start, self.draw_day(30, 60))))
        agreed.line.date_end = agreed.end
        return agreed.end

    def succeed(self):
        """Another line takes the place of the last one from a day on, at another price."""
        before = self.lines[-1]
        day = self.draw_day(30, 40)
        if day <= before.start:
            return None
        before.line.date_end = before.end = day - ONE_DAY
        line = before.line.with_context(subscription_ledger=LEDGER).copy(
            {"contract_id": self.contract.id, "replaces_id": before.line.id, "date_start": day, **self.draw_figures()}
        )
        self.lines.append(Agreed(line, day, None, self.get_price(line)))
        return day

    # === ACTS OF A PERSON ON A ROW === #
    def pick(self, state="planned"):
        rows = self.contract.installment_ids.filtered(
            lambda row: row.state == state and not row.credited_id and not row.pause_id
        )
        return self.chance.choice(rows.sorted("date_from")[:6]) if rows else rows

    def decide(self, row, amount, before):
        """Remember what was decided.

        :param before: days of an earlier decision of the row: without proration the new one takes its place.
        """
        if not self.prorate:
            self.decisions.pop((*before, row.line_id), None)
        self.decisions[row.date_from, row.date_to, row.line_id] = amount

    def get_decided(self, row):
        """Days that were decided about when the row was changed last."""
        return row.decision_id.date_from, row.decision_id.date_to

    def skip(self):
        row = self.pick()
        if row:
            self.decide(row, None, self.get_decided(row))
            row.action_skip("Goodwill")
            return f"{row.date_from}..{row.date_to}"

    def unskip(self):
        row = self.pick("skipped")
        if row:
            del self.decisions[row.date_from, row.date_to, row.line_id]
            row.action_unskip()
            return True

    def edit(self):
        row = self.pick()
        if row:
            before = self.get_decided(row)
            row.write(self.draw_figures())
            self.decide(row, self.get_price(row), before)
            return f"{row.date_from}..{row.date_to} {self.get_price(row)}"

    def move(self):
        """Another day of billing; the amount is decided by that, too."""
        row = self.pick()
        if row:
            before = self.get_decided(row)
            row.date_invoice = self.draw_day(0, 30)
            self.decide(row, self.get_price(row), before)
            return f"{row.date_from}..{row.date_to}"
