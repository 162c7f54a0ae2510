"""Billing side by side: subscription management, OCA `contract`, and Odoo's own create of the same invoices."""

from datetime import date

import billing_variants
import measure
from billing_variants import VARIANTS
from databases import Databases, install, open_environment, read_versions, tidy

NAME = "billing"
SIZES = "500,2000"


# === JOBS: each in a process of its own === #
def make_base(database, n, day):
    """Fill the database that all others are copied from."""
    with open_environment(database) as env:
        billing_variants.make_base(env, n, day)
        env.cr.commit()
        return read_versions(env)


def set_up(database, variant, n, day):
    """Put what one variant is to bill into its database."""
    with open_environment(database) as env:
        partners = billing_variants.get_partners(env, n)
        VARIANTS[variant](env, day).set_up(partners, billing_variants.get_partners(env, warm_up=True))
        env.cr.commit()


def bill(database, variant, n, day):
    """Measure one variant once; tell the figures and what was billed."""
    with open_environment(database) as env:
        work = VARIANTS[variant](env, day)
        work.prepare(billing_variants.get_partners(env, n))
        work.warm_up(billing_variants.get_partners(env, warm_up=True))
        # As a job of the server begins: what was done before is committed, and nothing of it is in the cache.
        env.cr.commit()
        env.invalidate_all()
        with measure.Meter(env.cr) as meter:
            work.bill()
            env.cr.commit()  # writes what is pending, and runs what waits for it, as the tracking of changes does
        return {"sample": meter.sample, "billed": billing_variants.check_invoices(env, day)}


JOBS = {"make_base": make_base, "set_up": set_up, "bill": bill}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


# === THE RUN === #
class Benchmark:
    """All variants over all sizes, on databases of their own."""

    def __init__(self, databases, sizes, repeat):
        self.databases = databases
        self.sizes = sizes
        self.repeat = repeat
        self.day = date.today().replace(day=1).isoformat()
        self.rows = []
        self.notes = set()

    def run(self):
        """Make the databases, measure, and return the text of the result."""
        measure.say(f"Database with {max(self.sizes):,} partners and {billing_variants.HISTORY:,} posted invoices")
        base = self.databases.copy("base")
        versions = measure.run_child({"job": "make_base", "database": base, "n": max(self.sizes), "day": self.day})
        installed = {None: base}
        for addon in sorted({variant.addon for variant in VARIANTS.values() if variant.addon}):
            measure.say(f"Installing {addon}")
            installed[addon] = self.databases.copy(addon, base)
            install(installed[addon], addon)
        for n in self.sizes:
            self._measure_size(n, installed)
        return self._format(versions)

    def _measure_size(self, n, installed):
        """Measure all variants in turn, so that whatever disturbs the machine disturbs them alike."""
        sources = {}
        for name, variant in VARIANTS.items():
            sources[name] = self._set_up(n, name, sources.get(variant.based_on) or installed[variant.addon])
        samples, billed = {name: [] for name in VARIANTS}, {}
        for turn in range(self.repeat):
            for name in self._take_turns(turn):
                result = self._measure(n, name, sources[name])
                samples[name].append(result["sample"])
                billed[name] = result["billed"]
                check(n, name, billed)
        for name in VARIANTS:
            self.rows.append(measure.Row.from_samples(NAME, name, n, samples[name]))
            self.databases.drop(sources[name])
            if not all(sample["has_database_cpu"] for sample in samples[name]):
                self.notes.add(measure.PYTHON_ONLY)

    @staticmethod
    def _take_turns(turn):
        """The variants, each repetition with another one first."""
        names = list(VARIANTS)
        first = turn % len(names)
        return names[first:] + names[:first]

    def _set_up(self, n, variant, source):
        """A database with what the variant is to bill, to be copied for each measurement."""
        measure.say(f"{n:,} × {variant}: set-up")
        database = self.databases.copy(variant, source)
        measure.run_child({"job": "set_up", "database": database, "variant": variant, "n": n, "day": self.day})
        tidy(database)
        return database

    def _measure(self, n, variant, source):
        measure.say(f"{n:,} × {variant}: measurement")
        database = self.databases.copy("run", source)
        result = measure.run_child({"job": "bill", "database": database, "variant": variant, "n": n, "day": self.day})
        self.databases.drop(database)
        return result

    def _format(self, versions):
        """The table with its legend."""
        baselines = {name: variant.baseline for name, variant in VARIANTS.items()}
        legend = [f"{name}: {variant.__doc__}" for name, variant in VARIANTS.items()]
        legend.append("ratio: CPU of floor (of floor_post for posting) ÷ own CPU; above 1 is cheaper than the floor.")
        repeated = f"median of {self.repeat} runs" if self.repeat > 1 else "one run"
        return "\n".join(
            [
                "Billing: invoices of three lines, 20 % tax, 30 days, a partner each.",
                f"{measure.describe_machine(versions)} · {repeated}",
                "",
                measure.format_table(self.rows, "invoice", baselines),
                "",
                *legend,
                *sorted(self.notes),
            ]
        )


def check(n, name, billed):
    """Stop when a variant has not billed what it was to bill, or not what the others billed."""
    expected = {VARIANTS[name].state: n}
    if billed[name]["invoices"] != expected:
        raise SystemExit(f"error: {name} made {billed[name]['invoices']} instead of {expected} invoices")
    first = next(iter(billed))
    for key in ("lines", "amounts"):
        if billed[name][key] != billed[first][key]:
            raise SystemExit(
                f"error: {key} at N = {n} differ: {first} {billed[first][key]}, {name} {billed[name][key]}"
            )


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    with Databases() as databases:
        benchmark = Benchmark(databases, options.sizes, options.repeat)
        text = benchmark.run()
    measure.publish(NAME, text, benchmark.rows, options.json)


if __name__ == "__main__":
    main()
