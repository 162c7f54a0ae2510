"""The layouts that can be imported: their columns with their headings in three languages (WSI-10..24, 30, 34)."""

from functools import cached_property
from typing import NamedTuple

from .values import fold

LANGUAGES = ("tr", "en", "ro")


class Column(NamedTuple):
    """A column of a layout.

    :param key: its name in the code
    :param kind: what its cells hold: text, code, id, day, number, percent, whole, flag, unit, member, country
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


class Layout:
    """What a file of one kind looks like.

    :param name: its name in the code
    :param table: a line per column: key with a star when required; kind; level; three headings
    :param group_key: column whose value tells which rows belong together; empty when each row stands for itself
    :param either: pair of starred columns of which one is enough
    """

    def __init__(self, name: str, table: str, group_key: str = "", either: tuple = ()):
        self.name, self.group_key, self.either = name, group_key, either
        self.columns = _columns(table)
        self.by_key = {column.key: column for column in self.columns}
        self.group_keys = [column.key for column in self.columns if column.level == "group" and column.key != group_key]
        self.line_keys = [column.key for column in self.columns if column.level == "line"]
        self.required_keys = [c.key for c in self.columns if c.required and c.key not in either]

    @cached_property
    def headings(self) -> dict[str, tuple[str, str]]:
        """Folded heading → key and language."""
        return {
            fold(column.label(language)): (column.key, language)
            for language in reversed(LANGUAGES)
            for column in self.columns
        }


def _columns(table: str) -> list[Column]:
    columns = []
    for line in table.strip().splitlines():
        key, kind, level, *labels = (part.strip() for part in line.split(";"))
        columns.append(Column(key.rstrip("*"), kind, level, key.endswith("*"), tuple(labels)))
    return columns


CUSTOMER = ("individual_customer", "corporate_customer")
CONTRACTS = Layout(
    "contracts",
    """
number*; code; group; Abone No; Subscriber No; Nr. abonat
individual_customer*; id; group; Bireysel Müşteri ID; Individual Customer ID; ID client persoană fizică
corporate_customer*; id; group; Kurumsal Müşteri ID; Corporate Customer ID; ID client persoană juridică
subject*; text; group; Tanım; Subject; Descriere
date_start*; day; group; Başlangıç Tarihi; Start Date; Data de început
date_end; day; group; Bitiş Tarihi; End Date; Data de sfârșit
product*; id; line; Ürün Kodu; Product Code; Cod produs
quantity; number; line; Miktar; Quantity; Cantitate
price*; number; line; Birim Fiyat; Unit Price; Preț unitar
discount; percent; line; İndirim %; Discount %; Reducere %
interval; whole; line; Periyot; Interval; Interval
unit; unit; line; Periyot Birimi; Interval Unit; Unitate interval
repetitions; whole; line; Tekrar; Repetitions; Repetări
prorate; flag; line; Kıst; Prorate; Proporțional
paid_until; day; line; Ödenmiş Son Tarih; Paid Until; Plătit până la
invoice_individual; id; group; Fatura Bireysel Müşteri ID; Invoice Individual Customer ID; ID client facturare PF
invoice_corporate; id; group; Fatura Kurumsal Müşteri ID; Invoice Corporate Customer ID; ID client facturare PJ
contact; id; group; Referans Müşteri Çalışan ID; Reference Contact ID; ID persoană de contact
category; id; group; Abone Özel Tanım ID; Subscriber Category ID; ID categorie abonat
service_category; id; group; Servis Özel Tanım ID; Service Category ID; ID categorie serviciu
payment_method; id; group; Ödeme Yöntemi ID; Payment Method ID; ID metodă de plată
payment_term; id; group; Ödeme Vadesi ID; Payment Term ID; ID termen de plată
project; id; group; Proje ID; Project ID; ID proiect
asset; id; group; Fiziki Varlık ID; Asset ID; ID activ fizic
branch; id; group; Şube ID; Branch ID; ID sucursală
sales_rep; id; group; Satış Temsilcisi ID; Sales Representative ID; ID agent de vânzări
special_code; text; group; Özel Kod; Special Code; Cod special
note; text; group; Açıklama; Note; Notă
""",
    group_key="number",
    either=CUSTOMER,
)
MEMBERS = Layout(
    "members",
    """
member*; code; line; Üye No; Member No; Nr. membru
member_kind*; member; line; Üye Türü; Member Kind; Tip membru
member_name*; text; line; Ad / Unvan; Name; Nume
parent; code; line; Bağlı Olduğu Üye No; Parent Member No; Nr. membru superior
vat; code; line; Vergi No; Tax ID; Cod fiscal
email; email; line; E-posta; Email; E-mail
phone; text; line; Telefon; Phone; Telefon
job; text; line; Görev; Job Position; Funcție
street; text; line; Adres; Street; Stradă
street2; text; line; Adres 2; Street 2; Stradă 2
zip; code; line; Posta Kodu; ZIP; Cod poștal
city; text; line; İl; City; Oraș
country; country; line; Ülke Kodu; Country Code; Cod țară
member_note; text; line; Açıklama; Note; Notă
""",
)
PLANS = Layout(
    "plans",
    """
contract*; code; group; Abone No; Subscriber No; Nr. abonat
payment_method; id; group; Ödeme Yöntemi ID; Payment Method ID; ID metodă de plată
product; id; line; Ürün Kodu; Product Code; Cod produs
period_start*; day; line; Dönem Başlangıcı; Period Start; Început perioadă
period_end*; day; line; Dönem Sonu; Period End; Sfârșit perioadă
billing_date; day; line; Fatura Tarihi; Billing Date; Data facturării
quantity; number; line; Miktar; Quantity; Cantitate
price*; number; line; Birim Fiyat; Unit Price; Preț unitar
discount; percent; line; İndirim %; Discount %; Reducere %
already_billed; flag; line; Faturalandı; Already Billed; Deja facturat
""",
    group_key="contract",
)
RECURRENCES = Layout(
    "recurrences",
    """
recurrence*; code; line; Tekrar No; Recurrence No; Nr. recurență
title*; text; line; Tanım; Subject; Descriere
interaction_type*; id; line; Etkileşim Türü ID; Interaction Type ID; ID tip interacțiune
individual_customer; id; line; Bireysel Müşteri ID; Individual Customer ID; ID client persoană fizică
corporate_customer; id; line; Kurumsal Müşteri ID; Corporate Customer ID; ID client persoană juridică
responsible; id; line; Sorumlu Kullanıcı; Responsible User; Utilizator responsabil
first_day*; day; line; İlk Gün; First Day; Prima zi
last_day; day; line; Son Gün; Last Day; Ultima zi
times; whole; line; Tekrar Sayısı; Number of Times; Număr de repetări
frequency; unit; line; Sıklık; Frequency; Frecvență
every; whole; line; Kaçta Bir; Every; La fiecare
weekdays; weekdays; line; Haftanın Günleri; Weekdays; Zilele săptămânii
month_day; whole; line; Ayın Günü; Day of Month; Ziua lunii
rule; text; line; RRULE; RRULE; RRULE
at; clock; line; Saat; Time; Ora
hours; number; line; Süre (Saat); Duration (Hours); Durată (ore)
purpose; text; line; Açıklama; Note; Notă
""",
)
LAYOUTS = {layout.name: layout for layout in (CONTRACTS, MEMBERS, PLANS, RECURRENCES)}
COLUMNS, BY_KEY = CONTRACTS.columns, CONTRACTS.by_key
