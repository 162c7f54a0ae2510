"""The rule of a recurrence: what a person can say in the form, and nothing that is derived later.

Everything is explicit: no part of the rule comes from the user's language, from the process or, but for the parity of
weeks, months and years that an interval counts, from the start (RECURRENCE.md S-2).
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

FREQUENCIES = ("daily", "weekly", "monthly", "yearly")
POSITIONS = (1, 2, 3, 4, -1)
WORKDAYS = (0, 1, 2, 3, 4)
SHORTEST_MONTH = 28


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule over local dates. A *slot* is a date that it gives.

    :ivar start: first day on which there may be a slot; it need not be one itself. Intervals are counted from the
        day, week, month or year that holds it.
    :ivar frequency: ``daily``, ``weekly``, ``monthly`` or ``yearly``
    :ivar interval: every so many days, weeks, months or years, 1 to 999
    :ivar weekdays: 0 = Monday … 6 = Sunday. Weekly: those days. Monthly and yearly by weekday: the one day.
    :ivar month_by: how monthly and yearly rules choose their day: ``date``, ``weekday`` (the second Tuesday) or
        ``workday`` (the last day from Monday to Friday)
    :ivar day: of the month, 1 to 31, by date; 31 that clamps is the last day of every month
    :ivar weekday_position: 1 to 4, or -1 for the last, by weekday and by working day
    :ivar month: 1 to 12, yearly
    :ivar month_end_policy: what happens to day 29 to 31 in a shorter month: ``clamp`` to its last day, or ``skip``
    :ivar until: last day on which there may be a slot
    :ivar count: number of slots from the start, 1 to 1000; dates that are left out or were done are counted, too
    :ivar week_start: 0 = Monday … 6 = Sunday; decides which weeks an interval of 2 or more takes
    """

    frequency: str
    start: date
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_by: str = "date"
    day: int | None = None
    weekday_position: int | None = None
    month: int | None = None
    month_end_policy: str = "clamp"
    until: date | None = None
    count: int | None = None
    week_start: int = 0

    @property
    def is_in_months(self) -> bool:
        """Whether the rule chooses a day of a month."""
        return self.frequency in ("monthly", "yearly")

    @property
    def has_end(self) -> bool:
        """Whether the rule ends by itself, on a day or after so many times."""
        return self.until is not None or self.count is not None

    @property
    def may_skip(self) -> bool:
        """Whether a month of the rule may be without a slot."""
        return (
            self.is_in_months
            and self.month_by == "date"
            and self.month_end_policy == "skip"
            and self.day > SHORTEST_MONTH
        )


def normal(rule: Rule) -> Rule:
    """Return the rule with everything that does not matter to it taken out: two such rules are equal if they say the
    same in the same way.

    A day beyond the end of the one month of a yearly rule becomes 31, which is its last day in every year.
    """
    in_months, by = rule.is_in_months, rule.month_by
    weekdays = ()
    if rule.frequency == "weekly" or (in_months and by == "weekday"):
        weekdays = tuple(sorted(set(rule.weekdays)))
    bare = replace(
        rule,
        weekdays=weekdays,
        month_by=by if in_months else "date",
        day=rule.day if in_months and by == "date" else None,
        weekday_position=rule.weekday_position if in_months and by != "date" else None,
        month=rule.month if rule.frequency == "yearly" else None,
        week_start=rule.week_start if rule.frequency == "weekly" and rule.interval > 1 else 0,
    )
    return _normal_month_end(bare)


def _normal_month_end(rule):
    if rule.day is None:
        return replace(rule, month_end_policy="clamp")
    shortest, longest = month_lengths(rule.month)
    if rule.day <= shortest:
        return replace(rule, month_end_policy="clamp")
    if rule.day > longest and rule.month_end_policy == "clamp":
        return replace(rule, day=31)
    return rule


def month_lengths(month: int | None) -> tuple[int, int]:
    """Return how many days a month has at least and at most; None means any month."""
    if month is None:
        return SHORTEST_MONTH, 31
    return monthrange(2001, month)[1], monthrange(2000, month)[1]
