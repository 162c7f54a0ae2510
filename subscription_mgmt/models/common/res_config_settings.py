from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    subscription_enabled = fields.Boolean(related="company_id.subscription_enabled", readonly=False)
    subscription_lang = fields.Selection(
        related="company_id.partner_id.lang",
        string="Language of the Night",
        readonly=False,
        help="Of what is written where nobody is told: by default that of the company's own contact.",
        groups="base.group_system",
    )
    subscription_horizon_months = fields.Integer(related="company_id.subscription_horizon_months", readonly=False)
    subscription_billing_mode = fields.Selection(related="company_id.subscription_billing_mode", readonly=False)
    subscription_analytic = fields.Boolean(related="company_id.subscription_analytic", readonly=False)
