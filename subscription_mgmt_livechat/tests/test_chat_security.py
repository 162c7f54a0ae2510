from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .chat_common import ChatCommon


@tagged("post_install", "-at_install")
class TestChatSecurity(ChatCommon):
    def test_the_visitor_does_not_see_what_is_meant_for_staff(self):
        chat = self.open_chat(self.portal).with_user(self.portal)
        for field in ("subscription_credit", "subscription_refused"):
            with self.assertRaises(AccessError, msg=field):
                chat.read([field])

    def test_a_stranger_sees_nothing_of_a_chat(self):
        rival = new_test_user(self.env, "chat_rival", "base.group_portal", partner_id=self.stranger.id)
        chat = self.open_chat(self.portal).with_user(rival)
        with self.assertRaises(AccessError):
            chat.read(["name"])

    def test_an_operator_needs_no_right_in_billing(self):
        self.grant(self.credit)
        chat = self.open_chat(self.portal)
        chat.with_user(self.operator).message_post(body="Hello", message_type="comment")
        self.assertEqual(self.left(), 7)

    def test_the_company_of_the_department_is_paid(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.grant(self.credit)
        self.operator.write({"company_ids": [(4, other.id)], "company_id": other.id})
        self.say(self.open_chat(self.portal), self.operator)
        self.assertEqual(self.left(), 7)
