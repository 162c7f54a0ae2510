"""A contract that cannot be billed is set aside with its reason, told to one person, and tried again later."""

from odoo import fields, models

from ..common.subscription_parking_mixin import BACK_OFF, explain


class SubscriptionContract(models.Model):
    _name = "subscription.contract"
    _inherit = ["subscription.contract", "subscription.alert.mixin"]

    def _park(self, error, date_ref=None):
        """Set the contracts aside after a failure.

        :param error: the exception; its text becomes `billing_error`.
        :param date_ref: day of the failed attempt; default: today. The next try follows after a growing pause.
        """
        reason = explain(self.env, error)
        # sudo: billing needs the billing right, not the right to edit contracts
        for contract in self.sudo():
            day = date_ref or contract.company_id._subscription_today()
            pause = BACK_OFF[min(contract.billing_attempts, len(BACK_OFF) - 1)]
            contract.write(
                {
                    "billing_error": reason,
                    "billing_attempts": contract.billing_attempts + 1,
                    "billing_next_try": fields.Date.add(day, days=pause),
                }
            )
        self._schedule_parking_activity(reason)

    def _unpark(self):
        """Forget an earlier failure after a success, and its open activity with it."""
        # sudo: as in _park
        parked = self.sudo().filtered("billing_attempts")
        if parked:
            parked.write({"billing_error": False, "billing_attempts": 0, "billing_next_try": False})
            parked._close_parking_activities(self.env._("Billed."))

    def _get_parking_user(self):
        """The responsible of the contract, or somebody with the billing right in its company."""
        self.ensure_one()
        return self.user_id or self.company_id._get_subscription_biller()

    def action_retry_billing(self):
        """Bill the contracts now, without waiting for the next try."""
        runs = self.env["subscription.billing.run"]
        for company in self.company_id:
            runs += runs._bill_due(company._subscription_today(), contracts=self, companies=company)
        return runs._get_form_action() if runs else True
