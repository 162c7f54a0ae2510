"""Sending in real processes, to a real mail server: nobody gets an invoice twice, whoever is killed when."""

import os
import signal
import threading
from datetime import date

from odoo import api
from odoo.tests import tagged

from ..process_common import ProcessCase
from ..smtp_server import MailServer

INVOICES = 12
DAY = date(2026, 1, 1)
PATIENCE = 120  # seconds; only a worker that hangs takes them

# Run by a child process: send as the scheduled action does. Told so, it stops where it is to be killed. Every PDF is an
# empty page: the program that prints has no part in what is tested here.
WORKER = """
import sys
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
registry = Registry(sys.argv[1])
import io
from odoo.addons.base.models.ir_actions_report import IrActionsReport
from odoo.tools.pdf import PdfWriter
page, writer = io.BytesIO(), PdfWriter()
writer.add_blank_page(200, 200)
writer.write(page)
IrActionsReport._run_wkhtmltopdf = lambda *args, **options: page.getvalue()
from odoo.addons.subscription_mgmt.models.billing import delivery
delivery.SEND = delivery.SEND._replace(size=5)
stop = sys.argv[3]
def wait():
    print("here", flush=True)
    sys.stdin.readline()
with registry.cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    company = env["res.company"].browse(int(sys.argv[2]))
    type(company)._get_subscription_companies = lambda self: company.with_env(self.env)
    if stop == "printed":
        hand_over, made = type(env["account.move"])._hand_over_invoice, []
        def hand_over_and_wait(self):
            hand_over(self)
            made.append(self)
            if len(made) == 4:
                wait()
        type(env["account.move"])._hand_over_invoice = hand_over_and_wait
    if stop == "committed":
        from odoo.addons.subscription_mgmt.models.billing import mail_mail
        mail_mail._leave = lambda *args: wait()
    env["account.move"]._cron_send_subscription_invoices()
    cr.commit()
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestSendingProcesses(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        """Contracts of customers with an address each, and a mail server."""
        company.email = "billing@sender.example"
        partners = env["res.partner"].create(
            [{"name": f"S{n}", "email": f"s{n}@customer.example"} for n in range(INVOICES)]
        )
        values = [
            {
                "partner_id": partner.id,
                "move_type": "out_invoice",
                "invoice_date": DAY,
                "company_id": company.id,
                "invoice_line_ids": [(0, 0, {"product_id": product.id, "price_unit": 10.0, "tax_ids": []})],
            }
            for partner in partners
        ]
        cls.make_invoices = staticmethod(lambda env: env["account.move"].with_company(cls.company_id).create(values))

    @classmethod
    def clear(cls, env):
        cls.clear_moves(env)

    def setUp(self):
        super().setUp()
        self.mails = self.enterContext(MailServer())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            server = env["ir.mail_server"].create(
                {"name": "Test", "smtp_host": "127.0.0.1", "smtp_port": self.mails.port, "sequence": -1}
            )
            moves = self.make_invoices(env)
            moves.action_post()
            moves.subscription_billing_mode = "send"
            self.move_ids, self.server_id = moves.ids, server.id

    def tearDown(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["ir.mail_server"].browse(self.server_id).unlink()
            self.clear_moves(env)
        super().tearDown()

    def work(self, stop=""):
        return self.start(WORKER, self.company_id, stop)

    def send(self):
        """One whole run of the scheduled action."""
        self.assertEqual(self.work().wait(timeout=PATIENCE), 0)

    def kill(self, worker):
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(timeout=PATIENCE)
        # Until the database has noticed, the rows of the dead stay locked.
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM account_move WHERE id IN %s FOR UPDATE", [tuple(self.move_ids)])
            cr.rollback()

    def read(self):
        """(invoices marked as sent, addresses to which a mail has come, mails that have come)."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM account_move WHERE id IN %s AND is_move_sent", [tuple(self.move_ids)])
            return (*cr.fetchone(), len(set(self.mails.recipients)), len(self.mails.recipients))

    def read_reasons(self):
        with self.registry.cursor() as cr:
            moves = api.Environment(cr, api.SUPERUSER_ID, {})["account.move"].browse(self.move_ids)
            return moves.subscription_parking_ids.mapped("reason")

    def test_two_workers_at_once_send_each_invoice_once(self):
        workers = [self.work(), self.work()]
        for worker in workers:
            self.assertEqual(worker.wait(timeout=PATIENCE), 0)
        self.send()
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES))

    def test_killed_after_printing_and_before_the_commit(self):
        worker = self.work("printed")
        self.assertEqual(worker.stdout.readline(), "here\n")
        self.kill(worker)
        self.assertEqual(self.read(), (0, 0, 0), "no mail leaves before it is committed that it was handed over")
        self.send()
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES))

    def test_killed_after_the_commit_and_before_the_mails(self):
        worker = self.work("committed")
        self.assertEqual(worker.stdout.readline(), "here\n")
        self.kill(worker)
        self.assertEqual(self.read(), (0, 0, 0))
        self.send()
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES))

    def test_killed_when_the_mail_server_has_the_mail_and_has_not_said_so(self):
        arrived, release = threading.Event(), threading.Event()

        def hold(_message):
            if len(self.mails.messages) == 3:
                arrived.set()
                release.wait(PATIENCE)

        self.mails.hold = hold
        worker = self.work()
        self.assertTrue(arrived.wait(PATIENCE))
        self.kill(worker)
        release.set()
        self.mails.hold = None
        self.send()
        self.assertEqual(self.read(), (INVOICES - 1, INVOICES, INVOICES), "one is in doubt, and not sent again")
        self.assertFalse(self.read_reasons(), "it may still be leaving")
        with self.registry.cursor() as cr:
            cr.execute("UPDATE mail_mail SET write_date = write_date - interval '1 hour' WHERE state = 'exception'")
        self.send()
        [reason] = self.read_reasons()
        self.assertIn("It is not known whether the mail has left", reason)
        with self.registry.cursor() as cr:
            cr.execute("UPDATE subscription_parking SET next_try = '2020-01-01' WHERE step = 'send'")
        self.send()
        self.assertEqual(self.read(), (INVOICES - 1, INVOICES, INVOICES), "nor on the day of the next try")

    def test_one_that_fails_is_set_aside_and_stops_nobody(self):
        with self.registry.cursor() as cr:
            partner = api.Environment(cr, api.SUPERUSER_ID, {})["account.move"].browse(self.move_ids[2]).partner_id
            partner.email = False
        self.send()
        self.assertEqual(self.read(), (INVOICES - 1, INVOICES - 1, INVOICES - 1))
        self.assertEqual(self.read_reasons(), ["The customer has no e-mail address."])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["res.partner"].browse(partner.id).email = "s2@customer.example"
            env["account.move"].browse(self.move_ids).subscription_parking_ids.next_try = DAY
        self.send()
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES))
