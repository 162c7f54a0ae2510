from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MemberCase


@tagged("post_install", "-at_install")
class TestPermissions(MemberCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manage")
        cls.colleague = cls.make_user("view")
        cls.permissions = cls.env["member.permission"].with_user(cls.manager)

    def get_line(self, user):
        return self.env["member.permission"].search([("user_id", "=", user.id)])

    def test_a_level_works_at_once(self):
        """CUB-38, CUB-39: added with a level, changed on the line, without anybody logging in again."""
        customer = self.firm.with_user(self.colleague)
        line = self.permissions.create({"user_id": self.colleague.id, "level": "contribute"})
        customer.name = "Çınar Holding"
        line.level = "none"
        with self.assertRaises(AccessError):
            customer.read(["name"])
        self.assertNotIn(self.firm, customer.search([]))
        for level in ("view", "edit", "manage"):
            line.level = level
            self.assertEqual((line.level, self.colleague._get_member_level()), (level, level))
            self.assertTrue(customer.read(["name"]))

    def test_without_a_line_the_level_is_view(self):
        """CUB-37"""
        self.assertFalse(self.get_line(self.colleague))
        self.assertEqual(self.colleague._get_member_level(), "view")
        line = self.permissions.create({"user_id": self.colleague.id, "level": "manage"})
        line.unlink()
        self.assertEqual(self.colleague._get_member_level(), "view")

    def test_administrators_always_manage(self):
        """CUB-35, CUB-36: a lower level has no effect, and the line says why; without the role it is as with all."""
        admin = new_test_user(self.env, "second_admin", "base.group_system")
        line = self.get_line(admin).with_user(self.manager)
        self.assertEqual((line.level, line.is_administrator), ("manage", True))
        line.level = "none"
        self.assertEqual(admin._get_member_level(), "manage")
        self.assertEqual(line.level, "manage")
        self.assertIn("Administrators always manage", line.reason)
        with self.assertRaises(UserError):
            line.unlink()
        admin.group_ids -= self.env.ref("base.group_system")
        self.assertEqual(admin._get_member_level(), "none")

    def test_a_level_by_another_role_is_explained(self):
        clerk = new_test_user(self.env, "access_rights", "base.group_erp_manager")
        line = self.permissions.create({"user_id": clerk.id, "level": "view"})
        self.assertEqual(line.level, "contribute")
        self.assertIn("another role", line.reason)

    def test_a_level_set_on_the_user_form_has_a_line(self):
        self.colleague.group_ids += self.env.ref("subscription_mgmt_member.group_member_editor")
        self.assertEqual(self.get_line(self.colleague).level, "edit")

    def test_one_line_a_person(self):
        self.permissions.create({"user_id": self.colleague.id, "level": "view"})
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.permissions.create({"user_id": self.colleague.id, "level": "edit"})

    def test_a_line_stays_with_its_person(self):
        line = self.permissions.create({"user_id": self.colleague.id, "level": "edit"})
        with self.assertRaises(UserError):
            line.user_id = self.manager

    def test_only_manage_sets_levels(self):
        """CUB-34: each other level is refused by the server, reading the page included."""
        line = self.permissions.create({"user_id": self.colleague.id, "level": "view"})
        for level in ("none", "view", "contribute", "edit"):
            user = self.make_user(level, login=f"curious_{level}")
            with self.subTest(level=level):
                for act in (
                    lambda record: record.create({"user_id": user.id, "level": "manage"}),  # noqa: B023 - called here
                    lambda record: record.write({"level": "manage"}),
                    lambda record: record.unlink(),
                    lambda record: record.read(["level"]),
                ):
                    with self.assertRaises(AccessError):
                        act(line.with_user(user))

    def test_nobody_of_the_portal_gets_a_level(self):
        portal = new_test_user(self.env, "portal_customer", "base.group_portal")
        with self.assertRaises(UserError):
            self.permissions.create({"user_id": portal.id, "level": "manage"})

    def test_colleagues_of_other_companies_are_theirs(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(self.env, "stranger", "base.group_user", company_id=other.id, company_ids=other.ids)
        with self.assertRaises(AccessError):
            self.permissions.create({"user_id": stranger.id, "level": "none"})

    def test_the_page_costs_the_same_for_any_number(self):
        def queries(count):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            names = ("user_id", "level", "reason", "is_administrator")
            self.permissions.search([], limit=count).read(names)
            return self.env.cr.sql_log_count - before

        for number in range(12):
            self.permissions.create({"user_id": new_test_user(self.env, f"n{number}").id, "level": "edit"})
        queries(12)  # groups of each are remembered from here on
        self.assertEqual(queries(2), queries(12))


@tagged("post_install", "-at_install")
class TestPermissionsTour(MemberCase, HttpCase):
    def test_permissions_page(self):
        """CUB-38, CUB-39 by hand: add a colleague, then change his level at the right of his row."""
        colleague = new_test_user(self.env, "zeynep", name="Zeynep Ak")
        self.start_tour("/odoo/member-permissions", "member_permissions", login="admin", timeout=120)
        self.assertEqual(colleague._get_member_level(), "contribute")
