from odoo import api, fields, models

from .member_target import INVOICES
from .organisation import INTERNAL


class ResPartner(models.Model):
    """A member, or a unit of it, with its target of this year."""

    _inherit = "res.partner"

    member_target_ids = fields.One2many(
        comodel_name="member.target", inverse_name="partner_id", string="Targets", groups=INTERNAL
    )
    member_target_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_member_target", groups=INVOICES, export_string_translation=False
    )
    member_target_amount = fields.Monetary(
        string="Target of the Year",
        compute="_compute_member_target",
        currency_field="member_target_currency_id",
        groups=INVOICES,
    )
    member_target_achieved = fields.Monetary(
        string="Achieved This Year",
        compute="_compute_member_target",
        currency_field="member_target_currency_id",
        groups=INVOICES,
    )
    member_target_percent = fields.Float(
        string="Achieved (%)", compute="_compute_member_target", groups=INVOICES, digits=(5, 1)
    )

    @api.depends("member_target_ids.amount", "member_target_ids.year", "member_target_ids.currency_id")
    @api.depends_context("company")
    def _compute_member_target(self):
        """This year's target for the company at work, with what was achieved of it."""
        year = self.env.company._subscription_today().year
        domain = [("partner_id", "in", self._origin.ids), ("year", "=", year), ("company_id", "=", self.env.company.id)]
        targets = self.env["member.target"].search(domain).grouped("partner_id")
        for partner in self:
            target = targets.get(partner._origin, self.env["member.target"])
            partner.member_target_currency_id = target.currency_id
            partner.member_target_amount = target.amount
            partner.member_target_achieved = target.achieved
            partner.member_target_percent = target.percent
