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
