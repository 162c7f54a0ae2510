from odoo import fields, models


class SubscriptionImportIssue(models.TransientModel):
    """One problem that the check of a file found."""

    _name = "subscription.import.issue"
    _inherit = "subscription.dialog.mixin"
    _description = "Subscriber Import Problem"
    _order = "level, row_number, id"

    import_id = fields.Many2one(comodel_name="subscription.import", required=True, ondelete="cascade", index=True)
    level = fields.Selection(
        selection=[("error", "Problem"), ("warning", "Notice")],
        required=True,
        default="error",
        help="A notice does not keep the file from being imported.",
    )
    code = fields.Char(required=True, help="Short name of the reason, to group by.")
    row_number = fields.Integer(string="Row", help="As the sheet shows it; 0 when the whole file is meant.")
    column = fields.Char()
    value = fields.Char()
    message = fields.Char(required=True)

    def _describe(self):
        """Return the problem as one line of text, for a message outside the list."""
        self.ensure_one()
        place = [self.env._("Row %s", self.row_number)] if self.row_number else []
        place += [text for text in (self.column, self.value) if text]
        return f"{', '.join(place)}: {self.message}" if place else self.message
