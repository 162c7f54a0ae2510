from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .charge_common import ChargeCommon


@tagged("post_install", "-at_install")
class TestChargeDemo(ChargeCommon):
    """Charging through a provider of Odoo's own; the demo provider is no dependency, so it may be missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ensure_installed("payment_demo")
        method = cls.env.ref("payment_demo.payment_method_demo")
        cls.demo = cls.env["payment.provider"].create(
            {
                "name": "Demo",
                "code": "demo",
                "state": "test",
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(method.ids)],
                "allow_tokenization": True,
            }
        )
        cls.demo.journal_id = cls.company_data["default_journal_bank"]
        cls.demo_method = method

    def charge_with(self, state):
        token = self.make_token(
            provider_id=self.demo.id, payment_method_id=self.demo_method.id, demo_simulated_state=state
        )
        move = self.make_invoice(payment_token_id=token.id)
        charge = self.charge()
        return move, charge

    def test_demo_tokens(self):
        for simulated, state, payment_count in (
            ("done", "done", 1),
            ("pending", "unknown", 0),
            ("cancel", "declined", 0),
            ("error", "declined", 0),
        ):
            with self.subTest(simulated):
                move, charge = self.charge_with(simulated)
                self.assertEqual((charge.state, charge.transaction_id.token_id.provider_code), (state, "demo"))
                self.assertEqual(len(charge.transaction_id.payment_id), payment_count)
                self.assertEqual(move.payment_state in ("paid", "in_payment"), state == "done")

    def test_pending_payment_that_is_confirmed(self):
        move, charge = self.charge_with("pending")
        charge.transaction_id.action_demo_set_done()
        self.run_cron("charge_invoices", date(2026, 1, 1))
        self.assertEqual(charge.state, "done")
        self.assertIn(move.payment_state, ("paid", "in_payment"))
