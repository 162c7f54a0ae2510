from odoo import api, fields, models


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

    @api.depends("recurrence_ids")
    def _compute_counts(self):
        for wizard in self:
            days, goes_on = [], False
            for company, recurrences in wizard.recurrence_ids.grouped("company_id").items():
                missing = recurrences._get_missing(company._subscription_today())
                days += [day for rows in missing.values() for _slot, day, _partner in rows]
                goes_on |= any(recurrences.mapped(lambda recurrence: recurrence._goes_on()))
            wizard.new_count = len(days)
            wizard.date_first = min(days, default=False)
            wizard.date_until = max(days, default=False)
            wizard.goes_on = goes_on

    def action_confirm(self):
        """Make the interactions and go back to the list of recurrences (REC-16)."""
        self.ensure_one()
        self.recurrence_ids._check_generate()
        for company, recurrences in self.recurrence_ids.grouped("company_id").items():
            today = company._subscription_today()
            rows = recurrences._generate(today)
            # What is near can be worked on at once, without waiting for the night.
            rows.filtered_domain(rows._get_unprepared_domain(company, today)).sudo()._prepare(today)
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
