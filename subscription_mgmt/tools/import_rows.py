"""Check the rows of a subscriber file by themselves, before any database is asked, and put them together.

Rows with one number are one contract with several lines. Every problem is found, not only the first (WSI-25, WSI-35).
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from . import values
from .cells import column_letter, is_blank
from .import_layout import COLUMNS, CUSTOMER, Header, choose_sheet, read_header
from .refusal import Refusal

MAX_ROWS = 200_000
MAX_SHOWN = 200
# What a blank cell of a line means
DEFAULTS = {"quantity": 1.0, "discount": 0.0, "interval": 1, "unit": "month", "repetitions": 0, "prorate": True}
CONTRACT_KEYS = [column.key for column in COLUMNS if column.level == "contract" and column.key != "number"]
LINE_KEYS = [column.key for column in COLUMNS if column.level == "line"]
REQUIRED_KEYS = [column.key for column in COLUMNS if column.required and column.key not in CUSTOMER]
INVOICE_CUSTOMER = ("invoice_individual", "invoice_corporate")
RANGE = re.compile(r"\$?[A-Z]+\$?(\d+):\$?[A-Z]+\$?(\d+)")


class Problem(NamedTuple):
    """Something that keeps a row, or the file, from being imported.

    :param code: reason, as of :class:`~.refusal.Refusal`
    :param row: number of the row in the sheet; 0 for the file as a whole
    :param column: heading as the user knows it; empty when the whole row is meant
    :param value: what the sheet shows there
    :param params: what the sentence names besides
    """

    code: str
    row: int = 0
    column: str = ""
    value: str = ""
    params: dict = {}


class Row(NamedTuple):
    """A row of the file.

    :param number: its number in the sheet
    :param values: by column key; blank and bad cells are left out
    :param bad: keys of the cells that could not be read
    """

    number: int
    values: dict
    bad: set


class Contract(NamedTuple):
    """The rows with one contract number. Where they contradict each other there is a problem in the list."""

    number: str
    rows: list[Row]

    @property
    def values(self) -> dict:
        """Return what the file says of the contract itself."""
        return self.rows[0].values

    @property
    def row(self) -> int:
        """Return the number of the first row, where problems of the contract are shown."""
        return self.rows[0].number


class Reading(NamedTuple):
    """What was read from a file.

    :param header: None when no heading row was found
    :param contracts: in the order of the file, those with a problem too
    :param row_count: rows below the heading row that are not blank
    :param problems: in the order of the rows
    :param refused: True when the file cannot be used as it is and its rows were not looked at
    """

    header: Header | None
    contracts: list[Contract]
    row_count: int
    problems: list[Problem]
    refused: bool


def read_contracts(sheets: list, decimal_sign: str | None = None) -> Reading:
    """Read every row of the sheet that has the layout.

    :param sheets: as :func:`.workbook.read` returns them
    :param decimal_sign: ``","`` or ``"."`` for amounts written as text; None when nobody said
    """
    header = None
    try:
        sheet, number, cells = choose_sheet(sheets)
        header, faults = read_header(number, cells)
        if faults:
            return Reading(header, [], 0, [file_problem(fault, header.row) for fault in faults], True)
        checker = _RowChecker(header, sheet, decimal_sign)
        checker.check_all(sheet)
        if not checker.rows:
            raise Refusal("no_rows")
    except Refusal as refusal:
        return Reading(header, [], 0, [file_problem(refusal)], True)
    contracts = _group(checker.rows)
    problems = [
        *checker.problems,
        *_merged_problems(sheet.merged, header.row, checker.rows[-1].number),
        *chain.from_iterable(_contradictions(contract, header) for contract in contracts),
    ]
    return Reading(header, contracts, len(checker.rows), sorted(problems, key=lambda problem: problem.row), False)


def file_problem(refusal: Refusal, row: int = 0) -> Problem:
    """Return the problem that a refusal of the file is in the list of problems."""
    params = refusal.params
    return Problem(refusal.code, params.get("row", row), params.get("column", ""), params.get("address", ""), params)


class _RowChecker:
    """Turns the cells of one row after the other into values, and keeps the problems."""

    def __init__(self, header, sheet, decimal_sign):
        self.rows, self.problems = [], []
        self._header, self._fixed_width = header, sheet.fixed_width
        readers = {
            "text": values.read_text,
            "code": values.read_code,
            "id": values.read_code,
            "day": lambda cell: values.read_day(cell, sheet.base_1904),
            "number": lambda cell: values.read_number(cell, decimal_sign),
            "percent": lambda cell: values.read_percent(cell, decimal_sign),
            "whole": values.read_whole,
            "flag": values.read_flag,
            "unit": values.read_unit,
        }
        places = {key: place for place, key in header.places.items()}
        self._readers = [(c.key, places[c.key], readers[c.kind]) for c in COLUMNS if c.key in places]
        self._unnamed = [place for place in range(header.width) if place not in header.places]

    def check_all(self, sheet):
        """Read every row below the heading row.

        :raise Refusal: ``too_many_rows``, and what the sheet raises
        """
        for number, cells in sheet.rows():
            if number > self._header.row:
                if len(self.rows) == MAX_ROWS:
                    raise Refusal("too_many_rows", limit=MAX_ROWS)
                self.rows.append(self._read_row(number, cells))

    def _read_row(self, number, cells):
        row = Row(number, {}, set())
        width = len(cells)
        if self._unnamed or width != self._header.width:
            self._check_width(number, cells)
        for key, place, read in self._readers:
            cell = cells[place] if place < width else None
            if cell is None:
                continue
            try:
                value = read(cell)
            except Refusal as refusal:
                row.bad.add(key)
                self._add(refusal.code, number, key, values.shown(cell), refusal.params)
            else:
                if value is not None:
                    row.values[key] = value
        self._check_required(row)
        self._check_figures(row)
        return row

    def _add(self, code, number, key, value="", params=None):
        self.problems.append(Problem(code, number, self._header.heading(key), value[:MAX_SHOWN], params or {}))

    def _check_width(self, number, cells):
        """Find cells that no heading covers, and csv records that lost or gained some."""
        beyond = [place for place in range(self._header.width, len(cells)) if not is_blank(cells[place])]
        if self._fixed_width and (beyond or len(cells) < self._header.width):
            params = {"found": len(cells), "expected": self._header.width}
            self.problems.append(Problem("column_count", number, params=params))
            return
        for place in [*self._unnamed, *beyond]:
            if place < len(cells) and not is_blank(cells[place]):
                shown = values.shown(cells[place])[:MAX_SHOWN]
                self.problems.append(Problem("blank_header", number, column_letter(place), shown))

    def _check_required(self, row):
        filled = row.values.keys() | row.bad
        for key in REQUIRED_KEYS:
            if key not in filled:
                self._add("required_empty", row.number, key)
        customers = sum(key in filled for key in CUSTOMER)
        if customers != 1:
            self._add_pair("both_customers" if customers else "no_customer", row.number, CUSTOMER)
        if all(key in filled for key in INVOICE_CUSTOMER):
            self._add_pair("both_customers", row.number, INVOICE_CUSTOMER)

    def _add_pair(self, code, number, keys):
        first, second = map(self._header.heading, keys)
        params = {"first": first, "second": second}
        self.problems.append(Problem(code, number, f"{first}, {second}", params=params))

    def _check_figures(self, row):
        start, end = row.values.get("date_start"), row.values.get("date_end")
        if start and end and end < start:
            params = {"start": f"{start:%d.%m.%Y}", "end": f"{end:%d.%m.%Y}"}
            self._add("end_before_start", row.number, "date_end", params["end"], params)
        quantity = row.values.get("quantity", 1)
        if quantity <= 0:
            self._add("bad_quantity", row.number, "quantity", values.shown(quantity))


def _group(rows: list[Row]) -> list[Contract]:
    """Put the rows of one contract together; they need not stand together in the file."""
    contracts = {}
    for row in rows:
        number = row.values.get("number")
        if number is None:  # a problem already; the row still has its ids checked
            contracts[row.number] = Contract("", [row])
        elif number in contracts:
            contracts[number].rows.append(row)
        else:
            contracts[number] = Contract(number, [row])
    return list(contracts.values())


def _contradictions(contract: Contract, header: Header) -> Iterator[Problem]:
    """Yield where rows of one contract say different things of it, and rows that stand in the file twice."""
    first, *others = contract.rows
    lines = {_line(first): first.number}
    for row in others:
        params = {"number": contract.number, "first": first.number, "row": row.number}
        differing = [key for key in CONTRACT_KEYS if row.values.get(key) != first.values.get(key)]
        for key in differing:
            if key not in first.bad and key not in row.bad:
                shown = values.shown(row.values.get(key))[:MAX_SHOWN]
                yield Problem("rows_differ", row.number, header.heading(key), shown, params)
        same = lines.setdefault(_line(row), row.number)
        if same != row.number and not differing and not row.bad:
            yield Problem(
                "repeated_row", row.number, header.heading("number"), contract.number, {**params, "first": same}
            )
    prices = [row.values.get("price") for row in contract.rows]
    if all(price == 0 for price in prices):
        yield Problem("no_price", first.number, header.heading("price"), "0", {"number": contract.number})


def _line(row):
    return tuple(row.values.get(key) for key in LINE_KEYS)


def _merged_problems(merged: list[str], header_row: int, last_row: int) -> Iterator[Problem]:
    """Yield the joined cells below the heading row: only the first of them holds the value."""
    for address in merged:
        match = RANGE.fullmatch(address)
        if match and int(match[2]) > header_row and int(match[1]) <= last_row:
            yield Problem("merged_cells", int(match[1]), "", address)
