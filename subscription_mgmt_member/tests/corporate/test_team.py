from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .corporate_common import CorporateCase


@tagged("post_install", "-at_install")
class TestTeam(CorporateCase):
    def get_mine(self, user):
        """What the filter “My Members” of the customers page finds."""
        arch = self.env.ref("subscription_mgmt_member.res_partner_action").search_view_id
        view = self.env["res.partner"].get_views([(arch.id, "search")])["views"]["search"]["arch"]
        self.assertIn('name="member_mine"', view)
        domain = ["|", ("member_team_ids", "=", user.id), ("user_id", "=", user.id)]
        return self.env["res.partner"].with_user(user).search(domain)

    def test_wmm_36_several_of_us_are_responsible(self):
        first, second = self.make_user("contribute"), self.make_user("view")
        self.firm.member_team_ids = first + second
        self.person.user_id = first
        self.assertEqual(self.get_mine(first) & (self.firm + self.person), self.firm + self.person)
        self.assertEqual(self.get_mine(second) & (self.firm + self.person), self.firm)

    def test_wmm_17_the_team_is_of_our_own(self):
        outsider = new_test_user(self.env, "outsider", "base.group_portal", partner_id=self.employee.id)
        with self.assertRaisesRegex(ValidationError, "our own users"):
            self.firm.member_team_ids = outsider

    def test_cub_17_customer_managers_need_no_help_desk(self):
        managers = self.make_user("contribute") + self.make_user("view")
        self.firm.with_user(managers[0]).customer_manager_ids = managers
        self.assertEqual(self.firm.customer_manager_ids, managers)
        self.assertIn("customer_manager_ids", self.env["res.partner"].get_view(view_type="form")["arch"])
