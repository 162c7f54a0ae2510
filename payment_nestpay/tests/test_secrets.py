import logging

from odoo.tests import tagged
from odoo.tools import SQL

from ..const import RETURN_ROUTE
from .nestpay_common import API_PASSWORD, STORE_KEY, NestpayHttpCommon

PAN, CVV = "4546711234567894", "cvv-937"
PERSONAL = "ABABBCgghAAAAABllJMDdZdTdic="  # cavv, one of the 3-D fields


@tagged("post_install", "-at_install")
class TestSecrets(NestpayHttpCommon):
    """No card, no key and no password is written down anywhere but where it is kept."""

    def go_through_everything(self):
        """Payments, refusals, questions and refunds, with cards where a broken or hostile sender might put them."""
        card = {"pan": PAN, "cv2": CVV, "cavv": PERSONAL, "md": f"{PAN}:1:2", "ErrMsg": f"{PAN} {CVV}"}
        for number, outcome in enumerate(("approve", "decline", "not_confirmed", "half_secure", "lost")):
            tx = self.make_tx(reference=f"Z{number}")
            tx._get_processing_values()
            report = self.change(self.decide(tx, outcome), **card)
            self.call_back({**report, "HASH": "x"})
            self.come_back([*report.items(), ("amount", "1")])
            if outcome != "lost":
                self.come_back(report)
                self.call_back(report)
            tx._nestpay_follow_up()
        paid = self.env["payment.transaction"].sudo().search([("reference", "=", "Z0")])
        self.gateway.fault = "after"
        paid.action_refund()
        self.gateway.fault = "html"
        paid.child_transaction_ids._nestpay_follow_up()
        self.gateway.fault = "down"
        paid.child_transaction_ids._nestpay_follow_up()
        self.gateway.fault = None
        self.provider.nestpay_api_user = "other"
        paid.child_transaction_ids._nestpay_follow_up()
        self.provider.nestpay_api_user = "apiuser"
        self.url_open(RETURN_ROUTE, data=card)

    def test_no_secret_is_in_the_log(self):
        with self.assertLogs(level=logging.INFO) as logs:
            self.go_through_everything()
        text = "\n".join(logs.output)
        self.assertIn("NestPay: refused a report (signature)", text)
        self.assertIn("NestPay: asking", text)
        for secret in (PAN, CVV, PERSONAL, STORE_KEY, API_PASSWORD, "P4ss"):
            self.assertNotIn(secret, text)
        self.assertNotIn(PAN[:6], text, "nor the part of a card that the bank shows")

    def test_no_secret_is_in_the_database_but_where_it_is_kept(self):
        with self.assertLogs(level=logging.INFO):  # a refused report is a warning
            self.go_through_everything()
        self.env.flush_all()
        found = {}
        for secret in (PAN, CVV, PERSONAL, STORE_KEY.replace("\\", "\\\\"), API_PASSWORD):
            for table in self.get_tables():
                query = SQL(
                    "SELECT count(*) FROM %s AS row WHERE strpos(row::text, %s) > 0", SQL.identifier(table), secret
                )
                (count,) = self.env.execute_query(query)[0]
                if count:
                    found.setdefault(table, []).append(secret)
        kept = found.pop("payment_provider", [])
        self.assertEqual(found, {})
        self.assertEqual(len(kept), 2, "the store key and the password, which the search must be able to find")

    def get_tables(self):
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        self.env.cr.execute(query)
        return [table for (table,) in self.env.cr.fetchall()]
