"""An oracle for settlement, written on its own: slow, and day by day.

It sees the final terms of a life, the decisions of persons and what accounting did, never how settlement got there.
"""

from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta
from settlement_life import ONE_DAY, ZERO

from subscription_mgmt.tools.settlement import Billed, settle


def days_of(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def rounded(amount, digits):
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def boundary(cadence, step):
    """First day of the natural period number `step`; 0 is in the month of the anchor."""
    if cadence.unit in ("day", "week"):
        return cadence.anchor + relativedelta(**{cadence.unit + "s": step * cadence.interval})
    first = cadence.anchor.replace(day=1) + relativedelta(**{cadence.unit + "s": step * cadence.interval})
    return first + relativedelta(day=cadence.anchor_day or cadence.anchor.day)


def natural_periods(cadence, until):
    """Natural periods that begin on or before a day; as many as there are repetitions."""
    step = 0 if boundary(cadence, 0) <= cadence.anchor else -1
    found = []
    while boundary(cadence, step) <= until and len(found) < (cadence.repetitions or 10**9):
        found.append((boundary(cadence, step), boundary(cadence, step + 1) - ONE_DAY))
        step += 1
    return found


class Oracle:
    """What the final terms of a life ask, by days that one price pays and that price."""

    def __init__(self, life):
        self.life = life
        reach = max([life.horizon, *(row.date_to for row in life.billed.values())])
        self.periods = natural_periods(life.cadence, reach)
        self.last = max(reach, self.periods[-1][1])
        self.period_of = {day: whole for whole in self.periods for day in days_of(*whole)}
        self.rows = defaultdict(list)
        for row in life.billed.values():
            for day in days_of(row.date_from, row.date_to):
                self.rows[day].append(row)
        self.decisions = sorted(life.decisions(), key=lambda d: d.date_from - d.date_to)
        self.line_of = {day: self.find_line(day) for day in days_of(life.start, self.last)}

    def line(self, day):
        """The line that serves a day and charges for it."""
        return self.line_of.get(day)

    def find_line(self, day):
        life = self.life
        if day < life.start or (life.end and day > life.end) or day not in self.period_of:
            return None
        if any(first <= day and (last is None or day <= last) for first, last in life.pauses):
            return None
        if life.paid_until and day <= life.paid_until:
            return None
        for line in reversed(life.lines):
            if line.start <= day and (line.end is None or day <= line.end):
                return line
        return None

    def decision(self, day, line):
        """The decision in force: the one about the fewest days."""
        found = None
        for decision in self.decisions:
            about = decision.amount is None or decision.line == line.name
            if about and decision.date_from <= day <= decision.date_to:
                found = decision
        return found

    def asked(self):
        """Number of days that are charged at each price of each period."""
        days = defaultdict(int)
        for day in days_of(self.life.start, self.last):
            line = self.line(day)
            key = line and self.price_of(day, line)
            if key:
                days[key] += 1
        return days

    def price_of(self, day, line):
        """Days that a price pays, and the price of one day; None: it is not charged, or not yet."""
        billed = [row for row in self.rows[day] if row.line == line.name]
        if billed:
            return billed[0].whole, billed[0].price
        decision = self.decision(day, line)
        if decision:
            whole = decision.date_from, decision.date_to
            return None if decision.amount is None else (whole, decision.amount)
        whole = self.period_of[day]
        return (whole, line.price) if max(whole[0], self.life.start) <= self.life.horizon else None


def is_touched(life, row):
    """Whether accounting had a hand in a row."""
    undone = any(credit.undone or credit.again for credit in life.credits if credit.row == row.key)
    return row.charged != row.planned or row.returned or undone


# === WHAT MUST HOLD AFTER EVERY ACT === #
class Audit:
    """Compares the ledger of a life with the oracle."""

    def __init__(self, test, life):
        self.test, self.life, self.oracle = test, life, Oracle(life)
        self.cent = Decimal(1).scaleb(-life.digits)
        self.settlement = settle(life.chain(), life.ledger())
        self.corrections = defaultdict(Decimal)
        for row in life.plan.values():
            if row.row is not None:
                self.corrections[row.row] += row.amount

    def check(self):
        self.check_days()
        self.check_periods()
        for row in self.life.billed.values():
            self.check_row(row)

    def net(self, row):
        """What is left of a billed row once the planned corrections are billed."""
        return self.life.net(row) + self.corrections[row.key]

    def kept(self, row):
        """Number of days of a billed row that its line still serves."""
        lines = (self.oracle.line(day) for day in days_of(row.date_from, row.date_to))
        return sum(line is not None and line.name == row.line for line in lines)

    def check_days(self):
        """Every day of service is billed, planned, skipped, or costs nothing: in one row only."""
        charged = defaultdict(list)
        for row in [*self.life.charges(), *self.settlement.nothing]:
            for day in days_of(row.date_from, row.date_to):
                charged[day].append(row)
        for day in days_of(self.life.start, self.oracle.last):
            line = self.oracle.line(day)
            billed = [row for row in self.oracle.rows[day] if line and row.line == line.name]
            wanted = int(bool(line and not billed and self.oracle.price_of(day, line)))
            self.test.assertEqual([row.line for row in charged[day]], [line.name] if wanted else [], day)
            self.test.assertLessEqual(len(billed), 1, day)

    def check_periods(self):
        """What is billed and planned at one price of one period is what the terms ask for that many days."""
        asked, found, billed = self.oracle.asked(), defaultdict(Decimal), defaultdict(list)
        for row in self.life.billed.values():
            found[row.whole, row.price] += self.net(row)
            billed[row.whole, row.price].append(row)
        for row in self.life.charges():
            found[row.whole, row.price] += row.amount
        for key in {*asked, *found}:
            whole, price = key
            if any(is_touched(self.life, row) for row in billed[key]):
                continue
            want = rounded(price * asked[key] / len(days_of(*whole)), self.life.digits)
            if found[key] != want:
                self.check_stuck(found[key] - want, key, billed[key])

    def check_stuck(self, surplus, key, rows):
        """A cent stays only where no row whose days were cut, and no row still to bill, could take it."""
        cut = [row for row in rows if self.kept(row) < len(days_of(row.date_from, row.date_to))]
        planned = [row for row in self.life.charges() if (row.whole, row.price) == key]
        self.test.assertLessEqual(abs(surplus), self.cent * len(rows), key)
        self.test.assertFalse([row for row in planned if row.amount], (surplus, key))
        if surplus > 0:
            self.test.assertFalse([row for row in cut if self.net(row)], (surplus, key))
        else:
            self.test.assertFalse([row for row in cut if self.net(row) < row.charged], (surplus, key))

    def check_row(self, row):
        """Never more given back than charged, never more charged again than we gave, never against accounting."""
        life, moved, net = self.life, self.corrections[row.key], self.net(row)
        ours = [credit for credit in life.credits if credit.row == row.key]
        days = len(days_of(row.date_from, row.date_to))
        again = sum((credit.amount for credit in ours if credit.again), ZERO)
        again += sum((r.amount for r in life.plan.values() if r.row == row.key and r.again), ZERO)
        given = sum((c.amount - c.undone for c in ours), ZERO) + moved - again
        self.test.assertTrue(given <= 0 or not net, row)
        self.test.assertLessEqual(again, row.returned, row)
        self.test.assertGreaterEqual(net, 0, row)
        if self.kept(row) == days and not ours and not again:
            self.test.assertFalse(moved, row)
        if is_touched(life, row) and not again and not any(credit.undone for credit in ours):
            base = (row.price, row.whole) if row.charged == row.planned else (row.charged, (row.date_from, row.date_to))
            worth = min(base[0] * self.kept(row) / len(days_of(*base[1])), row.charged)
            if self.kept(row) == days or not row.prorate:
                worth = row.charged
            slack = 2 * self.cent
            self.test.assertLessEqual(net, max(worth + slack, ZERO), row)
            self.test.assertGreaterEqual(net, worth - row.returned - slack, row)


class AuditInFull(Audit):
    """The same for lines without proration: every period with a day of service once, in full."""

    def check(self):
        for whole in self.oracle.periods:
            self.check_period(whole)
        for row in self.life.billed.values():
            ours = [c for c in [*self.life.credits, *self.life.plan.values()] if c.row == row.key and not c.again]
            self.test.assertFalse(ours, "something of a period without proration is given back")

    def check_period(self, whole):
        life = self.life
        billed = [row for row in life.billed.values() if row.whole == whole]
        planned = [row for row in life.charges() if row.whole == whole]
        days = [day for day in days_of(*whole) if self.oracle.line(day)]
        paid = life.paid_until and life.paid_until >= max(whole[0], life.start)
        skips = [d for d in life.skipped if whole[0] <= d.date_from <= whole[1]]
        if len({d for d in self.oracle.decisions if whole[0] <= d.date_from <= whole[1]}) > 1:
            return  # each is about its own days
        if any(row.planned == rounded(row.price, life.digits) for row in billed) or skips or not days:
            self.test.assertFalse(planned, whole)
        elif not billed and (not paid or self.decision_of(whole, days)):
            self.test.assertLessEqual(len(planned), 1, whole)
            price = self.decision_of(whole, days)
            price = self.oracle.line(days[0]).price if price is None else price
            self.test.assertEqual(
                sum(row.amount for row in planned), rounded(price, life.digits) if self.is_reached(whole) else 0, whole
            )

    def is_reached(self, whole):
        return max(whole[0], self.life.start) <= self.life.horizon or self.decision_of(whole, None) is not None

    def decision_of(self, whole, days):
        """Amount that a person set for the period, on the line of its first day of service."""
        days = days or [day for day in days_of(*whole) if self.oracle.line(day)]
        line = self.oracle.line(days[0]).name if days else None
        found = [d.amount for d in self.oracle.decisions if d.line == line and whole[0] <= d.date_from <= whole[1]]
        return next((amount for amount in reversed(found) if amount is not None), None)


class AuditMixed(Audit):
    """For chains in which proration or cadence changes: no day is charged twice, whatever it is that charges it."""

    def check(self):
        owners = defaultdict(list)
        for row in [*self.life.charges(), *self.settlement.nothing]:
            for day in days_of(row.date_from, row.date_to):
                owners[day].append(row)
        for row in self.life.billed.values():
            for day in self.paid_days(row):
                owners[day].append(row)
        for day, rows in owners.items():
            planned = [row for row in rows if not isinstance(row, Billed)]
            if self.oracle.line(day) and planned:
                self.test.assertEqual(len(rows), 1, (day, rows))
        for row in self.life.billed.values():
            self.check_row(row)

    def paid_days(self, row):
        """Days that a billed row pays: those its line serves; without proration its own, in full the whole period."""
        own = set(days_of(row.date_from, row.date_to))
        if row.prorate:
            return {day for day in own if (line := self.oracle.line(day)) and line.name == row.line}
        is_full = row.planned == rounded(row.price, self.life.digits)
        return own | set(days_of(*row.whole)) if is_full else own
