import base64
import io
import re
from datetime import date
from pathlib import Path

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.subscription_mgmt.models.importing.messages import PROBLEMS
from odoo.addons.subscription_mgmt.tools.importing.contracts import CONTRACTS

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    # === A GOOD FILE === #
    def test_every_column_arrives_where_it_belongs(self):
        records = self._make_references()
        values = {key: code for key, (code, _record) in records.items()}
        [contract] = self.load(
            self.row(
                **values,
                date_end=date(2027, 12, 31),
                quantity="2,5",
                discount="%10",
                interval=3,
                unit="ay",
                repetitions=4,
                prorate="hayır",
                paid_until="31.03.2026",
                contact="77",
                invoice_individual="4001",
                special_code="007",
                note="Bir <b>\niki",
            )
        )
        self.assertRecordValues(
            contract,
            [
                {
                    "name": "AB-1",
                    "subject": "Hat",
                    "state": "draft",
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "contact_id": self.contact.id,
                    "invoice_partner_id": self.person.id,
                    "service_address_id": self.customer.id,
                    "date_start": date(2026, 1, 1),
                    "date_end": date(2027, 12, 31),
                    "category_id": records["category"][1].id,
                    "service_category_id": records["service_category"][1].id,
                    "payment_method_line_id": records["payment_method"][1].id,
                    "payment_term_id": records["payment_term"][1].id,
                    "project_id": records["project"][1].id,
                    "equipment_id": records["asset"][1].id,
                    "employee_id": records["sales_rep"][1].id,
                    "special_code": "007",
                }
            ],
        )
        self.assertEqual(contract.note, "Bir <b>\niki")
        self.assertRecordValues(
            contract.line_ids,
            [
                {
                    "product_id": self.product.id,
                    "quantity": 2.5,
                    "price_unit": 100.0,
                    "discount": 10.0,
                    "interval": 3,
                    "interval_unit": "month",
                    "repetitions": 4,
                    "prorate": False,
                    "paid_until": date(2026, 3, 31),
                    "date_start": date(2026, 1, 1),
                    "tax_ids": self.tax.ids,
                }
            ],
        )

    def test_blank_cells_take_the_defaults(self):
        self.customer.with_company(self.company).property_payment_term_id = self.pay_terms_b
        [contract] = self.load(self.row(contact=None, quantity=None, unit=None, prorate=None))
        self.assertEqual(contract.payment_term_id, self.pay_terms_b)
        self.assertFalse(contract.contact_id)
        self.assertEqual(contract.invoice_partner_id, self.customer)
        line = contract.line_ids
        self.assertEqual((line.quantity, line.interval, line.interval_unit, line.prorate), (1, 1, "month", True))

    def test_rows_with_one_number_are_lines_of_one_contract(self):
        first, second = self.load(self.row(), self.row(number="AB-2"), self.row(product="TEL", price=5))
        self.assertEqual(first.line_ids.product_id, self.product | self.phone)
        self.assertEqual(len(second.line_ids), 1)

    def test_the_check_writes_nothing(self):
        wizard = self.check(self.row(), self.row(number="AB-2"))
        self.assertEqual((wizard.state, wizard.row_count, wizard.contract_count), ("checked", 2, 2))
        self.assertFalse(self.env["subscription.contract"].search([("name", "in", ("AB-1", "AB-2"))]))
        self.assertFalse(self.env["subscription.import.batch"].search([("company_id", "=", self.company.id)]))

    def test_nothing_is_sent_or_planned(self):
        contracts = self.load(self.row())
        self.assertFalse(contracts.installment_ids or contracts.activity_ids or contracts.message_ids)

    # === AGAIN === #
    def test_the_second_run_changes_nothing(self):
        rows = [
            self.row(note="x", discount=5, contact="77"),
            self.row(note="x", product="TEL", price=5.25, contact="77"),
            self.row(number="AB-2", paid_until=date(2026, 2, 28)),
        ]
        contracts = self.load(*rows)
        before = contracts.mapped("write_date"), contracts.line_ids.ids
        wizard = self.wizard(self.workbook(*rows))
        wizard.action_import()
        self.assertEqual((wizard.state, wizard.contract_count, wizard.unchanged_count), ("done", 0, 2))
        self.assertFalse(wizard.batch_id)
        self.assertEqual((contracts.mapped("write_date"), contracts.line_ids.ids), before)

    def test_a_file_with_more_rows_adds_only_those(self):
        self.load(self.row())
        contracts = self.load(self.row(), self.row(number="AB-2"))
        self.assertEqual(contracts.mapped("name"), ["AB-2"])

    def test_a_changed_row_is_reported_with_what_differs(self):
        self.load(self.row(special_code="a"))
        for changes, columns in (
            ({"subject": "Other"}, "Tanım*"),
            ({"price": 99, "special_code": "b"}, "Özel Kod, Birim Fiyat*"),
            ({"corporate_customer": None, "individual_customer": "4001"}, "Bireysel Müşteri ID*"),
        ):
            wizard = self.check(self.row(**{"special_code": "a", **changes}))
            self.assertIssues(wizard, [(2, "Abone No*", "exists_differs")])
            self.assertIn(columns, wizard.issue_ids.message)

    def test_a_swap_between_two_lines_is_a_difference(self):
        self.load(self.row(price=1), self.row(product="TEL", price=2))
        wizard = self.check(self.row(price=2), self.row(product="TEL", price=1))
        self.assertIssues(wizard, [(2, "Abone No*", "exists_differs")])

    # === BAD FILES === #
    def test_files_that_are_none(self):
        for content, filename, code in (
            (b"x", "a.pdf", "wrong_type"),
            (b"%PDF-1.4", "a.csv", "wrong_type"),
            (b" \n", "a.csv", "empty_file"),
            (b"PK\x03\x04broken", "a.xlsx", "corrupt_file"),
        ):
            wizard = self.wizard(content, filename)
            wizard.action_check()
            self.assertIssues(wizard, [(0, "", code)])

    def test_every_reason_has_its_sentence(self):
        root = Path(__file__).parents[2]
        sources = [
            *root.glob("tools/*.py"),
            *root.glob("tools/workbook/*.py"),
            *root.glob("tools/importing/*.py"),
            *root.glob("wizards/importing/*.py"),
            *root.glob("models/importing/*.py"),
        ]
        codes = {
            code
            for source in sources
            for call in re.findall(r"(?:Refusal|Problem|Fault|_add|problem|_keep)\(\s*([^,)]*)", source.read_text())
            for code in re.findall(r'"([a-z_]+)"', call)
        }
        self.assertGreater(len(codes), 30)
        layouts = self.env["subscription.import.layout"]._get_all()
        self.assertFalse(codes.difference(PROBLEMS, *(layout._problems for layout in layouts)))

    def test_problems_stand_in_the_order_of_the_file(self):
        wizard = self.check(self.row(subject=None, price="1.234", product="%s %(x)d 100%"))
        self.assertIssues(
            wizard,
            [
                (2, "Tanım*", "required_empty"),
                (2, "Ürün Kodu*", "unknown_reference"),
                (2, "Birim Fiyat*", "ambiguous_number"),
            ],
        )
        self.assertEqual(wizard.issue_ids[1].value, "%s %(x)d 100%")

    def test_import_refuses_what_the_check_refuses_and_writes_nothing(self):
        wizard = self.wizard(self.workbook(self.row(), self.row(number="AB-2", product="XX")))
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            wizard.action_import()
        self.assertIn("Row 3, Ürün Kodu*, XX", str(caught.exception))
        self.assertFalse(self.env["subscription.contract"].search([("name", "=", "AB-1")]))

    def test_rows_that_cannot_be_a_contract(self):
        for row, column, code in (
            (self.row(individual_customer="4001"), "Bireysel Müşteri ID*, Kurumsal Müşteri ID*", "both_customers"),
            (self.row(date_end=date(2025, 12, 31)), "Bitiş Tarihi", "end_before_start"),
            (self.row(product=None), "Ürün Kodu*", "required_empty"),
            (self.row(price=None), "Birim Fiyat*", "required_empty"),
            (self.row(price=0), "Birim Fiyat*", "no_price"),
            (self.row(price=1.005), "Birim Fiyat*", "too_precise"),
        ):
            with self.subTest(code):
                self.assertIssues(self.check(row), [(2, column, code)])

    def test_of_very_many_problems_the_first_are_kept_and_all_are_counted(self):
        wizard = self.check(*(self.row(number=str(number), product="XX") for number in range(1200)))
        self.assertEqual((wizard.error_count, len(wizard.issue_ids)), (1200, 1000))

    def test_no_file(self):
        with self.assertRaisesRegex(UserError, "Choose a file"):
            self.env["subscription.import"].create({"company_id": self.company.id}).action_check()

    # === RECEIPT === #
    def test_the_receipt(self):
        content = self.workbook(self.row(), self.row(number="AB-2"))
        wizard = self.wizard(content)
        wizard.action_import()
        batch = wizard.batch_id
        self.assertRecordValues(
            batch,
            [
                {
                    "name": "aboneler.xlsx",
                    "user_id": self.env.uid,
                    "company_id": self.company.id,
                    "state": "done",
                    "row_count": 2,
                    "done_count": 2,
                    "draft_count": 2,
                }
            ],
        )
        self.assertEqual(base64.b64decode(batch.file), content)
        with self.assertRaisesRegex(UserError, "imported already"):
            wizard.action_import()

    @freeze_time("2026-01-10")
    def test_activate_then_undo(self):
        self.company.subscription_analytic = True
        batch = self.load(self.row(date_end=date(2026, 12, 31)), self.row(number="AB-2")).import_batch_id
        batch.action_activate()
        contracts = batch.contract_ids
        self.assertEqual(contracts.mapped("state"), ["active", "active"])
        self.assertEqual(batch.draft_count, 0)
        rows, lines, accounts = contracts.installment_ids, contracts.line_ids, contracts.analytic_account_id
        self.assertTrue(rows and lines and accounts)
        batch.action_undo()
        self.assertEqual(batch.state, "undone")
        self.assertFalse(contracts.exists() or rows.exists() or lines.exists() or accounts.exists())
        self.assertEqual(len(self.load(self.row(date_end=date(2026, 12, 31)))), 1)

    def test_undo_spares_an_analytic_account_that_a_person_chose(self):
        contract = self.load(self.row())
        plan = self.env["account.analytic.plan"].create({"name": "Own"})
        contract.analytic_account_id = self.env["account.analytic.account"].create({"name": "Own", "plan_id": plan.id})
        account = contract.analytic_account_id
        contract.import_batch_id.action_undo()
        self.assertTrue(account.exists())

    def test_no_way_back_once_billed(self):
        contract = self.load(self.row())
        contract.action_activate()
        self.bill(date(2026, 1, 1))
        with self.assertRaisesRegex(UserError, "AB-1"):
            contract.import_batch_id.action_undo()
        self.assertTrue(contract.exists())

    def test_paid_elsewhere_is_not_billed_again(self):
        contract = self.load(self.row(paid_until=date(2026, 3, 31), date_end=date(2026, 5, 31)))
        contract.action_activate()
        self.assertPlan(
            contract,
            [(date(2026, 4, 1), date(2026, 4, 30), 100.0), (date(2026, 5, 1), date(2026, 5, 31), 100.0)],
        )

    # === SCREEN === #
    def test_the_layout_is_shown_with_its_stars(self):
        html = self.env["subscription.import"].new().layout_html
        for column in CONTRACTS.columns:
            self.assertIn(column.label("en"), html)

    def test_template(self):
        wizard = self.env["subscription.import"].create({})
        self.assertIn(f"/{wizard.id}/template/", wizard.action_download_template()["url"])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.template)))
        headings = [cell.value for cell in book.worksheets[0][1]]
        self.assertEqual(headings, [column.label("en") for column in CONTRACTS.columns])
        self.assertTrue(all(row[1].value for row in book.worksheets[1].iter_rows()))

    def test_another_file_must_be_checked_again(self):
        wizard = self.check(self.row())
        form = Form(wizard)
        form.file = base64.b64encode(b"x")
        self.assertEqual(form.state, "draft")

    # === SPEED === #
    def _file_of(self, size):
        partners = self.env["res.partner"].create(
            [{"name": f"C{size}-{i}", "is_company": True, "ref": f"C{size}-{i}"} for i in range(size)]
        )
        self.env["res.partner"].create(
            [{"name": "K", "ref": f"K-{partner.ref}", "parent_id": partner.id} for partner in partners]
        )
        rows = [
            self.row(number=partner.ref, corporate_customer=partner.ref, contact=f"K-{partner.ref}")
            for partner in partners
        ]
        return self.wizard(self.workbook(*rows))

    def _count_queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        # Asked for by each new environment, of which there are more or fewer as memory is tidied
        self.env.user.fetch(["company_id"])
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def test_the_check_asks_as_often_for_ten_rows_as_for_two_hundred(self):
        self._count_queries(self._file_of(1)._examine)
        few, many = self._file_of(10), self._file_of(200)
        self.assertEqual(self._count_queries(few._examine), self._count_queries(many._examine))
        few.action_import()
        many.action_import()
        self._count_queries(few._examine)  # access rules are read once and kept
        self.assertEqual(self._count_queries(few._examine), self._count_queries(many._examine))

    def test_import_and_undo_ask_as_often_for_ten_contracts_as_for_fifty(self):
        counts = {}
        for size in (5, 10, 50):
            wizard = self._file_of(size)
            made = self._count_queries(wizard.action_import)
            counts[size] = (made, self._count_queries(wizard.batch_id.action_undo))
        self.assertEqual(counts[10], counts[50])
