"""What was agreed in a contract ends with it: the visits and calls after its last day are taken back."""

from odoo import models
from odoo.fields import Domain

from ..tools.periods import ONE_DAY
from .isolation import run_isolated


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def write(self, vals):
        """Override of `subscription_mgmt`: end the recurring interactions of contracts that are closed."""
        result = super().write(vals)
        if vals.get("state") == "closed":
            self._end_recurrences()
        return result

    def _end_recurrences(self):
        """End what recurs in these contracts on their last day; one that cannot be ended is set aside, and told."""
        # sudo: who closes a contract need not be allowed to change the plans of others
        recurrences = self.env["subscription.recurrence"].sudo()
        recurrences = recurrences.search(Domain("contract_id", "in", self.ids) & Domain("state", "!=", "done"))
        for recurrence, error in run_isolated(recurrences, lambda records: records._end_with_contract()):
            recurrence._park(error, recurrence.company_id._subscription_today())
            recurrence._tell_parked()


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    def _end_with_contract(self):
        """Make the last day of the contract the last one; what was done or noted on stays.

        One that was to begin later is archived.
        """
        for recurrence in self:
            day = recurrence.contract_id.date_closed
            if recurrence.date_start > day:
                recurrence.action_archive()
            elif not recurrence.date_last or recurrence.date_last > day:
                recurrence.write({"end_kind": "until", "date_end": day})
                if recurrence.rule_in_force:
                    today = recurrence.company_id._subscription_today()
                    recurrence._regenerate(today, since=min(day + ONE_DAY, today))
