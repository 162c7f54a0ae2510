from odoo.tests import new_test_user, tagged

from .ticket_common import TicketCommon


@tagged("post_install", "-at_install")
class TestCustomerManagers(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={key: value for key, value in cls.env.context.items() if key != "tracking_disable"})
        group = "helpdesk_mgmt.group_helpdesk_user"
        cls.manager = new_test_user(cls.env, "ticket_manager", group, name="Ece", email="ece@example.com")
        cls.customer.sudo().customer_manager_ids = cls.manager
        cls.free_team.write({"customer_managers_responsible": True, "user_ids": [(4, cls.agent.id)]})
        cls.free_team.message_subscribe(cls.agent.partner_id.ids)

    def open_request(self):
        return self.open_ticket(user=self.env.ref("base.user_root"), team_id=self.free_team.id)

    def get_notified(self, ticket, messages=None):
        """Colleagues who were told of the messages, or of all that the ticket had to tell."""
        where = [("mail_message_id.model", "=", ticket._name), ("mail_message_id.res_id", "=", ticket.id)]
        if messages:
            where = [("mail_message_id", "in", messages.ids)]
        told = self.env["mail.notification"].sudo().search(where).res_partner_id
        return told.filtered(lambda partner: not partner.partner_share)

    def test_cub_17_several_people_look_after_a_customer(self):
        self.customer.sudo().customer_manager_ids += self.agent
        self.assertEqual(self.open_request()._get_customer_managers(), self.manager + self.agent)

    def test_cub_18_only_the_managers_of_the_customer_are_told_of_a_request(self):
        ticket = self.open_request()
        self.assertEqual(self.get_notified(ticket), self.manager.partner_id)

    def test_cub_18_only_they_are_told_of_files_that_the_customer_uploads(self):
        ticket = self.open_request()
        message = (
            ticket.with_user(self.portal)
            .sudo()
            .message_post(
                body="See there",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachments=[("error.pdf", b"%PDF")],
            )
        )
        self.assertEqual(self.get_notified(ticket, message), self.manager.partner_id)

    def test_cub_18_without_managers_the_administrators_are_told(self):
        self.customer.sudo().customer_manager_ids = False
        admin = new_test_user(self.env, "ticket_admin", "helpdesk_mgmt.group_helpdesk_manager", email="a@example.com")
        self.assertEqual(self.get_notified(self.open_request()), admin.partner_id)

    def test_cub_18_other_teams_tell_their_followers(self):
        self.free_team.customer_managers_responsible = False
        ticket = self.open_request()
        (
            ticket.with_user(self.portal)
            .sudo()
            .message_post(body="See there", message_type="comment", subtype_xmlid="mail.mt_comment")
        )
        self.assertNotIn(self.manager.partner_id, self.get_notified(ticket))

    def test_cub_18_who_is_assigned_is_told(self):
        ticket = self.open_request()
        ticket.user_id = self.agent
        message = (
            ticket.with_user(self.portal)
            .sudo()
            .message_post(body="See there", message_type="comment", subtype_xmlid="mail.mt_comment")
        )
        self.assertIn(self.agent.partner_id, self.get_notified(ticket, message))

    def test_who_is_named_in_a_message_is_told(self):
        ticket = self.open_request()
        message = ticket.message_post(
            body="Look", message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=self.agent.partner_id.ids
        )
        self.assertIn(self.agent.partner_id, self.get_notified(ticket, message))
