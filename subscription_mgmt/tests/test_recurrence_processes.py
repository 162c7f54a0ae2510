"""Recurring interactions in real processes, on real transactions: one invoice, one interaction, whoever is faster."""

import os
import subprocess
import sys
from datetime import timedelta

import odoo
from odoo import api
from odoo.tests import BaseCase, tagged

# Waits until everybody is ready, so that all act in the same moment; a conflict is tried again, as a request is.
WORKER = """
import sys
import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
from psycopg2 import Error
from odoo.exceptions import LockError
company_id, record_id = int(sys.argv[3]), int(sys.argv[4])
registry = Registry(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _attempt in range(20):
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [company_id]})
        try:
            if sys.argv[2] == "confirm":
                env["subscription.interaction"].browse(record_id).action_confirm_invoice()
            else:
                recurrence = env["subscription.recurrence"].browse(record_id)
                recurrence._generate(recurrence.company_id._subscription_today())
            cr.commit()
            break
        except (Error, LockError):
            cr.rollback()
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestRecurrenceProcesses(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db = odoo.tests.common.get_db_name()
        cls.registry = odoo.modules.registry.Registry(cls.db)
        cls.addClassCleanup(cls._tidy)
        with cls.registry.cursor() as cr:
            cls._make_company(api.Environment(cr, api.SUPERUSER_ID, {}))

    @classmethod
    def _make_company(cls, env):
        company = env["res.company"].create({"name": f"Recurrences {os.getpid()}"})
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.subscription_enabled = True
        env = env(context={"allowed_company_ids": company.ids})
        product = env["product.product"].create({"name": "P", "type": "service", "company_id": company.id})
        customer = env["res.partner"].create({"name": "S"})
        cls.company_id, cls.customer_id, cls.product_id = company.id, customer.id, product.id

    @classmethod
    def _tidy(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env["res.company"].browse(cls.company_id)
            moves = env["account.move"].search([("company_id", "=", company.id)])
            moves.button_draft()
            moves.with_context(force_delete=True).unlink()
            env["subscription.recurrence"].search([("company_id", "=", company.id)]).unlink()
            company.write({"subscription_enabled": False, "active": False})

    def make_recurrence(self, generate):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            company = env["res.company"].browse(self.company_id)
            today = company._subscription_today()
            user = (
                env["res.users"]
                .with_context(active_test=False)
                .search(
                    [
                        ("active", "=", True),
                        ("all_group_ids", "in", env.ref("subscription_mgmt.group_subscription_billing").id),
                    ],
                    limit=1,
                )
            )
            user.company_ids += company
            recurrence = env["subscription.recurrence"].create(
                {
                    "name": "Parallel",
                    "company_id": company.id,
                    "user_id": user.id,
                    "type_id": env.ref("subscription_mgmt.interaction_type_invoice").id,
                    "invoice_partner_id": self.customer_id,
                    "frequency": "daily",
                    "date_start": today - timedelta(days=1),
                    "invoice_line_ids": [(0, 0, {"product_id": self.product_id, "price_unit": 10.0})],
                }
            )
            if generate:
                recurrence._generate(today)
            return recurrence.id, recurrence.interaction_ids[:1].id

    def run_workers(self, what, record_id):
        args = [sys.executable, "-c", WORKER, self.db, what, str(self.company_id), str(record_id)]
        workers = [subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _n in range(2)]
        for worker in workers:
            self.assertEqual(worker.stdout.readline(), "ready\n")
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in workers:
            worker.communicate(timeout=120)
            self.assertEqual(worker.returncode, 0)

    def count(self, query, *args):
        with self.registry.cursor() as cr:
            cr.execute(query, args)
            return cr.fetchone()[0]

    def test_rec_27_two_processes_confirm_one_invoice(self):
        _recurrence, row = self.make_recurrence(generate=True)
        self.run_workers("confirm", row)
        moves = self.count("SELECT count(*) FROM account_move WHERE company_id = %s", self.company_id)
        linked = self.count("SELECT count(invoice_id) FROM subscription_interaction WHERE id = %s", row)
        self.assertEqual((moves, linked), (1, 1))

    def test_two_processes_generate_once(self):
        recurrence, _row = self.make_recurrence(generate=False)
        self.run_workers("generate", recurrence)
        rows = self.count("SELECT count(*) FROM subscription_interaction WHERE recurrence_id = %s", recurrence)
        days = self.count(
            "SELECT count(DISTINCT slot_key) FROM subscription_interaction WHERE recurrence_id = %s", recurrence
        )
        self.assertEqual((rows, days), (91, 91))
