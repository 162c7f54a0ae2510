from odoo import fields, models

from ..common.groups import INTERNAL


class ResCompany(models.Model):
    _inherit = "res.company"

    subscription_recurrence_days = fields.Integer(
        string="Interaction Horizon (days)",
        default=90,
        help="How far ahead the interactions of a recurrence are made. The next one is always there.",
        groups=INTERNAL,
    )
    subscription_ending_days = fields.Integer(
        string="About to End (days)",
        default=30,
        help="A recurrence is about to end when its last date is so many days away, or less.",
        groups=INTERNAL,
    )
    subscription_invoice_reminder = fields.Boolean(
        string="Remind of Unpaid Invoices",
        help="Once a day, write to customers whose invoice was sent from the agenda and fell due the day before. "
        "Invoices that a dunning plan follows are left to the plan.",
        groups=INTERNAL,
    )
    subscription_reminder_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Reminder E-mail",
        domain="[('model', '=', 'account.move')]",
        groups=INTERNAL,
    )

    _subscription_recurrence_days = models.Constraint(
        "CHECK (subscription_recurrence_days BETWEEN 7 AND 400)",
        "Interactions are made between 7 and 400 days ahead.",
    )
    _subscription_ending_days = models.Constraint(
        "CHECK (subscription_ending_days BETWEEN 0 AND 3650)",
        "The number of days before the end is from 0 to 3,650 (ten years).",
    )

    def _refresh_recurrences(self, date_ref):
        """Say which recurrences of the companies run, are about to end, or have ended."""
        for company in self:
            self.env["subscription.recurrence"]._refresh_states(company, date_ref)

    def write(self, vals):
        """Override to say at once which recurrences are about to end, when the threshold changes."""
        result = super().write(vals)
        if "subscription_ending_days" in vals:
            for company in self.filtered("subscription_enabled"):
                # sudo: whoever may change the setting need not be allowed to change recurrences
                recurrences = self.env["subscription.recurrence"].sudo()
                recurrences._refresh_states(company, company._subscription_today())
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    subscription_recurrence_days = fields.Integer(related="company_id.subscription_recurrence_days", readonly=False)
    subscription_ending_days = fields.Integer(related="company_id.subscription_ending_days", readonly=False)
    subscription_invoice_reminder = fields.Boolean(related="company_id.subscription_invoice_reminder", readonly=False)
    subscription_reminder_template_id = fields.Many2one(
        related="company_id.subscription_reminder_template_id", readonly=False
    )
