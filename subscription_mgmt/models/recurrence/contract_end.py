"""What was agreed in a contract ends with it: the visits and calls after its last day are taken back."""

from odoo import models
from odoo.fields import Domain


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def write(self, vals):
        """Override of `subscription_mgmt`: end the recurring interactions of contracts that are closed."""
        result = super().write(vals)
        if vals.get("state") == "closed":
            self._end_recurrences()
        return result

    def _end_recurrences(self):
        """End what recurs in these contracts on their last day; what cannot be ended is tried again at night."""
        # sudo: who closes a contract need not be allowed to change the plans of others
        recurrences = self.env["subscription.recurrence"].sudo()
        recurrences = recurrences.search(Domain("contract_id", "in", self.ids) & Domain("state", "!=", "done"))
        for company, own in recurrences.grouped("company_id").items():
            own._isolate("generate", lambda records: records._end_with_contract(), company._subscription_today())


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    def _end_with_contract(self):
        """Make the last day of the closed contract the last one; does nothing where it is already.

        What was done stays, and what somebody wrote notes on is skipped; everything else that is planned for later
        days goes, moved by hand or not. A recurrence that was to begin later is archived.
        """
        for recurrence in self:
            day = recurrence.contract_id.date_closed
            recurrence.exception_ids.filtered(lambda row, day=day: row.kind == "extra" and row.date > day).unlink()
            recurrence._take_back_after(day)
            if recurrence.date_start > day:
                recurrence.action_archive()
            elif not recurrence.date_last or recurrence.date_last > day:
                recurrence._end_on(day)

    def _take_back_after(self, day):
        """Take back what is planned for later days."""
        rows = self.interaction_ids.filtered(
            lambda row: row.state == "planned" and not row.invoice_id and row.occurrence_date > day
        )
        noted = rows.filtered(lambda row: row._has_notes())
        noted._skip(self.env._("The contract was closed."))
        (rows - noted)._remove()

    def _end_on(self, day):
        """Make a day the last one of the rule, in force at once."""
        self.write({"end_kind": "until", "date_end": day})
        if self.rule_in_force:
            self._put_in_force(self._get_checked_rule())
            self._refresh_states(self.company_id, self.company_id._subscription_today())
        self.rule_outdated = False
