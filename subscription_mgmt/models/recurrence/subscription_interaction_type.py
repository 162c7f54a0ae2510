from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SubscriptionInteractionType(models.Model):
    """A kind of interaction, and what is made of it when its day is near (REC-33)."""

    _name = "subscription.interaction.type"
    _inherit = "subscription.mixin"
    _description = "Interaction Type"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: for all companies.")
    makes = fields.Selection(
        selection=[
            ("activity", "Activity"),
            ("event", "Calendar Event"),
            ("task", "Project Task"),
            ("invoice", "Invoice to Confirm"),
            ("nothing", "Nothing"),
        ],
        required=True,
        default="activity",
        help="What is made a week before the day. The interaction itself stands in the agenda in any case.",
    )
    activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        domain="[('res_model', 'in', (False, 'subscription.interaction'))]",
        help="Empty: a to-do.",
    )
    project_id = fields.Many2one(
        comodel_name="project.project", check_company=True, help="Empty: a private task of the responsible."
    )
    color = fields.Integer()

    @api.constrains("company_id", "project_id")
    def _check_project_company(self):
        for kind in self:
            company = kind.project_id.company_id
            if company and not kind.company_id:
                raise ValidationError(
                    self.env._(
                        "Project %(project)s belongs to %(company)s only: give type %(type)s that company, too.",
                        project=kind.project_id.name,
                        company=company.name,
                        type=kind.name,
                    )
                )

    @api.model
    def _get_companies_of_values(self, vals_list):
        """Override: a type without a company is for all of them, and may be made when none runs subscriptions yet."""
        return self.env["res.company"].browse(vals["company_id"] for vals in vals_list if vals.get("company_id"))

    def _get_activity_type(self):
        """Type of the activity that counts in the systray."""
        self.ensure_one()
        return self.activity_type_id or self.env.ref("mail.mail_activity_data_todo")
