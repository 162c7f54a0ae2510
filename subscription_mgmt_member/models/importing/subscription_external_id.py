from odoo import fields, models


class SubscriptionExternalId(models.Model):
    """Old systems number tags, sectors and degrees too: the columns of members name them."""

    _inherit = "subscription.external.id"

    model = fields.Selection(
        selection_add=[
            ("res.partner.category", "Customer Category"),
            ("res.partner.industry", "Sector"),
            ("member.relation.degree", "Degree of Kinship"),
        ],
        ondelete={
            "res.partner.category": "cascade",
            "res.partner.industry": "cascade",
            "member.relation.degree": "cascade",
        },
    )
