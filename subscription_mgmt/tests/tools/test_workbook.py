"""Reading workbooks of every kind, and refusing what is none."""

import io
import json
import time
import tracemalloc
import unittest
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import xlwt

from subscription_mgmt.tools import workbook
from subscription_mgmt.tools.importing.contracts import CONTRACTS
from subscription_mgmt.tools.importing.rows import Options, read_rows
from subscription_mgmt.tools.importing.values import fold, shown
from subscription_mgmt.tools.refusal import Refusal
from subscription_mgmt.tools.workbook.cells import (
    Fault,
    PaddedNumber,
    Percent,
    column_index,
    column_letter,
    from_serial,
)
from subscription_mgmt.tools.workbook.number_formats import format_kind

HOSTILE = Path(__file__).parents[1] / "data" / "hostile"
EXPECTED = json.loads((HOSTILE / "expected.json").read_text())
CASES = {case["id"]: case for case in EXPECTED["cases"]}
# What only a database can tell; the rows of these files are right by themselves.
NEED_DATABASE = {"percent_in_error", "ref_unknown", "ref_dup_code", "ref_other_company", "dup_db", "many_errors"}
# The content decides, not the name: the set allows it.
READ_ANYWAY = {"csv_as_xls"}


def xlsx(rows, change=None):
    """Return an .xlsx made by openpyxl; `change(book)` may do more."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repack(content, changes):
    """Return an archive with parts replaced, added, or (None) left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()} | changes
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return stream.getvalue()


def sheet_with(body):
    """Return an .xlsx whose sheet part holds the given rows as XML."""
    part = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{body}</sheetData></worksheet>"
    )
    return repack(xlsx([["x"]]), {"xl/worksheets/sheet1.xml": part})


def rows(content, filename="file.xlsx"):
    """Return all rows of the first sheet."""
    return list(workbook.read(content, filename)[0].rows())


class WorkbookCase(unittest.TestCase):
    def assertRefused(self, code, content, filename="file.xlsx"):
        with self.assertRaises(Refusal) as caught:
            for sheet in workbook.read(content, filename):
                list(sheet.rows())
        self.assertEqual(caught.exception.code, code)
        return caught.exception


class TestHostileFiles(WorkbookCase):
    """Every file of the acceptance set, as far as it can be judged without a database."""

    def _read(self, case):
        content = (HOSTILE / case["file"]).read_bytes()
        try:
            sheets = workbook.read(content, case.get("upload_as") or Path(case["file"]).name)
            return read_rows(sheets, Options(CONTRACTS))
        except Refusal as refusal:
            return refusal

    def test_expected_outcome(self):
        for case in EXPECTED["cases"]:
            with self.subTest(case["id"]):
                reading = self._read(case)
                if case["expect"] == "accept" or case["id"] in NEED_DATABASE | READ_ANYWAY:
                    codes = {problem.code for problem in reading.problems}
                    self.assertEqual(codes, set())
                else:
                    self.assertTrue(isinstance(reading, Refusal) or reading.problems)

    def test_time_and_memory(self):
        for case in EXPECTED["cases"]:
            with self.subTest(case["id"]):
                start = time.process_time()
                self._read(case)
                self.assertLess(time.process_time() - start, case["limits"]["seconds"])
                if case["group"] in ("dos", "xml", "csv"):
                    self.assertLess(self._peak(case), case["limits"]["extra_memory_mb"])

    def _peak(self, case):
        """Megabytes that Python holds at most while it reads the file."""
        tracemalloc.start()
        try:
            self._read(case)
            return tracemalloc.get_traced_memory()[1] / 1024 / 1024
        finally:
            tracemalloc.stop()

    def test_values(self):
        for case in EXPECTED["cases"]:
            if case["expect"] == "accept":
                with self.subTest(case["id"]):
                    found = [self._plain(contract) for contract in self._read(case).groups]
                    expected = [{k: v for k, v in values.items() if v is not None} for values in case["values"]]
                    if case["id"] == "ref_xmlid":
                        expected[0]["corporate_customer"] = "__import__.imp_corp_9001"
                    self.assertEqual(found, expected)

    def _plain(self, contract):
        return {
            key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in contract.values.items()
        }

    def test_every_problem_names_the_cell(self):
        for name, expected in {
            "nan_inf": [(2, "Birim Fiyat*", "NaN"), (3, "Birim Fiyat*", "Infinity")],
            "bool_bad": [(3, "Kıst", "2"), (4, "Kıst", "belki")],
            "error_cells": [(2, "Proje ID", "#N/A"), (3, "Şube ID", "#DIV/0!")],
            "id_fraction": [(2, "Kurumsal Müşteri ID*", "9001.5")],
        }.items():
            with self.subTest(name):
                problems = self._read(CASES[name]).problems
                self.assertEqual([(p.row, p.column, p.value) for p in problems], expected)


