"""Headings in three languages, and the rows below them."""

import io
import random
import unittest
from datetime import date, datetime
from unittest import mock

import openpyxl

from subscription_mgmt.tools import workbook
from subscription_mgmt.tools.importing import header as import_header
from subscription_mgmt.tools.importing import rows as import_rows
from subscription_mgmt.tools.importing.contracts import CONTRACTS
from subscription_mgmt.tools.importing.layout import LANGUAGES
from subscription_mgmt.tools.importing.rows import Options, read_rows
from subscription_mgmt.tools.importing.template import build_template
from subscription_mgmt.tools.importing.values import FLAG_WORDS, UNIT_WORDS, fold

BY_KEY, COLUMNS = CONTRACTS.by_key, CONTRACTS.columns
GOOD = {
    "number": "AB-1",
    "corporate_customer": 9001,
    "subject": "Hat",
    "date_start": date(2025, 1, 31),
    "product": "STK-01",
    "price": 12.5,
}


class Sheet:
    """A sheet made of Python values."""

    base_1904 = fixed_width = False

    def __init__(self, rows, name="Sheet", **attributes):
        self._rows, self.name, self.merged = rows, name, []
        self.__dict__.update(attributes)

    def rows(self):
        yield from enumerate(self._rows, start=1)


def sheet(*rows, language="en", keys=None, **attributes):
    """Return a sheet with the headings of the given keys (default: those of the first row) and a row per dict."""
    keys = keys or list(rows[0])
    headings = [BY_KEY[key].label(language) for key in keys]
    rows = [{k: datetime(*v.timetuple()[:3]) if isinstance(v, date) else v for k, v in row.items()} for row in rows]
    return Sheet([headings, *([row.get(key) for key in keys] for row in rows)], **attributes)


def read_header(number, cells):
    return import_header.read_header(number, cells, CONTRACTS)


def read_contracts(sheets, decimal_sign=None):
    return read_rows(sheets, Options(CONTRACTS, decimal_sign))


class TestLayout(unittest.TestCase):
    def test_every_heading_is_known_in_any_shape(self):
        for language in LANGUAGES:
            for shape in (str, str.upper, str.lower, lambda text: f"  {text.replace(' ', chr(10))} "):
                cells = [shape(column.label(language)) for column in COLUMNS]
                random.Random(1).shuffle(cells)
                header, problems = read_header(1, cells)
                self.assertEqual(problems, [], language)
                self.assertEqual(set(header.places.values()), set(BY_KEY))

    def test_turkish_capitals(self):
        cells = [column.label("tr").replace("i", "İ").replace("ı", "I").upper() for column in COLUMNS]
        self.assertEqual(read_header(1, cells)[1], [])

    def test_languages_share_no_heading_with_another_meaning(self):
        meanings = {}
        for column in COLUMNS:
            for label in column.labels:
                self.assertEqual(meanings.setdefault(fold(label), column.key), column.key)

    def test_missing_columns_are_named_in_the_language_of_the_file(self):
        _header, problems = read_header(1, ["Abone No", "Tanım*", "Kurumsal Müşteri ID"])
        self.assertEqual({problem.code for problem in problems}, {"missing_column"})
        missing = [problem.params["column"] for problem in problems]
        self.assertEqual(missing, ["Başlangıç Tarihi*", "Ürün Kodu*", "Birim Fiyat*"])

    def test_one_of_the_customer_columns_is_enough(self):
        keys = ["number", "individual_customer", "subject", "date_start", "product", "price"]
        self.assertEqual(read_header(1, [BY_KEY[key].label("ro") for key in keys])[1], [])
        keys.remove("individual_customer")
        problems = read_header(1, [BY_KEY[key].label("ro") for key in keys])[1]
        self.assertEqual(len(problems), 2)

    def test_unknown_and_double_columns(self):
        labels = [BY_KEY[key].label("en") for key in GOOD]
        problems = read_header(3, [*labels, "Credit Limit", "Price", "SUBJECT"])[1]
        self.assertEqual(
            [(problem.code, problem.params["address"]) for problem in problems],
            [("unknown_column", "G3"), ("unknown_column", "H3"), ("duplicate_column", "I3")],
        )

    def test_titles_above_the_headings(self):
        rows = Sheet([["Subscribers of 2025"], ["Subject"], *list(sheet(GOOD)._rows)])
        self.assertEqual(import_header.find_header(rows.rows(), CONTRACTS)[0], 3)

    def test_sheet_choice(self):
        help_sheet = Sheet([["How to fill this in"], ["Subject"]], name="Help")
        self.assertEqual(read_contracts([help_sheet, sheet(GOOD)]).problems, [])
        reading = read_contracts([sheet(GOOD, name="A"), sheet(GOOD, name="B")])
        self.assertEqual((reading.problems[0].code, reading.problems[0].params["sheets"]), ("several_sheets", "A, B"))
        self.assertEqual(read_contracts([help_sheet]).problems[0].code, "missing_header")


