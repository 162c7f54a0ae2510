"""Sending: posted invoices printed and mailed, Odoo one by one against ours, with one worker and with two."""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from datetime import date

import billing_variants
import measure
from billing_variants import VARIANTS
from databases import ROOT, Databases, install, open_environment, read_versions, tidy

sys.path += [f"{ROOT}/bin/parts", f"{ROOT}/subscription_mgmt/tests"]
from free_port import free_ports
from smtp_server import MailServer

NAME = "sending"
SIZES = "40"
# variant → (how it is sent, workers)
CASES = {"core": ("core", 1), "core_quiet": ("core_quiet", 1), "ours": ("ours", 1), "ours_two": ("ours", 2)}


# === JOBS: each in a process of its own === #
def set_up(database, n, day):
    """Posted invoices that wait to be sent."""
    with open_environment(database) as env:
        billing_variants.make_base(env, n, day)
        ours = VARIANTS["ours"](env, day)
        warm_up = billing_variants.get_partners(env, warm_up=True)
        ours.set_up(billing_variants.get_partners(env, n), warm_up)
        ours.warm_up(warm_up)
        ours.bill()
        moves = get_moves(env, "posted") + get_moves(env, "draft")
        moves.action_post()
        moves.subscription_billing_mode = "send"
        env.cr.commit()
        return read_versions(env)


def get_moves(env, state="posted", warm_up=False):
    """The invoices to send, in the order of their numbers."""
    partners = billing_variants.get_partners(env, warm_up=warm_up)
    domain = [("subscription_run_id", "!=", False), ("state", "=", state), ("partner_id", "in", partners.ids)]
    return env["account.move"].search(domain, order="id")


def settle_in(database, day, http_port, smtp_port, delay):
    """Tell the database where pages find their fonts and where mails go, and print once, so that all is in place."""
    with open_environment(database) as env:
        parameters = env["ir.config_parameter"]
        parameters.set_param("report.url", f"http://127.0.0.1:{http_port}")
        if delay:
            parameters.set_param("report.print_delay", delay)
        env["ir.mail_server"].create({"name": "Benchmark", "smtp_host": "127.0.0.1", "smtp_port": smtp_port})
        send_as_odoo(env, get_moves(env, warm_up=True)[:1])
        env.cr.commit()


def send_as_odoo(env, moves):
    """As the Send button does, one after the other; each mail leaves with its commit."""
    for move in moves:
        env["account.move.send"]._generate_and_send_invoices(move)
        env.cr.commit()


def work(database, day, way):
    """Send all of them, once the parent process says so."""
    with open_environment(database) as env:
        send_as_odoo(env, get_moves(env, warm_up=True)[1:3])
        get_moves(env, warm_up=True).subscription_billing_mode = "post"
        env.cr.commit()
        moves = get_moves(env)
        env.invalidate_all()
        measure.answer("ready")
        sys.stdin.readline()
        with DatabaseMeter(env.cr) as meter:
            if way == "ours":
                env["account.move"]._cron_send_subscription_invoices()
            else:
                send_as_odoo(env, moves)
            env.cr.commit()
        return meter.sample


class DatabaseMeter(measure.Meter):
    """Counts every connection of this process: mails leave by another one."""

    def _read_database_cpu(self):
        self.cr.execute("SELECT pid FROM pg_stat_activity WHERE application_name = current_setting('application_name')")
        pids = [pid for [pid] in self.cr.fetchall()]
        seconds = 0.0
        for self.backend_pid in pids:
            part = super()._read_database_cpu()
            if part is None:
                return None
            seconds += part
        return seconds


def check(database, day):
    """How many are marked as sent, and what was sent: number of the invoice → digest of its PDF."""
    with open_environment(database) as env:
        moves = get_moves(env)
        pdfs = {move.name: digest(move.invoice_pdf_report_id.raw) for move in moves}
        return {"sent": len(moves.filtered("is_move_sent")), "pdfs": pdfs}


def digest(pdf):
    """What tells one PDF from another, whenever it was made: text, fonts, lines and pictures, byte by byte."""
    return hashlib.sha256(re.sub(rb"/(Creation|Mod)Date \([^)]*\)", b"", pdf)).hexdigest()


JOBS = {"set_up": set_up, "settle_in": settle_in, "work": work, "check": check}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


# === THE RUN === #
class PageServer:
    """Odoo serving the database: the program that prints reads style sheets and fonts from it, as in real life."""

    def __init__(self, database, port):
        self.port = port
        options = ["-d", database, "--db-filter", f"^{database}$", "--http-port", str(self.port)]
        quiet = ["--max-cron-threads=0", "--workers=0", "--log-level=critical"]
        self._process = subprocess.Popen([sys.executable, os.environ["ODOO_BIN"], *options, *quiet])

    def __enter__(self):
        for _second in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/web/login", timeout=60).read()
                return self
            except OSError:
                time.sleep(1)
        raise SystemExit("error: the server of the pages does not come up")

    def __exit__(self, *_error):
        self._process.terminate()
        self._process.wait()


