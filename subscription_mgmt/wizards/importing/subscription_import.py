import base64
import hashlib
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.importing.layout import LANGUAGES
from ...tools.importing.template import build_template

FOREGROUND_RECORDS = 1000  # more than these are left to the server: a person waits a few seconds for them


class SubscriptionImport(models.TransientModel):
    """Load subscribers and their contracts from a workbook: check it, then import all of it or nothing (WSI-01)."""

    _name = "subscription.import"
    _inherit = ["subscription.dialog.mixin", "subscription.import.engine"]
    _description = "Subscriber Import"

    # === WHAT IS LOADED === #
    company_id = fields.Many2one(
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids), ('subscription_enabled', '=', True)]",
    )
    file = fields.Binary(attachment=False)
    sheet_id = fields.Many2one(
        comodel_name="subscription.import.sheet", string="Sheet Chosen", domain="[('import_id', '=', id)]"
    )
    sheet_ids = fields.One2many(
        comodel_name="subscription.import.sheet", inverse_name="import_id", string="Sheets", readonly=True
    )
    sheet_name = fields.Char(compute="_compute_sheet_name", store=True, compute_sudo=False, readonly=False)
    sheet_count = fields.Integer(compute="_compute_sheet_count")
    # === RESULT === #
    state = fields.Selection(
        selection=[("draft", "Choose File"), ("refused", "Problems Found"), ("checked", "Ready"), ("done", "Imported")],
        required=True,
        default="draft",
        readonly=True,
    )
    row_count = fields.Integer(string="Rows Read", readonly=True)
    contract_count = fields.Integer(string="To Make", readonly=True)
    update_count = fields.Integer(string="To Update", readonly=True)
    unchanged_count = fields.Integer(string="There Already", readonly=True)
    skipped_count = fields.Integer(string="Kept Out by Problems", readonly=True)
    error_count = fields.Integer(string="Problems", readonly=True)
    warning_count = fields.Integer(string="Notices", readonly=True)
    can_import_good = fields.Boolean(readonly=True, help="Some rows are good, and the problems are of single rows.")
    checked_key = fields.Char(readonly=True, help="Which file and which choices were checked.")
    batch_id = fields.Many2one(comodel_name="subscription.import.batch", readonly=True)
    # === HELP === #
    layout_html = fields.Html(compute="_compute_layout_html", string="File Layout")
    template = fields.Binary(readonly=True, attachment=False)
    error_file = fields.Binary(readonly=True, attachment=False)

    @api.depends("filename")
    def _compute_display_name(self):
        for wizard in self:
            named = wizard.filename and self.env._("Loading %s", wizard.filename)
            wizard.display_name = named or self.env._("Subscriber Import")

    @api.depends("sheet_id")
    def _compute_sheet_name(self):
        for wizard in self:
            wizard.sheet_name = wizard.sheet_id.name

    @api.depends("sheet_ids")
    def _compute_sheet_count(self):
        for wizard in self:
            wizard.sheet_count = len(wizard.sheet_ids)

    @api.depends("layout")
    @api.depends_context("lang")
    def _compute_layout_html(self):
        for wizard in self:
            layout = wizard._get_layout()
            columns = [
                {"label": column.label(self._get_layout_language()), "note": layout._get_note(column.key)}
                for column in layout._shape.columns
            ]
            wizard.layout_html = self.env["ir.qweb"]._render(
                "subscription_mgmt.subscription_import_layout", {"columns": columns}
            )

    @api.onchange("company_id", "layout", "file", "id_mode", "decimal_sign", "on_existing", "sheet_id", "column_ids")
    def _onchange_input(self):
        self.state = "draft"

    @api.onchange("file", "layout")
    def _onchange_file(self):
        self.sheet_id = False

    # === ACTIONS === #
    def action_check(self):
        """Read the file and list every problem; nothing is written but the result of the check (WSI-25, WSI-36).

        :raise AccessError: the user may not import
        :raise UserError: no file, or a company without subscriptions
        """
        self.ensure_one()
        self._check_may_import()
        self._check_has_file()
        self._apply_columns()
        self._keep_result(self._examine())
        return True

    def action_import(self):
        """Check once more, then make and change everything the file says, or nothing. At once, whatever the size.

        :raise AccessError: the user may not import
        :raise UserError: no file, a company without subscriptions, or a file with problems
        """
        result = self._examine_again()
        if result.errors:
            raise UserError(self._get_layout()._describe_problems(result.errors))
        return self._import_now(result)

    def action_import_good(self):
        """Import what no problem keeps out. Only after the list of problems was seen for this very file.

        :raise UserError: the file was not checked as it is now, or the file as a whole is refused
        """
        self._check_list_was_seen()
        result = self._examine_again()
        if result.refused:
            raise UserError(self._get_layout()._describe_problems(result.errors))
        return self._import_now(result, good_only=True)

    def action_start(self):
        """Import: a small file at once, a big one in the background, where its progress can be watched."""
        if self._is_small():
            return self.action_import()
        return self._start_in_background()

    def action_start_good(self):
        """Import the good rows: of a small file at once, of a big one in the background."""
        if self._is_small():
            return self.action_import_good()
        self._check_list_was_seen()
        return self._start_in_background(good_only=True)

    def action_download_template(self):
        """Offer an empty workbook with the headings in the user's language (WSI-31)."""
        self.ensure_one()
        language, layout = self._get_layout_language(), self._get_layout()
        notes = {column.key: layout._get_note(column.key) for column in layout._shape.columns}
        name = dict(self._fields["layout"]._description_selection(self.env))[self.layout]
        titles = [name, self.env._("Notes"), self.env._("Column"), self.env._("What it takes")]
        self.template = base64.b64encode(build_template(language, notes, titles, layout._shape))
        return self._get_download_action("template", f"{self.layout}_{language}.xlsx")

    def action_download_errors(self):
        """Offer the rows that a problem keeps out, marked and explained, to mend and load again.

        :raise UserError: nothing failed, or what is wrong concerns the file as a whole
        """
        self.ensure_one()
        self._check_may_import()
        self.error_file = base64.b64encode(self._build_error_workbook(self._examine()))
        return self._get_download_action("error_file", self._get_error_filename())

    def action_view_contracts(self):
        """Open the contracts that the import made."""
        return self.batch_id.action_view_contracts()

    def action_view_batch(self):
        """Open the receipt."""
        return self.batch_id._get_form_action()

    def action_activate(self):
        """Put the contracts that the import made in force, and show them; of very many, how far the server is."""
        batch = self.batch_id
        answer = batch.action_activate()
        if batch.is_activating:
            return batch._get_form_action()
        return batch.action_view_contracts() if answer is True else answer

    def action_restart(self):
        """Begin with another file."""
        return self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_import_action")

    # === BUSINESS === #
    def _get_control_title(self):
        """Override of the engine: what was made, once it is."""
        return self.env._("Made") if self.state == "done" else super()._get_control_title()

    def _check_has_file(self):
        if not self.filename and not self.file:
            raise UserError(self.env._("Choose a file first."))

    def _examine_again(self):
        """Check the file as it is now, and show the result."""
        self.ensure_one()
        self._check_may_import()
        self._check_has_file()
        if self.state == "done":
            raise UserError(self.env._("This file was imported already."))
        self._apply_columns()
        result = self._examine()
        self._keep_result(result)
        return result

    def _import_now(self, result, good_only=False):
        if result.new or result.updates:
            batch = self.env["subscription.import.batch"]._create_sealed([self._prepare_batch_values(good_only)])
            self._write_result(result, batch)
            if good_only:
                batch._keep_failing_rows(result)
            self.batch_id = batch
        self._remember_columns()
        self.state = "done"
        return True

    def _start_in_background(self, good_only=False):
        self.ensure_one()
        self._check_may_import()
        self._check_has_file()
        if self.state == "done":
            raise UserError(self.env._("This file was imported already."))
        if self.state != "checked" and not good_only:
            raise UserError(self.env._("Check the file first."))
        self._apply_columns()
        batch = self.env["subscription.import.batch"]._create_sealed([self._prepare_batch_values(good_only)])
        batch._queue()
        self._remember_columns()
        self.write({"batch_id": batch.id, "state": "done"})
        return batch._get_form_action()

    def _is_small(self):
        return self.contract_count + self.update_count <= FOREGROUND_RECORDS

    def _check_list_was_seen(self):
        """Raise unless the problems of this file, read in this way, were listed before."""
        self.ensure_one()
        if self.state != "refused" or self.checked_key != self._get_key():
            raise UserError(self.env._("Check the file first, and look at the list of its problems."))

    def _get_key(self):
        """What tells this file, read in this way, from any other."""
        options = {name: value for name, value in self._copy_options().items() if name != "filename"}
        return hashlib.sha256(self._get_content() + repr(sorted(options.items())).encode()).hexdigest()

    def _prepare_batch_values(self, good_only):
        return {
            **self._copy_options(),
            "name": self.filename or self.env._("Import"),
            "file": self.with_context(bin_size=False).file,
            "user_id": self.env.user.id,
            "date": fields.Datetime.now(),
            "good_only": good_only,
            "row_count": self.row_count,
        }

    def _get_layout_language(self):
        language = (self.env.lang or "en")[:2]
        return language if language in LANGUAGES else "en"

    def _get_download_action(self, field, name):
        name = quote(name.replace("/", "_"), safe="")
        url = f"/web/content/subscription.import/{self.id}/{field}/{name}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}
