"""What the number format of a cell says about its value."""

import re
from functools import lru_cache
from math import isfinite

from ..refusal import Refusal
from .cells import Fault, PaddedNumber, Percent, from_serial

LITERALS = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', re.IGNORECASE)
# A longer one is none of a spreadsheet (Excel takes 255 characters) but an attempt to keep the reader busy.
MAX_CODE = 255
ZEROS = re.compile(r"0{2,18}")
CONDITION = re.compile(r"\[[<>=]")
MASK = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<digit>0)|(?P<plain>[-/ ():])|\[[^\]]*\]|_.|\*.|(?P<other>.)'
)
# Formats that no file defines (ECMA-376 part 1, 18.8.30): 9 and 10 per cent, 14 to 22 and 45 to 47 dates and times
BUILTIN_KINDS = {9: "percent", 10: "percent", **dict.fromkeys([*range(14, 23), *range(45, 48)], "date")}


@lru_cache(maxsize=1000)
def format_kind(code: str):
    """Return ``"date"``, ``"percent"``, the mask of a :class:`~.cells.PaddedNumber`, or None.

    :param code: the format as Excel stores it, in English letters, for instance ``dd.mm.yyyy`` or ``00000``
    """
    if len(code) > MAX_CODE:
        return None
    bare = LITERALS.sub("", code.partition(";")[0]).strip().lower()
    if bare == "general":
        return None
    if re.search("[dmyhs]", bare):
        return "date"
    if "%" in bare:
        return "percent"
    # A format that depends on the value shows what one part of it does not tell.
    return None if CONDITION.search(code) else _mask(code.partition(";")[0].strip())


def _mask(code):
    """Return the mask in which whole numbers are shown: digits with leading zeros, or digits among signs."""
    if ZEROS.fullmatch(code):
        return len(code)
    parts = []
    for match in MASK.finditer(code):
        if match["other"]:
            return None
        if match["digit"]:
            parts.append(None)
        elif text := match["quoted"] or match["escaped"] or match["plain"]:
            parts.append(text)
    digits = parts.count(None)
    # One digit with a sign behind is a number with its unit: 12 TL.
    signs_matter = digits > 1 or (digits and parts[0] is not None)
    if not signs_matter:
        return None
    return digits if digits == len(parts) else tuple(parts)


def typed_number(value: float, kind, base_1904: bool):
    """Return a number as the type its format gives it: date, percent, number with leading zeros, whole number.

    :param kind: what :func:`format_kind` said of the cell's format
    :param base_1904: date system of the workbook
    :return: datetime, Percent, PaddedNumber, int or float; a Fault for a date or number that does not exist
    """
    if not isfinite(value):
        return Fault("bad_number", str(value))
    if kind == "date":
        try:
            return from_serial(value, base_1904)
        except Refusal as refusal:
            return Fault(refusal.code, refusal.params["value"])
    if kind == "percent":
        return Percent(value)
    if abs(value) >= 1e15 or value != int(value):
        return value
    return PaddedNumber(int(value), kind) if kind else int(value)
