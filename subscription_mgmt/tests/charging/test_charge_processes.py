"""Charging in real processes, on real transactions: nobody pays twice, whoever is killed when."""

import os
import signal
import tempfile
from datetime import date, timedelta

from odoo import api
from odoo.tests import tagged

from ..process_common import ProcessCase
from ..tools.cases import case

INVOICES = 12

# Run by a child process: the charging cron, with a provider that writes each payment request to a file.
WORKER = """
import os, signal, sys
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
database, asked, mode = sys.argv[1:]
config.parse_config(["-d", database, "--no-http", "--log-level=critical", "--log-handler=:CRITICAL"])
from odoo.addons.payment.models.payment_transaction import PaymentTransaction
from odoo.addons.subscription_mgmt.models.charging import sending

def send(transaction):
    with open(asked, "a") as file:
        print(transaction.reference, file=file)
    if mode == "die_unanswered":
        os.kill(os.getpid(), signal.SIGKILL)
    transaction._set_done()
    if mode == "die_answered":
        os.kill(os.getpid(), signal.SIGKILL)

PaymentTransaction._send_payment_request = send
registry = Registry(database)
with registry.cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    charges = env["subscription.charge"]
    if mode == "die_prepared":
        type(charges)._claim = lambda self: os.kill(os.getpid(), signal.SIGKILL)
    charges._cron_charge_invoices()
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestChargeProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        company.subscription_billing_mode = "charge"
        method = env.ref("payment.payment_method_unknown")
        provider = env["payment.provider"].create(
            {"name": "Simulated", "code": "none", "state": "test", "payment_method_ids": [(6, 0, method.ids)]}
        )
        bank = env["account.journal"].search([("company_id", "=", company.id), ("type", "=", "bank")], limit=1)
        provider.journal_id = bank
        env["account.payment.method.line"].create(
            {
                "name": "Card",
                "payment_method_id": env.ref("account.account_payment_method_manual_in").id,
                "journal_id": bank.id,
                "payment_provider_id": provider.id,
                "payment_account_id": bank.default_account_id.id,
            }
        )
        partner = env["res.partner"].create({"name": "Subscriber"})
        token = env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "partner_id": partner.id,
                "provider_ref": "card",
            }
        )
        cls.provider_id, cls.token_id = provider.id, token.id

    @classmethod
    def clear(cls, env):
        """What was charged in the company stays on record."""
        env["payment.provider"].browse(cls.provider_id).state = "disabled"

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.asked = os.path.join(folder.name, "asked")

    def make_invoices(self, count=1):
        """Posted invoices due yesterday, not charged yet."""
        yesterday = date.today() - timedelta(days=1)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            token = env["payment.token"].browse(self.token_id)
            contracts = env["subscription.contract"].create(
                [
                    {
                        "subject": "Parallel",
                        "partner_id": token.partner_id.id,
                        "payment_token_id": token.id,
                        "company_id": self.company_id,
                        "date_start": yesterday,
                        "line_ids": [(0, 0, {"product_id": self.product_id, "price_unit": 10.0, "repetitions": 1})],
                    }
                    for _i in range(count)
                ]
            )
            contracts.action_activate()
            run = env["subscription.billing.run"]._bill_due(yesterday, contracts=contracts)
            self.assertEqual(set(run.move_ids.mapped("state")), {"posted"})
            return run.move_ids.ids

    def start_worker(self, mode="done"):
        return self.start(WORKER, self.asked, mode)

    def run_worker(self, mode="done"):
        return self.start_worker(mode).wait(timeout=120)

    def get_asked(self):
        """References that the provider was asked to charge, in order."""
        if not os.path.exists(self.asked):
            return []
        with open(self.asked) as file:
            return file.read().split()

    def read_ledger(self, move_ids):
        """(states of the charges, number of payments) of each invoice."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            moves = env["account.move"].browse(move_ids)
            return [
                (move.subscription_charge_ids.mapped("state"), len(move.transaction_ids.payment_id)) for move in moves
            ]

    def let_time_pass(self, move_ids):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE subscription_charge SET date_sent = date_sent - interval '1 hour' WHERE move_id = ANY(%s)",
                [move_ids],
            )

    def test_killed_before_the_answer_is_not_charged_again(self):
        """Killed between the commit of the intent and the answer: the outcome is asked for, never repeated."""
        for mode in ("die_unanswered", "die_answered"):
            move_ids = self.make_invoices()
            before = len(self.get_asked())
            with self.subTest(mode):
                self.assertEqual(self.run_worker(mode), -signal.SIGKILL)
                self.assertEqual(self.read_ledger(move_ids), [(["sent"], 0)])
                self.assertEqual(self.run_worker(), 0)
                self.let_time_pass(move_ids)
                for _i in range(2):
                    self.assertEqual(self.run_worker(), 0)
                    self.assertEqual(self.read_ledger(move_ids), [(["unknown"], 0)])
                self.assertEqual(len(self.get_asked()) - before, 1)

    def test_killed_before_it_was_sent_is_charged_once(self):
        move_ids = self.make_invoices()
        self.assertEqual(self.run_worker("die_prepared"), -signal.SIGKILL)
        self.assertEqual((self.read_ledger(move_ids), self.get_asked()), ([(["intent"], 0)], []))
        for _i in range(2):
            self.assertEqual(self.run_worker(), 0)
        self.assertEqual((self.read_ledger(move_ids), len(self.get_asked())), ([(["done"], 1)], 1))

    def test_two_workers_at_once_charge_everything_once(self):
        move_ids = self.make_invoices(INVOICES)
        for worker in (self.start_worker(), self.start_worker()):
            self.assertEqual(worker.wait(timeout=120), 0)
        self.assertEqual(self.run_worker(), 0)  # whoever stepped back left something to the next run
        asked = self.get_asked()
        self.assertEqual((len(asked), len(set(asked))), (INVOICES, INVOICES))
        self.assertEqual(self.read_ledger(move_ids), [(["done"], 1)] * INVOICES)

    def test_id_03_locked_by_another_process_is_charged_once_afterwards(self):
        """ID-03: what another process holds is left alone, and dealt with once by a later run."""
        _inputs, expected = case("ID-03")
        self.assertIn("then one invoice", expected["behaviour"])
        move_ids = self.make_invoices()
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM account_move WHERE id = ANY(%s) FOR UPDATE", [move_ids])
            for _i in range(2):
                self.assertEqual(self.run_worker(), 0)
            self.assertEqual(self.get_asked(), [])
        for _i in range(2):
            self.assertEqual(self.run_worker(), 0)
        self.assertEqual((self.read_ledger(move_ids), len(self.get_asked())), ([(["done"], 1)], 1))
