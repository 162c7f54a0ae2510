from odoo.tests import TransactionCase, new_test_user

LEVELS = {
    "none": "base.group_user,subscription_mgmt_member.group_member_none",
    "view": "base.group_user",
    "contribute": "subscription_mgmt_member.group_member_contributor",
    "edit": "subscription_mgmt_member.group_member_editor",
    "manage": "subscription_mgmt_member.group_member_manager",
}


class MemberCase(TransactionCase):
    """A corporate and an individual member, and one user of each level."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.firm = partners.create({"name": "Çınar Enerji A.Ş.", "is_company": True, "member_is_customer": True})
        cls.employee = partners.create({"name": "Defne Uslu", "parent_id": cls.firm.id, "email": "defne@cinar.example"})
        cls.person = partners.create({"name": "Baran Tekin", "member_is_customer": True})

    @classmethod
    def make_user(cls, level, *groups, **values):
        """A user of a level, None to Manage, with more groups on top."""
        login = values.pop("login", f"member_{level}")
        return new_test_user(cls.env, login, groups=",".join((LEVELS[level], *groups)), **values)
