from markupsafe import Markup, escape

from odoo import models

PROBLEM = "subscription_mgmt.mail_activity_type_billing_error"


class SubscriptionAlertMixin(models.AbstractModel):
    """The one way to tell somebody that a record waits for a person.

    Models whose records have no activities of their own say on which record the task stands: `_get_alert_target()`.
    Who is told is up to them, too: `_get_alert_users()`; the company sees to it that it is a person who is there.
    """

    _name = "subscription.alert.mixin"
    _description = "Tells a Person"

    def _alert(self, note, kind=PROBLEM, **values):
        """Give the responsible a task; never the system's own user, who reads nothing.

        Texts are made by :meth:`_for_reader` of the record; the name of the kind of task is put into words here.

        :param note: plain text; whatever a customer or a bank has put into it is shown as text, no link even.
        :param kind: XML id of the activity type.
        :param values: further values of the activity (summary, deadline, …).
        :return: the activity; empty where activities are switched off.
        """
        self.ensure_one()
        # sudo: whoever meets the problem may tell of it, whatever else he may do with the record
        record = self.sudo()._for_reader()
        target = record._get_alert_target()
        user = record._get_reader()
        text = Markup("<p>%s</p>") % escape(note).replace("\n", Markup("<br/>"))
        activity = target.activity_schedule(kind, note=text, user_id=user.id, **values)
        return activity or self.env["mail.activity"].sudo()

    # === WHO READS IT === #
    def _get_reader(self):
        """The person who is told of the record; empty where there is nobody."""
        self.ensure_one()
        record = self.sudo()  # sudo: who is responsible decides, whoever asks
        return record._get_alert_company()._get_subscription_person(record._get_alert_users())

    def _for_reader(self):
        """The record in the language of who is told of it: what the night says is read by that person."""
        return self._get_alert_company()._in_language_of(self._get_reader(), self)

    def _per_reader(self):
        """The records in parts, each in the language of those who are told of them: of some it will fail.

        :return: list of recordsets.
        """
        if len(self.env["res.lang"].get_installed()) < 2:
            return [self]
        parts, others = {}, {}
        for record in self.sudo():  # sudo: as in _get_reader
            company = record._get_alert_company()
            person = record._get_alert_users()._filter_subscription_people(company)[:1]
            if not person and company not in others:
                others[company] = company._get_subscription_person()
            lang = company._get_language_of(person or others[company])
            parts.setdefault(lang, []).append(record.id)
        return [self.browse(ids).with_context(lang=lang) for lang, ids in parts.items()]

    def _get_alert_target(self):
        """Record on which the task stands."""
        return self

    def _get_alert_company(self):
        """Company whose people are told."""
        return self.company_id

    def _get_alert_users(self):
        """Users to tell, the first who can be told; nobody: those who bill in the company."""
        return self.env["res.users"]
