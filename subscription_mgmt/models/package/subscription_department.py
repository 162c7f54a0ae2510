from odoo import fields, models


class SubscriptionDepartment(models.Model):
    """A department that customers turn to, and what a request to it costs."""

    _name = "subscription.department"
    _inherit = "subscription.mixin"
    _description = "Support Department"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    # LIM-19, LIM-20
    credits_per_request = fields.Integer(
        string="Credit per Request",
        default=1,
        required=True,
        help="What a ticket or a chat costs, once, when it is opened. Replies are free.",
    )

    _credits_per_request = models.Constraint(
        "CHECK (credits_per_request BETWEEN 0 AND 1000000)", "A request costs from 0 to 1,000,000 credits."
    )
