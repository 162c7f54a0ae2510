"""Read a csv file: find out its encoding and its separator, then stream the records."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from .cells import MAX_CELL_TEXT, is_blank
from .refusal import Refusal

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
MARKUP = re.compile(r"\s*<(\?xml|!doctype|[a-z])", re.IGNORECASE)
UTF8_LETTER = re.compile(rb"[\xc3-\xc5\xc8][\x80-\xbf]")
# Letters only one of the two code pages has in these places: ğ Ğ ı İ of Windows-1254, ă Ă ş Ş of Windows-1250
TURKISH, ROMANIAN = frozenset(b"\xf0\xd0\xfd\xdd"), frozenset(b"\xe3\xc3\xba\xaa")


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

        :raise Refusal: ``csv_malformed`` for a quote that is never closed, ``value_too_long``
        """
        separator, skipped = _separator(self._text)
        stream = io.StringIO(self._text, newline="")
        number = 0
        try:
            for number, record in enumerate(csv.reader(stream, delimiter=separator, strict=True), start=1):
                if number > skipped and not all(is_blank(cell) for cell in record):
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
    if markup:
        raise Refusal("wrong_type", kind="XML" if markup[1].lower() == "?xml" else "HTML")
    if any(ord(char) < 32 and char not in "\t\n\r\f\v" for char in text[:4096]) or "\0" in text:
        raise Refusal("wrong_type", kind="?")
    if is_blank(text):
        raise Refusal("empty_file")
    return [CsvSheet(text)]


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
    if turkish and romanian:
        raise Refusal("encoding_undetermined")
    try:
        return content.decode("cp1250" if romanian else "cp1254")
    except UnicodeDecodeError:
        raise Refusal("encoding_undetermined")


def _separator(text: str) -> tuple[str, int]:
    """Return the separator and how many records stand before the headings.

    Excel writes and honours a first line ``sep=;``; otherwise the sign that is found most often outside the quotes of
    the first line that is not blank.
    """
    first = next(line for line in text.splitlines() if not is_blank(line))
    declared = re.fullmatch(r"sep=(.)", first.strip(' "'), re.IGNORECASE)
    if declared and text.lstrip().startswith(first.lstrip()):
        return declared[1], 1
    bare = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=bare.count), 0


def _cell(text: str, row: int) -> str | None:
    if len(text) > MAX_CELL_TEXT:
        raise Refusal("value_too_long", row=row, limit=MAX_CELL_TEXT)
    return None if is_blank(text) else text
