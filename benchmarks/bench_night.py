"""A night from end to end: billed, posted and sent by two workers, one of which is killed again and again."""

import json
import random
import signal
import subprocess
import sys
import time
from datetime import date

import billing_variants
import measure
from bench_sending import PageServer, settle_in
from billing_variants import VARIANTS
from databases import Databases, install, open_environment, read_versions, tidy
from free_port import free_ports
from smtp_server import MailServer

NAME = "night"
SIZES = "300"
KILLS = 5
SECONDS_BETWEEN_KILLS = (4, 9)
# A worker that finds nothing to do while another is at it looks again after so many seconds
PAUSE = 1


# === JOBS: each in a process of its own === #
def set_up(database, n, day):
    """Contracts of n subscribers whose invoices are posted and sent."""
    with open_environment(database) as env:
        billing_variants.make_base(env, n, day)
        ours, warm = VARIANTS["ours"](env, day), billing_variants.get_partners(env, warm_up=True)
        ours.set_up(billing_variants.get_partners(env, n), warm)
        ours.warm_up(warm)
        env["account.move"].search([("partner_id", "in", warm.ids), ("state", "=", "draft")]).action_post()
        contracts = env["subscription.contract"].search([("partner_id", "not in", warm.ids)])
        contracts.write({"billing_mode": "send"})
        env.cr.commit()
        return read_versions(env)


def work(database, day):
    """What the scheduled actions do, until nothing is left."""
    with open_environment(database) as env:
        measure.answer("ready")
        sys.stdin.readline()
        while count_left(env, day):
            env["subscription.billing.run"]._cron_bill_due()
            env["account.move"]._cron_send_subscription_invoices()
            env.cr.commit()
            env.invalidate_all()
            if count_left(env, day):
                time.sleep(PAUSE)
        measure.answer("done")


# A worker was killed while the mail server had the mail: nobody sends it again, and a person is told.
DOUBT = """EXISTS (SELECT FROM mail_mail WHERE mail_message_id = account_move.subscription_message_id
                                           AND failure_type = 'subscription_interrupted')"""


def count_left(env, day):
    """Rows to bill, drafts and invoices that have not left, without those in doubt."""
    env.cr.execute(
        f"""SELECT (SELECT count(*) FROM subscription_installment WHERE state = 'planned' AND date_invoice <= %(today)s)
                + (SELECT count(*) FROM account_move WHERE subscription_billing_mode = 'send'
                                       AND (state = 'draft' OR is_move_sent IS NOT TRUE AND NOT {DOUBT}))""",
        {"today": env.company._subscription_today()},
    )
    return env.cr.fetchone()[0]


def check(database, day):
    """What was done once, twice or not at all."""
    with open_environment(database) as env:
        values = {"day": env.company._subscription_today()}
        asked = {
            "invoices": "SELECT count(*) FROM account_move WHERE subscription_billing_mode = 'send'",
            "not_posted": """SELECT count(*) FROM account_move
                              WHERE subscription_billing_mode = 'send' AND state != 'posted'""",
            "rows_left": """SELECT count(*) FROM subscription_installment
                             WHERE state = 'planned' AND date_invoice <= %(day)s""",
            "doubt": f"SELECT count(*) FROM account_move WHERE {DOUBT}",
            # Each contract has a customer of its own and each of its lines a product of its own
            "billed_twice": """SELECT count(*) FROM (
                                   SELECT FROM account_move_line line JOIN account_move move ON move.id = line.move_id
                                    WHERE move.subscription_billing_mode = 'send' AND line.display_type = 'product'
                                    GROUP BY line.partner_id, line.product_id HAVING count(*) > 1) twice""",
            "numbers_twice": """SELECT count(*) - count(DISTINCT name) FROM account_move
                                 WHERE subscription_billing_mode = 'send'""",
            "gaps": """SELECT max(sequence_number) - min(sequence_number) + 1 - count(*) FROM account_move
                        WHERE subscription_billing_mode = 'send'""",
        }
        found = {}
        for name, query in asked.items():
            env.cr.execute(query, values)
            found[name] = int(env.cr.fetchone()[0] or 0)
        return found


JOBS = {"set_up": set_up, "settle_in": settle_in, "work": work, "check": check}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


