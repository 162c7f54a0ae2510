"""What of a contract is still to be paid when it is closed, and by which card."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from .account_move import UNPAID

# Of more open invoices than these only number and sum are said
SHOWN = 3


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _get_unpaid_invoices(self):
        """Posted invoices of the contract that are not paid, the oldest first."""
        self.ensure_one()
        moves = self.env["account.move"].sudo()  # sudo: what is owed, told to whoever may end the contract
        open_ = Domain("state", "=", "posted") & Domain("payment_state", "in", UNPAID)
        billed = Domain("line_ids.subscription_installment_ids.contract_id", "in", self.ids)
        return moves.search(open_ & Domain("move_type", "=", "out_invoice") & billed, order="invoice_date_due, id")

    def _get_closing_effects(self):
        """Override of `subscription_mgmt`: open invoices stay due, the card is kept for them."""
        says, moves = super()._get_closing_effects(), self._get_unpaid_invoices()
        if len(moves) > SHOWN:
            owed = self.currency_id.format(sum(moves.mapped("amount_residual")))
            says.append(self.env._("%(count)s invoices stay due, in all %(amount)s", count=len(moves), amount=owed))
        for move in moves if len(moves) <= SHOWN else ():
            says.append(
                self.env._("%(invoice)s stays due: %(amount)s by %(day)s", invoice=move.name,
                           amount=move.currency_id.format(move.amount_residual),
                           day=format_date(self.env, move.invoice_date_due or move.invoice_date))
            )  # fmt: skip
        if self.payment_token_id and self.billing_mode == "charge":
            says.append(self.env._("The saved card is charged for what is still open, and for nothing after that."))
        return says

    def _get_reopening_effects(self):
        """Override of `subscription_mgmt`: the card is charged again."""
        says = super()._get_reopening_effects()
        if self.payment_token_id and self.billing_mode == "charge":
            says.append(self.env._("The saved card is charged again for new invoices."))
        return says
