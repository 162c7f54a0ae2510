"""Why a recurrence rule is not taken: one code and one sentence per reason.

The sentences stand here, beside the rules they explain, and are marked for translation; this layer still says them in
English only. The Odoo layer says them in the user's language: ``env._(REASONS[refusal.code]) % refusal.params``.
"""

from ..refusal import Refusal


def _lt(source):
    """Mark a sentence for the export of terms."""
    return source


# Filled in with the particulars by the % operator: a per cent sign is written twice.
REASONS = {
    # === The rule === #
    "bad_frequency": _lt("A rule repeats every so many days, weeks, months or years, not “%(value)s”."),
    "bad_interval": _lt("The interval must be from 1 to %(limit)s, not %(value)s."),
    "no_weekday": _lt("A weekly rule needs at least one day of the week."),
    "bad_weekday": _lt("A day of the week is a number from 0 (Monday) to 6 (Sunday), not %(value)s."),
    "one_weekday": _lt("The first, second … or last weekday of a month needs exactly one day of the week."),
    "bad_month_by": _lt("A month is divided by date, by weekday or by working day, not by “%(value)s”."),
    "bad_day": _lt("The day of the month must be from 1 to 31."),
    "bad_position": _lt("The weekday of a month is the first, second, third, fourth or last one (1 to 4, or -1)."),
    "bad_month": _lt("A yearly rule needs a month from 1 to 12."),
    "bad_month_end": _lt("In a shorter month a day is moved to the last day or skipped, not “%(value)s”."),
    "bad_year": _lt("A rule starts and ends in the years %(first)s to %(last)s, not in %(value)s."),
    "end_before_start": _lt("The rule ends on %(until)s, before it starts on %(start)s."),
    "until_and_count": _lt("A rule ends on a date or after a number of times, not both."),
    "bad_count": _lt("The number of times must be from 1 to %(limit)s, not %(value)s."),
    "no_slot": _lt("The rule gives no date from %(first)s to %(last)s."),
    # === The time === #
    "bad_zone": _lt("“%(value)s” is not a known time zone. Use a name such as Europe/Bucharest."),
    "bad_shift": _lt("“%(value)s” is not a way to avoid days off."),
    "aware_start": _lt("The start must be a local date or time without a time zone."),
    # === RFC 5545 text === #
    "text_too_long": _lt("The text is longer than %(limit)s characters."),
    "no_rule_line": _lt("The text holds no RRULE line."),
    "no_start_line": _lt("The text holds no DTSTART line, so the rule has no beginning."),
    "twice_line": _lt("The text holds %(name)s twice; one rule with one start is taken."),
    "bad_line": _lt("The line “%(value)s” is not taken: only DTSTART, RRULE, EXDATE and RDATE are."),
    "bad_stamp": _lt("“%(value)s” is not a date (20261231) or a date with time (20261231T093000)."),
    "mixed_stamps": _lt("Excluded and extra dates must be written like the start: “%(value)s”."),
    "bad_part": _lt("“%(value)s” is not a part of a rule; a part reads NAME=VALUE."),
    "twice_part": _lt("The part %(name)s stands in the rule twice."),
    "unknown_part": _lt("The part %(name)s is not known."),
    "bad_value": _lt("“%(value)s” is not a value for %(name)s."),
    "no_frequency": _lt("The rule has no FREQ part."),
    "part_not_with": _lt("%(name)s cannot be used with FREQ=%(frequency)s."),
    "ordinal_with_week": _lt("A numbered weekday in BYDAY cannot be used with BYWEEKNO."),
    "setpos_alone": _lt("BYSETPOS needs another BY… part to choose from."),
    "time_in_dates": _lt("%(name)s needs a start with a time of day."),
    "mixed_byday": _lt("BYDAY mixes numbered and plain weekdays; calendars read that differently."),
    "bad_calendar": _lt("Rules follow the Gregorian calendar only, not %(value)s."),
    "skip_alone": _lt("SKIP needs RSCALE=GREGORIAN beside it."),
    "bad_skip": _lt("A missing day can be left out, or moved to the end of its month; not SKIP=%(value)s here."),
    "too_sparse": _lt("The rule gives no date within the years that are searched."),
    "extra_time": _lt("The extra date %(value)s has another time of day than the start."),
    # === Valid, but more than a recurrence can hold === #
    "outside_frequency": _lt("A recurrence repeats by the day at most, not FREQ=%(name)s. The rule gives: %(dates)s."),
    "outside_part": _lt("A recurrence cannot hold this use of %(name)s. The rule gives: %(dates)s."),
    "outside_daily": _lt("Every so many days on certain weekdays cannot be held. The rule gives: %(dates)s."),
    "outside_several": _lt("A recurrence holds one value of %(name)s. The rule gives: %(dates)s."),
    "outside_no_month": _lt("A yearly rule needs its month (BYMONTH). The rule gives: %(dates)s."),
    "outside_from_end": _lt(
        "Counted from the end, only the last day of the month is taken. The rule gives: %(dates)s."
    ),
    "outside_position": _lt(
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
