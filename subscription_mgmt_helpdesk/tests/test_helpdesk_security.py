from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_ticket_mail import MailCommon


@tagged("post_install", "-at_install")
class TestHelpdeskSecurity(MailCommon):
    def test_customers_do_not_see_what_is_meant_for_staff(self):
        self.grant(self.credit)
        ticket = self.open_ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.portal).read(["subscription_credit"])
        with self.assertRaises(AccessError):
            self.contact.with_user(self.portal).read(["customer_manager_ids"])

    def test_strangers_see_no_refused_requests(self):
        refused = self.receive()[1]
        for login, group in (("ticket_rival", "base.group_portal"), ("ticket_other", "base.group_user")):
            user = new_test_user(self.env, login, group)
            with self.assertRaises(AccessError, msg=login):
                refused.with_user(user).read(["name"])

    def test_other_companies_see_no_refused_requests(self):
        refused = self.receive()[1]
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "ticket_elsewhere",
            "helpdesk_mgmt.group_helpdesk_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        requests = self.env["subscription.refused.request"].with_user(user)
        self.assertFalse(requests.search([]))
        with self.assertRaises(AccessError):
            refused.with_user(user).action_let_through()

    def test_nobody_says_from_outside_that_a_ticket_is_free(self):
        self.grant(self.credit)
        tickets = self.env["helpdesk.ticket"].with_user(self.agent).with_context(subscription_let_through=True)
        tickets.create(
            {"name": "x", "description": "x", "team_id": self.team.id, "partner_id": self.contact.id},
        )
        self.assertEqual(self.left(), 7)

    def test_an_agent_needs_no_right_in_subscriptions(self):
        self.grant(self.credit)
        self.open_ticket(user=self.agent)
        self.assertEqual(self.left(), 7)
