"""Cells of a workbook that programs write in ways of their own (ECMA-376 18.3.1.4)."""

import io
import unittest
import zipfile
from datetime import datetime

import openpyxl

from subscription_mgmt.tools import workbook
from subscription_mgmt.tools.refusal import Refusal
from subscription_mgmt.tools.workbook.cells import Fault

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "xl/_rels/workbook.xml.rels"
SHARED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"


def sheet_with(cell):
    """Return an .xlsx whose only cell A1 is given as XML, with one shared text: x."""
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    relation = f'<Relationship Id="shared" Type="{SHARED}" Target="sharedStrings.xml"/></Relationships>'
    parts[RELATIONS] = parts[RELATIONS].replace("</Relationships>", relation)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}"><si><t>x</t></si></sst>'
    row = f'<row r="1"><c r="A1" {cell}</c></row>'
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def read(cell):
    """Return the value of the cell."""
    [(_number, cells)] = workbook.read(sheet_with(cell), "file.xlsx")[0].rows()
    return cells[0]


class TestCellsOfAnyProgram(unittest.TestCase):
    def test_fault_f1_value_and_inline_text_are_not_put_together(self):
        """The type of the cell says which of its elements holds what it shows."""
        both = "<v>1</v><is><t>9001</t></is>"
        for cell, value in (
            (f't="inlineStr">{both}', "9001"),
            (f't="str">{both}', "1"),
            (f't="n">{both}', 1),
            (f">{both}", 1),
            (f't="b">{both}', True),
            ('t="s"><v>0</v><is><t>9001</t></is>', "x"),
            ('t="inlineStr"><is><r><t>90</t></r><r><t>01</t></r></is><v>1</v>', "9001"),
            ('t="e"><v>#N/A</v><is><t>9001</t></is>', Fault("error_cell", "#N/A")),
            ('t="d"><v>2026-01-31</v><is><t>9001</t></is>', datetime(2026, 1, 31)),
        ):
            with self.subTest(cell):
                self.assertEqual(read(cell), value)

    def test_without_the_element_of_its_type_a_cell_holds_what_there_is(self):
        for cell in ('t="inlineStr"><v>9001</v>', "><is><t>9001</t></is>", 't="str"><v/><is><t>9001</t></is>'):
            with self.subTest(cell):
                self.assertEqual(read(cell), "9001")

    def test_what_could_mean_two_things_is_refused(self):
        for cell in (
            "><v>1</v><v>2</v>",
            't="inlineStr"><is><t>1</t></is><is><t>2</t></is>',
            't="s"><v>-1</v>',  # not the last of the shared texts
            's="-1"><v>1</v>',
            "><v>1_0</v>",
        ):
            with self.subTest(cell), self.assertRaises(Refusal) as caught:
                read(cell)
            self.assertEqual(caught.exception.code, "corrupt_file", cell)
