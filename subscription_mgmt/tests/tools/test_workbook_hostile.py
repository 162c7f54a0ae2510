"""Files made to break a reader, or by programs that follow the rules in their own way."""

import io
import unittest
import zipfile
from datetime import datetime
from unittest.mock import patch

import openpyxl
from test_import_rows import GOOD, Sheet, read_contracts, sheet
from test_workbook import WorkbookCase, repack, rows, sheet_with, xlsx

from subscription_mgmt.tools.importing import errors as import_errors
from subscription_mgmt.tools.importing import rows as import_rows
from subscription_mgmt.tools.importing.contracts import CONTRACTS
from subscription_mgmt.tools.importing.values import shown
from subscription_mgmt.tools.refusal import Refusal
from subscription_mgmt.tools.workbook import archive as workbook_zip
from subscription_mgmt.tools.workbook import read_xlsx
from subscription_mgmt.tools.workbook.cells import PaddedNumber


def row(cells, attributes='r="1"'):
    return f"<row {attributes}>{cells}</row>"


def text_cell(address, text):
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


class TestArchive(WorkbookCase):
    def test_two_parts_of_one_name(self):
        for name in ("xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.xml", "xl\\worksheets\\sheet1.xml"):
            with self.subTest(name):
                stream = io.BytesIO(xlsx([["a"]]))
                with zipfile.ZipFile(stream, "a") as archive:
                    if name in archive.namelist():
                        with self.assertWarns(UserWarning):
                            archive.writestr(name, b"<worksheet><sheetData/></worksheet>")
                    else:
                        archive.writestr(name, b"<worksheet><sheetData/></worksheet>")
                self.assertRefused("corrupt_file", stream.getvalue())

    def test_methods_that_inflate_in_leaps(self):
        for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            stream = io.BytesIO()
            with zipfile.ZipFile(io.BytesIO(xlsx([["a"]]))) as old, zipfile.ZipFile(stream, "w", method) as new:
                for name in old.namelist():
                    new.writestr(name, old.read(name))
            self.assertRefused("corrupt_file", stream.getvalue())

    def test_a_tag_without_end(self):
        body = '<row r="1"><c r="A1"><v>1</v></c></row><row x="' + "ab" * 100_000
        with patch.object(workbook_zip, "MAX_TOKEN", 100_000):
            self.assertRefused("suspicious_archive", sheet_with(body))

    def test_more_elements_than_a_part_can_need(self):
        styles = '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + "<xf/>" * 20_000
        with patch.object(workbook_zip, "MAX_ELEMENTS", 10_000):
            self.assertRefused("suspicious_archive", repack(xlsx([[1]]), {"xl/styles.xml": styles}))


class TestSheetPart(WorkbookCase):
    def test_booleans_as_the_schema_allows_them(self):
        texts = {"A": "1", "B": " true ", "C": "false", "D": "0"}
        cells = "".join(f'<c r="{letter}1" t="b"><v>{text}</v></c>' for letter, text in texts.items())
        self.assertEqual(rows(sheet_with(row(cells))), [(1, [True, True, False, False])])

    def test_blank_cells_of_a_type(self):
        cells = text_cell("A1", "x") + '<c r="B1" t="b"/><c r="C1" t="d"/><c r="D1" t="str"/>'
        self.assertEqual(rows(sheet_with(row(cells))), [(1, ["x"])])

    def test_a_day_is_the_one_the_sheet_shows_whatever_its_zone(self):
        # Two cells of one moment on two days: what was read of the one must not be taken for the other.
        cells = (
            '<c r="A1" t="d"><v>2024-01-16T00:30:00+03:00</v></c><c r="B1" t="d"><v>2024-01-15T21:30:00+00:00</v></c>'
        )
        expected = [datetime(2024, 1, 16, 0, 30), datetime(2024, 1, 15, 21, 30)]
        self.assertEqual(rows(sheet_with(row(cells))), [(1, expected)])

    def test_a_cell_twice(self):
        cells = '<c r="A1"><v>5</v></c><c r="B1"><v>1</v></c><c r="A1"><v>900</v></c>'
        self.assertRefused("corrupt_file", sheet_with(row(cells)))
        self.assertEqual(rows(sheet_with(row('<c r="B1"><v>2</v></c><c r="A1"><v>1</v></c>'))), [(1, [1, 2])])

    def test_rows_that_no_sheet_has(self):
        cell = '<c r="A1"><v>1</v></c>'
        for number in ("0", "-5", "1048577", "99999999999"):
            with self.subTest(number):
                self.assertRefused("corrupt_file", sheet_with(row(cell, f'r="{number}"')))
        with patch.object(read_xlsx, "MAX_SHEET_ROWS", 100):
            self.assertRefused("corrupt_file", sheet_with('<row r="1"/>' * 101))

    def test_a_row_twice_or_out_of_order(self):
        for numbers in ((2, 2), (3, 2)):
            body = "".join(row(f'<c r="A{n}"><v>{n}</v></c>', f'r="{n}"') for n in numbers)
            self.assertRefused("corrupt_file", sheet_with(body))

    def test_buttons_stand_in_rows_too(self):
        body = row('<c r="A1"><v>1</v></c>') + "</sheetData><controls><from><row>3</row></from></controls><sheetData>"
        self.assertEqual(rows(sheet_with(body)), [(1, [1])])

    def test_joined_cells_without_end(self):
        body = (
            row('<c r="A1"><v>1</v></c>') + '</sheetData><mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/>'
        )
        with patch.object(read_xlsx, "MAX_MERGED", 1):
            self.assertRefused("suspicious_archive", sheet_with(body + "</mergeCells><sheetData>"))

    def test_a_format_without_a_number(self):
        styles = (
            '<styleSheet><numFmts><numFmt numFmtId="x" formatCode="0"/></numFmts><cellXfs><xf/></cellXfs></styleSheet>'
        )
        content = repack(xlsx([["a"]]), {"xl/styles.xml": styles})
        self.assertEqual(rows(content), [(1, ["a"])])


