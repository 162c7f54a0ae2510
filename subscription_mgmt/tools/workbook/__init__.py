"""Read a workbook that a stranger made: xlsx, xls or csv, whatever its name says.

Plain Python. Every reader works on the bytes in memory, streams its rows, and refuses what is too big, broken,
protected or not a workbook at all with a :class:`~.refusal.Refusal`. Nothing in the file is ever evaluated,
and no address in it is followed.
"""

import os
from collections.abc import Iterator
from typing import Protocol

from . import read_csv, read_xls, read_xlsx
from ..refusal import Refusal

MAX_BYTES = 32 * 1024 * 1024
EXTENSIONS = (".xlsx", ".xls", ".csv", ".txt")

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02")  # xls without the container, Excel 4 and older programs


class Sheet(Protocol):
    """A visible sheet.

    ``name`` is its tab (the file name's kind for csv), ``base_1904`` its date system, ``fixed_width`` tells that every
    row must have as many cells as the heading row (csv). ``merged``, complete once all rows are read, holds the
    addresses of joined cells.
    """

    name: str
    base_1904: bool
    fixed_width: bool
    merged: list[str]

    def rows(self) -> Iterator[tuple[int, list]]:
        """Yield the number a sheet shows for a row and its cells, blank rows left out."""


def read(content: bytes, filename: str = "") -> list[Sheet]:
    """Return the visible sheets of a workbook; their rows are read when asked for.

    The name must carry an extension of the list, the content decides how it is read: a csv saved as .xls and an xlsx
    saved as .csv are what they are (WSI-39).

    :param content: up to 32 MB
    :param filename: name the file came under; empty when there is none
    :raise Refusal: ``empty_file``, ``file_too_big``, ``wrong_type``, ``encrypted``, ``macros``, ``corrupt_file``,
        ``suspicious_archive``, ``dtd_forbidden``, ``encoding_error``, ``encoding_undetermined``, ``no_sheet``
    """
    if not content:
        raise Refusal("empty_file")
    if len(content) > MAX_BYTES:
        raise Refusal("file_too_big", limit=MAX_BYTES // 1024 // 1024)
    extension = os.path.splitext(filename)[1].lower()
    if filename and extension not in EXTENSIONS:
        raise Refusal("wrong_type", kind=extension or filename)
    sheets = _reader(content)(content)
    if not sheets:
        raise Refusal("no_sheet")
    return sheets


def _reader(content: bytes):
    """Return the reading function for the kind of the content."""
    if content.startswith(ZIP):
        return read_xlsx.read
    if content.startswith((OLE, *BIFF)):
        return read_xls.read
    return read_csv.read
