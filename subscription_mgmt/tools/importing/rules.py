"""Rows as they were read, what is wrong with them, and the rules that several layouts share."""

from collections.abc import Iterator
from typing import NamedTuple

from . import values

MAX_SHOWN = 200
# What a blank cell of a contract line, or of a row of a payment plan, means
DEFAULTS = {"quantity": 1.0, "discount": 0.0, "interval": 1, "unit": "month", "repetitions": 0, "prorate": True}


class Problem(NamedTuple):
    """Something that keeps a row, or the file, from being imported; or a notice.

    :param code: reason, as of :class:`~.refusal.Refusal`
    :param row: number of the row in the sheet; 0 for the file as a whole
    :param column: heading as the user knows it; empty when the whole row is meant
    :param value: what the sheet shows there
    :param params: what the sentence names besides
    :param is_notice: whether it is only said, and keeps nothing from being imported
    """

    code: str
    row: int = 0
    column: str = ""
    value: str = ""
    params: dict = {}
    is_notice: bool = False


class Row(NamedTuple):
    """A row of the file.

    :param number: its number in the sheet
    :param values: by column key; blank and bad cells are left out
    :param bad: keys of the cells that could not be read
    """

    number: int
    values: dict
    bad: set


class Group(NamedTuple):
    """The rows with one number. Where they contradict each other there is a problem in the list."""

    number: str
    rows: list[Row]

    @property
    def values(self) -> dict:
        """Return what the file says of the whole group."""
        return self.rows[0].values

    @property
    def first(self) -> Row:
        """Return the first row, where problems of the group are shown."""
        return self.rows[0]

    @property
    def row(self) -> int:
        """Return the number of the first row."""
        return self.rows[0].number


def pair_problem(code: str, row: Row, keys: tuple[str, str], header) -> Problem:
    """Return a problem that two cells of a row have with each other."""
    first, second = map(header.heading, keys)
    return Problem(code, row.number, f"{first}, {second}", params={"first": first, "second": second})


def check_days(row: Row, header, first: str, last: str, code: str) -> Iterator[Problem]:
    """Yield a last day before the first."""
    start, end = row.values.get(first), row.values.get(last)
    if start and end and end < start:
        yield header.problem(code, row, last, start=values.shown(start), end=values.shown(end))


def check_quantity(row: Row, header, key: str = "quantity") -> Iterator[Problem]:
    """Yield a quantity that is none."""
    if row.values.get(key, 1) <= 0:
        yield header.problem("bad_quantity", row, key)


def check_twice(groups: list[Group], header, key: str, kind: str = "") -> Iterator[Problem]:
    """Yield the numbers that stand in the file twice, each kind numbered for itself."""
    seen = {}
    for group in groups:
        code, of_kind = group.values.get(key), not kind or group.values.get(kind)
        same = code and values.same_number(code)
        first = seen.setdefault((of_kind, same), group.row) if code and of_kind else group.row
        if first != group.row:
            yield header.problem("repeated_member", group.first, key, first=first, row=group.row, number=code)