class TestCsvText(WorkbookCase):
    def test_titles_without_separators_above_the_headings(self):
        text = "Aboneler, 2026\r\n\r\na;b;c\r\n1;2;3\r\n"
        self.assertEqual(rows(text.encode(), "a.csv")[1:], [(3, ["a", "b", "c"]), (4, ["1", "2", "3"])])
        self.assertEqual(rows(b"List\na,b,c\n", "a.csv")[1], (2, ["a", "b", "c"]))

    def test_a_heading_of_two_lines(self):
        self.assertEqual(rows(b'"a\nb",c,d\n', "a.csv"), [(1, ["a\nb", "c", "d"])])

    def test_the_end_mark_of_old_programs(self):
        self.assertEqual(rows(b"a;b\n1;2\n\x1a", "a.csv"), [(1, ["a", "b"]), (2, ["1", "2"])])

    def test_a_stray_control_character_is_left_to_its_cell(self):
        for char in ("\x01", "\0", "\x1b"):
            self.assertEqual(rows(f"a;b\n1;x{char}y\n".encode(), "a.csv")[1], (2, ["1", f"x{char}y"]))
        self.assertRefused("wrong_type", b"\x01\x02\x03\x04\x05;b\n", "a.csv")

    def test_letters_that_two_code_pages_read_differently(self):
        self.assertRefused("encoding_undetermined", "a;b\nConstanţa;1\n".encode("cp1250"), "a.csv")
        self.assertEqual(rows("a;ı\nBeşiktaş;1\n".encode("cp1254"), "a.csv")[1], (2, ["Beşiktaş", "1"]))

    def test_web_pages_in_one_file(self):
        for text in ("MIME-Version: 1.0\nContent-Type: multipart/related\n", "<!-- x --><html>"):
            self.assertRefused("wrong_type", text.encode(), "a.xls")

    def test_columns_and_rows_that_no_sheet_has(self):
        self.assertEqual(rows(b"a;b" + b";" * 500, "a.csv")[0][1][:3], ["a", "b", None])
        refusal = self.assertRefused("too_many_columns", b"a;b" + b";" * 300 + b"x", "a.csv")
        self.assertEqual(refusal.params["address"], "KP1")
        self.assertRefused("too_many_rows", b"a;b\n" + b"\n" * 1_048_577, "a.csv")


