"""What settlement plans: decisions of persons, lines without proration, chains, and what is done to stored rows."""

import unittest
from dataclasses import replace
from decimal import Decimal

from cases import day
from settlement_case import FIRST, SettlementCase, billed, credit, say, span, terms

from subscription_mgmt.tools.settlement import (
    Decision,
    Ledger,
    Planned,
    difference,
    settle,
)


class TestDecisions(SettlementCase):
    """What a person decided about days outlives every act."""

    def decide(self, first, last, amount, line="line"):
        return Decision(line, *span(first, last), None if amount is None else Decimal(amount))

    def test_skipped_days_are_not_charged_by_a_successor_either(self):
        chain = [terms(end="2026-01-14", line="old"), terms("150", start="2026-01-15", anchor=FIRST, line="new")]
        skip = self.decide("2026-01-01", "2026-01-31", None, "old")
        self.assertEqual(self.charges(chain, decisions=[skip], count=1), ["02-01..02-28 150.00"])

    def test_an_amount_is_about_its_line_alone(self):
        chain = [terms(end="2026-01-14", line="old"), terms("150", start="2026-01-15", anchor=FIRST, line="new")]
        forty = self.decide("2026-01-01", "2026-01-31", 40, "old")
        self.assertEqual(self.charges(chain, decisions=[forty]), ["01-01..01-14 18.06", "01-15..01-31 82.26"])

    def test_of_two_the_one_about_fewer_days_holds(self):
        month, part = self.decide("2026-01-01", "2026-01-31", 31), self.decide("2026-01-11", "2026-01-20", 5)
        wanted = ["01-01..01-10 10.00", "01-11..01-20 5.00", "01-21..01-31 11.00"]
        for decisions in ([month, part], [part, month]):
            self.assertEqual(self.charges(terms(), decisions=decisions, count=3), wanted)

    def test_it_goes_on_for_days_that_come_back_after_a_part_was_billed(self):
        forty = self.decide("2026-01-01", "2026-01-31", 40)
        row = billed("2026-01-01", "2026-01-09", "40", planned="11.61", charged="11.61", whole=(FIRST, "2026-01-31"))
        self.assertEqual(self.charges(terms(), row, decisions=[forty], count=1), ["01-10..01-31 28.39"])

    def test_an_amount_for_fewer_days_holds_against_a_skip_of_another_line(self):
        chain = [terms(end="2026-01-14", line="old"), terms("150", start="2026-01-15", anchor=FIRST, line="new")]
        decisions = [
            self.decide("2026-01-01", "2026-01-31", None, "old"),
            self.decide("2026-01-15", "2026-01-31", 9, "new"),
        ]
        self.assertEqual(self.charges(chain, decisions=decisions, count=1), ["01-15..01-31 9.00"])

    def test_an_amount_of_a_line_without_service_does_not_hold_against_a_skip(self):
        chain = [terms(end="2025-12-31", line="old"), terms("150", start=FIRST, line="new")]
        decisions = [self.decide(FIRST, "2026-01-31", 40, "old"), self.decide(FIRST, "2026-01-31", None, "new")]
        for ordered in (decisions, decisions[::-1]):
            self.assertEqual(self.charges(chain, decisions=ordered, count=1), ["02-01..02-28 150.00"])

    def test_many_short_ones_hold_against_a_long_one(self):
        short = [self.decide(f"2026-01-{n}", f"2026-01-{n}", 1) for n in (10, 20)]
        skip, month = self.decide("2026-01-30", "2026-01-30", None), self.decide("2026-01-01", "2026-01-31", 31)
        wanted = ["01-01..01-09 9.00", "01-10..01-10 1.00", "01-11..01-19 9.00", "01-20..01-20 1.00"]
        wanted += ["01-21..01-29 9.00", "01-31..01-31 1.00"]
        self.assertEqual(self.charges(terms(), decisions=[month, skip, *short], count=6), wanted)

    def test_it_reaches_beyond_the_horizon(self):
        forty = self.decide("2027-06-01", "2027-06-30", 40)
        found = settle([terms(horizon=day("2026-01-15"))], Ledger(decisions=[forty])).charges
        self.assertEqual([str(row.date_from) for row in found], ["2026-01-01", "2027-06-01"])

    def test_a_decision_of_a_line_outside_the_chain_is_refused(self):
        with self.assertRaisesRegex(ValueError, "not in the chain"):
            settle([terms()], Ledger(decisions=[self.decide("2026-01-01", "2026-01-31", 1, "other")]))


