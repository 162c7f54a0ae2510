"""Read a csv file: find out its encoding and its separator, then stream the records."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from ..refusal import Refusal
from .cells import MAX_CELL_TEXT, MAX_COLUMNS, MAX_SHEET_ROWS, column_letter, is_blank

SEPARATORS = ";,\t|"
OTHER_KINDS = {
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"\xff\xd8\xff": "JPEG",
    b"%PDF": "PDF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"{\\rtf": "RTF",
}
MARKUP = re.compile(r"\s*<(\?xml|!doctype|!--|[a-z])", re.IGNORECASE)
MAIL = re.compile(r"mime-version:|content-type:", re.IGNORECASE)  # a web page in one file, which Excel writes too
HEAD = 64 * 1024  # so much is looked at to tell what a text is
LEAST_SIGNS = 2  # a heading row holds three headings at least, a title above it seldom two separators
UTF8_LETTER = re.compile(rb"[\xc3-\xc5\xc8][\x80-\xbf]")
# Letters only one of the two code pages has in these places: ğ Ğ ı İ of Windows-1254, ă Ă ş Ş of Windows-1250
TURKISH, ROMANIAN = frozenset(b"\xf0\xd0\xfd\xdd"), frozenset(b"\xe3\xc3\xba\xaa")
EITHER = frozenset(b"\xfe\xde")  # ş Ş of the one are ţ Ţ of the other


class CsvSheet:
    """The records of a csv file; a record's number is what counts as its row."""

    name = "csv"
    base_1904 = False
    fixed_width = True

    def __init__(self, text: str):
        self._text = text
        self.merged = []

    def rows(self) -> Iterator[tuple[int, list]]:
        """Yield number and cells (text, None when blank) of each record that is not blank.

        :raise Refusal: ``csv_malformed`` for a quote that is never closed, ``value_too_long``, ``too_many_columns``,
            ``too_many_rows``
        """
        separator, skipped = _separator(self._text)
        stream = io.StringIO(self._text, newline="")
        number = 0
        try:
            for number, record in enumerate(csv.reader(stream, delimiter=separator, strict=True), start=1):
                if number > MAX_SHEET_ROWS:
                    raise Refusal("too_many_rows", limit=MAX_SHEET_ROWS)
                if len(record) > MAX_COLUMNS:
                    _drop_blank_end(record, number)
                if number > skipped and not all(map(is_blank, record)):
                    yield number, [_cell(cell, number) for cell in record]
        except csv.Error as error:
            code = "value_too_long" if "field larger" in str(error) else "csv_malformed"
            raise Refusal(code, row=number + 1, limit=MAX_CELL_TEXT)


def read(content: bytes) -> list[CsvSheet]:
    """Return the one sheet of a csv file.

    :raise Refusal: ``wrong_type`` when it is no text, ``encoding_error``, ``encoding_undetermined``
    """
    for magic, kind in OTHER_KINDS.items():
        if content.startswith(magic):
            raise Refusal("wrong_type", kind=kind)
    text = decode(content)
    markup = MARKUP.match(text)
    if markup or MAIL.match(text):
        raise Refusal("wrong_type", kind="XML" if markup and markup[1].lower() == "?xml" else "HTML")
    if _is_binary(text):
        raise Refusal("wrong_type", kind="?")
    text = text.rstrip("\x1a")  # programs of the DOS age end a file with it
    if is_blank(text):
        raise Refusal("empty_file")
    return [CsvSheet(text)]


def _is_binary(text):
    """Tell what is no text: one stray control character is a problem of its cell, many of them are none of a table."""
    controls = sum(char < " " and char not in "\t\n\r\f\v" for char in text[:4096])
    return controls > 3 + len(text[:4096]) // 50


def decode(content: bytes) -> str:
    """Return the text of a file whose encoding nobody told us.

    UTF-8 and UTF-16 prove themselves. What is left was written with a code page of Windows (or its ISO twin, which has
    the same letters); Turkish and Romanian ones are told apart by letters only one of them has.

    :raise Refusal: ``encoding_error`` (with ``row``) for damaged UTF-8 or UTF-16, ``encoding_undetermined`` when
        several code pages are possible
    """
    encoding = _unicode_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig" or _is_damaged_utf8(content):
            raise Refusal("encoding_error", row=content.count(b"\n", 0, error.start) + 1)
    return _decode_code_page(content)


def _is_damaged_utf8(content: bytes) -> bool:
    """Tell a UTF-8 file with a few bad bytes from one written with a code page: by what most letters are."""
    stray = content.decode("utf-8", errors="replace").count("\ufffd")
    return content.startswith(codecs.BOM_UTF8) or len(UTF8_LETTER.findall(content)) >= stray


def _unicode_encoding(content: bytes) -> str:
    """Return the Unicode encoding to try: by its mark, or by where the zero bytes are."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = content[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 > len(sample):
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8-sig"


def _decode_code_page(content: bytes) -> str:
    used = set(content)
    turkish, romanian = bool(used & TURKISH), bool(used & ROMANIAN)
    if (turkish and romanian) or (used & EITHER and not turkish and not romanian):
        raise Refusal("encoding_undetermined")
    try:
        return content.decode("cp1250" if romanian else "cp1254")
    except UnicodeDecodeError:
        raise Refusal("encoding_undetermined")


def _separator(text: str) -> tuple[str, int]:
    """Return the separator and how many records stand before the headings.

    Excel writes and honours a first line ``sep=;``; otherwise the sign that is found most often outside the quotes of
    the first line that has some: titles above the headings are passed over.
    """
    head = text[:HEAD]
    first = next((line for line in head.splitlines() if not is_blank(line)), "")
    declared = re.fullmatch(r"sep=(.)", first.strip(' "'), re.IGNORECASE)
    if declared and head.lstrip().startswith(first.lstrip()):
        return declared[1], 1
    bare = re.sub(r'"[^"]*"', "", head).splitlines()
    first = next((line for line in bare if max(map(line.count, SEPARATORS)) >= LEAST_SIGNS), "".join(bare[:20]))
    return max(SEPARATORS, key=first.count), 0


def _drop_blank_end(record, number):
    """Cut a record down to the columns a sheet may have.

    :raise Refusal: ``too_many_columns`` when something stands beyond them
    """
    for place in range(MAX_COLUMNS, len(record)):
        if not is_blank(record[place]):
            address = f"{column_letter(place)}{number}"
            raise Refusal("too_many_columns", address=address, row=number, limit=MAX_COLUMNS)
    del record[MAX_COLUMNS:]


def _cell(text: str, row: int) -> str | None:
    if len(text) > MAX_CELL_TEXT:
        raise Refusal("value_too_long", row=row, limit=MAX_CELL_TEXT)
    return None if is_blank(text) else text
