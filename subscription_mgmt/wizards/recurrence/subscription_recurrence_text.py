from odoo import api, fields, models

from ...tools.recurrence.refusal import RuleRefusal
from ...tools.recurrence.text import NOTES, from_text


class SubscriptionRecurrenceText(models.TransientModel):
    """Takes over a rule from another calendar, after saying what it was understood to mean."""

    _name = "subscription.recurrence.text"
    _inherit = "subscription.dialog.mixin"
    _description = "Rule from RFC 5545 Text"

    recurrence_id = fields.Many2one(
        comodel_name="subscription.recurrence", required=True, readonly=True, ondelete="cascade"
    )
    text = fields.Text(string="Rule as Text (RFC 5545)", required=True, help="DTSTART, RRULE, EXDATE and RDATE lines.")
    meaning = fields.Text(compute="_compute_meaning")
    is_taken = fields.Boolean(compute="_compute_meaning")

    @api.depends("text")
    def _compute_meaning(self):
        for wizard in self:
            recurrence = wizard.recurrence_id
            wizard.is_taken = False
            try:
                parsed = wizard.text and from_text(wizard.text, start=recurrence.date_start)
            except RuleRefusal as refusal:
                wizard.meaning = recurrence._say_refusal(refusal)
                continue
            wizard.is_taken = bool(parsed)
            wizard.meaning = "\n".join(wizard._say(parsed)) if parsed else False

    def _say(self, parsed):
        """The rule as a sentence, and what was read in one of several ways."""
        notes = (self.recurrence_id._fill_in(self.env._(NOTES[note.code]), note.params) for note in parsed.notes)
        return [self.recurrence_id._describe_rule(parsed.rule), *notes]

    def action_confirm(self):
        """Take the rule over; what stands follows with the next regeneration.

        :raise ValidationError: it is not RFC 5545, or more than a recurrence can hold.
        """
        self.ensure_one()
        self.recurrence_id.rrule = self.text
        return {"type": "ir.actions.act_window_close"}