class TestWithoutProration(SettlementCase):
    """One charge in full for every period with a day of service."""

    def test_a_pause_does_not_make_it_cheaper_unless_it_takes_the_whole_period(self):
        line = terms(prorate=False, pauses=[("2026-01-10", "2026-01-19"), ("2026-02-01", "2026-02-28")])
        self.assertEqual(self.charges(line), ["01-01..01-31 100.00", "03-01..03-31 100.00"])

    def test_nothing_of_a_billed_row_comes_back(self):
        row = billed("2026-02-01", "2026-02-28", prorate=False)
        self.assertEqual(self.corrections(terms(prorate=False, end="2026-01-31"), row), [])

    def test_a_successor_in_mid_period_charges_from_the_next_one_on(self):
        chain = [
            terms(end="2026-01-14", line="old", prorate=False),
            terms("150", start="2026-01-15", anchor=FIRST, line="new", prorate=False),
        ]
        self.assertEqual(self.charges(chain), ["01-01..01-14 100.00", "02-01..02-28 150.00"])
        row = billed("2026-01-01", "2026-01-14", line="old", prorate=False, whole=(FIRST, "2026-01-31"))
        self.assertEqual(self.charges(chain, row, count=1), ["02-01..02-28 150.00"])

    def test_what_a_line_with_proration_left_of_a_period_is_charged_by_the_day(self):
        chain = [
            terms(end="2026-01-14", line="old"),
            terms("150", start="2026-01-15", anchor=FIRST, line="new", prorate=False),
        ]
        self.assertEqual(self.charges(chain), ["01-01..01-14 45.16", "01-15..01-31 82.26"])

    def test_what_is_left_of_a_period_after_another_cadence_is_charged_by_the_day(self):
        row = billed("2026-01-01", "2026-01-31", prorate=False)
        line = terms(interval=3, prorate=False)
        self.assertEqual(self.charges(line, row), ["02-01..03-31 65.56", "04-01..06-30 100.00"])

    def test_what_is_left_of_a_period_paid_elsewhere_is_charged_by_the_day(self):
        line = terms(prorate=False, paid_until=day("2026-01-10"))
        self.assertEqual(self.charges(line), ["01-11..01-31 67.74", "02-01..02-28 100.00"])

    def test_such_a_part_is_not_given_back_either_and_not_charged_again_by_a_successor(self):
        part = {"planned": "67.74", "charged": "67.74", "whole": (FIRST, "2026-01-31"), "prorate": False}
        row, paid = billed("2026-01-11", "2026-01-31", line="old", **part), day("2026-01-10")
        chain = [
            terms(line="old", end="2026-01-20", prorate=False, paid_until=paid),
            terms("150", start="2026-01-21", anchor=FIRST, line="new", paid_until=paid),
        ]
        self.assertEqual(self.corrections(chain, row), [])
        self.assertEqual(self.charges(chain, row, count=1), ["02-01..02-28 150.00"])

    def test_days_that_such_a_part_did_not_pay_go_on_with_its_running_total(self):
        row = billed("2026-01-11", "2026-01-20", planned="32.26", charged="32.26", whole=(FIRST, "2026-01-31"),
                     prorate=False)  # fmt: skip
        line = terms(prorate=False, paid_until=day("2026-01-10"), pauses=[("2026-01-16", "2026-01-20")])
        self.assertEqual(self.charges(line, row, count=1), ["01-21..01-31 35.48"])

    def test_an_amount_set_by_hand_stands_for_what_is_left_of_a_period(self):
        five = Decision("line", *span("2026-01-11", "2026-01-31"), Decimal(5))
        line = terms(prorate=False, paid_until=day("2026-01-10"), pauses=[("2026-01-20", "2026-01-25")])
        self.assertEqual(self.charges(line, decisions=[five], count=1), ["01-11..01-31 5.00"])

    def test_an_amount_for_days_of_two_periods_is_about_these_days(self):
        five = Decision("line", *span("2026-02-20", "2026-03-10"), Decimal(5))
        line = terms(prorate=False, start="2026-02-20", anchor=FIRST)
        self.assertEqual(self.charges(line, decisions=[five]), ["02-20..03-10 5.00", "03-11..03-31 67.74"])

    def test_the_first_day_of_a_period_decides_how_it_is_charged(self):
        five = Decision("line", *span("2026-02-20", "2026-03-10"), Decimal(5))
        line = terms(prorate=False, start="2026-02-01", anchor=FIRST)
        wanted = ["02-01..02-19 100.00", "03-01..03-10 5.00", "03-11..03-31 67.74"]
        self.assertEqual(self.charges(line, decisions=[five], count=3), wanted)

    def test_a_decision_about_a_part_of_a_period_that_others_are_about_is_about_its_days(self):
        decisions = [
            Decision("line", *span(*days), Decimal(5))
            for days in (("2026-01-05", "2026-02-10"), ("2026-01-07", "2026-01-08"), ("2026-02-20", "2026-02-25"))
        ]
        line = terms(prorate=False, start="2026-01-05", anchor=FIRST, horizon=day(FIRST))
        self.assertEqual(self.charges(line, decisions=decisions, count=9)[-1], "02-20..02-25 5.00")

    def test_a_decision_about_days_before_the_periods_begin_is_no_trouble(self):
        five = Decision("line", *span("2025-12-01", "2025-12-31"), Decimal(5))
        self.assertEqual(self.charges(terms(prorate=False), decisions=[five], count=1), ["01-01..01-31 100.00"])

    def test_what_a_successor_with_other_periods_finds_paid_is_charged_by_the_day(self):
        chain = [
            terms(end="2026-02-09", line="old", prorate=False),
            terms("90", start="2026-02-10", anchor=FIRST, interval=3, line="new", prorate=False),
        ]
        wanted = ["01-01..01-31 100.00", "02-01..02-09 100.00", "03-01..03-31 31.00", "04-01..06-30 90.00"]
        self.assertEqual(self.charges(chain, count=4), wanted)

    def test_decisions_about_parts_of_a_period_are_all_charged(self):
        one, two = (Decision("line", *span(text, text), Decimal(5)) for text in ("2026-01-01", "2026-01-02"))
        line = terms(prorate=False)
        self.assertEqual(
            self.charges(line, decisions=[one, two], count=3),
            ["01-01..01-01 5.00", "01-02..01-02 5.00", "01-03..01-31 93.55"],
        )

    def test_an_amount_set_by_hand_is_the_one_charge_of_the_period(self):
        forty = Decision("line", *span("2026-01-01", "2026-01-10"), Decimal(40))
        self.assertEqual(
            self.charges(terms(prorate=False, end="2026-01-20"), decisions=[forty]), ["01-01..01-20 40.00"]
        )
        skip = forty._replace(amount=None)
        self.assertEqual(self.charges(terms(prorate=False), decisions=[skip], count=1), ["02-01..02-28 100.00"])

    def test_proration_switched_off_later_charges_nothing_again(self):
        row, given = billed("2026-01-01", "2026-01-31", prorate=False), credit("2026-01-10", "2026-01-19", "-32.26")
        line = terms(pauses=[("2026-01-10", "2026-01-19")], prorate=False)
        self.assertEqual(self.corrections(line, row, credits=[given]), [])


