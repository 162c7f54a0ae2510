"""Whether a rule means something, and ever gives a date."""

from calendar import monthrange
from datetime import date

from .refusal import RuleRefusal
from .rule import FREQUENCIES, POSITIONS, Rule
from .slots import first_slot

MONTH_BY = ("date", "weekday", "workday")
MONTH_END_POLICIES = ("clamp", "skip")
MAX_INTERVAL = 999
MAX_COUNT = 1000
FIRST_YEAR, LAST_YEAR = 1900, 2199
# A rule whose first date lies farther away is a mistake; 29 February is at most 8 years away.
FIRST_SLOT_YEARS = 8


def check(rule: Rule) -> None:
    """Refuse a rule that means nothing, contradicts itself or never gives a date.

    :raise RuleRefusal: with the code of the first thing that is wrong (REC-03, REC-04, REC-09, REC-11, REC-12).
    """
    _check_pattern(rule)
    _check_end(rule)
    last = min(_add_years(rule.start, FIRST_SLOT_YEARS), rule.until or date.max)
    first = first_slot(rule)
    if first is None or first > last:
        raise RuleRefusal("no_slot", first=rule.start, last=last)


def _add_years(day, years):
    year = day.year + years
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def _check_pattern(rule):
    if rule.frequency not in FREQUENCIES:
        raise RuleRefusal("bad_frequency", value=rule.frequency)
    if not 1 <= rule.interval <= MAX_INTERVAL:
        raise RuleRefusal("bad_interval", value=rule.interval, limit=MAX_INTERVAL)
    for weekday in (*rule.weekdays, rule.week_start):
        if weekday not in range(7):
            raise RuleRefusal("bad_weekday", value=weekday)
    if rule.frequency == "weekly" and not rule.weekdays:
        raise RuleRefusal("no_weekday")
    if rule.is_in_months:
        _check_day_of_month(rule)
    if rule.frequency == "yearly" and rule.month not in range(1, 13):
        raise RuleRefusal("bad_month")


def _check_day_of_month(rule):
    if rule.month_by not in MONTH_BY:
        raise RuleRefusal("bad_month_by", value=rule.month_by)
    if rule.month_by == "date":
        if rule.day not in range(1, 32):
            raise RuleRefusal("bad_day")
        if rule.month_end_policy not in MONTH_END_POLICIES:
            raise RuleRefusal("bad_month_end", value=rule.month_end_policy)
        return
    if rule.weekday_position not in POSITIONS:
        raise RuleRefusal("bad_position")
    if rule.month_by == "weekday" and len(set(rule.weekdays)) != 1:
        raise RuleRefusal("one_weekday")


def _check_end(rule):
    for day in (rule.start, rule.until):
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise RuleRefusal("bad_year", value=day.year, first=FIRST_YEAR, last=LAST_YEAR)
    if rule.until and rule.count is not None:
        raise RuleRefusal("until_and_count")
    if rule.until and rule.until < rule.start:
        raise RuleRefusal("end_before_start", until=rule.until, start=rule.start)
    if rule.count is not None and not 1 <= rule.count <= MAX_COUNT:
        raise RuleRefusal("bad_count", value=rule.count, limit=MAX_COUNT)
