import json
import os
import subprocess
import sys
import threading

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged

from ..tools.result import Report
from .gateway import Bank, Gateway

PATIENCE = 60  # seconds; only a worker that hangs takes them
SETTINGS = {"merchant": "190100000", "store_key": "KEY", "user": "apiuser", "password": "secret"}
WAITING = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%payment_transaction%'
"""

# The second worker: takes reports from its input, one a line, and says how often it had to begin.
WORKER = """
import json, sys
from odoo import api
from odoo.exceptions import ValidationError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
registry = Registry(sys.argv[1])
from odoo.addons.payment_nestpay.tools.result import Report
print("ready", flush=True)
for line in sys.stdin:
    tx_id, fields = json.loads(line)
    with registry.cursor() as cr:
        env, tries = api.Environment(cr, api.SUPERUSER_ID, {}), []
        def process():
            tries.append(1)
            tx = env["payment.transaction"].browse(tx_id)
            tx.state  # what it was when this worker came
            if len(tries) == 1:
                print("begun", flush=True)
            if fields:
                tx._process("nestpay", {"reference": fields["oid"], "report": Report(fields.items())})
            else:
                tx.action_refund()
            env.flush_all()
        try:
            retrying(process, env)
            cr.commit()
        except ValidationError:
            print("refused", flush=True)
            continue
    print(len(tries), flush=True)
