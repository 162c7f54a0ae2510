import base64
import io
import json
import time
import zipfile
from datetime import date
from pathlib import Path
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...models.importing import subscription_import_engine
from ...models.importing.subscription_import_engine import Result
from ...tools import workbook
from ...tools.importing.rules import Problem
from .import_common import ImportCommon

HOSTILE = Path(__file__).parents[1] / "data" / "hostile"
EXPECTED = json.loads((HOSTILE / "expected.json").read_text())
# The content decides, not the name: the set allows it.
READ_ANYWAY = {"csv_as_xls": "ok_xlsx"}


@tagged("post_install", "-at_install")
class TestImportHostile(ImportCommon):
    """The acceptance set of good, odd and hostile files, against records as it describes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.ref = cls.person.ref = cls.contact.ref = False
        cls.product.default_code = "STK-01"
        cls.records = {}
        data = EXPECTED["reference_data"]
        for key in ("individual_customer", "corporate_customer"):
            for item in data[key]:
                cls._make_partner(item, key)
        cls._make_others()
        cls.env["subscription.contract"].create(
            {
                "name": "OLD-1",
                "subject": "Old",
                "partner_id": cls.customer.id,
                "date_start": "2024-01-01",
            }
        )

    @classmethod
    def _make_partner(cls, item, key):
        other = cls.env["res.company"].create({"name": "Other company"}) if item.get("other_company") else False
        partner = cls.env["res.partner"].create(
            {
                "name": item["name"],
                "ref": item["code"],
                "is_company": key == "corporate_customer",
                "active": not item.get("archived"),
                "company_id": other and other.id,
            }
        )
        cls.records[key, item["code"]] = partner
        if item.get("xmlid"):
            module, name = item["xmlid"].split(".")
            cls.env["ir.model.data"].create(
                {"module": module, "name": name, "model": "res.partner", "res_id": partner.id}
            )

    @classmethod
    def _make_others(cls):
        category = cls.env["subscription.category"]
        for code in "12":
            record = category.create({"name": code, "usage": "subscriber", "external_ref": code})
            cls.records["category", code] = record
        cls.records["service_category", "5"] = category.create({"name": "5", "usage": "service", "external_ref": "5"})
        cls.contact.write({"parent_id": cls.records["corporate_customer", "9001"].id, "ref": "77"})
        cls.records["contact", "77"] = cls.contact
        for key, code, record in (
            ("payment_method", "2", cls.company_data["default_journal_bank"].inbound_payment_method_line_ids[0]),
            ("payment_term", "3", cls.pay_terms_a),
            ("project", "30", cls.env["project.project"].create({"name": "Proje 30"})),
            ("asset", "15", cls.env["maintenance.equipment"].create({"name": "Sayaç 15"})),
            ("branch", "1", cls.company),
            ("sales_rep", "12", cls.env["hr.employee"].create({"name": "Rep", "company_id": cls.company.id})),
        ):
            cls.records[key, code] = record
            cls.env["subscription.external.id"].create({"model": record._name, "code": code, "res_id": record.id})

    def _wizard(self, case):
        return self.wizard((HOSTILE / case["file"]).read_bytes(), case.get("upload_as") or Path(case["file"]).name)

    def test_files_to_accept(self):
        cases = {case["id"]: case for case in EXPECTED["cases"]}
        for case in EXPECTED["cases"]:
            values = cases[READ_ANYWAY.get(case["id"], case["id"])].get("values")
            if not values:
                continue
            with self.subTest(case["id"]), self.env.cr.savepoint() as savepoint:
                wizard = self._wizard(case)
                wizard.action_import()
                contracts = wizard.batch_id.contract_ids.sorted("id")
                self.assertEqual(len(contracts), len(values))
                for contract, expected in zip(contracts, values, strict=True):
                    self.assertContract(contract, expected)
                savepoint.rollback()

    def assertContract(self, contract, expected):
        """The contract has these values; of a record, the old id counts."""
        line = contract.line_ids
        customer = "individual_customer" if expected["individual_customer"] else "corporate_customer"
        self.assertEqual(contract.partner_id, self.records[customer, expected[customer]])
        invoice = expected["invoice_corporate"]
        payer = self.records["corporate_customer", invoice] if invoice else contract.partner_id
        self.assertEqual(contract.invoice_partner_id, payer)
        for key, record in (
            ("contact", contract.contact_id),
            ("category", contract.category_id),
            ("service_category", contract.service_category_id),
            ("payment_method", contract.payment_method_line_id),
            ("payment_term", contract.payment_term_id),
            ("project", contract.project_id),
            ("asset", contract.equipment_id),
            ("branch", contract.company_id),
            ("sales_rep", contract.employee_id),
        ):
            self.assertEqual(record, self.records.get((key, expected[key]), record.browse()), key)
        found = {
            "number": contract.name,
            "subject": contract.subject,
            "date_start": str(contract.date_start),
            "date_end": str(contract.date_end),
            "product": line.product_id.default_code,
            "price": line.price_unit,
            "prorate": line.prorate,
            "special_code": contract.special_code,
            "note": contract.note or "",
        }
        self.assertEqual(found, {key: expected[key] for key in found})

    def test_files_to_refuse(self):
        before = self._count_everything()
        for case in EXPECTED["cases"]:
            if case["expect"] == "refuse" and case["id"] not in READ_ANYWAY:
                with self.subTest(case["id"]):
                    self.assertRefused(case)
        self.assertEqual(self._count_everything(), before)

    def assertRefused(self, case):
        """The check lists what the set wants named, and the import makes nothing of it."""
        wizard = self._wizard(case)
        wizard.action_check()
        self.assertEqual(wizard.state, "refused")
        lines = [issue._describe() for issue in wizard.issue_ids]
        text = "\n".join(lines).casefold()
        for words in case["message_must_mention"]:
            self.assertIn(words.casefold(), text)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            wizard.action_import()
        self.assertNotIn("root:", text)

    def _count_everything(self):
        names = ("subscription.contract", "subscription.contract.line", "subscription.import.batch", "res.partner")
        return {name: self.env[name].with_context(active_test=False).search_count([]) for name in names}

    def test_all_problems_of_a_file_are_listed(self):
        wizard = self._wizard(next(case for case in EXPECTED["cases"] if case["id"] == "many_errors"))
        wizard.action_check()
        self.assertEqual(wizard.error_count, 40)
        self.assertEqual(sorted({issue.row_number for issue in wizard.issue_ids}), list(range(2, 41, 2)))
        self.assertEqual(set(wizard.issue_ids.mapped("column")), {"Proje ID", "Şube ID"})


@tagged("post_install", "-at_install")
class TestImportOdd(ImportCommon):
    """What no sheet program writes, and what a tired person does."""

    def _escaped(self, **values):
        """A workbook whose texts carry control characters the way Excel escapes them."""
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.workbook(self.row(**values)))) as old, zipfile.ZipFile(stream, "w") as new:
            for name in old.namelist():
                part = old.read(name)
                for mark, code in ((b"NUL", b"_x0000_"), (b"HALF", b"_xD800_")):
                    part = part.replace(mark, code)
                new.writestr(name, part)
        return stream.getvalue()

    def test_text_that_no_database_stores(self):
        for key, value, code in (
            ("subject", "aNULb", "bad_character"),
            ("subject", "aHALFb", "bad_character"),
            ("corporate_customer", "90HALF01", "bad_character"),
            ("price", "1NUL", "bad_number"),
            ("date_start", "HALF", "bad_date"),
        ):
            with self.subTest(value):
                wizard = self.wizard(self._escaped(**{key: value}))
                wizard.action_check()
                self.assertIssues(wizard, [(2, self.layout.by_key[key].label("tr"), code)])
                self.assertIn("\N{REPLACEMENT CHARACTER}", wizard.issue_ids.value)
                wizard.action_download_errors()
                [sheet] = workbook.read(base64.b64decode(wizard.error_file))
                self.assertEqual(len(list(sheet.rows())), 2)

    def test_headings_that_no_database_stores(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.workbook(self.row()))) as old, zipfile.ZipFile(stream, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b"Tan", b"T_x0000_a_xD800_n"))
        wizard = self.wizard(stream.getvalue())
        wizard.action_check()
        self.assertEqual((wizard.state, wizard.contract_count), ("checked", 1))
        self.assertIn("T\ufffda\ufffdnım*", wizard.column_ids.mapped("heading"))

    def test_figures_that_would_not_be_kept(self):
        price, quantity = (self.layout.by_key[key].label("tr") for key in ("price", "quantity"))
        self.assertIssues(self.check(self.row(price=1e300, quantity=1e300)), [
            (2, price, "too_big"),
            (2, quantity, "too_big"),
        ])  # fmt: skip
        self.assertIssues(self.check(self.row(price=999_999_999.99, quantity=1_001)), [(2, quantity, "too_big")])
        contract = self.load(self.row(price=999_999_999_999.99, quantity=1))
        self.assertEqual(contract.line_ids.price_unit, 999_999_999_999.99)

    def test_periods_beyond_the_calendar(self):
        interval = self.layout.by_key["interval"].label("tr")
        for values in (
            {"interval": 9999, "unit": "yıl"},
            {"interval": 9999, "repetitions": 9999, "unit": "gün"},
            {"interval": 90, "repetitions": 90, "unit": "yıl"},
        ):
            self.assertIssues(self.check(self.row(**values)), [(2, interval, "too_far")])
        line = self.load(self.row(interval=9999, unit="gün")).line_ids
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            line.interval_unit = "year"

    def test_paid_until_a_day_outside_of_the_contract(self):
        paid = self.layout.by_key["paid_until"].label("tr")
        for day, notices in (
            (date(2025, 12, 1), [(2, paid, "paid_outside")]),
            (date(2025, 12, 31), []),
            (date(2026, 12, 31), []),
            (date(2027, 1, 1), [(2, paid, "paid_outside")]),
        ):
            wizard = self.check(self.row(date_end=date(2026, 12, 31), paid_until=day))
            self.assertEqual(wizard.state, "checked")
            self.assertIssues(wizard, notices, level="warning")

    def test_a_code_with_something_nobody_sees_in_it(self):
        contract = self.load(self.row(number="AB\u200b-1", corporate_customer="90\ufeff01"))
        self.assertEqual((contract.name, contract.partner_id), ("AB-1", self.customer))

    def test_cells_joined_over_the_whole_sheet_again_and_again(self):
        problem = Problem("merged_cells", 3, params={"last": 1_048_576})
        start = time.monotonic()
        rows = Result(errors=[Problem("bad_date", 1), *[problem] * 1000, Problem("bad_date", 2)]).bad_rows
        self.assertEqual(rows, set(range(1, 1_048_577)))
        self.assertLess(time.monotonic() - start, 10)

    def test_failing_rows_with_numbers_shown_with_zeros(self):
        book = openpyxl.load_workbook(io.BytesIO(self.workbook(self.row(number=123, price="x"))))
        book.active["A2"].number_format = "00000"
        stream = io.BytesIO()
        book.save(stream)
        wizard = self.wizard(stream.getvalue())
        wizard.action_check()
        wizard.action_download_errors()
        [sheet] = workbook.read(base64.b64decode(wizard.error_file))
        self.assertEqual(str(list(sheet.rows())[1][1][0]), "00123")

    def test_more_unknown_ids_than_anybody_would_look_through(self):
        with patch.object(subscription_import_engine, "MAX_PROBLEMS", 2):
            wizard = self.check(*[self.row(number=f"N{n}", product=f"X{n}") for n in range(9)])
        self.assertEqual((wizard.state, wizard.error_count, wizard.can_import_good), ("refused", 4, False))
        self.assertEqual(wizard.issue_ids[0].code, "too_many_problems")
        with (
            self.assertRaisesRegex(UserError, "file as a whole"),
            patch.object(subscription_import_engine, "MAX_PROBLEMS", 2),
        ):
            wizard.action_download_errors()

    def test_any_file_name_can_be_downloaded(self):
        wizard = self.check(self.row(price="x"), filename="#1 100% ../a?.xlsx")
        self.assertRegex(wizard.action_download_errors()["url"], r"/error_file/[^/?#]*\.xlsx\?download=true$")
