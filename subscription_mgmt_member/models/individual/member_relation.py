from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MemberRelation(models.Model):
    """Two persons who are related: one row, read from both sides (WIM-03, WIM-21)."""

    _name = "member.relation"
    _inherit = "subscription.named.mixin"
    _description = "Relative"
    _order = "degree_id, id"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('is_company', '=', False), ('member_unit', '=', False)]",
    )
    relative_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('is_company', '=', False), ('member_unit', '=', False), ('id', '!=', partner_id)]",
    )
    degree_id = fields.Many2one(
        comodel_name="member.relation.degree",
        required=True,
        index=True,
        ondelete="restrict",
        help="What the relative is to the person.",
    )

    _not_self = models.Constraint("CHECK (partner_id != relative_id)", "Nobody is their own relative.")
    _once = models.UniqueIndex(
        "(LEAST(partner_id, relative_id), GREATEST(partner_id, relative_id), degree_id)",
        "These two persons are related in this degree already.",
    )

    @api.depends("partner_id", "relative_id", "degree_id")
    def _compute_display_name(self):
        for relation in self:
            relation.display_name = f"{relation.relative_id.name} ({relation.degree_id.name})"

    @api.constrains("partner_id", "relative_id", "degree_id")
    def _check_persons(self):
        """Only persons, of one company or of none, and not what the other side says already.

        The index knows of the same degree; what is the same by its inverse, parent and child, is looked for here.
        """
        others = self.search([("partner_id", "in", self.relative_id.ids), ("relative_id", "in", self.partner_id.ids)])
        said = {(other.relative_id, other.partner_id, other.degree_id._get_inverse()) for other in others}
        for relation in self:
            person, relative = relation.partner_id, relation.relative_id
            if person._is_member_unit() or relative._is_member_unit():
                raise ValidationError(self.env._("Only persons have relatives."))
            if person.company_id and relative.company_id and person.company_id != relative.company_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s and %(relative)s are customers of different companies.",
                        person=person.name,
                        relative=relative.name,
                    )
                )
            if (person, relative, relation.degree_id) in said:
                raise ValidationError(self.env._("These two persons are related in this degree already."))
