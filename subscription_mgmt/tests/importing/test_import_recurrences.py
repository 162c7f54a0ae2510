from datetime import date, time

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tools.importing.recurrences import RECURRENCES

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportRecurrences(ImportCommon):
    """Recurring interactions from a file: as drafts, with rules in columns or as RFC 5545 text."""

    layout = RECURRENCES

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref("subscription_mgmt.interaction_type_call")
        cls.meeting = cls.env.ref("subscription_mgmt.interaction_type_meeting")

    @classmethod
    def row(cls, **values):
        return {
            "recurrence": "R-1",
            "title": "Ara",
            "interaction_type": cls.call.name,
            "first_day": date(2026, 1, 5),
            "frequency": "hafta",
            **values,
        }

    @classmethod
    def wizard(cls, content, filename="tekrar.xlsx", **values):
        return super().wizard(content, filename, layout="recurrences", **values)

    def load(self, *rows, **values):
        wizard = self.wizard(self.workbook(*rows), **values)
        wizard.action_import()
        return wizard

    def find(self, code="R-1"):
        mapping = self.env["subscription.external.id"].search(
            [("model", "=", "subscription.recurrence"), ("code", "=", code), ("company_id", "=", self.company.id)]
        )
        return self.env["subscription.recurrence"].browse(mapping.res_id)

    def test_every_column_arrives(self):
        wizard = self.load(
            self.row(
                corporate_customer="9001",
                responsible=self.env.user.login,
                last_day=date(2026, 12, 31),
                every=2,
                weekdays="Pzt, Çar",
                at="09:30",
                hours="1,5",
                purpose="Sor",
            )
        )
        recurrence = self.find()
        self.assertRecordValues(
            recurrence,
            [
                {
                    "name": "Ara",
                    "state": "draft",
                    "type_id": self.call.id,
                    "user_id": self.env.uid,
                    "company_id": self.company.id,
                    "audience": "fixed",
                    "partner_ids": self.customer.ids,
                    "frequency": "weekly",
                    "interval": 2,
                    "mon": True,
                    "tue": False,
                    "wed": True,
                    "date_start": date(2026, 1, 5),
                    "end_kind": "until",
                    "date_end": date(2026, 12, 31),
                    "all_day": False,
                    "time": 9.5,
                    "duration": 1.5,
                    "note": "Sor",
                }
            ],
        )
        self.assertFalse(recurrence.interaction_ids or recurrence.activity_ids)
        self.assertEqual(wizard.batch_id.done_count, 1)

    def test_a_rule_as_text_and_a_time_cell(self):
        self.load(
            self.row(frequency=None, rule="FREQ=MONTHLY;BYDAY=2TU", at=time(14, 45)),
            self.row(recurrence="R-2", frequency="ay", month_day=31, times=6),
        )
        first, second = self.find("R-1"), self.find("R-2")
        self.assertRecordValues(
            first,
            [{"frequency": "monthly", "month_by": "weekday", "weekday_position": "2", "weekday": "1", "time": 14.75}],
        )
        self.assertRecordValues(
            second, [{"frequency": "monthly", "month_by": "date", "day": 31, "end_kind": "count", "count": 6}]
        )
        self.assertEqual((second.audience, second.all_day), ("none", True))

    def test_the_second_run_changes_nothing_and_a_changed_row_updates(self):
        row = self.row(corporate_customer="9001", weekdays="Mo")
        self.load(row)
        wizard = self.load(row)
        self.assertEqual((wizard.unchanged_count, wizard.batch_id.id), (1, False))
        changed = {**row, "weekdays": "Tu", "title": "Yaz"}
        self.assertIssues(self.check(changed), [(2, "Tekrar No*", "recurrence_differs")])
        batch = self.load(changed, on_existing="update").batch_id
        self.assertRecordValues(self.find(), [{"name": "Yaz", "mon": False, "tue": True}])
        batch.action_undo()
        self.assertRecordValues(self.find(), [{"name": "Ara", "mon": True, "tue": False}])

    def test_another_customer_is_said_and_not_taken(self):
        self.load(self.row(corporate_customer="9001"))
        wizard = self.check(self.row(individual_customer="4001"))
        self.assertIssues(wizard, [(2, "Tekrar No*", "customer_kept")], level="warning")

    def test_what_is_wrong(self):
        stranger = self._make_user("viewer")
        stranger.group_ids = self.env.ref("base.group_user")
        invoice = self.env.ref("subscription_mgmt.interaction_type_invoice")
        for row, column, code in (
            (self.row(frequency=None), "RRULE, Sıklık", "one_rule"),
            (self.row(rule="FREQ=DAILY"), "RRULE, Sıklık", "one_rule"),
            (self.row(frequency=None, rule="FREQ=DAILY", times=3), "Tekrar Sayısı", "not_taken"),
            (self.row(month_day=5), "Ayın Günü", "not_taken"),
            (self.row(frequency="ay", weekdays="Pzt"), "Haftanın Günleri", "not_taken"),
            (self.row(hours=1e9), "Süre (Saat)", "too_big"),
            (self.row(frequency=None, rule="FREQ=SECONDLY"), "RRULE", "bad_rule"),
            (self.row(frequency=None, rule="her gün"), "RRULE", "bad_rule"),
            (self.row(weekdays="Pzt, hep"), "Haftanın Günleri", "bad_weekdays"),
            (self.row(at="25:00"), "Saat", "bad_clock"),
            (self.row(every="x"), "Kaçta Bir", "bad_whole"),
            (self.row(last_day=date(2025, 1, 1)), "Son Gün", "period_order"),
            (self.row(interaction_type=invoice.name), "Etkileşim Türü ID*", "invoice_type"),
            (self.row(interaction_type="Dans"), "Etkileşim Türü ID*", "unknown_reference_known"),
            (self.row(responsible="nobody"), "Sorumlu Kullanıcı", "unknown_reference"),
            (self.row(responsible=stranger.login), "Sorumlu Kullanıcı", "bad_responsible"),
        ):
            with self.subTest(code=code, row=row):
                self.assertIssues(self.check(row), [(2, column, code)])

    def test_a_number_twice(self):
        self.assertIssues(self.check(self.row(), self.row()), [(3, "Tekrar No*", "repeated_member")])

    def test_undo(self):
        batch = self.load(self.row(), self.row(recurrence="R-2")).batch_id
        recurrences = self.find("R-1") | self.find("R-2")
        batch.action_undo()
        self.assertFalse(recurrences.exists() or self.find("R-1"))

    def test_no_way_back_once_generated(self):
        batch = self.load(self.row()).batch_id
        self.find()._generate(date(2026, 1, 5))
        with self.assertRaisesRegex(UserError, "interactions of “Ara”"):
            batch.action_undo()
