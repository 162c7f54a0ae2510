"""Posting: Odoo's own, Odoo's own kept quiet, and ours, beside drafts that wait; and two workers at once."""

import hashlib
import json
import subprocess
import sys
import time
from datetime import date

import billing_variants
import measure
import posting_data
from databases import Databases, install, open_environment, read_versions, tidy

NAME = "posting"
SIZES = "500"
WAITING = "0,10000,50000"
PARTS = ("cost", "workers")
# Invoices that each case of the two workers posts, for each of --sizes
TIMES = 4


# === JOBS: each in a process of its own === #
def set_up(database, n, day, analytic):
    """Drafts of n subscribers, and posted invoices of the month before."""
    with open_environment(database) as env:
        billing_variants.make_base(env, n, day)
        posting_data.make_drafts(env, n, day, analytic)
        env.cr.commit()
        return read_versions(env)


def wait(database, day, count):
    """Put drafts beside them that nobody posts."""
    with open_environment(database) as env:
        posting_data.make_waiting(env, count, day)
        env.cr.commit()


def part_journals(database, day):
    """Every second draft in another journal."""
    with open_environment(database) as env:
        posting_data.use_two_journals(env, day)
        env.cr.commit()


def post(database, way, day):
    """Measure one way once; tell the figures and a digest of what came of it."""
    with open_environment(database) as env:
        work = posting_data.Drafts(env, day)
        warm, moves = (
            work.get_drafts(billing_variants.get_partners(env, warm_up=is_warm)) for is_warm in (True, False)
        )
        if way == "ours":
            warm._subscription_post(day)
        else:
            posting_data.post_quiet(env, warm, day)
        env.cr.commit()
        env.invalidate_all()
        with measure.Meter(env.cr) as meter:
            posting_data.WAYS[way](env, moves, day)
            env.cr.commit()
        posted = posting_data.read_posted(env, day)
        return {
            "sample": meter.sample,
            "posted": sum(state == "posted" for _name, _prefix, _number, state, *_rest in posted[0]),
            "digest": hashlib.sha256(json.dumps(posted).encode()).hexdigest(),
        }


def work(database, day):
    """Post as the scheduled action does, once the parent process says so."""
    with open_environment(database) as env:
        posting_data.Drafts(env, day).get_drafts(billing_variants.get_partners(env, warm_up=True))._subscription_post(
            day
        )
        env.cr.rollback()
        env.invalidate_all()
        measure.answer("ready")
        sys.stdin.readline()
        with measure.Meter(env.cr) as meter:
            posting_data.post_ours(env, None, day)
            env.cr.commit()
        return meter.sample


def check(database, day):
    """What two workers left: all posted, no number twice, no gap."""
    with open_environment(database) as env:
        env.cr.execute(
            """
            SELECT count(*) FILTER (WHERE state = 'posted'), count(*) FILTER (WHERE state = 'draft'),
                   count(*) - count(DISTINCT (journal_id, coalesce(name, id::text))),
                   count(*) FILTER (WHERE made_sequence_gap)
              FROM account_move WHERE subscription_run_id IS NOT NULL AND invoice_date = %s
            """,
            [day],
        )
        return dict(zip(("posted", "left", "twice", "gaps"), env.cr.fetchone(), strict=True))


JOBS = {"set_up": set_up, "wait": wait, "part_journals": part_journals, "post": post, "work": work, "check": check}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


