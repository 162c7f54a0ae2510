"""What the demo company is called, sells and says, in each language. People and companies are invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    lang: str  # of the person who logs in
    country: str
    chart: str
    timezone: str
    company: str
    city: str
    cities: tuple
    first: tuple
    last: tuple
    firm: tuple
    trade: tuple
    form: tuple
    headings: tuple  # of the workbook
    month: str
    year: str
    file: str
    products: tuple  # code, name, price of a period, (interval, unit), what a contract with it is called
    price_factor: float
    department: str
    packages: tuple  # name, credits, price
    credit_product: str
    agenda: tuple
    plan: str  # of dunning
    said: dict


CODES = (
    ("NET-100", 549.90, (1, "month")),
    ("NET-1000", 899.90, (1, "month")),
    ("IP-4", 75.00, (1, "month")),
    ("ALARM", 289.00, (1, "month")),
    ("KAMERA", 780.00, (3, "month")),
    ("BAKIM", 14400.00, (1, "year")),
    ("DESTEK", 1250.00, (1, "month")),
)


def names(text):
    """Names of one word each."""
    return tuple(text.split())


def name_products(factor, *names):
    """The catalogue with the names of a language, at its level of prices."""
    return tuple(
        (code, name, round(price * factor, 2), period, subject)
        for (code, price, period), (name, subject) in zip(CODES, names, strict=True)
    )


TURKISH = Words(
    lang="tr_TR",
    country="tr",
    chart="tr",
    timezone="Europe/Istanbul",
    company="Anadolu Servis A.Ş.",
    city="İstanbul",
    cities=("İstanbul", "Ankara", "İzmir", "Bursa", "Antalya", "Konya", "Adana", "Trabzon"),
    first=names(
        "Ayşe Mehmet Fatma Ali Zeynep Mustafa Elif Hasan Emine Can Deniz Ece Burak Selin Kerem Defne"
    ),
    last=names(
        "Yılmaz Kaya Demir Çelik Şahin Öztürk Aydın Arslan Doğan Kılıç Çetin Koç Özdemir Güneş Işık Ünal"
    ),
    firm=names(
        "Yıldız Ege Kuzey Marmara Toros Çınar Güven Anadolu Mavi Bozkır Lale Safir Atlas Pınar Doruk Meltem"
    ),
    trade=names(
        "Gıda Tekstil Lojistik Otelcilik Eczanesi Koleji Enerji İnşaat Market Tarım Mobilya Matbaa Sağlık"
    ),
    form=("Ltd. Şti.", "A.Ş.", "Kooperatifi"),
    headings=(
        "Abone No*", "Bireysel Müşteri ID", "Kurumsal Müşteri ID", "Tanım*", "Başlangıç Tarihi*", "Bitiş Tarihi",
        "Ürün Kodu*", "Miktar", "Birim Fiyat*", "İndirim %", "Periyot", "Periyot Birimi", "Ödenmiş Son Tarih",
        "Özel Kod",
    ),
    month="ay",
    year="yıl",
    file="aboneler.xlsx",
    products=name_products(
        1,
        ("Fiber İnternet 100 Mbit", "Fiber internet"),
        ("Fiber İnternet 1 Gbit", "Fiber internet"),
        ("Sabit IP Adresi", "Sabit IP"),
        ("Alarm İzleme", "Alarm izleme"),
        ("Kamera Bakımı", "Kamera bakımı"),
        ("Yazılım Bakım Sözleşmesi", "Yazılım bakımı"),
        ("Destek Masası", "Destek masası"),
    ),
    price_factor=1,
    department="Teknik destek",
    packages=(("10 kontör", 10, 1000.0), ("100 kontör", 100, 8000.0)),
    credit_product="Destek paketi",
    agenda=(
        "Stok kontrolü", "Teklif alanları yeniden ara", "Bağlantı sorunsuz mu?", "Ekip toplantısı", "Aylık danışmanlık",
    ),
    plan="Hatırlatma",
    said={
        "pause": "Şube tadilatta",
        "close": "Taşınıyoruz, yeni adreste hizmet yok.",
        "wish": "İki ay ara vermek istiyoruz.",
        "gift": "Hoş geldiniz hediyesi",
    },
)  # fmt: skip

ENGLISH = Words(
    lang="en_US",
    country="us",
    chart="generic_coa",
    timezone="UTC",
    company="Harbour Services Ltd.",
    city="Porthaven",
    cities=("Porthaven", "Millbrook", "Eastfield", "Northgate", "Ashford", "Lindale", "Westbay", "Oakham"),
    first=names(
        "Alice Ben Clara David Emma Frank Grace Henry Ivy Jack Kate Liam Mary Noah Olive Peter"
    ),
    last=names(
        "Adams Baker Clark Dale Ellis Ford Green Hill Irwin Jones King Lamb Mason North Owen Price"
    ),
    firm=names(
        "Star Coastal Northern Summit Cedar Harbour Blue Silver Meadow Atlas River Granite Maple Orchard Lark"
    ),
    trade=names(
        "Foods Textiles Logistics Hotels Pharmacy College Energy Builders Market Farms Print Health"
    ),
    form=("Ltd.", "Inc.", "Cooperative"),
    headings=(
        "Subscriber No*", "Individual Customer ID", "Corporate Customer ID", "Subject*", "Start Date*", "End Date",
        "Product Code*", "Quantity", "Unit Price*", "Discount %", "Interval", "Interval Unit", "Paid Until",
        "Special Code",
    ),
    month="month",
    year="year",
    file="subscribers.xlsx",
    products=name_products(
        0.1,
        ("Fibre Internet 100 Mbit", "Fibre internet"),
        ("Fibre Internet 1 Gbit", "Fibre internet"),
        ("Fixed IP Address", "Fixed IP"),
        ("Alarm Monitoring", "Alarm monitoring"),
        ("Camera Maintenance", "Camera maintenance"),
        ("Software Maintenance", "Software maintenance"),
        ("Support Desk", "Support desk"),
    ),
    price_factor=0.1,
    department="Technical support",
    packages=(("10 credits", 10, 100.0), ("100 credits", 100, 800.0)),
    credit_product="Support package",
    agenda=(
        "Check the stock", "Call again who got an offer", "Is the line all right?", "Team meeting", "Monthly advice",
    ),
    plan="Reminders",
    said={
        "pause": "The branch is being rebuilt",
        "close": "We are moving, and there is no service at the new address.",
        "wish": "We would like to pause for two months.",
        "gift": "Welcome",
    },
)  # fmt: skip

ROMANIAN = Words(
    lang="ro_RO",
    country="ro",
    chart="ro",
    timezone="Europe/Bucharest",
    company="Carpați Servicii S.R.L.",
    city="București",
    cities=("București", "Cluj-Napoca", "Timișoara", "Iași", "Constanța", "Brașov", "Sibiu", "Oradea"),
    first=names(
        "Ana Ion Maria Andrei Elena Mihai Ioana Radu Irina Vlad Diana Paul Sorina Dan Carmen Luca"
    ),
    last=names(
        "Popescu Ionescu Dumitru Stan Marin Ilie Radu Munteanu Matei Toma Lazăr Rusu Sandu Barbu Dobre Neagu"
    ),
    firm=names(
        "Steaua Marea Nordul Muntele Bradul Dacia Albastru Argint Izvorul Atlas Aurora Cetatea Pinul"
    ),
    trade=names(
        "Alimente Textile Logistică Hotel Farmacie Colegiu Energie Construcții Piața Agro Mobilă Tipar"
    ),
    form=("S.R.L.", "S.A.", "Cooperativa"),
    headings=(
        "Nr. abonat*", "ID client persoană fizică", "ID client persoană juridică", "Descriere*", "Data de început*",
        "Data de sfârșit", "Cod produs*", "Cantitate", "Preț unitar*", "Reducere %", "Interval", "Unitate interval",
        "Plătit până la", "Cod special",
    ),
    month="lună",
    year="an",
    file="abonati.xlsx",
    products=name_products(
        0.15,
        ("Internet fibră 100 Mbit", "Internet fibră"),
        ("Internet fibră 1 Gbit", "Internet fibră"),
        ("Adresă IP fixă", "IP fix"),
        ("Monitorizare alarmă", "Monitorizare alarmă"),
        ("Întreținere camere", "Întreținere camere"),
        ("Întreținere software", "Întreținere software"),
        ("Birou de asistență", "Birou de asistență"),
    ),
    price_factor=0.15,
    department="Asistență tehnică",
    packages=(("10 credite", 10, 150.0), ("100 credite", 100, 1200.0)),
    credit_product="Pachet de asistență",
    agenda=(
        "Verificarea stocului", "Sunați din nou cei cu ofertă", "Funcționează conexiunea?", "Ședința echipei",
        "Consultanță lunară",
    ),
    plan="Notificări",
    said={
        "pause": "Filiala este în renovare",
        "close": "Ne mutăm, iar la noua adresă nu există serviciu.",
        "wish": "Dorim o pauză de două luni.",
        "gift": "Bun venit",
    },
)  # fmt: skip

LANGUAGES = {"tr": TURKISH, "en": ENGLISH, "ro": ROMANIAN}
