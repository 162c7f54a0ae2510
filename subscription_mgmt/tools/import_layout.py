"""The layout "subscribers and contracts": its columns, and how their headings are recognised (WSI-10..24)."""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from .cells import Fault, column_letter, is_blank
from .refusal import Refusal
from .values import fold, shown

LANGUAGES = ("tr", "en", "ro")
HEADER_ROWS = 20  # the heading row is looked for in the first rows that are not blank
HEADER_MATCHES = 2  # so many recognised headings make a heading row


class Column(NamedTuple):
    """A column of the layout.

    :param key: its name in the code
    :param kind: what its cells hold: text, code, id, day, number, percent, whole, flag, unit
    :param level: contract or line
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


def _columns(table: str) -> list[Column]:
    columns = []
    for line in table.strip().splitlines():
        key, kind, level, *labels = (part.strip() for part in line.split(";"))
        columns.append(Column(key.rstrip("*"), kind, level, key.endswith("*"), tuple(labels)))
    return columns


COLUMNS = _columns("""
number*; code; contract; Abone No; Subscriber No; Nr. abonat
individual_customer*; id; contract; Bireysel Müşteri ID; Individual Customer ID; ID client persoană fizică
corporate_customer*; id; contract; Kurumsal Müşteri ID; Corporate Customer ID; ID client persoană juridică
subject*; text; contract; Tanım; Subject; Descriere
date_start*; day; contract; Başlangıç Tarihi; Start Date; Data de început
date_end; day; contract; Bitiş Tarihi; End Date; Data de sfârșit
product*; id; line; Ürün Kodu; Product Code; Cod produs
quantity; number; line; Miktar; Quantity; Cantitate
price*; number; line; Birim Fiyat; Unit Price; Preț unitar
discount; percent; line; İndirim %; Discount %; Reducere %
interval; whole; line; Periyot; Interval; Interval
unit; unit; line; Periyot Birimi; Interval Unit; Unitate interval
repetitions; whole; line; Tekrar; Repetitions; Repetări
prorate; flag; line; Kıst; Prorate; Proporțional
paid_until; day; line; Ödenmiş Son Tarih; Paid Until; Plătit până la
invoice_individual; id; contract; Fatura Bireysel Müşteri ID; Invoice Individual Customer ID; ID client facturare PF
invoice_corporate; id; contract; Fatura Kurumsal Müşteri ID; Invoice Corporate Customer ID; ID client facturare PJ
contact; id; contract; Referans Müşteri Çalışan ID; Reference Contact ID; ID persoană de contact
category; id; contract; Abone Özel Tanım ID; Subscriber Category ID; ID categorie abonat
service_category; id; contract; Servis Özel Tanım ID; Service Category ID; ID categorie serviciu
payment_method; id; contract; Ödeme Yöntemi ID; Payment Method ID; ID metodă de plată
payment_term; id; contract; Ödeme Vadesi ID; Payment Term ID; ID termen de plată
project; id; contract; Proje ID; Project ID; ID proiect
asset; id; contract; Fiziki Varlık ID; Asset ID; ID activ fizic
branch; id; contract; Şube ID; Branch ID; ID sucursală
sales_rep; id; contract; Satış Temsilcisi ID; Sales Representative ID; ID agent de vânzări
special_code; text; contract; Özel Kod; Special Code; Cod special
note; text; contract; Açıklama; Note; Notă
""")
BY_KEY = {column.key: column for column in COLUMNS}
HEADINGS = {
    fold(column.label(language)): (column.key, language) for language in reversed(LANGUAGES) for column in COLUMNS
}
CUSTOMER = ("individual_customer", "corporate_customer")


class Header(NamedTuple):
    """The heading row of a sheet.

    :param row: its number in the sheet
    :param places: place of each cell → key of the column
    :param headings: key → heading as the sheet has it
    :param width: number of its cells
    :param language: language of most of its headings
    """

    row: int
    places: dict[int, str]
    headings: dict[str, str]
    width: int
    language: str

    def heading(self, key: str) -> str:
        """Return the heading of a column as the user knows it: from the file, else in the file's language."""
        return self.headings.get(key) or BY_KEY[key].label(self.language)


def find_header(rows: Iterable[tuple[int, list]]) -> tuple[int, list] | None:
    """Return the first of the leading rows that holds most known headings, or None when none holds any.

    Titles above the heading row are passed over.
    """
    best, most = None, 0
    for number, cells in islice(rows, HEADER_ROWS):
        matches = sum(isinstance(cell, str) and fold(cell) in HEADINGS for cell in cells)
        if matches > most:
            best, most = (number, cells), matches
    return best if most >= HEADER_MATCHES else None


def read_header(number: int, cells: list) -> tuple[Header, list[Refusal]]:
    """Match the cells of a heading row with the columns; star, case, accents, order and spacing do not matter.

    :return: the header and every problem: ``unknown_column``, ``duplicate_column``, ``missing_column``
    """
    places, headings, problems, languages = {}, {}, [], []
    for place, cell in enumerate(cells):
        if is_blank(cell):
            continue
        text = " ".join(shown(cell).split())
        key, language = HEADINGS.get("" if isinstance(cell, Fault) else fold(text), (None, None))
        if key is None:
            problems.append(Refusal("unknown_column", column=text, address=f"{column_letter(place)}{number}"))
        elif key in headings:
            problems.append(Refusal("duplicate_column", column=text, address=f"{column_letter(place)}{number}"))
        else:
            places[place], headings[key] = key, text
            languages.append(language)
    language = max(LANGUAGES, key=languages.count)
    header = Header(number, places, headings, _width(cells), language)
    problems += [Refusal("missing_column", column=header.heading(key)) for key in _missing(headings)]
    return header, problems


def _width(cells):
    return max((place + 1 for place, cell in enumerate(cells) if not is_blank(cell)), default=0)


def _missing(headings):
    """Keys of the required columns that are not there; of the two customer columns one is enough."""
    has_customer = any(key in headings for key in CUSTOMER)
    for column in COLUMNS:
        if column.required and column.key not in headings and not (has_customer and column.key in CUSTOMER):
            yield column.key


def choose_sheet(sheets: list) -> tuple:
    """Return the sheet that has the layout, and its heading row.

    :return: (sheet, row number, cells)
    :raise Refusal: ``missing_header`` (with ``columns``: the required ones) when no sheet has it, ``several_sheets``
        (with ``sheets``) when more than one does
    """
    found = []
    for sheet in sheets:
        row = find_header(sheet.rows())
        if row:
            found.append((sheet, *row))
    if len(found) > 1:
        raise Refusal("several_sheets", sheets=", ".join(sheet.name for sheet, _number, _cells in found))
    if not found:
        required = [
            " / ".join(column.label(language) for language in LANGUAGES) for column in COLUMNS if column.required
        ]
        raise Refusal("missing_header", columns="; ".join(required))
    return found[0]
