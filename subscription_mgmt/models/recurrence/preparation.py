"""What is made of an interaction when its day is near: an activity, a calendar event, a project task."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..common.batches import Job
from ..common.context import FOLLOWED, LEDGER, QUIET
from .subscription_interaction import NEAR_DAYS

PREPARE = Job(
    "subscription.interaction", "_get_unprepared_domain", "_prepare_all", "prepare", 200, order="occurrence_date, id"
)
# Activities are seen in the agenda and the systray; an e-mail for each would be one too many.
SILENT = {**QUIET, "mail_activity_quick_update": True, "mail_auto_subscribe_no_notify": True, "dont_notify": True}


class SubscriptionInteraction(models.Model):
    _inherit = "subscription.interaction"

    # === PREPARING === #
    @api.model
    def _get_unprepared_domain(self, company, date_ref):
        """Planned ones whose day is near and of which nothing was made yet."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "planned")
            & Domain("is_prepared", "=", False)
            & Domain("occurrence_date", "<=", date_ref + timedelta(days=NEAR_DAYS))
            # A filter is looked at on the day itself
            & (
                Domain("occurrence_date", "<=", date_ref)
                | Domain("recurrence_id", "=", False)
                | Domain("recurrence_id.audience", "!=", "filter")
            )
        )

    def _prepare(self, date_ref):
        """Make of the interactions what their types say; one that fails is set aside with its reason.

        :param date_ref: today in the company of the interactions.
        """
        self._isolate("prepare", lambda rows: rows._prepare_all(date_ref), date_ref)

    def _prepare_all(self, date_ref):
        """Make of the interactions what their types say, all or none."""
        rows = self.with_context(**SILENT)._expand_filter(date_ref)
        for makes, same in rows.filtered(lambda row: not row.is_prepared).grouped("makes").items():
            same._make(makes)
        rows._write_act({"is_prepared": True})

    def _get_alert_users(self):
        """Whoever is to do it is told when it cannot be prepared."""
        return self.user_id | self.recurrence_id.create_uid

    def _make(self, makes):
        if makes == "event":
            self._make_events()
        elif makes == "task":
            self._make_tasks()
        if makes in ("activity", "invoice", "task"):
            self._make_activities()

    def _make_activities(self):
        """One activity each, so that the systray of the responsible counts it."""
        model = self.env["ir.model"]._get_id(self._name)
        rows = self.filtered(lambda row: not row._get_made_activities())
        types = {type_: type_._get_activity_type().id for type_ in rows.type_id}
        rows.mapped("display_name")  # activities ask for it one by one
        activities = self.env["mail.activity"].create(
            [
                {
                    "res_model_id": model,
                    "res_id": row.id,
                    "activity_type_id": types[row.type_id],
                    "summary": row.name,
                    "note": plaintext2html(row.note or ""),
                    "date_deadline": row.occurrence_date,
                    "user_id": row.user_id.id,
                    "automated": True,
                }
                for row in rows
            ]
        )
        for row, activity in zip(rows, activities, strict=True):
            row._write_sealed({"activity_id": activity.id})

    def _make_events(self):
        rows = self.filtered(lambda row: not row.event_id)
        # What is being made moves no interaction.
        events = (
            self.env["calendar.event"]
            .with_context(subscription_followed=FOLLOWED)
            .create(
                [
                    {
                        "name": row.display_name,
                        "description": plaintext2html(row.note or ""),
                        "allday": row.all_day,
                        "start": row.date_start,
                        "stop": row.date_stop,
                        "user_id": row.user_id.id,
                        "partner_ids": [(6, 0, (row.user_id.partner_id | row.partner_id).ids)],
                        **(
                            {"start_date": row.occurrence_date, "stop_date": row.occurrence_date} if row.all_day else {}
                        ),
                    }
                    for row in rows
                ]
            )
        )
        for row, event in zip(rows, events.with_env(self.env), strict=True):
            row._write_sealed({"event_id": event.id})

    def _make_tasks(self):
        rows = self.filtered(lambda row: not row.task_id)
        tasks = self.env["project.task"].create(
            [
                {
                    "name": row.display_name,
                    "description": plaintext2html(row.note or ""),
                    "project_id": row.type_id.project_id.id,
                    "partner_id": row.partner_id.id if row.type_id.project_id else False,
                    "company_id": row.company_id.id,
                    "date_deadline": row.date_start,
                    "user_ids": [(6, 0, row.user_id.ids)],
                }
                for row in rows
            ]
        )
        for row, task in zip(rows, tasks, strict=True):
            row._write_sealed({"task_id": task.id})

    # === CUSTOMER FILTER === #
    def _expand_filter(self, date_ref):
        """Look at the customer filters: each interaction that stands for all customers becomes one for each.

        :return: the interactions to prepare; those that no customer matched are skipped and not among them.
        """
        waiting = self.filtered(
            lambda row: row.recurrence_id.audience == "filter" and not row.partner_id and not row.is_prepared
        )
        result = self - waiting
        for row in waiting:
            result |= row._expand_one(row.recurrence_id._get_filtered_partners())
        return result

    def _expand_one(self, partners):
        self.ensure_one()
        if not partners:
            self._write_act({"state": "cancelled", "outcome": self.env._("No customer matched the filter on the day.")})
            return self.browse()
        self.partner_id = partners[0]
        values = self.recurrence_id._prepare_interaction_values(
            self.slot_key, self.occurrence_date, self.partner_id, None
        )
        rows = self.with_context(subscription_ledger=LEDGER)
        values |= {"user_id": self.user_id.id, "is_moved": self.is_moved, "covers_key": self.covers_key}
        return self | rows.create([{**values, "partner_id": partner.id} for partner in partners[1:]])

    # === AFTERWARDS === #
    def _get_made_activities(self):
        """Activities that were made of the interactions; those that people added by hand are theirs."""
        return self.activity_id.filtered("active")

    def _follow_change(self, vals):
        """Carry a change of day, person or subject over to what was made of the interactions."""
        # sudo: whoever may change an interaction takes what was made of it along
        for row in self.filtered("is_prepared").sudo().with_context(**SILENT, subscription_followed=FOLLOWED):
            row._get_made_activities().write(
                {"date_deadline": row.occurrence_date, "user_id": row.user_id.id, "summary": row.name}
            )
            if row.event_id:
                row.event_id.write(row._prepare_event_change())
            if row.task_id:
                row.task_id.write({"date_deadline": row.date_start, "user_ids": [(6, 0, row.user_id.ids)]})

    def _prepare_event_change(self):
        days = {"start_date": self.occurrence_date, "stop_date": self.occurrence_date} if self.all_day else {}
        return {"start": self.date_start, "stop": self.date_stop, "user_id": self.user_id.id, **days}

    def _close_made(self, outcome=False):
        """Close activities and tasks of interactions that were done."""
        rows = self.with_context(subscription_followed=FOLLOWED)
        rows._get_made_activities().action_feedback(feedback=outcome)
        # sudo: whoever may finish an interaction finishes its task
        rows.task_id.sudo().filtered(lambda task: not task.is_closed).write({"state": "1_done"})

    def _unmake(self):
        """Take away what was made of interactions that will not take place."""
        rows = self.with_context(subscription_followed=FOLLOWED)
        rows._get_made_activities().unlink()
        # sudo: whoever may skip an interaction may take its event and task with it
        rows.event_id.sudo().unlink()
        rows.task_id.sudo().filtered(lambda task: not task.is_closed).write({"state": "1_canceled"})

    # === CRON === #
    @api.model
    def _cron_prepare_interactions(self):
        """Make activities, events and tasks of the days that are near; commits per batch."""
        self.env["subscription.batches"]._run(PREPARE)
