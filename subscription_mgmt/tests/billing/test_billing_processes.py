"""Billing in real processes, on real transactions: nothing is billed twice, whoever is killed when."""

import os
import signal
import time
from datetime import date

from odoo import api
from odoo.tests import tagged

from ...models.common.context import LEDGER
from ..process_common import ProcessCase

CONTRACTS = 60
DAY = date(2026, 1, 1)

# Run by a child process: bill in small batches, committing each as the cron does.
WORKER = """
import sys
from datetime import date
import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
# A worker that comes second to a row is told so by an error of the database: expected here, and handled below.
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
from psycopg2 import OperationalError
from odoo.addons.subscription_mgmt.models.billing import subscription_billing_run as billing
billing.BILL_BATCH = 5
with Registry(sys.argv[1]).cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    company = env["res.company"].browse(int(sys.argv[2]))
    runs = env["subscription.billing.run"].with_company(company)
    for batch in list(runs._get_due_batches(company, date(2026, 1, 1))):
        try:
            runs._open(company, date(2026, 1, 1))._bill_batch(batch)
            cr.commit()
            print("batch", flush=True)
        except OperationalError:
            cr.rollback()
"""

# Run by a child process: post the drafts, and wait just before it is committed.
POSTER = """
import sys
from datetime import date
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn"])
with Registry(sys.argv[1]).cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    company = env["res.company"].browse(int(sys.argv[2]))
    runs = env["subscription.billing.run"].with_company(company)
    moves = env["account.move"].search(env["account.move"]._get_subscription_post_domain(company, date(2026, 1, 1)))
    moves.with_company(company)._subscription_post(date(2026, 1, 1))
    cr.flush()
    print("posted", len(moves), flush=True)
    sys.stdin.readline()
"""

