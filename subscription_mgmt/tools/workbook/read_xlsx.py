"""Read a workbook of the Office Open XML kind (.xlsx), streamed.

openpyxl is not used for reading: it hides what a check must tell (formulas without a value, cells without an address,
joined cells), and costs about three times the time.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from ..refusal import Refusal
from .archive import Archive
from .cells import MAX_CELL_TEXT, MAX_COLUMNS, MAX_SHEET_ROWS, Fault, column_index, is_blank
from .number_formats import BUILTIN_KINDS, format_kind, typed_number

MAX_STRING_TOTAL = 100_000_000
MAX_SHEETS = 500
MAX_MERGED = 200_000
MAX_KNOWN = 10_000  # so many different numbers are remembered; most of a big file are the same few
BOOLEANS = {"1": True, "true": True, "0": False, "false": False}
# What Python takes for a number besides, with underscores or in other scripts, is none in a workbook.
NUMBER = re.compile(r"\s*[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?\s*|\s*[-+]?(?:INF|inf|Infinity)\s*|\s*NaN\s*")
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
            if len(sheets) > MAX_SHEETS:
                raise Refusal("suspicious_archive")
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
        for _ in self._archive.parse(self._strings_part, reader.starts, reader.ends, reader.text):
            total += sum(map(len, reader.texts))
            if total > MAX_STRING_TOTAL or reader.size > MAX_CELL_TEXT * 100:
                raise Refusal("suspicious_archive")
            strings += map(unescape, reader.texts)
            reader.texts.clear()
        return strings

    def _read_formats(self):
        known = {str(number): kind for number, kind in BUILTIN_KINDS.items()}
        kinds, in_cells = [], False
        for tag, attributes in self._archive.elements(self._styles_part):
            if tag == "numFmt":
                known[attributes.get("numFmtId")] = format_kind(attributes.get("formatCode", ""))
            elif tag in ("cellXfs", "cellStyles", "dxfs"):
                in_cells = tag == "cellXfs"
            elif tag == "xf" and in_cells:
                kinds.append(known.get(attributes.get("numFmtId")))
        return kinds


class _TextReader:
    """Collects the text of elements: runs put together, reading aids (phonetics) left out."""

    def __init__(self, element):
        self._pieces, self._open, self._aside = [], False, False
        self.texts, self.size = [], 0
        self.starts = {"t": self._start_text, "rPh": self._start_aside, element: self._start_element}
        self.ends = {"t": self._end_text, "rPh": self._end_aside, element: self._end_element}

    def text(self, piece):
        if self._open:
            self._pieces.append(piece)
            self.size += len(piece)

    def _start_text(self, _attributes):
        self._open = not self._aside

    def _end_text(self):
        self._open = False

    def _start_aside(self, _attributes):
        self._aside = True

    def _end_aside(self):
        self._aside = False

    def _start_element(self, _attributes):
        self._pieces, self.size = [], 0

    def _end_element(self):
        self.texts.append("".join(self._pieces))


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
        for _ in self._archive.parse(self._part, reader.starts, reader.ends, reader.text):
            yield from reader.finished
            reader.finished.clear()
        if not reader.seen_data:
            raise Refusal("corrupt_file")


class _SheetReader:
    """Turns the events of a sheet part into rows of typed cells. A file has millions of them: few calls per cell."""

    def __init__(self, shared, base_1904, merged):
        self._strings, self._formats, self._base_1904 = shared.strings, shared.formats, base_1904
        self._columns, self._numbers = {}, {}
        self._row, self._cells, self._cell = 0, [], {}
        # What the cell holds as a value, and as inline text; None: it has no such element.
        self._raw, self._inline = None, None
        self._formula, self._aside, self._in_rows = False, False, False
        self._pieces = []
        self.text = self._pieces.append
        self.merged, self.finished, self.seen_data = merged, [], False
        self.starts = {
            "c": self._start_cell,
            "v": self._start_text,
            "t": self._start_text,
            "is": self._start_inline,
            "row": self._start_row,
            "f": self._start_formula,
            "rPh": self._start_aside,
            "sheetData": self._start_data,
            "mergeCell": self._start_merged,
        }
        self.ends = {
            "c": self._end_cell,
            "v": self._end_value,
            "t": self._end_text,
            "row": self._end_row,
            "rPh": self._end_aside,
            "sheetData": self._end_data,
        }

    def _start_data(self, _attributes):
        self._in_rows = self.seen_data = True

    def _end_data(self):
        self._in_rows = False

    def _start_row(self, attributes):
        self._cells = []
        if not self._in_rows:  # buttons drawn on the sheet say in which row they stand
            return
        last, self._row = self._row, int(attributes.get("r", self._row + 1))
        if not last < self._row <= MAX_SHEET_ROWS:  # also a row twice: nobody could tell which is meant
            raise Refusal("corrupt_file")

    def _end_row(self):
        if not all(map(is_blank, self._cells)):
            self.finished.append((self._row, self._cells))

    def _start_merged(self, attributes):
        if len(self.merged) == MAX_MERGED:
            raise Refusal("suspicious_archive")
        self.merged.append(attributes.get("ref", ""))

    # === ONE CELL === #
    def _start_cell(self, attributes):
        self._cell, self._raw, self._inline, self._formula = attributes, None, None, False

    def _start_text(self, _attributes):
        self._pieces.clear()

    def _start_inline(self, _attributes):
        if self._inline is not None and self._in_rows:  # two texts: nobody knows which of the two is meant
            raise Refusal("corrupt_file")
        self._inline = ""

    def _end_value(self):
        if not self._in_rows or self._aside:
            return
        if self._raw is not None:  # two values: as above
            raise Refusal("corrupt_file")
        self._raw = "".join(self._pieces)

    def _end_text(self):
        if self._in_rows and not self._aside:
            self._inline = (self._inline or "") + "".join(self._pieces)

    def _start_formula(self, _attributes):
        self._formula = True

    def _start_aside(self, _attributes):
        self._aside = True

    def _end_aside(self):
        self._aside = False

    def _end_cell(self):
        address = self._cell.get("r")
        if address is None:
            # Without addresses a row that leaves out an empty cell moves all others one column to the left.
            raise Refusal("cells_without_address", row=self._row)
        letters = address.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_index(letters)
        raw, kind = self._raw or "", self._cell.get("t", "n")
        if self._inline is not None and (kind == "inlineStr" or not raw):
            # Some programs write a cell both ways. The type of the cell says which of the two it holds.
            raw, kind = self._inline, "inlineStr"
        if kind == "s":
            value = self._strings[place(raw)] if raw else None
        elif kind == "n" and raw:
            key = (raw, self._cell.get("s"))
            value = self._numbers[key] if key in self._numbers else self._read_number(*key)
        else:
            value = self._read_other(kind, raw)
        if value is not None:
            self._keep(letters, column, value, len(raw))

    def _read_number(self, raw, style):
        if not NUMBER.fullmatch(raw):
            raise Refusal("corrupt_file")
        number_format = self._formats[place(style)] if style else None
        value = typed_number(float(raw), number_format, self._base_1904)
        if len(self._numbers) < MAX_KNOWN:
            self._numbers[raw, style] = value
        return value

    def _read_other(self, kind, raw):
        if kind == "n":
            return Fault("formula_without_value", "=") if self._formula else None
        if kind == "e":
            return Fault("error_cell", raw)
        if kind in ("b", "d") and not raw.strip():
            return None
        if kind == "b":
            return BOOLEANS.get(raw.strip().lower(), Fault("bad_boolean", raw))
        if kind == "d":
            return _read_day(raw)
        return unescape(raw) or None

    def _keep(self, letters, column, value, size):
        if column >= MAX_COLUMNS:
            if is_blank(value):
                return
            raise Refusal("too_many_columns", address=f"{letters}{self._row}", row=self._row, limit=MAX_COLUMNS)
        if size > MAX_CELL_TEXT:
            raise Refusal("value_too_long", row=self._row, limit=MAX_CELL_TEXT)
        missing = column - len(self._cells)
        if missing >= 0:
            self._cells.extend([None] * (missing + 1))
        elif self._cells[column] is not None:  # a cell twice: nobody knows which of the two is meant
            raise Refusal("corrupt_file")
        self._cells[column] = value


def _read_day(raw: str) -> datetime | Fault:
    """Return the local day and time as the sheet shows it, whatever time zone is named with it."""
    try:
        return datetime.fromisoformat(raw.strip().rstrip("Z")).replace(tzinfo=None)
    except ValueError:
        return Fault("bad_date", raw)


def place(text: str) -> int:
    """Return the place in a list that a cell names.

    :raise Refusal: ``corrupt_file`` for what is none; Python would count -1 from the end of the list
    """
    if not (text.isascii() and text.isdecimal()):
        text = text.strip()  # a part that was laid out for people
        if not (text.isascii() and text.isdecimal()):
            raise Refusal("corrupt_file")
    return int(text)


def unescape(text: str) -> str:
    """Return a text with its escaped control characters put back: ``_x000D_`` is a carriage return."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
