from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon

FEBRUARY, MARCH, APRIL = (
    (date(2026, month, 1), date(2026, month, last)) for month, last in ((2, 28), (3, 31), (4, 30))
)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestPauseKinds(SubscriptionCommon):
    """A pause from 10 March to 30 April of a contract of 100.00 a month, of which March is billed."""

    def pause(self, mode, last=date(2026, 4, 30), **values):
        contract = self.make_contract(**values)
        self.bill(date(2026, 3, 1))
        contract.action_pause(date(2026, 3, 10), "Renovation", last, mode)
        return contract

    def planned(self, contract, count=2):
        rows = contract.installment_ids.filtered(lambda row: row.state == "planned").sorted("date_from")[:count]
        return [(row.date_from, row.date_to, row.price_subtotal) for row in rows]

    # === THE THREE KINDS === #
    def test_whole_periods_charge_what_is_touched_and_leave_out_what_is_inside(self):
        contract = self.pause("periods")
        self.assertEqual(self.planned(contract, 1), [(date(2026, 5, 1), date(2026, 5, 31), 100.0)])

    def test_whole_periods_give_back_one_that_was_billed(self):
        contract = self.make_contract([{"interval": 3}])
        self.bill(date(2026, 1, 1))
        contract.action_pause(date(2026, 1, 1), None, date(2026, 4, 30), "periods")
        self.assertEqual(
            self.planned(contract),
            [(date(2026, 1, 1), date(2026, 3, 31), -100.0), (date(2026, 4, 1), date(2026, 6, 30), 100.0)],
        )

    def test_whole_periods_until_resumed_charge_the_period_of_the_return(self):
        contract = self.pause("periods", last=None)
        with freeze_time("2026-05-20"):
            contract.action_resume()
        self.assertEqual(self.planned(contract, 1), [(date(2026, 5, 1), date(2026, 5, 31), 100.0)])

    def test_by_the_day_gives_back_every_day(self):
        contract = self.pause("days")
        self.assertEqual(
            self.planned(contract),
            [(date(2026, 3, 10), date(2026, 3, 31), -70.97), (date(2026, 5, 1), date(2026, 5, 31), 100.0)],
        )

    def test_the_term_moves_back_by_the_days_of_the_pause(self):
        contract = self.pause("extend", date_end=date(2026, 12, 31))
        self.assertEqual((contract.date_end, contract.pause_ids.moved_days), (date(2027, 2, 21), 52))
        self.assertEqual(self.planned(contract, 1), [(date(2026, 3, 10), date(2026, 3, 31), -70.97)])
        days = sum(
            (row.date_to - row.date_from).days + 1
            for row in contract.installment_ids
            if row.state != "skipped" and not row.credited_id
        )
        self.assertEqual(days - 22, 365, "as many days as were agreed")

    def test_the_term_moves_by_the_real_length_when_it_is_resumed(self):
        contract = self.pause("extend", last=None, date_end=date(2026, 12, 31))
        self.assertEqual(contract.date_end, date(2026, 12, 31))
        contract.action_resume(date(2026, 3, 20))
        self.assertEqual((contract.date_end, contract.pause_ids.moved_days), (date(2027, 1, 10), 10))

    def test_a_pause_that_is_called_off_or_cut_moves_the_term_again(self):
        contract = self.pause("extend", date_end=date(2026, 12, 31))
        contract.action_resume(date(2026, 3, 20))
        self.assertEqual((contract.date_end, contract.pause_ids.date_to), (date(2027, 1, 10), date(2026, 3, 19)))
        with freeze_time("2026-03-20"):
            contract._turn(date(2026, 3, 20))
            contract.action_pause(date(2026, 6, 1), None, date(2026, 6, 30), "extend")
            self.assertEqual(contract.date_end, date(2027, 2, 9))
            contract.action_resume(date(2026, 6, 1))
        self.assertEqual((contract.date_end, len(contract.pause_ids)), (date(2027, 1, 10), 1))

    def test_a_number_of_periods_is_served_in_full(self):
        contract = self.make_contract([{"repetitions": 3}])
        contract.action_pause(date(2026, 3, 11), None, date(2026, 3, 20), "extend")
        rows = contract.installment_ids.filtered(lambda row: row.state == "planned").sorted("date_from")
        self.assertEqual(
            (rows[-1].date_to, sum((r.date_to - r.date_from).days + 1 for r in rows)), (date(2026, 4, 10), 90)
        )

    def test_a_line_that_ends_by_itself_ends_later_too(self):
        contract = self.make_contract([{"date_end": date(2026, 6, 30)}, {}])
        contract.action_pause(date(2026, 3, 11), None, date(2026, 3, 20), "extend")
        self.assertEqual(contract.line_ids.mapped("date_end"), [date(2026, 7, 10), False])

    def test_a_contract_whose_end_is_on_the_move_is_not_closed_meanwhile(self):
        contract = self.make_contract(date_end=date(2026, 3, 31))
        self.bill(date(2026, 3, 1))
        contract.action_pause(date(2026, 3, 11), mode="extend")
        self.bill(date(2026, 4, 5))
        ended = contract._get_ended_domain(self.company, date(2026, 4, 5))
        self.assertFalse(contract.filtered_domain(ended))

    # === REFUSED === #
    def test_without_an_end_no_end_is_moved(self):
        for values in ({}, {"date_end": date(2026, 12, 31)}):
            contract = self.make_contract(**values)
            if values:
                contract.action_close(date(2026, 6, 30), self.reason)
            with self.subTest(values), self.assertRaisesRegex(UserError, "no end that could be moved"):
                contract.action_pause(date(2026, 3, 10), mode="extend")

    def test_two_pauses_that_move_the_end_share_no_day(self):
        contract = self.pause("days", date_end=date(2026, 12, 31), last=date(2026, 3, 12))
        with freeze_time("2026-03-20"):
            contract._turn(date(2026, 3, 20))
            with self.assertRaisesRegex(UserError, "some of these days already"):
                contract.action_pause(date(2026, 3, 12), None, date(2026, 3, 14), "extend")

    def test_days_that_make_no_sense(self):
        contract = self.make_contract(date_end=date(2026, 12, 31))
        for days, words in (
            ((date(2025, 12, 31), None), "before it starts"),
            ((date(2027, 1, 1), None), "ends on"),
            ((date(2026, 3, 10), date(2026, 3, 9)), "before it begins"),
        ):
            with self.subTest(days), self.assertRaisesRegex(UserError, words):
                contract.action_pause(days[0], None, days[1])
        with self.assertRaisesRegex(UserError, "whole periods, by the day"):
            contract.action_pause(date(2026, 3, 10), mode="free")
        self.assertFalse(contract.pause_ids)

    def test_a_day_for_which_the_books_are_closed(self):
        contract = self.make_contract()
        self.company.sale_lock_date = date(2026, 2, 28)
        for act in (contract.action_pause, lambda day: contract.action_close(day, self.reason)):
            with self.assertRaisesRegex(UserError, "books are closed"):
                act(date(2026, 2, 20))
        contract.action_pause(date(2026, 3, 1))
        self.assertEqual(contract.state, "paused")

    # === LIMITS OF THE COMPANY === #
    def test_the_longest_pause(self):
        self.company.subscription_pause_max_days = 30
        contract = self.make_contract()
        for last in (None, date(2026, 4, 9)):
            with self.assertRaisesRegex(UserError, "at most 30 days"):
                contract.action_pause(date(2026, 3, 10), None, last)
        contract.action_pause(date(2026, 3, 10), None, date(2026, 4, 8))
        self.assertEqual(contract.state, "paused")

    def test_the_pauses_of_a_year(self):
        self.company.subscription_pause_max_count = 1
        contract = self.make_contract()
        contract._pause_unpaid(date(2026, 2, 1), "Unpaid")
        contract.action_resume(date(2026, 2, 5))
        contract.action_pause(date(2026, 4, 1), None, date(2026, 4, 5))
        with self.assertRaisesRegex(UserError, "at most 1 times a year"):
            contract.action_pause(date(2026, 6, 1), None, date(2026, 6, 5))
        contract.action_pause(date(2027, 1, 1), None, date(2027, 1, 5))
        self.assertEqual(len(contract.pause_ids), 3)

    def test_an_unpaid_invoice_pauses_beyond_the_limits(self):
        self.company.write({"subscription_pause_max_days": 1, "subscription_pause_max_count": 1})
        contract = self.make_contract()
        contract.action_pause(date(2026, 1, 5), None, date(2026, 1, 5))
        contract._pause_unpaid(date(2026, 3, 10), "INV/1 is not paid")
        self.assertEqual(contract.state, "paused")

    # === WHAT IS SHOWN === #
    def test_days_of_the_pause_are_rows_of_the_plan_that_charge_nothing(self):
        contract = self.pause("days")
        rows = contract.installment_ids.filtered("pause_id").sorted("date_from")
        self.assertEqual(
            [(row.date_from, row.date_to, row.state, row.price_subtotal, row.reason) for row in rows],
            [(*APRIL, "skipped", 0.0, "Renovation")],
            "March was billed and shows itself",
        )
        self.assertIn("pause of the contract", rows.action_unskip()["params"]["message"])
        self.assertEqual(rows.exists(), rows)
        contract.action_resume(date(2026, 4, 11))
        rows = contract.installment_ids.filtered(lambda row: APRIL[0] <= row.date_from <= APRIL[1])
        self.assertEqual(
            [(row.date_from, row.date_to, row.state, row.price_subtotal) for row in rows.sorted("date_from")],
            [(APRIL[0], date(2026, 4, 10), "skipped", 0.0), (date(2026, 4, 11), APRIL[1], "planned", 66.67)],
        )

    def test_the_contract_says_how_it_is_paused_and_how_it_goes_on(self):
        contract = self.pause("periods")
        self.assertEqual(
            (contract.date_pause_from, contract.date_pause_to, contract.pause_mode, contract.pause_reason),
            (date(2026, 3, 10), date(2026, 4, 30), "periods", "Renovation"),
        )
        self.assertIn("05/01/2026", contract.pause_goes_on)
        contract.action_resume(date(2026, 3, 10))
        self.assertFalse(contract.pause_goes_on or contract.pause_id)
        contract.action_pause(date(2026, 6, 1))
        self.assertEqual((contract.date_pause_from, contract.date_paused), (date(2026, 6, 1), False))
        self.assertIn("resumes the contract", contract.pause_goes_on)

    def test_the_dialog_says_what_the_pause_comes_to_and_does_nothing(self):
        contract = self.make_contract(date_end=date(2026, 12, 31))
        self.bill(date(2026, 3, 1))
        dialogs = self.env["subscription.contract.pause"].with_context(**contract.action_open_pause()["context"])
        days = {"date": date(2026, 3, 10), "date_to": date(2026, 4, 30)}
        dialog = dialogs.new({**days, "mode": "extend"})
        self.assertIn("70.97", dialog.preview)
        self.assertIn("02/21/2027", dialog.preview)
        self.assertEqual((contract.pause_ids.ids, contract.date_end), ([], date(2026, 12, 31)))
        dialog = dialogs.new({**days, "date_to": date(2026, 3, 1)})
        self.assertIn("before it begins", dialog.problem)
        self.assertEqual(dialog.date_to, date(2026, 3, 1), "what was typed is still there")

    def test_a_request_of_the_portal_keeps_to_the_longest_pause(self):
        self.company.subscription_pause_max_days = 30
        contract = self.make_contract()
        requests = self.env["subscription.request"].sudo()  # as the portal does
        request = requests._ask(contract, self.customer, "pause", date(2026, 4, 1), "Holiday")
        request.sudo(False).action_confirm()
        self.assertEqual(contract.pause_ids.date_to, date(2026, 4, 30))
