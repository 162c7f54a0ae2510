from odoo import models


class SubscriptionAmendment(models.Model):
    _inherit = "subscription.amendment"

    def _bill_at_once(self, is_preview=False):
        """Make the invoice, or the credit note, of what the change settles, where that was agreed.

        It goes the way of the contract when a person with the billing right confirms the change, and else waits in
        draft for one who has it. What holds on a day to come is billed on that day.
        """
        super()._bill_at_once(is_preview)
        today = self.company_id._subscription_today()
        if self.billing != "once" or self.date > today:
            return
        contracts = self.contract_id | self.transfer_id
        can_bill = self.env.user.has_group("subscription_mgmt.group_subscription_billing")
        # sudo: whoever may change the contract has it settled; he posts nothing by it
        runs = self.env["subscription.billing.run"].sudo()
        runs._bill_due(today, contracts=contracts, companies=self.company_id, hold=is_preview or not can_bill)
