"""Find the sheet and the heading row of a file, and match its headings with the columns of the layout."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from ..refusal import Refusal
from ..workbook.cells import Fault, column_letter, is_blank
from .layout import LANGUAGES, Layout
from .rules import MAX_SHOWN, Problem, Row
from .values import fold, shown

HEADER_ROWS = 20  # the heading row is looked for in the first rows that are not blank
HEADER_MATCHES = 2  # so many recognised headings make a heading row
SIMILAR = 0.86  # so alike must a heading be to one of ours, and so much more than to any other
MARGIN = 0.06
NOTHING = MappingProxyType({})
MAX_HEADING = 200
LEFT_OUT = ""  # key of a column that a person told us not to read
# Columns that the workbook of failing rows adds; it is loaded again as it is.
ADDED = ("Satır (dosyadaki) / Row / Rând", "Sorunlar / Problems / Probleme")
ADDED_FOLDED = {fold(heading) for heading in ADDED}


class Match(NamedTuple):
    """How a heading of the file was understood.

    :param place: of its cell in the row
    :param text: the heading as the file has it
    :param key: column of the layout; empty when it is left out; None when it is not known
    :param how: exact, similar, chosen (by a person, now or earlier), unknown, double
    """

    place: int
    text: str
    key: str | None
    how: str


class Header(NamedTuple):
    """The heading row of a sheet.

    :param row: its number in the sheet
    :param places: place of each cell → key of the column; a column that is left out has the key ""
    :param headings: key → heading as the sheet has it
    :param width: number of its cells
    :param language: language of most of its headings
    :param labels: key → heading in that language
    :param matches: every heading, in the order of the sheet
    """

    row: int
    places: dict[int, str]
    headings: dict[str, str]
    width: int
    language: str
    labels: dict[str, str]
    matches: tuple[Match, ...] = ()

    def heading(self, key: str) -> str:
        """Return the heading of a column as the user knows it: from the file, else in the file's language."""
        return self.headings.get(key) or self.labels[key]

    def problem(self, code: str, row: Row, key: str, value: str | None = None, /, **params) -> Problem:
        """Return a problem of a cell, showing what it says unless something else is given."""
        text = shown(row.values.get(key)) if value is None else value
        return Problem(code, row.number, self.heading(key), text[:MAX_SHOWN], params)


def find_header(rows: Iterable[tuple[int, list]], layout: Layout, chosen: Mapping = NOTHING):
    """Return the first of the leading rows that holds most known headings, or None when none holds any.

    Titles above the heading row are passed over.

    :param chosen: folded heading → key, as a person mapped them
    """
    known = layout.headings.keys() | chosen.keys()
    best, most = None, 0
    for number, cells in islice(rows, HEADER_ROWS):
        matches = sum(isinstance(cell, str) and fold(cell) in known for cell in cells)
        if matches > most:
            best, most = (number, cells), matches
    return best if most >= HEADER_MATCHES else None


def read_header(number: int, cells: list, layout: Layout, chosen: Mapping = NOTHING):
    """Match the cells of a heading row with the columns; star, case, accents, order and spacing do not matter.

    A heading that is only similar to one of ours is taken for it, and said so, when no other is nearly as similar.

    :param chosen: folded heading → key ("" to leave it out), as a person mapped them; comes before everything else
    :return: the header and every problem: ``unknown_column``, ``duplicate_column``, ``missing_column``
    """
    matches = _match_all(cells, layout, chosen)
    places, headings, problems = {}, {}, []
    for match in matches:
        address = f"{column_letter(match.place)}{number}"
        if match.how in ("unknown", "double"):
            code = "unknown_column" if match.how == "unknown" else "duplicate_column"
            problems.append(Refusal(code, column=match.text, address=address))
        else:
            places[match.place] = match.key
            if match.key:
                headings[match.key] = match.text
    languages = [layout.headings[fold(m.text)][1] for m in matches if fold(m.text) in layout.headings]
    language = max(LANGUAGES, key=languages.count)
    labels = {column.key: column.label(language) for column in layout.columns}
    header = Header(number, places, headings, _width(cells), language, labels, tuple(matches))
    problems += [Refusal("missing_column", column=header.heading(key)) for key in _missing(headings, layout)]
    return header, problems


def _match_all(cells, layout, chosen) -> list[Match]:
    """Match every heading; what is known for certain first, so that nothing similar takes its place."""
    found, taken = {}, set()
    loose = []
    for place, cell in enumerate(cells):
        if is_blank(cell):
            continue
        text = " ".join(shown(cell).split())[:MAX_HEADING]
        folded = "" if isinstance(cell, Fault) else fold(text)
        key, how = _known(folded, layout, chosen)
        if how == "unknown":
            loose.append((place, text, folded))
        elif key and key in taken:
            found[place] = Match(place, text, key, "double")
        else:
            taken.add(key)
            found[place] = Match(place, text, key, how)
    for place, text, folded in loose:
        key = _similar(folded, layout, taken)
        found[place] = Match(place, text, key, "similar" if key else "unknown")
        taken.add(key)
    return [found[place] for place in sorted(found)]


def _known(folded, layout, chosen):
    if folded in chosen:
        return chosen[folded], "chosen"
    if folded in ADDED_FOLDED:
        return LEFT_OUT, "exact"
    if folded in layout.headings:
        return layout.headings[folded][0], "exact"
    return None, "unknown"


def _similar(folded: str, layout: Layout, taken: set) -> str | None:
    """Return the key of the only column whose heading is nearly this one, if there is one and it is free."""
    if len(folded) < 4 or len(folded) > 80:
        return None
    best = {}
    for heading, (key, _language) in layout.headings.items():
        matcher = SequenceMatcher(None, heading, folded, autojunk=False)
        if matcher.real_quick_ratio() >= SIMILAR - MARGIN:
            best[key] = max(best.get(key, 0), matcher.ratio())
    ranking = sorted(best.items(), key=lambda item: -item[1])
    if not ranking or ranking[0][1] < SIMILAR or ranking[0][0] in taken:
        return None
    if len(ranking) > 1 and ranking[0][1] - ranking[1][1] < MARGIN:
        return None
    return ranking[0][0]


def _width(cells):
    return max((place + 1 for place, cell in enumerate(cells) if not is_blank(cell)), default=0)


def _missing(headings, layout):
    """Keys of the required columns that are not there; of the two customer columns one is enough."""
    has_either = any(key in headings for key in layout.either)
    for column in layout.columns:
        if column.required and column.key not in headings and not (has_either and column.key in layout.either):
            yield column.key


def choose_sheet(sheets: list, layout: Layout, chosen: Mapping = NOTHING, name: str | None = None) -> tuple:
    """Return the sheet that has the layout, and its heading row.

    :param name: sheet that a person chose
    :return: (sheet, row number, cells)
    :raise Refusal: ``missing_header`` (with ``columns``: the required ones) when no sheet has it, ``several_sheets``
        (with ``sheets``) when more than one does, ``unknown_sheet`` for a name that is not there
    """
    if name:
        sheets = [sheet for sheet in sheets if sheet.name == name]
        if not sheets:
            raise Refusal("unknown_sheet", sheet=name)
    found = []
    for sheet in sheets:
        row = find_header(sheet.rows(), layout, chosen)
        if row:
            found.append((sheet, *row))
    if len(found) > 1:
        raise Refusal("several_sheets", sheets=", ".join(sheet.name for sheet, _number, _cells in found))
    if not found:
        required = [
            " / ".join(column.label(language) for language in LANGUAGES) for column in layout.columns if column.required
        ]
        raise Refusal("missing_header", columns="; ".join(required))
    return found[0]
