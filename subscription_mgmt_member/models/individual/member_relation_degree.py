from odoo import api, fields, models


class MemberRelationDegree(models.Model):
    """What one person is to another, and what that one is in turn: parent and child, spouse and spouse."""

    _name = "member.relation.degree"
    _description = "Degree of Kinship"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, export_string_translation=False)
    active = fields.Boolean(default=True)
    inverse_id = fields.Many2one(
        comodel_name="member.relation.degree",
        string="Seen From the Other Side",
        index="btree_not_null",
        help="What the person is to the relative. Empty: the same, as with siblings.",
    )

    _name_unique = models.Constraint("UNIQUE (name)", "This degree of kinship exists already.")

    @api.model_create_multi
    def create(self, vals_list):
        """What is said of one of a pair is said of the other: parent of child, and child of parent."""
        degrees = super().create(vals_list)
        degrees._complete_pairs()
        return degrees

    def write(self, vals):
        """As when it is made."""
        result = super().write(vals)
        if vals.get("inverse_id"):
            self._complete_pairs()
        return result

    def _complete_pairs(self):
        """Give the other of each pair its inverse, unless it has one: father and mother are both parents of a child."""
        for degree in self:
            other = degree.inverse_id
            if other and other != degree and not other.inverse_id:
                other.inverse_id = degree

    def _get_inverse(self):
        """The degree as it is read from the other side."""
        self.ensure_one()
        return self.inverse_id or self
