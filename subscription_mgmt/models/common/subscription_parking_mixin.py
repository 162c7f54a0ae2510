import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# Days until the next try, by number of failed attempts; the last one repeats.
BACK_OFF = (1, 2, 4, 7)


def explain(env, error):
    """Reason of a failure in words for the person who mends it; what nobody foresaw goes to the log in full."""
    if isinstance(error, UserError):
        return str(error.args[0])
    _logger.error("Unexpected failure in subscription billing", exc_info=error)
    return env._("Unexpected problem: %(problem)s", problem=str(error).strip().split("\n")[0])


class SubscriptionParkingMixin(models.AbstractModel):
    """What fails in the background is set aside with its reason and tried again after a growing pause."""

    _name = "subscription.parking.mixin"
    _description = "Set Aside After a Failure"

    error = fields.Text(string="Problem", copy=False, readonly=True, help="Why the last attempt in the night failed.")
    attempts = fields.Integer(string="Failed Attempts", copy=False, readonly=True)
    next_try = fields.Date(copy=False, readonly=True)

    def _park(self, error, date_ref):
        """Set the records aside after a failure.

        :param error: the exception; its text becomes `error`.
        :param date_ref: day of the attempt, from which the pause counts.
        """
        reason = explain(self.env, error)
        for record in self:
            pause = BACK_OFF[min(record.attempts, len(BACK_OFF) - 1)]
            record.write(
                {
                    "error": reason,
                    "attempts": record.attempts + 1,
                    "next_try": fields.Date.add(date_ref, days=pause),
                }
            )

    def _unpark(self):
        """Forget an earlier failure after a success."""
        parked = self.filtered("attempts")
        if parked:
            parked.write({"error": False, "attempts": 0, "next_try": False})

    def _get_not_parked_domain(self, date_ref):
        """Records that may be tried on the day."""
        return Domain("next_try", "=", False) | Domain("next_try", "<=", date_ref)
