"""Credits in real processes, on real transactions: never below zero, and never charged twice."""

import time
from datetime import date

from odoo import api
from odoo.tests import tagged

from ..process_common import ProcessCase

DAY = date(2026, 3, 10)
CREDITS = 10

# Run by a child process: charge sources one by one; a transaction that comes second is run again, as Odoo does.
WORKER = """
import sys
from datetime import date
from psycopg2 import OperationalError
from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
customer, department, sources = int(sys.argv[2]), int(sys.argv[3]), map(int, sys.argv[4].split(","))
with Registry(sys.argv[1]).cursor() as cr:
    for source in sources:
        for _try in range(200):
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            try:
                env["res.partner"].browse(customer)._consume_credits(
                    env["subscription.department"].browse(department),
                    env["res.partner"].browse(source),
                    date(2026, 3, 10),
                )
                cr.commit()
                print("charged", flush=True)
                break
            except OperationalError:
                cr.rollback()
            except UserError as refusal:
                cr.rollback()
                print("refused" if "Not enough credit" in str(refusal) else refusal, flush=True)
                break
"""

HAND_OVER = """
import sys
from psycopg2 import OperationalError
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
with Registry(sys.argv[1]).cursor() as cr:
    for _try in range(50):
        try:
            tx = api.Environment(cr, api.SUPERUSER_ID, {})["payment.transaction"].browse(int(sys.argv[2]))
            tx._hand_over()
            cr.commit()
            break
        except OperationalError:
            cr.rollback()
            print("again", flush=True)
"""

# A clerk who confirms a dialog; whoever comes second is run again by Odoo.
GRANT = """
import sys
from psycopg2 import OperationalError
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
with Registry(sys.argv[1]).cursor() as cr:
    for _try in range(50):
        try:
            wizard = api.Environment(cr, api.SUPERUSER_ID, {})["subscription.package.grant"].browse(int(sys.argv[2]))
            print(wizard.action_grant()["res_id"], flush=True)
            cr.commit()
            break
        except OperationalError:
            cr.rollback()
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestPackageProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        department = env["subscription.department"].create({"name": "D", "credits_per_request": 1})
        package = env["subscription.package"].create(
            {
                "name": "P",
                "kind": "credit",
                "credits": CREDITS // 2,
                "price": 5.0,
                "product_id": product.id,
                "department_ids": [(6, 0, department.ids)],
            }
        )
        cls.department_id, cls.package_id = department.id, package.id

    @classmethod
    def clear(cls, env):
        """The ledger cannot be deleted through the models, so its tables are."""
        for table in ("subscription_credit_move", "subscription_wallet"):
            env.cr.execute(f"DELETE FROM {table} WHERE company_id = %s", [cls.company_id])
        env.cr.execute("UPDATE subscription_entitlement SET invoice_id = NULL WHERE company_id = %s", [cls.company_id])
        cls.clear_moves(env)
        for model in ("subscription.entitlement", "payment.transaction", "payment.provider"):
            env[model].search([("company_id", "=", cls.company_id)]).unlink()
        env["subscription.package"].browse(cls.package_id).unlink()
        env["subscription.department"].browse(cls.department_id).unlink()

    def make_customer(self, packages=0, sources=0):
        """(customer, sources) with so many packages of 5 credits."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            customer, *others = env["res.partner"].create([{"name": "C"}, *({"name": "T"} for _n in range(sources))])
            for _n in range(packages):
                env["subscription.package"].browse(self.package_id)._grant(customer, DAY)
            return customer.id, [other.id for other in others]

    def run_together(self, customer, *calls):
        """Run the workers so that all of them have begun and wait for the customer before the first goes on."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company, partner = env["res.company"].browse(self.company_id), env["res.partner"].browse(customer)
            env["subscription.wallet"]._lock(company, partner)
            workers = [self.start(*call) for call in calls]
            deadline = time.monotonic() + 60
            while self.count_waiting() < len(workers):
                self.assertLess(time.monotonic(), deadline, "the workers do not wait for one another")
                time.sleep(0.1)
            cr.rollback()
        for worker in workers:
            self.assertEqual(worker.wait(timeout=120), 0)
        return [line for worker in workers for line in worker.stdout.read().split()]

    def count_waiting(self):
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                      AND query LIKE '%%subscription_wallet%%'"""
            )
            return cr.fetchone()[0]

    def read_ledger(self, customer):
        """(balance, requests, lowest balance of a grant)."""
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT sum(credits), sum(requests) FROM subscription_credit_move WHERE partner_id = %s""",
                [customer],
            )
            balance, requests = cr.fetchone()
            cr.execute(
                """SELECT min(left_) FROM (SELECT sum(credits) left_ FROM subscription_credit_move
                                            WHERE partner_id = %s GROUP BY entitlement_id) grants""",
                [customer],
            )
            return balance, requests, cr.fetchone()[0]

    def test_three_at_once_never_spend_more_than_there_is(self):
        customer, sources = self.make_customer(packages=2, sources=18)
        calls = [(WORKER, customer, self.department_id, ",".join(map(str, sources[start::3]))) for start in range(3)]
        answers = self.run_together(customer, *calls)
        self.assertEqual((answers.count("charged"), answers.count("refused")), (CREDITS, 18 - CREDITS))
        self.assertEqual(self.read_ledger(customer), (0, CREDITS, 0))

    def test_one_request_reported_by_three_is_charged_once(self):
        customer, sources = self.make_customer(packages=2, sources=1)
        answers = self.run_together(customer, *[(WORKER, customer, self.department_id, sources[0])] * 3)
        self.assertEqual(answers, ["charged"] * 3, "the others find it charged")
        self.assertEqual(self.read_ledger(customer)[:2], (CREDITS - 1, 1))

    def test_fault_d2_one_dialog_confirmed_by_two_at_once_gives_one(self):
        customer, _sources = self.make_customer()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            values = {"partner_id": customer, "package_id": self.package_id, "reason": "Goodwill"}
            wizard = env["subscription.package.grant"].create({**values, "company_id": self.company_id}).id
        answers = self.run_together(customer, (GRANT, wizard), (GRANT, wizard))
        self.assertEqual(len(answers), 2)
        self.assertEqual(answers[0], answers[1], "both see the one that was given")
        self.assertEqual(self.read_ledger(customer)[0], CREDITS // 2)

    def test_one_payment_handed_over_by_two_gives_one_package(self):
        customer, _sources = self.make_customer()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            package = env["subscription.package"].browse(self.package_id)
            provider = env["payment.provider"].create({"name": "Test", "code": "none", "company_id": self.company_id})
            tx = env["payment.transaction"].create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": env.ref("payment.payment_method_unknown").id,
                    "reference": f"PKG-{customer}",
                    "amount": package._get_total(env["res.partner"].browse(customer)),
                    "currency_id": package.currency_id.id,
                    "partner_id": customer,
                    "state": "done",
                    "subscription_package_id": package.id,
                }
            )
            tx_id = tx.id
        answers = self.run_together(customer, (HAND_OVER, tx_id), (HAND_OVER, tx_id))
        self.assertIn("again", answers, "the second noticed the first")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            tx = env["payment.transaction"].browse(tx_id)
            self.assertEqual(len(tx.subscription_entitlement_ids), 1)
            self.assertEqual(tx.invoice_ids.mapped("state"), ["posted"])
            self.assertEqual(tx.invoice_ids.amount_total, tx.amount)
        self.assertEqual(self.read_ledger(customer)[0], CREDITS // 2)
