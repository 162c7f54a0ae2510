"""The import page shows what the check found: problems by kind and one by one, and what would be done."""

from collections import Counter

from odoo import api, fields, models

from ...models.importing.write import plain

MAX_ISSUES = 1000
MAX_PREVIEW = 100
MAX_SHOWN = 8


class SubscriptionImport(models.TransientModel):
    _inherit = "subscription.import"

    issue_ids = fields.One2many(
        comodel_name="subscription.import.issue", inverse_name="import_id", string="Problems Found", readonly=True
    )
    preview_ids = fields.One2many(
        comodel_name="subscription.import.preview", inverse_name="import_id", string="What Will Be Done", readonly=True
    )
    problem_kinds = fields.Json(readonly=True)
    problem_html = fields.Html(compute="_compute_problem_html", string="Problems by Kind")

    @api.depends("problem_kinds")
    def _compute_problem_html(self):
        for wizard in self:
            wizard.problem_html = self.env["ir.qweb"]._render(
                "subscription_mgmt.subscription_import_problems", {"kinds": wizard.problem_kinds or []}
            )

    def action_view_issues(self):
        """Open all problems in a list of their own, to be searched and grouped."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_import_issue_action")
        return {**action, "domain": [("import_id", "=", self.id)]}

    def _keep_result(self, result):
        """Show what the check found; of very many problems the first thousand."""
        self.issue_ids.unlink()
        self.preview_ids.unlink()
        levels = [("error", result.errors), ("warning", result.warnings)]
        self.env["subscription.import.issue"].create(
            [self._prepare_issue_values(level, problem) for level, found in levels for problem in found[:MAX_ISSUES]]
        )
        self.env["subscription.import.preview"].create(self._prepare_previews(result))
        self._keep_columns(result.reading)
        self.write(
            {
                "state": "refused" if result.errors else "checked",
                "row_count": result.row_count,
                "contract_count": len(result.new),
                "update_count": len(result.updates),
                "unchanged_count": result.unchanged_count,
                "skipped_count": result.skipped_count,
                "error_count": len(result.errors),
                "warning_count": len(result.warnings),
                "control": self._get_control(result),
                "can_import_good": bool(
                    result.errors and not result.refused and (result.new or result.updates) and 0 not in result.bad_rows
                ),
                "problem_kinds": [
                    kind for level, found in levels for kind in self._prepare_problem_kinds(level, found)
                ],
            }
        )
        self.checked_key = self._get_key()

    def _prepare_issue_values(self, level, problem):
        return {
            "import_id": self.id,
            "level": level,
            "code": problem.code,
            "row_number": problem.row,
            "column": problem.column,
            "value": problem.value,
            "message": self._get_layout()._get_message(problem),
        }

    def _prepare_problem_kinds(self, level, problems):
        """Return a line per kind of problem and column: how often, where, with which values, and what helps."""
        layout, kinds = self._get_layout(), {}
        for problem in problems:
            kinds.setdefault((problem.code, problem.column), []).append(problem)
        lines = []
        for (code, column), found in sorted(kinds.items(), key=lambda item: -len(item[1])):
            rows = [str(problem.row) for problem in found if problem.row]
            values = Counter(problem.value for problem in found if problem.value).most_common(MAX_SHOWN + 1)
            lines.append(
                {
                    "level": level,
                    "column": column,
                    "count": len(found),
                    "message": layout._get_message(found[0]),
                    "rows": ", ".join(rows[:MAX_SHOWN]) + (" …" if len(rows) > MAX_SHOWN else ""),
                    "values": ", ".join(
                        f"{value} ({count})" if count > 1 else value for value, count in values[:MAX_SHOWN]
                    )
                    + (" …" if len(values) > MAX_SHOWN else ""),
                    "hint": layout._get_hint(code),
                }
            )
        return lines

    # === PREVIEW === #
    def _prepare_previews(self, result):
        """Return the first of the records that would be made, and those that would be changed with what changes."""
        made = [
            {
                "import_id": self.id,
                "kind": "new",
                "row_number": group.row,
                "name": group.number,
                "detail": self._get_layout()._describe_new(result, group),
            }
            for group, _context in result.new[:MAX_PREVIEW]
        ]
        changed = [
            {
                "import_id": self.id,
                "kind": "update",
                "row_number": update.row,
                "name": update.record.display_name,
                "detail": "; ".join(filter(None, (self._describe_step(step) for step in update.steps))),
            }
            for update in result.updates[:MAX_PREVIEW]
        ]
        return changed + made

    def _describe_step(self, step):
        """Return the changes to a record as text: field: before → after."""
        if not step.record:
            return self._get_layout()._describe_made(step)
        empty = self.env._("(empty)")
        texts = []
        for name, value in step.values.items():
            if name not in step.silent and plain(step.record[name]) != value:
                label = step.record._fields[name]._description_string(self.env)
                before = self._to_text(step.record, name, step.record[name]) or empty
                after = self._to_text(step.record, name, value) or empty
                texts.append(f"{label}: {before} → {after}")
        return ", ".join(texts)


class SubscriptionImportPreview(models.TransientModel):
    """A record that an import would make or change."""

    _name = "subscription.import.preview"
    _inherit = "subscription.dialog.mixin"
    _description = "Subscriber Import Preview"
    _order = "kind desc, row_number, id"

    import_id = fields.Many2one(comodel_name="subscription.import", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(selection=[("new", "New"), ("update", "Change")], required=True)
    row_number = fields.Integer(string="Row")
    name = fields.Char(string="Number")
    detail = fields.Char(string="What")
