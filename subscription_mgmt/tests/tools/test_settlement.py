"""Settlement by example: the faults that it mends, by their ids, and what comes back of billed rows."""

import unittest
from datetime import date, timedelta
from decimal import Decimal

from cases import day
from settlement_case import FIRST, SettlementCase, billed, credit, say, span, terms

from subscription_mgmt.tools.proration import prorate
from subscription_mgmt.tools.settlement import (
    Billed,
    Credit,
    Decision,
    Ledger,
    charged,
    due,
    served,
    settle,
)


class TestFaults(SettlementCase):
    """One test for each fault of money that settlement mends."""

    def test_fault_a1_an_end_brought_forward_cuts_the_plan_and_gives_billed_days_back(self):
        line = terms(contract=(FIRST, "2026-02-14"))
        rows = billed("2026-01-01", "2026-01-31"), billed("2026-02-01", "2026-02-28", key=2)
        self.assertEqual(self.charges(line, *rows), [])
        self.assertEqual(self.corrections(line, *rows), ["02-15..02-28 -50.00"])

    def test_fault_a3_what_accounting_gave_back_does_not_come_back_twice(self):
        line = terms(end="2026-01-15")
        self.assertEqual(self.corrections(line, billed("2026-01-01", "2026-01-31", returned=100)), [])
        part = billed("2026-01-01", "2026-01-31", returned=60)
        self.assertEqual(self.corrections(line, part), [], "40 are left, 48.39 were served")
        small = billed("2026-01-01", "2026-01-31", returned=10)
        self.assertEqual(self.corrections(line, small), ["01-16..01-31 -41.61"])

    def test_fault_a5_a_changed_draft_gives_back_parts_of_what_it_charged(self):
        row = billed("2026-01-01", "2026-01-31", charged=60)
        self.assertEqual(self.corrections(terms(end="2026-01-15"), row), ["01-16..01-31 -30.97"])

    def test_fault_a7_three_pauses_of_a_period_give_back_its_price(self):
        row = billed("2026-04-01", "2026-04-30", "200")
        pauses = [("2026-04-01", "2026-04-10"), ("2026-04-11", "2026-04-20"), ("2026-04-21", "2026-04-30")]
        given = []
        for count in (1, 2, 3):
            line = terms("200", start="2026-04-01", pauses=pauses[:count])
            found = settle([line], Ledger([row], given)).corrections
            given += [Credit(item.row, item.date_from, item.date_to, item.amount) for item in found]
        self.assertEqual(say(given), ["04-01..04-10 -66.67", "04-11..04-20 -66.66", "04-21..04-30 -66.67"])
        self.assertEqual(
            self.corrections(terms("200", start="2026-04-01", pauses=pauses), row), ["04-01..04-30 -200.00"]
        )

    def test_fault_a8_without_proration_a_renewal_charges_the_period_once(self):
        first = terms(start="2026-01-15", end="2026-12-31", prorate=False)
        last = settle([first], Ledger()).charges[-1]
        self.assertEqual(say([last]), ["12-15..12-31 100.00"])
        row = billed("2026-12-15", "2026-12-31", whole=("2026-12-15", "2027-01-14"), prorate=False)
        renewed = terms(start="2026-01-15", end="2027-12-31", prorate=False, paid_until=day("2026-12-14"))
        self.assertEqual(self.charges(renewed, row, count=1), [])
        renewed = terms(start="2026-01-15", end="2027-12-31", prorate=False, horizon=day("2027-01-20"))
        self.assertEqual(say(settle([renewed], Ledger([row])).charges[-1:]), ["01-15..02-14 100.00"])

    def test_fault_a9_renewed_month_by_month_from_the_31st_one_row_a_period(self):
        line = terms(start="2026-01-31", end="2026-06-29")
        amounts = [(row.date_from.isoformat(), row.amount) for row in settle([line], Ledger()).charges]
        first_days = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
        self.assertEqual(amounts, [(first, Decimal("100.00")) for first in first_days])

    def test_fault_a10_repetitions_count_from_the_anchor_of_the_chain(self):
        chain = [
            terms(end="2026-02-28", line="old", repetitions=3),
            terms("150", start="2026-03-01", anchor=FIRST, line="new", repetitions=3),
        ]
        self.assertEqual(
            self.charges(chain, count=9), ["01-01..01-31 100.00", "02-01..02-28 100.00", "03-01..03-31 150.00"]
        )

    def test_fault_a11_a_pause_to_come_leaves_the_days_before_it_alone(self):
        line = terms(pauses=[("2026-03-01", None)])
        self.assertEqual(self.charges(line, billed("2026-01-01", "2026-01-31"), count=9), ["02-01..02-28 100.00"])

    def test_fault_a13_an_amount_set_by_hand_is_prorated_and_comes_back(self):
        decision = Decision("line", *span("2026-03-01", "2026-03-31"), Decimal(40))
        cut = terms(start="2026-03-01", anchor=FIRST, pauses=[("2026-03-10", "2026-03-19")])
        found = self.charges(cut, decisions=[decision])
        self.assertEqual(found, ["03-01..03-09 11.61", "03-20..03-31 15.49"])
        whole = terms(start="2026-03-01", anchor=FIRST)
        self.assertEqual(self.charges(whole, decisions=[decision], count=1), ["03-01..03-31 40.00"])

    def test_fault_a14_closed_while_paused_charges_no_paused_day(self):
        line = terms(end="2026-04-20", pauses=[("2026-03-05", None)])
        rows = [billed(f"2026-0{n}-01", f"2026-0{n}-{last}", key=n) for n, last in ((1, 31), (2, 28), (3, 31))]
        self.assertEqual(self.charges(line, *rows), [])
        self.assertEqual(self.corrections(line, *rows), ["03-05..03-31 -87.10"])

    def test_fault_a19_bill_again_charges_what_accounting_gave_back_and_no_more(self):
        row = billed("2026-01-01", "2026-01-31", returned=10, again=10)
        self.assertEqual(self.corrections(terms(), row), ["01-01..01-31 10.00"])
        again = credit("2026-01-01", "2026-01-31", 10, again=True)
        self.assertEqual(self.corrections(terms(), row, credits=[again]), [])
        self.assertEqual(self.charges(terms(), row, count=1), ["02-01..02-28 100.00"])

    def test_fault_a22_days_of_a_pause_cost_the_amount_of_the_terms_when_it_is_undone(self):
        self.assertEqual(
            self.charges(terms(pauses=[("2026-02-01", "2026-02-28")])), ["01-01..01-31 100.00", "03-01..03-31 100.00"]
        )
        self.assertEqual(self.charges(terms(), count=2), ["01-01..01-31 100.00", "02-01..02-28 100.00"])

    def test_fault_a23_the_days_of_a_line_that_ended_come_back_and_its_successor_charges_them(self):
        chain = [
            terms(end="2026-01-14", line="old"),
            terms("150", start="2026-01-15", anchor=FIRST, line="new"),
        ]
        row = billed("2026-01-01", "2026-01-31", line="old")
        self.assertEqual(self.corrections(chain, row), ["01-15..01-31 -54.84"])
        self.assertEqual(self.charges(chain, row), ["01-15..01-31 82.26", "02-01..02-28 150.00"])

    def test_fault_a24_another_price_concerns_only_days_that_are_not_billed(self):
        self.assertEqual(self.corrections(terms("150"), billed("2026-01-01", "2026-01-31")), [])
        self.assertEqual(
            self.corrections(terms("150", end="2026-01-15"), billed("2026-01-01", "2026-01-31")),
            ["01-16..01-31 -51.61"],
        )

    def test_fault_a35_a_part_that_rounds_to_nothing_makes_no_row(self):
        line = terms("1.5", end="2027-01-01", unit="year", horizon=day("2027-12-31"))
        row = billed("2026-01-01", "2026-12-31", "1.5", planned="1.50", charged="1.50")
        found = settle([line], Ledger([row]))
        self.assertEqual(found.charges, [])
        self.assertEqual(say(found.nothing), ["01-01..01-01 0.00"])


