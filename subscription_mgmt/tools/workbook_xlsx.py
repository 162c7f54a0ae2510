"""Read a workbook of the Office Open XML kind (.xlsx), streamed.

openpyxl is not used for reading: it hides what a check must tell (formulas without a value, cells without an address,
joined cells), and costs about three times the time.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from openpyxl.styles.numbers import BUILTIN_FORMATS

from .cells import MAX_CELL_TEXT, Fault, column_index, is_blank
from .number_formats import format_kind, typed_number
from .refusal import Refusal
from .workbook_zip import Archive

MAX_COLUMNS = 200
MAX_STRING_TOTAL = 100_000_000
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def read(content: bytes) -> list["XlsxSheet"]:
    """Return the visible sheets of an .xlsx workbook.

    :raise Refusal: ``wrong_type`` for another kind of archive, ``macros``, ``encrypted``, ``corrupt_file``,
        ``suspicious_archive``, ``dtd_forbidden``
    """
    archive = Archive(content)
    book = _book_part(archive)
    relations = archive.relations(book)
    elements = archive.elements(book)
    base_1904 = any(tag == "workbookPr" and attributes.get("date1904") in ("1", "true") for tag, attributes in elements)
    parts = {kind: target for kind, target in relations.values()}
    shared = _Shared(archive, parts.get("sharedStrings"), parts.get("styles"))
    sheets = []
    for tag, attributes in elements:
        if tag != "sheet" or attributes.get("state", "visible") != "visible":
            continue
        relation = next((value for name, value in attributes.items() if name.endswith(":id")), None)
        kind, part = relations.get(relation, ("", ""))
        if kind == "worksheet":
            sheets.append(XlsxSheet(archive, part, attributes.get("name", ""), base_1904, shared))
    return sheets


def _book_part(archive: Archive) -> str:
    """Return the name of the workbook's main part, or refuse what is not a plain workbook."""
    if "[Content_Types].xml" not in archive or "_rels/.rels" not in archive:
        kind = "ODS" if "mimetype" in archive else "ZIP"
        raise Refusal("wrong_type", kind=kind)
    main = next((target for kind, target in archive.relations("").values() if kind == "officeDocument"), "")
    if any(name.endswith("vbaproject.bin") for name in archive.names()):
        raise Refusal("macros")
    content_type = next(
        (
            attributes.get("ContentType", "")
            for tag, attributes in archive.elements("[Content_Types].xml")
            if tag == "Override" and attributes.get("PartName", "").lower() == main.lower()
        ),
        "",
    )
    if "macroEnabled" in content_type:
        raise Refusal("macros")
    if not main.lower().startswith("/xl/") or not main.lower().endswith(".xml"):
        raise Refusal("wrong_type", kind="XLSB" if main.lower().endswith(".bin") else main.strip("/").split("/")[0])
    return main.lstrip("/")


class _Shared:
    """What the sheets of a workbook share: texts and number formats, read when first needed."""

    def __init__(self, archive, strings_part, styles_part):
        self._archive, self._strings_part, self._styles_part = archive, strings_part, styles_part
        self._strings = self._formats = None

    @property
    def strings(self) -> list[str]:
        if self._strings is None:
            self._strings = self._read_strings() if self._strings_part else []
        return self._strings

    @property
    def formats(self) -> list:
        """Kind of each cell format, as of :func:`~.number_formats.format_kind`."""
        if self._formats is None:
            self._formats = self._read_formats() if self._styles_part else []
        return self._formats

    def _read_strings(self):
        strings, reader = [], _TextReader("si")
        total = 0
        for _ in self._archive.parse(self._strings_part, reader.start, reader.end, reader.text):
            total += sum(map(len, reader.texts))
            if total > MAX_STRING_TOTAL or reader.size > MAX_CELL_TEXT * 100:
                raise Refusal("suspicious_archive")
            strings += map(unescape, reader.texts)
            reader.texts.clear()
        return strings

    def _read_formats(self):
        codes = dict(BUILTIN_FORMATS)
        kinds, in_cells = [], False
        for tag, attributes in self._archive.elements(self._styles_part):
            if tag == "numFmt":
                codes[int(attributes.get("numFmtId", -1))] = attributes.get("formatCode", "")
            elif tag in ("cellXfs", "cellStyles", "dxfs"):
                in_cells = tag == "cellXfs"
            elif tag == "xf" and in_cells:
                kinds.append(format_kind(codes.get(int(attributes.get("numFmtId", 0)), "General")))
        return kinds


