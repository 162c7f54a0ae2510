from odoo import api, fields, models


class SubscriptionRecurrenceRegenerate(models.TransientModel):
    """What a regeneration would do, to be looked at before it is done (REC-20)."""

    _name = "subscription.recurrence.regenerate"
    _inherit = "subscription.dialog.mixin"
    _description = "Regenerate Interactions"

    recurrence_id = fields.Many2one(comodel_name="subscription.recurrence", required=True, readonly=True)
    new_rule = fields.Json(help="Another rule than the fields of the recurrence say, from a moved interaction.")
    since = fields.Date(help="First day that may change; empty: today.")
    split_slot = fields.Date(help="Date from which a recurrence of its own goes on.")
    scope = fields.Selection(selection=[("all", "All"), ("following", "This and Following")], default="all")
    sentence = fields.Char(compute="_compute_sentence")
    line_ids = fields.One2many(
        comodel_name="subscription.recurrence.regenerate.line",
        inverse_name="regenerate_id",
        compute="_compute_line_ids",
        store=True,
        compute_sudo=False,
    )
    kept_count = fields.Integer(string="Kept", compute="_compute_line_ids", store=True, compute_sudo=False)
    moved_count = fields.Integer(string="Moved", compute="_compute_line_ids", store=True, compute_sudo=False)
    removed_count = fields.Integer(string="Removed", compute="_compute_line_ids", store=True, compute_sudo=False)
    added_count = fields.Integer(string="Added", compute="_compute_line_ids", store=True, compute_sudo=False)
    change_count = fields.Integer(compute="_compute_line_ids", store=True, compute_sudo=False)
    digest = fields.Char(compute="_compute_line_ids", store=True, compute_sudo=False)

    @api.depends("recurrence_id", "new_rule")
    def _compute_sentence(self):
        for wizard in self:
            rule = wizard._get_rule()
            wizard.sentence = wizard.recurrence_id._describe_rule(rule) if rule else wizard.recurrence_id.sentence

    @api.depends("recurrence_id", "new_rule", "since", "scope")
    def _compute_line_ids(self):
        for wizard in self:
            change = wizard._get_change()
            rows = [
                *({"kind": "kept", **self._prepare_old(row), "new_date": row.occurrence_date} for row in change.kept),
                *({"kind": "moved", **self._prepare_old(row), "new_date": day} for row, _slot, day in change.moved),
                *({"kind": "removed", **self._prepare_old(row)} for row in change.removed),
                *(
                    {"kind": "added", "new_date": values["occurrence_date"], "partner_id": values["partner_id"]}
                    for values in change.added
                ),
            ]
            rows.sort(key=lambda row: (row.get("new_date") or row["old_date"], row["partner_id"] or 0))
            wizard.line_ids = [(5,), *((0, 0, row) for row in rows)]
            wizard.kept_count, wizard.moved_count = len(change.kept), len(change.moved)
            wizard.removed_count, wizard.added_count = len(change.removed), len(change.added)
            wizard.change_count = len(rows) - len(change.kept)
            wizard.digest = change.digest

    def _prepare_old(self, row):
        return {
            "old_date": row.occurrence_date,
            "partner_id": row.partner_id.id,
            "state": row.state,
            "is_moved": row.is_moved,
        }

    def _get_rule(self):
        """The rule that a moved interaction asks for, or None for that of the recurrence."""
        self.ensure_one()
        return self.recurrence_id._read_rule(self.new_rule) if self.new_rule else None

    def _get_change(self):
        self.ensure_one()
        today = self.recurrence_id.company_id._subscription_today()
        return self.recurrence_id._get_change(today, self._get_rule(), self.since)

    def action_confirm(self):
        """Do what was shown, unless something has changed meanwhile (REC-21)."""
        self.ensure_one()
        recurrence, rule = self.recurrence_id, self._get_rule()
        today = recurrence.company_id._subscription_today()
        if not rule:
            recurrence._regenerate(today, self.digest)
            return {"type": "ir.actions.act_window_close"}
        recurrence._wait_for_lock()
        self._check_digest()
        if self.scope == "following":
            recurrence = recurrence._split(self.split_slot, rule)
        recurrence.write(recurrence._prepare_rule_values(rule))
        recurrence._regenerate(today, since=self.since)
        return {"type": "ir.actions.act_window_close"}

    def _check_digest(self):
        """Raise when the difference is not the one that was shown."""
        self.recurrence_id._check_shown(self._get_change(), self.digest)

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Regenerate Interactions"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "large"},
        }


class SubscriptionRecurrenceRegenerateLine(models.TransientModel):
    _name = "subscription.recurrence.regenerate.line"
    _inherit = "subscription.dialog.mixin"
    _description = "Regenerate Interactions: Difference"

    regenerate_id = fields.Many2one(
        comodel_name="subscription.recurrence.regenerate", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        selection=[("kept", "Kept"), ("moved", "Moved"), ("removed", "Removed"), ("added", "Added")], required=True
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer")
    old_date = fields.Date(string="Before")
    new_date = fields.Date(string="After")
    state = fields.Selection(selection=[("planned", "Planned"), ("done", "Done"), ("cancelled", "Skipped")])
    is_moved = fields.Boolean(string="Moved by Hand")
