"""The empty workbook to download: headings with their stars, a drop-down for the units, and a sheet of notes."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .layout import LANGUAGES, Layout

ROWS = 1000  # rows that are prepared for typing
TEXT, DAY, PERCENT = "@", "dd.mm.yyyy", "0.##"
FORMATS = {"code": TEXT, "id": TEXT, "text": TEXT, "day": DAY, "percent": PERCENT, "country": TEXT}
REQUIRED = PatternFill("solid", fgColor="FFE8A3")
CHOICES = {
    "unit": ("gün,hafta,ay,yıl", "day,week,month,year", "zi,săptămână,lună,an"),
    "flag": ("evet,hayır", "yes,no", "da,nu"),
}


def build_template(language: str, notes: dict[str, str], titles: list[str], layout: Layout) -> bytes:
    """Return the template as the bytes of an .xlsx.

    :param language: tr, en or ro
    :param notes: column key → what the column takes
    :param titles: names of the two sheets, headings of the two columns of the second
    """
    choices = CHOICES | {kind: choice.shown for kind, choice in layout.choices.items()}
    book = Workbook()
    sheet = book.active
    sheet.title = titles[0][:31]
    sheet.freeze_panes = "A2"
    for place, column in enumerate(layout.columns, start=1):
        letter = get_column_letter(place)
        heading = sheet.cell(1, place, column.label(language))
        heading.font = Font(bold=True)
        if column.required:
            heading.fill = REQUIRED
        sheet.column_dimensions[letter].width = max(12, len(heading.value) + 3)
        # A format of the whole column: ids stay text, so that Excel leaves their zeros alone.
        sheet.column_dimensions[letter].number_format = FORMATS.get(column.kind, "General")
        if column.kind in choices:
            words = choices[column.kind][LANGUAGES.index(language)]
            rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            rule.add(f"{letter}2:{letter}{ROWS}")
            sheet.add_data_validation(rule)
    _add_notes(book, language, notes, titles, layout)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _add_notes(book, language, notes, titles, layout):
    sheet = book.create_sheet(titles[1][:31])
    sheet.append(titles[2:])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in layout.columns:
        sheet.append([column.label(language), notes[column.key]])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 90
    for row in sheet.iter_rows(min_row=2, min_col=2, max_col=2):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
