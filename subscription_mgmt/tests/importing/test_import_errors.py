import base64
import io
from datetime import date

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportErrors(ImportCommon):
    """What is wrong, by kind; the workbook of failing rows; importing the good ones."""

    def failing(self, wizard):
        """The workbook of failing rows, as openpyxl sees it."""
        wizard.action_download_errors()
        return openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.error_file))).active

    # === BY KIND === #
    def test_problems_are_grouped_by_kind(self):
        rows = [
            self.row(number=f"N{n}", product="XX" if n % 2 else "YY", price="x" if n == 3 else 1) for n in range(20)
        ]
        wizard = self.check(*rows)
        first, second = wizard.problem_kinds
        self.assertEqual((first["column"], first["count"]), ("Ürün Kodu*", 20))
        self.assertEqual(first["values"], "YY (10), XX (10)")
        self.assertTrue(first["rows"].startswith("2, 3, 4") and first["rows"].endswith("…"))
        self.assertIn("Old System IDs", first["hint"])
        self.assertEqual((second["column"], second["count"], second["rows"]), ("Birim Fiyat*", 1, "5"))
        self.assertIn("YY (10)", wizard.problem_html)

    def test_known_values_are_shown_as_a_hint(self):
        self.env["subscription.category"].create({"name": "A", "usage": "subscriber", "external_ref": "1"})
        wizard = self.check(self.row(category="8"))
        self.assertIn("Known: 1.", wizard.problem_kinds[0]["message"])

    # === FAILING ROWS === #
    def test_failing_rows_are_marked_and_explained(self):
        sheet = self.failing(self.check(self.row(), self.row(number="AB-2", product="XX", note="dokuz")))
        headings = [cell.value for cell in sheet[1]]
        self.assertEqual(headings[0], "Abone No*")
        self.assertEqual((sheet.max_row, sheet.cell(2, 1).value), (2, "AB-2"))
        bad = sheet.cell(2, headings.index("Ürün Kodu*") + 1)
        self.assertEqual((bad.value, bad.fill.fgColor.rgb), ("XX", "00FFC7CE"))
        self.assertIn("No record with this id", bad.comment.text)
        self.assertFalse(sheet.cell(2, 1).comment)
        self.assertEqual(sheet.cell(2, len(headings) - 1).value, "3", "the row in the file that was loaded")
        self.assertIn("Ürün Kodu*: No record with this id", sheet.cell(2, len(headings)).value)

    def test_a_contract_is_given_back_whole(self):
        rows = [self.row(), self.row(product="XX", price=5), self.row(number="AB-2")]
        sheet = self.failing(self.check(*rows))
        self.assertEqual([row[0].value for row in sheet.iter_rows(min_row=2)], ["AB-1", "AB-1"])

    def test_mended_it_is_loaded_again_as_it_is(self):
        rows = [
            self.row(number="007", price=12.5, note="-1+1", date_end=date(2027, 1, 31), product="XX", discount="5"),
            self.row(number="AB-2"),
        ]
        sheet = self.failing(self.check(*rows))
        headings = [cell.value for cell in sheet[1]]
        sheet.cell(2, headings.index("Ürün Kodu*") + 1).value = "NET"
        stream = io.BytesIO()
        sheet.parent.save(stream)
        wizard = self.wizard(stream.getvalue())
        wizard.action_import()
        contract = wizard.batch_id.contract_ids
        self.assertRecordValues(
            contract, [{"name": "007", "date_end": date(2027, 1, 31), "note": "-1+1", "date_start": date(2026, 1, 1)}]
        )
        self.assertEqual((contract.line_ids.price_unit, contract.line_ids.discount), (12.5, 5))

    def test_no_text_becomes_a_formula(self):
        attacks = ['=HYPERLINK("http://evil.example","x")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1"]
        rows = [self.row(number=f"N{n}", subject=text, product="XX") for n, text in enumerate(attacks)]
        head, *lines = [list(row) for row in (rows[0].keys(), *(row.values() for row in rows))]
        labels = ["Abone No", "Kurumsal Müşteri ID", "Tanım", "Başlangıç Tarihi", "Ürün Kodu", "Birim Fiyat"]
        self.assertEqual(len(labels), len(head))
        quoted = [
            ";".join('"{}"'.format(str(v).replace('"', '""')) for v in (*line[:3], "01.01.2026", *line[4:]))
            for line in lines
        ]
        wizard = self.wizard("\n".join([";".join(labels), *quoted]).encode(), "a.csv")
        wizard.action_check()
        sheet = self.failing(wizard)
        cells = [row[2] for row in sheet.iter_rows(min_row=2)]
        self.assertEqual([cell.data_type for cell in cells], ["s"] * 5)
        self.assertEqual([cell.value for cell in cells], attacks)

    def test_no_failing_rows_of_a_file_that_is_refused_whole(self):
        for content in (b"x;y\n1;2", self.workbook({"number": "1", "subject": "x"})):
            wizard = self.wizard(content, "a.csv" if content.startswith(b"x") else "a.xlsx")
            wizard.action_check()
            self.assertFalse(wizard.can_import_good)
            with self.assertRaisesRegex(UserError, "file as a whole"):
                wizard.action_download_errors()

    # === THE GOOD ROWS === #
    def test_the_good_rows_are_imported_when_a_person_says_so(self):
        rows = [self.row(), self.row(product="XX", price=5), self.row(number="AB-2"), self.row(number="AB-3")]
        wizard = self.check(*rows)
        self.assertEqual((wizard.can_import_good, wizard.contract_count, wizard.skipped_count), (True, 2, 1))
        wizard.action_import_good()
        batch = wizard.batch_id
        self.assertEqual(batch.contract_ids.sorted("name").mapped("name"), ["AB-2", "AB-3"])
        self.assertRecordValues(
            batch, [{"state": "done", "good_only": True, "done_count": 2, "skipped_count": 1, "row_count": 4}]
        )
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(batch.error_file)))
        self.assertEqual([row[0].value for row in book.active.iter_rows(min_row=2)], ["AB-1", "AB-1"])

    def test_not_before_the_list_was_seen(self):
        wizard = self.wizard(self.workbook(self.row(), self.row(number="AB-2", product="XX")))
        with self.assertRaisesRegex(UserError, "Check the file first"):
            wizard.action_import_good()
        wizard.action_check()
        wizard.file = base64.b64encode(self.workbook(self.row(), self.row(number="AB-3", product="YY")))
        with self.assertRaisesRegex(UserError, "Check the file first"):
            wizard.action_import_good()
        self.assertFalse(self.env["subscription.contract"].search([("name", "=", "AB-1")]))

    def test_a_merged_stretch_keeps_all_its_rows_out(self):
        book = openpyxl.load_workbook(
            io.BytesIO(self.workbook(*(self.row(number=f"N{n}", note="x") for n in range(4))))
        )
        book.active.merge_cells("G3:G4")
        stream = io.BytesIO()
        book.save(stream)
        wizard = self.wizard(stream.getvalue())
        wizard.action_check()
        self.assertIssues(wizard, [(3, "", "merged_cells")])
        wizard.action_import_good()
        self.assertEqual(wizard.batch_id.contract_ids.sorted("name").mapped("name"), ["N0", "N3"])
