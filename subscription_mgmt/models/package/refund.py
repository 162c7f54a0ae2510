"""Money back: what is unused goes, by the rule of `tools/wallet.py`."""

from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.wallet import CREDIT, days_left, take_back, unused_price


def exact(amount):
    """Decimal of an amount of money as it is shown."""
    return Decimal(str(amount))


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    def _get_unused(self, date_ref):
        """(units bought, units unused): credits, or days after the day given, whose own day is used."""
        self.ensure_one()
        if self.kind == CREDIT:
            # What waits for a decision may not have been put into the ledger yet.
            return self.credits, self.credits_left if self._is_granted() else self.credits
        whole = self.package_id.duration_days
        begun = self.date_start <= date_ref and not self.hold_reason
        first = fields.Date.add(date_ref, days=1) if begun else self.date_start
        return whole, days_left(first, self.date_end, first)

    def _get_refundable(self, date_ref):
        """What a refund by rule gives back today: the unused part of the price, taxes included.

        With the taxes of the invoice, and never more than is left of it after what accounting gave back, nor than is
        left of an online payment.
        """
        self.ensure_one()
        invoice, transaction = self.invoice_id, self.payment_transaction_id.sudo()  # sudo: only its amounts
        if not invoice:
            return 0.0
        price = unused_price(exact(self.price), *self._get_unused(date_ref), self.currency_id.decimal_places)
        taxes = invoice.invoice_line_ids[:1].tax_ids
        total = taxes.compute_all(float(price), self.currency_id, 1.0, self.package_id.product_id, invoice.partner_id)
        left = [total["total_included"], invoice.amount_total - invoice._get_credited_total()]
        if transaction:
            left.append(transaction.amount - transaction._get_refunded_total())
        return max(0.0, self.currency_id.round(min(left)))

    def _check_refundable(self):
        if self.state not in ("active", "pending"):
            raise UserError(self.env._("%(package)s is over; nothing is left to refund.", package=self.display_name))
        refunds = self.payment_transaction_id.sudo().child_transaction_ids  # sudo: only whether there is one
        if refunds.filtered(lambda tx: tx.operation == "refund" and tx.state in ("draft", "pending", "authorized")):
            raise UserError(self.env._("A refund of %(package)s is on its way already.", package=self.display_name))
        invoice = self.invoice_id
        if invoice.state == "draft":
            raise UserError(
                self.env._(
                    "Invoice %(invoice)s is being corrected. Confirm or cancel it first.", invoice=invoice.display_name
                )
            )
        if self._lacks_invoice():
            raise UserError(
                self.env._(
                    "%(package)s was paid and has no invoice. Make the invoice first.", package=self.display_name
                )
            )

    def _refund(self, date_ref, reason):
        """Give the unused part back: through the payment provider when it can, else as an open credit note.

        Without an invoice (a gift) only the entitlement ends.

        :return: the refund transaction, or the posted credit note, or nothing.
        :raise UserError: the entitlement is over.
        """
        self.ensure_one()
        # Before the provider is called: of two who refund at once the second waits, and then sees the first's refund.
        self.env["subscription.wallet"]._lock(self.company_id, self.partner_id)
        self._check_refundable()
        amount = self._get_refundable(date_ref)
        transaction = self.payment_transaction_id.sudo()  # sudo: the billing right is enough to pay back
        if amount and transaction and self._can_pay_back(transaction, amount):
            refund = transaction._refund(amount)
            refund.subscription_refund_reason = reason
            if refund.state == "done":
                refund._post_process()
            elif refund.state == "error":
                raise UserError(refund.state_message)
            return refund
        note = self._make_credit_note(amount, date_ref, reason) if amount else self.env["account.move"]
        if note:
            self._post_own(note)
            self._settle_open_invoice(note)
        self._take_back_all(date_ref, reason, note or self)
        return note

    def _settle_open_invoice(self, note):
        """Set the credit note off against what is unpaid of the invoice."""
        open_lines = (self.invoice_id + note).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        if open_lines.move_id == self.invoice_id + note:
            open_lines.reconcile()

    def _can_pay_back(self, transaction, amount):
        """Whether the provider gives back this much of the payment."""
        provider, method = transaction.provider_id, transaction.payment_method_id
        method = method.primary_payment_method_id or method
        kinds = {provider.support_refund, method.support_refund}
        whole = not self.currency_id.compare_amounts(amount, transaction.amount)
        return provider.state != "disabled" and "none" not in kinds and (whole or kinds == {"partial"})

    def _take_back_all(self, date_ref, reason, source):
        """End the entitlement: what is unused is refunded."""
        self.ensure_one()
        self._take_back_units(self._get_unused(date_ref)[1], date_ref, reason, source)

    def _take_back(self, refunded, total, date_ref, reason, source):
        """Take off what a refund of the payment, or a credit note, stands for.

        :param refunded: what comes back now; total: with all refunds before; both including tax.
        :param source: the refund, or the credit note, which takes back once, until it is restored.
        """
        self.ensure_one()
        paid = self.payment_transaction_id.amount or self.invoice_id.amount_total
        whole, unused = self._get_unused(date_ref)
        everything = self.currency_id.compare_amounts(total, paid) >= 0
        units = unused if everything else take_back(whole, unused, exact(paid), exact(refunded))
        self._take_back_units(units, date_ref, reason, source)

    def _take_back_units(self, units, date_ref, reason, source=None):
        """Take credits, or days from the end; the entitlement is over when nothing is left of it.

        :param source: empty where it will be gone.
        """
        self.ensure_one()
        if self.state not in ("active", "pending") or (source and self._was_taken_back_by(source)):
            return
        unused = self._get_unused(date_ref)[1]
        if self.kind == CREDIT:
            self._add_move("refunded", -min(units, self.credits_left), date_ref, source=source, reason=reason)
        else:
            text = self.env._("%(days)s days", days=units)
            self._add_move("refunded", 0, date_ref, source=source, reason=f"{text}. {reason}", days=units)
            self._write_sealed({"date_end": fields.Date.subtract(self.date_end, days=units)})
        if units >= unused:
            self._close("refunded", date_ref)
            told = self._for_reader()
            told.activity_ids.action_feedback(feedback=told.env._("Refunded."))

    def _was_taken_back_by(self, source):
        """Whether the refund or credit note has taken back already, and that was not restored."""
        moves = self.env["subscription.credit.move"].sudo()  # sudo: what the ledger says, whoever asks
        taken = [("source_model", "=", source._name), ("source_id", "=", source.id), ("move_type", "=", "refunded")]
        return bool(moves.search_count([*taken, ("reversal_ids", "=", False)], limit=1))
