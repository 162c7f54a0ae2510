"""The workbook of failing rows: the rows as they stood in the file, marked and explained, to mend and load again."""

import io
from collections import defaultdict
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from ..workbook.cells import Fault, PaddedNumber, Percent
from .header import ADDED
from .values import shown

MAX_COMMENT = 1000
MAX_COMMENTS = 2000  # each costs as much as a whole row; the text behind the row says the same
BAD, LEFT_OUT, HEADING = (PatternFill("solid", fgColor=color) for color in ("FFC7CE", "FFF2CC", "D9E1F2"))


def build_error_workbook(
    headings: list, rows: dict[int, list], problems: list, header_places: dict, title: str
) -> bytes:
    """Return an .xlsx of these rows; the file can be loaded as it is once the marked cells are mended.

    Every text is written as a text cell, whatever sign it begins with: nothing in it is a formula (no injection).

    :param headings: cells of the heading row of the file
    :param rows: number → cells, all rows of every contract that fails
    :param problems: (row, heading or "", sentence)
    :param header_places: heading → place of its cell
    :param title: name of the sheet
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "B2"
    width = max([len(headings), *(len(cells) for cells in rows.values())])
    for place in range(width):
        sheet.column_dimensions[get_column_letter(place + 1)].width = 18
    sheet.column_dimensions[get_column_letter(width + 1)].width = 12
    sheet.column_dimensions[get_column_letter(width + 2)].width = 90
    by_row = defaultdict(list)
    for row, heading, text in problems:
        by_row[row].append((heading, text))
    texts = [*headings, *[None] * (width - len(headings)), *ADDED]
    sheet.append([_styled(_write(sheet, cell), HEADING, bold=True) for cell in texts])
    commented = 0
    for number, cells in sorted(rows.items()):
        problems = by_row.get(number, [])
        commented += len(problems)
        with_comments = commented <= MAX_COMMENTS
        sheet.append(_build_row(sheet, number, cells, problems, header_places, width, with_comments))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _build_row(sheet, number, cells, problems, header_places, width, with_comments):
    """Return the cells of a row with its number and its problems behind them."""
    written = [_write(sheet, cell) for cell in [*cells, *[None] * (width - len(cells))]]
    by_place = defaultdict(list)
    for heading, text in problems:
        for part in heading.split(", "):
            if part in header_places:
                by_place[header_places[part]].append(text)
    for place, texts in by_place.items():
        written[place].fill = BAD
        if with_comments:
            written[place].comment = Comment(shown("\n".join(texts))[:MAX_COMMENT], "import", width=320, height=120)
    text = "\n".join(f"{heading}: {text}" if heading else text for heading, text in problems)
    explained = _write(sheet, text or None)
    explained.alignment = Alignment(wrap_text=True, vertical="top")
    explained.fill = BAD if problems else LEFT_OUT
    return [*written, _write(sheet, str(number)), explained]


def _styled(cell, fill, bold):
    cell.fill, cell.font = fill, Font(bold=bold)
    return cell


def _write(sheet, value):
    """Return a cell that holds a value of the file as it was: a text as text, a number as number, a day as day."""
    cell = WriteOnlyCell(sheet)
    if value is None:
        return cell
    if isinstance(value, PaddedNumber):
        cell.value, cell.number_format = int(value), value.number_format
    elif isinstance(value, Fault | str):
        # Control characters cannot stand in a workbook; they are shown by a sign, which is not taken back.
        cell.value = text = shown(value)
        cell.data_type = "s"
        cell.number_format = "@"
        if text[:1] in "=+-@\t\r":
            cell.quotePrefix = True
    else:
        cell.value = float(value) if isinstance(value, Percent) else value
        if isinstance(value, datetime):
            cell.number_format = "dd.mm.yyyy" if value.time() == datetime.min.time() else "dd.mm.yyyy hh:mm"
        elif isinstance(value, Percent):
            cell.number_format = "0.##%"
    return cell
