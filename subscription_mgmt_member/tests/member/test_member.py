from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import MemberCase


@tagged("post_install", "-at_install")
class TestMember(MemberCase):
    def test_a_member_is_several_things_on_one_record(self):
        """WMM-03, WMM-18"""
        self.firm.write({"member_is_supplier": True, "member_channel": "dealer"})
        found = self.env["res.partner"].search(
            [("member_is_customer", "=", True), ("member_is_supplier", "=", True), ("member_channel", "=", "dealer")]
        )
        self.assertIn(self.firm, found)

    def test_only_the_page_of_members_begins_with_potential(self):
        """WMM-06, WIM-26: whatever another program makes in the course of its work is active."""
        context = self.env.ref("subscription_mgmt_member.res_partner_action").context
        self.assertIn("'default_member_state': 'potential'", context)
        self.assertEqual(self.person.member_state, "active")

    def test_a_clerk_makes_members_active_and_passive(self):
        """WMM-19, WIM-28"""
        members = (self.firm | self.person).with_user(self.make_user("contribute"))
        members.member_state = "potential"
        members.action_member_make_active()
        self.assertEqual(set(members.mapped("member_state")), {"active"})
        members.action_member_make_passive()
        self.assertEqual(set(members.mapped("member_state")), {"passive"})

    def test_who_may_only_look_changes_no_state(self):
        """CUB-30"""
        with self.assertRaises(AccessError):
            self.firm.with_user(self.make_user("view")).action_member_make_passive()

    def test_managers_make_a_tree_of_categories_and_sectors(self):
        """WMM-04, WMM-20, WMM-21"""
        env = self.env(user=self.make_user("manage"))
        whole = env["res.partner.category"].create({"name": "Reseller"})
        part = env["res.partner.category"].create({"name": "Gold", "parent_id": whole.id})
        self.firm.category_id = part
        self.assertIn(self.firm, self.env["res.partner"].search([("category_id", "child_of", whole.id)]))
        self.assertTrue(env["res.partner.industry"].create({"name": "Beekeeping"}))

    def test_a_copy_is_a_member_of_its_own(self):
        """State and roles were earned by the first one."""
        self.firm.write({"member_state": "passive", "member_is_supplier": True, "member_channel": "dealer"})
        copy = self.firm.copy()
        self.assertEqual((copy.member_state, copy.member_is_supplier, copy.member_channel), ("active", False, False))
