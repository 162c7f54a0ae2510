from odoo import models


class SubscriptionAlertMixin(models.AbstractModel):
    """Records that a person must hear of when a step of billing fails: one open activity each, closed by success.

    Who is told is up to the model: `_get_parking_user()`.
    """

    _name = "subscription.alert.mixin"
    _description = "Tells one person about a billing problem"

    def _get_parking_activities(self):
        kind = self.env.ref("subscription_mgmt.mail_activity_type_billing_error")
        return self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _schedule_parking_activity(self, reason):
        """Tell the responsible once, not every night."""
        # sudo: whoever bills may tell the responsible, whatever else he may do with the record
        told = self.sudo()._get_parking_activities().mapped("res_id")
        for record in self.sudo().filtered(lambda record: record.id not in told):
            record.activity_schedule(
                "subscription_mgmt.mail_activity_type_billing_error",
                note=reason,
                user_id=record._get_parking_user().id,
            )

    def _close_parking_activities(self, feedback):
        """What failed has succeeded since."""
        self.sudo()._get_parking_activities().action_feedback(feedback=feedback)  # sudo: as when scheduling
