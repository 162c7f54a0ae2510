import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.import_layout import COLUMNS, LANGUAGES
from ..tools.import_template import build_template
from .subscription_import_messages import COLUMN_NOTES, PROBLEMS

MAX_ISSUES = 1000
SHOWN_ISSUES = 10


class SubscriptionImport(models.TransientModel):
    """Load subscribers and their contracts from a workbook: check it, then import all of it or nothing (WSI-01)."""

    _name = "subscription.import"
    _description = "Subscriber Import"

    # === WHAT IS LOADED === #
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids), ('subscription_enabled', '=', True)]",
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    id_mode = fields.Selection(
        selection=[
            ("external", "Ids of the old system"),
            ("xmlid", "External identifiers of Odoo (module.name)"),
            ("database", "Database ids of Odoo"),
        ],
        string="IDs in the File",
        required=True,
        default="external",
        help="How the id columns are read. Ids of the old system are those on the records themselves (reference of a "
        "customer, old system id of a category) or in the list Old System IDs.",
    )
    decimal_sign = fields.Selection(
        selection=[(",", "Comma: 1.234,56"), (".", "Point: 1,234.56")],
        help="For amounts written as text. Empty: a number that could be read both ways is reported.",
    )
    # === RESULT === #
    state = fields.Selection(
        selection=[("draft", "Choose File"), ("refused", "Problems Found"), ("checked", "Ready"), ("done", "Imported")],
        required=True,
        default="draft",
        readonly=True,
    )
    row_count = fields.Integer(string="Rows Read", readonly=True)
    contract_count = fields.Integer(string="Contracts to Make", readonly=True)
    unchanged_count = fields.Integer(string="Contracts Already There", readonly=True)
    error_count = fields.Integer(string="Problems", readonly=True)
    warning_count = fields.Integer(string="Notices", readonly=True)
    issue_ids = fields.One2many(
        comodel_name="subscription.import.issue", inverse_name="import_id", string="Problems Found", readonly=True
    )
    batch_id = fields.Many2one(comodel_name="subscription.import.batch", readonly=True)
    # === HELP === #
    layout_html = fields.Html(compute="_compute_layout_html", string="File Layout")
    template = fields.Binary(readonly=True, attachment=False)

    @api.depends("filename")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard.filename or self.env._("Subscriber Import")

    @api.depends_context("lang")
    def _compute_layout_html(self):
        columns = [
            {"label": column.label(self._get_layout_language()), "note": self.env._(COLUMN_NOTES[column.key])}
            for column in COLUMNS
        ]
        self.layout_html = self.env["ir.qweb"]._render(
            "subscription_mgmt.subscription_import_layout", {"columns": columns}
        )

    @api.onchange("company_id", "file", "id_mode", "decimal_sign")
    def _onchange_input(self):
        self.state = "draft"

    # === ACTIONS === #
    def action_check(self):
        """Read the file and list every problem; nothing is written but the result of the check (WSI-25, WSI-36).

        :raise AccessError: the user may not import
        :raise UserError: no file, or a company without subscriptions
        """
        self.ensure_one()
        self._check_may_import()
        self._keep_result(self._examine())
        return True

    def action_import(self):
        """Check once more, then make every contract of the file, or none.

        :raise AccessError: the user may not import
        :raise UserError: no file, a company without subscriptions, or a file with problems
        """
        self.ensure_one()
        self._check_may_import()
        if self.state == "done":
            raise UserError(self.env._("This file was imported already."))
        result = self._examine()
        self._keep_result(result)
        if result.errors:
            issues = self.issue_ids.filtered(lambda issue: issue.level == "error")[:SHOWN_ISSUES]
            raise UserError(
                self.env._(
                    "Nothing was imported: the file has %(count)s problems.\n%(problems)s",
                    count=len(result.errors),
                    problems="\n".join(issue._describe() for issue in issues),
                )
            )
        self.batch_id = self._create_contracts(result)
        self.state = "done"
        return True

    def action_download_template(self):
        """Offer an empty workbook with the headings in the user's language (WSI-31)."""
        self.ensure_one()
        language = self._get_layout_language()
        notes = {key: str(self.env._(note)) for key, note in COLUMN_NOTES.items()}
        titles = [self.env._("Subscribers"), self.env._("Notes"), self.env._("Column"), self.env._("What it takes")]
        self.template = base64.b64encode(build_template(language, notes, titles))
        url = f"/web/content/subscription.import/{self.id}/template/subscribers_{language}.xlsx?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_view_contracts(self):
        """Open the contracts that the import made."""
        return self.batch_id.action_view_contracts()

    def action_activate(self):
        """Put the contracts that the import made in force, and show them."""
        self.batch_id.action_activate()
        return self.batch_id.action_view_contracts()

    def action_restart(self):
        """Begin with another file."""
        return self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_import_action")

    # === BUSINESS === #
    def _check_may_import(self):
        if not self.env.user.has_group("subscription_mgmt.group_subscription_manager"):
            raise AccessError(self.env._("Only managers of subscriptions may import subscribers."))
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in company %s.", self.company_id.sudo().name))
        self.company_id._check_subscription_enabled()
        if not self.filename and not self.file:
            raise UserError(self.env._("Choose a file first."))

    def _get_layout_language(self):
        language = (self.env.lang or "en")[:2]
        return language if language in LANGUAGES else "en"

    def _keep_result(self, result):
        """Show what the check found; of very many problems the first thousand."""
        self.issue_ids.unlink()
        levels = [("error", result.errors), ("warning", result.warnings)]
        self.env["subscription.import.issue"].create(
            [self._prepare_issue_values(level, problem) for level, found in levels for problem in found[:MAX_ISSUES]]
        )
        self.write(
            {
                "state": "refused" if result.errors else "checked",
                "row_count": result.row_count,
                "contract_count": len(result.new),
                "unchanged_count": result.unchanged_count,
                "error_count": len(result.errors),
                "warning_count": len(result.warnings),
            }
        )

    def _prepare_issue_values(self, level, problem):
        return {
            "import_id": self.id,
            "level": level,
            "code": problem.code,
            "row_number": problem.row,
            "column": problem.column,
            "value": problem.value,
            "message": str(self.env._(PROBLEMS[problem.code])) % problem.params,
        }
