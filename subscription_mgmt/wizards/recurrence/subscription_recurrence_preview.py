import base64

from odoo import api, fields, models


class SubscriptionRecurrencePreview(models.TransientModel):
    """The PDF of an invoice that does not exist yet (REC-24)."""

    _name = "subscription.recurrence.preview"
    _inherit = "subscription.dialog.mixin"
    _description = "Invoice Preview"

    recurrence_id = fields.Many2one(
        comodel_name="subscription.recurrence", required=True, readonly=True, ondelete="cascade"
    )
    date_ref = fields.Date(string="Invoice Date", compute="_compute_pdf", store=True, compute_sudo=False)
    filename = fields.Char(compute="_compute_pdf", store=True, compute_sudo=False)
    pdf = fields.Binary(string="PDF", compute="_compute_pdf", store=True, compute_sudo=False, attachment=False)

    @api.depends("recurrence_id")
    def _compute_pdf(self):
        for wizard in self:
            recurrence = wizard.recurrence_id
            wizard.date_ref = recurrence._get_next_day() or recurrence.company_id._subscription_today()
            wizard.filename = f"{recurrence.name}.pdf"
            wizard.pdf = base64.b64encode(recurrence._render_preview(wizard.date_ref))

    def action_generate(self):
        """Go on from the preview to the interactions."""
        return self.recurrence_id.action_generate()

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
