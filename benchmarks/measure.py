"""What every benchmark shares: measuring in a process of its own, the table, the JSON and the results file.

A measurement runs in a child process, so that neither memory nor caches of one variant touch another: the benchmark
starts its own file again with a hidden option that holds a job, and the child answers with one line of JSON.
"""

import argparse
import dataclasses
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
CHILD_OPTION = "--child"
PYTHON_ONLY = "CPU of Python alone: the process of the database could not be read on this machine."


def say(text):
    """Tell the person at the terminal how far it is; the table alone goes to standard output."""
    print(f"==> {text}", file=sys.stderr, flush=True)


# === MEASURING === #
class Meter:
    """Time, CPU, queries and memory of a `with` block that works on one database cursor, or on none.

    CPU is that of this process plus that of the PostgreSQL process that serves the cursor, read from /proc; without
    access to it the CPU of Python alone, and `has_database_cpu` says so.
    """

    def __init__(self, cr=None):
        self.cr = cr
        self.backend_pid = None
        if not cr:
            return
        # One process per session, so that all the work of the database is seen.
        cr.execute("SET max_parallel_workers_per_gather = 0")
        cr.execute("SELECT pg_backend_pid()")
        [self.backend_pid] = cr.fetchone()

    def __enter__(self):
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # the peak of memory starts anew
        self._memory = self._read_memory("VmRSS")
        self._queries = self._read_queries()
        self._database_cpu = self._read_database_cpu()
        self._cpu, self._clock = self._read_cpu(), time.perf_counter()
        return self

    def __exit__(self, *_error):
        self.seconds = time.perf_counter() - self._clock
        self.cpu_seconds = self._read_cpu() - self._cpu
        self.has_database_cpu = self._database_cpu is not None
        if self.has_database_cpu:
            self.cpu_seconds += self._read_database_cpu() - self._database_cpu
        self.queries = self._read_queries() - self._queries
        # The system counts pages loosely: the peak may come out a little below the start.
        self.peak_mb = max(self._read_memory("VmHWM") - self._memory, 0) / 1024

    @property
    def sample(self):
        """The figures, ready for JSON."""
        names = ("seconds", "cpu_seconds", "queries", "peak_mb", "has_database_cpu")
        return {name: getattr(self, name) for name in names}

    @staticmethod
    def _read_cpu():
        """CPU seconds so far of this process and of those that it started and that have ended."""
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system

    def _read_queries(self):
        return self.cr.sql_log_count if self.cr else 0

    def _read_database_cpu(self):
        """CPU seconds of the database's process so far; None where there is none or the system does not show them."""
        if not self.backend_pid:
            return None
        try:
            fields = Path(f"/proc/{self.backend_pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        user, system = int(fields[11]), int(fields[12])
        return (user + system) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def _read_memory(name):
        """Memory of this process in kB: VmRSS is what it holds now, VmHWM the most it held."""
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
        raise RuntimeError(f"/proc/self/status has no {name}")


def run_child(job):
    """Run a job (a dict) of this benchmark in a process of its own and return its answer."""
    command = [sys.executable, sys.argv[0], CHILD_OPTION, json.dumps(job)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"error: {job['job']} {job.get('variant', '')} failed in its process; see above")
    return json.loads(done.stdout.splitlines()[-1])


def answer(result):
    """What a child process has to say to :func:`run_child`."""
    print(json.dumps(result), flush=True)


# === FIGURES === #
@dataclasses.dataclass
class Row:
    """One line of a table, and one element of the JSON."""

    name: str
    variant: str
    n: int
    seconds: float
    cpu_seconds: float
    per_second: float
    queries_per_record: float
    peak_mb: float

    @classmethod
    def from_samples(cls, name, variant, n, samples):
        """The median of the repetitions of one measurement."""
        middle = {key: statistics.median(sample[key] for sample in samples) for key in samples[0]}
        return cls(
            name=name,
            variant=variant,
            n=n,
            seconds=round(middle["seconds"], 3),
            cpu_seconds=round(middle["cpu_seconds"], 3),
            per_second=round(n / middle["seconds"], 1),
            queries_per_record=round(middle["queries"] / n, 3),
            peak_mb=round(middle["peak_mb"], 1),
        )


def format_table(rows, unit, baselines):
    """Aligned text of the rows.

    :param unit: what one record is, for the headings.
    :param baselines: variant → the variant that it is compared with.
    """
    cpu = {(row.variant, row.n): row.cpu_seconds for row in rows}
    heads = ("variant", "N", "seconds", "CPU s", f"{unit}s/s", f"CPU ms/{unit}", f"queries/{unit}", "ratio", "peak MB")
    cells = [heads]
    for row in rows:
        baseline = baselines[row.variant]
        cells.append(
            (
                row.variant,
                f"{row.n:,}",
                f"{row.seconds:.2f}",
                f"{row.cpu_seconds:.2f}",
                f"{row.per_second:.1f}",
                _format_small(1000 * row.cpu_seconds / row.n),
                f"{row.queries_per_record:.2f}",
                f"{cpu[baseline, row.n] / row.cpu_seconds:.2f}",
                f"{row.peak_mb:.0f}",
            )
        )
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(_format_line(line, widths) for line in cells)


def _format_small(number):
    return f"{number:.1f}" if number >= 1 else f"{number:.3f}"


def _format_line(cells, widths):
    """The first column is text, the others are numbers."""
    pairs = list(zip(cells, widths, strict=True))
    name, width = pairs[0]
    return "  ".join([name.ljust(width), *(cell.rjust(width) for cell, width in pairs[1:])])


def describe_machine(versions):
    """One line that says when and on what the figures were taken."""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{date.today()} · Odoo {versions['odoo']} · Python {python} · PostgreSQL {versions['postgresql']} · " + (
        f"{os.cpu_count()} cores"
    )


def publish(name, text, rows, json_path=None):
    """Print the text, keep it under benchmarks/results/, and write the rows as JSON where they are asked for."""
    print(text, flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.txt").write_text(text + "\n")
    if json_path:
        Path(json_path).write_text(json.dumps([dataclasses.asdict(row) for row in rows], indent=1) + "\n")


# === COMMAND LINE === #
def make_parser(name, description, sizes):
    """The options that all benchmarks have."""
    parser = argparse.ArgumentParser(prog=f"bin/bench {name}", description=description)
    parser.add_argument(
        "--sizes", type=_positives, default=sizes, help="numbers of records, with commas between them (%(default)s)"
    )
    parser.add_argument("--repeat", type=_positive, default=1, help="measure so often and take the median (1)")
    parser.add_argument("--json", metavar="FILE", type=_file_path, help="write the figures there, too")
    parser.add_argument(CHILD_OPTION, type=json.loads, help=argparse.SUPPRESS)
    return parser


def _positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number above zero")
    return int(text)


def _file_path(text):
    """A path that can be written, found out before the long run and not after it."""
    if Path(text).is_dir() or not Path(text).absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"cannot write {text}")
    return text


def _positives(text):
    return [_positive(part) for part in text.split(",")]
