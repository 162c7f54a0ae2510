from datetime import date

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.subscription_mgmt.tests.process_common import ProcessCase

TERMS = {"date_from": date(2026, 1, 1), "date_to": date(2026, 1, 20)}


@tagged("post_install", "-at_install", "subscription_processes")
class TestInterestProcesses(ProcessCase):
    """Two clerks who charge the same late days at the same moment, in two transactions."""

    @classmethod
    def make_records(cls, env, company, product):
        member = env["res.partner"].create({"name": "Late", "company_id": company.id})
        member.member_interest_rate = 3
        line = {"product_id": product.id, "price_unit": 1000, "tax_ids": [Command.clear()]}
        move = env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": member.id, "invoice_date": date(2026, 1, 1),
             "invoice_date_due": date(2026, 1, 10), "invoice_payment_term_id": False,
             "invoice_line_ids": [Command.create(line)]}
        )  # fmt: skip
        move.action_post()

    @classmethod
    def clear(cls, env):
        cls.clear_moves(env)

    def ask(self, cr):
        env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
        charge = env["member.interest.charge"].create(TERMS)
        charge.action_propose()
        self.assertEqual(len(charge.line_ids), 1)
        return charge.line_ids

    @mute_logger("odoo.sql_db")
    def test_who_comes_second_begins_again_and_finds_nothing(self):
        """WIM-14: Odoo answers a serialization failure by running the request again."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, other = self.ask(first), self.ask(second)
            one.action_charge()
            first.commit()
            with self.assertRaises(SerializationFailure):
                other.action_charge()
            second.rollback()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            charge = env["member.interest.charge"].create(TERMS)
            charge.action_propose()
            self.assertFalse(charge.line_ids)
