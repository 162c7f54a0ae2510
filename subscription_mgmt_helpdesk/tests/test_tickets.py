from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .ticket_common import TicketCommon


@tagged("post_install", "-at_install")
class TestTickets(TicketCommon):
    # === WHEN A TICKET COSTS === #
    def test_lim_19_a_ticket_takes_what_its_department_says_when_it_is_opened(self):
        self.grant(self.credit)
        ticket = self.open_ticket()
        self.assertEqual(self.left(), 7)
        self.assertEqual(self.get_moves(ticket).department_id, self.support)

    def test_lim_20_replies_cost_nothing(self):
        self.grant(self.credit)
        ticket = self.open_ticket()
        ticket.message_post(body="Switch it on", message_type="comment")
        ticket.with_user(self.portal).sudo().message_post(body="Thank you", message_type="comment")
        self.assertEqual(self.left(), 7)

    def test_lim_20_closing_and_reopening_cost_nothing(self):
        self.grant(self.credit)
        ticket = self.open_ticket()
        first = ticket.stage_id
        ticket.stage_id = self.stage
        ticket.stage_id = first
        self.assertEqual(self.left(), 7)

    def test_lim_20_another_team_costs_nothing(self):
        self.grant(self.credit)
        ticket = self.open_ticket()
        ticket.team_id = self.other_team
        ticket.team_id = self.team
        self.assertEqual(self.left(), 7)

    def test_lim_20_a_ticket_that_was_free_is_free_in_another_team(self):
        self.grant(self.credit)
        ticket = self.open_ticket(team_id=self.free_team.id)
        ticket.team_id = self.team
        self.assertEqual(self.left(), 10)

    def test_lim_20_a_duplicate_costs_nothing_more(self):
        self.grant(self.credit)
        first, second = self.open_ticket(), self.open_ticket()
        wizard = self.env["helpdesk.ticket.duplicate.wizard"].sudo()
        wizard.create({"ticket_id": second.id, "duplicate_of_id": first.id}).action_confirm()
        self.assertEqual(self.left(), 4)

    def test_lim_19_a_ticket_without_a_team_costs_when_it_gets_one(self):
        self.grant(self.credit)
        ticket = self.open_ticket(team_id=False)
        self.assertEqual(self.left(), 10)
        ticket.team_id = self.team
        self.assertEqual(self.left(), 7)

    def test_lim_19_a_ticket_without_a_customer_costs_when_he_is_named(self):
        self.grant(self.credit)
        ticket = self.open_ticket(partner_id=False)
        ticket.partner_id = self.contact
        self.assertEqual(self.left(), 7)

    def test_a_colleague_who_asks_is_not_charged(self):
        ticket = self.open_ticket(partner_id=self.agent.partner_id.id)
        self.assertFalse(self.get_moves(ticket))

    def test_a_company_that_does_not_run_subscriptions_charges_nothing(self):
        self.company.subscription_enabled = False
        self.assertTrue(self.open_ticket())

    # === WHO IS FREE === #
    def test_lim_20_the_holder_of_a_period_is_served_free(self):
        self.grant(self.period)
        self.assertEqual(self.get_moves(self.open_ticket()).credits, 0)

    def test_lim_20_the_holder_of_a_period_is_refused_in_other_departments(self):
        self.grant(self.period)
        with self.assertRaisesRegex(UserError, "Training is not open to"):
            self.open_ticket(team_id=self.other_team.id)

    def test_lim_21_a_department_that_staff_opened_is_free(self):
        self.customer.department_ids = self.support
        self.assertEqual(self.get_moves(self.open_ticket()).credits, 0)

    # === NOT ENOUGH === #
    def test_lim_19_without_credit_staff_are_told_and_there_is_no_ticket(self):
        self.grant(self.make_package(name="Two", kind="credit", credits=2, price=20.0))
        with self.assertRaisesRegex(UserError, "3 needed, 2 left.*/my/packages"):
            self.open_ticket()
        self.assertEqual(self.left(), 2)

    def test_lim_19_without_credit_a_team_cannot_be_named(self):
        ticket = self.open_ticket(team_id=False)
        with self.assertRaises(UserError):
            ticket.team_id = self.team

    # === WHAT STAFF SEE === #
    def test_staff_see_the_credit_before_they_open_a_ticket(self):
        self.grant(self.credit)
        draft = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent)
            .new({"partner_id": self.contact.id, "team_id": self.team.id})
        )
        self.assertEqual(draft.subscription_credit, "Credit left: 10. A request takes 3.")

    def test_staff_see_that_a_ticket_was_charged(self):
        self.grant(self.credit)
        self.assertEqual(self.open_ticket().subscription_credit, "Charged. Credit left: 7. A request takes 3.")

    def test_the_move_leads_to_the_ticket(self):
        self.grant(self.credit)
        ticket = self.open_ticket()
        self.assertEqual(self.get_moves(ticket).action_open_source()["res_id"], ticket.id)

    def test_a_team_and_its_department_are_of_one_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.team.company_id = other
