from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_ticket_mail import MailCommon


@tagged("post_install", "-at_install")
class TestRefusedRequests(MailCommon):
    def setUp(self):
        super().setUp()
        self.refused = self.receive()[1].with_user(self.agent)

    def test_staff_let_a_request_through_and_it_takes_no_credit(self):
        action = self.refused.action_let_through()
        ticket = self.refused.ticket_id
        self.assertEqual(action["res_id"], ticket.id)
        self.assertEqual((ticket.partner_id, ticket.team_id), (self.contact, self.team))
        self.assertFalse(self.get_moves(ticket))
        self.assertEqual((self.refused.state, self.refused.decided_by_id), ("let_through", self.agent))

    def test_the_text_and_the_files_go_along(self):
        self.refused.action_let_through()
        ticket = self.refused.ticket_id
        self.assertIn("Does not print", ticket.description)
        self.assertEqual(ticket.attachment_ids.mapped("name"), ["error.pdf"])
        mail = ticket.sudo().message_ids.filtered(lambda message: message.message_type == "email")
        self.assertEqual(mail.attachment_ids, ticket.sudo().attachment_ids)

    def test_a_request_that_was_let_through_stays_free(self):
        self.refused.action_let_through()
        self.grant(self.credit)
        self.refused.ticket_id.team_id = self.other_team
        self.assertEqual(self.left(), 10)

    def test_an_answer_to_the_e_mail_goes_to_the_ticket_by_then(self):
        self.refused.action_let_through()
        ticket = self.refused.ticket_id.sudo()
        mail = ticket.message_ids.filtered(lambda message: message.message_type == "email")
        tickets, refused = self.receive(In_Reply_To=mail.message_id, body="It is urgent")
        self.assertFalse(tickets + ticket.browse() or refused)
        self.assertIn("urgent", "".join(ticket.message_ids.mapped("body")))

    def test_who_has_bought_is_charged(self):
        self.grant(self.credit)
        self.refused.action_open()
        self.assertEqual(self.left(), 7)
        self.assertEqual(self.refused.state, "opened")

    def test_who_has_not_bought_is_refused_again(self):
        with self.assertRaisesRegex(UserError, "Support is not open"):
            self.refused.action_open()
        self.assertEqual(self.refused.state, "waiting")

    def test_a_request_is_decided_on_once(self):
        self.refused.action_dismiss()
        with self.assertRaisesRegex(UserError, "decided on already"):
            self.refused.action_let_through()

    def test_only_who_sees_all_tickets_decides(self):
        own = new_test_user(self.env, "ticket_own", "helpdesk_mgmt.group_helpdesk_user_own")
        for action in ("action_let_through", "action_open", "action_dismiss"):
            with self.assertRaises(AccessError, msg=action):
                getattr(self.refused.with_user(own), action)()

    def test_a_request_is_not_changed_by_hand(self):
        with self.assertRaises(AccessError):
            self.refused.write({"state": "opened"})
        with self.assertRaises(AccessError):
            self.refused.create({"name": "x", "team_id": self.team.id, "company_id": self.company.id})


@tagged("post_install", "-at_install")
class TestRefusedRequestTour(MailCommon, HttpCase):
    def test_an_agent_lets_a_request_through(self):
        self.agent.write({"password": "ticket_agent"})
        refused = self.receive()[1]
        self.start_tour(
            "/odoo/refused-requests", "subscription_mgmt_helpdesk_refused", login="ticket_agent", timeout=90
        )
        self.assertEqual((refused.state, refused.decided_by_id), ("let_through", self.agent))
