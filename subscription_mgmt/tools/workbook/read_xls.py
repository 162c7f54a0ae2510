"""Read a workbook of Excel 97 to 2003 (.xls) through xlrd."""

import os
from collections.abc import Iterator

import xlrd

from ..refusal import Refusal
from .cells import Fault, column_letter, is_blank
from .number_formats import format_kind, typed_number

VISIBLE = 0
# The container holds names in UTF-16; an encrypted .xlsx is a container of this kind with one such entry.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


class XlsSheet:
    """A sheet of an .xls workbook."""

    fixed_width = False

    def __init__(self, book, index: int):
        self._book, self._index = book, index
        self.name = book.sheet_names()[index]
        self.base_1904 = bool(book.datemode)
        self.merged = []

    def rows(self) -> Iterator[tuple[int, list]]:
        """Yield number and cells of each row that is not blank.

        :raise Refusal: ``corrupt_file``
        """
        sheet = _guarded(self._book.sheet_by_index, self._index)
        self.merged = [
            f"{column_letter(left)}{first + 1}:{column_letter(right - 1)}{last}"
            for first, last, left, right in sheet.merged_cells
        ]
        for index in range(sheet.nrows):
            cells = [self._value(cell) for cell in sheet.row(index)]
            if not all(is_blank(cell) for cell in cells):
                yield index + 1, cells

    def _value(self, cell):
        match cell.ctype:
            case xlrd.XL_CELL_TEXT:
                return cell.value
            case xlrd.XL_CELL_BOOLEAN:
                return bool(cell.value)
            case xlrd.XL_CELL_ERROR:
                return Fault("error_cell", xlrd.error_text_from_code.get(cell.value, "#?"))
            case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
                return typed_number(cell.value, self._format(cell.xf_index), self.base_1904)
        return None

    def _format(self, xf_index):
        try:
            xf = self._book.xf_list[xf_index]
            return format_kind(self._book.format_map[xf.format_key].format_str)
        except (LookupError, TypeError):
            raise Refusal("corrupt_file")


def read(content: bytes) -> list[XlsSheet]:
    """Return the visible sheets of an .xls workbook.

    :raise Refusal: ``encrypted``, ``corrupt_file``
    """
    if ENCRYPTED_PACKAGE in content:
        raise Refusal("encrypted")
    with open(os.devnull, "w") as silence:
        book = _guarded(
            xlrd.open_workbook,
            file_contents=content,
            logfile=silence,
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
        )
        book.logfile = None
    return [XlsSheet(book, index) for index, visibility in enumerate(book._sheet_visibility) if visibility == VISIBLE]


def _guarded(function, *args, **kwargs):
    """Call xlrd, which fails on a damaged file with whatever its arithmetic runs into.

    :raise Refusal: ``encrypted``, ``corrupt_file``, ``wrong_type`` for other documents in the same container
    """
    try:
        return function(*args, **kwargs)
    except Exception as error:
        if "Can't find workbook" in str(error):
            raise Refusal("wrong_type", kind="OLE")
        raise Refusal("encrypted" if "encrypted" in str(error) else "corrupt_file")
