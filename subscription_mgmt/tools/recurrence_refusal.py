"""Why a recurrence rule is not taken: one code and one sentence per reason.

The sentences stand here, beside the rules they explain, and are marked for translation; this layer still says them in
English only. The Odoo layer says them in the user's language: ``env._(REASONS[refusal.code]) % refusal.params``.
"""

from .refusal import Refusal


def _(source):
    """Mark a sentence for the export of terms."""
    return source


# Filled in with the particulars by the % operator: a per cent sign is written twice.
REASONS = {
    # === The rule === #
    "bad_frequency": _("A rule repeats every so many days, weeks, months or years, not “%(value)s”."),
    "bad_interval": _("The interval must be from 1 to %(limit)s, not %(value)s."),
    "no_weekday": _("A weekly rule needs at least one day of the week."),
    "bad_weekday": _("A day of the week is a number from 0 (Monday) to 6 (Sunday), not %(value)s."),
    "one_weekday": _("The first, second … or last weekday of a month needs exactly one day of the week."),
    "bad_month_by": _("A month is divided by date, by weekday or by working day, not by “%(value)s”."),
    "bad_day": _("The day of the month must be from 1 to 31."),
    "bad_position": _("The weekday of a month is the first, second, third, fourth or last one (1 to 4, or -1)."),
    "bad_month": _("A yearly rule needs a month from 1 to 12."),
    "bad_month_end": _("In a shorter month a day is moved to the last day or skipped, not “%(value)s”."),
    "bad_year": _("A rule starts and ends in the years %(first)s to %(last)s, not in %(value)s."),
    "end_before_start": _("The rule ends on %(until)s, before it starts on %(start)s."),
    "until_and_count": _("A rule ends on a date or after a number of times, not both."),
    "bad_count": _("The number of times must be from 1 to %(limit)s, not %(value)s."),
    "no_slot": _("The rule gives no date from %(first)s to %(last)s."),
    # === The time === #
    "bad_zone": _("“%(value)s” is not a known time zone. Use a name such as Europe/Bucharest."),
    "bad_shift": _("“%(value)s” is not a way to avoid days off."),
    "aware_start": _("The start must be a local date or time without a time zone."),
    # === RFC 5545 text === #
    "text_too_long": _("The text is longer than %(limit)s characters."),
    "no_rule_line": _("The text holds no RRULE line."),
    "no_start_line": _("The text holds no DTSTART line, so the rule has no beginning."),
    "twice_line": _("The text holds %(name)s twice; one rule with one start is taken."),
    "bad_line": _("The line “%(value)s” is not taken: only DTSTART, RRULE, EXDATE and RDATE are."),
    "bad_stamp": _("“%(value)s” is not a date (20261231) or a date with time (20261231T093000)."),
    "mixed_stamps": _("Excluded and extra dates must be written like the start: “%(value)s”."),
    "bad_part": _("“%(value)s” is not a part of a rule; a part reads NAME=VALUE."),
    "twice_part": _("The part %(name)s stands in the rule twice."),
    "unknown_part": _("The part %(name)s is not known."),
    "bad_value": _("“%(value)s” is not a value for %(name)s."),
    "no_frequency": _("The rule has no FREQ part."),
    "part_not_with": _("%(name)s cannot be used with FREQ=%(frequency)s."),
    "ordinal_with_week": _("A numbered weekday in BYDAY cannot be used with BYWEEKNO."),
    "setpos_alone": _("BYSETPOS needs another BY… part to choose from."),
    "time_in_dates": _("%(name)s needs a start with a time of day."),
    "mixed_byday": _("BYDAY mixes numbered and plain weekdays; calendars read that differently."),
    "bad_calendar": _("Rules follow the Gregorian calendar only, not %(value)s."),
    "skip_alone": _("SKIP needs RSCALE=GREGORIAN beside it."),
    "bad_skip": _("A missing day can be left out, or moved to the end of its month; not SKIP=%(value)s here."),
    "too_sparse": _("The rule gives no date within the years that are searched."),
    "extra_time": _("The extra date %(value)s has another time of day than the start."),
    # === Valid, but more than a recurrence can hold === #
    "outside_frequency": _("A recurrence repeats by the day at most, not FREQ=%(name)s. The rule gives: %(dates)s."),
    "outside_part": _("A recurrence cannot hold this use of %(name)s. The rule gives: %(dates)s."),
    "outside_daily": _("Every so many days on certain weekdays cannot be held. The rule gives: %(dates)s."),
    "outside_several": _("A recurrence holds one value of %(name)s. The rule gives: %(dates)s."),
    "outside_no_month": _("A yearly rule needs its month (BYMONTH). The rule gives: %(dates)s."),
    "outside_from_end": _("Counted from the end, only the last day of the month is taken. The rule gives: %(dates)s."),
    "outside_position": _(
        "Of the weekdays of a month, the first to the fourth and the last are taken. The rule gives: %(dates)s."
    ),
}


class RuleRefusal(Refusal, ValueError):
    """A rule, a text or a time that is not taken; a :class:`ValueError` whose text is the English sentence.

    :ivar code: key of :data:`REASONS`
    :ivar params: what the sentence names; a ``date`` is left a date, so that it can be shown as people write it
    """

    @property
    def sentence(self) -> str:
        """The reason in English, without its particulars filled in; the term to translate."""
        return REASONS[self.code]

    def __str__(self):
        return self.sentence % {"dates": "…", **self.params}
