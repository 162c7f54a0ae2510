"""Contracts that began long before they are activated: what they would have to make up for."""

from odoo import fields, models
from odoo.fields import Domain


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _activate_in_bulk(self):
        """Activate without a review of each plan; with more than a year to make up for, ask about that first.

        :return: the question, or True.
        """
        drafts = self.filtered_domain(Domain("state", "=", "draft"))
        if not drafts._filter_long_backlog():
            return self.action_activate()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "subscription_mgmt.subscription_contract_activate_action"
        )
        return {**action, "context": {"default_contract_ids": drafts.ids}}

    def _filter_long_backlog(self):
        """Return those that would have to make up for more than a year."""

        def has_long(contract):
            limit = fields.Date.subtract(contract.company_id._subscription_today(), years=1)
            return min(contract._get_backlog_dates(), default=limit) < limit

        return self.filtered(has_long)

    def _get_backlog_dates(self):
        """Billing dates before today that activation would plan, one per line and period; nothing is written."""
        days = []
        for line in self.line_ids:
            today = line.company_id._subscription_today()
            dates = (line._get_billing_date(slot.date_from, slot.date_to) for slot in line._get_slots(today))
            days += [day for day in dates if day < today]
        return days


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    def _get_billed_elsewhere_until(self):
        """Last day of the periods that should have been billed before today, or what the line says already."""
        self.ensure_one()
        today = self.company_id._subscription_today()
        ends = [
            slot.date_to
            for slot in self._get_slots(today)
            if self._get_billing_date(slot.date_from, slot.date_to) < today
        ]
        return max(ends, default=self.paid_until)
