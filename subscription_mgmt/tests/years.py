"""A company over months, day by day: every scheduled action of the suite runs every day, and people act in between.

What is expected is said per contract, in words of the agreement: which days are served, and what a period costs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

FIRST = date(2027, 12, 15)
SHORT = date(2028, 3, 4)
ONE_DAY = timedelta(days=1)


def days_of(first, last):
    """All days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@dataclass
class Agreement:
    """One contract, and what was agreed."""

    contract: object
    start: date
    unit: str
    interval: int
    anchor_day: int
    arrears: bool
    price: Decimal
    is_served: Callable[[date], bool]
    given: dict = field(default_factory=lambda: defaultdict(Decimal))  # what accounting gave back, by period

    def boundary(self, step):
        """First day of a natural period; number 0 is in the month of the start."""
        if self.unit == "week":
            return self.start + timedelta(weeks=step * self.interval)
        first = self.start.replace(day=1) + relativedelta(**{self.unit + "s": step * self.interval})
        return first + relativedelta(day=self.anchor_day or self.start.day)

    def get_whole(self, day):
        """The natural period of a day."""
        step = -1
        while self.boundary(step + 1) <= day:
            step += 1
        return self.boundary(step), self.boundary(step + 1) - ONE_DAY

    def get_periods(self, until):
        """Natural periods that are to be billed by a day, with the days that are served."""
        day = self.start
        while day <= until:
            whole = self.get_whole(day)
            served = [one for one in days_of(max(whole[0], self.start), whole[1]) if self.is_served(one)]
            if served and (served[-1] < until if self.arrears else served[0] <= until):
                yield whole, served
            day = whole[1] + ONE_DAY


