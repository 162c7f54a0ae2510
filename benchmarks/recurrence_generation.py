"""Interactions of recurrences, made for a year ahead: ours beside Odoo's own calendar.recurrence on the same rules."""

from dataclasses import replace
from datetime import datetime, time

import measure
from databases import Databases, install, open_environment, read_versions, tidy
from recurrence_expansion import FIRST, LAST, make_rules

from subscription_mgmt.tools.recurrence import last_slot, slots

NAME = "generation"
JOB = "generate"
# Core takes long: it is measured on so many rules, ours on these and on all.
SHARED = 300
BATCH = 200
WARM_UP = 5
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CORE_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
POSITIONS = {1: "1", 2: "2", 3: "3", 4: "4", -1: "-1"}
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "dont_notify": True}


def make_shared_rules(n):
    """So many rules of the mix that both can hold, each beginning on a date of its own within the year.

    Core has no working day of the month and no month end, and takes the week start from the language.
    """
    rules = []
    for rule in make_rules(4 * n, 0):
        days = slots(rule, FIRST, LAST)
        is_ours_only = rule.month_by == "workday" or (rule.day or 0) > 28
        if days and not is_ours_only and (rule.frequency != "weekly" or rule.interval == 1):
            rules.append(replace(rule, start=days[0], until=min(LAST, last_slot(rule) or LAST), count=None))
    return rules[:n]


class Core:
    """calendar.recurrence._apply_recurrence: events without attendees, nothing tracked, the first one made before."""

    addon = None

    def __init__(self, env):
        self.env = env(context={**QUIET, "lang": "en_US", "tz": "UTC"})

    def set_up(self, rules):
        moments = [(datetime.combine(rule.start, time(9)), datetime.combine(rule.start, time(10))) for rule in rules]
        events = self.env["calendar.event"].create(
            [{"name": "Call back", "start": start, "stop": stop, "partner_ids": []} for start, stop in moments]
        )
        return self.env["calendar.recurrence"].create(
            [{**self._prepare(rule), "base_event_id": event.id} for rule, event in zip(rules, events, strict=True)]
        )

    def _prepare(self, rule):
        values = {
            "rrule_type": rule.frequency,
            "interval": rule.interval,
            "end_type": "end_date",
            "until": rule.until,
            "event_tz": "UTC",
        }
        if rule.frequency == "weekly":
            values |= {name: number in rule.weekdays for number, name in enumerate(WEEKDAYS)}
        elif rule.frequency == "monthly" and rule.month_by == "date":
            values |= {"month_by": "date", "day": rule.day}
        elif rule.frequency == "monthly":
            position = POSITIONS[rule.weekday_position]
            values |= {"month_by": "day", "byday": position, "weekday": CORE_WEEKDAYS[rule.weekdays[0]]}
        return values

    def generate(self, recurrences):
        for start in range(0, len(recurrences), BATCH):
            recurrences[start : start + BATCH]._apply_recurrence()

    def read(self, recurrences):
        """(number of events made, checksum of all dates): the first event of each was there before."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT count(*), sum(start::date - '2000-01-01'::date) FROM calendar_event
                WHERE active AND recurrence_id IN %s""",
            [tuple(recurrences.ids)],
        )
        count, checksum = self.env.cr.fetchone()
        return count - len(recurrences), int(checksum)


