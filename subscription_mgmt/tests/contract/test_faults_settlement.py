"""Faults found on contracts that change, each by its id, with what an accountant or a second clerk would do next."""

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .fault_common import FaultCommon, day

JANUARY, FEBRUARY, MARCH, APRIL = day(1, 1), day(2, 1), day(3, 1), day(4, 1)


@tagged("post_install", "-at_install")
class TestFaultsOfTheEnd(FaultCommon):
    """A contract that ends: earlier than billed, twice, in mid-period, while paused."""

    def test_fault_a1_an_end_brought_forward_by_hand_cuts_the_plan(self):
        contract = self.make_contract()
        self.bill_on(JANUARY, FEBRUARY)
        with self.at(day(2, 10)):
            contract.date_end = day(3, 31)
        self.assertEqual(max(contract.installment_ids.mapped("date_to")), day(3, 31))
        self.bill_on(MARCH, APRIL, day(5, 1))
        self.assertEqual(self.get_net(contract), 300.0)

    def test_fault_a1_billed_days_after_the_new_end_come_back(self):
        contract = self.make_contract()
        self.bill_on(JANUARY, FEBRUARY)
        with self.at(day(2, 10)):
            contract.date_end = day(2, 14)
        self.bill_on(day(2, 11), MARCH)
        self.assertEqual(self.get_net(contract), 150.0, "14 of 28 days of February")

    def test_fault_a1_an_end_moved_back_and_forth_leaves_the_plan_as_it_was(self):
        contract = self.make_contract(date_end=day(12, 31))
        self.bill_on(JANUARY, FEBRUARY)
        before = [(row.date_from, row.date_to, row.price_subtotal, row.state) for row in contract.installment_ids]
        with self.at(day(2, 10)):
            for end in (day(2, 14), day(6, 10), day(1, 5), day(12, 31)):
                contract.date_end = end
        after = [(row.date_from, row.date_to, row.price_subtotal, row.state) for row in contract.installment_ids]
        self.assertEqual(sorted(after), sorted(before))

    def test_fault_a1_an_end_moved_forth_after_its_credit_was_paid_out_is_charged_again(self):
        contract = self.make_contract(date_end=day(12, 31))
        self.bill_on(JANUARY, FEBRUARY)
        with self.at(day(2, 10)):
            contract.date_end = day(2, 14)
        self.bill_on(day(2, 11))
        with self.at(day(2, 12)):
            contract.date_end = day(2, 21)
        self.bill_on(day(2, 12), MARCH)
        self.assertEqual(self.get_net(contract), 175.0, "21 of 28 days of February")

    def test_fault_a1_the_start_moved_by_hand_gives_back_the_days_before_it(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        with self.at(day(1, 5)):
            contract.line_ids.date_start = day(1, 11)
        self.bill_on(day(1, 6))
        self.assertEqual(self.get_net(contract), 67.74, "21 of 31 days")

    def test_fault_a1_dates_of_a_closed_contract_are_not_moved_by_hand(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        self.close(contract, day(1, 31))
        with self.at(day(2, 5)), self.assertRaisesRegex(ValidationError, "Re-open it"):
            contract.date_end = day(4, 30)
        self.bill_on(APRIL)
        self.assertEqual(self.get_net(contract), 100.0)

    def test_fault_a3_closed_after_a_full_credit_gives_nothing_back(self):
        contract = self.make_contract()
        invoice = self.bill_on(JANUARY)
        self.give_back(invoice, day(1, 5))
        self.close(contract, day(1, 15))
        self.assertFalse(self.bill_on(day(1, 16)))
        self.assertEqual(self.get_net(contract), 0.0)

    def test_fault_a3_after_a_partial_credit_only_what_is_left_comes_back(self):
        for given, net in ((20.0, 48.39), (80.0, 20.0), (100.0, 0.0)):
            with self.subTest(given):
                contract = self.make_contract()
                self.give_back(self.bill_on(JANUARY), day(1, 5), [given])
                self.close(contract, day(1, 15))
                self.bill_on(day(1, 16))
                self.assertEqual(self.get_net(contract), net)

    def test_fault_a3_a_credit_on_one_of_two_lines_leaves_the_other_alone(self):
        contract = self.make_contract([{}, {"price_unit": 31.0}])
        self.give_back(self.bill_on(JANUARY), day(1, 5), [100.0, None])
        self.close(contract, day(1, 15))
        self.bill_on(day(1, 16))
        self.assertEqual(self.get_net(contract), 15.0, "15 of 31 days of the second line")

    def test_fault_a3_a_cancelled_invoice_gives_nothing_back(self):
        contract = self.make_contract()
        self.bill_on(JANUARY).button_cancel()
        self.close(contract, day(1, 15))
        self.assertFalse(self.bill_on(day(1, 16)))

    def test_fault_a3_credited_by_accounting_between_closing_and_billing(self):
        """Two clerks on one day: the plan gives the days back already when accounting gives back all."""
        contract = self.make_contract()
        invoice = self.bill_on(JANUARY)
        self.close(contract, day(1, 15))
        self.assertEqual(self.get_credited(contract), -51.61)
        self.give_back(invoice, day(1, 15))
        self.assertFalse(self.get_credited(contract))
        self.assertFalse(self.bill_on(day(1, 16)))
        self.assertEqual(self.get_net(contract), 0.0)

    def test_fault_a3_a_credit_note_that_was_cancelled_gave_nothing_back(self):
        contract = self.make_contract()
        note = self.give_back(self.bill_on(JANUARY), day(1, 5))
        self.close(contract, day(1, 15))
        with self.at(day(1, 15)):
            note.button_cancel()
        self.bill_on(day(1, 16))
        self.assertEqual(self.get_net(contract), 48.39)

    def test_fault_a3_a_credit_note_in_draft_gave_nothing_back_yet(self):
        contract = self.make_contract()
        note = self.give_back(self.bill_on(JANUARY), day(1, 5), post=False)
        self.close(contract, day(1, 15))
        self.assertEqual(self.get_credited(contract), -51.61)
        with self.at(day(1, 15)):
            note.action_post()
        self.assertFalse(self.get_credited(contract))

    def test_fault_a3_a_corrected_invoice_that_is_credited_in_turn_gives_nothing_back(self):
        contract = self.make_contract()
        invoice = self.bill_on(JANUARY)
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        with self.at(day(1, 5)):
            wizard = wizard.create({"journal_id": invoice.journal_id.id, "date": day(1, 5)})
            wizard.modify_moves()
            corrected = wizard.new_move_ids
            corrected.invoice_line_ids.price_unit = 62.0
            corrected.action_post()
        self.close(contract, day(1, 15))
        self.assertEqual(self.get_credited(contract), -32.0, "16 of 31 days of 62")
        self.give_back(corrected, day(1, 15))
        self.assertFalse(self.get_credited(contract))

    def test_fault_a3_a_credit_note_typed_by_hand_counts_for_the_lines_of_its_invoice(self):
        contract = self.make_contract()
        invoice = self.bill_on(JANUARY)
        note = self.give_back(invoice, day(1, 5), post=False)
        note.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Goodwill", "price_unit": 40.0, "tax_ids": [Command.set(self.tax.ids)]}),
        ]
        note.action_post()
        self.close(contract, day(1, 15))
        self.bill_on(day(1, 16))
        self.assertEqual(self.get_net(contract), 48.39, "40 were given back by hand, so 11.61 are left to give")

    def test_fault_a5_a_draft_lowered_by_a_person_gives_back_parts_of_what_it_charged(self):
        contract = self.make_contract(billing_mode="draft")
        invoice = self.bill_on(JANUARY)
        invoice.invoice_line_ids.price_unit = 60.0
        invoice.action_post()
        self.close(contract, day(1, 15))
        self.assertEqual(self.bill_on(day(1, 16)).amount_untaxed, 30.97)

    def test_fault_a5_a_draft_lowered_after_the_closing_gives_back_less(self):
        contract = self.make_contract(billing_mode="draft")
        invoice = self.bill_on(JANUARY)
        self.close(contract, day(1, 15))
        invoice.invoice_line_ids.write({"price_unit": 30.0, "quantity": 2})
        self.assertEqual(self.bill_on(day(1, 16)).amount_untaxed, 30.97)

    def test_fault_a5_a_posted_invoice_taken_back_and_lowered(self):
        contract = self.make_contract()
        invoice = self.bill_on(JANUARY)
        with self.at(day(1, 3)):
            invoice.button_draft()
            invoice.invoice_line_ids.discount = 40.0
            invoice.action_post()
        self.close(contract, day(1, 15))
        self.bill_on(day(1, 16))
        self.assertEqual(self.get_net(contract), 29.03, "15 of 31 days of 60")

    def test_fault_a6_the_credit_carries_what_was_billed(self):
        """Tax, account and payer of the line change in July; what is given back is that of January."""
        old_tax = self.tax.copy({"name": "VAT 18%", "amount": 18})
        year = {"interval_unit": "year", "price_unit": 1200.0, "tax_ids": [Command.set(old_tax.ids)]}
        contract = self.make_contract([year])
        invoice = self.bill_on(JANUARY)
        account = invoice.invoice_line_ids.account_id
        payer = self.env["res.partner"].create({"name": "New Payer"})
        with self.at(day(7, 10)):
            contract.line_ids.tax_ids = self.tax
            contract.invoice_partner_id = payer
            self.product.property_account_income_id = account.copy({"code": "600999"})
        self.close(contract, day(7, 31))
        note = self.bill_on(day(8, 1))
        self.assertEqual((note.move_type, note.partner_id), ("out_refund", self.customer))
        self.assertEqual((note.invoice_line_ids.tax_ids, note.invoice_line_ids.account_id), (old_tax, account))
        self.assertEqual(note.amount_untaxed, 503.01, "153 of 365 days")

    def test_fault_a6_a_price_with_its_tax_comes_back_with_it(self):
        included = self.tax.copy({"name": "Incl. 20%", "price_include_override": "tax_included"})
        contract = self.make_contract([{"price_unit": 120.0, "tax_ids": [Command.set(included.ids)]}])
        self.bill_on(JANUARY)
        with self.at(day(1, 10)):
            contract.line_ids.tax_ids = self.tax
        self.close(contract, day(1, 15))
        note = self.bill_on(day(1, 16))
        self.assertEqual((note.amount_total, note.amount_untaxed), (61.94, 51.62))

    def test_fault_a7_parts_of_a_period_come_to_its_price(self):
        for number, (price, cuts) in enumerate(((200.0, (1, 11, 21)), (100.0, (1, 8, 15, 22)), (0.1, (1, 11, 21)))):
            with self.subTest(price=price):
                contract = self.make_contract([{"price_unit": price}], date_start=APRIL, subject=f"{number}")
                self.bill_on(APRIL)
                for first, after in zip(cuts, (*cuts[1:], 31), strict=True):
                    self.pause(contract, day(4, first), day(4, after) if after < 31 else day(5, 1))
                self.assertEqual(self.get_credited(contract), -price)

    def test_fault_a7_a_currency_without_decimals(self):
        yen = self.setup_other_currency("JPY", rounding=1.0)
        contract = self.make_contract([{"price_unit": 1000.0}], date_start=APRIL, currency_id=yen.id)
        self.bill_on(APRIL)
        for first in (1, 8, 15, 22):
            self.pause(contract, day(4, first), day(4, first + 7) if first < 22 else day(5, 1))
            self.bill_on(day(5, 1))
        rows = contract.installment_ids.filtered("credited_id")
        self.assertEqual(sum(rows.mapped("price_subtotal")), -1000.0)
        self.assertTrue(all(row.price_subtotal == round(row.price_subtotal) for row in rows))

    def test_fault_a14_closed_while_paused_charges_no_paused_day(self):
        contract = self.make_contract()
        self.bill_on(JANUARY, FEBRUARY, MARCH)
        with self.at(day(3, 5)):
            contract.action_pause(day(3, 5))
        self.close(contract, day(4, 20))
        self.bill_on(day(4, 21))
        self.assertEqual(self.get_net(contract), 212.9, "two months and four days of March")

    def test_fault_a14_paused_until_its_end_gives_back_and_closes_by_itself(self):
        contract = self.make_contract(date_end=day(4, 20))
        self.bill_on(JANUARY, FEBRUARY, MARCH)
        with self.at(day(3, 5)):
            contract.action_pause(day(3, 5))
        self.assertFalse(self.bill_on(day(4, 20)), "it may still be resumed")
        self.bill_on(day(4, 21))
        self.assertEqual(self.get_net(contract), 212.9)
        self.nights(day(4, 22), day(4, 22))
        self.assertEqual(contract.state, "closed")

    def test_fault_a14_closed_with_a_day_to_come_then_paused(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        self.close(contract, day(1, 10), ends=day(2, 28))
        self.assertEqual(contract.state, "active")
        with self.at(day(1, 22)):
            contract.action_pause(day(1, 22))
        self.bill_on(FEBRUARY, MARCH)
        self.nights(day(3, 2), day(3, 2))
        self.assertEqual((contract.state, self.get_net(contract)), ("closed", 67.74))

    def test_fault_a14_re_opened_after_it_was_closed_while_paused_it_is_paused(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        with self.at(day(1, 11)):
            contract.action_pause(day(1, 11))
        self.close(contract, day(1, 20))
        self.bill_on(day(1, 21))
        with self.at(day(1, 25)):
            contract.action_reopen()
            self.assertEqual(contract.state, "paused")
            contract.action_resume(day(1, 25))
        self.bill_on(day(1, 26))
        self.assertEqual(self.get_net(contract), 54.84, "ten days, and the seven from the 25th on")

    def test_fault_a23_the_days_of_a_line_that_ended_come_back(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        with self.at(day(1, 15)):
            contract.line_ids.date_end = day(1, 14)
            new = {"product_id": self.product.id, "price_unit": 150.0, "anchor_day": 1, "date_start": day(1, 15)}
            contract.line_ids = [Command.create(new)]
        self.bill_on(day(1, 16))
        self.assertEqual(self.get_net(contract), 127.42, "14 days of 100 and 17 of 150")

    def test_fault_a23_a_line_that_is_archived_keeps_what_was_billed_and_plans_no_more(self):
        contract = self.make_contract([{}, {"price_unit": 7.0}])
        self.bill_on(JANUARY)
        with self.at(day(1, 15)):
            contract.line_ids[1].active = False
        self.bill_on(FEBRUARY)
        self.assertEqual(self.get_net(contract), 207.0)

    def test_fault_a23_the_end_of_a_line_taken_back_charges_its_days_again(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        with self.at(day(1, 10)):
            contract.line_ids.date_end = day(1, 14)
        self.bill_on(day(1, 11))
        with self.at(day(1, 12)):
            contract.line_ids.date_end = False
        self.bill_on(day(1, 12))
        self.assertEqual(self.get_net(contract), 100.0)

    def test_closed_with_a_day_before_periods_that_were_billed_ahead(self):
        contract = self.make_contract()
        self.bill_on(day(6, 1))
        self.close(contract, day(2, 14))
        note = self.bill_on(day(6, 2))
        self.assertEqual((note.amount_untaxed, len(note.invoice_line_ids)), (450.0, 5))
        self.assertEqual(self.get_net(contract), 150.0)

    def test_a_year_paid_in_advance_and_closed_after_one_day(self):
        contract = self.make_contract([{"interval_unit": "year", "price_unit": 1200.0}])
        self.bill_on(JANUARY)
        self.close(contract, JANUARY)
        self.bill_on(day(1, 2))
        self.assertEqual(self.get_net(contract), 3.29)

    def test_weeks_and_arrears_closed_in_mid_period(self):
        weekly = self.make_contract([{"interval_unit": "week", "price_unit": 70.0}])
        arrears = self.make_contract([{"billing_timing": "arrears"}])
        self.bill_on(JANUARY, day(1, 8))
        self.close(weekly, day(1, 10))
        self.close(arrears, day(1, 10))
        self.bill_on(day(1, 11))
        self.assertEqual((self.get_net(weekly), self.get_net(arrears)), (100.0, 32.26))

    def test_a_group_invoice_of_which_one_contract_is_closed(self):
        self.customer.subscription_group_invoice = True
        kept, closed = self.make_contract(), self.make_contract([{"price_unit": 62.0}])
        first = self.bill_on(JANUARY)
        self.close(closed, day(1, 15))
        second = self.bill_on(FEBRUARY)
        self.assertEqual((len(first), len(second), second.amount_untaxed), (1, 1, 68.0), "100 less 16 days of 62")
        self.give_back(first, day(2, 2))
        for contract in (kept, closed):
            self.assertSettled(contract, day(2, 2))

    def test_a_price_of_nothing_is_billed_and_gives_nothing_back(self):
        contract = self.make_contract([{}, {"discount": 100.0}])
        self.assertEqual(self.bill_on(JANUARY).amount_untaxed, 100.0)
        self.close(contract, day(1, 15))
        self.assertEqual(len(self.rows(contract, "planned")), 1)


@tagged("post_install", "-at_install")
class TestFaultsOfRenewal(FaultCommon):
    """The second year: renewed by itself, early, late, after the end."""

    def test_fault_a8_without_proration_the_period_over_the_turn_is_charged_once(self):
        term = {"date_start": day(1, 15), "date_end": day(12, 31), "renewal": "auto"}
        contract = self.make_contract([{"prorate": False}], **term)
        self.nights(day(12, 31), day(12, 31))
        turn = [row for row in contract.installment_ids if day(12, 15) <= row.date_from <= day(1, 14, 2027)]
        self.assertEqual([row.price_subtotal for row in turn], [100.0])

    def test_fault_a9_month_to_month_from_the_31st_is_one_invoice_a_month(self):
        contract = self.make_contract(
            date_start=day(1, 31), date_end=day(2, 27), renewal="auto", renewal_months=1, billing_mode="draft"
        )
        for night, billed in (((2, 27), (2, 28)), ((3, 30), (3, 31)), ((4, 29), (4, 30))):
            self.bill_on(day(*night))
            self.nights(day(*night), day(*night))
            self.bill_on(day(*billed))
        self.assertEqual(self.invoices(contract).mapped("amount_untaxed"), [100.0] * 4)

    def test_fault_a10_repetitions_are_renewed_with_the_term(self):
        contract = self.make_contract([{"repetitions": 12}], date_end=day(12, 31), renewal="auto")
        self.nights(day(12, 31), day(12, 31))
        self.assertEqual(len(contract.installment_ids), 24)
        self.assertEqual(contract.line_ids.repetitions, 24)

    def test_fault_a10_repetitions_that_end_before_the_term_are_not_renewed(self):
        contract = self.make_contract([{"repetitions": 3}, {}], date_end=day(12, 31), renewal="auto")
        self.nights(day(12, 31), day(12, 31))
        self.assertEqual([len(line.installment_ids) for line in contract.line_ids], [3, 24])

    def test_fault_a25_renewed_by_hand_within_the_grace_days(self):
        contract = self.make_contract(date_end=day(3, 31), renewal="manual", renewal_months=3)
        self.bill_on(JANUARY, FEBRUARY, MARCH)
        self.nights(APRIL, APRIL)
        self.assertFalse(self.bill_on(day(4, 9)), "nothing is billed before somebody decides")
        with self.at(day(4, 10)):
            contract.action_renew()
        self.bill_on(day(4, 10))
        self.assertEqual((contract.state, contract.date_end, self.get_net(contract)), ("active", day(6, 30), 400.0))

    def test_fault_a25_renewed_by_hand_after_the_grace_days(self):
        contract = self.make_contract(date_end=day(3, 31), renewal="manual", renewal_months=3)
        self.bill_on(JANUARY, FEBRUARY, MARCH)
        self.nights(day(5, 1), day(5, 1))
        self.assertEqual(contract.state, "closed")
        with self.at(day(5, 10)):
            contract.action_renew()
        self.bill_on(day(5, 10))
        self.assertEqual((contract.state, self.get_net(contract)), ("active", 500.0))

    def test_fault_a25_what_was_closed_for_a_reason_is_re_opened_not_renewed(self):
        contract = self.make_contract(date_end=day(12, 31), renewal="manual")
        self.bill_on(JANUARY)
        self.close(contract, day(1, 15))
        self.bill_on(day(1, 16))
        with self.assertRaisesRegex(UserError, "no term"):
            contract.action_renew()
        with self.at(day(1, 20)):
            contract.action_reopen()
        self.bill_on(day(1, 20))
        self.assertEqual(self.get_net(contract), 100.0, "what was paid out is charged again, once")
        self.assertSettled(contract, day(1, 20))

    def test_renewed_early_changes_nothing_before_the_old_end(self):
        contract = self.make_contract(date_end=day(6, 30), renewal="manual", renewal_months=6)
        with self.at(day(2, 1)):
            before = [(row.date_from, row.price_subtotal) for row in self.rows(contract, "planned")]
            contract.action_renew()
            after = [(row.date_from, row.price_subtotal) for row in self.rows(contract, "planned")]
        self.assertEqual((contract.date_end, after[:6], len(after)), (day(12, 31), before, 12))

    def test_paused_over_a_renewal(self):
        contract = self.make_contract(date_end=day(1, 31), renewal="auto", renewal_months=1)
        self.bill_on(JANUARY)
        with self.at(day(1, 22)):
            contract.action_pause(day(1, 22))
        self.nights(day(1, 30), day(2, 3))
        with self.at(day(2, 8)):
            contract.action_resume(day(2, 8))
        self.nights(day(2, 8), day(2, 8))
        self.bill_on(day(2, 8))
        self.assertEqual(contract.date_end, day(2, 28))
        self.assertEqual(self.get_net(contract), 142.74, "21 of 31 days and 21 of 28")


@tagged("post_install", "-at_install")
class TestFaultsOfHands(FaultCommon):
    """Rows, lines and contracts changed by hand."""

    def test_fault_a13_what_a_person_set_is_prorated_where_its_days_are_cut(self):
        contract = self.make_contract()
        self.row_of(contract, MARCH).price_unit = 40.0
        self.pause(contract, day(3, 10), day(3, 20))
        march = contract.installment_ids.filtered(lambda row: row.date_from.month == 3 and row.date_from.year == 2026)
        self.assertAlmostEqual(sum(march.mapped("price_subtotal")), 27.1, msg="21 of 31 days of 40")

    def test_fault_a13_two_pauses_of_an_edited_row_that_was_billed(self):
        contract = self.make_contract()
        self.row_of(contract, MARCH).write({"price_unit": 31.0, "quantity": 2})
        self.bill_on(MARCH)
        self.pause(contract, day(3, 10), day(3, 15))
        self.pause(contract, day(3, 20), day(3, 25))
        self.assertEqual(self.get_credited(contract), -20.0, "ten of 31 days of 62")

    def test_fault_a22_days_of_a_pause_are_no_rows_to_bring_back(self):
        contract = self.make_contract([{}, {"price_unit": 30.0}])
        self.bill_on(JANUARY)
        self.pause(contract, FEBRUARY, MARCH)
        shown = self.rows(contract, "skipped")
        self.assertEqual(set(shown.mapped("price_subtotal")), {0.0})
        self.assertIn("a pause of the contract", shown.action_unskip()["params"]["message"])
        self.assertEqual(self.rows(contract, "skipped"), shown)
        self.bill_on(MARCH)
        self.assertEqual(self.get_net(contract), 260.0)
        self.assertTrue(all(self.rows(contract, "invoiced").mapped("price_subtotal")))

    def test_fault_a22_a_skipped_row_comes_back_at_the_price_of_the_terms(self):
        contract = self.make_contract()
        self.row_of(contract, MARCH).action_skip("Goodwill")
        with self.at(day(2, 10)):
            contract.line_ids.price_unit = 120.0
        self.row_of(contract, MARCH).action_unskip()
        self.assertEqual((self.row_of(contract, MARCH).state, self.row_of(contract, MARCH).price_subtotal),
                         ("planned", 120.0))  # fmt: skip

    def test_fault_a24_billed_rows_keep_their_product(self):
        premium = self.env["product.product"].create({"name": "Premium", "type": "service", "list_price": 150.0})
        contract = self.make_contract()
        self.bill_on(JANUARY)
        with self.at(day(1, 15)):
            contract.line_ids.write({"product_id": premium.id, "price_unit": 150.0})
        self.assertEqual(self.rows(contract, "invoiced").product_id, self.product)
        self.assertEqual((self.row_of(contract, FEBRUARY).product_id, self.row_of(contract, FEBRUARY).price_subtotal),
                         (premium, 150.0))  # fmt: skip
        self.close(contract, day(1, 20))
        self.assertEqual(self.bill_on(day(1, 21)).invoice_line_ids.product_id, self.product)

    def test_fault_a24_billed_rows_keep_their_price(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        with self.at(day(1, 15)):
            contract.line_ids.price_unit = 80.0
        self.assertEqual(self.rows(contract, "invoiced").price_subtotal, 100.0)
        self.bill_on(FEBRUARY)
        self.assertEqual(self.get_net(contract), 180.0)

    def test_fault_a24_company_and_subscriber_of_a_billed_contract_stay(self):
        other = self.env["res.company"].create({"name": "Second Ltd", "subscription_enabled": True})
        contract = self.make_contract()
        self.bill_on(JANUARY)
        for values in ({"company_id": other.id}, {"partner_id": self.env["res.partner"].create({"name": "X"}).id}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "was billed"):
                contract.write(values)

    def test_fault_a26_rows_obey_the_rules_of_lines(self):
        row = self.make_contract().installment_ids[0]
        for wrong in ({"discount": 101}, {"discount": -1}, {"quantity": -1}, {"quantity": 0}):
            with (
                self.subTest(wrong),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                row.write(wrong)
                row.flush_recordset()

    def test_fault_a26_rows_are_skipped_for_a_reason_not_deleted(self):
        contract = self.make_contract()
        row = self.row_of(contract, MARCH)
        with self.assertRaises(UserError):
            row.unlink()
        with self.assertRaisesRegex(UserError, "Say why"):
            row.action_skip("")

    def test_fault_a27_mrr_is_that_of_the_lines_in_force(self):
        contract = self.make_contract()
        with self.at(day(3, 15)):
            contract.line_ids.date_end = day(3, 31)
            new = {"product_id": self.product.id, "price_unit": 150.0, "date_start": APRIL}
            contract.line_ids = [Command.create(new)]
            self.env.flush_all()
            self.assertEqual(contract.mrr, 100.0, "the successor has not begun")
        self.nights(day(4, 1), day(4, 1))
        contract.invalidate_recordset()
        self.assertEqual(contract.mrr, 150.0, "the line before has ended")

    def test_fault_a29_a_contract_in_force_is_neither_archived_nor_deleted(self):
        contract = self.make_contract()
        with self.assertRaisesRegex(UserError, "Close it instead"):
            contract.action_archive()
        with self.assertRaisesRegex(UserError, "Close it instead"):
            contract.unlink()
        with self.assertRaisesRegex(UserError, "Close it instead"):
            contract.write({"active": 0})  # as a caller may say it
        self.make_contract(activate=False).action_archive()

    def test_fault_a29_what_a_closed_contract_still_owes_is_billed_from_the_archive(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        self.close(contract, day(1, 15))
        contract.action_archive()
        self.bill_on(FEBRUARY)
        self.assertEqual(self.get_net(contract), 48.39)

    def test_fault_a29_what_is_put_in_force_comes_out_of_the_archive(self):
        contract, draft = self.make_contract(), self.make_contract(activate=False)
        self.close(contract, day(1, 15))
        (contract + draft).action_archive()
        with self.at(day(1, 16)):
            contract.action_reopen()
            draft.action_activate()
        self.assertEqual((contract + draft).mapped("active"), [True, True])

    def test_fault_a35_a_part_that_rounds_to_nothing_is_not_billed_and_not_waited_for(self):
        contract = self.make_contract([{"interval_unit": "year", "price_unit": 1.5}], date_end=day(1, 1, 2027))
        self.bill_on(JANUARY, day(1, 1, 2027))
        self.nights(day(1, 2, 2027), day(1, 2, 2027))
        self.assertEqual((contract.billing_error, contract.state), (False, "closed"))

    def test_fault_a35_a_lower_price_is_billed_without_updating_the_plan(self):
        contract = self.make_contract()
        with self.at(day(1, 20)):
            contract.line_ids.price_unit = 80.0
            self.assertFalse(contract.plan_outdated)
        self.bill_on(FEBRUARY)
        self.assertEqual(self.get_net(contract), 160.0)

    # === TWO PAUSES === #
    def test_a_pause_to_come_stays_when_another_ends(self):
        contract = self.make_contract()
        with self.at(day(1, 10)):
            contract.action_pause(MARCH)
            contract.action_pause(day(1, 10))
        with self.at(day(1, 20)):
            contract.action_resume()
        self.assertEqual((contract.state, contract.pause_ids.mapped("date_from")), ("active", [MARCH, day(1, 10)]))
        self.bill_on(FEBRUARY, MARCH)
        self.assertEqual(self.get_net(contract), 167.74)

    def test_resuming_ends_every_pause_that_has_begun(self):
        contract = self.make_contract()
        with self.at(day(1, 10)):
            contract.action_pause(FEBRUARY)
            contract.action_pause(day(1, 10))
        with self.at(day(2, 15)):
            contract.action_resume()
        self.bill_on(day(2, 15))
        self.assertEqual(self.get_net(contract), 79.03, "9 of 31 days and 14 of 28")

    def test_resumed_before_the_credit_of_the_pause_was_billed_costs_what_it_did(self):
        contract = self.make_contract()
        self.bill_on(JANUARY)
        with self.at(day(1, 10)):
            contract.action_pause()
            self.assertEqual(self.get_credited(contract), -70.97)
            contract.action_resume()
        self.assertFalse(self.get_credited(contract) or contract.pause_ids)
