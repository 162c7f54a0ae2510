"""Turn the cells of a stranger's workbook into values, and never guess.

Each reader takes a cell as :mod:`.workbook` gives it and returns a value, or None for a blank cell.
Each raises :class:`~.refusal.Refusal` with the code of what is wrong with a filled one.
"""

import re
import unicodedata
from datetime import date, datetime

from ..refusal import Refusal
from ..storable import UNSTORABLE
from ..workbook.cells import INVISIBLE, ZERO_WIDTH, Fault, PaddedNumber, Percent, from_serial, is_blank
from .days import FIRST_YEAR, LAST_YEAR, checked_day, day_of_text

MAX_CODE = 128
MAX_TEXT = 10_000
MAX_AMOUNT = 1_000_000_000_000  # with two decimals far from where a float begins to lose some
SCIENTIFIC = re.compile(r"[+-]?\d[.,]\d+e\+?\d+|\de\+\d+", re.IGNORECASE)
# Control characters but for breaks and tabs, halves of letters, and the two that are no characters
NUMBER_TEXT = re.compile(r"[+-]?\d{1,18}(?:[.,]\d+)*", re.ASCII)
# Thousands grouped by a blank, a blank that does not break, or an apostrophe: then a point or comma is the decimal sign
SPACED_TEXT = re.compile(r"([+-]?\d{1,3}(?:([ \u00a0\u202f\u2009'’])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?", re.ASCII)
# Addresses of pages that no code of any program looks like
ADDRESS = re.compile(r"://|^www\.|^mailto:", re.IGNORECASE)
# What a code may look like, but an address does more often
PAGE = re.compile(r"^[\w-]+(\.[\w-]+)*\.[a-z]{2,}[/:?#]|^/\w|[?&#][\w-]+=|\.(html?|php|aspx?)\b", re.IGNORECASE)
NO_BLANKS = {ord(char): None for char in ZERO_WIDTH}
WORDS = {
    True: "1 true yes y evet e doğru da d adevărat",
    False: "0 false no n hayır h yanlış nu fals",
}
UNITS = {
    "day": "day days daily d gün günlük zi zile zilnic",
    "week": "week weeks weekly w hafta haftalık săptămână săptămâni săptămânal",
    "month": "month months monthly m ay aylık lună luni lunar",
    "year": "year years yearly annual y yıl yıllık sene an ani anual",
}
# Monday to Sunday: full and short names in three languages, and those of RFC 5545
WEEKDAYS = (
    "pazartesi pzt monday mon mo luni lun",
    "salı sal tuesday tue tu marți mar",
    "çarşamba çar wednesday wed we miercuri mie",
    "perşembe per thursday thu th joi joi",
    "cuma cum friday fri fr vineri vin",
    "cumartesi cmt saturday sat sa sâmbătă sâm",
    "pazar paz sunday sun su duminică dum",
)
PART_OF_DAY = re.compile(r"0(\.\d+)?", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?", re.ASCII)
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def fold(text: str) -> str:
    """Return what two spellings of one word have in common: letters without case, accents, spaces and signs.

    Turkish has two letters i whose capitals cross over (İ is i, I is ı); all four become one.
    """
    bare = unicodedata.normalize("NFKD", text.replace("İ", "i").replace("ı", "i").casefold())
    return "".join(char for char in bare if char.isalnum())


def same_number(number: str) -> str:
    """Return what two spellings of one number have in common: for people capitals and blanks make no other number.

    Signs and leading zeros do: A-1, A.1 and A-01 are three. The four letters i of Turkish are one, as in :func:`fold`.
    """
    if not number.isascii():
        number = unicodedata.normalize("NFKC", number.replace("İ", "i").replace("ı", "i"))
    return " ".join(number.casefold().split())


def looks_like_address(code: str) -> bool:
    """Tell whether a code that means no record is the address of a page, or a part of it, that somebody copied."""
    return bool(PAGE.search(code))


def word_table(words: dict) -> dict:
    """Return folded word → value.

    :param words: value → its words, with blanks between them
    """
    return {fold(word): value for value, names in words.items() for word in names.split()}


FLAG_WORDS, UNIT_WORDS, WEEKDAY_WORDS = map(word_table, (WORDS, UNITS, dict(enumerate(WEEKDAYS))))


def shown(cell) -> str:
    """Return a cell as the sheet shows it, for messages."""
    if cell is None:
        return ""
    if isinstance(cell, Fault):
        return cell.text
    if isinstance(cell, date):
        timed = isinstance(cell, datetime) and cell.time() != datetime.min.time()
        return f"{cell:%d.%m.%Y %H:%M}" if timed else f"{cell:%d.%m.%Y}"
    if isinstance(cell, float):
        return f"{cell * 100:.15g}%" if isinstance(cell, Percent) else f"{cell:.15g}"
    return str(cell) if not isinstance(cell, str) or cell.isprintable() else _without_controls(cell)


def _without_controls(text):
    """Return a text that can be stored and written: lines end with a line feed, other control characters are a sign."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNSTORABLE.sub("\ufffd", text)


def read_text(cell, limit: int = MAX_TEXT) -> str | None:
    """Return a text without the blanks around it, in composed form (NFC), lines ended by a line feed.

    :raise Refusal: ``value_too_long``, ``bad_character`` for control characters and halves of letters,
        ``lost_letter`` for the sign that stands for one; for a cell that holds no text ``wrong_kind``,
        ``precision_lost``, or the code of its fault
    """
    if is_blank(cell):
        return None
    text = cell if isinstance(cell, str) else _text_of_number(cell)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").strip(INVISIBLE))
    if len(text) > limit:
        raise Refusal("value_too_long", limit=limit)
    # Most texts are printable throughout, which is told at once.
    if not text.isprintable() and UNSTORABLE.search(text):
        raise Refusal("bad_character")
    if "\ufffd" in text:
        raise Refusal("lost_letter")
    return text


def _text_of_number(cell) -> str:
    """Return the text of a cell that holds a number, as the sheet shows it, when that is beyond doubt."""
    _refuse_fault(cell)
    if isinstance(cell, bool | datetime | Percent):
        raise Refusal("wrong_kind")
    if abs(cell) >= 1e15:
        raise Refusal("precision_lost")
    return str(cell) if isinstance(cell, int) else f"{cell:.15g}"


def read_code(cell) -> str | None:
    """Return a number or an id of the old system: text, leading zeros kept; 9001 and "9001" are the same (WSI-23).

    What nobody sees in it is no part of it; a blank that does not break is a blank.

    :raise Refusal: ``bad_reference`` for a fraction or a line break, ``address_reference`` for an address of a page,
        ``bad_character`` also for signs that turn the direction of writing; else as :func:`read_text`
    """
    text = read_text(cell, MAX_CODE)
    if text is None:
        return None
    if not text.isprintable():
        text = text.translate(NO_BLANKS)
        if any(unicodedata.category(char) == "Cf" for char in text):
            raise Refusal("bad_character")
        text = "".join(" " if unicodedata.category(char) == "Zs" else char for char in text)
    if isinstance(cell, float) or "\n" in text or "\t" in text:
        raise Refusal("bad_reference")
    if ADDRESS.search(text):
        raise Refusal("address_reference")
    if SCIENTIFIC.fullmatch(text):
        raise Refusal("precision_lost")
    return text


def read_number(cell, decimal_sign: str | None = None) -> float | None:
    """Return an amount.

    A text may group its thousands. Where one sign with three digits behind it could be either, it is only read when
    the decimal sign was declared.

    :param decimal_sign: ``","`` or ``"."``; None when nobody said
    :raise Refusal: ``bad_number``, ``ambiguous_number``, ``too_big``, or the code of the cell's fault
    """
    if is_blank(cell):
        return None
    _refuse_fault(cell)
    if isinstance(cell, bool | datetime | Percent):
        raise Refusal("bad_number")
    if not isinstance(cell, str):
        number = float(f"{cell:.15g}") if isinstance(cell, float) else float(cell)
    else:
        number = float(_plain_number(_without_blanks(cell, decimal_sign), decimal_sign))
    if abs(number) > MAX_AMOUNT:
        raise Refusal("too_big", limit=MAX_AMOUNT)
    return number


def _without_blanks(cell, decimal_sign):
    """Return a number text whose thousands no blank or apostrophe groups."""
    text = cell.strip(INVISIBLE).replace("−", "-")
    if NUMBER_TEXT.fullmatch(text):
        return text
    match = SPACED_TEXT.fullmatch(text)
    if not match or (match[3] and match[3] != (decimal_sign or match[3])):
        raise Refusal("bad_number")
    whole = match[1].replace(match[2], "")
    # Two zeros behind a fraction of three digits change nothing, and nobody takes the sign for a grouping one.
    return f"{whole}{match[3]}{match[4]}00" if match[3] else whole


def _plain_number(text, decimal_sign):
    """Return a number text without grouping and with a point for the decimal sign."""
    signs = re.findall("[.,]", text)
    if not signs:
        return text
    if decimal_sign is None:
        decimal_sign = _decimal_sign(text, signs)
    grouping = "," if decimal_sign == "." else "."
    whole, _, fraction = text.partition(decimal_sign)
    groups = whole.lstrip("+-").split(grouping)
    well_grouped = len(groups) == 1 or (len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))
    if not well_grouped or not (fraction.isdigit() or signs.count(decimal_sign) == 0):
        raise Refusal("bad_number")
    return f"{whole.replace(grouping, '')}.{fraction or 0}"


def _decimal_sign(text, signs):
    """Return the sign that can only be the decimal one."""
    if len(set(signs)) == 2:
        return signs[-1]
    other = "," if signs[0] == "." else "."
    if len(signs) > 1:
        return other  # 1.234.567: a number has one decimal sign, so this one groups
    whole, fraction = re.split("[.,]", text.lstrip("+-"))
    if len(fraction) == 3 and len(whole) <= 3 and whole.strip("0"):
        raise Refusal("ambiguous_number")
    return signs[0]


def read_percent(cell, decimal_sign: str | None = None) -> float | None:
    """Return a percentage between 0 and 100: 10, "10", "%10" and a cell showing 10 % are the same.

    :raise Refusal: ``bad_percent`` when out of range, else as :func:`read_number`
    """
    if isinstance(cell, Percent):
        cell = float(cell * 100)
    elif isinstance(cell, str):
        cell = cell.strip(INVISIBLE).strip("%").strip(INVISIBLE)
    number = read_number(cell, decimal_sign)
    if number is not None and not 0 <= number <= 100:
        raise Refusal("bad_percent")
    return number


def read_whole(cell) -> int | None:
    """Return a whole number of 1 to 9999.

    :raise Refusal: ``bad_whole``, or the code of the cell's fault
    """
    if is_blank(cell):
        return None
    _refuse_fault(cell)
    text = cell.strip(INVISIBLE) if isinstance(cell, str) else cell
    if isinstance(text, str) and text.isascii() and text.isdigit():
        text = int(text[:9])
    if isinstance(text, bool) or not isinstance(text, int) or not 1 <= text <= 9999:
        raise Refusal("bad_whole")
    return int(text)


def read_day(cell, base_1904: bool = False) -> date | None:
    """Return a calendar day, without any shift of time zone.

    Taken are date cells, dd.mm.yyyy, yyyy-mm-dd, and the serial number a date cell shows when its format was lost.
    01/02/2024 is not: it means two things.

    :param base_1904: date system of the workbook
    :raise Refusal: ``bad_date``, ``far_date`` outside the years 1950 to 2199, what :func:`.days.day_of_text` raises, or
        the code of the cell's fault
    """
    if is_blank(cell):
        return None
    _refuse_fault(cell)
    if isinstance(cell, str):
        return day_of_text(cell.strip(INVISIBLE))
    if isinstance(cell, datetime):
        return checked_day(cell.date())
    if isinstance(cell, bool | PaddedNumber | Percent):
        raise Refusal("bad_date")
    day = from_serial(cell, base_1904).date()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:  # a number that is no day, not a day of a strange year
        raise Refusal("bad_date")
    return day


def read_flag(cell) -> bool | None:
    """Return yes or no, by the words of three languages, 1 and 0.

    :raise Refusal: ``bad_boolean``, or the code of the cell's fault
    """
    if is_blank(cell):
        return None
    _refuse_fault(cell)
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, datetime) or fold(str(cell)) not in FLAG_WORDS:
        raise Refusal("bad_boolean")
    return FLAG_WORDS[fold(str(cell))]


def read_choice(cell, words: dict, code: str):
    """Return what a word stands for.

    :param words: as :func:`word_table` returns them
    :raise Refusal: the code for any other word, or the code of the cell's fault
    """
    if is_blank(cell):
        return None
    _refuse_fault(cell)
    if not isinstance(cell, str) or fold(cell) not in words:
        raise Refusal(code)
    return words[fold(cell)]


def read_unit(cell) -> str | None:
    """Return day, week, month or year, by the words of three languages.

    :raise Refusal: ``bad_unit``, or the code of the cell's fault
    """
    return read_choice(cell, UNIT_WORDS, "bad_unit")


def read_email(cell) -> str | None:
    """Return one e-mail address.

    :raise Refusal: ``bad_email``, or as :func:`read_text`
    """
    text = read_text(cell, MAX_CODE)
    if text is not None and not EMAIL.fullmatch(text):
        raise Refusal("bad_email")
    return text


def read_country(cell) -> str | None:
    """Return the two letters of a country, in capitals.

    :raise Refusal: ``bad_country``, or as :func:`read_text`
    """
    text = read_text(cell, MAX_CODE)
    if text is not None and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise Refusal("bad_country")
    return text and text.upper()


def read_weekdays(cell) -> tuple[int, ...] | None:
    """Return days of the week, 0 = Monday, by their names in three languages: "Pzt, Çar" is (0, 2).

    :raise Refusal: ``bad_weekdays``, or the code of the cell's fault
    """
    if is_blank(cell):
        return None
    _refuse_fault(cell)
    words = [fold(word) for word in re.split(r"[\s,;/+]+", str(cell).strip(INVISIBLE)) if fold(word)]
    if not words or any(word not in WEEKDAY_WORDS for word in words):
        raise Refusal("bad_weekdays")
    return tuple(sorted({WEEKDAY_WORDS[word] for word in words}))


def read_clock(cell) -> float | None:
    """Return a time of day in hours: "09:30", and the cell that shows 09:30, are 9.5.

    :raise Refusal: ``bad_clock``
    """
    if is_blank(cell):
        return None
    hours = None
    if isinstance(cell, Fault) and PART_OF_DAY.fullmatch(
        cell.text
    ):  # a time without a day: a part of a day from 0 to 1
        hours = float(cell.text) * 24
    elif isinstance(cell, datetime):
        hours = cell.hour + cell.minute / 60
    elif isinstance(cell, str) and (match := CLOCK.fullmatch(cell.strip(INVISIBLE))) and int(match[2]) < 60:
        hours = int(match[1]) + int(match[2]) / 60
    if hours is None or not 0 <= hours < 24:
        raise Refusal("bad_clock")
    return round(hours * 60) / 60


def _refuse_fault(cell):
    if isinstance(cell, Fault):
        raise Refusal(cell.code)