class TestRunningTotal(SettlementCase):
    """Parts of one price sum to it, whatever the cuts and their order."""

    def test_the_first_part_is_the_proration_that_quote_and_portal_show(self):
        part = settle([terms("33.335", end="2026-01-11")], Ledger()).charges[0]
        used, whole = span("2026-01-01", "2026-01-11"), span("2026-01-01", "2026-01-31")
        self.assertEqual(part.amount, prorate(Decimal("33.335"), used, whole))
        self.assertTrue(part.part)

    def test_the_cents_of_a_part_that_rounds_to_nothing_come_with_the_next(self):
        gaps = [("2026-01-02", "2026-01-02"), ("2026-01-04", "2026-01-30")]
        found = settle([terms("0.12", pauses=gaps, horizon=day(FIRST))], Ledger())
        self.assertEqual(say(found.nothing), ["01-01..01-01 0.00", "01-31..01-31 0.00"])
        self.assertEqual(say(found.charges), ["01-03..01-03 0.01"])

    def test_a_day_between_billed_parts_costs_what_is_missing_to_the_price(self):
        rows = (
            billed("2026-01-01", "2026-01-01", "100", planned="3.23", charged="3.23", whole=(FIRST, "2026-01-31")),
            billed(
                "2026-01-03", "2026-01-31", "100", planned="93.54", charged="93.54", whole=(FIRST, "2026-01-31"), key=2
            ),
        )
        self.assertEqual(self.charges(terms(), *rows, count=1), ["01-02..01-02 3.23"])

    def test_a_part_is_never_negative(self):
        # 0.10 in 31 days: the second and the fifth day cost 0.01 each, three days together cost no more than 0.01.
        rows = [
            billed(f"2026-01-0{n}", f"2026-01-0{n}", "0.1", planned="0.01", charged="0.01", whole=(FIRST, "2026-01-31"),
                   key=n)
            for n in (2, 5)
        ]  # fmt: skip
        line = terms("0.1", pauses=[(FIRST, FIRST), ("2026-01-03", "2026-01-04"), ("2026-01-07", "2026-01-31")])
        found = settle([line], Ledger(rows))
        self.assertEqual((say(found.nothing), found.charges[0].date_from), (["01-06..01-06 0.00"], day("2026-02-01")))

    def test_old_line_and_successor_with_one_price_share_it(self):
        chain = [terms("200", end="2026-01-10", line="old"), terms("200", start="2026-01-11", anchor=FIRST, line="new")]
        self.assertEqual(self.charges(chain), ["01-01..01-10 64.52", "01-11..01-31 135.48"])

    def test_a_billed_part_gives_back_so_that_its_period_comes_to_the_share_of_all_its_days(self):
        whole = (FIRST, "2026-01-31")
        rows = (
            billed("2026-01-01", "2026-01-01", "100", planned="3.23", charged="3.23", whole=whole),
            billed("2026-01-02", "2026-01-02", "100", planned="3.22", charged="3.22", whole=whole, key=2),
        )
        line = terms(start="2026-01-02", anchor=FIRST, end="2026-01-02")
        self.assertEqual(self.corrections(line, *rows), ["01-01..01-01 -3.22"], "3.23 are due for one day")

    def test_the_cents_that_stayed_on_a_part_come_back_with_the_last_days(self):
        whole = (FIRST, "2026-01-31")
        rows = (
            billed("2026-01-01", "2026-01-01", planned="3.23", charged="3.23", whole=whole),
            billed("2026-01-02", "2026-01-02", planned="3.22", charged="3.22", whole=whole, key=2),
        )
        given = [credit("2026-01-01", "2026-01-01", "-3.22")]
        line = terms(start="2026-01-03", anchor=FIRST, end="2026-01-02")
        self.assertEqual(self.corrections(line, *rows, credits=given), ["01-01..01-01 -0.01", "01-02..01-02 -3.22"])

    def test_a_row_that_has_all_its_days_is_never_corrected(self):
        # 50.00 in 31 days: 1.61 for the first day and 1.62 for the second, which alone would cost 1.61.
        rows = (
            billed("2026-01-01", "2026-01-01", "50", planned="1.61", charged="1.61", whole=(FIRST, "2026-01-31")),
            billed(
                "2026-01-02", "2026-01-02", "50", planned="1.62", charged="1.62", whole=(FIRST, "2026-01-31"), key=2
            ),
        )
        line = terms("50", start="2026-01-02", anchor=FIRST, end="2026-01-02")
        self.assertEqual(self.corrections(line, *rows), ["01-01..01-01 -1.61"])

    def test_days_beside_a_row_that_accounting_changed_cost_what_the_terms_ask(self):
        part = {"planned": "29.03", "whole": (FIRST, "2026-01-31")}
        for values in ({"charged": "20"}, {"charged": "29.03", "returned": 9}):
            row = billed("2026-01-01", "2026-01-09", **part, **values)
            self.assertEqual(self.charges(terms(), row, count=1), ["01-10..01-31 70.97"])

    def test_a_row_that_was_not_made_from_its_price_is_no_part_of_the_running_total(self):
        row = billed("2026-01-01", "2026-01-09", planned=40, charged=40, whole=(FIRST, "2026-01-31"))
        self.assertEqual(self.charges(terms(), row, count=1), ["01-10..01-31 70.97"])

    def test_a_row_beside_one_that_accounting_changed_gives_back_its_own_days(self):
        part = {"planned": "32.26", "charged": "32.26", "whole": (FIRST, "2026-01-31")}
        rows = (
            billed("2026-01-01", "2026-01-10", returned=5, **part),
            billed("2026-01-11", "2026-01-20", key=2, **part),
        )
        self.assertEqual(self.corrections(terms(end="2026-01-15"), *rows), ["01-16..01-20 -16.13"])

    def test_a_part_is_told_from_what_costs_the_price(self):
        found = settle([terms(end="2026-02-10")], Ledger()).charges
        self.assertEqual([row.part for row in found], [False, True])
        found = settle([terms(end="2026-02-10", prorate=False)], Ledger()).charges
        self.assertEqual([row.part for row in found], [False, False])

    def test_a_negative_price_is_the_mirror_of_a_positive_one(self):
        gaps = [("2026-01-10", "2026-01-19"), ("2026-02-10", "2026-02-19")]
        for sign in ("", "-"):
            line = terms(f"{sign}100", pauses=gaps, horizon=day("2026-02-01"))
            row = billed("2026-01-01", "2026-01-31", f"{sign}100")
            other = "" if sign else "-"
            self.assertEqual(self.corrections(line, row), [f"01-10..01-19 {other}32.26"])
            self.assertEqual(self.charges(line, row), [f"02-01..02-09 {sign}32.14", f"02-20..02-28 {sign}32.15"])

    def test_a_price_of_nothing_is_shown_in_the_plan(self):
        self.assertEqual(self.charges(terms("0"), count=1), ["01-01..01-31 0.00"])

    def test_currencies_have_their_own_digits(self):
        line = terms("1000", end="2026-01-10")
        self.assertEqual(self.charges(line, digits=0), ["01-01..01-10 323"])
        self.assertEqual(self.charges(line, digits=3), ["01-01..01-10 322.581"])