class TestChains(SettlementCase):
    def test_periods_never_restart_with_a_successor(self):
        chain = [
            terms(start="2026-01-31", end="2026-03-14", line="old"),
            terms("200", start="2026-03-15", anchor="2026-01-31", line="new"),
        ]
        self.assertEqual(
            self.charges(chain, count=5),
            [
                "01-31..02-27 100.00",
                "02-28..03-14 48.39",
                "03-15..03-30 103.23",
                "03-31..04-29 200.00",
                "04-30..05-30 200.00",
            ],
        )

    def test_where_two_lines_serve_a_day_the_successor_has_it(self):
        chain = [terms(line="old"), terms("150", start="2026-01-15", anchor=FIRST, line="new")]
        self.assertEqual(
            self.charges(chain, count=3), ["01-01..01-14 45.16", "01-15..01-31 82.26", "02-01..02-28 150.00"]
        )

    def test_periods_end_where_the_cadence_ends(self):
        for repetitions in (None, 12):
            line = terms(date_end=day("2026-02-14"), repetitions=repetitions)
            self.assertEqual(self.charges(line, count=3), ["01-01..01-31 100.00", "02-01..02-14 50.00"])

    def test_stretches_of_service_that_follow_each_other_are_one(self):
        line = replace(terms(), served=(span(FIRST, "2026-01-10"), span("2026-01-11", "2026-01-31")))
        self.assertEqual(self.charges(line), ["01-01..01-31 100.00"])

    def test_a_very_old_contract_is_as_quick_as_a_new_one(self):
        line = terms("1", start="0001-01-01", unit="day", paid_until=day("2026-01-01"), horizon=day("2026-01-08"))
        self.assertEqual(len(settle([line], Ledger()).charges), 7)


