from odoo import SUPERUSER_ID, models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _filter_subscription_people(self, company):
        """Those of the users who read what they are told: active, internal, of this company, and not the system."""
        # sudo: whose companies they are decides, whoever asks
        return self.sudo().filtered(
            lambda user: user.active and not user.share and user.id != SUPERUSER_ID and company in user.company_ids
        )
