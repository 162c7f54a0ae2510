from odoo import fields, models
from odoo.fields import Domain

from .subscription_billing_parking import BACK_OFF, explain


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
