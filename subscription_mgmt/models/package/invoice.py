"""Invoice and credit note of a package: made once, to the cent what was paid."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    def _prepare_move_values(self, move_type, date_ref, lines):
        """Values of the invoice or credit note of the package."""
        self.ensure_one()
        partner, company = self.package_id._get_billed_partner(self.partner_id), self.company_id
        position = self.env["account.fiscal.position"].with_company(company)._get_fiscal_position(partner)
        return {
            "move_type": move_type,
            "company_id": company.id,
            "partner_id": partner.id,
            "fiscal_position_id": position.id,
            "currency_id": self.currency_id.id,
            "invoice_date": date_ref,
            "invoice_date_due": date_ref,
            "invoice_payment_term_id": False,
            "invoice_origin": self.package_id.display_name,
            "invoice_line_ids": [Command.create(line) for line in lines],
        }

    def _make_invoice(self, date_ref):
        """Make and post the invoice of packages that have none, and settle it with the payment that is there.

        :raise UserError: the invoice would not be what was paid, or Odoo cannot post it.
        """
        for one in self.filtered(lambda one: not one.invoice_id):
            line = one.package_id._get_invoice_line_values(one.partner_id, one.price)
            values = one._prepare_move_values("out_invoice", date_ref, [line])
            invoice = self.env["account.move"].with_company(one.company_id).create(values)
            one._check_invoice_amount(invoice)
            invoice.action_post()
            one.invoice_id = invoice
            one._settle(invoice)

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
        for one in self:
            one._make_invoice(one.company_id._subscription_today())
            one._unpark("invoice")
        return True

    # === CREDIT NOTE === #
    def _make_credit_note(self, total, date_ref, reason):
        """Make the draft credit note over a part of the invoice.

        :param total: amount given back, taxes included. The line is the part of the price that comes nearest; what a
            rounded tax cannot reach is a line of its own without tax.
        :return: the credit note; empty when the package has no invoice.
        """
        self.ensure_one()
        invoice = self.invoice_id
        if not invoice:
            return invoice
        billed = invoice.invoice_line_ids[:1]
        line = self.package_id._get_invoice_line_values(invoice.partner_id, self._get_price_of(total))
        line["tax_ids"] = [Command.set(billed.tax_ids.ids)]
        values = self._prepare_move_values("out_refund", date_ref, [line])
        note = self.env["account.move"].with_company(self.company_id).create({**values, "ref": reason})
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
