"""While money is on its way nobody changes who pays, with which card and how (WSM-50)."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .subscription_charge import OPEN_STATES

PAYS = ("invoice_partner_id", "payment_token_id", "payment_method_line_id")


class SubscriptionInvoicingMixin(models.AbstractModel):
    _inherit = "subscription.invoicing.mixin"

    def write(self, vals):
        """Keep payer, card and method as long as a payment with them has no answer.

        :raise UserError: a charge or a payment of one of the invoices is under way.
        """
        names = [name for name in PAYS if name in vals]
        changed = self.filtered(lambda one: any(one[name].id != (vals[name] or False) for name in names))
        if changed:
            changed._check_not_on_its_way()
        return super().write(vals)

    def _check_not_on_its_way(self):
        """Raise when an invoice of what is in the set is being paid at this moment."""
        charged = Domain("subscription_charge_ids", "any", [("state", "in", OPEN_STATES)])
        paid = Domain("transaction_ids", "any", [("state", "in", ("pending", "authorized"))])
        # sudo: it holds whoever may see charges and payments
        moves = self.env["account.move"].sudo()
        moves = moves.search((charged | paid) & moves._get_subscription_source_domain(Domain("id", "in", self.ids)))
        for move in moves:
            # Of another model the same number may be meant.
            if any(source._name == self._name and source.id in self.ids for source in move._get_subscription_sources()):
                raise UserError(
                    self.env._(
                        "A payment of %(invoice)s is on its way: who pays, the card and the payment method stay as "
                        "they are until it has arrived or failed.",
                        invoice=move.name,
                    )
                )