class TestBilledRows(SettlementCase):
    """What comes back of a billed row, and what never does."""

    cut = staticmethod(lambda: terms(pauses=[("2026-01-10", "2026-01-19")]))

    def test_days_that_come_back_are_charged_again_up_to_what_we_gave(self):
        row, given = billed("2026-01-01", "2026-01-31"), credit("2026-01-10", "2026-01-19", "-32.26")
        self.assertEqual(self.corrections(self.cut(), row, credits=[given]), [])
        self.assertEqual(self.corrections(terms(), row, credits=[given]), ["01-10..01-19 32.26"])

    def test_some_of_the_days_that_come_back_are_charged_again(self):
        row, given = billed("2026-01-01", "2026-01-31"), credit("2026-01-10", "2026-01-19", "-32.26")
        less = terms(pauses=[("2026-01-10", "2026-01-12")])
        self.assertEqual(self.corrections(less, row, credits=[given]), ["01-13..01-19 22.58"])

    def test_what_accounting_gave_back_is_not_charged_again_with_days_that_come_back(self):
        row = billed("2026-01-01", "2026-01-31", returned=10)
        self.assertEqual(self.corrections(self.cut(), row), ["01-10..01-19 -22.26"])
        given = credit("2026-01-10", "2026-01-19", "-22.26")
        self.assertEqual(self.corrections(terms(), row, credits=[given]), ["01-10..01-19 22.26"])

    def test_a_later_goodwill_is_not_taken_away(self):
        row, given = billed("2026-01-01", "2026-01-31", returned=10), credit("2026-01-10", "2026-01-19", "-32.26")
        self.assertEqual(self.corrections(self.cut(), row, credits=[given]), [])
        self.assertEqual(self.corrections(terms(), row, credits=[given]), ["01-10..01-19 32.26"])

    def test_a_cancelled_invoice_gives_nothing_back_and_is_not_charged_again(self):
        row = billed("2026-01-01", "2026-01-31", returned=100)
        for line in (terms(), self.cut(), terms(end="2026-01-05")):
            self.assertEqual(self.corrections(line, row), [])
        self.assertEqual(self.charges(terms(), row, count=1), ["02-01..02-28 100.00"])

    def test_a_cancelled_invoice_is_charged_again_when_a_person_says_so(self):
        row = billed("2026-01-01", "2026-01-31", returned=100, again=100)
        self.assertEqual(self.corrections(self.cut(), row), ["01-01..01-09 29.03", "01-20..01-31 38.71"])

    def test_a_credit_note_that_accounting_cancelled_is_not_made_again(self):
        row = billed("2026-01-01", "2026-01-31")
        undone = credit("2026-01-10", "2026-01-19", "-32.26", undone=Decimal("-32.26"))
        self.assertEqual(self.corrections(self.cut(), row, credits=[undone]), [])
        self.assertEqual(self.corrections(terms(), row, credits=[undone]), [], "it gave nothing back")
        more = terms(pauses=[("2026-01-10", "2026-01-19"), ("2026-01-22", "2026-01-31")])
        self.assertEqual(self.corrections(more, row, credits=[undone]), ["01-22..01-31 -32.26"])

    def test_days_of_a_cancelled_credit_note_are_ordinary_days_once_they_are_served_again(self):
        row = billed("2026-01-01", "2026-01-31")
        undone = credit("2026-01-10", "2026-01-19", "-32.26", undone=Decimal("-32.26"))
        moved = terms(pauses=[("2026-01-22", "2026-01-31")])
        self.assertEqual(self.corrections(moved, row, credits=[undone]), ["01-22..01-31 -32.26"])

    def test_no_more_is_charged_again_than_a_person_said(self):
        row = billed("2026-01-01", "2026-01-31", returned=30, again=10)
        again = credit("2026-01-01", "2026-01-31", 10, again=True)
        self.assertEqual(self.corrections(terms(), row), ["01-01..01-31 10.00"])
        self.assertEqual(self.corrections(terms(), row, credits=[again]), [])

    def test_what_was_charged_again_comes_back_when_accounting_takes_its_own_credit_back(self):
        row, again = billed("2026-01-01", "2026-01-31", again=10), credit("2026-01-01", "2026-01-31", 10, again=True)
        self.assertEqual(self.corrections(terms(), row, credits=[again]), ["01-01..01-31 -10.00"])

    def test_what_was_charged_again_comes_back_when_its_credit_note_is_cancelled(self):
        row = billed("2026-01-01", "2026-01-31")
        undone = credit("2026-01-10", "2026-01-19", "-32.26", undone=Decimal("-32.26"))
        again = credit("2026-01-10", "2026-01-19", "32.26")
        self.assertEqual(
            sum(c.amount for c in settle([terms()], Ledger([row], [undone, again])).corrections), Decimal("-32.26")
        )

    def test_what_we_charged_again_comes_back_even_of_a_cancelled_invoice(self):
        """Else the customer pays for days of an invoice that does not stand."""
        row = billed("2026-01-01", "2026-01-31", returned="100")
        undone = credit("2026-01-10", "2026-01-19", "-32.26", undone=Decimal("-32.26"))
        recharged = credit("2026-01-10", "2026-01-19", "32.26")
        moved = sum(c.amount for c in settle([terms()], Ledger([row], [undone, recharged])).corrections)
        self.assertEqual(moved, Decimal("-32.26"))

    def test_a_pause_that_moved_gives_back_and_charges_again(self):
        row, given = billed("2026-01-01", "2026-01-31"), credit("2026-01-10", "2026-01-19", "-32.26")
        moved = terms(pauses=[("2026-01-20", "2026-01-29")])
        self.assertEqual(self.corrections(moved, row, credits=[given]), ["01-20..01-29 -32.26", "01-10..01-19 32.26"])

    def test_one_row_for_each_stretch_of_days(self):
        line = terms(pauses=[("2026-01-03", "2026-01-04"), ("2026-01-20", "2026-01-22")])
        self.assertEqual(
            self.corrections(line, billed("2026-01-01", "2026-01-31")), ["01-03..01-04 -6.45", "01-20..01-22 -9.68"]
        )

    def test_a_row_whose_price_is_not_known_gives_back_parts_of_its_amount(self):
        row = Billed(1, "line", *span("2026-01-01", "2026-01-31"), Decimal(40), Decimal(40))
        self.assertEqual(self.corrections(self.cut(), row), ["01-10..01-19 -12.90"])

    def test_every_part_of_such_a_row_that_comes_back_is_charged_again(self):
        row = Billed(1, "line", *span("2026-01-01", "2026-01-31"), Decimal("0.05"), Decimal("0.05"))
        pauses = [("2026-01-01", "2026-01-09"), ("2026-01-15", "2026-01-15")]
        self.assertEqual(self.corrections(terms(pauses=pauses), row), ["01-01..01-09 -0.02"], "0.00 for the 15th")
        given = credit("2026-01-01", "2026-01-09", "-0.02")
        self.assertEqual(self.corrections(terms(pauses=pauses[:1]), row, credits=[given]), ["01-01..01-09 0.01"])

    def test_a_row_is_given_back_at_its_exact_price_not_at_the_rounded_one(self):
        # 9 of 31 days of 0.0166 are 0.0048; of the 0.02 that were charged they would be 0.0058.
        for returned in (0, "0.01"):
            row = billed("2026-01-01", "2026-01-31", "0.0166", planned="0.02", charged="0.02", returned=returned)
            line = terms("0.0166", end="2026-01-09")
            self.assertEqual(sum(item.amount for item in settle([line], Ledger([row])).corrections),
                             Decimal("-0.02") + Decimal(returned))  # fmt: skip

    def test_a_pause_that_moved_to_another_row_of_the_period_moves_the_credit(self):
        whole = (FIRST, "2026-01-31")
        rows = (
            billed("2026-01-01", "2026-01-10", planned="32.26", charged="32.26", whole=whole),
            billed("2026-01-11", "2026-01-20", planned="32.26", charged="32.26", whole=whole, key=2),
        )
        moved = terms(pauses=[("2026-01-11", "2026-01-20")])
        given = credit("2026-01-01", "2026-01-10", "-32.26")
        self.assertEqual(self.corrections(moved, *rows, credits=[given]), ["01-01..01-10 32.26", "01-11..01-20 -32.26"])

    def test_days_paid_elsewhere_are_not_charged(self):
        line = terms(paid_until=day("2026-01-10"))
        self.assertEqual(self.charges(line, count=1), ["01-11..01-31 67.74"])

    def test_a_billed_row_of_a_line_outside_the_chain_is_refused(self):
        with self.assertRaisesRegex(ValueError, "not in the chain"):
            settle([terms()], Ledger([billed("2026-01-01", "2026-01-31", line="other")]))

    def test_what_stands_of_a_row(self):
        row = billed("2026-01-01", "2026-01-31", returned=10)
        standing = charged(row, [credit("2026-01-10", "2026-01-19", "-22.26")])
        self.assertEqual(
            (standing.net, standing.left, standing.given), tuple(map(Decimal, ("67.74", "67.74", "22.26")))
        )

    def test_due_names_what_should_be_left_of_billed_rows(self):
        found = due([self.cut()], Ledger([billed("2026-01-01", "2026-01-31")]))
        self.assertEqual(say(found)[:2], ["01-01..01-31 67.74", "02-01..02-28 100.00"])
        self.assertEqual([(row.row, row.part) for row in found[:2]], [(1, True), (None, False)])


class TestServed(unittest.TestCase):
    def test_days_in_every_span_less_the_pauses(self):
        pauses = [span("2026-03-01", "2026-03-05"), span("2026-03-04", "2026-03-10"), span("2026-05-01", None)]
        found = served(span("2026-02-01", None), span("2026-01-01", "2026-12-31"), pauses=pauses)
        self.assertEqual(found, (span("2026-02-01", "2026-02-28"), span("2026-03-11", "2026-04-30")))

    def test_a_line_that_ends_before_it_starts_never_served(self):
        self.assertEqual(served(span("2026-02-01", "2026-01-31")), ())
        one_day = timedelta(days=1)
        self.assertEqual(served(span("2026-02-01"), pauses=[(day("2026-02-01") - one_day, None)]), ())

    def test_without_an_end_it_reaches_the_end_of_the_calendar(self):
        self.assertEqual(served(span("2026-02-01")), ((day("2026-02-01"), date.max),))


if __name__ == "__main__":
    unittest.main()