# Run by a child process: post in small batches, each committed, as the scheduled action does; or carry out the runs.
NIGHT = """
import sys
from datetime import date
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
# A worker that comes second to a row is told so by an error of the database: expected here, and handled by the frame.
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
from odoo.addons.subscription_mgmt.models.billing import background, subscription_billing_run as billing
billing.BILL_BATCH = 5
background.POST = background.POST._replace(size=4)
with Registry(sys.argv[1]).cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    company = env["res.company"].browse(int(sys.argv[2]))
    type(env["res.company"])._get_subscription_companies = lambda companies: company.with_env(companies.env)
    cr.commit()
    print("ready", flush=True)
    sys.stdin.readline()
    if sys.argv[3] == "post":
        frame = company._work_for(env["subscription.batches"])
        frame._run_job(background.POST, date(2026, 1, 1))
    else:
        env["subscription.billing.run"]._cron_bill_due()
    cr.commit()
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestBillingProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        company.subscription_billing_mode = "draft"
        partners = env["res.partner"].create([{"name": f"S{n}"} for n in range(CONTRACTS)])
        contracts = env["subscription.contract"].create(
            [
                {
                    "subject": "Parallel",
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "date_start": DAY,
                    "line_ids": [(0, 0, {"product_id": product.id, "price_unit": 10.0, "repetitions": 1})],
                }
                for partner in partners
            ]
        )
        contracts.action_activate()

    @classmethod
    def clear(cls, env):
        cls.clear_moves(env)
        contracts = env["subscription.contract"].search([("company_id", "=", cls.company_id)])
        contracts.with_context(subscription_ledger=LEDGER).unlink()

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            self.clear_moves(api.Environment(cr, api.SUPERUSER_ID, {}))

    def start_worker(self, program=WORKER):
        return self.start(program, self.company_id)

    def read_ledger(self):
        """(rows still planned, invoiced rows, distinct invoice lines, invoice lines in the books)."""
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT count(*) FILTER (WHERE state = 'planned'), count(*) FILTER (WHERE state = 'invoiced'),
                          count(DISTINCT invoice_line_id)
                     FROM subscription_installment WHERE company_id = %s""",
                [self.company_id],
            )
            ledger = cr.fetchone()
            cr.execute(
                "SELECT count(*) FROM account_move_line WHERE company_id = %s AND display_type = 'product'",
                [self.company_id],
            )
            return (*ledger, *cr.fetchone())

    def test_two_workers_at_once_bill_everything_once(self):
        workers = [self.start_worker(), self.start_worker()]
        for worker in workers:
            self.assertEqual(worker.wait(timeout=120), 0)
        # Whoever stepped back before the other leaves rows to the next run.
        self.assertEqual(self.start_worker().wait(timeout=120), 0)
        self.assertEqual(self.read_ledger(), (0, CONTRACTS, CONTRACTS, CONTRACTS))

    def test_kill_in_mid_run_then_run_again(self):
        worker = self.start_worker()
        for _i in range(3):
            self.assertEqual(worker.stdout.readline(), "batch\n")
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)
        time.sleep(0.2)  # the server notices the lost connection
        planned, invoiced, *lines = self.read_ledger()
        self.assertGreaterEqual(invoiced, 15, "what was committed stays")
        self.assertEqual((planned + invoiced, *lines), (CONTRACTS, invoiced, invoiced))
        self.assertEqual(self.start_worker().wait(timeout=120), 0)
        self.assertEqual(self.read_ledger(), (0, CONTRACTS, CONTRACTS, CONTRACTS))

    def test_kill_between_posting_and_its_commit_then_post_again(self):
        """The rows were marked with the drafts, and posting is a queue of its own: nothing is lost, nothing twice."""
        self.assertEqual(self.start_worker().wait(timeout=120), 0)
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE account_move SET subscription_billing_mode = 'post' WHERE company_id = %s", [self.company_id]
            )
        poster = self.start_worker(POSTER)
        self.assertEqual(poster.stdout.readline(), f"posted {CONTRACTS}\n")
        os.kill(poster.pid, signal.SIGKILL)
        poster.wait(timeout=30)
        time.sleep(0.2)  # the server notices the lost connection
        self.assertEqual(self.read_states(), {"draft": CONTRACTS})
        self.assertEqual(self.start_worker().wait(timeout=120), 0)
        self.assertEqual(self.read_ledger(), (0, CONTRACTS, CONTRACTS, CONTRACTS), "nothing is billed again")
        poster = self.start_worker(POSTER)
        poster.communicate("go\n", timeout=120)
        self.assertEqual(self.read_states(), {"posted": CONTRACTS})
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(DISTINCT name) FROM account_move WHERE company_id = %s", [self.company_id])
            self.assertEqual(cr.fetchone(), (CONTRACTS,), "each has a number of its own")

    # === TWO WORKERS === #
    def run_night(self, *works):
        """Let workers go at the same moment; all come to their end."""
        workers = [self.start(NIGHT, self.company_id, work) for work in works]
        for worker in workers:
            self.assertEqual(worker.stdout.readline(), "ready\n")
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in workers:
            self.assertEqual(worker.wait(timeout=240), 0, "nobody is stopped")

    def make_drafts_to_post(self, journals=1):
        """Drafts of an earlier run that was interrupted before it posted, in so many journals."""
        self.assertEqual(self.start_worker().wait(timeout=120), 0)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            moves = env["account.move"].search([("company_id", "=", self.company_id)], order="id")
            if journals == 2:
                moves[::2].journal_id = moves.journal_id.copy({"code": "TWO"})
            moves.env.flush_all()
            cr.execute("UPDATE account_move SET subscription_billing_mode = 'post' WHERE id = ANY(%s)", [moves.ids])

    def read_numbers(self):
        """Of each journal: numbers without a hole from 1 on, or what there is; how many say there is one."""
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT count(*), min(sequence_number), max(sequence_number), count(DISTINCT name),
                          count(*) FILTER (WHERE made_sequence_gap)
                     FROM account_move WHERE company_id = %s AND state = 'posted' GROUP BY journal_id""",
                [self.company_id],
            )
            return cr.fetchall()

    def test_two_workers_post_one_journal_without_a_gap(self):
        self.make_drafts_to_post()
        self.run_night("post", "post")
        self.assertEqual(self.read_states(), {"posted": CONTRACTS})
        self.assertEqual(self.read_numbers(), [(CONTRACTS, 1, CONTRACTS, CONTRACTS, 0)])
        self.assertFalse(self.read_problems())

    def test_two_workers_post_two_journals_without_a_gap(self):
        self.make_drafts_to_post(journals=2)
        self.run_night("post", "post")
        half = CONTRACTS // 2
        self.assertEqual(self.read_numbers(), [(half, 1, half, half, 0)] * 2)
        self.assertFalse(self.read_problems())

    def test_two_workers_carry_out_runs_while_drafts_of_another_wait(self):
        """Runs that were ordered are carried out by one worker each, and what waits is posted by either."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env["res.company"].browse(self.company_id)
            contracts = env["subscription.contract"].search([("company_id", "=", company.id)])
            contracts.billing_mode = "post"
            self.addCleanup(self.bill_drafts_again)
            runs = env["subscription.billing.run"].with_company(company)
            # Runs that other tests interrupted would take everything on.
            runs.search([("company_id", "=", company.id)])._write_sealed({"state": "done"})
            earlier = runs._open(company, DAY)
            earlier._bill_batch(contracts[:20])
            earlier._finish()
            parts = (contracts[20:40], contracts[40:])
            run_ids = [runs._start(company, DAY, part, date_invoice=DAY).id for part in parts]
        self.run_night("runs", "runs")
        self.assertEqual(self.read_ledger(), (0, CONTRACTS, CONTRACTS, CONTRACTS))
        self.assertEqual(self.read_numbers(), [(CONTRACTS, 1, CONTRACTS, CONTRACTS, 0)])
        self.assertFalse(self.read_problems())
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT total_count, done_count, state FROM subscription_billing_run WHERE id = ANY(%s)", [run_ids]
            )
            self.assertEqual(cr.fetchall(), [(20, 20, "done"), (20, 20, "done")], "one worker each")

    def bill_drafts_again(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["subscription.contract"].search([("company_id", "=", self.company_id)]).billing_mode = "draft"

    def test_a_run_that_another_worker_carries_out_is_left_to_it(self):
        with self.registry.cursor() as cr, self.registry.cursor() as other:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env["res.company"].browse(self.company_id)
            run = env["subscription.billing.run"]._start(company, DAY, env["subscription.contract"])
            theirs = run.with_env(env(cr=other))
            with run._hold() as is_mine, theirs._hold() as is_theirs:
                self.assertEqual((is_mine, is_theirs), (True, False))
            with theirs._hold() as is_theirs:
                self.assertTrue(is_theirs, "given back")

    def read_problems(self):
        """What was set aside."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT reason FROM subscription_parking WHERE company_id = %s", [self.company_id])
            return cr.fetchall()

    def read_states(self):
        """{state: number} of the invoices."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT state, count(*) FROM account_move WHERE company_id = %s GROUP BY state", [self.company_id]
            )
            return dict(cr.fetchall())


