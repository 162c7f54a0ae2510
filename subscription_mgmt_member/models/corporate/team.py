from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .organisation import INTERNAL


class ResPartner(models.Model):
    """The team of ours that is responsible for a member, beside its salesperson (WMM-17, WMM-36)."""

    _inherit = "res.partner"

    member_team_ids = fields.Many2many(
        comodel_name="res.users",
        relation="member_team_rel",
        column1="partner_id",
        column2="user_id",
        string="Responsible Team",
        copy=False,
        domain=[("share", "=", False)],
        groups=INTERNAL,
        help="Everybody of us who looks after the member, beside the salesperson. They find it under “My Members”.",
    )

    @api.constrains("member_team_ids")
    def _check_member_team_ids(self):
        """Keep customers out of the team."""
        for partner in self:
            outsiders = partner.sudo().member_team_ids.filtered("share")
            if outsiders:
                raise ValidationError(
                    self.env._(
                        "%(users)s: the team consists of our own users.", users=", ".join(outsiders.mapped("name"))
                    )
                )
