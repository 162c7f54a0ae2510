from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .recurrence_common import RecurrenceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-05 10:00:00")
class TestRecurrenceContract(RecurrenceCommon):
    """Recurring interactions of a contract end with it."""

    def setUp(self):
        super().setUp()
        self.contract = self.make_contract(date_end=date(2026, 12, 31))
        self.calls = self.make_recurrence(contract_id=self.contract.id)

    def close(self, day):
        with freeze_time(f"{day} 12:00:00"):
            self.contract.action_close(day, self.reason)

    def run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"subscription_mgmt.ir_cron_subscription_{name}").method_direct_trigger()

    def open_days(self, recurrence):
        return recurrence.interaction_ids.filtered(lambda row: row.state == "planned").mapped("occurrence_date")

    def test_calls_end_with_the_contract(self):
        self.assertGreater(max(self.open_days(self.calls)), date(2026, 2, 1))
        self.close("2026-01-20")
        self.assertEqual(self.open_days(self.calls), [date(2026, 1, 7), date(2026, 1, 14)])
        self.assertEqual((self.calls.end_kind, self.calls.date_end), ("until", date(2026, 1, 20)))
        self.assertNotEqual(self.calls.state, "running")
        with freeze_time("2026-01-28 12:00:00"):
            self.run_cron("generate_interactions")
        self.assertEqual(max(self.open_days(self.calls)), date(2026, 1, 14))

    def test_ended_by_hand(self):
        with freeze_time("2026-01-20 12:00:00"):
            self.calls.with_user(self.caller).action_end()
        self.assertEqual(self.open_days(self.calls), [date(2026, 1, 7), date(2026, 1, 14)])
        self.assertEqual((self.calls.end_kind, self.calls.date_end), ("until", date(2026, 1, 20)))
        with freeze_time("2026-01-28 12:00:00"):
            self.run_cron("generate_interactions")
        self.assertEqual(max(self.open_days(self.calls)), date(2026, 1, 14))
        self.assertEqual(self.calls.state, "done")

    def test_closed_for_a_day_that_is_past(self):
        with freeze_time("2026-01-22 12:00:00"):
            self.contract.action_close("2026-01-10", self.reason)
        self.assertEqual(self.open_days(self.calls), [date(2026, 1, 7)])

    def test_closed_on_a_day_to_come_waits_for_it(self):
        self.contract.action_close("2026-01-20", self.reason)
        self.bill(date(2026, 1, 5))  # a contract stays open until all of it is billed
        self.assertGreater(max(self.open_days(self.calls)), date(2026, 2, 1))
        with freeze_time("2026-01-21 12:00:00"):
            self.run_cron("run_terms")
        self.assertEqual(self.contract.state, "closed")
        self.assertEqual(max(self.open_days(self.calls)), date(2026, 1, 14))

    def test_one_that_was_to_begin_later(self):
        later = self.make_recurrence(contract_id=self.contract.id, date_start=date(2026, 3, 2))
        self.close("2026-01-20")
        self.assertFalse(later.active or self.open_days(later))

    def test_what_ends_before_and_others_stay(self):
        early = self.make_recurrence(contract_id=self.contract.id, end_kind="count", count=1)
        other = self.make_recurrence()
        before = self.open_days(other)
        self.close("2026-01-20")
        self.assertEqual((early.end_kind, self.open_days(early)), ("count", [date(2026, 1, 7)]))
        self.assertEqual(self.open_days(other), before)

    def test_a_draft_ends_too_and_makes_nothing(self):
        draft = self.make_recurrence(generate=False, contract_id=self.contract.id)
        self.close("2026-01-20")
        self.assertEqual((draft.date_end, draft.interaction_ids.ids), (date(2026, 1, 20), []))

    def test_what_cannot_be_ended_does_not_keep_the_contract_open(self):
        reason = "No way"

        def refuse(_records):
            raise UserError(reason)

        with patch.object(type(self.calls), "_end_with_contract", refuse):
            self.close("2026-01-20")
        self.assertEqual(self.contract.state, "closed")
        self.assertEqual(self.calls.subscription_error, reason)
        self.assertTrue(self.calls.activity_ids)

    def test_one_that_could_not_be_ended_is_ended_at_night(self):
        def refuse(_records):
            raise UserError(reason)

        reason = "Somebody else has it open"
        with patch.object(type(self.calls), "_end_with_contract", refuse):
            self.close("2026-01-20")
        with freeze_time("2026-01-25 12:00:00"):
            self.run_cron("generate_interactions")
        self.assertEqual(self.open_days(self.calls), [date(2026, 1, 7), date(2026, 1, 14)])
        self.assertEqual((self.calls.date_end, self.calls.subscription_error), (date(2026, 1, 20), False))

    def test_one_that_is_linked_later_is_ended_at_night(self):
        self.calls.contract_id = False
        self.close("2026-01-20")
        self.calls.contract_id = self.contract
        with freeze_time("2026-01-25 12:00:00"):
            self.run_cron("generate_interactions")
        self.assertEqual(max(self.open_days(self.calls)), date(2026, 1, 14))

    def test_what_was_moved_by_hand_goes_too(self):
        first, *_others, last = self.calls.interaction_ids.sorted("occurrence_date")[:4]
        first.write({"occurrence_date": "2026-01-29", "is_moved": True})
        last.write({"occurrence_date": "2026-01-30", "is_moved": True})
        self.close("2026-01-20")
        self.assertEqual(self.open_days(self.calls), [date(2026, 1, 14)])

    def test_extra_dates_go_too_and_come_from_nowhere(self):
        dates = ("2026-02-02", "2026-04-10")  # the second one comes within reach on the last day
        self.calls.exception_ids = [Command.create({"kind": "extra", "date": day}) for day in dates]
        with freeze_time("2026-01-06 12:00:00"):
            self.calls._regenerate(date(2026, 1, 6))
        self.assertIn(date(2026, 2, 2), self.open_days(self.calls))
        self.close("2026-01-21")
        with freeze_time("2026-01-21 18:00:00"):  # its last day: it is still filled up
            self.run_cron("generate_interactions")
        self.assertEqual(self.open_days(self.calls), [date(2026, 1, 7), date(2026, 1, 14), date(2026, 1, 21)])
        self.assertFalse(self.calls.subscription_error)

    def test_one_that_began_after_a_day_that_is_past(self):
        later = self.make_recurrence(contract_id=self.contract.id, date_start=date(2026, 1, 12))
        with freeze_time("2026-01-22 12:00:00"):
            self.contract.action_close("2026-01-08", self.reason)
        self.assertFalse(later.active or self.open_days(later))

    def test_what_was_noted_on_is_skipped(self):
        noted = self.calls.interaction_ids.filtered(lambda row: row.occurrence_date == date(2026, 1, 28))
        noted.message_post(body="Wants to be called at noon", message_type="comment")
        self.close("2026-01-20")
        self.assertEqual(noted.state, "cancelled")

    # === RE-OPENED === #
    def reopen(self, day="2026-01-25"):
        with freeze_time(f"{day} 12:00:00"):
            self.contract.action_reopen(date(2026, 12, 31))

    def test_calls_come_back_with_the_contract(self):
        before = self.open_days(self.calls)
        self.close("2026-01-20")
        self.assertIn(self.calls.name, " ".join(self.contract._get_reopening_effects()))
        self.reopen()
        self.assertEqual((self.calls.end_kind, self.calls.rule_outdated), ("forever", False))
        self.assertEqual(self.calls.state, "running")
        after = self.open_days(self.calls)
        self.assertEqual([day for day in before if not date(2026, 1, 20) < day < date(2026, 1, 25)],
                         [day for day in after if day <= max(before)])  # fmt: skip

    def test_one_that_was_to_begin_later_comes_back(self):
        later = self.make_recurrence(contract_id=self.contract.id, date_start=date(2026, 3, 2))
        before = self.open_days(later)
        self.close("2026-01-20")
        self.reopen()
        self.assertTrue(later.active)
        self.assertLessEqual(set(before), set(self.open_days(later)))

    def test_extra_dates_come_back(self):
        self.calls.exception_ids = [Command.create({"kind": "extra", "date": "2026-02-02"})]
        with freeze_time("2026-01-06 12:00:00"):
            self.calls._regenerate(date(2026, 1, 6))
        self.close("2026-01-20")
        self.reopen()
        self.assertIn(date(2026, 2, 2), self.open_days(self.calls))

    def test_an_end_that_somebody_gave_since_stays(self):
        self.close("2026-01-20")
        self.calls.write({"end_kind": "count", "count": 2})
        self.reopen()
        self.assertEqual((self.calls.end_kind, self.calls.count), ("count", 2))
        self.assertFalse(self.calls.end_before_close)

    def test_the_dialog_of_closing_names_what_ends(self):
        self.assertIn(self.calls.name, " ".join(self.contract._get_closing_effects()))
