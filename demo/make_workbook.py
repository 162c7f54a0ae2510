"""Write a workbook as a Turkish company would export it from its old system: invented people, firms and contracts."""

import random
from datetime import date, timedelta

from openpyxl import Workbook

from subscription_mgmt.tools.periods import index_of, period

HEADINGS = (
    "Abone No*", "Bireysel Müşteri ID", "Kurumsal Müşteri ID", "Tanım*", "Başlangıç Tarihi*", "Bitiş Tarihi",
    "Ürün Kodu*", "Miktar", "Birim Fiyat*", "İndirim %", "Periyot", "Periyot Birimi", "Ödenmiş Son Tarih", "Özel Kod",
)  # fmt: skip

# code, name, price of one period in lira, period, and what a contract with it is called
PRODUCTS = (
    ("NET-100", "Fiber İnternet 100 Mbit", 549.90, (1, "ay"), "Fiber internet"),
    ("NET-1000", "Fiber İnternet 1 Gbit", 899.90, (1, "ay"), "Fiber internet"),
    ("IP-4", "Sabit IP Adresi", 75.00, (1, "ay"), "Sabit IP"),
    ("ALARM", "Alarm İzleme", 289.00, (1, "ay"), "Alarm izleme"),
    ("KAMERA", "Kamera Bakımı", 780.00, (3, "ay"), "Kamera bakımı"),
    ("BAKIM", "Yazılım Bakım Sözleşmesi", 14400.00, (1, "yıl"), "Yazılım bakımı"),
    ("DESTEK", "Destek Masası", 1250.00, (1, "ay"), "Destek masası"),
)
FIRST = "Ayşe Mehmet Fatma Ali Zeynep Mustafa Elif Hasan Emine Can Deniz Ece Burak Selin Kerem Defne".split()
LAST = "Yılmaz Kaya Demir Çelik Şahin Öztürk Aydın Arslan Doğan Kılıç Çetin Koç Özdemir Güneş Işık Ünal".split()
FIRM = "Yıldız Ege Kuzey Marmara Toros Çınar Güven Anadolu Mavi Bozkır Lale Safir Atlas Pınar Doruk Meltem".split()
TRADE = "Gıda Tekstil Lojistik Otelcilik Eczanesi Koleji Enerji İnşaat Market Tarım Mobilya Matbaa Sağlık".split()
FORM = ("Ltd. Şti.", "A.Ş.", "Kooperatifi")
CITIES = ("İstanbul", "Ankara", "İzmir", "Bursa", "Antalya", "Konya", "Adana", "Trabzon")


def make_customers(count, rng):
    """Invented customers: (code, name, is a company, city); every third is a person."""
    customers = []
    for number in range(1, count + 1):
        company = number % 3 != 0
        name = (
            f"{rng.choice(FIRM)} {rng.choice(TRADE)} {rng.choice(FORM)}"
            if company
            else (f"{rng.choice(FIRST)} {rng.choice(LAST)}")
        )
        customers.append((f"{'K' if company else 'B'}{2000 + number}", name, company, rng.choice(CITIES)))
    return customers


def make_rows(customers, month, rng):
    """Rows of the workbook: one a contract line; contracts start up to a year before the end of `month`."""
    last_day = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    for number, (code, _name, company, _city) in enumerate(customers, 1):
        start = last_day - timedelta(days=rng.randrange(365))
        products = rng.sample(PRODUCTS, rng.choice((1, 1, 2, 3)))
        contract = (
            f"ABN{number:05d}",
            None if company else code,
            code if company else None,
            products[0][4],
            start,
            date(start.year + 2, start.month, 1) - timedelta(days=1) if rng.random() < 0.2 else None,
        )
        region = f"BÖLGE-{rng.randrange(1, 9)}"
        for product, _label, price, (interval, unit), _subject in products:
            yield (
                *contract,
                product,
                rng.choice((1, 1, 1, 2, 5)),
                round(price * rng.choice((1, 1, 0.95)), 2),
                rng.choice((0, 0, 0, 5, 10)),
                interval,
                unit,
                paid_until(start, month, interval, unit),
                region,
            )


def paid_until(start, month, interval, unit):
    """Last day billed in the old system: the end of the last period that began before the month, if any did."""
    if start >= month:
        return None
    cadence = (interval, {"ay": "month", "yıl": "year"}[unit])
    return period(start, index_of(start, month - timedelta(days=1), *cadence), *cadence)[1]


def make_workbook(path, subscribers=500, month=date(2026, 1, 1), seed=1):
    """Write the workbook of so many subscribers to `path` (a file name or a binary file).

    :param month: first day of the month to be billed next; what came before was paid in the old system.
    :param seed: the same seed writes the same workbook.
    :return: the invented customers, as :func:`make_customers` gives them.
    """
    rng = random.Random(seed)
    customers = make_customers(subscribers, rng)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Aboneler")
    sheet.append(HEADINGS)
    for row in make_rows(customers, month, rng):
        sheet.append(row)
    book.save(path)
    return customers
