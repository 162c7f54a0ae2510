"""Packages in the background: ends and beginnings by date, paid purchases that were not handed over."""

from psycopg2 import OperationalError

from odoo import api, models


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    @api.model
    def _cron_roll(self):
        """End what is over and begin what has come, customer by customer; commits after each."""
        cron = self.env["ir.cron"]
        for company in self.env["res.company"]._get_subscription_companies():
            today = company._subscription_today()
            customers = self._expire_due(company, today)
            cron._commit_progress(remaining=len(customers))
            for customer in customers:
                try:
                    self.env["subscription.wallet"]._lock(company, customer)._roll(today)
                except OperationalError:
                    # The customer is just buying or asking: his request brings him up to date by itself.
                    self.env.cr.rollback()
                if not cron._commit_progress(1):
                    return
