from contextlib import contextmanager
from datetime import date, timedelta

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.fields import Command, Date
from odoo.tests import tagged

from ..process_common import ProcessCase


@tagged("post_install", "-at_install")
class TestContractProcesses(ProcessCase):
    """Two people change one contract in the same second: the second is done anew, on what the first has left."""

    @classmethod
    def make_records(cls, env, company, product):
        cls.partner_id = env["res.partner"].create({"name": "Two clerks", "company_id": company.id}).id
        cls.reason_id = env.ref("subscription_mgmt.close_reason_customer").id
        cls.first = date.today().replace(day=1)

    @classmethod
    def clear(cls, env):
        contracts = env["subscription.contract"].search([("company_id", "=", cls.company_id)])
        contracts._act({"state": "draft"})
        contracts.unlink()

    @contextmanager
    def open(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})

    def get_month(self, step):
        return Date.add(self.first, months=step)

    def make_contract(self, **line):
        with self.open() as env:
            values = {"product_id": self.product_id, "price_unit": 100.0, "tax_ids": [Command.clear()], **line}
            contract = env["subscription.contract"].create(
                {
                    "subject": "Two clerks",
                    "partner_id": self.partner_id,
                    "date_start": self.first,
                    "line_ids": [Command.create(values)],
                }
            )
            contract.action_activate()
            return contract.id

    def race(self, contract_id, first, second):
        """Both see the contract as it is; the second commits after the first, and is done anew when it lost."""
        with self.open() as one, self.open() as other:
            contracts = [env["subscription.contract"].browse(contract_id) for env in (one, other)]
            for contract in contracts:
                self.assertEqual(contract.state, "active")
            first(contracts[0])
            one.cr.commit()
            with self.assertRaises(SerializationFailure), self.assertLogs("odoo.sql_db", "ERROR"):
                second(contracts[1])
            other.cr.rollback()
            other.invalidate_all(flush=False)
            second(contracts[1])
        with self.open() as env:
            change = env["subscription.contract"].browse(contract_id)._get_plan_difference()
            self.assertFalse(change.added or change.changed or change.removed)

    def close(self, contract):
        contract.action_close(Date.subtract(self.get_month(1), days=1), self.reason_id)

    def test_closed_while_a_line_is_added(self):
        def add_line(contract):
            values = {"product_id": self.product_id, "price_unit": 33.0, "tax_ids": [Command.clear()]}
            contract.env["subscription.contract.line"].create(
                {"contract_id": contract.id, "date_start": self.get_month(1), **values}
            )

        self.race(self.make_contract(), self.close, add_line)

    def test_paused_while_a_line_is_prolonged(self):
        def prolong(contract):
            contract.line_ids.date_end = self.get_month(6) - timedelta(days=1)

        contract_id = self.make_contract(date_end=self.get_month(2) - timedelta(days=1))
        self.race(contract_id, prolong, lambda contract: contract.action_pause(self.get_month(3)))

    def test_closed_while_its_plan_is_made_longer(self):
        self.race(self.make_contract(), lambda contract: contract._settle(self.get_month(16)), self.close)
