from odoo import api, fields, models

from ...models.recurrence.preparation import PREPARE


class SubscriptionRecurrenceGenerate(models.TransientModel):
    """Asks before interactions are made, and says how many (REC-15)."""

    _name = "subscription.recurrence.generate"
    _inherit = "subscription.dialog.mixin"
    _description = "Generate Interactions"

    recurrence_ids = fields.Many2many(comodel_name="subscription.recurrence", required=True, readonly=True)
    new_count = fields.Integer(string="Interactions to Be Made", compute="_compute_counts")
    date_first = fields.Date(string="From", compute="_compute_counts")
    date_until = fields.Date(string="To", compute="_compute_counts")
    goes_on = fields.Boolean(compute="_compute_counts", help="More dates follow after these.")
    ceiling = fields.Integer(
        compute="_compute_counts",
        export_string_translation=False,
        help="Dates of a range that are made at once, if it has more.",
    )
    # === DAYS BEFORE TODAY === #
    with_past = fields.Boolean(
        string="Past Dates, Too", help="They stand in the agenda as overdue until they are done."
    )
    past_count = fields.Integer(string="Past Dates Without Interaction", compute="_compute_counts")
    past_first = fields.Date(string="First Past Date", compute="_compute_counts")
    past_until = fields.Date(string="Last Past Date", compute="_compute_counts")

    @api.depends("recurrence_ids", "with_past")
    def _compute_counts(self):
        for wizard in self:
            past, coming = wizard._get_missing_days()
            made = past + coming if wizard.with_past else coming
            more = wizard.recurrence_ids.filtered(lambda recurrence: recurrence._goes_on())
            wizard.new_count, wizard.past_count = len(made), len(past)
            wizard.date_first, wizard.date_until = min(made, default=False), max(made, default=False)
            wizard.past_first, wizard.past_until = min(past, default=False), max(past, default=False)
            wizard.goes_on = bool(more)
            ranges = more.filtered(lambda recurrence: recurrence._get_rule_in_force().has_end)
            wizard.ceiling = max((recurrence._get_ceiling() for recurrence in ranges), default=0)

    def _get_missing_days(self):
        """Days of the interactions that are missing: (before today, from today on), two lists."""
        past, coming = [], []
        for company, recurrences in self.recurrence_ids.grouped("company_id").items():
            today = company._subscription_today()
            for rows in recurrences._get_missing(today, past=True).values():
                for slot, day, _partner in rows:
                    (past if slot < today else coming).append(day)
        return past, coming

    def action_confirm(self):
        """Make the interactions and go back to the list of recurrences (REC-16)."""
        self.ensure_one()
        self.recurrence_ids._check_generate()
        for company, recurrences in self.recurrence_ids.grouped("company_id").items():
            today = company._subscription_today()
            rows = recurrences._generate(today, past=self.with_past)
            # What is near can be worked on at once, without waiting for the night; a long past can wait.
            near = rows.filtered_domain(rows._get_unprepared_domain(company, today))
            near.sorted("occurrence_date", reverse=True)[: PREPARE.size].sudo()._prepare(today)
        name = "recurring_invoice" if set(self.recurrence_ids.mapped("makes")) == {"invoice"} else "recurrence"
        action = self.env["ir.actions.act_window"]._for_xml_id(f"subscription_mgmt.subscription_{name}_action")
        return {**action, "target": "main"}

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Generate Interactions"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
