from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
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
        self.assertEqual(self.calls.error, reason)
        self.assertTrue(self.calls.activity_ids)
