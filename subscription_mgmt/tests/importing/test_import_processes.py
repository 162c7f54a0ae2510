"""The import in real processes, on real transactions: killed or stopped in the middle it leaves nothing."""

import base64
import os
import signal
import time

import odoo
from odoo import api
from odoo.tests import tagged

from ..process_common import ProcessCase

CONTRACTS = 40

# Run by a child process: import what waits, as the cron does. After each chunk it says so, and goes on when it is told
# to (a line on its input), or at the end of its input.
WORKER = """
import sys
import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
from odoo.addons.subscription_mgmt.models.importing import subscription_import_progress, write
write.CHUNK = 5
original = subscription_import_progress.SubscriptionImportProgress._report
def report(progress, **values):
    stop = original(progress, **values)
    if values.get("done_count"):
        print("chunk", flush=True)
        sys.stdin.readline()
    return stop
subscription_import_progress.SubscriptionImportProgress._report = report
with Registry(sys.argv[1]).cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    env["subscription.import.batch"].browse(int(sys.argv[2]))._cron_carry_out()
    cr.commit()
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestImportProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        product.default_code = f"PROC{os.getpid()}"
        env["res.partner"].create({"name": "S", "is_company": True, "ref": f"S{os.getpid()}", "company_id": company.id})
        env.ref("base.user_root").company_ids += company

    @classmethod
    def clear(cls, env):
        domain = [("company_id", "=", cls.company_id)]
        env["subscription.contract"].search(domain).unlink()
        batches = env["subscription.import.batch"].search(domain)
        batches.state = "failed"
        batches.unlink()
        env.ref("base.user_root").company_ids -= env["res.company"].browse(cls.company_id)

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["subscription.contract"].search([("company_id", "=", self.company_id)]).unlink()

    def queue(self):
        """A receipt that waits for the worker."""
        lines = ["Abone No;Kurumsal Müşteri ID;Tanım;Başlangıç Tarihi;Ürün Kodu;Birim Fiyat"]
        lines += [f"P-{n};S{os.getpid()};Hat;01.01.2026;PROC{os.getpid()};10" for n in range(CONTRACTS)]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            batch = env["subscription.import.batch"].create(
                {
                    "name": "a.csv",
                    "filename": "a.csv",
                    "file": base64.b64encode("\n".join(lines).encode()),
                    "company_id": self.company_id,
                    "user_id": api.SUPERUSER_ID,
                    "date": odoo.fields.Datetime.now(),
                }
            )
            batch._queue()
            return batch.id

    def start_worker(self, batch_id):
        return self.start(WORKER, batch_id)

    def go_on(self, worker, chunks=None):
        """Let a worker do so many chunks more, or all."""
        for _i in range(chunks or 0):
            self.assertEqual(worker.stdout.readline(), "chunk\n")
            worker.stdin.write("\n")
            worker.stdin.flush()
        if chunks is None:
            worker.stdin.close()
            self.assertEqual(worker.wait(timeout=120), 0)

    def finish(self, batch_id):
        """Let a worker of its own carry a receipt out."""
        self.go_on(self.start_worker(batch_id))

    def read_state(self, batch_id):
        """(state, records done as others see it, contracts, contract lines) in a transaction of its own."""
        with self.registry.cursor() as cr:
            batch = api.Environment(cr, api.SUPERUSER_ID, {})["subscription.import.batch"].browse(batch_id)
            contracts = batch.env["subscription.contract"].search([("company_id", "=", self.company_id)])
            lines = batch.env["subscription.contract.line"].search_count([("company_id", "=", self.company_id)])
            return batch.state, batch.progress_ids.done_count, len(contracts), lines

    def test_killed_in_the_middle_then_started_again(self):
        batch_id = self.queue()
        worker = self.start_worker(batch_id)
        self.go_on(worker, 3)
        self.assertEqual(worker.stdout.readline(), "chunk\n")
        state, done, contracts, _lines = self.read_state(batch_id)
        self.assertEqual((state, contracts), ("queued", 0), "nobody sees a half import")
        self.assertEqual(done, 20, "but everybody sees how far it is")
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)
        worker.stdin.close()
        time.sleep(0.2)  # the server notices the lost connection
        self.assertEqual(self.read_state(batch_id)[2:], (0, 0), "nothing is left behind")
        self.finish(batch_id)
        self.assertEqual(
            self.read_state(batch_id)[0], "failed", "the next worker says so and does not try again by itself"
        )
        with self.registry.cursor() as cr:
            api.Environment(cr, api.SUPERUSER_ID, {})["subscription.import.batch"].browse(batch_id).action_retry()
        self.finish(batch_id)
        self.assertEqual(self.read_state(batch_id), ("done", CONTRACTS, CONTRACTS, CONTRACTS))
        with self.registry.cursor() as cr:
            api.Environment(cr, api.SUPERUSER_ID, {})["subscription.import.batch"].browse(batch_id).action_undo()
        self.assertEqual(self.read_state(batch_id), ("undone", CONTRACTS, 0, 0))

    def test_the_stop_button_reaches_a_running_import(self):
        batch_id = self.queue()
        worker = self.start_worker(batch_id)
        self.assertEqual(worker.stdout.readline(), "chunk\n")
        with self.registry.cursor() as cr:
            api.Environment(cr, api.SUPERUSER_ID, {})["subscription.import.batch"].browse(batch_id).action_stop()
        self.go_on(worker)
        self.assertEqual((self.read_state(batch_id)[0], self.read_state(batch_id)[2]), ("stopped", 0))

    def test_a_second_worker_leaves_it_to_the_first(self):
        batch_id = self.queue()
        first = self.start_worker(batch_id)
        self.assertEqual(first.stdout.readline(), "chunk\n")
        self.finish(batch_id)
        self.assertEqual(self.read_state(batch_id)[0], "queued")
        self.go_on(first)
        self.assertEqual(self.read_state(batch_id)[0], "done")
        with self.registry.cursor() as cr:
            api.Environment(cr, api.SUPERUSER_ID, {})["subscription.import.batch"].browse(batch_id).action_undo()
