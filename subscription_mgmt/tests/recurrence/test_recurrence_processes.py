"""Recurring interactions in real processes, on real transactions: one invoice, one interaction, whoever is faster."""

from datetime import timedelta

from odoo import api
from odoo.tests import tagged

from ..process_common import ProcessCase

# Waits until everybody is ready, so that all act in the same moment; a conflict is tried again, as a request is, and as
# often. Whatever else is raised, people would read.
WORKER = """
import sys
import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
from psycopg2 import Error
company_id, record_id = int(sys.argv[3]), int(sys.argv[4])
registry = Registry(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for attempt in range(5):
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
        except Error:
            cr.rollback()
            if attempt == 4:
                raise
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestRecurrenceProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        cls.customer_id = env["res.partner"].create({"name": "S"}).id

    @classmethod
    def clear(cls, env):
        cls.clear_moves(env)
        env["subscription.recurrence"].search([("company_id", "=", cls.company_id)]).unlink()

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

    def run_workers(self, what, record_id, count=2):
        workers = [self.start(WORKER, what, self.company_id, record_id) for _n in range(count)]
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

    def test_fault_e6_all_who_confirm_at_once_get_the_one_invoice(self):
        _recurrence, row = self.make_recurrence(generate=True)
        self.run_workers("confirm", row, count=4)
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