# === THE NIGHT === #
class Workers:
    """Two processes that do what the scheduled actions do; the second is killed and begun again."""

    def __init__(self, job):
        self.command = [sys.executable, sys.argv[0], measure.CHILD_OPTION, json.dumps({"job": "work", **job})]
        self.killed, self.stopped = 0, 0
        self.chance = random.Random(3)

    def _start(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen(self.command, **pipes)

    @staticmethod
    def _let_go(worker):
        worker.stdout.readline()  # ready
        worker.stdin.write("go\n")
        worker.stdin.flush()

    def run(self):
        """Seconds from the moment both go until both find nothing left."""
        steady, victim = self._start(), self._start()
        for worker in (steady, victim):
            worker.stdout.readline()
        start = time.perf_counter()
        for worker in (steady, victim):
            worker.stdin.write("go\n")
            worker.stdin.flush()
        while self.killed < KILLS and not self._is_over(victim, self.chance.uniform(*SECONDS_BETWEEN_KILLS)):
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            self.killed += 1
            victim = self._start()
            self._let_go(victim)
        for worker in (victim, steady):
            worker.communicate()
            self.stopped += worker.returncode != 0
        return time.perf_counter() - start

    @staticmethod
    def _is_over(worker, seconds):
        try:
            worker.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def run_night(databases, empty, n):
    """One night over n contracts: (sample, what the check found, versions)."""
    measure.say(f"{n:,} contracts: set-up")
    database = databases.copy("night", empty)
    job = {"database": database, "day": date.today().replace(day=1).isoformat()}
    versions = measure.run_child({"job": "set_up", "n": n, **job})
    tidy(database)
    [port] = free_ports(1)
    workers = Workers(job)
    measure.say(f"{n:,} contracts: the night")
    with MailServer() as mails, PageServer(database, port):
        measure.run_child({"job": "settle_in", "http_port": port, "smtp_port": mails.port, "delay": "", **job})
        before = len(mails.messages)
        seconds = workers.run()
        arrived = [message["To"] for message in mails.messages[before:]]
    found = measure.run_child({"job": "check", **job})
    found |= {"mails": len(arrived), "mailed_twice": len(arrived) - len(set(arrived))}
    found |= {"killed": workers.killed, "stopped": workers.stopped}
    databases.drop(database)
    return {"seconds": seconds, "cpu_seconds": 0.0, "queries": 0, "peak_mb": 0.0}, found, versions


def describe(n, seconds, found):
    """What came of a night, in sentences."""
    yield (
        f"{n:,} contracts billed, posted and sent in {seconds:.0f} s: {3600 * n / seconds:,.0f} invoices an hour. "
        f"Killed with kill -9 and begun again: {found['killed']} times."
    )
    yield f"  stopped by the other worker: {found['stopped']}"
    twice = ("billed_twice", "numbers_twice", "mailed_twice")
    yield "  done twice: " + ", ".join(f"{name.partition('_')[0]} {found[name]}" for name in twice)
    lost = n - found["invoices"] + found["not_posted"] + found["rows_left"]
    unknown = n - found["mails"]
    yield f"  lost: invoices {lost}, mails {max(unknown - found['doubt'], 0)}, numbers left out {found['gaps']}"
    yield f"  leaving when a worker was killed, shown to a person: {found['doubt']}, of which {unknown} had not arrived"


def is_right(n, found):
    """Everybody was billed once and told once, but for those whose mail was leaving when its worker was killed."""
    wrong = ("not_posted", "rows_left", "billed_twice", "numbers_twice", "gaps", "mailed_twice", "stopped")
    told = n - found["doubt"] <= found["mails"] <= n
    return found["invoices"] == n and told and not any(found[name] for name in wrong)


def main():
    """Read the options, live the nights, and publish what came of them; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    rows, lines, right = [], [], True
    with Databases() as databases:
        empty = databases.copy("night_empty")
        install(empty, "subscription_mgmt")
        for n in options.sizes:
            sample, found, versions = run_night(databases, empty, n)
            rows.append(measure.Row.from_samples(NAME, "night", n, [sample]))
            lines += describe(n, sample["seconds"], found)
            right &= is_right(n, found)
    head = "Billed, posted and sent as PDF by e-mail by two workers, one of which is killed; mail server included."
    measure.publish(NAME, "\n".join([head, measure.describe_machine(versions), "", *lines]), rows, options.json)
    return None if right else sys.exit(1)


if __name__ == "__main__":
    main()
