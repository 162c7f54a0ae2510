"""Packages bought online: whatever order the provider reports in, one payment gives one package."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..common.isolation import run_isolated
from ..common.subscription_parking_mixin import explain


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    subscription_package_id = fields.Many2one(
        comodel_name="subscription.package", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    subscription_switch = fields.Boolean(
        string="Agreed to Lose the Rest",
        readonly=True,
        help="The buyer was told that what is left of the other type ends with this purchase, and went on.",
    )
    subscription_error = fields.Text(
        string="Package Problem", readonly=True, help="Why the package that was paid could not be handed over."
    )
    subscription_refund_reason = fields.Char(readonly=True)
    subscription_entitlement_ids = fields.One2many(
        comodel_name="subscription.entitlement", inverse_name="payment_transaction_id", string="Paid Subscription"
    )

    def _post_process(self):
        """Override of `payment` to hand over what was paid, and to take back what was refunded.

        Before `account_payment` makes the payment, so that it finds the invoice and settles it.
        """
        done = self.filtered(lambda tx: tx.state == "done")
        done.filtered(lambda tx: tx._is_package_purchase())._hand_over()
        done.filtered(lambda tx: tx.operation == "refund")._take_back_package()
        return super()._post_process()

    # === PURCHASE === #
    def _is_package_purchase(self):
        """Whether money was taken for a package: not given back, and not just a card that was checked."""
        self.ensure_one()
        return bool(self.subscription_package_id) and self.operation not in ("refund", "validation")

    def _hand_over(self):
        """Hand over the packages that were paid; one that fails keeps its reason and is tried again by the cron."""
        for tx, error in run_isolated(self, lambda txs: txs._fulfil()):
            tx.subscription_error = explain(self.env, error)
            tx._tell_paid_in_vain()

    def _fulfil(self):
        """Give entitlement, invoice and mails for each payment, once."""
        for tx in self:
            tx._check_paid_in_full()
            package = tx.subscription_package_id.with_company(tx.company_id)
            customer = tx.partner_id.commercial_partner_id
            today = package.company_id._subscription_today()
            self.env["subscription.wallet"]._lock(package.company_id, customer)
            if tx.subscription_entitlement_ids:
                continue
            one = package._grant(
                customer,
                today,
                confirmed=tx.subscription_switch,
                payment_transaction_id=tx.id,
                buyer_id=tx.partner_id.id,
            )
            tx.subscription_error = False
            one._try_invoice(today)
            if one.hold_reason:
                one._tell_billing(one.hold_reason)
            one._send_purchase_mails()

    def _check_paid_in_full(self):
        """Raise when an authorized payment was captured in part only: a person decides then."""
        self.ensure_one()
        captures = self.child_transaction_ids.filtered(lambda tx: tx.operation != "refund")
        captured = sum(captures.filtered(lambda tx: tx.state == "done").mapped("amount"))
        if captures and self.currency_id.compare_amounts(captured, self.amount) < 0:
            raise UserError(
                self.env._(
                    "Only %(captured)s of %(amount)s was captured.",
                    captured=self.currency_id.format(captured),
                    amount=self.currency_id.format(self.amount),
                )
            )

    def _tell_paid_in_vain(self):
        """Tell somebody who bills that a customer has paid and has not got his package."""
        self.ensure_one()
        biller = self.subscription_package_id.company_id._get_subscription_biller()
        customer = self.partner_id.commercial_partner_id
        note = self.env._(
            "Payment %(reference)s: package %(package)s was paid but not handed over. %(error)s",
            reference=self.reference,
            package=self.subscription_package_id.name,
            error=self.subscription_error,
        )
        told = customer.activity_ids.filtered(lambda activity: self.reference in (activity.note or ""))
        if not told:
            customer.activity_schedule("mail.mail_activity_data_todo", note=note, user_id=biller.id)

    @api.model
    def _get_unfulfilled_domain(self):
        """Payments for packages that are done, and gave none."""
        return (
            Domain("state", "=", "done")
            & Domain("subscription_package_id", "!=", False)
            & Domain("operation", "not in", ("refund", "validation"))
            & Domain("is_post_processed", "=", True)
            & Domain("subscription_entitlement_ids", "=", False)
        )

    @api.model
    def _cron_hand_over(self):
        """Try again what was paid and could not be handed over; commits after each."""
        cron = self.env["ir.cron"]
        transactions = self.search(self._get_unfulfilled_domain(), order="id")
        cron._commit_progress(remaining=len(transactions))
        for tx in transactions:
            tx._hand_over()
            if not cron._commit_progress(1):
                return

    # === REFUND === #
    def _take_back_package(self):
        """Refund of a payment: the entitlement loses its unused part, and the money gets its credit note."""
        for refund in self:
            source = refund.source_transaction_id
            one = source.subscription_entitlement_ids
            if not one or refund.invoice_ids:
                continue
            for _one, error in run_isolated(one, lambda ones, refund=refund: ones._apply_refund(refund)):
                one._set_problem(explain(self.env, error))

    def _get_refunded_total(self):
        """What was given back of the payment so far."""
        refunds = self.child_transaction_ids.filtered(lambda tx: tx.operation == "refund" and tx.state == "done")
        return -sum(refunds.mapped("amount"))


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    def _apply_refund(self, refund):
        """Take back what the refund transaction stands for, and link it to a credit note of its amount."""
        self.ensure_one()
        today = self.company_id._subscription_today()
        self.env["subscription.wallet"]._lock(self.company_id, self.partner_id)._roll(today)
        reason = refund.subscription_refund_reason or self.env._("Payment refunded")
        if refund.subscription_refund_reason:  # by rule, from the paid subscription itself
            self._take_back_all(today, reason, refund)
        else:
            total = refund.source_transaction_id._get_refunded_total()
            self._take_back(-refund.amount, total, today, reason, refund)
        note = self._make_credit_note(-refund.amount, today, reason)
        if note:
            note.action_post()
            refund.invoice_ids = [Command.link(note.id)]
