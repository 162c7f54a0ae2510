"""Make one of what is many spellings to whoever types: names without case and accents, numbers without their signs."""

import re
import unicodedata

LONGEST_AT_HOME = 10
"""Digits of a number within a country; a longer one begins with the code of its country"""
PHONE = re.compile(r"[\d\s+()/.-]*\d{3,}[\d\s+()/.-]*", re.ASCII)
"""A number, or the part of one: nothing else in it, and three digits together at least"""


def fold(text: str) -> list[str]:
    """Return the words of a text: signs end a word as spaces do, and the four letters i of Turkish are one."""
    bare = unicodedata.normalize("NFKD", text.replace("İ", "i").replace("ı", "i").casefold())
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return "".join(char if char.isalnum() else " " for char in letters).split()


def index_words(*texts: str | None) -> str:
    """Return the words of some texts in one line, each with a space before it: " word" finds what begins so."""
    return "".join(f" {word}" for text in texts if text for word in fold(text))


def index_digits(text: str | None) -> str:
    """Return the digits of a phone number."""
    return re.sub(r"\D", "", text or "", flags=re.ASCII)


def is_phone(text: str) -> bool:
    """Whether a text that was typed can only be a phone number."""
    return bool(PHONE.fullmatch(text.strip()))


def possible_codes(text: str) -> list[int]:
    """Return what may be the code of a country at the beginning of a number; none where it was dialled at home."""
    digits = index_digits(text)
    bare = digits.lstrip("0")
    abroad = text.strip().startswith("+") or digits.startswith("00") or len(bare) > LONGEST_AT_HOME
    return [int(bare[:size]) for size in (1, 2, 3) if abroad and len(bare) >= size]


def national(text: str, codes: list[int]) -> str:
    """Return the digits that stand in every spelling of a number: without the code of the country and its zeros.

    :param codes: those of :func:`possible_codes` that are the code of a country; the longest one counts.
    """
    digits = index_digits(text)
    code = max(map(str, codes), key=len, default="")
    return digits.lstrip("0").removeprefix(code).lstrip("0") or digits
