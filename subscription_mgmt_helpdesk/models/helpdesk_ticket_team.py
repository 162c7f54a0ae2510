from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    subscription_department_id = fields.Many2one(
        copy=False,
        comodel_name="subscription.department",
        string="Department",
        index="btree_not_null",
        ondelete="restrict",
        groups="subscription_mgmt.group_subscription_viewer",
        help="A ticket takes the credit of this department, once, when it is opened. Empty: tickets are free.",
    )
    customer_managers_responsible = fields.Boolean(
        string="Customer Managers Are Responsible",
        help="Only the managers of the customer are told of a request and of files that he uploads; administrators, "
        "where he has no managers.",
    )

    @api.constrains("subscription_department_id", "company_id")
    def _check_department_company(self):
        for team in self.sudo():  # sudo: the department is hidden from who has no right in subscriptions
            company = team.subscription_department_id.company_id
            if company and team.company_id and company != team.company_id:
                raise ValidationError(
                    self.env._("Team %(team)s and its department belong to different companies.", team=team.name)
                )
