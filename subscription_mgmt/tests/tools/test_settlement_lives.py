"""Random lives of contracts, each looked over by an oracle after every act.

SETTLEMENT_LIVES sets the number of lives of each kind (default: as many as fit into some seconds).
"""

import os
import unittest
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from settlement_life import REACH, Life
from settlement_oracle import Audit, AuditInFull, AuditMixed

from subscription_mgmt.tools.plan import Cadence
from subscription_mgmt.tools.settlement import Ledger, settle

LIVES = int(os.environ.get("SETTLEMENT_LIVES", "100"))
many = settings(max_examples=LIVES, deadline=None, suppress_health_check=list(HealthCheck))

TERMS = (
    "pause", "pause", "pause_open", "resume", "unpause", "close", "reopen", "renew", "succeed", "revert", "repeat",
    "extend",
)  # fmt: skip
PERSON = ("reprice", "skip", "unskip", "edit", "clear")
BILLING = ("bill",) * 4
ACCOUNTING = ("credit", "credit", "credit_all", "lower", "cancel", "undo_credit", "again")
STARTS = [date(2024, 1, 31), date(2024, 2, 29), date(2025, 3, 15), date(2023, 11, 1), date(2025, 8, 30)]
numbers = st.integers(0, 10**6)


@st.composite
def lives(draw, prorate=True):
    """A contract on its first day: any cadence, currency and odd price."""
    unit = draw(st.sampled_from(list(REACH)))
    anchor_day = draw(st.sampled_from([None, None, 31, 1, 20])) if unit in ("month", "quarter", "year") else None
    interval = {"quarter": 3}.get(unit) or draw(st.sampled_from([1, 1, 2]))
    start = draw(st.sampled_from(STARTS))
    cadence = Cadence(start, interval, "month" if unit == "quarter" else unit, anchor_day)
    digits = draw(st.sampled_from([0, 2, 2, 3]))
    price = Decimal(draw(st.integers(1, 99999))).scaleb(-digits - draw(st.sampled_from([0, 0, 1])))
    paid_until = start + timedelta(days=draw(st.integers(0, 40))) if draw(st.integers(0, 5)) == 5 else None
    prorate = draw(st.booleans()) if prorate is None else prorate
    return Life(cadence, price, digits, prorate, draw(st.booleans()), paid_until, REACH[unit])


@st.composite
def months(draw):
    """A contract of one month and a small price, in which nearly every cent is rounded."""
    price = Decimal(draw(st.integers(1, draw(st.sampled_from([60, 300, 10000]))))).scaleb(
        -draw(st.sampled_from([2, 3]))
    )
    return Life(Cadence(draw(st.sampled_from(STARTS))), price, draw(st.sampled_from([0, 2])), reach=(31, 0))


def acts(*names, max_size=16):
    """Acts with two numbers each, which every act reads as it likes."""
    return st.lists(st.tuples(st.sampled_from(sum(names, ())), numbers, numbers), min_size=3, max_size=max_size)


