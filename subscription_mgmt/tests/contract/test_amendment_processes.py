"""Changes confirmed in real processes at the same moment: one wins, the other is told."""

import time
from datetime import date

from odoo import api
from odoo.tests import tagged

from ...models.common.context import LEDGER
from ..process_common import ProcessCase

# Run by a child process: confirm a change; a transaction that comes second is run again, as Odoo does.
WORKER = """
import sys
from psycopg2 import OperationalError
from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
with Registry(sys.argv[1]).cursor() as cr:
    for _try in range(50):
        env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [int(sys.argv[2])]})
        try:
            answer = env["subscription.amendment"].browse(int(sys.argv[3])).action_confirm()
            cr.commit()
            print("done" if answer is True else answer["params"]["message"], flush=True)
            break
        except OperationalError:
            cr.rollback()
        except UserError as refusal:
            cr.rollback()
            print(refusal, flush=True)
            break
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestAmendmentProcesses(ProcessCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.get_env(cr)
            values = {"product_id": self.product_id, "price_unit": 310.0}
            contract = env["subscription.contract"].create(
                {
                    "subject": "Changed",
                    "partner_id": env["res.partner"].create({"name": "Changed"}).id,
                    "company_id": self.company_id,
                    "date_start": date(2026, 1, 1),
                    "line_ids": [(0, 0, values)],
                }
            )
            contract.action_activate()
            self.contract_id, self.line_id = contract.id, contract.line_ids.id

    def get_env(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})

    @classmethod
    def clear(cls, env):
        contracts = env["subscription.contract"].search([("company_id", "=", cls.company_id)])
        contracts.amendment_ids.with_context(subscription_ledger=LEDGER).unlink()
        for line in contracts.line_ids.with_context(subscription_ledger=LEDGER).sorted("id", reverse=True):
            line.unlink()
        contracts.with_context(subscription_ledger=LEDGER).unlink()

    def draft(self, price, day=date(2026, 2, 1)):
        with self.registry.cursor() as cr:
            step = {"kind": "change", "line_id": self.line_id, "price_unit": price}
            values = {"contract_id": self.contract_id, "date_kind": "day", "date": day, "step_ids": [(0, 0, step)]}
            return self.get_env(cr)["subscription.amendment"].create(values).id

    def confirm_together(self, *ids):
        """Confirm them in processes that have all begun, and wait for the contract, before the first goes on."""
        with self.registry.cursor() as cr:
            self.get_env(cr)["subscription.contract"].browse(self.contract_id)._wait_for_lock()
            workers = [self.start(WORKER, self.company_id, id_) for id_ in ids]
            deadline = time.monotonic() + 60
            while self.count_waiting() < len(workers):
                self.assertLess(time.monotonic(), deadline, "the workers do not wait for one another")
                time.sleep(0.1)
            cr.rollback()
        for worker in workers:
            self.assertEqual(worker.wait(timeout=120), 0)
        return sorted(worker.stdout.read().strip() for worker in workers)

    def count_waiting(self):
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                      AND query LIKE '%%subscription_contract%%'"""
            )
            return cr.fetchone()[0]

    def read_prices(self):
        with self.registry.cursor() as cr:
            return self.get_env(cr)["subscription.contract"].browse(self.contract_id).line_ids.mapped("price_unit")

    def test_two_clerks_confirm_one_change(self):
        change = self.draft(620.0)
        refusal, done = self.confirm_together(change, change)
        self.assertEqual(done, "done")
        self.assertRegex(refusal, "was confirmed by .* already")
        self.assertEqual(self.read_prices(), [310.0, 620.0])

    def test_two_clerks_change_one_line_from_the_same_day_on(self):
        refusal, done = self.confirm_together(self.draft(620.0), self.draft(930.0))
        self.assertEqual(done, "done")
        self.assertRegex(refusal, "changes on 02/01/2026 already")
        self.assertEqual(len(self.read_prices()), 2)

    def test_two_clerks_change_one_line_on_two_days(self):
        answers = self.confirm_together(self.draft(620.0), self.draft(930.0, date(2026, 1, 10)))
        self.assertEqual(answers[1], "done")
        self.assertRegex(answers[0], "The contract has changed since|another line .* is in force")
        self.assertEqual(len(self.read_prices()), 2)
