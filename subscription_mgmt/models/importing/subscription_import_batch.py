from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class SubscriptionImportBatch(models.Model):
    """Receipt of one import: the file, who, when, and what it made; the way back as long as nothing was billed."""

    _name = "subscription.import.batch"
    _inherit = [
        "subscription.sealed.mixin",
        "subscription.mixin",
        "subscription.parking.mixin",
        "subscription.import.engine",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Subscriber Import"
    _order = "id desc"

    # === WHAT WAS LOADED === #
    name = fields.Char(required=True, readonly=True)
    file = fields.Binary(attachment=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Imported By", required=True, readonly=True)
    date = fields.Datetime(string="Imported On", required=True, readonly=True)
    company_id = fields.Many2one(readonly=True, index=True)
    good_only = fields.Boolean(string="Good Rows Only", readonly=True, help="Rows with a problem were left out.")
    # === WHAT CAME OF IT === #
    state = fields.Selection(
        selection=[
            ("queued", "In Progress"),
            ("done", "Imported"),
            ("stopped", "Stopped"),
            ("failed", "Failed"),
            ("undone", "Undone"),
        ],
        required=True,
        default="queued",
        readonly=True,
    )
    message = fields.Text(string="What Happened", readonly=True)
    row_count = fields.Integer(string="Rows Read", readonly=True)
    done_count = fields.Integer(string="Made", readonly=True)
    update_count = fields.Integer(string="Updated", readonly=True)
    unchanged_count = fields.Integer(string="Left As They Are", readonly=True)
    skipped_count = fields.Integer(string="Left Out", readonly=True, help="Kept out by a problem.")
    error_file = fields.Binary(string="Failing Rows", attachment=True, readonly=True)
    error_filename = fields.Char(readonly=True)
    contract_ids = fields.One2many(
        comodel_name="subscription.contract", inverse_name="import_batch_id", string="Contracts", readonly=True
    )
    change_ids = fields.One2many(
        comodel_name="subscription.import.change", inverse_name="batch_id", string="Receipt", readonly=True
    )
    change_count = fields.Integer(compute="_compute_counts")
    draft_count = fields.Integer(compute="_compute_counts")

    @api.depends("name", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        """Tell the receipt from the page on which its file was loaded, and from others of the same file."""
        for batch in self:
            date = batch.date and format_datetime(self.env, batch.date, dt_format="short")
            batch.display_name = self.env._("Receipt of %(file)s, %(date)s", file=batch.name, date=date)

    @api.depends("contract_ids.state", "change_ids")
    def _compute_counts(self):
        groups = self.env["subscription.contract"]._read_group(
            [("import_batch_id", "in", self.ids), ("state", "=", "draft")], ["import_batch_id"], ["__count"]
        )
        drafts = {batch.id: count for batch, count in groups}
        groups = self.env["subscription.import.change"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id"], ["__count"]
        )
        changes = {batch.id: count for batch, count in groups}
        for batch in self:
            batch.draft_count = drafts.get(batch.id, 0)
            batch.change_count = changes.get(batch.id, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(batch.state in ("done", "queued") for batch in self):
            raise UserError(self.env._("The receipt of an import is kept as long as its records are there."))

    # === RECEIPT === #
    def _get_control_title(self):
        """Override of the engine: it is made."""
        return self.env._("Made")

    def _note_made(self, made):
        """Note which rows of the file made which records.

        :param made: pairs (number of the row, record)
        """
        lines = [self._prepare_made_values(row, record) for row, record in made]
        self.env["subscription.import.change"]._create_sealed(lines)

    def _prepare_made_values(self, row, record):
        return {
            "batch_id": self.id,
            "kind": "made",
            "row_number": row,
            "model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
        }

    # === ACTIONS === #
    def action_view_contracts(self):
        """Open the contracts that the import made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_action")
        return {**action, "domain": [("import_batch_id", "=", self.id)], "context": {"create": False}}

    def action_view_changes(self):
        """Open every record made or changed, with the old and the new value."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_import_change_action")
        return {**action, "domain": [("batch_id", "=", self.id)]}

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
