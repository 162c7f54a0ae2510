"""Invoice and credit note of a package: made once, to the cent what was paid."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..billing.decisions import BillingDecisions
from ..billing.head import InvoiceTerms


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    def _get_invoice_terms(self, date_ref, lines, credited=None):
        """Terms of the invoice of the package, or of a credit note on it.

        Due at once and left alone by billing: it is paid, or paid back, by whoever makes it.

        :param credited: the invoice that is given back; whom it was made for, where and under which fiscal position
            holds for the credit note too, wherever the customer is by now.
        """
        self.ensure_one()
        package, invoice = self.package_id, credited or self.env["account.move"]
        payer = invoice.partner_id or package._get_billed_partner(self.partner_id)
        return InvoiceTerms(
            company=self.company_id,
            partner=payer,
            place=invoice.partner_shipping_id or package._get_service_address(self.partner_id),
            currency=self.currency_id,
            date=date_ref,
            lines=lines,
            refund=bool(invoice),
            position=invoice.fiscal_position_id if invoice else None,
            journal=invoice.journal_id,
            payment_term=self.env["account.payment.term"],
            method=payer.with_company(self.company_id).property_inbound_payment_method_line_id,
            user=payer.user_id or self.partner_id.user_id,
            origin=package.display_name,
        )

    def _create_move(self, terms):
        """Make the draft of an invoice or credit note."""
        moves = self.env["account.move"].with_company(self.company_id)
        return moves._create_subscription_moves([moves._prepare_subscription_head(terms, BillingDecisions(self.env))])

    def _make_invoice(self, date_ref):
        """Make and post the invoice of packages that have none, and settle it with the payment that is there.

        One that was cancelled though it was paid counts for none.

        :raise UserError: the invoice would not be what was paid, or Odoo cannot post it.
        """
        for one in self.filtered(lambda one: not one.invoice_id or one._lacks_invoice()):
            line = one.package_id._get_invoice_line_values(one.partner_id, one.price)
            invoice = one._create_move(one._get_invoice_terms(date_ref, [line]))
            one._check_invoice_amount(invoice)
            invoice.action_post()
            one._write_sealed({"invoice_id": invoice.id})
            one._settle(invoice)

    def _lacks_invoice(self):
        """Whether it was paid online, and no invoice of it stands."""
        self.ensure_one()
        paid = self.payment_transaction_id and self.state in ("active", "pending")
        return bool(paid and (not self.invoice_id or self.invoice_id.state == "cancel"))

    def _check_invoice_amount(self, invoice):
        """Raise when prices or taxes changed between payment and invoice: a person decides then."""
        paid = self.payment_transaction_id.amount
        if self.payment_transaction_id and self.currency_id.compare_amounts(invoice.amount_total, paid):
            raise UserError(
                self.env._(
                    "%(paid)s was paid, but the invoice would be %(total)s. Did the taxes of the product change?",
                    paid=self.currency_id.format(paid),
                    total=self.currency_id.format(invoice.amount_total),
                )
            )

    def _settle(self, invoice):
        """Link the invoice to the online payment; when the payment is in the books already, reconcile them."""
        transaction = self.payment_transaction_id.sudo()  # sudo: transactions belong to the payment app
        if not transaction:
            return
        transaction.invoice_ids = [Command.link(invoice.id)]
        captures = transaction.child_transaction_ids.filtered(lambda tx: tx.operation != "refund")
        for payment in (transaction | captures).payment_id:
            payment.invoice_ids = [Command.link(invoice.id)]
            (payment.move_id.line_ids + invoice.line_ids).filtered(
                lambda line, payment=payment: line.account_id == payment.destination_account_id and not line.reconciled
            ).reconcile()

    def _try_invoice(self, date_ref):
        """Make the invoices; one that fails is set aside, and somebody who bills is told."""
        self._isolate("invoice", lambda ones: ones._make_invoice(date_ref), date_ref)

    def action_make_invoice(self):
        """Make the invoice that is missing, or could not be made at the purchase."""
        self.check_access("write")
        for one in self:
            one._make_invoice(one.company_id._subscription_today())
            one._unpark("invoice")
            one.activity_ids.action_feedback(feedback=self.env._("The invoice was made."))
        return True

    # === CREDIT NOTE === #
    def _make_credit_note(self, total, date_ref, reason):
        """Make the draft credit note over a part of the invoice.

        :param total: amount given back, taxes included. The line is the part of the price that comes nearest; what a
            rounded tax cannot reach is a line of its own without tax.
        :return: the credit note; empty when the package has no invoice that stands.
        """
        self.ensure_one()
        invoice = self.invoice_id
        if not invoice or invoice.state == "cancel":
            return invoice.browse()
        billed = invoice.invoice_line_ids[:1]
        line = self.package_id._get_invoice_line_values(invoice.partner_id, self._get_price_of(total))
        line["tax_ids"] = [Command.set(billed.tax_ids.ids)]
        note = self._create_move(self._get_invoice_terms(date_ref, [line], credited=invoice))
        note.ref = reason
        missing = self.currency_id.round(total - note.amount_total)
        if missing:
            rest = {
                "name": self.env._("Rounding"),
                "quantity": 1.0,
                "price_unit": missing,
                "tax_ids": [Command.clear()],
            }
            note.invoice_line_ids = [Command.create(rest)]
        note.reversed_entry_id = invoice
        return note

    def _get_price_of(self, total):
        """Part of the price that corresponds to this part of the total."""
        self.ensure_one()
        paid = self.invoice_id.amount_total
        return self.currency_id.round(self.price * total / paid) if paid else 0.0
