"""Two people confirm the same act at the same moment: one wins, the other is told; in real processes."""

from datetime import date, timedelta

from odoo import api
from odoo.tests import tagged

from ..process_common import ProcessCase

# Run by a child process: looks at the contract, waits for the word, then does the act as RPC does it.
CLERK = """
import sys
from datetime import date, timedelta
from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config
database, contract_id, act = sys.argv[1:]
config.parse_config(["-d", database, "--no-http", "--log-level=critical", "--log-handler=:CRITICAL"])
today = date.today()
with Registry(database).cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    contract = env["subscription.contract"].browse(int(contract_id))
    contract = contract.with_context(allowed_company_ids=contract.company_id.ids)
    reason = env.ref("subscription_mgmt.close_reason_customer")
    contract.pause_ids.mapped("date_to"), contract.state, contract.is_closing
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        retrying(lambda: eval(act), env)
        print("done", flush=True)
    except UserError as error:
        cr.rollback()
        print(error, flush=True)
"""
CLOSE = """env["subscription.contract.close"].create({
    "contract_ids": [(6, 0, contract.ids)], "close_reason_id": reason.id, "end": "date",
    "date": today + timedelta(days=%s)}).action_close()"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestActsProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        cls.partner_id = env["res.partner"].create({"name": "Subscriber"}).id

    @classmethod
    def clear(cls, env):
        contracts = env["subscription.contract"].search([("company_id", "=", cls.company_id)])
        for contract in contracts.filtered(lambda one: one.state != "closed"):
            contract.action_close(date.today(), env.ref("subscription_mgmt.close_reason_customer"))

    def make_contract(self, *acts):
        """An active contract to which something was done already."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            contract = env["subscription.contract"].create(
                {
                    "subject": "Parallel",
                    "partner_id": self.partner_id,
                    "company_id": self.company_id,
                    "date_start": date.today() - timedelta(days=40),
                    "line_ids": [(0, 0, {"product_id": self.product_id, "price_unit": 10.0})],
                }
            )
            contract.action_activate()
            for act in acts:
                act(contract, env.ref("subscription_mgmt.close_reason_customer"))
            return contract.id

    def race(self, contract_id, *acts):
        """Do the acts at the same moment; gives what each of the people was told."""
        clerks = [self.start(CLERK, contract_id, act) for act in acts]
        for clerk in clerks:
            self.assertEqual(clerk.stdout.readline().strip(), "ready")
        for clerk in clerks:
            clerk.stdin.write("go\n")
            clerk.stdin.flush()
        told = [clerk.stdout.readline().strip() for clerk in clerks]
        for clerk in clerks:
            clerk.wait(timeout=60)
        return sorted(told, key=lambda text: text != "done")

    def look(self, contract_id, name):
        with self.registry.cursor() as cr:
            contract = api.Environment(cr, api.SUPERUSER_ID, {})["subscription.contract"].browse(contract_id)
            return contract.mapped(name)

    def test_a_pause_begins_once(self):
        contract = self.make_contract()
        pause = "contract.action_pause(today + timedelta(days=5))"
        told = self.race(contract, pause, pause)
        self.assertEqual(told[0], "done")
        self.assertIn("Only an active contract", told[1])
        self.assertEqual(len(self.look(contract, "pause_ids.id")), 1)

    def test_a_pause_ends_once(self):
        contract = self.make_contract(lambda one, _reason: one.action_pause(date.today() - timedelta(days=5)))
        told = self.race(contract, "contract.action_resume()", "contract.action_resume(today - timedelta(days=2))")
        self.assertEqual(told[0], "done")
        self.assertIn("Only a paused contract", told[1])

    def test_a_contract_is_closed_once(self):
        contract = self.make_contract()
        told = self.race(contract, CLOSE % 5, CLOSE % 9)
        self.assertEqual(told[0], "done")
        self.assertIn("already", told[1])

    def test_a_closing_is_taken_back_once(self):
        contract = self.make_contract(lambda one, reason: one.action_close(date.today() + timedelta(days=5), reason))
        told = self.race(contract, "contract.action_take_back()", "contract.action_take_back()")
        self.assertEqual(told[0], "done")
        self.assertIn("no closing to come", told[1])

    def test_a_contract_is_re_opened_once(self):
        contract = self.make_contract(lambda one, reason: one.action_close(date.today(), reason))
        told = self.race(contract, "contract.action_reopen()", "contract.action_reopen()")
        self.assertEqual(told[0], "done")
        self.assertIn("Only a closed contract", told[1])
