"""A hundred thousand contracts: every screen, every dialog, every scheduled action, with its goal beside it."""

import time

import measure
from databases import Databases, install, open_environment, read_versions, tidy
from scale_client import get_size
from scale_crons import Crons
from scale_data import Data
from scale_screens import Goal, Screens

NAME = "scale"
ADDON = "subscription_mgmt"
SIZES = "10000"
# A screen is asked for once to warm up and then so often; one that takes longer than SLOW seconds is not asked again
RUNS, SLOW = 5, 3
# Contracts that are compared with their terms, to see that the copies are sound
CHECKED = 200


# === JOBS: each in a process of its own === #
def set_up(database, n):
    """Fill the database."""
    with open_environment(database) as env:
        contracts = Data(env, n).fill()
        env.cr.commit()
        return {"contracts": contracts, **read_versions(env)}


def count(database):
    """What is in it, for the head of the table."""
    with open_environment(database) as env:
        counts = {"plan rows": "subscription_installment", "invoices and payments": "account_move"}
        found = {}
        for label, table in counts.items():
            env.cr.execute(f"SELECT count(*) FROM {table}")
            [found[label]] = env.cr.fetchone()
        check(env)
        env.cr.execute("SELECT pg_database_size(current_database()) / 1048576")
        [found["MB"]] = env.cr.fetchone()
        return {**found, "versions": read_versions(env)}


def check(env):
    """Stop when assurance finds anything: in the counts of all contracts, or day by day in the terms of some copies."""
    company = env.company
    today = company._subscription_today()
    env["subscription.contract"].search([], order="id desc", limit=CHECKED)._compare_with_terms(today)
    checks = env["subscription.assurance"]._check(company, today).filtered(lambda one: one.count and one.kind != "cron")
    if checks:
        raise SystemExit(
            f"error: assurance finds {dict(zip(checks.mapped('kind'), checks.mapped('count'), strict=True))}"
        )
    env.cr.rollback()


def show(database):
    """Every screen with empty caches of records, with the rights of an administrator."""
    with open_environment(database) as env:
        env = env(user=env.ref("base.user_admin"), su=False)
        screens = Screens(env).get_all()
        return [[name, goal, run_screen(env, screen), 1] for name, (screen, goal) in screens.items()]


def run_screen(env, screen):
    """The mean of several calls with empty caches of records, after one. What a call wrote is taken back.

    The system counts CPU of the database in hundredths of a second: of one call it would not say enough.
    """
    first = run_turns(env, screen, 1)
    return first if first["seconds"] > SLOW else run_turns(env, screen, RUNS)


def run_turns(env, screen, turns):
    """So many calls; the cost of one."""
    with measure.Meter(env.cr) as meter:
        for _turn in range(turns):
            env.invalidate_all()
            with env.cr.savepoint() as savepoint:
                answer = screen()
                savepoint.rollback()
    sample = {key: meter.sample[key] / turns for key in ("seconds", "cpu_seconds", "queries")}
    return {**sample, "peak_mb": meter.peak_mb, "kb": get_size(answer) / 1000}


def work(database):
    """Every scheduled action."""
    with open_environment(database) as env:
        return [list(row) for row in Crons(env).get_all()]


JOBS = {"set_up": set_up, "count": count, "show": show, "work": work}


# === THE RUN === #
def fill(databases, base, n):
    """A database of n contracts; how long it took is said."""
    start = time.perf_counter()
    database = databases.copy("scale_run", base)
    made = measure.run_child({"job": "set_up", "database": database, "n": n})
    tidy(database)
    measure.say(f"{made['contracts']:,} contracts: made in {time.perf_counter() - start:.0f} s")
    return database


