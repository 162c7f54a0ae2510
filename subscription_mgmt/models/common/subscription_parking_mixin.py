import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .isolation import run_isolated

_logger = logging.getLogger(__name__)
VIEWER = "subscription_mgmt.group_subscription_viewer"


def explain(env, error):
    """Reason of a failure in words for the person who mends it; what nobody foresaw goes to the log in full."""
    if isinstance(error, str):
        return error
    if isinstance(error, UserError):
        return str(error.args[0])
    _logger.error("Unexpected failure in subscription management", exc_info=error)
    return env._("Unexpected problem: %(problem)s", problem=str(error).strip().split("\n")[0])


class SubscriptionParkingMixin(models.AbstractModel):
    """What fails in the background is set aside with its reason, told to one person, and tried again later."""

    _name = "subscription.parking.mixin"
    _inherit = "subscription.alert.mixin"
    _description = "Set Aside After a Failure"
    # What kind of task tells of a failure
    _parking_activity = "subscription_mgmt.mail_activity_type_billing_error"

    subscription_parking_ids = fields.One2many(
        comodel_name="subscription.parking",
        inverse_name="res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        string="Set Aside",
        groups=VIEWER,
    )
    subscription_error = fields.Text(
        string="Problem",
        compute="_compute_subscription_error",
        search="_search_subscription_error",
        compute_sudo=True,
        groups=VIEWER,
        help="Why the last attempt failed.",
    )
    subscription_next_try = fields.Date(
        string="Next Try", compute="_compute_subscription_error", compute_sudo=True, groups=VIEWER
    )

    @api.depends("subscription_parking_ids.reason", "subscription_parking_ids.next_try")
    def _compute_subscription_error(self):
        for record in self:
            rows = record.subscription_parking_ids
            record.subscription_error = "\n".join(dict.fromkeys(rows.mapped("reason"))) or False
            record.subscription_next_try = min(rows.filtered("next_try").mapped("next_try"), default=False)

    def _search_subscription_error(self, operator, value):
        if operator == "in" and not any(value):
            return Domain("subscription_parking_ids", "=", False)
        if operator == "not in" and not any(value):
            return Domain("subscription_parking_ids", "!=", False)
        if operator.startswith("not "):
            return NotImplemented
        return Domain("subscription_parking_ids.reason", operator, value)

    # === FAILURE AND SUCCESS === #
    def _park(self, step, error, date_ref):
        """Set a step of the records aside after a failure.

        :param step: what failed, a key of `subscription.parking`.
        :param error: the exception, or its text.
        :param date_ref: day of the attempt, from which the pause counts: 1, 2, 4, then 7 days.
        """
        reason = explain(self.env, error)
        rows = self._get_parkings(step)
        missing = self - self.browse(rows.mapped("res_id"))
        rows += rows.create(
            [
                {"res_model": self._name, "res_id": record.id, "step": step, "reason": reason,
                 "company_id": record._get_alert_company().id}
                for record in missing.sudo()
            ]
        )  # fmt: skip
        rows._count(reason, date_ref)

    def _unpark(self, *steps):
        """Forget earlier failures of the steps after a success; their tasks are done."""
        rows = self._get_parkings(*steps)
        if rows:
            rows._close()

    def _get_parkings(self, *steps):
        """Rows of these records and steps."""
        # sudo: nobody keeps these rows by hand
        rows = self.env["subscription.parking"].sudo()
        if not self.ids:
            return rows
        return rows.search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("step", "in", steps)])

    @api.model
    def _get_not_parked_domain(self, step, date_ref):
        """Records of which the step may be tried on the day."""
        # sudo: as in _get_parkings
        later = Domain("next_try", "=", False) | Domain("next_try", ">", date_ref)
        mine = Domain("res_model", "=", self._name) & Domain("step", "=", step)
        waiting = self.env["subscription.parking"].sudo()._search(mine & later)
        return Domain("id", "not in", waiting.subselect("res_id"))

    def _isolate(self, step, work, date_ref, alone=False):
        """Do `work` on the records; those at fault are set aside, and stop none of the others.

        :param work: function of the records; what it wrote is undone where it raises.
        :param alone: do it record by record, rather than again for those that had the misfortune to stand beside.
        :return: the records that were done.
        """
        # Each in the language of its reader: what is raised is the reason that stands there in the morning.
        parts = self._per_reader()
        parts = [record for part in parts for record in part] if alone else parts
        failures = [failure for part in parts for failure in run_isolated(part, work)]
        for record, error in failures:
            record._park(step, error, date_ref)
        done = self - self.browse([record.id for record, _error in failures])
        done.exists()._unpark(step)
        return done

    def _get_parking_note(self, reason):
        """What the person is told who mends it."""
        return reason

    def unlink(self):
        """Override of `base`: nothing is set aside of what is gone."""
        model, ids = self._name, self.ids
        result = super().unlink()
        # sudo: as in _get_parkings
        self.env["subscription.parking"].sudo().search([("res_model", "=", model), ("res_id", "in", ids)]).unlink()
        return result
