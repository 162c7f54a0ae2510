from odoo import models

from .payment_provider import OutcomeUnknown

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


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _validate_amount(self, payment_data):
        """Override of `payment`: a saved card charged with another amount is money taken, not a decline to repeat.

        :raise OutcomeUnknown: the provider reports another amount or currency than it was asked for.
        """
        before = self.state
        result = super()._validate_amount(payment_data)
        if "subscription_call" in self.env.context and self.state == "error" != before:
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
