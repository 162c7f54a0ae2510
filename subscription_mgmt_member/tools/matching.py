"""What tells that two records may be one organisation: keys that are equal where people write differently."""

import re
import unicodedata

# Everybody has an address there: it says nothing of an organisation. Names with a country's ending are listed in full.
HOSTS = """
    gmail.com googlemail.com hotmail.com hotmail.com.tr hotmail.de hotmail.fr hotmail.it hotmail.es hotmail.co.uk
    hotmail.nl hotmail.be hotmail.ro outlook.com outlook.com.tr outlook.de outlook.fr outlook.it outlook.es live.com
    live.nl live.de live.fr live.it live.co.uk live.be live.ro msn.com windowslive.com passport.com yahoo.com
    yahoo.com.tr yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.ro yahoo.ca yahoo.co.in yahoo.com.br ymail.com
    rocketmail.com myyahoo.com yandex.com yandex.com.tr yandex.ru yandex.kz ya.ru mail.ru bk.ru list.ru inbox.ru
    rambler.ru mynet.com superonline.com ttmail.com ttnet.net.tr turk.net turk.net.tr e-kolay.net ixir.com kablonet.com
    icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com
    gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de arcor.de posteo.de mailbox.org online.de
    aol.com aim.com verizon.net comcast.net att.net sbcglobal.net bellsouth.net cox.net zoho.com zohomail.com
    zohomail.eu fastmail.com fastmail.fm hey.com mail.com email.com usa.com inbox.com hushmail.com
    orange.fr wanadoo.fr free.fr sfr.fr laposte.net bbox.fr neuf.fr libero.it virgilio.it tiscali.it alice.it tin.it
    btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl
    xs4all.nl home.nl wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz abv.bg ukr.net rdslink.ro rdsmail.ro
    clicknet.ro zappmobile.ro k.ro home.ro personal.ro email.ro mail.bg freemail.hu citromail.hu qq.com 163.com 126.com
    naver.com daum.net rediffmail.com uol.com.br bol.com.br terra.com.br bluewin.ch sunrise.ch hispeed.ch
    mailinator.com yopmail.com guerrillamail.com 10minutemail.com duck.com simplelogin.com
"""
PUBLIC_HOSTS = frozenset(HOSTS.split())
# What a company is in law, or calls its trade: no part of who it is. Folded, without dots.
WORDS = """
    as anonim sirketi sirket sti ltd limited san sanayi tic ticaret ve paz pazarlama dis ic koop kooperatifi
    srl sa sca snc pfa ii if srld scs ra gmbh ag kg ohg ug mbh gbr ev inc incorporated llc llp lp corp corporation co
    company plc bv nv vof cv ab oy oyj aps asa spa sas sarl eurl sl slu lda doo dd ad eood ood kft zrt sro spol zoo
"""
LEGAL_WORDS = frozenset(WORDS.split())
SHORTEST_PHONE, SHORTEST_VAT, SHORTEST_NAME = 7, 5, 3
# Numbers of all countries differ in the last ten digits; what stands before is a country, or a trunk prefix
PHONE_DIGITS = 10
LETTERS = str.maketrans("ıİşŞğĞçÇöÖüÜøØłŁđĐ", "iissggccoouuoolldd")


def fold(text):
    """Small letters without marks, and single blanks between words: `ÇINAR  Enerji` and `Cinar enerji` are one."""
    plain = unicodedata.normalize("NFKD", (text or "").translate(LETTERS).replace("ß", "ss")).casefold()
    return " ".join(
        "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign)).split()
    )


def get_name_key(name):
    """A name without its legal form, for comparing: `Çınar Enerji San. ve Tic. Ltd. Şti.` → `cinar enerji`."""
    # A.Ş. and S.R.L. are words, not letters
    joined = re.sub(r"\b(\w)\.\s?(?=\w\b)", r"\1", name or "")
    words = fold(joined).split()
    telling = [word for word in words if word not in LEGAL_WORDS]
    key = " ".join(telling or words)
    return key if len(key) >= SHORTEST_NAME else ""


def get_phone_key(phone):
    """The digits that are the same however a number is written: `+90 532 111 22 33`, `0532 1112233`, `532…`."""
    digits = re.sub(r"\D", "", re.split(r"(?i)ext|x|#|;|/|dahili", phone or "", maxsplit=1)[0])
    key = digits[-PHONE_DIGITS:].lstrip("0")
    return key if len(key) >= SHORTEST_PHONE and len(set(key)) > 1 else ""


def get_vat_key(vat):
    """A tax number without blanks, signs and the letters of its country."""
    key = re.sub(r"[^0-9A-Z]", "", (vat or "").upper())
    key = re.sub(r"^[A-Z]{2}(?=\d)", "", key)
    return key if len(key) >= SHORTEST_VAT and len(set(key)) > 1 else ""


def get_domain_key(email):
    """The domain of the first address, unless everybody can have an address there."""
    found = re.search(r"@([\w-]+(?:\.[\w-]+)+)", (email or "").lower())
    domain = found.group(1).removeprefix("www.") if found else ""
    return "" if domain in PUBLIC_HOSTS else domain