class TestRows(unittest.TestCase):
    def load(self, *rows, **kwargs):
        return read_contracts([sheet(*rows, **kwargs)])

    def codes(self, *rows, **kwargs):
        return [(problem.code, problem.row) for problem in self.load(*rows, **kwargs).problems]

    def test_values(self):
        [contract] = self.load(GOOD | {"discount": "%5", "unit": "ay", "prorate": "evet"}).groups
        self.assertEqual(
            contract.values,
            GOOD | {"corporate_customer": "9001", "discount": 5.0, "unit": "month", "prorate": True},
        )

    def test_rows_of_one_number_are_one_contract(self):
        first, second = GOOD, GOOD | {"product": "STK-02", "price": 3.0}
        reading = self.load(first, GOOD | {"number": "AB-2"}, second)
        self.assertEqual([len(contract.rows) for contract in reading.groups], [2, 1])
        self.assertEqual((reading.row_count, reading.problems), (3, []))

    def test_rows_of_one_number_must_agree(self):
        problems = self.load(GOOD, GOOD | {"subject": "Other", "product": "STK-02"}).problems
        self.assertEqual(
            [(p.code, p.row, p.column, p.value) for p in problems], [("rows_differ", 3, "Subject*", "Other")]
        )
        self.assertEqual(problems[0].params, {"number": "AB-1", "first": 2, "row": 3})

    def test_a_row_twice(self):
        self.assertEqual(self.codes(GOOD, GOOD), [("repeated_row", 3)])

    def test_required_cells(self):
        for key in ("number", "subject", "date_start", "product", "price"):
            self.assertEqual(self.codes(GOOD | {key: " "}), [("required_empty", 2)], key)

    def test_customers(self):
        keys = [*GOOD, "individual_customer", "invoice_individual", "invoice_corporate"]
        self.assertEqual(self.codes(GOOD | {"individual_customer": 1}, keys=keys), [("both_customers", 2)])
        self.assertEqual(self.codes(GOOD | {"corporate_customer": None}, keys=keys), [("no_customer", 2)])
        both = {"invoice_individual": 1, "invoice_corporate": 2}
        self.assertEqual(self.codes(GOOD | both, keys=keys), [("both_customers", 2)])

    def test_figures(self):
        self.assertEqual(self.codes(GOOD | {"date_end": date(2025, 1, 30)}), [("end_before_start", 2)])
        self.assertEqual(self.codes(GOOD | {"date_end": date(2025, 1, 31)}), [])
        self.assertEqual(self.codes(GOOD | {"quantity": 0}), [("bad_quantity", 2)])
        self.assertEqual(self.codes(GOOD | {"price": 0}), [("no_price", 2)])
        self.assertEqual(self.codes(GOOD | {"price": 0}, GOOD), [])

    def test_all_problems_in_one_pass_in_the_order_of_the_rows(self):
        bad = GOOD | {"date_start": "dün", "price": "x"}
        self.assertEqual(
            self.codes(GOOD | {"number": "1"}, bad | {"number": "2"}, bad | {"number": "3"}),
            [("bad_date", 3), ("bad_number", 3), ("bad_date", 4), ("bad_number", 4)],
        )

    def test_a_bad_cell_is_not_reported_as_empty_or_different_too(self):
        self.assertEqual(self.codes(GOOD, GOOD | {"subject": "a\x00", "product": "X"}), [("bad_character", 3)])

    def test_cells_without_a_heading(self):
        rows = list(sheet(GOOD)._rows)
        self.assertEqual(
            read_contracts([Sheet([rows[0], [*rows[1], None, "?"]])]).problems[0][:4], ("blank_header", 2, "H", "?")
        )

    def test_csv_records_must_be_as_wide_as_the_header(self):
        headings, row = sheet(GOOD)._rows
        for cells, codes in ((row[:5], ["column_count"]), ([*row, "x"], ["column_count"]), ([*row, None], [])):
            reading = read_contracts([Sheet([headings, cells], fixed_width=True)])
            self.assertEqual([p.code for p in reading.problems if p.code != "required_empty"], codes)

    def test_merged_cells_below_the_header(self):
        reading = self.load(GOOD, merged=["A1:C1", "A2:A3", "A90:B90"])
        self.assertEqual([(p.code, p.row, p.value) for p in reading.problems], [("merged_cells", 2, "A2:A3")])

    def test_no_rows(self):
        self.assertEqual(read_contracts([Sheet([sheet(GOOD)._rows[0]])]).problems[0].code, "no_rows")

    def test_declared_decimal_sign(self):
        sheets = [sheet(GOOD | {"price": "1.234"})]
        self.assertEqual(read_contracts(sheets).problems[0].code, "ambiguous_number")
        self.assertEqual(read_contracts(sheets, ",").groups[0].values["price"], 1234.0)


