from odoo import api, fields, models

from .subscription_import_engine import ID_MODES

LEAVE_OUT = "-"


def selection_keys(env):
    """Every column of every layout, under its heading in the user's language."""
    language = (env.lang or "en")[:2]
    found = {LEAVE_OUT: env._("Leave out")}
    for layout in env["subscription.import.layout"]._get_all():
        for column in layout._shape.columns:
            found.setdefault(column.key, column.label(language))
    return list(found.items())


class SubscriptionImportHeading(models.Model):
    """A heading that the company's files use, and what a person said it is."""

    _name = "subscription.import.heading"
    _inherit = "subscription.mixin"
    _description = "Subscriber Import Heading"
    _order = "company_id, layout, heading"
    _rec_name = "heading"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    layout = fields.Selection(
        selection=lambda self: self.env["subscription.import.layout"]._get_labels(),
        string="What Is Loaded",
        required=True,
    )
    heading = fields.Char(string="Heading in the File", required=True)
    folded = fields.Char(required=True, help="The heading without case, accents and signs.")
    key = fields.Selection(selection=lambda self: selection_keys(self.env), string="Holds", required=True)
    id_mode = fields.Selection(selection=ID_MODES, string="IDs Are", help="Empty: as chosen for the file.")

    _heading_unique = models.UniqueIndex(
        "(company_id, layout, folded)", "This heading is remembered already for the company."
    )

    @api.model
    def _get_columns(self, company, layout):
        """What the company's headings are: folded heading → key, "" to leave the column out."""
        headings = self.search([("company_id", "=", company.id), ("layout", "=", layout)])
        return {heading.folded: "" if heading.key == LEAVE_OUT else heading.key for heading in headings}

    @api.model
    def _get_id_modes(self, company, layout):
        """How ids are read under the company's headings: folded heading → mode."""
        domain = [("company_id", "=", company.id), ("layout", "=", layout), ("id_mode", "!=", False)]
        return {heading.folded: heading.id_mode for heading in self.search(domain)}

    @api.model
    def _remember(self, company, layout, headings):
        """Keep headings: folded heading → (heading, key, id mode)."""
        known = self.search([("company_id", "=", company.id), ("layout", "=", layout)]).grouped("folded")
        for folded, (heading, key, id_mode) in headings.items():
            if folded and key:
                values = {"key": key, "id_mode": id_mode}
                if folded in known:
                    known[folded].write(values)
                else:
                    self.create(
                        {"company_id": company.id, "layout": layout, "heading": heading, "folded": folded, **values}
                    )