def measure_size(database, n):
    """Rows of the JSON and text of one size."""
    counts = measure.run_child({"job": "count", "database": database})
    measure.say(f"{n:,} contracts: screens and dialogs")
    shown = measure.run_child({"job": "show", "database": database})
    measure.say(f"{n:,} contracts: scheduled actions")
    worked = measure.run_child({"job": "work", "database": database})
    versions = counts.pop("versions")
    rows = [make_row(name, n, sample, each) for name, _goal, sample, each in [*shown, *worked]]
    lines = [
        "",
        f"{n:,} contracts, " + ", ".join(f"{number:,} {label}" for label, number in counts.items()),
        "",
        *format_rows("screen or dialog", shown),
        "",
        *format_rows("scheduled action", worked),
    ]
    return rows, lines, versions


def make_row(name, n, sample, each):
    """One element of the JSON."""
    return measure.Row(
        name=NAME,
        variant=name,
        n=n,
        seconds=round(sample["seconds"], 3),
        cpu_seconds=round(sample["cpu_seconds"], 3),
        per_second=round(each / max(sample["seconds"], 0.001), 1),
        queries_per_record=round(sample["queries"] / each, 3),
        peak_mb=round(sample["peak_mb"], 1),
    )


def format_rows(title, rows):
    """Lines of a table: what it costs, what was asked, and whether that is so."""
    wide = max(len(title), *(len(name) for name, *_rest in rows))
    yield f"{title.ljust(wide)}   CPU ms  clock ms  queries        kB  peak MB  goal at 100,000"
    for name, goal, sample, each in rows:
        goal = Goal(*goal)
        cost = {
            "ms": 1000 * sample["cpu_seconds"] / each,
            "queries": sample["queries"] / each,
            "mb": sample["peak_mb"],
            "kb": sample.get("kb"),
        }
        clock = 1000 * sample["seconds"] / each
        size = "" if cost["kb"] is None else f"{cost['kb']:,.0f}"
        yield (
            f"{name.ljust(wide)}  {_number(cost['ms'])}  {_number(clock)}  {_number(cost['queries'])}  {size:>8}  "
            f"{cost['mb']:7.0f}  {_judge(goal, cost)}"
        ).rstrip()


def _number(value):
    return f"{value:8,.0f}" if value >= 10 or value == int(value) else f"{value:8.2f}"


def _judge(goal, cost):
    """The goal in words, and what of it is missed."""
    units = {"ms": "ms", "kb": "kB", "mb": "MB", "queries": "queries"}
    asked = {key: value for key, value in goal._asdict().items() if value is not None}
    if not asked:
        return ""
    words = ", ".join(f"{value:g} {units[key]}" for key, value in asked.items())
    missed = [units[key] for key, value in asked.items() if cost[key] > value]
    return f"{words}: {'MISSED (' + ', '.join(missed) + ')' if missed else 'kept'}"


def run(databases, base, sizes):
    """Measure, and return the rows and the text of the result."""
    rows, lines = [], []
    for n in sizes:
        database = fill(databases, base, n)
        found, text, versions = measure_size(database, n)
        databases.drop(database)
        rows += found
        lines += text
    head = "A company with so many contracts: what the server works for each page, and for what runs by itself."
    return rows, "\n".join([head, measure.describe_machine(versions), *lines])


def main():
    """Read the options, measure, and publish the tables; in a child process do its job."""
    parser = measure.make_parser(NAME, __doc__, SIZES)
    parser.add_argument("--keep", metavar="DATABASE", help="only make the database of the first size, under that name")
    parser.add_argument(
        "--use", metavar="DATABASE", help="only measure a database that was made by --keep; it is used up"
    )
    options = parser.parse_args()
    if options.child:
        job = dict(options.child)
        return measure.answer(JOBS[job.pop("job")](**job))
    if options.use:
        print("\n".join(measure_size(options.use, options.sizes[0])[1]))
        return None
    with Databases() as databases:
        measure.say("Database with the add-on")
        base = databases.copy("scale_base")
        install(base, ADDON)
        if options.keep:
            databases.keep(fill(databases, base, options.sizes[0]), options.keep)
            return None
        rows, text = run(databases, base, options.sizes)
    measure.publish(NAME, text, rows, options.json)
    return None


if __name__ == "__main__":
    main()
