import hashlib

from odoo import api, fields, models
from odoo.exceptions import ValidationError

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

    subscription_terms_url = fields.Char(
        string="Link to the Terms",
        help="Page with the terms of distance sales; buyers of a package agree to them before they pay.",
        groups=INTERNAL,
    )
    subscription_terms_text = fields.Text(
        string="Terms of Distance Sales",
        help="Shown to buyers of a package, who agree to them before they pay.",
        groups=INTERNAL,
    )

    @api.constrains("subscription_terms_url")
    def _check_subscription_terms_url(self):
        """A link leads to a page, and runs nothing."""
        for company in self:
            if not (company.subscription_terms_url or "https://").lower().startswith(("https://", "http://", "/")):
                raise ValidationError(self.env._("The link to the terms begins with https://."))

    def _get_distance_terms(self):
        """What a buyer agrees to before paying; empty: nothing is asked."""
        self.ensure_one()
        return "\n".join(filter(None, (self.subscription_terms_text, self.subscription_terms_url)))

    def _get_distance_digest(self):
        """Of the terms, so that what was agreed to is what is sold under."""
        return hashlib.sha256(self._get_distance_terms().encode()).hexdigest()

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
    subscription_terms_url = fields.Char(related="company_id.subscription_terms_url", readonly=False)
    subscription_terms_text = fields.Text(related="company_id.subscription_terms_text", readonly=False)
