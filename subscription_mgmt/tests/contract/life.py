"""The life of one contract as a sequence of acts on the database, and what is remembered of them besides the ledger.

The terms are kept here a second time, as whoever agreed to them would write them down: the oracle (`life_oracle`) never
looks at what settlement has stored, but for the days that an invoice line was made for.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.proration import get_exact_price

ONE_DAY = timedelta(days=1)
STARTS = (date(2027, 1, 31), date(2028, 2, 29), date(2026, 11, 1), date(2027, 12, 15))
CADENCES = (("week", 1), ("month", 1), ("month", 1), ("month", 3), ("year", 1))
REACH = {("week", 1): 80, ("month", 1): 200, ("month", 3): 400, ("year", 1): 800}
# Acts and how often each is done
TERMS = {
    "bill": 10, "pause": 3, "pause_ahead": 2, "resume": 4, "close": 2, "reopen": 3, "renew": 1, "reprice": 2,
    "end_line": 1, "succeed": 2, "skip": 2, "unskip": 1, "edit": 2, "move": 1,
}  # fmt: skip
ACCOUNTING = {
    "credit_in_full": 2, "credit_in_part": 3, "cancel": 2, "correct": 2, "put_in_place": 2, "withdraw": 1, "undo_ours": 1,
    "bill_again": 1,
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


class Life:
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
        if any(first <= day and (last is None or day <= last) for first, last in self.pauses):
            return None
        for agreed in reversed(self.lines):
            if agreed.start <= day and (agreed.end is None or day <= agreed.end):
                return agreed
        return None

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
        day = self.draw_day(40, 0)
        if self.attempt(self.contract.action_pause, day):
            self.pauses.append((day, None))
            return day

    def pause_ahead(self):
        day = self.draw_day(0, 60)
        if self.attempt(self.contract.action_pause, day):
            self.pauses.append((day, None))
            return day

    def resume(self):
        day = self.draw_day(20, 20)
        if self.attempt(self.contract.action_resume, day):
            self.pauses = [(first, last or day - ONE_DAY) for first, last in self.pauses]
            self.pauses = [(first, last) for first, last in self.pauses if first <= last]
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
        line = before.line.copy(
            {"contract_id": self.contract.id, "replaces_id": before.line.id, "date_start": day, **self.draw_figures()}
        )
        self.lines.append(Agreed(line, day, None, self.get_price(line)))
        return day

    # === ACTS OF A PERSON ON A ROW === #
    def pick(self, state="planned"):
        rows = self.contract.installment_ids.filtered(lambda row: row.state == state and not row.credited_id)
        return self.chance.choice(rows.sorted("date_from")[:6]) if rows else rows

    def decide(self, row, amount):
        self.decisions[row.date_from, row.date_to, row.line_id] = amount

    def skip(self):
        row = self.pick()
        if row:
            self.decide(row, None)
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
            row.write(self.draw_figures())
            self.decide(row, self.get_price(row))
            return f"{row.date_from}..{row.date_to} {self.get_price(row)}"

    def move(self):
        """Another day of billing; the amount is decided by that, too."""
        row = self.pick()
        if row:
            row.date_invoice = self.draw_day(0, 30)
            self.decide(row, self.get_price(row))
            return f"{row.date_from}..{row.date_to}"

    # === AN ACCOUNTANT === #
    def get_amount(self, invoice_line):
        """What counts of an invoice line: with the tax where the price includes it; a credit note gives back.

        Tax and price are rounded apart: where the price includes the tax, their sum may miss the price by a cent.
        """
        amount = Decimal(0)
        for line in invoice_line:
            figures = Decimal(str(line.quantity)), Decimal(str(line.price_unit)), Decimal(str(line.discount))
            price = (figures[0] * figures[1] * (100 - figures[2]) / 100).quantize(self.cent, rounding=ROUND_HALF_UP)
            taxed = Decimal(str(line.price_total if self.included else line.price_subtotal))
            self.case.assertLessEqual(abs(price - taxed), self.cent if self.included else 0)
            amount += -price if line.move_type == "out_refund" else price
        return amount

    def get_left(self, charge):
        """What is left of a billed row after what we and accounting gave back."""
        own = Decimal(0) if charge.cancelled else self.get_amount(charge.row.invoice_line_id) - charge.given
        ours = self.contract.installment_ids.filtered(
            lambda row: row.credited_id == charge.row and row.invoice_line_id.parent_state == "posted"
        )
        return own + sum((self.get_amount(row.invoice_line_id) for row in ours), Decimal(0))

    def get_mates(self, charge):
        """What was billed by the same invoice."""
        return [other for other in self.charges.values() if other.row.invoice_id == charge.row.invoice_id]

    def pick_charge(self):
        """A billed row on a posted invoice of charges alone, of which nothing was given back."""
        found = [
            charge
            for charge in self.charges.values()
            if charge.row.invoice_id.state == "posted"
            and charge.row.invoice_id.move_type == "out_invoice"
            and len(charge.row.invoice_id.invoice_line_ids) == len(self.get_mates(charge))
            and all(self.is_whole(mate) for mate in self.get_mates(charge))
        ]
        return self.chance.choice(found) if found else None

    def is_whole(self, charge):
        return not charge.touched and self.get_left(charge) == self.get_amount(charge.row.invoice_line_id) > 0

    def describe(self, charge):
        return f"{charge.row.date_from}..{charge.row.date_to} {charge.given}"

    def reverse(self, charge, share=1.0):
        """A posted credit note over a share of what one line of an invoice charged."""
        note = charge.row.invoice_id._reverse_moves([{"invoice_date": self.today}])
        lines = note.invoice_line_ids
        mine = lines.filtered(lambda line: line.subscription_origin_line_id == charge.row.invoice_line_id)
        (lines - mine).unlink()
        if share != 1.0:
            mine.price_unit = self.currency.round(mine.price_unit * share)
        note.action_post()
        charge.touched = True
        charge.given -= self.get_amount(mine)
        charge.notes.append(note)
        return self.describe(charge)

    def credit_in_full(self):
        charge = self.pick_charge()
        return charge and self.reverse(charge)

    def credit_in_part(self):
        charge = self.pick_charge()
        return charge and self.reverse(charge, round(self.chance.uniform(0.1, 0.9), 2))

    def withdraw(self):
        """Cancel a credit note by hand: what it gave back is charged as before."""
        charges = [charge for charge in self.charges.values() if charge.notes and not charge.again]
        if charges:
            charge = self.chance.choice(charges)
            note = charge.notes.pop()
            note.button_draft()
            note.button_cancel()
            charge.given += self.get_amount(note.invoice_line_ids)
            return self.describe(charge)

    def undo_ours(self):
        """Cancel a credit note that billing made: what it gave back stays charged."""
        rows = self.contract.installment_ids.filtered("credited_id")
        notes = rows.invoice_id.filtered(lambda move: (move.move_type, move.state) == ("out_refund", "posted"))
        notes = notes.filtered(lambda move: move.invoice_line_ids == (rows.invoice_line_id & move.invoice_line_ids))
        if notes:
            note = self.chance.choice(notes)
            note.button_draft()
            note.button_cancel()
            for row in rows.filtered(lambda row: row.invoice_id == note).credited_id:
                self.charges[row.id].touched = self.charges[row.id].undone = True
            return note.name

    def cancel(self):
        charge = self.pick_charge()
        if charge:
            charge.row.invoice_id.button_draft()
            charge.row.invoice_id.button_cancel()
            for mate in self.get_mates(charge):
                mate.touched = mate.cancelled = True
            return self.describe(charge)

    def correct(self):
        """Back to draft, another price on one line, posted again."""
        charge = self.pick_charge()
        if charge:
            line = charge.row.invoice_line_id
            line.move_id.button_draft()
            line.price_unit = self.currency.round(line.price_unit * self.chance.uniform(0.5, 1.2))
            line.move_id.action_post()
            charge.touched = True
            return f"{self.describe(charge)} {self.get_amount(line)}"

    def put_in_place(self):
        """Odoo's "reverse and create invoice": a credit note in full, and an invoice that charges less."""
        charge = self.pick_charge()
        if charge:
            moves, invoice = self.case.env["account.move"], charge.row.invoice_id
            wizard = self.case.env["account.move.reversal"]
            wizard = wizard.with_context(active_model="account.move", active_ids=invoice.ids)
            wizard.create({"journal_id": invoice.journal_id.id, "date": self.today}).modify_moves()
            again = moves.search([("partner_id", "=", invoice.partner_id.id)], order="id desc", limit=1)
            self.case.assertEqual((again.move_type, again.state), ("out_invoice", "draft"))
            for line in again.invoice_line_ids:
                line.price_unit = self.currency.round(line.price_unit * 0.75)
            again.invoice_date = self.today
            again.action_post()
            for mate in self.get_mates(charge):
                place = again.invoice_line_ids.filtered(
                    lambda line, mate=mate: line.subscription_origin_line_id == mate.row.invoice_line_id
                )
                mate.touched = True
                mate.given += self.get_amount(mate.row.invoice_line_id) - self.get_amount(place)
            return self.describe(charge)

    def bill_again(self):
        gone = [charge for charge in self.charges.values() if charge.touched and not self.get_left(charge)]
        if gone:
            charge = self.chance.choice(gone)
            if self.attempt(charge.row.action_bill_again, "Agreed"):
                charge.again = True
                return f"{charge.row.date_from}..{charge.row.date_to}"