# === THE RUN === #
class Benchmark:
    """Both parts over all sizes, each measurement on a copy of the same database."""

    def __init__(self, databases, sizes, repeat, waiting):
        self.databases = databases
        self.sizes = sizes
        self.repeat = repeat
        self.waiting = waiting
        self.day = date.today().replace(day=1).isoformat()
        self.rows = []
        self.outcomes = []
        self.baselines = {}
        self.versions = None
        self.empty = databases.copy("empty")
        install(self.empty, "subscription_mgmt")

    def _set_up(self, n, analytic=True):
        measure.say(f"{n:,} drafts: set-up")
        base = self.databases.copy("base", self.empty)
        job = {"job": "set_up", "database": base, "n": n, "day": self.day, "analytic": analytic}
        self.versions = measure.run_child(job)
        tidy(base)
        return base

    # --- what it costs --- #
    def measure_cost(self):
        """All ways, beside more and more waiting drafts; then without analytic accounts."""
        for n in self.sizes:
            base = self._set_up(n)
            for count in self.waiting:
                self._measure_ways(n, base, count, f"{count:,} waiting")
            self._measure_ways(n, self._set_up(n, analytic=False), 0, "no analytic")
        return self.rows

    def _measure_ways(self, n, base, count, label):
        source = self.databases.copy("source", base)
        if count:
            measure.run_child({"job": "wait", "database": source, "day": self.day, "count": count})
            tidy(source)
        samples, digests = {way: [] for way in posting_data.WAYS}, set()
        for _turn in range(self.repeat):
            for way in posting_data.WAYS:
                measure.say(f"{n:,} × {way}, {label}: measurement")
                database = self.databases.copy("run", source)
                result = measure.run_child({"job": "post", "database": database, "day": self.day, "way": way})
                self.databases.drop(database)
                if result["posted"] != n + billing_variants.WARM_UP:
                    raise SystemExit(f"error: {way} posted {result['posted']} instead of {n} invoices")
                samples[way].append(result["sample"])
                digests.add(result["digest"])
        if len(digests) > 1:
            raise SystemExit(f"error: the ways leave different invoices, {label}")
        for way, one in samples.items():
            self.baselines[f"{way}, {label}"] = f"quiet, {label}"
            self.rows.append(measure.Row.from_samples(NAME, f"{way}, {label}", n, one))

    def format_cost(self):
        """The table with its legend."""
        return "\n".join(
            [
                "Posting: invoices of three lines, 20 % tax, 30 days, a partner each.",
                f"{measure.describe_machine(self.versions)} · median of {self.repeat}",
                "",
                measure.format_table(self.rows, "invoice", self.baselines),
                "",
                *(f"{way}: {work.__doc__}" for way, work in posting_data.WAYS.items()),
                "waiting: newer drafts of the same journal that nobody posts.",
                "no analytic: the company wants no analytic account for each contract.",
                "ratio: CPU of quiet ÷ own CPU. All ways left the same numbers, columns and journal items.",
            ]
        )

    # --- two workers --- #
    def measure_workers(self):
        """One and two workers, on one journal and on two."""
        for size in self.sizes:
            n = TIMES * size
            base = self._set_up(n)
            for journals in (1, 2):
                if journals == 2:
                    measure.run_child({"job": "part_journals", "database": base, "day": self.day})
                    tidy(base)
                for workers in (1, 2):
                    self._measure_workers(n, base, workers, f"{workers} on {journals} journal{'s' * (journals > 1)}")
        return self.rows

    def _measure_workers(self, n, base, workers, label):
        samples = []
        for _turn in range(self.repeat):
            measure.say(f"{n:,} × {label}: measurement")
            database = self.databases.copy("run", base)
            samples.append(self._run_workers(database, workers))
            outcome = measure.run_child({"job": "check", "database": database, "day": self.day})
            self.databases.drop(database)
            if outcome != {"posted": n + billing_variants.WARM_UP, "left": 0, "twice": 0, "gaps": 0}:
                raise SystemExit(f"error: {label}: {outcome}")
        self.rows.append(measure.Row.from_samples(NAME, label, n, samples))

    def _run_workers(self, database, number):
        """Start the workers, let them go at the same moment; seconds count until the last is done."""
        job = json.dumps({"job": "work", "database": database, "day": self.day})
        command = [sys.executable, sys.argv[0], measure.CHILD_OPTION, job]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        workers = [subprocess.Popen(command, **pipes) for _i in range(number)]
        for worker in workers:
            worker.stdout.readline()  # ready
        start = time.perf_counter()
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        answers = [worker.communicate()[0] for worker in workers]
        seconds = time.perf_counter() - start
        if any(worker.returncode for worker in workers):
            raise SystemExit("error: a worker was stopped; see above")
        samples = [json.loads(answer.splitlines()[-1]) for answer in answers]
        return {
            "seconds": seconds,
            "cpu_seconds": sum(sample["cpu_seconds"] for sample in samples),
            "queries": sum(sample["queries"] for sample in samples),
            "peak_mb": max(sample["peak_mb"] for sample in samples),
        }

    def format_workers(self):
        """The table, two workers compared with one on the same journals."""
        lines = [f"{'workers':<18}{'N':>7}{'seconds':>9}{'CPU s':>8}{'speed':>7}{'queries/invoice':>17}"]
        alone = {(row.variant[2:], row.n): row.seconds for row in self.rows if row.variant.startswith("1 ")}
        for row in self.rows:
            speed = alone[row.variant[2:], row.n] / row.seconds
            lines.append(
                f"{row.variant:<18}{row.n:>7,}{row.seconds:>9.2f}{row.cpu_seconds:>8.2f}{speed:>7.2f}"
                f"{row.queries_per_record:>17.2f}"
            )
        return "\n".join(
            [
                "Posting with two workers: invoices of three lines with analytic accounts, a partner each.",
                f"{measure.describe_machine(self.versions)} · median of {self.repeat}",
                "",
                *lines,
                "",
                "speed: seconds of one worker ÷ seconds of this case, by the clock, until the last worker was done.",
                "In every case all were posted, no worker was stopped, no number was given twice, none was left out.",
            ]
        )


def main():
    """Read the options, measure, and publish the tables; in a child process do its job."""
    parser = measure.make_parser(NAME, __doc__, SIZES)
    parser.add_argument("--waiting", default=WAITING, help="numbers of drafts that wait beside them (%(default)s)")
    parser.add_argument("--part", choices=PARTS, help="only this one: what it costs, or two workers by the clock")
    options = parser.parse_args()
    if options.child:
        return do_job(**options.child)
    waiting = [int(count) for count in options.waiting.split(",")]
    for part in [options.part] if options.part else PARTS:
        with Databases() as databases:
            benchmark = Benchmark(databases, options.sizes, options.repeat, waiting)
            rows = getattr(benchmark, f"measure_{part}")()
            text = getattr(benchmark, f"format_{part}")()
        name = NAME if part == "cost" else f"{NAME}_{part}"
        measure.publish(name, text, rows, options.json)


if __name__ == "__main__":
    main()