class TestDifference(unittest.TestCase):
    """What is done to the stored rows."""

    def setUp(self):
        super().setUp()
        self.line = terms(horizon=day("2026-02-01"))
        charges = settle([self.line], Ledger()).charges
        self.rows = [
            Planned(key, row.line, row.date_from, row.date_to, row.amount, row.whole, row.price)
            for key, row in enumerate(charges)
        ]

    def differ(self, line, rows=None, **ledger):
        rows = self.rows if rows is None else rows
        return difference(settle([line], Ledger(planned=rows, **ledger)), rows)

    def test_nothing_to_do_where_nothing_changed(self):
        found = self.differ(self.line)
        self.assertFalse(found)
        self.assertEqual([key for key, _row in found.keep], [0, 1])

    def test_a_row_that_is_not_touched_is_left_alone(self):
        found = self.differ(terms(horizon=day("2026-02-01"), end="2026-02-14"))
        self.assertEqual([key for key, _row in found.keep], [0])
        self.assertEqual([(key, row.amount) for key, row in found.change], [(1, Decimal("50.00"))])
        self.assertFalse(found.create or found.delete)

    def test_a_row_whose_first_days_are_cut_stays_the_same_row(self):
        found = self.differ(terms(horizon=day("2026-02-01"), pauses=[("2026-01-01", "2026-01-10")]))
        self.assertEqual([(key, str(row.date_from)) for key, row in found.change], [(0, "2026-01-11")])

    def test_the_row_that_begins_on_the_day_is_the_one_that_is_kept(self):
        pause = ("2026-01-10", "2026-01-19")
        rows = [
            self.rows[0]._replace(date_to=day("2026-01-09"), amount=Decimal("29.03")),
            self.rows[0]._replace(key=7, date_from=day("2026-01-20"), amount=Decimal("38.71")),
        ]
        self.assertFalse(self.differ(terms(horizon=day(FIRST), pauses=[pause]), rows))
        found = self.differ(terms(horizon=day(FIRST), pauses=[("2026-01-01", "2026-01-19")]), rows)
        self.assertEqual([key for key, _row in found.keep], [7])
        self.assertEqual((found.change, found.delete, found.create), ([], [0], []))

    def test_a_row_that_holds_a_decision_takes_on_no_other(self):
        one, two = (Decision("line", *span(text, text), Decimal(5)) for text in ("2026-01-01", "2026-01-02"))
        rows = [
            Planned(key, "line", item.date_from, item.date_to, Decimal("5.00"), decision=item)
            for key, item in enumerate((one, two))
        ]
        # Days became pairs of days: both are about parts of the first pair.
        line = terms(unit="day", interval=2, prorate=False, horizon=day(FIRST))
        found = self.differ(line, rows, decisions=[one, two])
        self.assertEqual([key for key, _row in found.keep], [0, 1])
        self.assertFalse(found)

    def test_no_row_takes_a_day_that_another_one_holds(self):
        decision = Decision("line", *span("2026-01-01", "2026-01-15"), Decimal(15))
        rows = [
            Planned(0, "line", *span("2026-01-01", "2026-01-09"), Decimal(9), decision=decision),
            self.rows[0]._replace(key=1, date_from=day("2026-01-10")),
        ]
        found = self.differ(
            terms(horizon=day(FIRST), pauses=[("2026-01-01", "2026-01-09")]), rows, decisions=[decision]
        )
        self.assertEqual([(key, str(row.date_from)) for key, row in found.change], [(1, "2026-01-16")])
        self.assertEqual((found.delete, [row.decision for row in found.create]), ([0], [decision]))

    def test_a_correction_and_what_a_person_wants_charged_again_are_two_rows(self):
        row = billed("2026-01-01", "2026-01-31", returned=30, again=30)
        given = [credit("2026-01-01", "2026-01-10", "-2.26")]
        found = settle([terms(horizon=day(FIRST))], Ledger([row], given))
        self.assertEqual(say(found.corrections), ["01-01..01-10 2.26", "01-01..01-31 30.00"])
        planned = [
            Planned(key, "line", item.date_from, item.date_to, item.amount, row=1, again=item.again)
            for key, item in enumerate(found.corrections)
        ]
        self.assertFalse(difference(found, planned[::-1]))

    def test_a_correction_does_not_carry_the_plan_further(self):
        row = billed("2026-06-01", "2026-06-30")
        planned = [Planned(9, "line", *span("2026-06-10", "2026-06-10"), Decimal(-1), row=1)]
        found = settle([terms(horizon=day(FIRST))], Ledger([row], planned=planned)).charges
        self.assertEqual(say(found), ["01-01..01-31 100.00"])

    def test_a_correction_does_not_become_what_a_person_wants_charged_again(self):
        row = billed("2026-01-01", "2026-01-31", returned=30, again=30)
        planned = [Planned(9, "line", *span("2026-01-10", "2026-01-19"), Decimal(-5), row=1)]
        found = difference(settle([terms(horizon=day(FIRST))], Ledger([row], planned=planned)), planned)
        self.assertEqual((found.delete, len(found.change)), ([9], 0))

    def test_a_part_of_a_decision_stays_the_same_row_when_its_first_days_are_cut(self):
        decision = Decision("line", *span("2026-02-01", "2026-02-28"), Decimal(28))
        rows = [self.rows[0], Planned(5, "line", *span("2026-02-01", "2026-02-28"), Decimal(28), decision=decision)]
        line = terms(horizon=day("2026-02-01"), pauses=[("2026-02-01", "2026-02-03")])
        found = self.differ(line, rows, decisions=[decision])
        self.assertEqual([(key, row.amount) for key, row in found.change], [(5, Decimal("25.00"))])

    def test_a_row_follows_the_price_of_its_period(self):
        rows = [self.rows[0]._replace(price=Decimal("99.999")), self.rows[1]]
        self.assertEqual([key for key, _row in self.differ(self.line, rows).change], [0])

    def test_a_horizon_that_moved_back_cuts_nothing_off(self):
        self.assertFalse(self.differ(terms(horizon=day("2026-01-05"))))

    def test_rows_without_service_go(self):
        self.assertEqual(self.differ(terms(end="2026-01-31", horizon=day("2026-02-01"))).delete, [1])

    def test_a_decision_without_service_is_kept_and_not_billed(self):
        decision = Decision("line", *span("2026-02-01", "2026-02-28"), Decimal(40))
        rows = [self.rows[0], self.rows[1]._replace(decision=decision, amount=Decimal("40.00"), whole=None, price=None)]
        self.assertFalse(self.differ(self.line, rows, decisions=[decision]))
        found = self.differ(terms(end="2026-01-31", horizon=day("2026-02-01")), rows, decisions=[decision])
        self.assertEqual((found.idle, found.delete), ([1], []))

    def test_one_of_the_rows_that_hold_a_decision_is_enough(self):
        decision = Decision("line", *span("2026-02-01", "2026-02-28"), Decimal(40))
        rows = [
            Planned(key, "line", *span(first, last), Decimal(amount), decision=decision)
            for key, first, last, amount in ((5, "2026-02-01", "2026-02-14", 20), (6, "2026-02-20", "2026-02-28", 12))
        ]
        found = self.differ(
            terms(start="2026-02-01", anchor=FIRST, horizon=day("2026-02-01")), rows, decisions=[decision]
        )
        self.assertEqual(([key for key, _row in found.change], found.delete, found.create), ([5], [6], []))
        found = self.differ(
            terms(start="2026-03-01", anchor=FIRST, horizon=day("2026-02-01")), rows, decisions=[decision]
        )
        self.assertEqual((found.idle, found.delete), ([5], [6]))

    def test_a_planned_correction_follows_the_days(self):
        row = billed("2026-01-01", "2026-01-31")
        planned = [Planned(9, "line", *span("2026-01-10", "2026-01-19"), Decimal("-32.26"), row=1)]
        for pause, wanted in (
            (("2026-01-10", "2026-01-19"), ("keep", 9)),
            (("2026-01-10", "2026-01-20"), ("change", 9)),
            (("2026-01-12", "2026-01-19"), ("change", 9)),
        ):
            line = terms(pauses=[pause], horizon=day(FIRST))
            found = difference(settle([line], Ledger([row], planned=planned)), planned)
            self.assertEqual([key for key, _row in getattr(found, wanted[0])], [wanted[1]], pause)
            self.assertFalse(found.create or found.delete)
        found = difference(settle([terms(horizon=day(FIRST))], Ledger([row], planned=planned)), planned)
        self.assertEqual(found.delete, [9])


if __name__ == "__main__":
    unittest.main()
