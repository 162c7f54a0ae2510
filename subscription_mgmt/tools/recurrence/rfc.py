"""The rest of RFC 5545, expanded by dateutil with the guards it lacks.

dateutil walks from DTSTART and, where a rule gives no date, on to the year 9999. So DTSTART is moved near to the day
asked for, and the days it looks at in vain are counted.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dateutil import rrule as dateutil_rrule

from .parts import Parts
from .refusal import RuleRefusal

FREQUENCIES = {
    name: getattr(dateutil_rrule, name)
    for name in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
}
NAMES = {
    name: name.lower()
    for name in ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND")
}
STEPS = {
    "WEEKLY": timedelta(weeks=1),
    "DAILY": timedelta(days=1),
    "HOURLY": timedelta(hours=1),
    "MINUTELY": timedelta(minutes=1),
    "SECONDLY": timedelta(seconds=1),
}
DAY_PARTS = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY")
SUB_DAILY = ("HOURLY", "MINUTELY", "SECONDLY")
# Two hundred years of days that cost little, fifty of those that cost more. The widest gap of a calendar rule,
# 29 February on one weekday, is 40 years; rules of hours and less jump to the next day where they can.
MAX_DAYS_IN_VAIN = {"YEARLY": 73_000, "MONTHLY": 73_000}
MAX_DAYS_IN_VAIN_ELSE = 18_000


def expand(parts: Parts, start: datetime, until: datetime | None, since: datetime | None) -> Iterator[datetime]:
    """Yield the naive local date-times of a rule in order.

    :param until: the last that may come, the rule's own UNTIL and the caller's taken together
    :param since: leave out what is before. Without COUNT the way there costs nothing.
    :raise RuleRefusal: ``too_sparse`` while it is being consumed.
    """
    options = _options(parts, start)
    begin = _align(parts, start if since is None or "COUNT" in parts else _seek(parts, start, since))
    # What dateutil gives before the start, because it begins with the week, does not count.
    left = options.pop("count") if begin < start else None
    try:
        rule = dateutil_rrule.rrule(FREQUENCIES[parts["FREQ"]], dtstart=begin, until=until, **options)
    except ValueError:
        # An interval in which the hours or minutes asked for never come.
        raise RuleRefusal("too_sparse") from None
    watch = _watch(rule, parts)
    for value in rule:
        watch.days = 0
        if value < start:
            continue
        if since is None or value >= since:
            yield value
        if left is not None:
            left -= 1
            if not left:
                return


def _options(parts, start):
    """What dateutil takes, with everything filled in that it would else read off DTSTART or off the process."""
    options = {option: parts[name] for name, option in NAMES.items() if name in parts}
    options.update(interval=parts.interval, wkst=parts.week_start, count=parts.get("COUNT"))
    if "BYDAY" in parts:
        options["byweekday"] = [dateutil_rrule.weekdays[weekday](number or None) for number, weekday in parts["BYDAY"]]
    if not any(name in parts for name in DAY_PARTS):
        if parts["FREQ"] == "WEEKLY":
            options["byweekday"] = [start.weekday()]
        elif parts["FREQ"] in ("MONTHLY", "YEARLY"):
            options["bymonthday"] = start.day
        if parts["FREQ"] == "YEARLY":
            options.setdefault("bymonth", start.month)
    return options


def _align(parts, begin):
    """The start of the week of a weekly rule that chooses by position.

    BYSETPOS counts from the beginning of the interval (RFC 5545, 3.3.10); dateutil cuts the first week at DTSTART, and
    counts from there. Months, years and days it takes whole.
    """
    if parts["FREQ"] != "WEEKLY" or "BYSETPOS" not in parts:
        return begin
    into_week = timedelta(days=(begin.weekday() - parts.week_start) % 7)
    return begin - into_week if begin - datetime.min >= into_week else begin


def _seek(parts, start, since):
    """Another DTSTART for the same rule, by whole intervals nearer to `since`; filled in by :func:`_options`."""
    if parts["FREQ"] in ("MONTHLY", "YEARLY"):
        months = parts.interval * (12 if parts["FREQ"] == "YEARLY" else 1)
        first = start.year * 12 + (start.month - 1 if parts["FREQ"] == "MONTHLY" else 0)
        whole = (since.year * 12 + since.month - 1 - first) // months
        if whole <= 0:
            return start
        year, month0 = divmod(first + whole * months, 12)
        return start.replace(year=year, month=month0 + 1, day=1)
    step = STEPS[parts["FREQ"]] * parts.interval
    return start + max(0, (since - start) // step - 1) * step


class _Watch:
    """Stands in for the months of a dateutil rule, which are looked up for every day, and counts the look-ups."""

    def __init__(self, months, limit):
        self.months = frozenset(months)
        self.limit = limit
        self.days = 0

    def __contains__(self, month):
        self.days += 1
        if self.days > self.limit:
            raise RuleRefusal("too_sparse")
        return month in self.months

    def __iter__(self):
        return iter(sorted(self.months))


def _watch(rule, parts):
    """Set a watch on a rule. One that goes by the year without months ends by itself, after some thousand years."""
    limit = MAX_DAYS_IN_VAIN.get(parts["FREQ"], MAX_DAYS_IN_VAIN_ELSE)
    watch = _Watch(rule._bymonth or range(1, 13), limit)
    if rule._bymonth or parts["FREQ"] != "YEARLY":
        rule._bymonth = watch
    return watch
