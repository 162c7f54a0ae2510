"""Sending in real processes, to a real mail server: nobody gets an invoice twice, whoever is killed when."""

import os
import signal
import tempfile
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
import logging, sys
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
    if stop == "marked":
        mails = type(env["mail.mail"])
        hold = mails._hold_while_leaving
        def wait_and_hold(self):
            mails._hold_while_leaving = hold
            wait()
            return hold(self)
        mails._hold_while_leaving = wait_and_hold
    if stop.startswith("network"):
        # A network that every invoice goes over, with an add-on that commits what it has said. It keeps a list.
        sender = type(env["account.move.send"])
        sender._get_all_extra_edis = lambda self: {"net": {"label": "N", "is_applicable": lambda move: True}}
        def take(self, invoices_data):
            for move, data in invoices_data.items():
                if "net" in data["extra_edis"]:
                    with open(sys.argv[4], "a") as network:
                        network.write(f"{move.id}\\n")
                    if stop == "network_stops" and len(open(sys.argv[4]).readlines()) == 3:
                        wait()
                    if stop == "network_fails" and len(open(sys.argv[4]).readlines()) == 3:
                        raise UserError("No such customer.")
            if self._can_commit():
                self.env.cr.commit()
        from odoo.exceptions import UserError
        sender._call_web_service_after_invoice_pdf_render = take
    if stop == "odoo":
        mails = env["account.move"].search([("company_id", "=", company.id)])._get_mails().exists()
        wait()
        # It tells of mails that others have sent, or are sending.
        logging.getLogger("odoo.addons.mail.models.mail_mail").setLevel(logging.CRITICAL + 1)
        env["mail.mail"].process_email_queue(mails.ids)
        sys.exit()
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
        self.network = self.enterContext(tempfile.NamedTemporaryFile("r"))
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
        return self.start(WORKER, self.company_id, stop, self.network.name)

    def send(self, stop=""):
        """One whole run of the scheduled action."""
        self.assertEqual(self.work(stop).wait(timeout=PATIENCE), 0)

    def read_network(self):
        """Ids of the invoices that the network has taken."""
        self.network.seek(0)
        return sorted(map(int, self.network.read().split()))

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

    def hand_over(self):
        """Have all invoices handed over, with no mail on its way yet."""
        worker = self.work("committed")
        for _batch in range(INVOICES // 5):
            self.assertEqual(worker.stdout.readline(), "here\n")
            self.go_on(worker)
        self.assertEqual(worker.stdout.readline(), "here\n")
        self.kill(worker)

    def start_odoo_queue(self):
        """Odoo's own queue of mails, with a look at the database from now; it sends when it is told to."""
        queue = self.work("odoo")
        self.assertEqual(queue.stdout.readline(), "here\n")
        return queue

    def go_on(self, worker):
        worker.stdin.write("\n")
        worker.stdin.flush()

    def test_a_mail_that_odoos_queue_is_sending_is_left_to_it(self):
        self.hand_over()
        arrived, release = threading.Event(), threading.Event()

        def hold(_message):
            if len(self.mails.messages) == 1:
                arrived.set()
                release.wait(PATIENCE)

        self.mails.hold = hold
        queue = self.start_odoo_queue()
        self.go_on(queue)
        self.assertTrue(arrived.wait(PATIENCE))
        try:
            self.send()
            self.assertEqual(len(self.mails.messages), INVOICES, "all others have left meanwhile")
        finally:
            release.set()
        queue.wait(timeout=PATIENCE)
        self.send()
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES))

    def test_odoos_queue_with_an_older_view_sends_no_mail_that_is_marked(self):
        self.hand_over()
        queue, worker = self.start_odoo_queue(), self.work("marked")
        self.assertEqual(worker.stdout.readline(), "here\n")
        self.go_on(queue)
        queue.wait(timeout=PATIENCE)
        self.assertEqual(self.mails.messages, [])
        self.go_on(worker)
        self.assertEqual(worker.wait(timeout=PATIENCE), 0)
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES))

    def test_somebody_who_looks_at_a_marked_mail_does_not_keep_it_from_leaving(self):
        self.hand_over()
        worker = self.work("marked")
        self.assertEqual(worker.stdout.readline(), "here\n")
        with self.registry.cursor() as cr, self.registry.cursor() as watch:
            cr.execute("SELECT id FROM mail_mail WHERE failure_type = 'subscription_interrupted' FOR UPDATE")
            self.assertEqual(cr.rowcount, 1)
            self.go_on(worker)
            self.wait_until_stopped_by(cr, watch, worker)
        self.assertEqual(worker.wait(timeout=PATIENCE), 0)
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES))

    def wait_until_stopped_by(self, cr, watch, worker):
        """Until the worker waits for a lock of this transaction, or has gone on without it and is done."""
        cr.execute("SELECT pg_backend_pid()")
        [pid] = cr.fetchone()
        while worker.poll() is None:
            watch.execute("SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [pid])
            if watch.rowcount:
                return

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

    # === OVER A NETWORK === #
    def test_a_network_whose_add_on_commits_takes_each_invoice_once(self):
        workers = [self.work("network"), self.work("network")]
        for worker in workers:
            self.assertEqual(worker.wait(timeout=PATIENCE), 0)
        self.send("network")
        self.assertEqual(self.read_network(), sorted(self.move_ids))
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES), "and by mail as well")

    def test_killed_when_the_network_has_the_invoice(self):
        worker = self.work("network_stops")
        self.assertEqual(worker.stdout.readline(), "here\n")
        self.kill(worker)
        self.send("network")
        self.assertEqual(self.read_network(), sorted(self.move_ids), "what is in doubt is not sent again")
        self.assertEqual((self.read()[0], self.read_reasons()), (INVOICES - 1, []), "it may still be on its way")
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE account_move SET subscription_handed_in_on = subscription_handed_in_on - interval '1 hour'"
                " WHERE id IN %s",
                [tuple(self.move_ids)],
            )
        self.send("network")
        [reason] = self.read_reasons()
        self.assertIn("It is not known whether the invoice has gone out", reason)
        self.assertEqual(self.read_network(), sorted(self.move_ids))

    def test_what_the_network_does_not_take_is_set_aside_and_sent_on_its_day(self):
        self.send("network_fails")
        self.assertEqual((self.read()[0], self.read_reasons()), (INVOICES - 1, ["No such customer."]))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["account.move"].browse(self.move_ids).subscription_parking_ids.next_try = DAY
        self.send("network")
        self.assertEqual(self.read(), (INVOICES, INVOICES, INVOICES))
