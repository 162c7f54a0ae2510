from odoo.tests import new_test_user

from odoo.addons.subscription_mgmt.tests.package.package_common import PackageCommon


class TicketCommon(PackageCommon):
    """Two teams with a department each (support 3 credits, training 5), one without; staff and a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, "ticket_agent", "helpdesk_mgmt.group_helpdesk_user", name="Deniz", email="deniz@example.com"
        )
        cls.portal = new_test_user(
            cls.env,
            "ticket_customer",
            "base.group_portal",
            partner_id=cls.contact.id,
            password="ticket_customer",
            name="Ayşe",
            email="ayse@yildiz.example.com",
        )
        cls.teams = cls.env["helpdesk.ticket.team"].sudo()
        cls.team, cls.other_team, cls.free_team = cls.teams.create(
            [
                {"name": "Help", "alias_name": "help-test", "subscription_department_id": cls.support.id},
                {"name": "Lessons", "subscription_department_id": cls.training.id},
                {"name": "Free Team"},
            ]
        )
        cls.stage = cls.env["helpdesk.ticket.stage"].sudo().create({"name": "Closed for good", "closed": True})

    @classmethod
    def open_ticket(cls, user=None, **values):
        """A ticket as staff open it."""
        return (
            cls.env["helpdesk.ticket"]
            .with_user(user or cls.agent)
            .create(
                {
                    "name": "Printer",
                    "description": "Does not print",
                    "team_id": cls.team.id,
                    "partner_id": cls.contact.id,
                    **values,
                }
            )
        )

    def get_moves(self, ticket):
        return self.env["subscription.credit.move"].search(
            [("source_model", "=", "helpdesk.ticket"), ("source_id", "=", ticket.id)]
        )
