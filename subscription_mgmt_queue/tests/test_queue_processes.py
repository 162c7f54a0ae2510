"""The queue as it runs: a real server, its job runner, and workers that are killed."""

import contextlib
import os
import signal
import tempfile
import threading
import time
from datetime import date
from unittest.mock import patch

from odoo import api
from odoo.tests import tagged

from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.addons.subscription_mgmt.models.common.context import LEDGER
from odoo.addons.subscription_mgmt.tests.process_common import ProcessCase

from .server import QueueServer

DAY = date(2026, 1, 1)
CONTRACTS = 40
BATCH = 10
PATIENCE = 60
BILLING = "odoo.addons.subscription_mgmt.models.billing.subscription_billing_run.BILL_BATCH"


@tagged("post_install", "-at_install", "subscription_processes")
class TestQueueProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        company.subscription_billing_mode = "post"
        partners = env["res.partner"].create([{"name": f"S{n}"} for n in range(CONTRACTS)])
        line = (0, 0, {"product_id": product.id, "price_unit": 10.0, "repetitions": 1})
        contract = {"subject": "Queue", "company_id": company.id, "date_start": DAY, "line_ids": [line]}
        contracts = env["subscription.contract"].create(
            [{**contract, "partner_id": partner.id} for partner in partners]
        )
        contracts.action_activate()

    @classmethod
    def clear(cls, env):
        cls.clear_moves(env)
        contracts = env["subscription.contract"].search([("company_id", "=", cls.company_id)])
        contracts.with_context(subscription_ledger=LEDGER).unlink()
        env["queue.job"].search([("company_id", "=", cls.company_id)]).unlink()

    def start_server(self):
        self.log = self.enterContext(tempfile.TemporaryFile("w+"))
        server = QueueServer(self.db, self.log)
        self.addCleanup(server.kill)
        self.wait_for(
            """SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = %s
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""",
            PG_ADVISORY_LOCK_ID >> 32,
        )
        return server

    def read(self, query, *arguments):
        with self.registry.cursor() as cr:
            cr.execute(query, arguments)
            return cr.fetchall() if cr.description else cr.rowcount

    def wait_for(self, query, *arguments):
        """Ask until there is an answer; return it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := self.read(query, *arguments):
                return found
            threading.Event().wait(0.1)
        raise AssertionError(f"never so: {query}\n{self.get_log()}")

    def get_log(self):
        """The end of what the server has said."""
        self.log.seek(0)
        return self.log.read()[-6000:]

    def go_on(self):
        """What the scheduled action does for the company: the next step of its run, or nothing yet."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env["res.company"].browse(self.company_id)
            runs = company._work_for(env["subscription.billing.run"])
            run = runs.search([("company_id", "=", company.id)], limit=1)
            run._carry_out(DAY)
            return runs.search([("company_id", "=", company.id)], limit=1).state

    @contextlib.contextmanager
    def nobody_writes(self, table):
        """Have whoever writes there wait in the middle of what he does."""
        with self.registry.cursor() as cr:
            cr.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            yield

    def kill_in_mid_batch(self, table):
        """kill -9 the worker of a job that has begun to write; the job is found dead, as it is after a minute."""
        with self.nobody_writes(table):
            self.wait_for(
                """SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass
                      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""",
                table,
            )
            [[pid]] = self.read(
                "SELECT worker_pid FROM queue_job WHERE company_id = %s AND state = 'started' LIMIT 1", self.company_id
            )
            self.assertIn(pid, self.server.get_children())
            os.kill(pid, signal.SIGKILL)
        return pid

    def finish_jobs(self, killed=0):
        """Wait until no job is left; one whose worker is gone is looked at without the runner's wait of a minute."""
        old = "date_enqueued = date_enqueued - interval '1 minute'"
        until = time.monotonic() + PATIENCE
        open_jobs = "company_id = %s AND state NOT IN ('done', 'failed', 'cancelled')"
        while self.read(f"SELECT 1 FROM queue_job WHERE {open_jobs}", self.company_id):
            if time.monotonic() > until:
                left = self.read(
                    f"SELECT id, state, retry, eta FROM queue_job WHERE {open_jobs}",
                    self.company_id,
                )
                raise AssertionError(f"jobs are left: {left}\n{self.get_log()}")
            mine = "company_id = %s AND state = 'started' AND worker_pid = %s"
            self.read(f"UPDATE queue_job SET {old} WHERE {mine}", self.company_id, killed)
            threading.Event().wait(0.3)

    def test_killed_workers_lose_nothing_and_do_nothing_twice(self):
        self.server = self.start_server()
        self.patch_batches()
        self.assertEqual(self.go_on(), "running")
        self.finish_jobs(self.kill_in_mid_batch("account_move_line"))
        while self.go_on() != "done":
            self.finish_jobs()
        [figures] = self.read(
            """SELECT count(*), count(DISTINCT invoice_line_id), count(*) FILTER (WHERE state = 'invoiced')
                 FROM subscription_installment WHERE company_id = %s""",
            self.company_id,
        )
        self.assertEqual(figures, (CONTRACTS, CONTRACTS, CONTRACTS))
        [moves] = self.read(
            "SELECT count(*), count(DISTINCT name), count(*) FILTER (WHERE state = 'posted') FROM account_move "
            "WHERE company_id = %s",
            self.company_id,
        )
        self.assertEqual(moves, (CONTRACTS, CONTRACTS, CONTRACTS))
        jobs = dict(
            self.read("SELECT state, count(*) FROM queue_job WHERE company_id = %s GROUP BY 1", self.company_id)
        )
        self.assertEqual(set(jobs), {"done"})
        [[retries]] = self.read("SELECT max(retry) FROM queue_job WHERE company_id = %s", self.company_id)
        self.assertGreater(retries, 1, "the job of the killed worker was taken up again")

    def patch_batches(self):
        """Small batches, so that some are still to be done when a worker dies."""
        self.enterContext(patch(BILLING, BATCH))
