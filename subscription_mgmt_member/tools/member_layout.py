"""What a file of members says besides: status, roles, limits, places in the organisation, relatives."""

from odoo.addons.subscription_mgmt.tools.importing.layout import Choice
from odoo.addons.subscription_mgmt.tools.importing.members import MEMBERS, Members

STATE = Choice(
    "bad_member_state",
    {
        "potential": "potential prospect potansiyel aday potențial",
        "active": "active aktif etkin activ",
        "passive": "passive inactive pasif inactiv pasiv",
    },
    ("potansiyel,aktif,pasif", "potential,active,passive", "potențial,activ,pasiv"),
)
CHANNEL = Choice(
    "bad_member_channel",
    {
        "dealer": "dealer bayi distribuitor",
        "service": "service servis",
        "wholesaler": "wholesaler toptancı angrosist",
    },
    ("bayi,servis,toptancı", "dealer,service,wholesaler", "distribuitor,service,angrosist"),
)
UNIT = Choice(
    "bad_member_unit",
    {
        "division": "division bölge bölüm divizie",
        "branch": "branch şube filială sucursală",
        "office": "office ofis birou",
        "department": "department departman departament",
    },
    ("bölüm,şube,ofis,departman", "division,branch,office,department", "divizie,sucursală,birou,departament"),
)
PLACES = ("above", "branch", "department")
# Column → the kind of member that alone takes it, and the reason for which the others are refused
OF_KIND = {
    "unit": ("branch", "unit_not_taken"),
    "above": ("branch", "unit_not_taken"),
    "branch": ("contact", "place_not_taken"),
    "department": ("contact", "place_not_taken"),
    "relative": ("individual", "relative_not_taken"),
    "degree": ("individual", "relative_not_taken"),
}


class MoreMembers(Members):
    """A row is a member, with what the members' own page knows of it."""

    def check_row(self, row, header):
        """Yield what this kind of member does not have, half a relative, and a limit below zero."""
        yield from super().check_row(row, header)
        values = row.values
        for key, (kind, reason) in OF_KIND.items():
            if key in values and values.get("member_kind", kind) != kind:
                yield header.problem(reason, row, key)
        if values.get("credit_limit", 0) < 0:
            yield header.problem("negative_limit", row, "credit_limit")
        for key, other in (("relative", "degree"), ("degree", "relative")):
            if key in values and other not in values and other not in row.bad:
                yield header.problem("relative_incomplete", row, key)
        if "relative" in values and values["relative"] == values.get("member"):
            yield header.problem("own_relative", row, "relative")

    def check_file(self, groups, header):
        """Yield a unit that stands below itself, at any depth."""
        yield from super().check_file(groups, header)
        above = get_units_above(groups)
        for group in groups:
            if group.values.get("member_kind") == "branch" and get_depth(above, group.number) is None:
                yield header.problem("unit_circle", group.first, "above")


def get_units_above(groups):
    """Number of a unit → number of the one above it, as the file has it."""
    units = (group for group in groups if group.values.get("member_kind") == "branch")
    return {group.number: group.values.get("above") for group in units}


def get_depth(above, number):
    """How many units of the file stand above one of them; None when it stands above itself.

    :param above: number of each unit of the file → number of the one above it
    """
    depth, seen = 0, {number}
    while above.get(number):
        number = above[number]
        if number in seen:
            return None
        seen.add(number)
        depth += 1
    return depth


MORE_MEMBERS = MoreMembers(
    MEMBERS.spec[0]
    + """\
member_state; state; line; Üye Durumu; Member Status; Stare membru
is_customer; flag; line; Müşteri; Customer; Client
is_supplier; flag; line; Tedarikçi; Supplier; Furnizor
channel; channel; line; Satış Kanalı; Sales Channel; Canal de vânzare
credit_limit; number; line; Kredi Limiti; Credit Limit; Limită de credit
category; id; line; Kategori ID; Category ID; ID categorie
sector; id; line; Sektör ID; Sector ID; ID sector
language; code; line; Dil Kodu; Language Code; Cod limbă
unit; member_unit; line; Birim Türü; Unit Kind; Tip unitate
above; code; line; Üst Birim No; Upper Unit No; Nr. unitate superioară
branch; code; line; Çalıştığı Şube No; Branch No; Nr. sucursală
department; code; line; Çalıştığı Departman No; Department No; Nr. departament
representative; id; line; Temsilci ID; Representative ID; ID reprezentant
responsible; id; line; Sorumlu ID; Responsible ID; ID responsabil
relative; code; line; Yakın Üye No; Relative Member No; Nr. membru rudă
degree; id; line; Yakınlık Derecesi; Degree of Kinship; Grad de rudenie
""",
    key="member",
    choices={**MEMBERS.choices, "state": STATE, "channel": CHANNEL, "member_unit": UNIT},
)
