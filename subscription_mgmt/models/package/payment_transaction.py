"""Packages bought online: whatever order the provider reports in, one payment gives one package."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..common.batches import Job
from ..common.groups import ACCOUNTING

HAND_OVER = Job("payment.transaction", "_get_unfulfilled_domain", "_fulfil", "hand_over", size=1)


class PaymentTransaction(models.Model):
    _name = "payment.transaction"
    _inherit = ["payment.transaction", "subscription.parking.mixin"]

    subscription_package_id = fields.Many2one(
        copy=False,
        comodel_name="subscription.package",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        groups=ACCOUNTING,
    )
    subscription_switch = fields.Boolean(
        copy=False,
        string="Agreed to Lose the Rest",
        readonly=True,
        help="The buyer was told that what is left of the other type ends with this purchase, and went on.",
        groups=ACCOUNTING,
    )
    subscription_terms = fields.Text(
        copy=False,
        string="Terms Agreed To",
        readonly=True,
        help="Terms of distance sales as they stood when the buyer agreed to them.",
        groups=ACCOUNTING,
    )
    subscription_was_cancelled = fields.Boolean(
        copy=False,
        string="Reported as Cancelled First",
        readonly=True,
        help="The customer may have paid a second time meanwhile.",
        groups=ACCOUNTING,
    )
    subscription_refund_reason = fields.Char(copy=False, readonly=True, groups=ACCOUNTING)
    subscription_entitlement_ids = fields.One2many(
        comodel_name="subscription.entitlement",
        inverse_name="payment_transaction_id",
        string="Paid Subscription",
        groups="subscription_mgmt.group_subscription_billing",
    )

    def _post_process(self):
        """Override of `payment` to hand over what was paid, and to take back what was refunded.

        Before `account_payment` makes the payment, so that it finds the invoice and settles it.
        """
        done = self.filtered(lambda tx: tx.state == "done")
        done.filtered(lambda tx: tx._is_package_purchase())._hand_over()
        done.filtered(lambda tx: tx.operation == "refund")._take_back_package()
        return super()._post_process()

    def _set_done(self, *, state_message=None, extra_allowed_states=()):
        """Override of `payment` to remember that a package was cancelled in the eyes of whoever bought it."""
        cancelled = self.filtered(lambda tx: tx.state == "cancel" and tx._is_package_purchase())
        done = super()._set_done(state_message=state_message, extra_allowed_states=extra_allowed_states)
        (cancelled & done).subscription_was_cancelled = True
        return done

    def _is_subscription_payment(self):
        """Override of `subscription_mgmt`: packages too."""
        return self._is_package_purchase() or super()._is_subscription_payment()

    # === PURCHASE === #
    def _is_package_purchase(self):
        """Whether money was taken for a package: not given back, and not just a card that was checked."""
        self.ensure_one()
        return bool(self.subscription_package_id) and self.operation not in ("refund", "validation")

    def _hand_over(self):
        """Hand over the packages that were paid; one that fails is set aside and tried again by the cron."""
        for company, transactions in self.grouped(lambda tx: tx.subscription_package_id.company_id).items():
            transactions._isolate("hand_over", lambda txs: txs._fulfil(), company._subscription_today())

    def _fulfil(self, _date_ref=None):
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
            one._try_invoice(today)
            tx._tell_of(one)
            one._send_purchase_mails()

    def _tell_of(self, entitlement):
        """Have a person look at what was handed over, where something about it is not as usual."""
        self.ensure_one()
        notes = [entitlement.hold_reason] if entitlement.hold_reason else []
        if self.subscription_was_cancelled:
            notes.append(
                self.env._(
                    "Payment %(reference)s was reported as cancelled first, and then as paid. If the customer has paid "
                    "again meanwhile, refund one of the two.",
                    reference=self.reference,
                )
            )
        if notes:
            entitlement._alert("\n".join(notes), kind="mail.mail_activity_data_todo")

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

    def _get_alert_target(self):
        """Tasks about a payment stand on the customer."""
        return self.partner_id.commercial_partner_id

    def _get_alert_company(self):
        """The package may belong to a branch of the company that takes the money."""
        return self.subscription_package_id.company_id or self.company_id

    def _get_parking_note(self, reason):
        """Say that a customer has paid and has not got his package."""
        return self.env._(
            "Payment %(reference)s: package %(package)s was paid but not handed over. %(error)s",
            reference=self.reference,
            package=self.subscription_package_id.name,
            error=reason,
        )

    @api.model
    def _get_unfulfilled_domain(self, company, _date_ref):
        """Payments for packages of the company that are done, and gave none."""
        return (
            Domain("state", "=", "done")
            & Domain("subscription_package_id.company_id", "=", company.id)
            & Domain("operation", "not in", ("refund", "validation"))
            & Domain("is_post_processed", "=", True)
            & Domain("subscription_entitlement_ids", "=", False)
        )

    @api.model
    def _cron_hand_over(self):
        """Try again what was paid and could not be handed over; commits after each."""
        self.env["subscription.batches"]._run(HAND_OVER)

    def action_subscription_hand_over(self):
        """Hand over now what was paid; what was handed over already stays one. Open it.

        :raise UserError: why it cannot be handed over.
        """
        self.env["subscription.entitlement"].check_access("write")
        # sudo: the billing right, checked above, is what it takes
        for tx in self.sudo().filtered(lambda tx: tx.state == "done" and tx._is_package_purchase()):
            tx._fulfil()
            tx._unpark("hand_over")
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_entitlement_action")
        return {**action, "domain": [("payment_transaction_id", "in", self.ids)], "context": {}}

    # === REFUND === #
    def _take_back_package(self):
        """Refund of a payment: the entitlement loses its unused part, and the money gets its credit note."""
        for refund in self:
            source = refund.source_transaction_id
            one = source.subscription_entitlement_ids
            if not one or refund.invoice_ids:
                continue
            today = one.company_id._subscription_today()
            one._isolate("refund", lambda ones, refund=refund: ones._apply_refund(refund), today)

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
        refund.invoice_ids = [Command.link(note.id) for note in self._get_refund_notes(-refund.amount, today, reason)]

    def _get_refund_notes(self, amount, date_ref, reason):
        """Credit notes that the money of a refund pays: those of accounting that are open, and one over the rest."""
        invoice = self.invoice_id
        given = invoice.reversal_move_ids.filtered(lambda note: note.state == "posted" and note.amount_residual)
        left = max(0.0, invoice.amount_total - invoice._get_credited_total()) if invoice else 0.0
        rest = self.currency_id.round(min(left, amount - sum(given.mapped("amount_residual"))))
        note = self._make_credit_note(rest, date_ref, reason) if rest > 0 else invoice.browse()
        if note:
            self._post_own(note)
        return given | note