class Benchmark:
    """All cases over all sizes, each on a copy of the same database."""

    def __init__(self, databases, options):
        self.databases = databases
        self.options = options
        self.day = date.today().replace(day=1).isoformat()
        self.rows = []
        [self.port] = free_ports(1)  # one for all: the address of the server is part of each PDF

    def run(self):
        """Measure, and return the text of the result."""
        empty = self.databases.copy("send_empty")
        install(empty, "subscription_mgmt")
        for n in self.options.sizes:
            measure.say(f"{n:,} invoices: set-up")
            base = self.databases.copy("send_base", empty)
            versions = measure.run_child({"job": "set_up", "database": base, "n": n, "day": self.day})
            tidy(base)
            pdfs = {}
            for name in CASES:
                samples = [self._measure(n, name, base, pdfs) for _i in range(self.options.repeat)]
                self.rows.append(measure.Row.from_samples(NAME, name, n, samples))
            self.databases.drop(base)
        return "\n".join([*self._describe(versions), "", *self._format()])

    def _measure(self, n, name, base, pdfs):
        measure.say(f"{n:,} × {name}: measurement")
        way, workers = CASES[name]
        database = self.databases.copy("send", base)
        job = {"database": database, "day": self.day}
        with MailServer() as mails, PageServer(database, self.port):
            ports = {"http_port": self.port, "smtp_port": mails.port}
            delay = "0" if way == "core_quiet" else ""
            measure.run_child({"job": "settle_in", "delay": delay, **ports, **job})
            total = self._run_workers({"job": "work", "way": way, **job}, workers)
        result = measure.run_child({"job": "check", **job})
        self._check(n, name, result, mails, pdfs)
        self.databases.drop(database)
        return total

    def _run_workers(self, job, number):
        """Start the workers, let them go at the same moment; what they came to together, until the last was done."""
        command = [sys.executable, sys.argv[0], measure.CHILD_OPTION, json.dumps(job)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        workers = []
        for _i in range(number):
            workers.append(subprocess.Popen(command, **pipes))
            workers[-1].stdout.readline()  # ready
        start = time.perf_counter()
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        answers = [worker.communicate()[0] for worker in workers]
        seconds = time.perf_counter() - start
        if any(worker.returncode for worker in workers):
            raise SystemExit("error: a worker failed; see above")
        samples = [json.loads(answer.splitlines()[-1]) for answer in answers]
        total = {key: sum(sample[key] for sample in samples) for key in ("cpu_seconds", "queries")}
        return {**total, "seconds": seconds, "peak_mb": max(sample["peak_mb"] for sample in samples)}

    def _check(self, n, name, result, mails, pdfs):
        """Everybody got his invoice once, and the same as from Odoo."""
        arrived = [address for address in mails.recipients if address.count("bench-")]
        if result["sent"] != n or len(arrived) != n or len(set(arrived)) != n:
            raise SystemExit(
                f"error: {name} marked {result['sent']} of {n} invoices as sent; {len(arrived)} mails arrived"
            )
        first = pdfs.setdefault(n, result["pdfs"])
        other = [number for number in first if first[number] != result["pdfs"][number]]
        if other:
            raise SystemExit(f"error: {name} sent other PDFs than core: {', '.join(other[:5])}")

    def _describe(self, versions):
        program = subprocess.run(["wkhtmltopdf", "--version"], capture_output=True, text=True, check=True)
        yield "Sending: posted invoices of three lines as PDF by e-mail, a customer each, mail server included."
        yield f"{measure.describe_machine(versions)} · {program.stdout.strip()}"

    def _format(self):
        """The table; speed by the clock and CPU against Odoo one by one as it comes."""
        first = {row.n: row for row in self.rows if row.variant == "core"}
        yield (
            f"{'variant':<12}{'N':>6}{'seconds':>9}{'an hour':>9}{'speed':>7}{'CPU ms':>8}{'ratio':>7}"
            f"{'queries':>9}{'peak MB':>9}"
        )
        for row in self.rows:
            core = first[row.n]
            yield (
                f"{row.variant:<12}{row.n:>6,}{row.seconds:>9.2f}{3600 * row.n / row.seconds:>9,.0f}"
                f"{core.seconds / row.seconds:>7.2f}{1000 * row.cpu_seconds / row.n:>8.0f}"
                f"{core.cpu_seconds / row.cpu_seconds:>7.2f}{row.queries_per_record:>9.1f}{row.peak_mb:>9.0f}"
            )
        yield ""
        yield "speed: seconds of core ÷ seconds of this row, by the clock. CPU and queries an invoice: the workers with"
        yield "their database connections and the PDF program; not the server that gives it style sheets and fonts."
        yield "Each row: every customer got one mail, and every PDF is the file that core makes but for its date."


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    # In the file that accountants' programs read out of the PDF, Odoo lists the namespaces in the order of a set.
    os.environ["PYTHONHASHSEED"] = "0"
    with Databases() as databases:
        benchmark = Benchmark(databases, options)
        text = benchmark.run()
    measure.publish(NAME, text, benchmark.rows, options.json)


if __name__ == "__main__":
    main()
