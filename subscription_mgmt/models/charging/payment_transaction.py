from odoo import api, models
from odoo.exceptions import UserError

from ...tools.card_numbers import mask
from .open_amount import ON_A_PAGE
from .payment_provider import OutcomeUnknown, ProviderCall

# Words of a provider's refusal after which the same card need not be tried again; all else may pass (a soft decline)
HARD_DECLINE = (
    "stolen",
    "lost card",
    "expired",
    "pick up",
    "pickup",
    "restricted card",
    "invalid card",
    "invalid account",
    "no such card",
    "closed account",
    "account closed",
    "revoked",
    "fraud",
    "çalıntı",
    "kayıp",
    "süresi dolmuş",
    "geçersiz kart",
    "kapalı",
)


def _mask_message(vals):
    """Values of a transaction without a card number in what the provider says."""
    return {**vals, "state_message": mask(vals["state_message"])} if vals.get("state_message") else vals


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment`: nobody pays an invoice on a page while its saved card is being charged.

        The page may have been opened before.
        """
        transactions = super().create([_mask_message(vals) for vals in vals_list])
        # sudo: whoever pays need not see charges
        moves = transactions.sudo().filtered(lambda tx: tx.operation in ON_A_PAGE).invoice_ids
        moves = moves.filtered("subscription_billing_mode")
        moves._meet_other_payers()
        for move in moves:
            if move._is_being_charged():
                raise UserError(
                    self.env._(
                        "The saved card is being charged for %(invoice)s at this moment. Please look again later.",
                        invoice=move.name,
                    )
                )
        return transactions

    def write(self, vals):
        """Override of `payment`: some providers repeat the card number in the text of a refusal; it is not kept."""
        return super().write(_mask_message(vals))

    def _log_message_on_linked_documents(self, message):
        """Override of `payment`: as above, for what is told on invoices and orders."""
        return super()._log_message_on_linked_documents(type(message)(mask(message)) if message else message)

    def _set_done(self, *, state_message=None, extra_allowed_states=()):
        """Override of `payment`: money that was taken counts, though it was reported as cancelled before.

        Odoo leaves it at the cancellation: the customer has paid, gets nothing for it, and nobody is told.
        """
        ours = self.filtered(lambda tx: tx._is_subscription_payment())
        done = super(PaymentTransaction, self - ours)._set_done(
            state_message=state_message, extra_allowed_states=extra_allowed_states
        )
        return done + super(PaymentTransaction, ours)._set_done(
            state_message=state_message, extra_allowed_states=(*extra_allowed_states, "cancel")
        )

    def _is_subscription_payment(self):
        """Whether money was taken for something of the suite: its invoices, and what a room above adds. Hook."""
        self.ensure_one()
        return self.operation not in ("refund", "validation") and any(
            self.sudo().invoice_ids.mapped("subscription_billing_mode")  # sudo: only what the payment is for
        )

    def _validate_amount(self, payment_data):
        """Override of `payment`: a saved card charged with another amount is money taken, not a decline to repeat.

        :raise OutcomeUnknown: the provider reports another amount or currency than it was asked for.
        """
        before = self.state
        result = super()._validate_amount(payment_data)
        charging = isinstance(self.env.context.get("subscription_call"), ProviderCall)
        if charging and self.state == "error" != before:
            raise OutcomeUnknown(self.env._("amount or currency differ"))
        return result

    def _subscription_ask_provider(self):
        """Ask the provider what became of the payment, and process its answer. Hook: nothing by default.

        Providers that can be asked override it for their own transactions and never send the payment again.
        """

    def _get_decline_kind(self):
        """`hard` when the card will be refused every time, `soft` when it may work another day.

        Hook: providers that give a code know better than the words of a message.
        """
        self.ensure_one()
        message = (self.state_message or "").lower()
        return "hard" if any(word in message for word in HARD_DECLINE) else "soft"
