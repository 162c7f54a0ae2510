from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.charging.sending import PREPARE
from .charge_common import ChargeCommon

DAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestOnePayer(ChargeCommon):
    """The saved card and the payment page do not both take the money, and money that was taken counts."""

    def begin_on_page(self, move, reference="portal"):
        values = {**move._prepare_subscription_transaction_values(), "token_id": False}
        return self.env["payment.transaction"].create(
            {**values, "reference": reference, "operation": "online_redirect"}
        )

    def test_fault_b22_payment_begun_on_a_page_keeps_the_card_back(self):
        move = self.make_invoice()
        self.carry_out(PREPARE, DAY)
        self.charges_of(move).write({"state": "cancelled"})
        other = self.begin_on_page(move)
        self.assertFalse(self.carry_out(PREPARE, DAY))
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - interval '2 hours' WHERE id = %s", [other.id]
        )
        self.env.invalidate_all()
        self.assertTrue(self.carry_out(PREPARE, DAY), "nobody is on that page any more")

    def test_fault_b22_payment_begun_on_a_page_stops_a_charge_that_was_prepared(self):
        move = self.make_invoice()
        begun = self.begin_on_page(move)
        move._prepare_subscription_charges()
        with self.simulate("done") as asked:
            self.charge()
        self.assertEqual((asked, self.charges_of(move).state, begun.state), ([], "cancelled", "draft"))

    def test_fault_b22_nobody_pays_on_a_page_while_the_card_is_charged(self):
        move = self.make_invoice()
        self.carry_out(PREPARE, DAY)
        with self.assertRaisesRegex(UserError, "card is being charged"):
            self.begin_on_page(move)
        with self.simulate("done"):
            self.charge()
        self.begin_on_page(move, "afterwards")

    def test_fault_d3_charge_reported_cancelled_and_then_done(self):
        move = self.make_invoice()
        with self.simulate("cancel"):
            charge = self.charge()
        self.assertEqual(charge.state, "declined")
        charge.transaction_id._set_done()
        self.run_cron("charge_invoices", DAY)
        self.assertEqual((charge.state, move.amount_residual), ("done", 0))