"""


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """The browser and the bank arrive together: two processes with transactions of their own on one payment.

    What is written here is committed, and removed again at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db = odoo.tests.common.get_db_name()
        cls.registry = Registry(cls.db)
        cls.bank = Bank(**SETTINGS)
        cls.gateway = Gateway(cls.bank)
        cls.addClassCleanup(cls.gateway.stop)
        with cls.cursor_of_its_own() as env:
            cls.last_trigger = max(env["ir.cron.trigger"].search([]).ids, default=0)
            lira = env.ref("base.TRY")
            cls.lira_was_active, lira.active = lira.active, True
            provider = env.ref("payment_nestpay.payment_provider_nestpay")
            cls.provider_id = provider.copy(
                {
                    "name": f"Concurrency {os.getpid()}",
                    "state": "test",
                    "nestpay_bank": "isbank",
                    "nestpay_merchant": SETTINGS["merchant"],
                    "nestpay_store_key": SETTINGS["store_key"],
                    "nestpay_api_user": SETTINGS["user"],
                    "nestpay_api_password": SETTINGS["password"],
                    "nestpay_test_gate_url": f"{cls.gateway.url}/est3Dgate",
                    "nestpay_test_api_url": f"{cls.gateway.url}/api",
                }
            ).id
            cls.partner_id = env["res.partner"].create({"name": "Two at once"}).id

    @classmethod
    def tearDownClass(cls):
        with cls.cursor_of_its_own() as env:
            made = env["payment.transaction"].search([("provider_id", "=", cls.provider_id)], order="id desc")
            made.unlink()
            env["ir.cron.trigger"].search([("id", ">", cls.last_trigger)]).unlink()
            provider = env["payment.provider"].browse(cls.provider_id)
            provider.state = "disabled"
            provider.unlink()
            env["res.partner"].browse(cls.partner_id).unlink()
            env.ref("base.TRY").active = cls.lira_was_active
        super().tearDownClass()

    @classmethod
    def cursor_of_its_own(cls):
        return Environment(cls.registry)

    def make_tx(self, reference):
        """A payment that the bank has approved, and its report."""
        with self.cursor_of_its_own() as env:
            tx = env["payment.transaction"].create(
                {
                    "provider_id": self.provider_id,
                    "payment_method_id": env.ref("payment.payment_method_card").id,
                    "reference": f"{reference}-{os.getpid()}",
                    "amount": 91.96,
                    "currency_id": env.ref("base.TRY").id,
                    "partner_id": self.partner_id,
                    "operation": "online_redirect",
                }
            )
            self.bank.begin(tx._nestpay_get_form()["inputs"])
            return tx.id, tx.reference

    def start_worker(self):
        """The second worker, ready for work."""
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, self.db], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        alarm = threading.Timer(PATIENCE, worker.kill)  # one that hangs must not hang the tests
        alarm.start()
        self.addCleanup(worker.wait, PATIENCE)
        self.addCleanup(alarm.cancel)
        self.addCleanup(worker.stdout.close)
        self.addCleanup(worker.stdin.close)
        self.assertEqual(worker.stdout.readline(), "ready\n")
        return worker

    def deliver_together(self, worker, tx_id, first, second):
        """We process a report, and while it is not committed yet the worker begins with another and comes to a stop.

        :return: how often the worker had to begin.
        """
        with self.cursor_of_its_own() as env:
            tx = env["payment.transaction"].browse(tx_id)
            tx._process("nestpay", {"reference": first["oid"], "report": Report(first.items())})
            env.flush_all()
            self.tell(worker, tx_id, second)
            self.assertEqual(worker.stdout.readline(), "begun\n")
            self.wait_until_one_waits()
        return int(worker.stdout.readline())

    def wait_until_one_waits(self):
        """Look until the other worker stands before the row that we hold."""
        with self.registry.cursor() as cr:
            for _look in range(PATIENCE * 20):
                cr.execute(WAITING)
                if cr.fetchone()[0]:
                    return
                cr.rollback()
                threading.Event().wait(0.05)
        raise AssertionError("the other worker never came")

    def read(self, tx_id, *names):
        with self.cursor_of_its_own() as env:
            tx = env["payment.transaction"].browse(tx_id)
            return tuple(tx[name] for name in names)

    def test_the_same_report_twice_at_once_settles_once(self):
        tx_id, reference = self.make_tx("C1")
        report = self.bank.decide(reference, "approve")
        before = self.count_triggers()
        self.assertEqual(self.deliver_together(self.start_worker(), tx_id, report, report), 2, "it had to begin anew")
        self.assertEqual(
            self.read(tx_id, "state", "provider_reference", "nestpay_alert"), ("done", report["TransId"], False)
        )
        self.assertEqual(self.count_triggers() - before, 1, "what follows a payment is asked for once")

    def test_two_refunds_at_once_are_one(self):
        """The second worker waits for the first and is refused; the bank was asked once to give money back."""
        tx_id, reference = self.make_tx("C3")
        worker = self.start_worker()
        with self.cursor_of_its_own() as env:
            tx = env["payment.transaction"].browse(tx_id)
            tx._process("nestpay", {"reference": reference, "report": self.approve(reference)})
        with self.cursor_of_its_own() as env:
            env["payment.transaction"].browse(tx_id).action_refund()
            env.flush_all()
            self.tell(worker, tx_id, None)
            self.assertEqual(worker.stdout.readline(), "begun\n")
            self.wait_until_one_waits()
        self.assertEqual(worker.stdout.readline(), "refused\n")
        with self.cursor_of_its_own() as env:
            refunds = env["payment.transaction"].browse(tx_id).child_transaction_ids
            self.assertEqual(refunds.mapped("state"), ["done"])
        self.assertEqual([asked["Type"] for asked in self.gateway.asked if "Type" in asked], ["Void"])

    def approve(self, reference):
        return Report(self.bank.decide(reference, "approve").items())

    def tell(self, worker, tx_id, report):
        worker.stdin.write(json.dumps([tx_id, report]) + "\n")
        worker.stdin.flush()

    def count_triggers(self):
        with self.cursor_of_its_own() as env:
            cron = env.ref("payment.cron_post_process_payment_tx")
            return env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_a_decline_and_an_approval_at_once_end_as_paid(self):
        worker = self.start_worker()
        for number, order in enumerate((("decline", "approve"), ("approve", "decline"))):
            tx_id, reference = self.make_tx(f"C2{number}")
            reports = [self.bank.decide(reference, outcome) for outcome in order]
            self.deliver_together(worker, tx_id, *reports)
            self.assertEqual(self.read(tx_id, "state"), ("done",), order)


class Environment:
    """A superuser's environment on a cursor of its own, committed at the end."""

    def __init__(self, registry):
        self.registry = registry

    def __enter__(self):
        self.cr = self.registry.cursor()
        return api.Environment(self.cr, odoo.SUPERUSER_ID, {})

    def __exit__(self, kind, *_error):
        if kind is None:
            self.cr.commit()
        self.cr.close()