class TestLives(unittest.TestCase):
    """After every act: settled twice changes nothing, no decision gets lost, and the ledger is what the oracle says."""

    def live(self, life, sequence, audit=Audit):
        """Do the acts one after the other; at the end bill all there is."""
        life.settle()
        last = life.reach[0] - 1
        for name, a, b in [("extend", 0, 0), *sequence, ("bill", last, 0), ("bill", last, 0)]:
            getattr(life, name)(a, b)
            decisions = set(life.decisions())
            life.settle()
            self.assertEqual(set(life.decisions()), decisions, "a decision got lost")
            self.assertFalse(life.settle(), "settling twice changes something")
            audit(self, life).check()
        left = [row for row in life.plan.values() if row.key not in life.idle]
        self.assertFalse(
            [row for row in left if row.row is not None or row.date_to < life.day(last)], "not all is billed"
        )

    @many
    @given(lives(), acts(TERMS, PERSON, BILLING))
    def test_what_is_charged_is_what_the_final_terms_ask(self, life, sequence):
        self.live(life, sequence)

    @many
    @given(months(), acts(("pause",) * 4, ("unpause",) * 3, ("succeed", "revert", "close", "reopen"), BILLING[:2]))
    def test_parts_of_a_price_sum_to_it_to_the_cent(self, life, sequence):
        # Short pauses, and prices that stay: all parts of the month have one running total.
        self.live(life, [(name, a, b % 7 * 3) for name, a, b in sequence])

    @many
    @given(lives(), acts(TERMS, PERSON, BILLING, ACCOUNTING, ACCOUNTING))
    def test_what_accounting_did_stands(self, life, sequence):
        self.live(life, sequence)

    @many
    @given(lives(), acts(("pause", "unpause", "close", "reopen"), BILLING, ACCOUNTING))
    def test_no_more_is_given_back_than_was_charged_whoever_gives_it(self, life, sequence):
        # Days that go and come back, billed again and again: accounting meets rows of which we gave back before.
        self.live(life, [("bill", life.reach[0] // 2, 0), ("pause", 0, 9), ("bill", 0, 0), *sequence])

    @many
    @given(lives(prorate=False), acts(TERMS, PERSON, BILLING, ACCOUNTING))
    def test_without_proration_every_period_is_charged_once_in_full(self, life, sequence):
        self.live(life, sequence, AuditInFull)

    @many
    @given(lives(prorate=None), acts(TERMS, PERSON, BILLING, ("succeed_otherwise", "recadence") * 2))
    def test_no_day_is_charged_twice_when_proration_or_cadence_change(self, life, sequence):
        self.live(life, sequence, AuditMixed)


class TestOrder(unittest.TestCase):
    """The result depends on terms and ledger, never on the order of things."""

    def get_totals(self, life):
        """What every price of every period came to."""
        totals = defaultdict(Decimal)
        for row in life.billed.values():
            totals[row.whole, row.price] += life.net(row)
        for row in life.plan.values():
            of = life.billed[row.row] if row.row is not None else row
            totals[of.whole, of.price] += row.amount
        return {key: total for key, total in totals.items() if total}

    def live(self, life, sequence):
        for name, a, b in [("extend", 0, 0), *sequence]:
            getattr(life, name)(a, b)
            life.settle()
        return self.get_totals(life)

    @many
    @given(st.data())
    def test_the_order_of_acts_and_the_days_of_billing_do_not_matter(self, data):
        """Pauses, an end and one change of price, in any order, billed before, between, after, or not at all."""
        life = data.draw(lives())
        terms = data.draw(st.lists(st.tuples(st.just("pause"), numbers, numbers), min_size=1, max_size=4))
        for name in ("close", "succeed"):
            terms += data.draw(st.lists(st.tuples(st.just(name), numbers, numbers), max_size=1))
        totals = []
        for _turn in range(2):
            bills = data.draw(st.lists(st.tuples(st.just("bill"), numbers, st.just(0)), max_size=3))
            other = replace(life, lines=[], pauses=[], billed={}, held={}, credits=[], plan={}, skipped=[])
            totals.append(self.live(other, data.draw(st.permutations([*terms, *bills]))))
        self.assertEqual({**dict.fromkeys(totals[1], 0), **totals[0]}, {**dict.fromkeys(totals[0], 0), **totals[1]})

    @many
    @given(lives(prorate=None), acts(TERMS, PERSON, BILLING, ACCOUNTING), st.randoms())
    def test_the_order_of_rows_does_not_matter(self, life, sequence, random):
        self.live(life, sequence)
        ledger, chain = life.ledger(), life.chain()
        rows = [random.sample(list(found), len(found)) for found in (ledger.billed, ledger.decisions, ledger.planned)]
        found = settle(chain, Ledger(rows[0], ledger.credits, *rows[1:], ledger.digits))
        wanted = settle(chain, ledger)
        self.assertEqual((found.charges, found.nothing), (wanted.charges, wanted.nothing))
        self.assertEqual(sorted(found.corrections, key=str), sorted(wanted.corrections, key=str))

    @many
    @given(lives(prorate=None), acts(TERMS, PERSON, BILLING, ACCOUNTING))
    def test_negative_amounts_are_the_mirror_of_positive_ones(self, life, sequence):
        self.live(life, sequence)
        ledger, chain = life.ledger(), life.chain()

        def mirror(row):
            amounts = {name: -value for name, value in row._asdict().items() if isinstance(value, Decimal)}
            decision = getattr(row, "decision", None)
            return row._replace(**amounts, **({"decision": mirror(decision)} if decision else {}))

        mirrored = [[mirror(row) for row in rows] for rows in (ledger.billed, ledger.credits, ledger.decisions)]
        found = settle(
            [replace(terms, price=-terms.price) for terms in chain], Ledger(*mirrored, ledger.planned, ledger.digits)
        )
        wanted = settle(chain, ledger)
        self.assertEqual(found.charges, [mirror(row) for row in wanted.charges])
        self.assertEqual(found.corrections, [mirror(row) for row in wanted.corrections])


if __name__ == "__main__":
    unittest.main()