class _TextReader:
    """Collects the text of elements: runs put together, reading aids (phonetics) left out."""

    def __init__(self, element):
        self._element = element
        self._pieces, self._open, self._aside = [], False, False
        self.texts, self.size = [], 0

    def start(self, tag, attributes):
        if tag == "t":
            self._open = not self._aside
        elif tag == "rPh":
            self._aside = True
        elif tag == self._element:
            self._pieces, self.size = [], 0

    def end(self, tag):
        if tag == "t":
            self._open = False
        elif tag == "rPh":
            self._aside = False
        elif tag == self._element:
            self.texts.append("".join(self._pieces))

    def text(self, piece):
        if self._open:
            self._pieces.append(piece)
            self.size += len(piece)


class XlsxSheet:
    """A visible worksheet of an .xlsx workbook."""

    fixed_width = False

    def __init__(self, archive, part, name, base_1904, shared):
        self._archive, self._part, self._shared = archive, part, shared
        self.name, self.base_1904 = name, base_1904
        self.merged = []

    def rows(self) -> Iterator[tuple[int, list]]:
        """Yield number and cells of each row that is not blank.

        :raise Refusal: ``too_many_columns``, ``cells_without_address``, ``value_too_long``, ``corrupt_file``,
            ``suspicious_archive``, ``dtd_forbidden``
        """
        self.merged = []
        reader = _SheetReader(self._shared, self.base_1904, self.merged)
        for _ in self._archive.parse(self._part, reader.start, reader.end, reader.text):
            yield from reader.finished
            reader.finished.clear()
        if not reader.seen_data:
            raise Refusal("corrupt_file")


class _SheetReader:
    """Turns the events of a sheet part into rows of typed cells."""

    def __init__(self, shared, base_1904, merged):
        self._strings, self._formats, self._base_1904 = shared.strings, shared.formats, base_1904
        self._columns = {}
        self._row, self._cells = 0, []
        self._kind = self._format = None
        self._column = 0
        self._pieces, self._open, self._aside, self._formula, self._in_rows = [], False, False, False, False
        self.merged, self.finished, self.seen_data = merged, [], False

    def start(self, tag, attributes):
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v" or tag == "t":
            self._open = self._in_rows and not self._aside
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._cells = []
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._aside = True
        elif tag == "sheetData":
            self._in_rows = self.seen_data = True
        elif tag == "mergeCell":
            self.merged.append(attributes.get("ref", ""))

    def text(self, piece):
        if self._open:
            self._pieces.append(piece)

    def end(self, tag):
        if tag == "c":
            self._end_cell()
        elif tag == "v" or tag == "t":
            self._open = False
        elif tag == "row":
            if not all(map(is_blank, self._cells)):
                self.finished.append((self._row, self._cells))
        elif tag == "rPh":
            self._aside = False
        elif tag == "sheetData":
            self._in_rows = False

    def _start_cell(self, attributes):
        address = attributes.get("r")
        if address is None:
            # Without addresses a row that leaves out an empty cell moves all others one column to the left.
            raise Refusal("cells_without_address", row=self._row)
        letters = address.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_index(letters)
        self._column, self._kind, self._format = column, attributes.get("t", "n"), attributes.get("s")
        self._formula = False
        self._pieces = []

    def _end_cell(self):
        raw = "".join(self._pieces)
        value = self._value(raw)
        if value is None:
            return
        if self._column >= MAX_COLUMNS:
            if is_blank(value):
                return
            letters = next(name for name, place in self._columns.items() if place == self._column)
            raise Refusal("too_many_columns", address=f"{letters}{self._row}", row=self._row, limit=MAX_COLUMNS)
        if len(raw) > MAX_CELL_TEXT:
            raise Refusal("value_too_long", row=self._row, limit=MAX_CELL_TEXT)
        if len(self._cells) <= self._column:
            self._cells.extend([None] * (self._column + 1 - len(self._cells)))
        self._cells[self._column] = value

    def _value(self, raw):
        kind = self._kind
        if kind == "s":
            return self._strings[int(raw)] if raw else None
        if kind == "n":
            if raw:
                number_format = self._formats[int(self._format)] if self._format else None
                return typed_number(float(raw), number_format, self._base_1904)
            return Fault("formula_without_value", "=") if self._formula else None
        if kind == "b":
            return raw == "1"
        if kind == "e":
            return Fault("error_cell", raw)
        if kind == "d":
            return datetime.fromisoformat(raw.rstrip("Z"))
        return unescape(raw) or None


def unescape(text: str) -> str:
    """Return a text with its escaped control characters put back: ``_x000D_`` is a carriage return."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