class TestLimit(unittest.TestCase):
    def test_rule_h_more_than_200_000_rows_are_refused(self):
        self.assertEqual(import_rows.MAX_ROWS, 200_000)
        rows = [{**GOOD, "number": f"AB-{number}"} for number in range(4)]
        with mock.patch.object(import_rows, "MAX_ROWS", 3):
            self.assertEqual(len(read_contracts([sheet(*rows[:3])]).groups), 3)
            self.assertEqual([problem.code for problem in read_contracts([sheet(*rows)]).problems], ["too_many_rows"])


class TestTemplate(unittest.TestCase):
    def test_filled_in_it_is_read_without_a_problem(self):
        for language in LANGUAGES:
            notes = {column.key: "Any text." for column in COLUMNS}
            titles = ["Subscribers", "Notes", "Column", "What it takes"]
            content = build_template(language, notes, titles, CONTRACTS)
            self.assertEqual(read_contracts(workbook.read(content)).problems[0].code, "no_rows")
            book = openpyxl.load_workbook(io.BytesIO(content))
            values = GOOD | {"unit": self._choices(book, 0)[-1], "prorate": self._choices(book, 1)[0]}
            for place, column in enumerate(COLUMNS, start=1):
                book.worksheets[0].cell(2, place, values.get(column.key))
            stream = io.BytesIO()
            book.save(stream)
            reading = read_contracts(workbook.read(stream.getvalue()))
            self.assertEqual(reading.problems, [])
            self.assertEqual(reading.groups[0].values["unit"], "year")
            self.assertIs(reading.groups[0].values["prorate"], True)

    def _choices(self, book, place):
        rule = book.worksheets[0].data_validations.dataValidation[place]
        words = rule.formula1.strip('"').split(",")
        self.assertTrue(all(fold(word) in UNIT_WORDS or fold(word) in FLAG_WORDS for word in words))
        return words


if __name__ == "__main__":
    unittest.main()
