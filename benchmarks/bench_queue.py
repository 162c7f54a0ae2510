"""The night as jobs of a queue: one server with one worker against two servers, and two whose workers are killed.

Real Odoo servers with the real job runner, real commits, real mails to a mail server of this process; by the clock.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import date, timedelta

import measure
import psycopg2
from databases import Databases, install, open_environment, read_versions, tidy
from queue_servers import Balancer, Loop, MailServer, Server

NAME = "queue"
SIZES = "2000"
SENT_PART = 20  # of so many contracts one has its invoices sent: nearly all of the time of a mail is its PDF
KILLS = 4  # workers that are killed; after them a whole server
SECONDS_BETWEEN_KILLS = (2, 4)
PATIENCE = 3600
ADDON = "subscription_mgmt_queue"
BILL, SEND = "ir_cron_subscription_bill_due", "ir_cron_subscription_send_invoices"
PHASES = ("billing", "posting", "sending")


# === DATA === #
def set_up(database, n, day):
    """N contracts, one line each of three, in two companies; only billing and sending run by themselves."""
    with open_environment(database) as env:
        second = env["res.company"].create({"name": "Second"})
        env["res.users"].browse(env.uid).company_ids += second
        for company in env.company + second:
            make_company(env(context={**env.context, "allowed_company_ids": company.ids}), n // 2, day)
        night = [env.ref(f"subscription_mgmt.{name}").id for name in (BILL, SEND)]
        env["ir.cron"].search([("id", "not in", night)]).active = False
        env["ir.cron"].browse(night).nextcall = env["ir.cron"].browse(night[0]).nextcall + timedelta(days=1)
        env["ir.mail_server"].search([]).active = False
        env["ir.mail_server"].create({"name": "Bench", "smtp_host": "127.0.0.1", "smtp_encryption": "none"})
        env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
        env.cr.commit()
        return read_versions(env)


def make_company(env, n, day):
    """A company with n contracts of three lines, due on the day."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    company.write(
        {"subscription_enabled": True, "subscription_analytic": False, "email": f"office{company.id}@example.com"}
    )
    tax = env["account.tax"].create({"name": "Benchmark 20 %", "amount": 20.0, "type_tax_use": "sale"})
    service = {"type": "service", "company_id": company.id, "taxes_id": [(6, 0, tax.ids)]}
    products = env["product.product"].create([{**service, "name": f"Service {i}"} for i in range(3)])
    partners = env["res.partner"].create(
        [{"name": f"S{company.id}-{i}", "email": f"s{company.id}-{i}@example.com"} for i in range(n)]
    )
    for start in range(0, n, 500):
        contracts = env["subscription.contract"].create(
            [
                {
                    "subject": "Queue",
                    "partner_id": partners[i].id,
                    "company_id": company.id,
                    "date_start": day,
                    "billing_mode": "post" if i % SENT_PART else "send",
                    "line_ids": [
                        (0, 0, {"product_id": product.id, "price_unit": 10.0 + i % 97, "repetitions": 1})
                        for product in products
                    ],
                }
                for i in range(start, min(start + 500, n))
            ]
        )
        contracts.action_activate()
        env.cr.commit()
        env.invalidate_all()


