"""Billing when things go wrong, or in parallel: one contract in a hundred that cannot be billed; two workers."""

import json
import subprocess
import sys
import time
from datetime import date

import billing_variants
import measure
from billing_variants import VARIANTS
from databases import Databases, install, open_environment, read_versions, tidy

NAME = "faults"
SIZES = "2000"
ONE_IN = 100
# variant → (contracts spoilt, workers)
CASES = {"one_worker": (False, 1), "one_in_100_spoilt": (True, 1), "two_workers": (False, 2)}


# === JOBS: each in a process of its own === #
def set_up(database, n, day):
    """Contracts of n subscribers, to be billed on the day."""
    with open_environment(database) as env:
        billing_variants.make_base(env, n, day)
        partners = billing_variants.get_partners(env, n)
        VARIANTS["ours"](env, day).set_up(partners, billing_variants.get_partners(env, warm_up=True))
        env.cr.commit()
        return read_versions(env)


def spoil(database, day):
    """Archive the customer of every hundredth contract: it cannot be billed any more."""
    with open_environment(database) as env:
        billing_variants.get_partners(env)[::ONE_IN].active = False
        env.cr.commit()


def work(database, day):
    """Bill as the scheduled action does, once the parent process says so."""
    with open_environment(database) as env:
        VARIANTS["ours"](env, day).warm_up(billing_variants.get_partners(env, warm_up=True))
        env.cr.commit()
        env.invalidate_all()
        measure.answer("ready")
        sys.stdin.readline()
        with measure.Meter(env.cr) as meter:
            env["subscription.billing.run"]._cron_bill_due()
            env.cr.commit()
        return meter.sample


def check(database, day):
    """What became of the contracts: billed once, parked with a reason, left over, or billed twice."""
    with open_environment(database) as env:
        env.cr.execute(
            """
            SELECT count(*) FILTER (WHERE row.state = 'invoiced' AND row.date_invoice <= %(day)s),
                   count(*) FILTER (WHERE row.state = 'planned' AND row.date_invoice <= %(day)s AND NOT parked),
                   count(DISTINCT contract_id) FILTER (WHERE parked)
              FROM (SELECT installment.*, parking.id IS NOT NULL AS parked
                      FROM subscription_installment installment
                      LEFT JOIN subscription_parking parking ON parking.res_model = 'subscription.contract'
                           AND parking.res_id = installment.contract_id) row
            """,
            {"day": day},
        )
        billed, left, parked = env.cr.fetchone()
        env.cr.execute(
            """
            SELECT count(*) FROM account_move_line line JOIN account_move move ON move.id = line.move_id
             WHERE move.subscription_run_id IS NOT NULL AND line.display_type = 'product'
            """
        )
        return {"billed": billed, "left": left, "parked": parked, "twice": env.cr.fetchone()[0] - billed}


JOBS = {"set_up": set_up, "spoil": spoil, "work": work, "check": check}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


# === THE RUN === #
class Benchmark:
    """All cases over all sizes, each on a copy of the same database."""

    def __init__(self, databases, sizes):
        self.databases = databases
        self.sizes = sizes
        self.day = date.today().replace(day=1).isoformat()
        self.rows = []
        self.lines = []

    def run(self):
        """Measure, and return the text of the result."""
        empty = self.databases.copy("empty")
        install(empty, "subscription_mgmt")
        for n in self.sizes:
            measure.say(f"{n:,} contracts: set-up")
            base = self.databases.copy("base", empty)
            versions = measure.run_child({"job": "set_up", "database": base, "n": n, "day": self.day})
            tidy(base)
            for name, (spoilt, workers) in CASES.items():
                self._measure(n, name, base, spoilt, workers)
        head = "Billing with contracts that fail, and with two workers: invoices of three lines, a partner each."
        return "\n".join([head, measure.describe_machine(versions), "", *self._format()])

    def _measure(self, n, name, base, spoilt, workers):
        measure.say(f"{n:,} × {name}: measurement")
        database = self.databases.copy("run", base)
        if spoilt:
            measure.run_child({"job": "spoil", "database": database, "day": self.day})
        samples, seconds = self._run_workers(database, workers)
        result = measure.run_child({"job": "check", "database": database, "day": self.day})
        total = {
            "seconds": seconds,
            "cpu_seconds": sum(sample["cpu_seconds"] for sample in samples),
            "queries": sum(sample["queries"] for sample in samples),
            "peak_mb": max(sample["peak_mb"] for sample in samples),
        }
        self.rows.append(measure.Row.from_samples(NAME, name, n, [total]))
        self.lines.append(result)
        self.databases.drop(database)

    def _run_workers(self, database, number):
        """Start the workers, let them go at the same moment; (their samples, seconds until the last was done)."""
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
            raise SystemExit("error: a worker failed; see above")
        return [json.loads(answer.splitlines()[-1]) for answer in answers], seconds

    def _format(self):
        """The table, each case compared with one worker and nothing spoilt."""
        first = {row.n: row for row in self.rows if row.variant == "one_worker"}
        yield f"{'variant':<18}{'N':>7}{'seconds':>9}{'CPU s':>8}{'speed':>7}{'peak MB':>9}  outcome (lines)"
        for row, result in zip(self.rows, self.lines, strict=True):
            outcome = ", ".join(f"{key} {value:,}" for key, value in result.items())
            speed = first[row.n].seconds / row.seconds
            yield (
                f"{row.variant:<18}{row.n:>7,}{row.seconds:>9.2f}{row.cpu_seconds:>8.2f}{speed:>7.2f}"
                f"{row.peak_mb:>9.0f}  {outcome}"
            )
        yield ""
        yield "speed: seconds of one worker ÷ seconds of this case, by the clock; parked counts contracts."


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    with Databases() as databases:
        benchmark = Benchmark(databases, options.sizes)
        text = benchmark.run()
    measure.publish(NAME, text, benchmark.rows, options.json)


if __name__ == "__main__":
    main()