class Years:
    """The company, its agreements, its days.

    :param clock: frozen time, to be moved.
    :param copies: contracts of each kind.
    :param commit: what to call before and after something that runs in a transaction of its own.
    """

    def __init__(self, env, company, product, reason, clock, copies=1, commit=None):
        self.env, self.company, self.product, self.reason, self.clock = env, company, product, reason, clock
        self.commit = commit or env.flush_all
        self.agreements, self.acts = [], defaultdict(list)
        ours = env["ir.model.data"].search([("module", "=", "subscription_mgmt"), ("model", "=", "ir.cron")])
        self.crons = env["ir.cron"].browse(ours.mapped("res_id")).sorted("id")
        self.move_to(FIRST)
        for copy in range(copies):
            self.sign(copy)
        self.sell_packages()
        self.plan_interactions()

    def move_to(self, day):
        self.today = day
        self.clock.move_to(f"{day} 10:00:00")

    # === WHO IS THERE === #
    def sign(self, copy):
        """One contract of every kind; each copy a few days and cents apart."""
        later, price = timedelta(days=copy % 9), Decimal("99.90") + Decimal(copy % 97) / 7
        price = price.quantize(Decimal("0.01"))
        self.add(date(2027, 12, 31), price)
        self.add(date(2027, 12, 20), price, anchor_day=31, arrears=True)
        self.add(date(2028, 2, 29), price * 12, unit="year")
        self.add(FIRST + later, price / 4, unit="week")
        self.add(FIRST, price, arrears=True, unit="week", interval=2)
        self.add(FIRST + later, price, renewal="auto", months=1)
        self.add(FIRST, price, ends=date(2028, 2, 20) + later)
        self.add_paused(price, date(2028, 1, 10) + later, date(2028, 2, 3) + later)
        self.add_closed(price, date(2028, 2, 10) + later)
        self.add_corrected(price)

    def add(self, start, price, unit="month", interval=1, anchor_day=0, arrears=False, ends=None, months=0, **values):
        """A contract in force."""
        price = Decimal(price).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        term = ends or (months and start + relativedelta(months=months) - ONE_DAY)
        line = {
            "product_id": self.product.id,
            "price_unit": float(price),
            "interval": interval,
            "interval_unit": unit,
            "anchor_day": anchor_day,
            "billing_timing": "arrears" if arrears else "advance",
        }
        contract = self.env["subscription.contract"].create(
            {
                "subject": f"{interval} {unit} from {start}",
                "partner_id": self.env["res.partner"].create({"name": f"Customer {len(self.agreements)}"}).id,
                "date_start": start,
                "date_end": term,
                "renewal_months": months or 12,
                "billing_mode": "post",
                "line_ids": [Command.create(line)],
                **values,
            }
        )
        contract.action_activate()
        agreement = Agreement(
            contract, start, unit, interval, anchor_day, arrears, price,
            lambda day: day >= start and not (ends and day > ends),
        )  # fmt: skip
        self.agreements.append(agreement)
        return agreement

    def add_paused(self, price, pause, resume):
        """Paused for some weeks; told of the one day only on that day, and of the end beforehand."""
        agreement = self.add(FIRST, price)
        agreement.is_served = lambda day: day >= FIRST and not pause <= day < resume
        self.acts[pause].append(agreement.contract.action_pause)
        self.acts[resume - timedelta(days=5)].append(lambda: agreement.contract.action_resume(resume))

    def add_closed(self, price, end):
        """Closed in the middle of a month that is billed."""
        agreement = self.add(FIRST, price)
        agreement.is_served = lambda day: FIRST <= day <= end
        self.acts[end].append(lambda: agreement.contract.action_close(end, self.reason))

    def add_corrected(self, price):
        """An accountant gives 10.00 back, and cancels another invoice, which is billed again."""
        agreement = self.add(FIRST, price)
        second = FIRST + relativedelta(months=1)

        def get_row(first):
            return agreement.contract.installment_ids.filtered(
                lambda row: row.date_from == first and row.state == "invoiced" and not row.credited_id
            )

        def give_back():
            note = get_row(FIRST).invoice_id._reverse_moves([{"invoice_date": self.today}])
            note.invoice_line_ids.price_unit = 10.0
            note.action_post()
            agreement.given[FIRST] += 10

        def cancel():
            invoice = get_row(second).invoice_id
            invoice.button_draft()
            invoice.button_cancel()
            agreement.given[second] += agreement.price

        def bill_again():
            get_row(second).action_bill_again("Cancelled by mistake")
            agreement.given[second] -= agreement.price

        self.acts[FIRST + timedelta(days=20)].append(give_back)
        self.acts[second + timedelta(days=5)].append(cancel)
        self.acts[second + timedelta(days=25)].append(bill_again)

    def sell_packages(self):
        """A package that ends and one that goes on."""
        packages = self.env["subscription.package"]
        department = self.env["subscription.department"].create({"name": "Support", "credits_per_request": 1})
        customer = self.env["res.partner"].create({"name": "Package customer", "email": "package@example.com"})
        for days in (30, 400):
            package = packages.create(
                {
                    "name": f"{days} days", "kind": "period", "duration_days": days, "price": 50.0,
                    "product_id": self.product.id, "department_ids": [Command.set(department.ids)],
                }
            )  # fmt: skip
            package.action_publish()
            package._grant(customer, FIRST)

    def plan_interactions(self):
        """A call every week, and an appointment on the 31st."""
        kind = self.env.ref("subscription_mgmt.interaction_type_call")
        common = {
            "type_id": kind.id, "user_id": self.env.user.id, "audience": "fixed",
            "partner_ids": [Command.set(self.agreements[0].contract.partner_id.ids)], "date_start": FIRST,
        }  # fmt: skip
        recurrences = self.env["subscription.recurrence"].create(
            [
                {"name": "Weekly", "frequency": "weekly", "wed": True, **common},
                {"name": "Monthly", "frequency": "monthly", "month_by": "date", "day": 31, **common},
            ]
        )
        for recurrence in recurrences:
            recurrence._generate(self.today)

    # === THE DAYS === #
    def live(self, until, again=lambda changed: True):
        """Day after day: people act, the night runs; a second night on the same day changes nothing.

        :param again: whether a second night follows one that has changed something, or nothing.
        """
        before = self.digest()
        while self.today <= until:
            for act in self.acts.pop(self.today, ()):
                act()
            self.run_night()
            after = self.digest()
            if again(after != before):
                self.run_night()
                twice = self.digest()
                if twice != after:
                    raise AssertionError(f"{self.today}: a second night changes {sorted(set(twice) ^ set(after))[:6]}")
            before = after
            self.move_to(self.today + ONE_DAY)
        self.move_to(until)

    def run_night(self):
        """Every scheduled action once."""
        for cron in self.crons:
            self.commit()  # they run in a transaction of their own
            cron.method_direct_trigger()
        self.commit()

    def digest(self):
        """What stands in the ledgers, to see whether anything changes."""
        self.env.flush_all()
        found = []
        for table, columns in (
            ("subscription_contract", "state, date_end, date_next_invoice"),
            ("subscription_installment", "state, date_from, date_to, date_invoice, price_subtotal, invoice_line_id"),
            ("account_move", "state, amount_total"),
            ("subscription_entitlement", "state"),
            ("subscription_interaction", "state, date_start"),
        ):
            self.env.cr.execute(f"SELECT '{table}', id, {columns} FROM {table} ORDER BY id")
            found += [tuple(map(str, row)) for row in self.env.cr.fetchall()]
        return found

    # === WHAT MUST HAVE COME OF IT === #
    def check(self):
        """Yield a line of words for everything that is not as agreed, and count what was looked at."""
        self.days = self.amount = 0
        for agreement in self.agreements:
            yield from self.check_agreement(agreement)

    def check_agreement(self, agreement):
        """Each served day is charged once, at its price; no other day is."""
        rows = agreement.contract.installment_ids.filtered(lambda row: row.state == "invoiced")
        name = agreement.contract.subject
        charged, net = Counter(), defaultdict(Decimal)
        for row in rows:
            base = row.credited_id or row
            net[agreement.get_whole(base.date_from)[0]] += self.get_amount(row.invoice_line_id)
            if not row.is_again:
                sign = -1 if row.credited_id and row.price_unit < 0 else 1
                for day in days_of(row.date_from, row.date_to):
                    charged[day] += sign
        for whole, served in agreement.get_periods(self.today):
            want = agreement.price * len(served) / len(days_of(*whole))
            want = want.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) - agreement.given[whole[0]]
            found = net.pop(whole[0], Decimal(0)) - self.get_given(agreement, rows, whole)
            if found != want:
                yield f"{name}: {found} instead of {want} for {whole[0]} – {whole[1]}"
            wrong = [str(day) for day in served if charged.pop(day, 0) != 1]
            if wrong:
                yield f"{name}: not charged exactly once: {wrong[:5]}"
            self.days += len(served)
            self.amount += found
        left = [str(day) for day, times in charged.items() if times]
        if left or any(net.values()):
            yield f"{name}: charged without service: {left[:5]} {[amount for amount in net.values() if amount]}"

    def get_amount(self, lines):
        """What posted invoice lines charge."""
        lines = lines.filtered(lambda line: line.parent_state == "posted")
        signs = {line: -1 if line.move_type == "out_refund" else 1 for line in lines}
        return sum((sign * Decimal(str(line.price_subtotal)) for line, sign in signs.items()), Decimal(0))

    def get_given(self, agreement, rows, whole):
        """What posted credit notes by hand gave back of a period."""
        mine = rows.filtered(lambda row: whole[0] <= row.date_from <= whole[1]).invoice_line_id
        notes = self.env["account.move.line"].search([("subscription_origin_line_id", "in", mine.ids)])
        return -self.get_amount(notes)
