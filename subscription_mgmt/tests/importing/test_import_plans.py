import base64
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tools.importing.plans import PLANS

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportPlans(ImportCommon):
    """Payment plans of contracts that are there (WSI-30..33)."""

    layout = PLANS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract(activate=False, name="AB-1", date_end=date(2026, 6, 30))

    @classmethod
    def row(cls, month=1, **values):
        """A row for a month of 2026."""
        last = date(2026, month, 28 if month == 2 else 30)
        start, end = date(2026, month, 1), last
        return {"contract": "AB-1", "period_start": start, "period_end": end, "price": 100, **values}

    @classmethod
    def wizard(cls, content, filename="plan.xlsx", **values):
        return super().wizard(content, filename, layout="plans", **values)

    def load(self, *rows, **values):
        wizard = self.wizard(self.workbook(*rows), **values)
        wizard.action_import()
        return wizard

    def plan(self):
        rows = self.contract.installment_ids.sorted("date_from")
        return [(row.date_from.month, row.date_to.day, row.price_subtotal, row.state) for row in rows]

    def test_rows_become_installments(self):
        wizard = self.load(
            self.row(billing_date=date(2026, 1, 15), quantity=2, discount="10", already_billed="evet"),
            self.row(2),
        )
        first, second = self.contract.installment_ids.sorted("date_from")
        self.assertRecordValues(
            first + second,
            [
                {
                    "date_from": date(2026, 1, 1),
                    "date_to": date(2026, 1, 30),
                    "date_invoice": date(2026, 1, 15),
                    "quantity": 2,
                    "discount": 10,
                    "price_subtotal": 180,
                    "state": "skipped",
                    "reason": "Billed in the old system",
                    "is_edited": True,
                },
                {
                    "date_from": date(2026, 2, 1),
                    "date_to": date(2026, 2, 28),
                    "date_invoice": date(2026, 2, 1),
                    "quantity": 1,
                    "discount": 0,
                    "price_subtotal": 100,
                    "state": "planned",
                    "reason": False,
                    "is_edited": True,
                },
            ],
        )
        self.assertEqual((wizard.batch_id.done_count, len(wizard.batch_id.change_ids)), (2, 2))

    def test_activation_plans_around_what_was_imported(self):
        self.load(self.row(1, period_end=date(2026, 1, 31), already_billed="1"), self.row(2, price=80))
        self.contract.action_activate()
        self.assertEqual(
            self.plan(),
            [
                (1, 31, 100, "skipped"),
                (2, 28, 80, "planned"),
                (3, 31, 100, "planned"),
                (4, 30, 100, "planned"),
                (5, 31, 100, "planned"),
                (6, 30, 100, "planned"),
            ],
        )

    def test_what_the_old_system_billed_is_not_billed_again(self):
        self.load(self.row(1, period_end=date(2026, 1, 31), already_billed="1"))
        self.contract.action_activate()
        self.bill(date(2026, 2, 1))
        billed = self.contract.installment_ids.filtered("invoice_line_id")
        self.assertEqual(billed.mapped("date_from"), [date(2026, 2, 1)])

    def test_the_plan_of_a_running_contract_takes_them_in(self):
        self.contract.action_activate()
        self.assertEqual(len(self.contract.installment_ids), 6)
        wizard = self.load(
            self.row(2, price=80), self.row(3, period_start=date(2026, 3, 10), period_end=date(2026, 3, 31))
        )
        self.assertEqual((wizard.contract_count, wizard.update_count), (1, 1))
        self.assertEqual(
            self.plan(),
            [
                (1, 31, 100, "planned"),
                (2, 28, 80, "planned"),
                (3, 9, 29.03, "planned"),
                (3, 31, 100, "planned"),
                (4, 30, 100, "planned"),
                (5, 31, 100, "planned"),
                (6, 30, 100, "planned"),
            ],
        )

    def test_the_second_run_changes_nothing(self):
        rows = [self.row(1, already_billed="1"), self.row(2)]
        self.load(*rows)
        before = self.contract.installment_ids.ids
        wizard = self.load(*rows)
        self.assertEqual((wizard.contract_count, wizard.update_count, wizard.unchanged_count), (0, 0, 2))
        self.assertEqual(self.contract.installment_ids.ids, before)

    def test_other_values_are_a_problem_until_a_person_says_otherwise(self):
        self.load(self.row(1))
        wizard = self.check(self.row(1, price=90))
        self.assertIssues(wizard, [(2, "Dönem Başlangıcı*", "row_differs")])
        self.assertIn("Birim Fiyat*", wizard.issue_ids.message)
        batch = self.load(self.row(1, price=90), on_existing="update").batch_id
        self.assertEqual(self.contract.installment_ids.price_unit, 90)
        batch.action_undo()
        self.assertEqual(self.contract.installment_ids.price_unit, 100)

    def test_the_payment_method_goes_to_the_contract(self):
        method = self._make_references()["payment_method"][1]
        batch = self.load(self.row(1, payment_method="1")).batch_id
        self.assertEqual(self.contract.payment_method_line_id, method)
        wizard = self.check(self.row(1, payment_method="8"))
        self.assertIssues(wizard, [(2, "Ödeme Yöntemi ID", "unknown_reference_known")])
        batch.action_undo()
        self.assertFalse(self.contract.payment_method_line_id)

    def test_rows_that_cannot_be_planned(self):
        self.contract.line_ids.copy({"product_id": self.phone.id, "contract_id": self.contract.id})
        start = "Dönem Başlangıcı*"
        for row, column, code in (
            (self.row(contract="404"), "Abone No*", "unknown_contract"),
            (self.row(), "Ürün Kodu", "product_needed"),
            (self.row(product="NET", period_end=date(2025, 12, 31)), "Dönem Sonu*", "period_order"),
            (self.row(product="NET", period_start=date(2025, 12, 1)), start, "outside_contract"),
            (self.row(product="NET", period_end=date(2026, 7, 1)), start, "outside_contract"),
            (self.row(product="NET", quantity=0), "Miktar", "bad_quantity"),
            (self.row(product="XX"), "Ürün Kodu", "unknown_reference"),
        ):
            with self.subTest(code):
                self.assertIssues(self.check(row), [(2, column, code)])

    def test_days_cannot_be_planned_twice(self):
        start = "Dönem Başlangıcı*"
        whole = self.row(1, period_end=date(2026, 3, 31))
        self.assertIssues(
            self.check(whole, self.row(2), self.row(3)),
            [(3, start, "periods_overlap"), (4, start, "periods_overlap")],
        )
        self.load(self.row(2))
        self.assertIssues(self.check(whole), [(2, start, "period_taken")])

    def test_rule_h_periods_that_share_one_day_overlap(self):
        january = self.row(1, period_end=date(2026, 2, 1))
        self.assertIssues(self.check(january, self.row(2)), [(3, "Dönem Başlangıcı*", "periods_overlap")])
        next_day = self.row(1, period_end=date(2026, 1, 31))
        self.assertFalse(self.check(next_day, self.row(2)).error_count)

    def test_what_was_billed_stays(self):
        self.contract.action_activate()
        self.bill(date(2026, 1, 1))
        wizard = self.check(self.row(1, price=1))
        self.assertIssues(wizard, [(2, "Dönem Başlangıcı*", "period_billed")])
        wizard = self.check(self.row(1, period_end=date(2026, 1, 31)))
        self.assertEqual((wizard.state, wizard.unchanged_count), ("checked", 1))

    def test_a_plan_that_begins_late_is_said(self):
        wizard = self.check(self.row(3))
        self.assertIssues(wizard, [(2, "Dönem Başlangıcı*", "plan_gap")], level="warning")
        self.contract.line_ids.paid_until = date(2026, 2, 28)
        self.assertFalse(self.check(self.row(3)).warning_count)

    def test_a_closed_contract(self):
        self.contract.action_activate()
        self.contract.action_close(date(2026, 1, 31), self.reason)
        self.assertIssues(self.check(self.row(1)), [(2, "Abone No*", "closed_contract")])

    def test_contracts_of_another_company_are_not_reached(self):
        self.contract.name = "AB-9"
        other = self._make_company()
        self.env["subscription.contract"].create(
            {"name": "AB-1", "subject": "x", "partner_id": self.person.id, "company_id": other.id}
        )
        self.assertIssues(self.check(self.row(1)), [(2, "Abone No*", "unknown_contract")])

    def test_undo_brings_the_plan_back(self):
        self.contract.action_activate()
        before = self.plan()
        batch = self.load(self.row(2, price=80), self.row(3, period_start=date(2026, 3, 10))).batch_id
        self.assertNotEqual(self.plan(), before)
        batch.action_undo()
        self.assertEqual(self.plan(), before)

    def test_no_way_back_once_billed(self):
        batch = self.load(self.row(1)).batch_id
        self.contract.action_activate()
        self.bill(date(2026, 1, 1))
        with self.assertRaisesRegex(UserError, "AB-1 was billed"):
            batch.action_undo()

    def test_an_unsuitable_file_gives_a_warning_and_nothing_else(self):
        wizard = self.wizard(b"a;b\n1;2", "a.csv")
        wizard.action_check()
        self.assertIssues(wizard, [(0, "", "missing_header")])

    def test_the_template_of_the_layout(self):
        wizard = self.env["subscription.import"].create({"layout": "plans"})
        wizard.action_download_template()
        self.assertTrue(base64.b64decode(wizard.template).startswith(b"PK"))
