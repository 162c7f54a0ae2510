"""Values of workbook cells that a plain Python type cannot carry.

A cell is None, str, bool, int, float, datetime, or one of these.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from ..refusal import Refusal

LAST_SERIAL = 2_958_465  # 31 December 9999
MAX_CELL_TEXT = 32_767  # Excel's own limit of one cell
MAX_SHEET_ROWS = 1_048_576  # and of one sheet
MAX_COLUMNS = 200  # ours; no layout has a sixth of them


class PaddedNumber(int):
    """A whole number that the sheet shows with leading zeros or signs: 123 in a cell of the format 00000 or "AB-"0000.

    :param mask: number of digits, or the parts of the format: a text, or None for a digit
    """

    mask: int | tuple = 0

    def __new__(cls, value: int, mask: int | tuple):
        self = super().__new__(cls, value)
        self.mask = mask
        return self

    def __getnewargs__(self):
        return int(self), self.mask

    @property
    def number_format(self) -> str:
        """Return the format of a cell that shows the number like this."""
        if isinstance(self.mask, int):
            return "0" * self.mask
        return "".join("0" if part is None else "".join(f"\\{char}" for char in part) for part in self.mask)

    def __str__(self):
        if isinstance(self.mask, int):
            return f"{int(self):0{self.mask}d}"
        places = self.mask.count(None)
        digits = f"{abs(self):0{places}d}"
        # What is longer than the mask stands before its first digit, as in the sheet.
        parts = [digits[: len(digits) - places + 1], *digits[len(digits) - places + 1 :]]
        text = "".join(parts.pop(0) if part is None else part for part in self.mask)
        return f"-{text}" if self < 0 else text


class Percent(float):
    """A number in a percent format; the sheet shows 10 % where 0.1 is stored."""


class Fault(NamedTuple):
    """A cell that holds no value anybody could use.

    :param code: reason, as of :class:`~.refusal.Refusal`
    :param text: what the sheet shows there
    """

    code: str
    text: str


def from_serial(serial: float, base_1904: bool = False) -> datetime:
    """Return the local date and time of an Excel serial number.

    The 1900 system holds a 29 February 1900 that never was (60); the days before it are counted from one day later.

    :param serial: days since the base of the workbook's date system, 1 to 2 958 465 (0 too in the 1904 system)
    :param base_1904: True when the workbook counts from 1904
    :raise Refusal: ``bad_date`` for a day that does not exist
    """
    if not (0 if base_1904 else 1) <= serial < LAST_SERIAL + 1 or (60 <= serial < 61 and not base_1904):
        raise Refusal("bad_date", value=f"{serial:.15g}")
    whole = int(serial)
    base = datetime(1904, 1, 1) if base_1904 else datetime(1899, 12, 31 if whole < 60 else 30)
    try:
        return base + timedelta(days=whole, seconds=round((serial - whole) * 86400))
    except OverflowError:
        raise Refusal("bad_date", value=f"{serial:.15g}")


def is_blank(cell) -> bool:
    """Tell whether a cell holds nothing a person could see."""
    return cell is None or (isinstance(cell, str) and not cell.strip(INVISIBLE))


# Nobody sees these inside of a code: zero-width space, word joiner, byte order mark, soft hyphen
ZERO_WIDTH = "\u200b\u2060\ufeff\u00ad"
# str.strip() does not know the last four: zero-width space, word joiner, byte order mark, soft hyphen
INVISIBLE = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u2007\u2009\u202f\u3000\u200b\u2060\ufeff\u00ad"


def column_letter(index: int) -> str:
    """Return the name a sheet gives to a column: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the place of a column by its name, the opposite of :func:`column_letter`.

    :raise KeyError: when it is not a name of A to XFD in capitals
    """
    index = 0
    for letter in letters:
        index = index * 26 + PLACES[letter]
    if not 1 <= index <= 16_384:
        raise KeyError(letters)
    return index - 1


PLACES = {chr(64 + place): place for place in range(1, 27)}
