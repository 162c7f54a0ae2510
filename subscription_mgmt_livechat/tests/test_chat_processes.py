"""Two chats, one credit: two operators who answer at the same moment, in real processes."""

import time

from odoo import api
from odoo.tests import new_test_user, tagged

from odoo.addons.subscription_mgmt.tests.process_common import ProcessCase

# Run by a child process: an operator answers a chat; a transaction that comes second is run again, as Odoo does.
ANSWER = """
import sys
from psycopg2 import OperationalError
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(["-d", sys.argv[1], "--no-http", "--log-level=warn", "--log-handler=odoo.sql_db:CRITICAL"])
with Registry(sys.argv[1]).cursor() as cr:
    for _try in range(50):
        env = api.Environment(cr, int(sys.argv[2]), {})
        try:
            chat = env["discuss.channel"].browse(int(sys.argv[3])).sudo()
            message = chat.message_post(body="An answer", message_type="comment")
            cr.commit()
            print("sent" if "An answer" in message.body else "refused", flush=True)
            break
        except OperationalError:
            cr.rollback()
"""


@tagged("post_install", "-at_install", "subscription_processes")
class TestChatProcesses(ProcessCase):
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
        operator = new_test_user(env, "chat_process", "im_livechat.im_livechat_group_user")
        livechat = env["im_livechat.channel"].create({"name": "L", "subscription_department_id": department.id})
        customer = env["res.partner"].create({"name": "C"})
        package._grant(customer, company._subscription_today())
        members = [
            (0, 0, {"partner_id": partner.id, "livechat_member_type": kind})
            for partner, kind in ((operator.partner_id, "agent"), (customer, "visitor"))
        ]
        chats = env["discuss.channel"].create(
            [
                {
                    "name": f"Chat {n}",
                    "channel_type": "livechat",
                    "livechat_channel_id": livechat.id,
                    "livechat_operator_id": operator.partner_id.id,
                    "channel_member_ids": members,
                }
                for n in range(2)
            ]
        )
        cls.customer_id, cls.operator_id, cls.chat_ids = customer.id, operator.id, chats.ids
        cls.department_id, cls.package_id, cls.livechat_id = department.id, package.id, livechat.id

    @classmethod
    def clear(cls, env):
        """The ledger cannot be deleted through the models, so its tables are."""
        for table in ("subscription_credit_move", "subscription_wallet"):
            env.cr.execute(f"DELETE FROM {table} WHERE company_id = %s", [cls.company_id])
        env["subscription.entitlement"].search([("company_id", "=", cls.company_id)]).unlink()
        env["discuss.channel"].browse(cls.chat_ids).unlink()
        env["im_livechat.channel"].browse(cls.livechat_id).unlink()
        env["subscription.package"].browse(cls.package_id).unlink()
        env["subscription.department"].browse(cls.department_id).unlink()
        env["res.users"].browse(cls.operator_id).unlink()

    def test_lim_19_two_chats_and_one_credit(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company, customer = env["res.company"].browse(self.company_id), env["res.partner"].browse(self.customer_id)
            env["subscription.wallet"]._lock(company, customer)
            workers = [self.start(ANSWER, self.operator_id, chat) for chat in self.chat_ids]
            self.wait_until_they_wait(len(workers))
            cr.rollback()
        for worker in workers:
            self.assertEqual(worker.wait(timeout=120), 0)
        answers = sorted(worker.stdout.read().strip() for worker in workers)
        self.assertEqual(answers, ["refused", "sent"])
        self.assertEqual(self.read_balance(), (0, 1))

    def wait_until_they_wait(self, count):
        """Until so many processes wait for the customer's balance."""
        deadline = time.monotonic() + 90
        with self.registry.cursor() as cr:
            while True:
                cr.execute(
                    """SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'
                          AND query LIKE '%%subscription_wallet%%'"""
                )
                if cr.fetchone()[0] >= count:
                    return
                self.assertLess(time.monotonic(), deadline, "the processes do not wait for one another")
                cr.commit()
                time.sleep(0.1)

    def read_balance(self):
        """(credits left, requests charged)."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT sum(credits), sum(requests) FROM subscription_credit_move WHERE partner_id = %s",
                [self.customer_id],
            )
            return cr.fetchone()