@tagged("post_install", "-at_install", "subscription_processes")
class TestSharedInvoiceProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        company.subscription_billing_mode = "draft"
        payer, other = env["res.partner"].create([{"name": "Payer", "subscription_group_invoice": True}, {"name": "O"}])
        line = {"product_id": product.id, "price_unit": 10.0, "repetitions": 1}
        common = {"subject": "Shared", "company_id": company.id, "date_start": DAY, "line_ids": [(0, 0, line)]}
        contracts = env["subscription.contract"].create(
            [{**common, "partner_id": partner.id} for partner in (payer, payer, other)]
        )
        contracts.action_activate()
        cls.contract_ids = contracts.ids

    @classmethod
    def clear(cls, env):
        cls.clear_moves(env)
        contracts = env["subscription.contract"].search([("company_id", "=", cls.company_id)])
        contracts.with_context(subscription_ledger=LEDGER).unlink()

    def bill(self):
        """Bill on a transaction of its own; returns the contracts billed."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            runs = env["subscription.billing.run"]._bill_due(DAY, companies=env["res.company"].browse(self.company_id))
            return runs.move_ids.subscription_contract_ids.ids

    def test_rule_h_half_a_shared_invoice_waits_for_whoever_holds_the_other_half(self):
        first, second, other = self.contract_ids
        with self.registry.cursor() as holder:
            holder.execute("SELECT id FROM subscription_contract WHERE id = %s FOR UPDATE", [second])
            self.assertEqual(self.bill(), [other])
        self.assertCountEqual(self.bill(), [first, second])
