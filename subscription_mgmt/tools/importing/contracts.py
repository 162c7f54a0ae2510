"""Subscribers and contracts: what a file of them looks like (WSI-10..24)."""

from ..periods import ONE_DAY, fits_calendar
from .layout import CUSTOMER, Layout
from .rules import DEFAULTS, check_days, check_quantity, pair_problem
from .values import MAX_AMOUNT, shown

INVOICE_CUSTOMER = ("invoice_individual", "invoice_corporate")
FAR = 500  # so many units end long before the calendar does, whatever the unit


class Contracts(Layout):
    """A row is a line of a contract."""

    def check_row(self, row, header):
        """Yield what is wrong between the cells of a row."""
        filled = row.values.keys() | row.bad
        customers = sum(key in filled for key in CUSTOMER)
        if customers != 1:
            yield pair_problem("both_customers" if customers else "no_customer", row, CUSTOMER, header)
        if all(key in filled for key in INVOICE_CUSTOMER):
            yield pair_problem("both_customers", row, INVOICE_CUSTOMER, header)
        yield from check_days(row, header, "date_start", "date_end", "end_before_start")
        yield from check_quantity(row, header)
        yield from _check_amount(row, header)
        yield from _check_paid_until(row, header)
        yield from _check_cadence(row, header)

    def check_group(self, group, header):
        """Yield what contradicts itself, and a contract that costs nothing."""
        yield from super().check_group(group, header)
        if all(row.values.get("price") == 0 for row in group.rows):
            yield header.problem("no_price", group.first, "price", number=group.number)


def _check_amount(row, header):
    price, quantity = row.values.get("price"), row.values.get("quantity", DEFAULTS["quantity"])
    if price and quantity and abs(price * quantity) >= MAX_AMOUNT > abs(price):
        yield header.problem("too_big", row, "quantity", shown(quantity), limit=MAX_AMOUNT)


def _check_paid_until(row, header):
    start, end, paid = (row.values.get(key) for key in ("date_start", "date_end", "paid_until"))
    if start and paid and (paid < start - ONE_DAY or (end and paid > end)):
        days = {"day": shown(paid), "start": shown(start), "end": shown(end) or "…"}
        yield header.problem("paid_outside", row, "paid_until", **days)._replace(is_notice=True)


def _check_cadence(row, header):
    cadence = [row.values.get(key, DEFAULTS[key]) for key in ("interval", "unit", "repetitions")]
    start = row.values.get("date_start")
    if start and cadence[0] * max(cadence[2], 1) > FAR and not fits_calendar(start, *cadence):
        yield header.problem("too_far", row, "interval", shown(cadence[0]))


CONTRACTS = Contracts(
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
    key="number",
    grouped=True,
    either=CUSTOMER,
)
