"""Which column of the file is which: found by its heading, remembered per company, and changed by hand."""

from odoo import api, fields, models

from ...models.importing.subscription_import_engine import ID_MODES
from ...models.importing.subscription_import_heading import LEAVE_OUT, selection_keys
from ...tools.importing.values import fold


class SubscriptionImport(models.TransientModel):
    _inherit = "subscription.import"

    column_ids = fields.One2many(
        comodel_name="subscription.import.column", inverse_name="import_id", string="Columns of the File"
    )

    def _apply_columns(self):
        """Read the file by what the company remembers and by what was changed by hand on this page."""
        remembered = self.env["subscription.import.heading"]._get_columns(self.company_id, self.layout)
        changes = {fold(c.heading): c.key for c in self.column_ids if c.key and c.key != c.found_key}
        changes = {heading: "" if key == LEAVE_OUT else key for heading, key in changes.items()}
        self.column_map = {**remembered, **(self.column_map or {}), **changes}
        modes = {c.key: c.id_mode for c in self.column_ids if c.is_id and c.key}
        self.id_modes = {key: mode for key, mode in modes.items() if mode} if self.column_ids else self.id_modes

    def _apply_remembered_modes(self, reading):
        """Read the ids of headings that the company remembers the way they were read last."""
        remembered = self.env["subscription.import.heading"]._get_id_modes(self.company_id, self.layout)
        targets = self._get_layout()._targets
        found = {
            match.key: remembered[fold(match.text)]
            for match in reading.header.matches
            if match.key in targets and fold(match.text) in remembered
        }
        self.id_modes = {**found, **(self.id_modes or {})}

    def _keep_columns(self, reading):
        """Show every heading with what it was taken for and the first values below it."""
        self.column_ids.unlink()
        self._keep_sheets(reading.sheets if reading else [])
        if reading is None:
            return
        targets = self._get_layout()._targets
        self.env["subscription.import.column"].create(
            [
                {
                    "import_id": self.id,
                    "place": match.place,
                    "heading": match.text,
                    "key": LEAVE_OUT if match.key == "" else match.key,
                    "found_key": LEAVE_OUT if match.key == "" else match.key,
                    "how": match.how,
                    "samples": " | ".join(values),
                    "id_mode": (self.id_modes or {}).get(match.key) if match.key in targets else False,
                }
                for match, values in reading.samples
            ]
        )

    def _keep_sheets(self, names):
        """Offer the sheets of the file; the one that was chosen stays chosen."""
        known = self.sheet_ids.grouped("name")
        self.sheet_ids.filtered(lambda sheet: sheet.name not in names and sheet != self.sheet_id).unlink()
        for place, name in enumerate(names):
            if name in known:
                known[name].place = place
            else:
                self.env["subscription.import.sheet"].create({"import_id": self.id, "name": name, "place": place})
        self.invalidate_recordset(["sheet_ids"])

    def _remember_columns(self):
        """Keep what a person chose for the next file of the company."""
        chosen = self.column_ids.filtered(lambda column: column.how == "chosen" or column.id_mode)
        self.env["subscription.import.heading"]._remember(
            self.company_id,
            self.layout,
            {fold(column.heading): (column.heading, column.key, column.id_mode) for column in chosen},
        )


class SubscriptionImportColumn(models.TransientModel):
    """A column of a file on the import page."""

    _name = "subscription.import.column"
    _inherit = "subscription.dialog.mixin"
    _description = "Subscriber Import Column"
    _order = "place, id"

    import_id = fields.Many2one(comodel_name="subscription.import", required=True, ondelete="cascade", index=True)
    place = fields.Integer(readonly=True)
    heading = fields.Char(string="Heading in the File", readonly=True)
    samples = fields.Char(string="First Values", readonly=True)
    key = fields.Selection(selection=lambda self: selection_keys(self.env), string="Holds")
    found_key = fields.Char(readonly=True)
    how = fields.Selection(
        selection=[
            ("exact", "Known"),
            ("similar", "Similar"),
            ("chosen", "Chosen"),
            ("unknown", "Not known"),
            ("double", "There twice"),
        ],
        string="Recognised",
        readonly=True,
    )
    keys = fields.Json(compute="_compute_keys", help="What the layout offers.")
    is_id = fields.Boolean(string="Holds IDs", compute="_compute_keys")
    id_mode = fields.Selection(
        selection=ID_MODES, string="IDs Are", help="Empty: as chosen for the whole file. Products: their code."
    )

    @api.depends("import_id.layout", "key")
    def _compute_keys(self):
        for column in self:
            layout = column.import_id._get_layout()
            column.keys = [LEAVE_OUT, *layout._shape.by_key]
            column.is_id = column.key in layout._targets


class SubscriptionImportSheet(models.TransientModel):
    """A sheet of a workbook on the import page."""

    _name = "subscription.import.sheet"
    _inherit = "subscription.dialog.mixin"
    _description = "Subscriber Import Sheet"
    _order = "place, id"

    import_id = fields.Many2one(comodel_name="subscription.import", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    place = fields.Integer()