class Ours:
    """subscription.recurrence._generate, as the cron calls it; calls to one customer each."""

    addon = "subscription_mgmt"

    def __init__(self, env):
        company = env.company
        company.write({"subscription_enabled": True, "subscription_recurrence_days": (LAST - FIRST).days})
        self.env = env(context={**QUIET, "lang": "en_US", "tz": "UTC"})
        self.user = env["res.users"].search(
            [("all_group_ids", "in", env.ref("subscription_mgmt.group_subscription_viewer").id)], limit=1
        )

    def set_up(self, rules):
        kind = self.env.ref("subscription_mgmt.interaction_type_call")
        customer = self.env["res.partner"].create({"name": "Customer"})
        model = self.env["subscription.recurrence"]
        shared = {
            "name": "Call back",
            "type_id": kind.id,
            "user_id": self.user.id,
            "audience": "fixed",
            "partner_ids": [(6, 0, customer.ids)],
            "all_day": False,
            "time": 9.0,
        }
        return model.create([{**shared, **model._prepare_rule_values(rule)} for rule in rules])

    def generate(self, recurrences):
        for start in range(0, len(recurrences), BATCH):
            recurrences[start : start + BATCH]._generate(FIRST)

    def read(self, recurrences):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT count(*), sum(occurrence_date - '2000-01-01'::date) FROM subscription_interaction
                WHERE recurrence_id IN %s""",
            [tuple(recurrences.ids)],
        )
        count, checksum = self.env.cr.fetchone()
        return count, int(checksum)


VARIANTS = {"core": Core, "ours": Ours}


# === MEASURING === #
def generate(database, variant, n):
    """Measure one variant once, in a process of its own, after a few others were made and committed."""
    with open_environment(database) as env:
        work = VARIANTS[variant](env)
        rules = make_shared_rules(n + WARM_UP)
        recurrences = work.set_up(rules[:n])
        work.generate(work.set_up(rules[n:]))
        env.cr.commit()
        env.invalidate_all()
        with measure.Meter(env.cr) as meter:
            work.generate(recurrences)
            env.cr.commit()
        made, checksum = work.read(recurrences)
        return {"sample": meter.sample, "made": made, "checksum": checksum, "versions": read_versions(env)}


def run(options):
    """Measure ours and core on the same rules, then ours on all.

    :return: the text of the result and its rows.
    """
    with Databases() as databases:
        bases = {"core": databases.copy("recurrence_core"), "ours": databases.copy("recurrence_ours")}
        measure.say("Installing subscription_mgmt")
        install(bases["ours"], "subscription_mgmt")
        for base in bases.values():
            tidy(base)
        rows, versions = [], {}
        for n in options.sizes:
            shared = min(n, SHARED)
            for variant, count in dict.fromkeys((("core", shared), ("ours", shared), ("ours", n))):
                row, versions = _measure(databases, bases[variant], variant, count, shared)
                rows.append(row)
    _check(rows)
    return _format(rows, versions), [row for row, _checksum in rows]


def _measure(databases, base, variant, n, shared):
    measure.say(f"{n:,} rules × {variant}")
    database = databases.copy("recurrence_run", base)
    result = measure.run_child({"job": JOB, "database": database, "variant": variant, "n": n})
    databases.drop(database)
    name = variant if n == shared else f"{variant}_all"
    row = measure.Row.from_samples(NAME, name, result["made"], [result["sample"]])
    return (row, result["checksum"]), result["versions"]


def _check(rows):
    """Stop when core and ours did not make the same dates; core finds the first of each rule there already."""
    found = {}
    for row, checksum in rows:
        if not row.variant.endswith("_all"):
            found.setdefault(checksum, set()).add(row.variant)
    if any(variants != set(VARIANTS) for variants in found.values()):
        raise SystemExit(f"error: core and ours made other dates: {found}")


def _format(rows, versions):
    heads = ("variant", "made", "seconds", "CPU s", "made/s", "CPU ms each", "queries each", "ratio", "peak MB")
    core = next(row for row, _checksum in rows if row.variant == "core")
    cells = [heads]
    for row, _checksum in rows:
        each = row.cpu_seconds / row.n
        cells.append(
            (
                row.variant,
                f"{row.n:,}",
                f"{row.seconds:.2f}",
                f"{row.cpu_seconds:.2f}",
                f"{row.per_second:,.0f}",
                f"{1000 * each:.3f}",
                f"{row.queries_per_record:.3f}",
                f"{core.cpu_seconds / core.n / each:.1f}",
                f"{row.peak_mb:.0f}",
            )
        )
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    return "\n".join(
        [
            f"Generation: the interactions of N rules from {FIRST} to {LAST}. Core and ours make the same dates.",
            measure.describe_machine(versions),
            "",
            *lines,
            "",
            *(f"{name}: {variant.__doc__}" for name, variant in VARIANTS.items()),
            "ours_all: ours on all rules. ratio: CPU of core for one event ÷ own CPU for one interaction.",
        ]
    )
