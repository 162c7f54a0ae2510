"""The process in which a stranger's file is read: its answers, its limits, and what it may send back."""

import io
import os
import pickle
import struct
import sys
import unittest
from unittest.mock import patch

import openpyxl
import xlwt

from subscription_mgmt.tools import workbook
from subscription_mgmt.tools.importing import rows as import_rows
from subscription_mgmt.tools.importing import sandbox
from subscription_mgmt.tools.importing.contracts import CONTRACTS
from subscription_mgmt.tools.importing.layout import Layout
from subscription_mgmt.tools.refusal import Refusal

KEYS = ("number", "corporate_customer", "subject", "date_start", "product", "price", "prorate", "note")
AS_IS = import_rows.Options(CONTRACTS)
HEADINGS = [CONTRACTS.by_key[key].label("tr") for key in KEYS]


def xlsx(*rows):
    book = openpyxl.Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class TestSandbox(unittest.TestCase):
    def assertRefused(self, code, content, filename="a.xlsx"):
        with self.assertRaises(Refusal) as caught:
            sandbox.read_file(content, filename, AS_IS)
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    def test_it_reads_what_is_read_without_it(self):
        content = xlsx(
            ["1", 9, "Ş", "2026-01-01", "N", 1.5, True, "x\ny"], ["2", "=1", None, "dün", "N", "x", "evet", ""]
        )
        expected = import_rows.read_rows(workbook.read(content, "a.xlsx"), AS_IS)
        found = sandbox.read_file(content, "a.xlsx", AS_IS)
        self.assertEqual(found, expected)
        self.assertIs(type(found.groups[0].rows[0]), type(expected.groups[0].rows[0]))

    def test_it_gives_rows_back_as_they_are(self):
        content = xlsx(["1"], ["2"], ["3"])
        headings, rows = sandbox.read_raw(content, "a.xlsx", AS_IS, {3})
        self.assertEqual((headings, rows), (HEADINGS, {3: ["2"]}))

    def test_what_a_parser_prints_does_not_spoil_the_answer(self):
        book = xlwt.Workbook()
        sheet = book.add_sheet("A")
        for place, heading in enumerate(HEADINGS):
            sheet.write(0, place, heading)
        for place in range(300):
            sheet.write_merge(300 + place, 300 + place, 40, 41, "x")
        stream = io.BytesIO()
        book.save(stream)
        content = stream.getvalue()
        for place in range(300):  # joined cells that end before they begin: xlrd prints a warning for each
            right, wrong = (struct.pack("<4H", 300 + place, 300 + place, first, 41) for first in (40, 50))
            content = content.replace(right, wrong)
        reading = sandbox.read_file(content, "a.xls", AS_IS)
        self.assertEqual((reading.row_count, reading.refused), (300, False))

    def test_numbers_with_leading_zeros_come_back_as_they_are_shown(self):
        book = openpyxl.load_workbook(io.BytesIO(xlsx([123, 9], [45, 9])))
        book.active["A2"].number_format, book.active["A3"].number_format = "00000", '"AB-"000'
        stream = io.BytesIO()
        book.save(stream)
        _headings, found = sandbox.read_raw(stream.getvalue(), "a.xlsx", AS_IS, {2, 3})
        self.assertEqual([str(found[2][0]), str(found[3][0])], ["00123", "AB-045"])
        reading = sandbox.read_file(stream.getvalue(), "a.xlsx", AS_IS)
        self.assertEqual([group.number for group in reading.groups], ["00123", "AB-045"])

    def test_refusals_come_through_with_their_particulars(self):
        self.assertRefused("empty_file", b"")
        self.assertEqual(self.assertRefused("wrong_type", b"%PDF-1.4", "a.csv").params, {"kind": "PDF"})

    def test_too_much_memory(self):
        content = "\n".join([";".join(HEADINGS), *("x" * 1400 for _row in range(20000))]).encode()
        with patch.object(sandbox, "MEMORY", 100 * 1024 * 1024):
            self.assertRefused("too_much_work", content, "a.csv")

    def test_a_parser_that_breaks_is_a_damaged_file_and_stands_in_the_log(self):
        # A layout that is none: the worker fails with a ValueError, as a parser would on a file nobody foresaw.
        odd = Layout()
        odd.spec = ("none",)
        with self.assertLogs(sandbox.__name__, "WARNING") as log, self.assertRaises(Refusal) as caught:
            sandbox.read_file(xlsx(["1"]), "a.xlsx", import_rows.Options(odd))
        self.assertEqual(caught.exception.code, "corrupt_file")
        self.assertIn("ValueError", log.output[0])

    def test_too_much_time(self):
        with patch.object(sandbox, "WALL_SECONDS", 0.01):
            self.assertRefused("too_much_work", xlsx(["1"]))
        rows = [f"{n};9;S{n};2026-01-01;N{n};{n};1;x{n}" for n in range(190_000)]
        with patch.object(sandbox, "CPU_SECONDS", 1):
            self.assertRefused("too_much_work", "\n".join([";".join(HEADINGS), *rows]).encode(), "a.csv")

    def test_the_process_knows_nothing_of_the_server(self):
        with patch.dict(os.environ, {"PGPASSWORD": "secret"}), patch.object(sandbox.subprocess, "run") as run:
            run.return_value.returncode, run.return_value.stdout = 1, b""
            self.assertRefused("too_much_work", b"x")
        self.assertNotIn("PGPASSWORD", run.call_args.kwargs["env"])
        self.assertEqual(run.call_args.args[0][0], sys.executable)

    def test_nothing_but_plain_values_is_taken_from_it(self):
        class Attack:
            def __reduce__(self):
                return (os.system, ("true",))

        for value in (Attack(), sandbox.subprocess.Popen, unittest.TestCase):
            with self.assertRaises(pickle.UnpicklingError):
                sandbox._Unpickler(io.BytesIO(pickle.dumps(("done", value)))).load()


if __name__ == "__main__":
    unittest.main()
