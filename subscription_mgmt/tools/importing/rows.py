"""Read the rows of a file, put together those of one number, and check them before any database is asked.

Every problem is found, not only the first (WSI-25, WSI-35).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import NamedTuple

from ..refusal import Refusal
from ..workbook.cells import column_letter, is_blank
from . import values
from .header import HEADER_ROWS, Header, Match, choose_sheet, read_header
from .layout import Layout
from .rules import MAX_SHOWN, Group, Problem, Row

MAX_ROWS = 200_000
MAX_PROBLEMS = 200_000  # nobody mends more than these by hand
MAX_SAMPLES = 3
SAMPLE_ROWS = 200
HEAD_ROWS = HEADER_ROWS + SAMPLE_ROWS + 1
MAX_KNOWN = 10_000
RANGE = re.compile(r"\$?[A-Z]+\$?(\d{1,7}):\$?[A-Z]+\$?(\d{1,7})")


class Options(NamedTuple):
    """What a person said about a file.

    :param layout: what is in it
    :param decimal_sign: ``","`` or ``"."`` for amounts written as text; None when nobody said
    :param sheet: name of the sheet; None to find the one that has the layout
    :param columns: folded heading → key of the column, "" to leave it out
    """

    layout: Layout
    decimal_sign: str | None = None
    sheet: str | None = None
    columns: Mapping = {}


class Reading(NamedTuple):
    """What was read from a file.

    :param header: None when no heading row was found
    :param groups: in the order of the file, those with a problem too
    :param row_count: rows below the heading row that are not blank
    :param problems: in the order of the rows
    :param refused: True when the file cannot be used as it is and its rows were not looked at
    :param sheets: names of all visible sheets
    :param samples: what a person needs to map the headings: each with the first values below it
    """

    header: Header | None
    groups: list[Group]
    row_count: int
    problems: list[Problem]
    refused: bool
    sheets: list[str] = []
    samples: list[tuple[Match, list[str]]] = []


def read_rows(sheets: list, options: Options) -> Reading:
    """Read every row of the sheet that has the layout, and check it.

    :param sheets: as :func:`.workbook.read` returns them
    """
    return check_rows(read_cells(sheets, options), options.layout)


def check_rows(reading: Reading, layout: Layout) -> Reading:
    """Return what was read with what is wrong by the rules of the layout, between cells that are good by themselves."""
    if reading.refused:
        return reading
    problems = list(reading.problems)
    try:
        _add_problems(problems, layout.check(reading.groups, reading.header))
    except Refusal as refusal:
        return Reading(reading.header, [], 0, [file_problem(refusal), *problems], True, reading.sheets)
    problems.sort(key=lambda problem: problem.row)
    return reading._replace(problems=problems)


def read_cells(sheets: list, options: Options) -> Reading:
    """Read every row of the sheet that has the layout; its rules are not looked at."""
    layout, sheets = options.layout, [_Peeked(sheet) for sheet in sheets]
    names = [sheet.name for sheet in sheets]
    header, sheet, problems = None, None, []
    try:
        sheet, number, cells = choose_sheet(sheets, layout, options.columns, options.sheet)
        header, faults = read_header(number, cells, layout, options.columns)
        if faults:
            problems = [file_problem(fault, header.row) for fault in faults]
            return Reading(header, [], 0, problems, True, names, _get_samples(sheet, header.row, header.matches))
        checker = _RowChecker(header, sheet, options.decimal_sign, layout)
        problems = checker.problems
        checker.check_all(sheet)
        if not checker.rows:
            raise Refusal("no_rows")
        _add_problems(problems, _similar_problems(header))
        _add_problems(problems, _merged_problems(sheet.merged, header.row, checker.rows[-1].number))
    except Refusal as refusal:
        samples = _get_foreign_samples(sheets, options) if refusal.code == "missing_header" else []
        return Reading(header, [], 0, [file_problem(refusal), *problems], True, names, samples)
    samples = _get_samples(sheet, header.row, header.matches)
    return Reading(header, _group(checker.rows, layout), len(checker.rows), problems, False, names, samples)


def _add_problems(problems, more):
    """Add to the problems, up to a number that a person could still look through.

    :raise Refusal: ``too_many_problems``
    """
    problems += islice(more, MAX_PROBLEMS - len(problems) + 1)
    if len(problems) > MAX_PROBLEMS:
        raise Refusal("too_many_problems", limit=MAX_PROBLEMS)


class _Peeked:
    """A sheet whose rows are read once, though several look at the first of them."""

    def __init__(self, sheet):
        self.name = values.shown(sheet.name)
        self.base_1904, self.fixed_width = sheet.base_1904, sheet.fixed_width
        self._sheet, self._head, self._rest = sheet, [], sheet.rows()

    @property
    def merged(self):
        return self._sheet.merged

    def rows(self) -> Iterator[tuple[int, list]]:
        """Yield the rows: all of them until somebody read beyond the first ones, then those."""
        yield from list(self._head)
        for row in self._rest:
            if len(self._head) < HEAD_ROWS:
                self._head.append(row)
            yield row


def read_raw_rows(sheets: list, options: Options, numbers: set[int]) -> tuple[list, dict[int, list]]:
    """Return the heading row and some others as they stand in the file, to be given back to a person.

    :return: (cells of the heading row, number → cells)
    :raise Refusal: as :func:`.import_header.choose_sheet`
    """
    sheets = [_Peeked(sheet) for sheet in sheets]
    sheet, header_row, headings = choose_sheet(sheets, options.layout, options.columns, options.sheet)
    return headings, {number: cells for number, cells in sheet.rows() if number in numbers and number > header_row}


def file_problem(refusal: Refusal, row: int = 0) -> Problem:
    """Return the problem that a refusal of the file is in the list of problems."""
    params = refusal.params
    return Problem(refusal.code, params.get("row", row), params.get("column", ""), params.get("address", ""), params)


def _get_samples(sheet, header_row, matches):
    """Return each heading with the first different values below it."""
    found = {match.place: [] for match in matches}
    for count, (number, cells) in enumerate(sheet.rows()):
        if count > SAMPLE_ROWS:
            break
        if number <= header_row:
            continue
        for place, values_ in found.items():
            if len(values_) < MAX_SAMPLES and place < len(cells) and not is_blank(cells[place]):
                shown = values.shown(cells[place])[:40]
                if shown not in values_:
                    values_.append(shown)
    return [(match, found[match.place]) for match in matches]


def _get_foreign_samples(sheets, options):
    """Return the first row of a file none of whose headings is known, so that a person can map it."""
    chosen = [sheet for sheet in sheets if options.sheet in (None, sheet.name)]
    try:
        number, cells = next(chosen[0].rows()) if len(chosen) == 1 else (0, [])
        matches = [
            Match(place, " ".join(values.shown(cell).split())[:MAX_SHOWN], None, "unknown")
            for place, cell in enumerate(cells)
            if not is_blank(cell)
        ]
        return _get_samples(chosen[0], number, matches) if matches else []
    except (Refusal, StopIteration):
        return []


class _Column:
    """Reads the cells of a column, equal ones once: most of a big file are the same few.

    What it read before stands in a table for each type of cell, as 1, 1.0 and True are equal but not the same. Cells
    that carry more than their value (faults, padded numbers) are in no table.
    """

    def __init__(self, key, place, read):
        self.key, self.place = key, place
        self._read = read
        self.known = {str: {}, int: {}, float: {}, datetime: {}}

    def take(self, cell):
        """Return the value of a cell that is in no table yet.

        :raise Refusal: as the functions of :mod:`.values`
        """
        value = self._read(cell)
        table = self.known.get(type(cell))
        if table is not None and len(table) < MAX_KNOWN:
            table[cell] = value
        return value


class _RowChecker:
    """Turns the cells of one row after the other into values, and keeps the problems."""

    def __init__(self, header, sheet, decimal_sign, layout: Layout):
        self.rows, self.problems, self.header = [], [], header
        self._header, self._fixed_width, self._layout = header, sheet.fixed_width, layout
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
            "email": values.read_email,
            "country": values.read_country,
            "weekdays": values.read_weekdays,
            "clock": values.read_clock,
        }
        for kind, choice in layout.choices.items():
            readers[kind] = partial(values.read_choice, words=values.word_table(choice.words), code=choice.code)
        places = {key: place for place, key in header.places.items() if key}
        self._columns = [_Column(c.key, places[c.key], readers[c.kind]) for c in layout.columns if c.key in places]
        self._unnamed = [place for place in range(header.width) if place not in header.places]

    def check_all(self, sheet):
        """Read every row below the heading row.

        :raise Refusal: ``too_many_rows``, ``too_many_problems``, and what the sheet raises
        """
        for number, cells in sheet.rows():
            if number > self._header.row:
                if len(self.rows) == MAX_ROWS:
                    raise Refusal("too_many_rows", limit=MAX_ROWS)
                self.rows.append(self._read_row(number, cells))
                if len(self.problems) > MAX_PROBLEMS:
                    raise Refusal("too_many_problems", limit=MAX_PROBLEMS)

    def _read_row(self, number, cells):
        row = Row(number, {}, set())
        width = len(cells)
        if self._unnamed or width != self._header.width:
            self._check_width(number, cells)
        for column in self._columns:
            cell = cells[column.place] if column.place < width else None
            if cell is None:
                continue
            known = column.known.get(type(cell))
            if known is not None and cell in known:
                value = known[cell]
            else:
                try:
                    value = column.take(cell)
                except Refusal as refusal:
                    row.bad.add(column.key)
                    self._add(refusal.code, number, column.key, values.shown(cell), refusal.params)
                    continue
            if value is not None:
                row.values[column.key] = value
        self._check_required(row)
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
        for key in self._layout.required_keys:
            if key not in row.values and key not in row.bad:
                self._add("required_empty", row.number, key)


def _group(rows: list[Row], layout: Layout) -> list[Group]:
    """Put the rows of one number together; they need not stand together in the file."""
    if not layout.grouped:
        return [Group(row.values.get(layout.key, ""), [row]) for row in rows]
    groups = {}
    for row in rows:
        number = row.values.get(layout.key)
        if number is None:  # a problem already; the row still has its ids checked
            groups[row.number] = Group("", [row])
            continue
        same = values.same_number(number)
        if same in groups:
            groups[same].rows.append(row)
        else:
            groups[same] = Group(number, [row])
    return list(groups.values())


def _similar_problems(header: Header) -> Iterator[Problem]:
    """Yield a notice for each heading that was not known, but is much like a known one."""
    for match in header.matches:
        if match.how == "similar":
            params = {"column": match.text, "label": header.labels[match.key]}
            yield Problem("similar_heading", header.row, match.text, "", params, is_notice=True)


def _merged_problems(merged: list[str], header_row: int, last_row: int) -> Iterator[Problem]:
    """Yield the joined cells below the heading row: only the first of them holds the value."""
    for address in merged:
        match = RANGE.fullmatch(address)
        if match and int(match[2]) > header_row and int(match[1]) <= last_row:
            last = min(int(match[2]), last_row)
            yield Problem("merged_cells", int(match[1]), "", address, {"last": last})
