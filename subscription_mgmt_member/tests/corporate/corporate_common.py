from ..common import MemberCase


class CorporateCase(MemberCase):
    """A group with a company, which has a division, a branch in it and a department in that; people in each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.make_unit("Çınar Holding", "group", cls.env["res.partner"])
        cls.firm.write({"member_unit": "company", "parent_id": cls.group.id, "city": "Ankara"})
        cls.division = cls.make_unit("Ege", "division", cls.firm, city="İzmir")
        cls.branch = cls.make_unit("Bornova", "branch", cls.division, city="Bornova")
        cls.department = cls.make_unit("Depo", "department", cls.branch)
        cls.clerk = cls.make_person("Mert Ak", cls.department)

    @classmethod
    def make_unit(cls, name, kind, above, **values):
        return cls.env["res.partner"].create(
            {"name": name, "member_unit": kind, "parent_id": above.id, "street": name, **values}
        )

    @classmethod
    def make_person(cls, name, above, **values):
        return cls.env["res.partner"].create({"name": name, "parent_id": above.id, **values})
