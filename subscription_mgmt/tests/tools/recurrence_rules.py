"""Random rules, and what dateutil makes of them: an opinion that shares no code with ours."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from dateutil import rrule as du
from hypothesis import strategies as st

from subscription_mgmt.tools.recurrence.rule import Rule

FREQUENCIES = {"daily": du.DAILY, "weekly": du.WEEKLY, "monthly": du.MONTHLY, "yearly": du.YEARLY}


def random_rule(random, start):
    """A rule of a shape that the form can express, with an end in the years after.

    It may end before it gives a date, and may ask for 29 February every other year from an odd one.
    """
    frequency = random.choice(list(FREQUENCIES))
    options = {"frequency": frequency, "start": start, "interval": random.choice((1, 1, 1, 2, 3, 5, 12))}
    if frequency == "weekly":
        options["weekdays"] = tuple(random.sample(range(7), random.randint(1, 7)))
        options["week_start"] = random.randrange(7)
    if frequency in ("monthly", "yearly"):
        options.update(_random_day_of_month(random))
    if frequency == "yearly":
        options["month"] = random.randint(1, 12)
        # What the month never has cannot be skipped for ever.
        options["day"] = min(options.get("day", 1), monthrange(2000, options["month"])[1])
    end = random.randrange(4)
    if end == 0:
        options["count"] = random.randint(1, 1000 if frequency == "daily" else 260)
    elif end == 1:
        options["until"] = start + timedelta(days=random.randint(0, 9000))
    return Rule(**options)


def _random_day_of_month(random):
    by = random.choice(("date", "date", "weekday", "workday"))
    if by == "date":
        day = random.choice((random.randint(1, 28), 29, 30, 31))
        return {"day": day, "month_end_policy": random.choice(("clamp", "skip"))}
    return {
        "month_by": by,
        "weekday_position": random.choice((1, 2, 3, 4, -1)),
        "weekdays": (random.randrange(7),) if by == "weekday" else (),
    }


# Hypothesis chooses the seed and shrinks to a simple start; the shapes are those of `random_rule`.
rules = st.builds(random_rule, st.randoms(use_true_random=False), st.dates(date(1990, 1, 1), date(2040, 12, 31)))


def by_dateutil(rule, first, last):
    """The slots from `first` to `last` as dateutil gives them, walking from the start of the rule."""
    options = {"interval": rule.interval, "wkst": rule.week_start, "count": rule.count}
    if rule.until:
        options["until"] = datetime.combine(rule.until, time.min)
    if rule.frequency == "weekly":
        options["byweekday"] = rule.weekdays
    if rule.frequency == "yearly":
        options["bymonth"] = rule.month
    if rule.is_in_months:
        options.update(_day_of_month(rule))
    start = datetime.combine(rule.start, time.min)
    found = du.rrule(FREQUENCIES[rule.frequency], dtstart=start, **options)
    begin, end = datetime.combine(first, time.min), datetime.combine(last, time.min)
    return [value.date() for value in found.between(begin, end, inc=True)]


def _day_of_month(rule):
    if rule.month_by == "weekday":
        return {"byweekday": du.weekdays[rule.weekdays[0]](rule.weekday_position)}
    if rule.month_by == "workday":
        return {"byweekday": range(5), "bysetpos": rule.weekday_position}
    if rule.day > 28 and rule.month_end_policy == "clamp":
        return {"bymonthday": range(28, rule.day + 1), "bysetpos": -1}
    return {"bymonthday": rule.day}
