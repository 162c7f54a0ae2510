from odoo import http
from odoo.tests import HttpCase, tagged

from .ticket_common import TicketCommon


@tagged("post_install", "-at_install")
class TestTicketPortal(TicketCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"helpdesk_mgmt_portal_select_team": True})
        cls.portal.write({"company_ids": [(6, 0, cls.company.ids)], "company_id": cls.company.id})

    def setUp(self):
        super().setUp()
        self.authenticate("ticket_customer", "ticket_customer")

    def submit(self, team=None, **values):
        return self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "team": (team or self.team).id,
                "subject": "Printer",
                "description": "Does not print",
                **values,
            },
        )

    def find_ticket(self):
        return self.env["helpdesk.ticket"].sudo().search([("partner_id", "=", self.contact.id)])

    def test_lim_19_a_ticket_of_the_portal_costs_once(self):
        self.grant(self.credit)
        page = self.submit()
        ticket = self.find_ticket()
        self.assertIn(f"/my/ticket/{ticket.id}", page.url)
        self.assertEqual(self.left(), 7)

    def test_lim_19_without_credit_the_form_says_why_and_where_to_buy(self):
        self.grant(self.make_package(name="Two", kind="credit", credits=2, price=20.0))
        page = self.submit()
        self.assertEqual(page.status_code, 200)
        self.assertIn("3 needed, 2 left", page.text)
        self.assertIn(f"/my/packages/{self.credit.id}", page.text)
        self.assertFalse(self.find_ticket())
        self.assertEqual(self.left(), 2)

    def test_what_was_typed_is_kept(self):
        self.grant(self.make_package(name="Two", kind="credit", credits=2, price=20.0))
        page = self.submit(subject="My <printer>", description="It burns & smokes")
        self.assertIn("My &lt;printer&gt;", page.text)
        self.assertIn(">It burns &amp; smokes</textarea>", page.text)

    def test_lim_21_only_departments_that_are_open_are_offered(self):
        self.grant(self.credit)
        page = self.url_open("/new/ticket").text
        self.assertIn("Help", page)
        self.assertIn("Credit left: 10. A request takes 3.", page)
        self.assertNotIn("Lessons", page)
        self.assertIn("Free Team", page)

    def test_lim_22_what_a_purchase_opens_is_offered(self):
        self.assertNotIn(f'value="{self.team.id}"', self.url_open("/new/ticket").text)
        self.grant(self.period)
        self.assertIn(f'value="{self.team.id}"', self.url_open("/new/ticket").text)

    def test_lim_21_what_staff_opened_is_offered(self):
        self.customer.department_ids = self.training
        self.assertIn("Lessons", self.url_open("/new/ticket").text)

    def test_lim_21_a_department_that_is_not_open_is_refused_all_the_same(self):
        self.grant(self.credit)
        page = self.submit(team=self.other_team)
        self.assertIn("Training is not open to", page.text)
        self.assertFalse(self.find_ticket())

    def test_where_no_department_is_open_packages_are_offered(self):
        self.env["helpdesk.ticket.team"].sudo().search([("subscription_department_id", "=", False)]).active = False
        page = self.url_open("/new/ticket").text
        self.assertIn("No department is open to you", page)
        self.assertNotIn("Submit Ticket", page)

    def test_lim_16_one_balance_of_a_customer_with_several_contacts(self):
        self.grant(self.credit)
        self.submit()
        self.open_ticket(partner_id=self.customer.id)
        self.assertEqual(self.left(), 4)

    def test_cub_18_managers_are_told_of_files_that_come_with_a_request(self):
        self.customer.sudo().customer_manager_ids = self.agent
        self.free_team.customer_managers_responsible = True
        token = http.Request.csrf_token(self)
        self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": token,
                "team": self.free_team.id,
                "subject": "Printer",
                "description": "Burns",
                "attachment": "error.pdf",
            },
            files={"attachment": ("error.pdf", b"%PDF", "application/pdf")},
        )
        told = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "helpdesk.ticket"),
                    ("res_id", "=", self.find_ticket().id),
                    ("body", "like", "error.pdf"),
                ]
            )
        )
        self.assertEqual(told.notified_partner_ids, self.agent.partner_id)

    def test_a_customer_closes_his_own_tickets_alone(self):
        self.stage.close_from_portal = True
        own = self.open_ticket(team_id=self.free_team.id)
        strange = self.open_ticket(team_id=self.free_team.id, partner_id=self.stranger.id)
        for ticket in own + strange:
            self.url_open(f"/ticket/close?ticket_id={ticket.id}&stage_id={self.stage.id}")
        self.assertEqual([ticket.sudo().stage_id == self.stage for ticket in own + strange], [True, False])

    def test_a_customer_is_refused_and_finds_what_is_free(self):
        self.grant(self.make_package(name="Two", kind="credit", credits=2, price=20.0))
        self.start_tour("/new/ticket", "subscription_mgmt_helpdesk_portal", login="ticket_customer")
        self.assertEqual(self.find_ticket().team_id, self.free_team)
