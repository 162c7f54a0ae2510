from odoo import fields, models, tools


class MemberRelative(models.Model):
    """Relations as they are read: each from both sides, with what the other one is to whom it is looked at from."""

    _name = "member.relative"
    _description = "Relative as Seen From a Person"
    _auto = False
    _order = "other_degree_id, id"
    _rec_name = "other_id"
    _depends = {
        "member.relation": ["partner_id", "relative_id", "degree_id"],
        "member.relation.degree": ["inverse_id"],
    }

    partner_id = fields.Many2one(comodel_name="res.partner", string="Person", readonly=True)
    other_id = fields.Many2one(comodel_name="res.partner", string="Relative", readonly=True)
    other_degree_id = fields.Many2one(comodel_name="member.relation.degree", string="Kinship", readonly=True)
    relation_id = fields.Many2one(comodel_name="member.relation", readonly=True, export_string_translation=False)

    def init(self):
        """Make the view: the one row of two relatives, and its mirror image."""
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            """
            CREATE VIEW member_relative AS
            SELECT id * 2 AS id, partner_id, relative_id AS other_id, degree_id AS other_degree_id, id AS relation_id
              FROM member_relation
             UNION ALL
            SELECT rel.id * 2 + 1, rel.relative_id, rel.partner_id, COALESCE(deg.inverse_id, deg.id), rel.id
              FROM member_relation rel
              JOIN member_relation_degree deg ON deg.id = rel.degree_id
            """
        )

    def action_edit(self):
        """Open the relation in a dialog, from the page of either person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Relative"),
            "res_model": "member.relation",
            "res_id": self.relation_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_remove(self):
        """Take the relation away, from the page of either person."""
        self.relation_id.unlink()
