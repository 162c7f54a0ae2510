"""Members, their contact persons and branches: what a file of them looks like (WSI-34)."""

from .layout import Choice, Layout
from .rules import check_twice

CHILDREN = ("contact", "branch")
KIND = Choice(
    "bad_member_kind",
    {
        "individual": "individual person bireysel kişi şahıs individuală persoană-fizică pf",
        "corporate": "corporate company kurumsal kurum firma şirket companie persoană-juridică pj",
        "contact": "contact employee çalışan yetkili angajat contact persoană-de-contact",
        "branch": "branch şube filială sucursală punct-de-lucru",
    },
    (
        "bireysel,kurumsal,çalışan,şube",
        "individual,corporate,contact,branch",
        "persoană fizică,persoană juridică,persoană de contact,filială",
    ),
)


class Members(Layout):
    """A row is a member."""

    def check_row(self, row, header):
        """Yield what only those members have that belong to another, or only those that do not."""
        kind = row.values.get("member_kind")
        if kind in CHILDREN and "parent" not in row.values and "parent" not in row.bad:
            yield header.problem("parent_needed", row, "parent")
        if kind in CHILDREN and "vat" in row.values:
            yield header.problem("vat_not_taken", row, "vat")
        if kind and kind not in CHILDREN and "parent" in row.values:
            yield header.problem("parent_not_taken", row, "parent")

    def check_file(self, groups, header):
        """Yield a member that is there twice, or stands below one of the wrong kind."""
        yield from check_twice(groups, header, "member", "member_kind")
        members = [(group.number, group.values.get("member_kind")) for group in groups]
        corporate = {number for number, kind in members if kind == "corporate"}
        others = {number for number, kind in members if number and kind} - corporate
        for group in groups:
            if group.values.get("parent") in others:
                yield header.problem("parent_not_corporate", group.first, "parent")


MEMBERS = Members(
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
    key="member",
    choices={"member": KIND},
)
