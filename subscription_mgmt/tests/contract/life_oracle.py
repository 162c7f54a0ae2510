"""What must hold of a life: day by day over the final terms, the decisions, and what accounting did."""

from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from .life import days_of

ZERO = Decimal(0)


def rounded(amount, digits):
    """Half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


class Audit:
    """Compares the ledger of a contract with what was agreed."""

    def __init__(self, life):
        self.life, self.test = life, life.case
        # Rows that only show a pause charge nothing.
        self.rows = life.contract.installment_ids.filtered(lambda row: not row.pause_id)
        self.cent = Decimal(1).scaleb(-life.digits)
        self.planned = self.rows.filtered(lambda row: row.state == "planned" and not row.credited_id)
        self.corrections = self.rows.filtered("credited_id")
        self.reach = max([life.today, *self.rows.mapped("date_to")]) + timedelta(days=1)
        self.charge_of = defaultdict(list)
        for charge in life.charges.values():
            for day in charge.days:
                self.charge_of[day, charge.row.line_id].append(charge)

    def check(self):
        """Everything that must hold after every act."""
        self.check_settled()
        self.check_days()
        for charge in self.life.charges.values():
            self.check_charge(charge)
        if self.life.prorate:
            self.check_periods()
        else:
            self.check_full_periods()

    def check_settled(self):
        """Settling once more changes nothing."""
        change = self.life.contract._get_plan_difference()
        found = (change.added, [(row.date_from, values) for row, values in change.changed], change.removed)
        self.test.assertFalse(any(found), found)

    def check_billed(self):
        """After billing nothing that was due is left."""
        due = self.rows.filtered(lambda row: row.state == "planned" and row.date_invoice <= self.life.today)
        if self.life.contract.state in ("active", "closed"):
            self.test.assertFalse(due, self.life.contract.billing_error or due.mapped("display_name"))

    def get_planned_amount(self, row):
        """What a row of the plan will come to."""
        price = Decimal(str(row.quantity)) * Decimal(str(row.price_unit)) * (100 - Decimal(str(row.discount))) / 100
        return rounded(price, self.life.digits)

    def get_net(self, charge):
        """What is left of a billed row once the corrections that are planned are billed."""
        mine = self.corrections.filtered(lambda row: row.credited_id == charge.row and row.state == "planned")
        return self.life.get_left(charge) + sum(map(self.get_planned_amount, mine), ZERO)

    def get_kept(self, charge):
        """Days of a billed row that its line still serves."""
        lines = map(self.life.get_line, charge.days)
        return sum(agreed is not None and agreed.line == charge.row.line_id for agreed in lines)

    def get_price_of(self, day, agreed):
        """(whole, price) at which a day of service is, or is to be, charged; None: it is skipped."""
        billed = self.charge_of[day, agreed.line]
        return (billed[0].whole, billed[0].price) if billed else self.life.get_asked(day, agreed)

    def check_days(self):
        """No day stands in two rows, and none that is served and in reach is forgotten."""
        planned = defaultdict(list)
        for row in self.planned:
            for day in days_of(row.date_from, row.date_to):
                planned[day].append(row)
        for day in days_of(self.life.start, self.reach):
            agreed = self.life.get_line(day)
            billed = self.charge_of[day, agreed.line] if agreed else []
            self.test.assertLessEqual(len(billed) + len(planned[day]), 1, f"{day} is charged twice")
            if planned[day] and self.life.prorate:
                self.test.assertTrue(agreed, f"{day} is to be charged without service")
                self.test.assertEqual(planned[day][0].line_id, agreed.line, f"{day} is charged by another line")
                self.test.assertIsNotNone(self.life.get_asked(day, agreed), f"{day} was skipped")

    def check_charge(self, charge):
        """Never more given back than charged; what accounting gave back is not charged again by itself."""
        life, net = self.life, self.get_net(charge)
        own = life.get_amount(charge.row.invoice_line_id)
        what = f"{charge.row.date_from}..{charge.row.date_to} at {own}, accounting {charge.given}"
        self.test.assertGreaterEqual(net, ZERO, f"more given back than charged: {what}")
        gone = ZERO if charge.again else charge.given
        self.test.assertLessEqual(net, own - gone, f"more charged than ever: {what}")
        if charge.cancelled and not charge.again:
            self.test.assertEqual(net, ZERO, f"cancelled and charged: {what}")
        if not life.prorate:
            if not charge.touched:
                self.test.assertEqual(net, own, f"a full period is not given back: {what}")
            return
        if charge.touched and not charge.again and not charge.undone:
            own_price = charge.price if own == self.get_planned_amount(charge.row) else None
            days = len(days_of(*charge.whole)) if own_price is not None else len(charge.days)
            worth = min((own if own_price is None else own_price) * self.get_kept(charge) / days, own)
            if charge.cancelled:
                return
            self.test.assertLessEqual(net, worth + 2 * self.cent, f"more than its days are worth: {what}")
            self.test.assertGreaterEqual(net, worth - charge.given - 2 * self.cent, f"less than is due: {what}")

    def check_periods(self):
        """What is billed and planned at one price of one period is what so many days of it cost."""
        asked, found, charges = defaultdict(int), defaultdict(Decimal), defaultdict(list)
        covered = {day for row in self.planned for day in days_of(row.date_from, row.date_to)}
        for day in days_of(self.life.start, self.reach):
            agreed = self.life.get_line(day)
            key = agreed and self.get_price_of(day, agreed)
            if key:
                asked[key] += 1
                covered.discard(day)
        for charge in self.life.charges.values():
            found[charge.whole, charge.price] += self.get_net(charge)
            charges[charge.whole, charge.price].append(charge)
        for row in self.planned:
            agreed = next(agreed for agreed in self.life.lines if agreed.line == row.line_id)
            found[self.life.get_asked(row.date_from, agreed)] += self.get_planned_amount(row)
        for key, days in asked.items() | {(key, asked[key]) for key in found}:
            whole, price = key
            if any(charge.touched for charge in charges[key]):
                continue
            want = rounded(price * days / len(days_of(*whole)), self.life.digits)
            if found[key] != want and self.is_in_reach(whole):
                self.check_stuck(found[key] - want, key, charges[key])

    def is_in_reach(self, whole):
        """Whether the plan goes as far as this period."""
        return whole[1] < self.life.today or any(whole[0] <= row.date_from for row in self.rows) or self.is_ended(whole)

    def is_ended(self, whole):
        return bool(self.life.end and self.life.end <= whole[1])

    def check_stuck(self, surplus, key, charges):
        """A cent stays only where no row whose days were cut, and no row still to bill, could take it."""
        cut = [charge for charge in charges if self.get_kept(charge) < len(charge.days)]
        what = f"{surplus} too much at {key[1]} for {key[0][0]}..{key[0][1]}"
        self.test.assertLessEqual(abs(surplus), self.cent * len(charges), what)
        full = [charge for charge in cut if self.get_net(charge) < self.life.get_amount(charge.row.invoice_line_id)]
        self.test.assertFalse([c for c in cut if self.get_net(c)] if surplus > 0 else full, what)

    def check_full_periods(self):
        """Without proration a period with a day of service is charged once, in full."""
        life = self.life
        for whole in {life.get_whole(day) for day in days_of(life.start, life.today)}:
            inside = [d for d in days_of(*whole) if life.get_line(d)]
            charges = [c for c in life.charges.values() if c.whole[0] <= whole[1] and c.whole[1] >= whole[0]]
            planned = [row for row in self.planned if whole[0] <= row.date_from <= whole[1]]
            self.test.assertLessEqual(len(planned) + len(charges), 1, f"{whole[0]} is charged twice")
            skipped = any(first <= whole[1] and last >= whole[0] and amount is None
                          for (first, last, _line), amount in life.decisions.items())  # fmt: skip
            if inside and not skipped:
                self.test.assertEqual(len(planned) + len(charges), 1, f"{whole[0]} is not charged")
            for row in planned:
                agreed = next(agreed for agreed in life.lines if agreed.line == row.line_id)
                price = life.get_asked(row.date_from, agreed)[1]
                self.test.assertEqual(self.get_planned_amount(row), rounded(price, life.digits), whole[0])
