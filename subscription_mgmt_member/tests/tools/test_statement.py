import unittest
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from subscription_mgmt_member.tools.statement import Item, age, build

TRY, USD = 1, 2
amounts = st.decimals(-10000, 10000, places=2)
days = st.dates(date(2026, 1, 1), date(2026, 6, 30))


def item(amount, day=date(2026, 2, 1), due=None, kind="receivable", currency=TRY, foreign=None):
    amount = Decimal(amount)
    foreign = amount if foreign is None else Decimal(foreign)
    return Item(day, due or day, "INV", "Invoice", kind, currency, amount, foreign)


def make(openings=None, movements=(), left=(), first=date(2026, 1, 1), last=date(2026, 3, 31)):
    return build(first, last, TRY, openings or {}, movements, left)


class TestStatement(unittest.TestCase):
    def test_ages_begin_the_day_after_the_due_date(self):
        """WMM-45: not due, 1–30, 31–60, 61–90, older."""
        due = date(2026, 1, 1)
        for late, place in ((-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)):
            self.assertEqual(age(due, due + timedelta(days=late)), place, late)

    def test_each_row_has_what_was_owed_after_it(self):
        """WMM-45"""
        section = make({TRY: (Decimal(50), Decimal(50))}, [item(100), item(-30)]).sections[0]
        self.assertEqual([(row.debit, row.credit, row.balance) for row in section.rows],
                         [(100, 0, 150), (0, 30, 120)])  # fmt: skip
        self.assertEqual((section.opening, section.debit, section.credit, section.closing), (50, 100, 30, 120))

    @given(amounts, st.lists(amounts, max_size=8))
    def test_opening_and_movements_are_the_closing_balance(self, opening, moved):
        """WMM-45, WIM-13"""
        section = make({TRY: (opening, opening)}, [item(amount) for amount in moved]).total
        self.assertEqual(section.opening + section.debit - section.credit, section.closing)

    @given(st.lists(st.tuples(amounts, days), max_size=8))
    def test_ages_hold_everything_that_is_open(self, parts):
        """WMM-45"""
        total = make(left=[item(amount, due=due) for amount, due in parts]).total
        self.assertEqual(sum(map(sum, total.ageing.values())), sum(amount for amount, _due in parts))

    def test_currencies_stand_apart_and_together(self):
        """WMM-45"""
        foreign = item(330, currency=USD, foreign=10)
        statement = make({}, [item(100), foreign], [item(100), foreign])
        self.assertEqual([(one.currency, one.closing) for one in statement.sections], [(TRY, 100), (USD, 10)])
        self.assertEqual(statement.total.closing, 430)
        self.assertFalse(statement.is_plain)

    def test_only_another_currency_has_no_empty_section_before_it(self):
        """WMM-45"""
        statement = make({}, [item(330, currency=USD, foreign=10)])
        self.assertEqual([one.currency for one in statement.sections], [USD])
        self.assertFalse(statement.is_plain)

    def test_a_difference_of_rates_moves_the_total_alone(self):
        """WMM-45"""
        statement = make({}, [item(330, currency=USD, foreign=10), item(20, currency=USD, foreign=0)])
        self.assertEqual(len(statement.sections[0].rows), 1)
        self.assertEqual(statement.total.closing, 350)

    def test_debts_and_claims_are_aged_apart(self):
        """WMM-53: a member that is customer and supplier."""
        total = make(left=[item(100, due=date(2026, 3, 1)), item(-40, due=date(2026, 5, 1), kind="payable")]).total
        self.assertEqual(total.ageing["receivable"], (0, 100, 0, 0, 0))
        self.assertEqual(total.ageing["payable"], (-40, 0, 0, 0, 0))
        self.assertEqual(total.overdue("receivable"), 100)
