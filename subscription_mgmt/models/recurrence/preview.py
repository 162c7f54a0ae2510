"""What a rule will give, shown while it is typed: a small calendar, the next dates; and the rule as RFC 5545 text."""

from calendar import Calendar
from datetime import time, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, get_lang

from ...tools import recurrence as engine
from ...tools.recurrence.refusal import RuleRefusal
from ...tools.recurrence.text import from_text, to_text
from .rule import RULE_FIELDS

SHOWN_DATES = 5
SHOWN_MONTHS = 3


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    preview = fields.Html(string="Next Dates", compute="_compute_preview", sanitize=False)
    rrule = fields.Text(
        string="Rule as Text (RFC 5545)",
        compute="_compute_rrule",
        inverse="_inverse_rrule",
        help="For other calendars. A text that is written here is taken over exactly, or refused with the reason.",
    )

    # === PREVIEW === #
    @api.depends(*RULE_FIELDS, "exception_ids.date", "exception_ids.kind", "shift_mode", "calendar_id", "user_id")
    @api.depends_context("lang", "tz")
    def _compute_preview(self):
        for recurrence in self:
            recurrence.preview = self.env["ir.qweb"]._render(
                "subscription_mgmt.subscription_recurrence_preview", recurrence._prepare_preview()
            )

    def _prepare_preview(self):
        """Values of the preview, or the reason why there is none."""
        self.ensure_one()
        try:
            rule = self._get_checked_rule()
            days = self._get_preview_days(rule)
        except RuleRefusal as refusal:
            return {"refusal": self._say_refusal(refusal)}
        today = self.company_id._subscription_today()
        upcoming = [slot for slot in days if days[slot] >= today]
        first = days[upcoming[0]] if upcoming else today
        return {
            "refusal": False,
            "sentence": self._describe_rule(rule),
            "dates": [self._prepare_preview_date(slot, days[slot]) for slot in upcoming[:SHOWN_DATES]],
            "is_over": not upcoming,
            **self._prepare_preview_months(first, set(days.values()), today),
        }

    def _get_preview_days(self, rule):
        """Slot → day for as far as the preview shows."""
        today = (self.company_id or self.env.company)._subscription_today()
        left_out, extra = self._get_exception_days()
        following = engine.next_slots(rule, today - timedelta(days=1), SHOWN_DATES + len(left_out))
        first = min([*following[:1], *extra], default=today).replace(day=1)
        last = first + timedelta(days=31 * SHOWN_MONTHS)
        slots = {*following, *engine.slots(rule, first, last), *extra} - left_out
        return self._plan_days(sorted(slots), rule)

    def _prepare_preview_date(self, slot, day):
        text = format_date(self.env, day, date_format="EEE d MMM y")
        away = self.env._("instead of %(day)s", day=format_date(self.env, slot, date_format="EEE d MMM"))
        return {"text": text, "shifted": away if slot != day else False}

    def _prepare_preview_months(self, first, marked, today):
        """Weeks of the months from the first date on, with the days that are marked."""
        week_start = int(get_lang(self.env).week_start) - 1
        calendar = Calendar(week_start)
        month, months = first.replace(day=1), []
        for _number in range(SHOWN_MONTHS):
            weeks = [
                [self._prepare_preview_day(day, month, marked, today) for day in week]
                for week in calendar.monthdatescalendar(month.year, month.month)
            ]
            months.append({"name": format_date(self.env, month, date_format="LLLL y"), "weeks": weeks})
            month = fields.Date.add(month, months=1)
        # A week that is known to begin on a Monday
        monday = fields.Date.to_date("2024-01-01")
        names = [
            format_date(self.env, monday + timedelta(days=(week_start + number) % 7), date_format="EEEEEE")
            for number in range(7)
        ]
        return {"months": months, "weekdays": names}

    def _prepare_preview_day(self, day, month, marked, today):
        if day.month != month.month:
            return {"number": "", "marked": False, "today": False}
        return {"number": day.day, "marked": day in marked, "today": day == today}

    def _get_next_day(self):
        """Day of the next interaction that stands or will be made; None when there is none any more."""
        self.ensure_one()
        if self.date_next:
            return self.date_next
        days = self._get_preview_days(self._get_checked_rule())
        today = self.company_id._subscription_today()
        return min((day for day in days.values() if day >= today), default=None)

    # === RFC 5545 === #
    @api.depends(*RULE_FIELDS, "exception_ids.date", "exception_ids.kind", "all_day", "time", "tz")
    def _compute_rrule(self):
        for recurrence in self:
            try:
                recurrence.rrule = recurrence._get_rule_text()
            except RuleRefusal:
                recurrence.rrule = False

    def _get_rule_text(self):
        """The recurrence as RFC 5545 text, exceptions included.

        :raise RuleRefusal: the rule is not complete.
        """
        self.ensure_one()
        hour, minute = divmod(round(self.time * 60), 60)
        left_out, extra = self._get_exception_days()
        return to_text(
            self._get_checked_rule(),
            time=None if self.all_day else time(hour % 24, minute),
            tz=None if self.all_day else self.tz,
            exclude=left_out,
            include=extra,
        )

    def _inverse_rrule(self):
        """Take over a pasted rule, exactly.

        :raise ValidationError: it is not RFC 5545, or more than a recurrence can hold.
        """
        for recurrence in self.filtered("rrule"):
            try:
                parsed = from_text(recurrence.rrule, start=recurrence.date_start)
            except RuleRefusal as refusal:
                raise ValidationError(recurrence._say_refusal(refusal)) from refusal
            recurrence.write(recurrence._prepare_parsed_values(parsed))

    def _prepare_parsed_values(self, parsed):
        exceptions = [("skip", day) for day in parsed.exclude] + [("extra", day) for day in parsed.include]
        values = {
            **self._prepare_rule_values(parsed.rule),
            "exception_ids": [(5,), *((0, 0, {"kind": kind, "date": day}) for kind, day in exceptions)],
            "all_day": parsed.time is None,
        }
        if parsed.time:
            values["time"] = parsed.time.hour + parsed.time.minute / 60
        if parsed.tz:
            values["tz"] = parsed.tz
        return values
