"""The account statement as a workbook: numbers as numbers, days as days, no text as a formula."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from .statement import Section, Statement

WIDTHS = (12, 24, 12, 48, 16, 16, 16)


@dataclass(frozen=True)
class Words:
    """What the workbook says, in the language of whoever gets it.

    :ivar currencies: id → (code, digits).
    """

    title: str
    member: str
    company: str
    period: str
    headings: tuple[str, ...]
    opening: str
    closing: str
    ageing: str
    ages: tuple[str, ...]
    total: str
    kinds: Mapping[str, str]
    currencies: Mapping[int, tuple[str, int]]


def build_workbook(statement: Statement, words: Words) -> bytes:
    """Return an .xlsx with one sheet: each currency, and all together where there are several."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(words.title[:31])
    for place, width in zip("ABCDEFG", WIDTHS, strict=True):
        sheet.column_dimensions[place].width = width
    for text in (words.title, words.member, words.company, words.period):
        sheet.append([_text(sheet, text, bold=text == words.title)])
    for section in statement.sections:
        _add_section(sheet, section, words, words.currencies[section.currency][0])
    if not statement.is_plain:
        _add_section(sheet, statement.total, words, words.total, rows=False)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _add_section(sheet, section: Section, words, name, rows=True):
    digits = words.currencies[section.currency][1]
    number = "#,##0" + ("." + "0" * digits if digits else "")
    sheet.append([])
    sheet.append([_text(sheet, name, bold=True)])
    if rows:
        sheet.append([_text(sheet, text, bold=True) for text in words.headings])
    sheet.append(_line(sheet, words.opening, number, balance=section.opening))
    for row in section.rows if rows else ():
        item = row.item
        texts = [item.day, _text(sheet, item.document), item.due, _text(sheet, item.text)]
        amounts = [_number(sheet, amount, number) for amount in (row.debit or None, row.credit or None, row.balance)]
        sheet.append([*texts, *amounts])
    sheet.append(_line(sheet, words.closing, number, section.debit, section.credit, section.closing))
    if section.ageing:
        sheet.append([_text(sheet, text, bold=True) for text in (words.ageing, *words.ages)])
    for kind, amounts in section.ageing.items():
        sheet.append([_text(sheet, words.kinds[kind]), *(_number(sheet, amount, number) for amount in amounts)])


def _line(sheet, text, number, debit=None, credit=None, balance=None):
    """A line of sums; its text stands where the descriptions do."""
    amounts = [_number(sheet, amount, number) for amount in (debit, credit, balance)]
    return [None, None, None, _text(sheet, text, bold=True), *amounts]


def _text(sheet, text, bold=False):
    """A text as a text, whatever sign it begins with: documents are named by others, too."""
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        cell.quotePrefix = True
    return cell


def _number(sheet, amount, number):
    cell = WriteOnlyCell(sheet, None if amount is None else float(amount))
    cell.number_format = number
    return cell
