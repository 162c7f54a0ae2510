from odoo import fields, models


class SubscriptionCategory(models.Model):
    """Special definitions of the old systems: what kind of subscriber, or of service, a contract is for."""

    _name = "subscription.category"
    _inherit = "subscription.mixin"
    _description = "Subscription Category"
    _order = "usage, sequence, name"

    name = fields.Char(required=True, translate=True)
    usage = fields.Selection(
        selection=[("subscriber", "Subscriber"), ("service", "Service")],
        required=True,
        default="subscriber",
        help="Whether the category describes the subscriber or the service he receives.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", help="Empty: shared by all companies.")
    external_ref = fields.Char(string="Old System ID", copy=False)
    contract_properties_definition = fields.PropertiesDefinition(string="Additional Information")

    _external_ref_unique = models.UniqueIndex(
        "(usage, external_ref, COALESCE(company_id, 0)) WHERE external_ref IS NOT NULL",
        "Another category of this kind has the same old-system id.",
    )