class TestXlsx(WorkbookCase):
    def test_types_of_cells(self):
        def formats(book):
            book.active["E1"].number_format = "00000"
            book.active["F1"].number_format = "0%"

        [(number, cells)] = rows(xlsx([["a", 7, 1.5, True, 123, 0.1, datetime(2025, 1, 31), None]], formats))
        self.assertEqual(number, 1)
        self.assertEqual(cells, ["a", 7, 1.5, True, 123, 0.1, datetime(2025, 1, 31)])
        self.assertEqual(str(cells[4]), "00123")
        self.assertIsInstance(cells[5], Percent)

    def test_rows_keep_the_number_the_sheet_shows(self):
        content = xlsx([["a"], [None], ["  "], ["b"]])
        self.assertEqual(rows(content), [(1, ["a"]), (4, ["b"])])

    def test_rich_text_is_put_together_and_reading_aids_left_out(self):
        body = (
            '<row r="1"><c r="A1" t="inlineStr"><is><r><t>Ay</t></r><r><t>şe</t></r><rPh><t>x</t></rPh></is></c></row>'
        )
        self.assertEqual(rows(sheet_with(body)), [(1, ["Ayşe"])])

    def test_formulas_give_their_stored_value(self):
        body = (
            '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1&amp;"x"</f><v>2x</v></c>'
            '<c r="C1"><f>NOW()</f></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        )
        [(_number, cells)] = rows(sheet_with(body))
        self.assertEqual(cells, [2, "2x", Fault("formula_without_value", "="), Fault("error_cell", "#DIV/0!")])

    def test_a_blank_cell_far_away_is_nothing(self):
        self.assertEqual(rows(sheet_with('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>')), [(1, [1])])

    def test_a_value_far_away_is_refused_with_its_address(self):
        refusal = self.assertRefused("too_many_columns", sheet_with('<row r="9"><c r="XFD9"><v>1</v></c></row>'))
        self.assertEqual(refusal.params["address"], "XFD9")

    def test_broken_cells(self):
        for cell in (
            '<c r="A1" t="s"><v>99</v></c>',  # a shared text that does not exist
            '<c r="A1"><v>x</v></c>',
            '<c r="??"><v>1</v></c>',
            '<c r="A1" s="999"><v>1</v></c>',
        ):
            with self.subTest(cell):
                self.assertRefused("corrupt_file", sheet_with(f'<row r="1">{cell}</row>'))

    def test_hidden_sheets_are_passed_over(self):
        def hide(book):
            book.create_sheet("Data").append(["b"])
            book.worksheets[0].sheet_state = "hidden"

        sheets = workbook.read(xlsx([["a"]], hide), "f.xlsx")
        self.assertEqual([sheet.name for sheet in sheets], ["Data"])

    def test_merged_cells_are_told(self):
        sheet = workbook.read(xlsx([["a"], ["b"]], lambda book: book.active.merge_cells("A2:A3")), "f.xlsx")[0]
        for _ in range(2):
            list(sheet.rows())
        self.assertEqual(sheet.merged, ["A2:A3"])

    def test_macros(self):
        self.assertRefused("macros", repack(xlsx([["a"]]), {"xl/vbaProject.bin": b"x"}))

    def test_other_office_files(self):
        content = xlsx([["a"]])
        self.assertRefused("wrong_type", repack(content, {"_rels/.rels": None}))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            relations = archive.read("_rels/.rels").replace(b"xl/workbook.xml", b"word/document.xml")
        self.assertRefused("wrong_type", repack(content, {"_rels/.rels": relations}))

    def test_a_document_type_is_refused_in_every_part(self):
        for part in ("xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"):
            with self.subTest(part):
                content = xlsx([["a", 1]])
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    xml = archive.read(part).decode()
                head, _, tail = xml.rpartition("?>") if xml.startswith("<?xml") else ("", "", xml)
                evil = f"{head}{'?>' if head else ''}<!DOCTYPE x [<!ENTITY a 'b'>]>{tail}"
                self.assertRefused("dtd_forbidden", repack(content, {part: evil}))

    def test_too_many_parts(self):
        self.assertRefused("suspicious_archive", repack(xlsx([["a"]]), {f"x/{i}": b"" for i in range(5001)}))

    def test_truncated_anywhere_is_refused_not_raised(self):
        content = xlsx([["a", 1]] * 50)
        for size in range(4, len(content) - 1, 97):
            with self.subTest(size):
                self.assertRefused("corrupt_file", content[:size])

    def test_blank_rows_by_the_ten_thousand(self):
        body = "".join(f'<row r="{i}"><c r="A{i}" s="0"/></row>' for i in range(1, 60_000))
        self.assertEqual(rows(sheet_with(body + '<row r="60000"><c r="A60000"><v>1</v></c></row>')), [(60_000, [1])])


class TestXls(WorkbookCase):
    def _xls(self, fill, visibility=0):
        book = xlwt.Workbook()
        sheet = book.add_sheet("Sayfa")
        sheet.visibility = visibility
        fill(sheet)
        if visibility:
            book.add_sheet("Other").write(0, 0, "x")
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def test_types_of_cells(self):
        def fill(sheet):
            sheet.write(0, 0, "İğdır")
            sheet.write(0, 1, 9001)
            sheet.write(0, 2, 123, xlwt.easyxf(num_format_str="00000"))
            sheet.write(0, 3, datetime(2025, 1, 31), xlwt.easyxf(num_format_str="dd.mm.yyyy"))
            sheet.write(0, 4, True)

        [(_number, cells)] = rows(self._xls(fill), "a.xls")
        self.assertEqual(cells, ["İğdır", 9001, 123, datetime(2025, 1, 31), True])
        self.assertEqual(str(cells[2]), "00123")
        self.assertIsInstance(cells[1], int)

    def test_hidden_sheet_and_merged_cells(self):
        content = self._xls(lambda sheet: sheet.write(0, 0, "x"), visibility=1)
        self.assertEqual([sheet.name for sheet in workbook.read(content, "a.xls")], ["Other"])
        sheet = workbook.read(self._xls(lambda sheet: sheet.write_merge(1, 3, 0, 1, "x")), "a.xls")[0]
        list(sheet.rows())
        self.assertEqual(sheet.merged, ["A2:B4"])

    def test_truncated_anywhere_is_refused_not_raised(self):
        content = self._xls(lambda sheet: sheet.write(0, 0, "x"))
        for size in range(8, len(content) // 2, 211):
            with self.subTest(size), self.assertRaises(Refusal):
                [list(sheet.rows()) for sheet in workbook.read(content[:size], "a.xls")]

    def test_another_document_in_the_same_container(self):
        content = self._xls(lambda sheet: sheet.write(0, 0, "a"))
        content = content.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
        self.assertRefused("wrong_type", content, "a.xls")

    def test_encrypted_workbook_of_today(self):
        container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
        self.assertRefused("encrypted", container)


class TestCsv(WorkbookCase):
    TEXT = "Abone No;Tanım;Açıklama\r\n1;İğne, ışık şöför;ğüşıöç\r\n"

    def test_encodings(self):
        for encoding in ("utf-8", "utf-8-sig", "cp1254", "iso-8859-9", "utf-16", "utf-16-le", "utf-16-be"):
            with self.subTest(encoding):
                self.assertEqual(rows(self.TEXT.encode(encoding), "a.csv")[1], (2, ["1", "İğne, ışık şöför", "ğüşıöç"]))

    def test_romanian_code_page(self):
        text = "Nr. abonat;Descriere;Notă\n1;Mâine în țară;x\n".replace("ț", "ţ")
        self.assertEqual(rows(text.encode("cp1250"), "a.csv")[0][1][2], "Notă")

    def test_letters_of_two_code_pages_are_not_guessed(self):
        self.assertRefused("encoding_undetermined", "a;b\nı;x\n".encode("cp1254") + b"\xe3;y\n", "a.csv")

    def test_separators(self):
        for separator in ";,\t|":
            with self.subTest(separator):
                text = f'a{separator}"b;,|x"{separator}c\n1{separator}2{separator}\n'
                self.assertEqual(rows(text.encode(), "a.csv"), [(1, ["a", "b;,|x", "c"]), (2, ["1", "2", None])])

    def test_one_column(self):
        self.assertEqual(rows(b"a\nb\n", "a.csv"), [(1, ["a"]), (2, ["b"])])

    def test_blank_records_are_counted_and_passed_over(self):
        self.assertEqual(rows(b"a;b\n\n;\n1;2\n", "a.csv"), [(1, ["a", "b"]), (4, ["1", "2"])])

    def test_an_open_quote(self):
        self.assertEqual(self.assertRefused("csv_malformed", b'a;b\n1;"x\n2;3\n', "a.csv").params["row"], 2)

    def test_other_kinds(self):
        for content in (b"%PDF-1.7", b"\x00\x01\x02\x03" * 20, b"<html><table>", b'<?xml version="1.0"?><Workbook>'):
            with self.subTest(content[:8]):
                self.assertRefused("wrong_type", content, "a.csv")

    def test_nothing_but_blanks(self):
        self.assertRefused("empty_file", b"\xef\xbb\xbf \r\n ", "a.csv")


class TestNames(WorkbookCase):
    def test_the_content_decides(self):
        self.assertEqual(rows(xlsx([["a"]]), "a.csv"), [(1, ["a"])])
        self.assertEqual(rows(b"a;b\n", "A.XLSX"), [(1, ["a", "b"])])

    def test_but_the_name_must_be_one_of_the_list(self):
        for name in ("a.exe", "a.xlsm", "a.ods", "a"):
            with self.subTest(name):
                self.assertRefused("wrong_type", xlsx([["a"]]), name)

    def test_size(self):
        self.assertRefused("file_too_big", b"x" * (workbook.MAX_BYTES + 1))
        self.assertRefused("empty_file", b"")


class TestCells(unittest.TestCase):
    def test_serial_numbers(self):
        for serial, base_1904, expected in (
            (1, False, datetime(1900, 1, 1)),
            (59, False, datetime(1900, 2, 28)),
            (61, False, datetime(1900, 3, 1)),
            (45306, False, datetime(2024, 1, 15)),
            (45306.97916666, False, datetime(2024, 1, 15, 23, 30)),
            (43844, True, datetime(2024, 1, 15)),
            (0, True, datetime(1904, 1, 1)),
            (2_958_465, False, datetime(9999, 12, 31)),
        ):
            with self.subTest(serial=serial, base_1904=base_1904):
                self.assertEqual(from_serial(serial, base_1904), expected)

    def test_serial_numbers_of_no_day(self):
        for serial in (-1, 0, 60, 2_958_466, 9e6):
            with self.subTest(serial), self.assertRaises(Refusal):
                from_serial(serial)

    def test_column_names(self):
        for index, name in ((0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")):
            self.assertEqual(column_letter(index), name)
            self.assertEqual(column_index(name), index)
        for name in ("", "a", "XFE", "A1"):
            with self.assertRaises(KeyError):
                column_index(name)

    def test_number_formats(self):
        for code, kind in {
            "General": None,
            "0.00": None,
            "#,##0.00 [$₺-41F]": None,
            '0 "gün"': None,
            "dd.mm.yyyy": "date",
            "[$-41F]d mmmm yyyy;@": "date",
            "[h]:mm": "date",
            "0%": "percent",
            "00000": 5,
            "0": None,
            "[Red]00000": 5,
            "000-00": (None, None, None, "-", None, None),
            '"AB-"0': ("AB-", None),
            "000.0": None,
            "[<=9999999]000-0000;(000) 000-0000": None,
            "[=0]000;00000": None,
        }.items():
            with self.subTest(code):
                self.assertEqual(format_kind(code), kind)

    def test_shown(self):
        for cell, text in (
            (None, ""),
            (9001, "9001"),
            (9001.5, "9001.5"),
            (PaddedNumber(7, 3), "007"),
            (PaddedNumber(7, ("AB-", None, None)), "AB-07"),
            (PaddedNumber(-12345, (None, None, "-", None)), "-1234-5"),
            (Percent(0.1), "10%"),
            (datetime(2025, 1, 31), "31.01.2025"),
            (Fault("error_cell", "#N/A"), "#N/A"),
        ):
            self.assertEqual(shown(cell), text)

    def test_fold(self):
        words = ("BAŞLANGIÇ TARİHİ *", "başlangıç\ntarihi", "Başlangıç  Tarihi*", "baslangic tarihi")
        self.assertEqual({fold(word) for word in words}, {"baslangictarihi"})


if __name__ == "__main__":
    unittest.main()
