from email.message import EmailMessage

from odoo.tests import tagged

from .ticket_common import TicketCommon


class MailCommon(TicketCommon):
    count = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].sudo().create({"name": "test.example.com"})
        cls.env["res.company"].sudo().search([]).alias_domain_id = cls.domain
        cls.team.alias_domain_id = cls.domain

    def receive(self, sender='"Ayşe" <ayse@yildiz.example.com>', subject="Printer", body="Does not print", **headers):
        """An e-mail to the team, as the gateway gets it; returns the new tickets and the new refused requests."""
        tickets, requests = self.env["helpdesk.ticket"].sudo(), self.env["subscription.refused.request"].sudo()
        known = tickets.search([]), requests.search([])
        MailCommon.count += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "help-test@test.example.com", subject
        mail["Message-Id"] = f"<{MailCommon.count}.ticket@yildiz.example.com>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="error.pdf")
        self.env["mail.thread"].sudo().with_context(tracking_disable=False).message_process(
            "helpdesk.ticket", mail.as_string()
        )
        return tickets.search([]) - known[0], requests.search([]) - known[1]


@tagged("post_install", "-at_install")
class TestTicketMail(MailCommon):
    def test_lim_19_a_ticket_by_e_mail_costs_once(self):
        self.grant(self.credit)
        ticket, refused = self.receive()
        self.assertEqual((ticket.partner_id, ticket.team_id), (self.contact, self.team))
        self.assertFalse(refused)
        self.assertEqual(self.left(), 7)

    def test_lim_20_an_answer_by_e_mail_costs_nothing(self):
        self.grant(self.credit)
        ticket, _refused = self.receive()
        first = ticket.message_ids.filtered(lambda message: message.message_type == "email")
        more, _refused = self.receive(In_Reply_To=first.message_id)
        self.assertFalse(more)
        self.assertEqual(self.left(), 7)

    def test_lim_19_without_credit_there_is_no_ticket_and_the_e_mail_is_kept(self):
        ticket, refused = self.receive(body="The printer burns")
        self.assertFalse(ticket)
        self.assertEqual((refused.partner_id, refused.name, refused.state), (self.contact, "Printer", "waiting"))
        self.assertIn("The printer burns", refused.description)
        mail = refused.message_ids.filtered(lambda message: message.message_type == "email")
        self.assertIn("The printer burns", mail.body)
        self.assertEqual(mail.attachment_ids.mapped("name"), ["error.pdf"])

    def test_lim_19_the_sender_is_answered_with_the_way_to_buy(self):
        _ticket, refused = self.receive()
        answer = self.get_answer(refused)
        self.assertEqual(answer.partner_ids, self.contact)
        self.assertIn(f"/my/packages/{self.credit.id}", answer.body)
        self.assertIn("120.00", answer.body)
        told = self.env["mail.notification"].sudo().search([("mail_message_id", "=", answer.id)])
        self.assertEqual((told.res_partner_id, told.notification_type), (self.contact, "email"))

    def get_answer(self, refused):
        return refused.message_ids.filtered(lambda message: message.message_type == "comment")

    def test_the_sender_is_answered_in_his_language(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.contact.lang = "tr_TR"
        _ticket, refused = self.receive()
        self.assertNotIn("could not be opened", self.get_answer(refused).body)

    def test_two_machines_that_answer_one_another_come_to_an_end(self):
        answers = [len(self.get_answer(self.receive()[1])) for _n in range(7)]
        self.assertEqual(answers, [1] * 5 + [0] * 2)

    # === WHO WRITES === #
    def test_cub_19_an_unknown_sender_becomes_a_new_customer(self):
        self.team.subscription_department_id = False
        ticket, _refused = self.receive(sender='"Zeynep Kaya" <zeynep@kaya.example.com>')
        self.assertEqual(ticket.partner_id.name, "Zeynep Kaya")
        self.assertEqual(ticket.partner_id.email, "zeynep@kaya.example.com")
        again, _refused = self.receive(sender="zeynep@kaya.example.com")
        self.assertEqual(again.partner_id, ticket.partner_id, "known by then")

    def test_cub_19_an_unknown_sender_without_credit_is_a_customer_and_is_told(self):
        ticket, refused = self.receive(sender='"Zeynep Kaya" <zeynep@kaya.example.com>')
        self.assertFalse(ticket)
        self.assertEqual(refused.partner_id.name, "Zeynep Kaya")
        self.assertEqual(self.get_answer(refused).partner_ids, refused.partner_id)

    def test_cub_19_who_has_no_address_is_no_customer(self):
        known = self.env["res.partner"].search_count([])
        self.receive(sender="nobody at all")
        self.assertEqual(self.env["res.partner"].search_count([]), known)
