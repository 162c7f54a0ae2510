from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # What accounting does to an invoice changes what is left to give back of it: what is planned follows at once, or
    # the next billing would give back, or charge again, what nobody owes any more.
    def _post(self, soft=True):
        """Override of `account` to settle contracts whose invoices are given back, put in place, or were corrected."""
        corrected = self.filtered("posted_before")
        posted = super()._post(soft)
        posted._filter_subscription_corrections(corrected)._settle_subscriptions()
        return posted

    def button_draft(self):
        """Override of `account`: a credit note taken back gives nothing back."""
        result = super().button_draft()
        self._settle_subscriptions()
        return result

    def button_cancel(self):
        """Override of `account`: a cancelled invoice charges nothing."""
        result = super().button_cancel()
        self._settle_subscriptions()
        return result

    def _filter_subscription_corrections(self, corrected):
        """Those that are more than invoices made for the first time: billing posts thousands of these."""
        lines = self.env["account.move.line"].sudo()  # sudo: as when settling
        origins = lines.search([("move_id", "in", self.ids), ("subscription_origin_line_id", "!=", False)])
        return self.filtered(lambda move: move in corrected or move.reversed_entry_id or move in origins.move_id)

    def _settle_subscriptions(self):
        """Settle the contracts that the invoices, or those that they give back, were made for."""
        # sudo: whoever may post need not be allowed to change the plan
        lines = (self | self.reversed_entry_id).sudo().line_ids
        billed = [("invoice_line_id", "in", (lines | lines.subscription_origin_line_id).ids)]
        rows = self.env["subscription.installment"].sudo().search(billed) if lines else lines.browse()
        if rows:
            rows.contract_id.filtered("company_id.subscription_enabled")._settle()
