"""The rule of a recurrence as fields, and the plain-Python rule that is made from them."""

import dataclasses
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ...tools import recurrence as engine
from ...tools.recurrence.check import check
from ...tools.recurrence.refusal import RuleRefusal
from ...tools.recurrence.rule import Rule

_lt = LazyTranslate(__name__)

# Reasons that the plain-Python rules do not know
MISSING = {
    "no_start": _lt("The first day is missing."),
    "no_end": _lt("The last day is missing."),
    "every_day": _lt("There is an interaction every day: no other day to move them all to. Move this one only."),
}
WEEKDAY_FLAGS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RULE_FIELDS = (
    "frequency", "interval", *WEEKDAY_FLAGS, "month_by", "day", "weekday_position", "weekday", "month",
    "month_end_policy", "date_start", "end_kind", "date_end", "count", "week_start",
)  # fmt: skip


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    # === HOW OFTEN === #
    frequency = fields.Selection(
        selection=[("daily", "Days"), ("weekly", "Weeks"), ("monthly", "Months"), ("yearly", "Years")],
        required=True,
        default="weekly",
    )
    interval = fields.Integer(string="Every", default=1, required=True)
    mon, tue, wed, thu, fri, sat, sun = (fields.Boolean() for _weekday in WEEKDAY_FLAGS)
    month_by = fields.Selection(
        selection=[("date", "Day of Month"), ("weekday", "Weekday of Month"), ("workday", "Working Day of Month")],
        string="On",
        required=True,
        default="date",
        help="Working days here are Monday to Friday.",
    )
    day = fields.Integer(string="Day of Month", default=lambda self: self.env.company._subscription_today().day)
    weekday_position = fields.Selection(
        selection=[("1", "First"), ("2", "Second"), ("3", "Third"), ("4", "Fourth"), ("-1", "Last")],
        default="1",
        help="A fifth weekday does not exist in every month; choose the last instead.",
    )
    weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        default="0",
    )
    month = fields.Selection(
        selection=[
            ("1", "January"),
            ("2", "February"),
            ("3", "March"),
            ("4", "April"),
            ("5", "May"),
            ("6", "June"),
            ("7", "July"),
            ("8", "August"),
            ("9", "September"),
            ("10", "October"),
            ("11", "November"),
            ("12", "December"),
        ],
        default=lambda self: str(self.env.company._subscription_today().month),
    )
    month_end_policy = fields.Selection(
        selection=[("clamp", "On the last day"), ("skip", "Not at all")],
        string="In Shorter Months",
        required=True,
        default="clamp",
    )
    week_start = fields.Selection(
        selection=[("0", "Monday"), ("5", "Saturday"), ("6", "Sunday")],
        string="Week Begins On",
        required=True,
        default="0",
        help="Decides which weeks are meant by “every two weeks”.",
    )
    # === FROM WHEN, UNTIL WHEN === #
    date_start = fields.Date(
        string="From",
        required=True,
        copy=False,
        tracking=True,
        default=lambda self: self.env.company._subscription_today(),
    )
    end_kind = fields.Selection(
        selection=[("forever", "Without End"), ("until", "Until"), ("count", "Number of Times")],
        string="Ends",
        required=True,
        default="forever",
    )
    date_end = fields.Date(string="Until", tracking=True, help="Last day on which there may be an interaction.")
    count = fields.Integer(
        string="Times", default=12, help="Counted from the first date; dates left out count, too, and so do past ones."
    )
    # === DAYS OFF === #
    shift_mode = fields.Selection(
        selection=[
            ("none", "Keep the day"),
            ("next", "Next working day"),
            ("previous", "Working day before"),
            ("nearest", "Nearest working day"),
            ("modified_next", "Next working day of the month"),
            ("modified_previous", "Working day before, in the month"),
            ("skip", "Leave it out"),
        ],
        string="On Days Off",
        required=True,
        default="none",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Days",
        check_company=True,
        help="Empty: the working hours of the responsible, else of the company.",
    )
    # === WHAT STANDS === #
    rule_in_force = fields.Json(
        copy=False,
        export_string_translation=False,
        help="The rule from which the interactions that stand were made.",
    )
    rule_outdated = fields.Boolean(copy=False, readonly=True, help="Changed since the interactions were made.")
    date_last = fields.Date(string="Last Date", compute="_compute_date_last", store=True, copy=False)
    sentence = fields.Char(string="Rule", compute="_compute_sentence")

    # === THE RULE === #
    def _get_rule(self):
        """The rule that the fields say now, whether they make sense or not."""
        self.ensure_one()
        by_weekday = self.frequency in ("monthly", "yearly") and self.month_by == "weekday"
        if by_weekday:
            weekdays = (int(self.weekday),) if self.weekday else ()
        else:
            weekdays = tuple(number for number, flag in enumerate(WEEKDAY_FLAGS) if self[flag])
        return Rule(
            frequency=self.frequency,
            interval=self.interval,
            weekdays=weekdays,
            month_by=self.month_by,
            day=self.day,
            weekday_position=int(self.weekday_position) if self.weekday_position else None,
            month=int(self.month) if self.month else None,
            month_end_policy=self.month_end_policy,
            start=self.date_start,
            until=self.date_end or None if self.end_kind == "until" else None,
            count=self.count if self.end_kind == "count" else None,
            week_start=int(self.week_start),
        )

    def _get_checked_rule(self):
        """The rule that the fields say.

        :raise RuleRefusal: it means nothing, contradicts itself or gives no date.
        """
        self.ensure_one()
        if not self.date_start:
            raise RuleRefusal("no_start")
        if self.end_kind == "until" and not self.date_end:
            raise RuleRefusal("no_end")
        rule = self._get_rule()
        check(rule)
        return rule

    def _get_rule_in_force(self):
        """The rule that the interactions that stand were made from; the typed one before there are any."""
        self.ensure_one()
        return self._read_rule(self.rule_in_force) if self.rule_in_force else self._get_checked_rule()

    def _put_in_force(self, rule):
        """Remember the rule of the interactions that stand."""
        self.ensure_one()
        self.rule_in_force = self._dump_rule(rule)

    @api.model
    def _dump_rule(self, rule):
        """The rule as JSON can hold it; :meth:`_read_rule` is the other way round."""
        stored = dataclasses.asdict(rule)
        days = {name: stored[name] and stored[name].isoformat() for name in ("start", "until")}
        return {**stored, "weekdays": list(stored["weekdays"]), **days}

    @api.model
    def _read_rule(self, stored):
        days = {name: stored[name] and date.fromisoformat(stored[name]) for name in ("start", "until")}
        return Rule(**{**stored, "weekdays": tuple(stored["weekdays"]), **days})

    def _goes_on(self):
        """Whether dates follow after the horizon of today."""
        self.ensure_one()
        horizon = self._get_horizon(self.company_id._subscription_today())
        return bool(engine.next_slots(self._get_rule_in_force(), horizon, 1))

    def _prepare_rule_values(self, rule):
        """Field values that say this rule; the other way round of :meth:`_get_rule`."""
        ends = {"end_kind": "until" if rule.until else "count" if rule.count else "forever"}
        chosen = rule.weekdays if rule.frequency == "weekly" else ()
        return {
            "frequency": rule.frequency,
            "interval": rule.interval,
            "date_start": rule.start,
            "month_by": rule.month_by,
            "month_end_policy": rule.month_end_policy,
            "week_start": str(rule.week_start),
            "date_end": rule.until or False,
            **{flag: number in chosen for number, flag in enumerate(WEEKDAY_FLAGS)},
            **({"day": rule.day} if rule.day else {}),
            **({"weekday_position": str(rule.weekday_position)} if rule.weekday_position else {}),
            **({"weekday": str(rule.weekdays[0])} if rule.is_in_months and rule.weekdays else {}),
            **({"month": str(rule.month)} if rule.month else {}),
            **({"count": rule.count} if rule.count else {}),
            **ends,
        }

    @api.model
    def _describe_rule(self, rule):
        """The rule as a sentence in the user's language."""
        return engine.describe(rule, self.env.lang or "en")

    @api.model
    def _say_refusal(self, refusal):
        """The reason why a rule is not taken, in the user's language."""
        own = MISSING.get(refusal.code)
        return self._fill_in(str(own) if own else self.env._(refusal.sentence), refusal.params)

    @api.model
    def _fill_in(self, sentence, params):
        """The sentence with its particulars; dates as people write them."""
        shown = {
            name: format_date(self.env, value) if isinstance(value, date) else value for name, value in params.items()
        }
        return sentence % shown

    # === COMPUTES === #
    @api.depends("rule_in_force")
    def _compute_date_last(self):
        for recurrence in self:
            stands = recurrence.rule_in_force
            recurrence.date_last = (stands and engine.last_slot(recurrence._get_rule_in_force())) or False

    @api.depends(*RULE_FIELDS)
    @api.depends_context("lang")
    def _compute_sentence(self):
        for recurrence in self:
            try:
                recurrence.sentence = recurrence._describe_rule(recurrence._get_checked_rule())
            except RuleRefusal as refusal:
                recurrence.sentence = recurrence._say_refusal(refusal)

    # === CONSTRAINTS === #
    @api.constrains(*RULE_FIELDS)
    def _check_rule(self):
        for recurrence in self:
            try:
                recurrence._get_checked_rule()
            except RuleRefusal as refusal:
                raise ValidationError(recurrence._say_refusal(refusal)) from refusal
