"""What the files of one kind look like: their columns, in three languages, and what their rows must fulfil."""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from . import values
from .rules import Group, Problem, Row

LANGUAGES = ("tr", "en", "ro")
CUSTOMER = ("individual_customer", "corporate_customer")


class Column(NamedTuple):
    """A column of a layout.

    :param key: its name in the code
    :param kind: what its cells hold: text, code, id, day, number, percent, whole, flag, unit, email, country, weekdays,
        clock, or a choice of the layout
    :param level: group or line: whether all rows of one number must agree on it
    :param required: True when it carries a star; the two customer columns do, and exactly one of them is filled
    :param labels: heading in Turkish, English, Romanian
    """

    key: str
    kind: str
    level: str
    required: bool
    labels: tuple[str, str, str]

    def label(self, language: str) -> str:
        """Return the heading in a language, with its star; English when the language is not one of ours."""
        place = LANGUAGES.index(language if language in LANGUAGES else "en")
        return self.labels[place] + ("*" if self.required else "")


class Choice(NamedTuple):
    """The words that a kind of column takes.

    :param code: reason for which another word is refused
    :param words: value → its words in three languages, with blanks between them
    :param shown: what the template offers, in Turkish, English, Romanian
    """

    code: str
    words: dict[str, str]
    shown: tuple[str, str, str]


class Layout:
    """What a file of one kind looks like. Rules are added by overriding the methods below.

    :param table: a line per column: key with a star when required; kind; level; three headings
    :param key: column with the number of what a row says something of
    :param grouped: whether the rows of one number belong together
    :param either: pair of starred columns of which one is enough
    :param choices: kind of column → the words that it takes, as of :class:`Choice`
    """

    def __init__(self, table: str = "", key: str = "", grouped: bool = False, either: tuple = (), choices=()):
        self.key, self.grouped, self.either = key, grouped, either
        self.choices = {kind: Choice(*choice) for kind, choice in dict(choices).items()}
        # What makes it anew in the process that reads files; the rules stay here.
        self.spec = (table, key, grouped, either, {kind: tuple(choice) for kind, choice in self.choices.items()})
        self.columns = _columns(table)
        self.by_key = {column.key: column for column in self.columns}
        self.group_keys = [column.key for column in self.columns if column.level == "group" and column.key != key]
        self.line_keys = [column.key for column in self.columns if column.level == "line"]
        self.required_keys = [c.key for c in self.columns if c.required and c.key not in either]

    @cached_property
    def headings(self) -> dict[str, tuple[str, str]]:
        """Folded heading → key and language."""
        return {
            values.fold(column.label(language)): (column.key, language)
            for language in reversed(LANGUAGES)
            for column in self.columns
        }

    # === RULES === #
    def check(self, groups: list[Group], header) -> Iterator[Problem]:
        """Yield what is wrong between cells that can be read each for itself."""
        for group in groups:
            for row in group.rows:
                yield from self.check_row(row, header)
            yield from self.check_group(group, header)
        yield from self.check_file(groups, header)

    def check_row(self, row: Row, header) -> Iterator[Problem]:
        """Yield what is wrong between the cells of a row."""
        yield from ()

    def check_group(self, group: Group, header) -> Iterator[Problem]:
        """Yield where rows of one number say different things of it, and rows that stand in the file twice."""
        first, *others = group.rows
        lines = {self._line(first): first.number} if others else {}
        for row in others:
            params = {"number": group.number, "first": first.number, "row": row.number}
            if row.values.get(self.key) != group.number:
                yield header.problem("same_number", row, self.key, **params)
                continue
            differing = [key for key in self.group_keys if row.values.get(key) != first.values.get(key)]
            for key in differing:
                if key not in first.bad and key not in row.bad:
                    yield header.problem("rows_differ", row, key, **params)
            same = lines.setdefault(self._line(row), row.number)
            if same != row.number and not differing and not row.bad:
                yield header.problem("repeated_row", row, self.key, **{**params, "first": same})

    def check_file(self, groups: list[Group], header) -> Iterator[Problem]:
        """Yield what is wrong between groups."""
        yield from ()

    def _line(self, row):
        return tuple(row.values.get(key) for key in self.line_keys)


def _columns(table: str) -> list[Column]:
    columns = []
    for line in table.strip().splitlines():
        key, kind, level, *labels = (part.strip() for part in line.split(";"))
        columns.append(Column(key.rstrip("*"), kind, level, key.endswith("*"), tuple(labels)))
    return columns
