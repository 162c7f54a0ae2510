"""Import side by side: the subscriber import, Odoo's own load() of the same rows, and the bare create of the values."""

import tempfile

import import_variants
import measure
from databases import Databases, install, open_environment, read_versions, tidy
from import_variants import VARIANTS

NAME = "import"
SIZES = "10000"


# === JOBS: each in a process of its own === #
def make_base(database):
    """Fill the database that all others are copied from."""
    with open_environment(database) as env:
        import_variants.make_base(env)
        env.cr.commit()
        return read_versions(env)


def write_files(folder, sizes):
    """Write the files to import."""
    for n in sizes:
        import_variants.write_xlsx(f"{folder}/{n}.xlsx", n)
        import_variants.write_csv(f"{folder}/{n}.csv", n)


def bring_in(database, variant, n, folder):
    """Measure one variant once; tell the figures and what was made."""
    with open_environment(database) as env:
        work = VARIANTS[variant](env, n, folder)
        work.prepare()
        env.cr.commit()
        env.invalidate_all()
        with measure.Meter(env.cr) as meter:
            work.work()
            env.cr.commit()
        return {"sample": meter.sample, "made": import_variants.check_made(env, n, work.made)}


JOBS = {"make_base": make_base, "write_files": write_files, "bring_in": bring_in}


def do_job(job, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](**arguments))


# === THE RUN === #
class Benchmark:
    """All variants over all sizes, each on a fresh copy of one database."""

    def __init__(self, databases, folder, options):
        self.databases, self.folder = databases, folder
        self.sizes, self.repeat = options.sizes, options.repeat
        self.rows, self.notes = [], set()

    def run(self):
        """Make the database and the files, measure, and return the text of the result."""
        measure.say("Database with the add-on and the records that the rows name")
        base = self.databases.copy("base")
        install(base, "subscription_mgmt")
        versions = measure.run_child({"job": "make_base", "database": base})
        tidy(base)
        measure.say("Files")
        measure.run_child({"job": "write_files", "folder": self.folder, "sizes": self.sizes})
        for n in self.sizes:
            self._measure_size(n, base)
        return self._format(versions)

    def _measure_size(self, n, base):
        samples, made = {name: [] for name in VARIANTS}, {}
        for _turn in range(self.repeat):
            for name, variant in VARIANTS.items():
                result = self._measure(n, name, base)
                samples[name].append(result["sample"])
                if variant.made:
                    made[name] = result["made"]
        if len({tuple(found) for found in made.values()}) > 1:
            raise SystemExit(f"error: the variants did not make the same at N = {n}: {made}")
        for name in VARIANTS:
            self.rows.append(measure.Row.from_samples(NAME, name, n, samples[name]))
            if not all(sample["has_database_cpu"] for sample in samples[name]):
                self.notes.add(measure.PYTHON_ONLY)

    def _measure(self, n, variant, base):
        measure.say(f"{n:,} × {variant}")
        database = self.databases.copy("run", base)
        job = {"job": "bring_in", "database": database, "variant": variant, "n": n, "folder": self.folder}
        result = measure.run_child(job)
        self.databases.drop(database)
        return result

    def _format(self, versions):
        """The table with its legend, and the goals with what was reached."""
        baselines = {name: variant.baseline for name, variant in VARIANTS.items()}
        legend = [f"{name}: {variant.__doc__}" for name, variant in VARIANTS.items()]
        legend.append("ratio: CPU of load (for check: of import) ÷ own CPU.")
        repeated = f"median of {self.repeat} runs" if self.repeat > 1 else "one run"
        return "\n".join(
            [
                "Import: contracts of one line, 23 columns, 10 references, a contract per row.",
                f"{measure.describe_machine(versions)} · {repeated}",
                "",
                measure.format_table(self.rows, "row", baselines),
                "",
                *(self._format_goals(n) for n in self.sizes),
                "",
                *legend,
                *sorted(self.notes),
            ]
        )

    def _format_goals(self, n):
        cpu = {row.variant: row.cpu_seconds for row in self.rows if row.n == n}
        return (
            f"{n:,} rows: {cpu['load'] / cpu['import']:.2f} × load() per CPU second (goal 4), "
            f"{cpu['page'] / cpu['import_csv']:.2f} × Odoo's import page, both from a .csv; "
            f"{cpu['import'] / cpu['create']:.2f} × the CPU of the bare create (goal 1.15), "
            f"the check {100 * cpu['check'] / cpu['import']:.0f} % of the import (goal 15)"
        )


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    with Databases() as databases, tempfile.TemporaryDirectory() as folder:
        benchmark = Benchmark(databases, folder, options)
        text = benchmark.run()
    measure.publish(NAME, text, benchmark.rows, options.json)


if __name__ == "__main__":
    main()
