"""Work that is done elsewhere in Odoo finishes the interaction it was made of: activity, task, meeting, invoice."""

from odoo import models

from ..common.context import FOLLOWED


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Override of `mail` to finish the interaction with its activity, from wherever that is marked as done."""
        rows = self.env["subscription.interaction"]
        if self.env.context.get("subscription_followed") is not FOLLOWED:
            # sudo: as below
            rows = rows.sudo().search([("activity_id", "in", self.ids), ("state", "=", "planned")])
            rows._check_invoice_confirmed()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if rows:
            # sudo: whoever an activity is assigned to may do it, whatever else he may do with the record
            rows._finish(feedback)
        return result


class ProjectTask(models.Model):
    _inherit = "project.task"

    def write(self, vals):
        """Override of `project` to finish the interaction with its task."""
        result = super().write(vals)
        if "state" in vals and self.env.context.get("subscription_followed") is not FOLLOWED:
            done = self.filtered(lambda task: task.state == "1_done")
            # sudo: doing the task is enough
            rows = self.env["subscription.interaction"].sudo().search([("task_id", "in", done.ids)])
            rows.filtered(lambda row: row.state == "planned")._finish()
        return result


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def write(self, vals):
        """Override of `calendar` to move the interaction with its meeting."""
        result = super().write(vals)
        moved = {"start", "stop", "start_date"} & set(vals)
        if moved and self.env.context.get("subscription_followed") is not FOLLOWED:
            # sudo: moving the meeting is enough
            rows = self.env["subscription.interaction"].sudo().search([("event_id", "in", self.ids)])
            for row in rows.filtered(lambda row: row.state == "planned"):
                event = row.event_id
                row.with_context(subscription_followed=FOLLOWED).write(
                    {
                        "all_day": event.allday,
                        "date_start": event.start,
                        "date_stop": event.stop,
                        **({"occurrence_date": event.start_date} if event.allday else {}),
                    }
                )
        return result