# === ONE RUN === #
class Night:
    """One night on a database, as the clock sees it."""

    def __init__(self, database):
        self.database = database
        self.connection = psycopg2.connect(dbname=database)
        self.connection.autocommit = True
        self.killed = 0
        self.stopped = threading.Event()

    def ask(self, query, *values):
        with self.connection.cursor() as cr:
            cr.execute(query, values)
            return cr.fetchone() if cr.description else None

    def wait_until(self, query):
        """Wait until the query counts nothing; return the seconds that it took."""
        start = time.monotonic()
        while self.ask(query)[0]:
            if time.monotonic() - start > PATIENCE:
                raise SystemExit(f"error: never done: {query}")
            time.sleep(0.1)
        return time.monotonic() - start

    def prepare(self, mail_port, web_port):
        """Tell the database where its mail server and its reports are."""
        self.ask("UPDATE ir_mail_server SET smtp_port = %s WHERE name = 'Bench'", mail_port)
        for key in ("web.base.url", "report.url"):
            self.ask("DELETE FROM ir_config_parameter WHERE key = %s", key)
            url = f"http://127.0.0.1:{web_port}"
            self.ask("INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)", key, url)

    def wait_for_runner(self):
        query = """SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
        self.wait_until(query)

    def trigger(self, name):
        """Have a scheduled action run now, as `_trigger` does."""
        self.ask(
            """INSERT INTO ir_cron_trigger (cron_id, call_at)
               SELECT res_id, now() AT TIME ZONE 'utc' FROM ir_model_data
                WHERE module = 'subscription_mgmt' AND name = %s""",
            name,
        )
        subprocess.run(["psql", "-qd", "postgres", "-c", f"NOTIFY cron_trigger, '{self.database}'"], check=True)

    def run(self):
        """Bill, post and send; seconds of each."""
        self.trigger(BILL)
        billing = self.wait_until("SELECT count(*) FROM subscription_installment WHERE state = 'planned'")
        posting = self.wait_until("SELECT count(*) FROM account_move WHERE state = 'draft'")
        self.wait_until("SELECT count(*) FROM subscription_billing_run WHERE state IN ('queued', 'running')")
        self.trigger(SEND)
        wanted = "subscription_run_id IS NOT NULL AND subscription_billing_mode = 'send'"
        sending = self.wait_until(f"SELECT count(*) FROM account_move WHERE {wanted} AND is_move_sent IS NOT TRUE")
        self.wait_until("SELECT count(*) FROM queue_job WHERE state NOT IN ('done', 'failed', 'cancelled')")
        return dict(zip(PHASES, (billing, posting, sending), strict=True))

    # === KILLING === #
    def kill_workers(self, servers):
        """Kill workers in the middle of their jobs, and at last the server that has the runner."""
        chance = random.Random(1)
        while self.killed < KILLS and not self.stopped.wait(chance.uniform(*SECONDS_BETWEEN_KILLS)):
            found = self.ask("SELECT worker_pid FROM queue_job WHERE state = 'started' ORDER BY random() LIMIT 1")
            if found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(found[0], signal.SIGKILL)
                    self.killed += 1
        if not self.stopped.wait(chance.uniform(*SECONDS_BETWEEN_KILLS)):
            servers[0].kill()

    # === PROOF === #
    def check(self, n, mails):
        """Everything once: rows, invoice lines, numbers, mails.

        :return: number of what was done twice.
        """
        figures = {
            "rows billed": "SELECT count(*) FROM subscription_installment WHERE state = 'invoiced'",
            "lines of rows": "SELECT count(DISTINCT invoice_line_id) FROM subscription_installment",
            "lines in the books": "SELECT count(*) FROM account_move_line WHERE display_type = 'product'",
        }
        found = {name: self.ask(query)[0] for name, query in figures.items()}
        found["invoices"] = self.ask("SELECT count(*) FROM account_move WHERE state = 'posted'")[0] * 3
        found["numbers"] = self.ask("SELECT count(DISTINCT (name, company_id)) FROM account_move")[0] * 3
        if set(found.values()) != {3 * n}:
            raise SystemExit(f"error: {3 * n} rows, but {found}")
        gaps = self.ask("SELECT count(*) FROM (SELECT 1 FROM account_move GROUP BY company_id, sequence_prefix "
                        "HAVING max(sequence_number) - min(sequence_number) + 1 != count(*)) AS gaps")[0]  # fmt: skip
        failed = self.ask("SELECT count(*) FROM queue_job WHERE state = 'failed'")[0]
        addresses = {address: count for address, count in mails.items() if address.startswith("s")}
        wanted = self.ask("SELECT count(*) FROM account_move WHERE subscription_billing_mode = 'send'")[0]
        twice = sum(addresses.values()) - len(addresses)
        if gaps or failed or len(addresses) != wanted:
            raise SystemExit(f"error: {gaps} gaps, {failed} failed jobs, {len(addresses)} of {wanted} mails")
        return twice


def live(database, n, servers, kill=False):
    """Start servers, live one night, and stop them.

    :return: seconds of each phase, workers killed, things done twice.
    """
    loop, night, running = Loop(), Night(database), []
    mail_server, balancer = MailServer(loop), Balancer(loop)
    with open(os.path.join(os.path.dirname(os.environ["ODOO_RC"]), "bench_queue.log"), "w") as log:
        night.prepare(mail_server.port, balancer.port)
        try:
            for _number in range(servers):
                running.append(Server(database, f"root:{servers}", log, balancer.port))
                balancer.add(running[-1])
            night.wait_for_runner()
            killer = threading.Thread(target=night.kill_workers, args=[running]) if kill else None
            if killer:
                killer.start()
            seconds = night.run()
            night.stopped.set()
            if killer:
                killer.join()
        finally:
            for server in running:
                server.kill()
            loop.close()
    twice = night.check(n, mail_server.mails)
    night.connection.close()
    return seconds, night.killed, twice


# === REPORT === #
def format_report(n, results, versions):
    """The table and what it says, as text."""
    one, two, killed = (results[name] for name in ("one", "two", "killed"))
    lines = [
        f"{n} contracts of three lines in two companies (two journals), one in {SENT_PART} sent by e-mail as PDF.",
        "One Odoo server with one job at a time; two servers with one each, behind a balancer. Seconds by the clock.",
        measure.describe_machine(versions),
        "",
        f"{'':<10}{'records':>9}{'one':>9}{'two':>9}{'gain':>9}{'two, killed':>13}",
    ]
    amounts = {"billing": n, "posting": n, "sending": n // 2 // SENT_PART * 2 + (n // 2 % SENT_PART > 0) * 2}
    whole = [sum(figures[0].values()) for figures in (one, two, killed)]
    for phase in PHASES:
        row = [figures[0][phase] for figures in (one, two, killed)]
        lines.append(format_row(phase, amounts[phase], row))
    lines.append(format_row("whole run", n, whole))
    lines += [
        "",
        f"Killed with kill -9 in mid-batch: {killed[1]} workers, and then the server with the job runner.",
        f"Done twice: {one[2]}, {two[2]}, {killed[2]} (rows, lines, numbers, mails). Gaps in the numbers: 0. Lost: 0.",
    ]
    return "\n".join(lines)


def format_row(name, count, seconds):
    one, two, killed = seconds
    return f"{name:<10}{count:>9}{one:>9.1f}{two:>9.1f}{one / two:>7.2f} ×{killed:>13.1f}"


JOBS = {"set_up": set_up}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    texts = []
    with Databases() as databases:
        empty = databases.copy("queue_empty")
        install(empty, ADDON)
        for n in options.sizes:
            base = databases.copy("queue_base", empty)
            job = {"database": base, "n": n, "day": date.today().replace(day=1).isoformat()}
            versions = measure.run_child({"job": "set_up", **job})
            tidy(base)
            results = {}
            for name, servers, kill in (("one", 1, False), ("two", 2, False), ("killed", 2, True)):
                measure.say(f"{n} contracts: {name}")
                database = databases.copy("queue", base)
                results[name] = live(database, n, servers, kill)
                databases.drop(database)
            databases.drop(base)
            texts.append(format_report(n, results, versions))
    measure.publish(NAME, "\n\n".join(texts), [], options.json)


if __name__ == "__main__":
    sys.exit(main())
