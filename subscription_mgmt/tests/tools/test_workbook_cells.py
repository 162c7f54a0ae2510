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


def sheet_with(cell, shared="<si><t>x</t></si>", base_1904=False, address='r="A1" '):
    """Return an .xlsx whose only cell A1 is given as XML, with shared texts."""
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    relation = f'<Relationship Id="shared" Type="{SHARED}" Target="sharedStrings.xml"/></Relationships>'
    parts[RELATIONS] = parts[RELATIONS].replace("</Relationships>", relation)
    if base_1904:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("<workbookPr", '<workbookPr date1904="1"', 1)
    parts["xl/styles.xml"] = DAYS
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    row = f'<row r="1"><c {address}{cell}</c></row>'
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


# The second format of cells is one of days (14: dd.mm.yyyy as the computer has it).
DAYS = f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def read(cell, **options):
    """Return the value of the cell."""
    [(_number, cells)] = workbook.read(sheet_with(cell, **options), "file.xlsx")[0].rows()
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

    def test_fault_f1_every_type_of_cell(self):
        for cell, value in (
            ('t="b"><v>1</v>', True),
            ('t="b"><v>false</v>', False),
            ('t="b"><v>2</v>', Fault("bad_boolean", "2")),
            ('t="d"><v>2026-01-31T10:30:00Z</v>', datetime(2026, 1, 31, 10, 30)),
            ('t="d"><v>2026-01-31T23:00:00+02:00</v>', datetime(2026, 1, 31, 23, 0)),
            ('t="d"><v>2026-02-31</v>', Fault("bad_date", "2026-02-31")),
            ('t="e"><v>#DIV/0!</v>', Fault("error_cell", "#DIV/0!")),
            ('t="e"><f>1/0</f><v>#DIV/0!</v>', Fault("error_cell", "#DIV/0!")),
            ('t="inlineStr"><is><t xml:space="preserve"> 9001 </t></is>', " 9001 "),
            ('t="inlineStr"><is><r><t>90</t></r><r><rPr><b/></rPr><t>01</t></r></is>', "9001"),
            ('t="inlineStr"><is><t>9001</t><rPh sb="0" eb="1"><t>x</t></rPh></is>', "9001"),
            ('t="inlineStr"><is><t>a_x000D_b</t></is>', "a\rb"),
            ('t="n"><v>9001</v>', 9001),
            ("><v> 9001 </v>", 9001),
            ("><v>1.5E3</v>", 1500),
            ("><f>A2</f>", Fault("formula_without_value", "=")),
            ('s="1"><v>46053</v>', datetime(2026, 1, 31)),
            ('t="s"><v>0</v>', "x"),
            ('t="s"><v> 0 </v>', "x"),
            ('t="str"><f>A2</f><v>9001</v>', "9001"),
        ):
            with self.subTest(cell):
                found = read(cell)
                self.assertEqual((type(found), found), (type(value), value))

    def test_fault_f1_shared_texts_with_blanks_runs_and_reading_aids(self):
        shared = (
            '<si><t xml:space="preserve"> a  b </t></si><si/>'
            "<si><r><rPr><b/></rPr><t>90</t></r><r><t>01</t></r></si>"
            '<si><t>9001</t><rPh sb="0" eb="1"><t>x</t></rPh><phoneticPr fontId="1"/></si>'
        )
        for number, text in enumerate((" a  b ", None, "9001", "9001")):
            if text:
                self.assertEqual(read(f't="s"><v>{number}</v>', shared=shared), text)

    def test_fault_f1_days_counted_from_1904(self):
        self.assertEqual(read('s="1"><v>44591</v>', base_1904=True), datetime(2026, 1, 31))
        self.assertEqual(read('t="d"><v>2026-01-31</v>', base_1904=True), datetime(2026, 1, 31))

    def test_fault_f1_a_cell_that_does_not_say_where_it_is(self):
        """The format allows it, and a row that leaves out an empty cell then moves all others: nobody can tell."""
        with self.assertRaises(Refusal) as caught:
            read("><v>1</v>", address="")
        self.assertEqual((caught.exception.code, caught.exception.params["row"]), ("cells_without_address", 1))

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
