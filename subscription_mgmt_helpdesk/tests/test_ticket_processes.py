"""Two tickets, one credit: opened at the same moment, in real processes."""

import time

from odoo import api
from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tests.process_common import ProcessCase

# Run by a child process: open a ticket; a transaction that comes second is run again, as Odoo does.
OPEN = """
import sys
from psycopg2 import OperationalError
from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
values = {"name": "T", "description": "T", "team_id": int(sys.argv[2]), "partner_id": int(sys.argv[3])}
with Registry(sys.argv[1]).cursor() as cr:
    for _try in range(50):
        try:
            api.Environment(cr, api.SUPERUSER_ID, {})["helpdesk.ticket"].create(values)
            cr.commit()
            print("opened", flush=True)
            break
        except OperationalError:
            cr.rollback()
        except UserError as refusal:
            cr.rollback()
            print("refused" if "Not enough credit" in str(refusal) else refusal, flush=True)
            break
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestTicketProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        department = env["subscription.department"].create({"name": "D", "credits_per_request": 1})
        package = env["subscription.package"].create(
            {
                "name": "P",
                "kind": "credit",
                "credits": 1,
                "price": 5.0,
                "product_id": product.id,
                "department_ids": [(6, 0, department.ids)],
            }
        )
        team = env["helpdesk.ticket.team"].create(
            {"name": "T", "company_id": company.id, "subscription_department_id": department.id}
        )
        customer = env["res.partner"].create({"name": "C"})
        package._grant(customer, company._subscription_today())
        cls.customer_id, cls.team_id = customer.id, team.id
        cls.department_id, cls.package_id = department.id, package.id

    @classmethod
    def clear(cls, env):
        """The ledger cannot be deleted through the models, so its tables are."""
        for table in ("subscription_credit_move", "subscription_wallet"):
            env.cr.execute(f"DELETE FROM {table} WHERE company_id = %s", [cls.company_id])
        env["subscription.entitlement"].search([("company_id", "=", cls.company_id)]).unlink()
        env["helpdesk.ticket"].search([("team_id", "=", cls.team_id)]).unlink()
        env["helpdesk.ticket.team"].browse(cls.team_id).unlink()
        env["subscription.package"].browse(cls.package_id).unlink()
        env["subscription.department"].browse(cls.department_id).unlink()

    def test_lim_19_two_tickets_and_one_credit(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company, customer = env["res.company"].browse(self.company_id), env["res.partner"].browse(self.customer_id)
            env["subscription.wallet"]._lock(company, customer)
            workers = [self.start(OPEN, self.team_id, self.customer_id) for _n in range(2)]
            self.wait_until_they_wait(len(workers))
            cr.rollback()
        for worker in workers:
            self.assertEqual(worker.wait(timeout=120), 0)
        answers = sorted(worker.stdout.read().strip() for worker in workers)
        self.assertEqual(answers, ["opened", "refused"])
        self.assertEqual(self.count(), (1, 0, 1))

    def wait_until_they_wait(self, count):
        """Until so many processes wait for the customer's balance, or for the one who does."""
        deadline = time.monotonic() + 90
        with self.registry.cursor() as cr:
            while True:
                cr.execute(
                    """SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'"""
                )
                if cr.fetchone()[0] >= count:
                    return
                self.assertLess(time.monotonic(), deadline, "the processes do not wait for one another")
                cr.commit()
                time.sleep(0.1)

    def count(self):
        """(tickets, credits left, requests charged)."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM helpdesk_ticket WHERE team_id = %s", [self.team_id])
            [tickets] = cr.fetchone()
            cr.execute(
                "SELECT sum(credits), sum(requests) FROM subscription_credit_move WHERE partner_id = %s",
                [self.customer_id],
            )
            return (tickets, *cr.fetchone())
