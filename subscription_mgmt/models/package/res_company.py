from odoo import fields, models

from ...tools.wallet import top_up
from ..common.groups import INTERNAL


class ResCompany(models.Model):
    _inherit = "res.company"

    subscription_office_email = fields.Char(
        string="Office E-mail",
        help="Gets a mail about every package that is bought. Empty: no mail.",
        groups=INTERNAL,
    )
    subscription_office_email_cc = fields.Char(
        string="Office E-mail CC", help="Gets a copy of that mail.", groups=INTERNAL
    )
    subscription_low_credits = fields.Integer(
        string="Running Low At",
        default=5,
        help="Remaining credit at which a customer runs low.",
        groups=INTERNAL,
    )
    subscription_target_credits = fields.Integer(
        string="Top Up To",
        default=20,
        help="Credit that a proposal to a customer who runs low aims at.",
        groups=INTERNAL,
    )
    subscription_reminder = fields.Boolean(
        string="Remind Customers",
        help="Write once to customers whose credit runs low or whose package ends within 30 days, with a proposal.",
        groups=INTERNAL,
    )

    def _get_top_up(self, credits_left):
        """Credits to propose to a customer with so many left; 0 above the threshold (WA-09)."""
        self.ensure_one()
        return top_up(credits_left, self.subscription_low_credits, self.subscription_target_credits)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    subscription_office_email = fields.Char(related="company_id.subscription_office_email", readonly=False)
    subscription_office_email_cc = fields.Char(related="company_id.subscription_office_email_cc", readonly=False)
    subscription_low_credits = fields.Integer(related="company_id.subscription_low_credits", readonly=False)
    subscription_target_credits = fields.Integer(related="company_id.subscription_target_credits", readonly=False)
    subscription_reminder = fields.Boolean(related="company_id.subscription_reminder", readonly=False)