class TestRows(unittest.TestCase):
    def test_a_sheet_is_gone_through_once(self):
        one = sheet(*[GOOD | {"number": f"A{i}"} for i in range(500)])
        with patch.object(Sheet, "rows", autospec=True, side_effect=Sheet.rows) as passes:
            reading = read_contracts([one])
        self.assertEqual((passes.call_count, reading.row_count, len(reading.problems)), (1, 500, 0))
        self.assertEqual(reading.samples[0][1], ["A0", "A1", "A2"])
        self.assertEqual(import_rows.read_raw_rows([one], import_rows.Options(CONTRACTS), {400})[1][400][0], "A398")

    def test_equal_cells_of_other_types_are_read_each_for_itself(self):
        """1, 1.0 and True are equal, and so are a number and one that is shown with zeros."""
        cells = [1, True, PaddedNumber(1, 3), 1, "1", True]
        rows_ = [GOOD | {"number": f"A{i}", "special_code": cell} for i, cell in enumerate(cells)]
        reading = read_contracts([sheet(*rows_)])
        self.assertEqual([(p.row, p.code) for p in reading.problems], [(3, "wrong_kind"), (7, "wrong_kind")])
        found = [group.rows[0].values.get("special_code") for group in reading.groups]
        self.assertEqual(found, ["1", None, "001", "1", "1", None])

    def test_so_many_problems_that_nobody_would_look_through_them(self):
        bad = sheet(*[GOOD | {"number": f"A{i}", "price": "x"} for i in range(30)])
        differing = sheet(*[GOOD | {"subject": f"S{i}", "product": f"P{i}"} for i in range(30)])
        for one in (bad, differing):
            with patch.object(import_rows, "MAX_PROBLEMS", 20):
                reading = read_contracts([one])
            self.assertTrue(reading.refused)
            self.assertEqual((reading.problems[0].code, len(reading.problems)), ("too_many_problems", 22))

    def test_the_name_of_a_sheet_can_be_stored(self):
        self.assertEqual(read_contracts([sheet(GOOD, name="a\x00")]).sheets, ["a\ufffd"])

    def test_joined_cells_with_rows_of_thousands_of_digits(self):
        one = sheet(GOOD, merged=["A1:A" + "9" * 5000, "A2:B2"])
        self.assertEqual([problem.value for problem in read_contracts([one]).problems], ["A2:B2"])

    def test_a_heading_is_cut(self):
        one = Sheet([["Subscriber No", "Subject", "x" * 30_000], ["1", "2", "3"]])
        self.assertEqual(max(len(problem.column) for problem in read_contracts([one]).problems), 200)


class TestShown(unittest.TestCase):
    def test_what_cannot_be_stored_is_shown_by_a_sign(self):
        self.assertEqual(shown("a\x00b\ud800c\uffffd"), "a\ufffdb\ufffdc\ufffdd")
        self.assertEqual(shown("a\r\nb\tc\u202e"), "a\nb\tc\u202e")

    def test_the_workbook_of_failing_rows_takes_any_text(self):
        texts = ["a\x00", "\ud800", "\uffff", "a\r\nb", "=1+1", "x" * 32_767]
        content = import_errors.build_error_workbook(["H\ufffe"], {2: texts}, [(2, "H", "\x01")], {"H": 0}, "Failing")
        self.assertEqual(rows(content)[1][1][:6], ["a\ufffd", "\ufffd", "\ufffd", "a\nb", "=1+1", "x" * 32_767])

    def test_the_workbook_of_failing_rows_gives_masked_numbers_back_as_they_were(self):
        for mask in (5, ("AB-", None, None), ("\u20ba", None), ("(", None, ")"), ("a\\b", None)):
            number = PaddedNumber(1234, mask)
            content = import_errors.build_error_workbook(["H"], {2: [number]}, [(2, "H", "x")], {"H": 0}, "Failing")
            found = rows(content)[1][1][0]
            self.assertEqual((found, type(found), shown(found)), (1234, PaddedNumber, shown(number)))

    def test_of_very_many_problems_the_first_get_a_comment(self):
        cells = {number: ["x"] for number in range(2, 12)}
        problems = [(number, "H", "wrong") for number in cells]
        with patch.object(import_errors, "MAX_COMMENTS", 3):
            content = import_errors.build_error_workbook(["H"], cells, problems, {"H": 0}, "Failing")
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        self.assertEqual([bool(row[0].comment) for row in sheet.iter_rows(min_row=2)], [True] * 3 + [False] * 7)
        self.assertEqual({row[2].value for row in sheet.iter_rows(min_row=2)}, {"H: wrong"})

    def test_a_lost_letter_is_not_taken_back(self):
        with self.assertRaises(Refusal) as caught:
            import_rows.values.read_text("Be\ufffdikta\ufffd")
        self.assertEqual(caught.exception.code, "lost_letter")


if __name__ == "__main__":
    unittest.main()
