"""The dates of many recurrence rules in a window of twelve months: our engine beside dateutil, at two ages."""

import os
import sys
import zlib
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import dateutil
import measure
from dateutil.rrule import rrulestr

sys.path.append(os.environ["ROOT"])

from subscription_mgmt.tools.recurrence import first_slot, slots
from subscription_mgmt.tools.recurrence.parts import read_parts
from subscription_mgmt.tools.recurrence.rfc import expand
from subscription_mgmt.tools.recurrence.rule import Rule
from subscription_mgmt.tools.recurrence.text import to_text

NAME = "expansion"
JOB = "expand"
FIRST = date(2026, 11, 23)
LAST = FIRST + timedelta(days=365)
# Years between the first start and the window; the starts of one age are spread over a year.
AGES = {"new": 0, "old": 20}
MIDNIGHT = time.min


# === THE RULES === #
def make_rules(n, years):
    """The same mix of rules at any age: a quarter weekly, half by the month, the rest daily and yearly."""
    random = Random(n)
    return [make_rule(random, years) for _number in range(n)]


def make_rule(random, years):
    start = FIRST - timedelta(days=random.randrange(365))
    start = start.replace(year=start.year - years, day=min(start.day, 28))
    rule = Rule(start=start, **random.choices(*zip(*SHAPES, strict=True))[0](random))
    end = max(first_slot(rule), FIRST + timedelta(days=random.randrange(1000)))
    how = random.random()
    if how < 0.15:
        return replace(rule, until=end)
    if how < 0.30:
        return replace(rule, count=len(slots(rule, start, end)))
    return rule


def make_weekly(random):
    weekdays = tuple(random.sample(range(7), random.randint(1, 5)))
    return {"frequency": "weekly", "weekdays": weekdays, "interval": random.choice((1, 1, 2, 4))}


def make_monthly(random):
    day = random.choice((29, 30, 31)) if random.random() < 0.1 else random.randint(1, 28)
    return {"frequency": "monthly", "day": day, "interval": random.choice((1, 1, 1, 2, 3))}


def make_weekday_of_month(random):
    position = random.choice((1, 2, 3, 4, -1))
    weekdays = (random.randrange(7),)
    return {"frequency": "monthly", "month_by": "weekday", "weekdays": weekdays, "weekday_position": position}


SHAPES = [
    (make_weekly, 25),
    (make_monthly, 35),
    (make_weekday_of_month, 15),
    (lambda random: {"frequency": "daily", "interval": random.choice((1, 2, 3))}, 5),
    (lambda random: {"frequency": "weekly", "weekdays": (0, 1, 2, 3, 4)}, 5),
    (lambda random: {"frequency": "monthly", "month_by": "workday", "weekday_position": -1}, 5),
    (lambda random: {"frequency": "yearly", "month": random.randint(1, 12), "day": random.randint(1, 28)}, 10),
]


# === THE VARIANTS === #
class Ours:
    """Our engine: arithmetic from the start of the rule to the window."""

    @staticmethod
    def prepare(rule):
        return rule

    @staticmethod
    def expand(rule):
        return slots(rule, FIRST, LAST)


class Dateutil:
    """dateutil's rrule.between; the rule is made before the clock starts."""

    first, last = datetime.combine(FIRST, MIDNIGHT), datetime.combine(LAST, MIDNIGHT)

    @staticmethod
    def prepare(rule):
        return rrulestr(to_text(rule).replace(";VALUE=DATE", ""))

    @classmethod
    def expand(cls, rule):
        return rule.between(cls.first, cls.last, inc=True)


class DateutilSeek:
    """dateutil with DTSTART moved near the window (not with COUNT); as for foreign rules, making the rule included."""

    @staticmethod
    def prepare(rule):
        start, rrule = (line.partition(":")[2] for line in to_text(rule).split("\n"))
        parts = read_parts(rrule)
        until = min(rule.until, LAST) if rule.until else LAST
        return parts, datetime.strptime(start, "%Y%m%d"), datetime.combine(until, MIDNIGHT)

    @staticmethod
    def expand(prepared):
        parts, start, until = prepared
        return list(expand(parts, start, until, Dateutil.first))


VARIANTS = {"dateutil": Dateutil, "dateutil_seek": DateutilSeek, "ours": Ours}


# === MEASURING === #
def expand_all(variant, age, n):
    """Measure one variant once, in a process of its own; tell the figures and a checksum of the dates."""
    work = VARIANTS[variant]
    prepared = [work.prepare(rule) for rule in make_rules(n, AGES[age])]
    found = []
    with measure.Meter() as meter:
        for rule in prepared:
            found.append(work.expand(rule))
    text = "\n".join(",".join(f"{day:%Y%m%d}" for day in days) for days in found)
    return {"sample": meter.sample, "dates": sum(map(len, found)), "checksum": zlib.crc32(text.encode())}


def run(options):
    """Measure all variants over all sizes and ages.

    :return: the text of the result and its rows.
    """
    rows, notes = [], []
    for n in options.sizes:
        for age in AGES:
            size_rows, dates = measure_age(n, age, options.repeat)
            rows += size_rows
            notes += [
                f"{row.variant} × {n:,}: {dates:,} dates, {dates / row.cpu_seconds:,.0f} a second" for row in size_rows
            ]
    return format_result(rows, notes, options.repeat), rows


def measure_age(n, age, repeat):
    """The variants take turns, so that whatever disturbs the machine disturbs them alike; the best CPU counts."""
    results = {name: [] for name in VARIANTS}
    for turn in range(repeat):
        for name in VARIANTS:
            measure.say(f"{n:,} rules, {age} × {name}: {turn + 1} of {repeat}")
            results[name].append(measure.run_child({"job": JOB, "variant": name, "age": age, "n": n}))
    dates = check(n, age, results)
    rows = []
    for name, measured in results.items():
        best = min((result["sample"] for result in measured), key=lambda sample: sample["cpu_seconds"])
        rows.append(measure.Row.from_samples(NAME, f"{name}_{age}", n, [best]))
    return rows, dates


def check(n, age, results):
    """Stop when the variants do not give the same dates; return how many they are."""
    found = {name: {(each["dates"], each["checksum"]) for each in measured} for name, measured in results.items()}
    if len(set.union(*found.values())) != 1:
        raise SystemExit(f"error: the dates of {n} rules, {age}, differ: {found}")
    return next(iter(found["ours"]))[0]


def format_result(rows, notes, repeat):
    baselines = {f"{name}_{age}": f"dateutil_{age}" for name in VARIANTS for age in AGES}
    python = ".".join(map(str, sys.version_info[:3]))
    return "\n".join(
        [
            f"Expansion: the dates of N rules from {FIRST} to {LAST}. All variants give the same ones.",
            f"{date.today()} · Python {python} · dateutil {dateutil.__version__} · {os.cpu_count()} cores · "
            f"best CPU of {repeat}",
            "",
            measure.format_table(rows, "rule", baselines),
            "",
            *notes,
            "",
            *(f"{name}: {variant.__doc__}" for name, variant in VARIANTS.items()),
            "new: begun in the year before the window. old: twenty years before that.",
            "ratio: CPU of dateutil at the same age ÷ own CPU.",
        ]
    )
