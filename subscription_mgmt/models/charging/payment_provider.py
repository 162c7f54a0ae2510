"""What became of a payment request whose answer never came: refused, never sent, or not known."""

from requests import exceptions as requests_errors
from urllib3 import exceptions as urllib3_errors

from odoo import models
from odoo.exceptions import ValidationError

# Answers after which the provider may all the same have taken the money
UNCERTAIN_STATUS = (408, 409, 425)


class OutcomeUnknown(Exception):
    """The money may have been taken, or not; the provider has to be asked."""


class ProviderUnreachable(Exception):
    """The request never left: no money was taken."""


class ProviderCall:
    """What happened to the requests of one charge, as far as the network tells."""

    def __init__(self):
        self.answered = False
        self.refused = False


def get_network_error(error):
    """The failure of the network that `error` was raised for, if any."""
    while error is not None and not isinstance(error, requests_errors.RequestException):
        error = error.__cause__ or error.__context__
    return error


def was_never_sent(failure):
    """Whether the connection was not even opened, so that nothing can have reached the provider."""
    if isinstance(failure, requests_errors.ConnectTimeout):
        return True
    reason = getattr(failure.args[0], "reason", None) if failure.args else None
    return isinstance(reason, urllib3_errors.NewConnectionError)


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _send_api_request(self, *args, **kwargs):
        """Override of `payment` to tell a refusal from an answer that never came, while a saved card is charged.

        Core reports both as a `ValidationError`, from which providers conclude that the payment failed; after a
        time-out that is a guess, and charging again on it would take the money twice. Other flows stay as they are.

        :raise OutcomeUnknown: time-out, broken connection or an error inside the provider.
        :raise ProviderUnreachable: no connection, and nothing was sent before.
        :raise ValidationError: the provider refused the request.
        """
        if not isinstance(self.env.context.get("subscription_call"), ProviderCall):
            return super()._send_api_request(*args, **kwargs)
        call = self.env.context["subscription_call"]
        try:
            response = super()._send_api_request(*args, **kwargs)
        except ValidationError as error:
            failure = get_network_error(error)
            status = getattr(getattr(failure, "response", None), "status_code", 0)
            if isinstance(failure, requests_errors.HTTPError) and status < 500 and status not in UNCERTAIN_STATUS:
                call.refused = True
                raise
            if failure is None:
                raise
            if was_never_sent(failure) and not call.answered:
                raise ProviderUnreachable(str(error.args[0])) from error
            raise OutcomeUnknown(type(failure).__name__) from error
        call.answered = True
        return response
