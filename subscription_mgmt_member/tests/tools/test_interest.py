import unittest
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from subscription_mgmt_member.tools.interest import DAY, Debt, charges, free_stretches

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
days = st.dates(*YEAR)
stretches = st.lists(st.tuples(days, st.integers(0, 60)).map(lambda one: (one[0], one[0] + timedelta(one[1]))))


def every_day(parts):
    return [start + timedelta(place) for start, end in parts for place in range((end - start).days + 1)]


@st.composite
def debts(draw):
    amount = draw(st.decimals(1, 10000, places=2))
    due, left, payments = draw(days), amount, []
    for _one in range(draw(st.integers(0, 3))):
        paid = draw(st.decimals(0, left, places=2))
        payments.append((draw(days), paid))
        left -= paid
    return Debt(due, amount, tuple(payments))


class TestInterest(unittest.TestCase):
    def cost(self, *debts, rate="3", first=YEAR[0], last=YEAR[1], taken=()):
        return [(one.date_from, one.date_to, one.amount) for one in charges(debts, Decimal(rate), first, last, taken)]

    def test_ten_days_late(self):
        """WIM-14: 1000 at 3 % a month is 1 a day."""
        debt = Debt(date(2026, 3, 1), Decimal(1000), ((date(2026, 3, 11), Decimal(1000)),))
        self.assertEqual(self.cost(debt), [(date(2026, 3, 2), date(2026, 3, 11), Decimal("10.00"))])

    def test_a_part_paid_counts_until_the_day_it_was_paid(self):
        """WIM-14: ten days on 1000, ten on 400: 10 + 4."""
        debt = Debt(date(2026, 3, 1), Decimal(1000), ((date(2026, 3, 11), Decimal(600)),))
        self.assertEqual(
            self.cost(debt, last=date(2026, 3, 21)), [(date(2026, 3, 2), date(2026, 3, 21), Decimal("14.00"))]
        )

    def test_parts_of_an_invoice_are_late_from_their_own_days(self):
        """WIM-14: 500 for twenty days and 500 for ten: 10 + 5."""
        both = Debt(date(2026, 3, 1), Decimal(500)), Debt(date(2026, 3, 11), Decimal(500))
        self.assertEqual(self.cost(*both, last=date(2026, 3, 21))[0][2], Decimal("15.00"))

    def test_a_payment_before_the_due_date_costs_nothing(self):
        """WIM-14"""
        debt = Debt(date(2026, 3, 1), Decimal(1000), ((date(2026, 2, 20), Decimal(1000)),))
        self.assertEqual(self.cost(debt), [])

    def test_no_rate_no_interest(self):
        """WIM-14"""
        self.assertEqual(self.cost(Debt(date(2026, 3, 1), Decimal(1000)), rate="0"), [])

    def test_days_that_were_charged_are_left_out_wherever_they_stand(self):
        """WIM-14"""
        taken = [(date(2026, 3, 6), date(2026, 3, 10))]
        self.assertEqual(
            self.cost(Debt(date(2026, 3, 1), Decimal(1000)), last=date(2026, 3, 20), taken=taken),
            [
                (date(2026, 3, 2), date(2026, 3, 5), Decimal("4.00")),
                (date(2026, 3, 11), date(2026, 3, 20), Decimal("10.00")),
            ],
        )

    @given(days, days, stretches)
    def test_free_and_taken_days_are_all_days_once(self, first, last, taken):
        """WIM-14: no day twice, none forgotten."""
        free = every_day(free_stretches(first, last, taken))
        self.assertEqual(len(free), len(set(free)))
        self.assertEqual(set(free), set(every_day([(first, last)])) - set(every_day(taken)))

    @given(st.lists(debts(), min_size=1, max_size=3), st.lists(days, max_size=4))
    def test_charged_in_parts_no_day_is_charged_twice(self, owed, cuts):
        """WIM-14: charging up to one day after another is charging once, but for the rounding of each part."""
        rate, taken, amount = Decimal("2.5"), [], Decimal(0)
        for last in (*cuts, YEAR[1]):
            for one in charges(owed, rate, YEAR[0], last, taken):
                taken.append((one.date_from, one.date_to))
                amount += one.amount
        charged = every_day(taken)
        self.assertEqual(len(charged), len(set(charged)))
        by_day = sum(
            (debt.open_on(day) for day in every_day([YEAR]) for debt in owed if debt.due < day), Decimal(0)
        ) * rate / 3000  # fmt: skip
        self.assertLessEqual(abs(amount - by_day), Decimal("0.01") * (len(taken) + 1 + len(cuts)))

    @given(debts(), days, stretches)
    def test_nothing_is_charged_up_to_the_due_date(self, debt, last, taken):
        """WIM-14"""
        for one in charges([debt], Decimal(2), YEAR[0], last, taken):
            self.assertGreaterEqual(one.date_from, debt.due + DAY)
            self.assertLessEqual(one.date_to, last)
