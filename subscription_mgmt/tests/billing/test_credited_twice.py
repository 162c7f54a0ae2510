from odoo.tests import tagged

from ..contract.fault_common import FaultCommon, day

JANUARY = day(1, 1)


@tagged("post_install", "-at_install")
class TestCreditedTwice(FaultCommon):
    """Accounting acts on an invoice of which we gave days back: no customer ends with less than nothing."""

    def setUp(self):
        super().setUp()
        self.contract = self.make_contract(billing_mode="post", date_end=day(1, 31))
        self.invoice = self.bill_on(JANUARY)
        self.close(self.contract, day(1, 10))
        self.note = self.bill_on(day(1, 11))

    def assertNet(self, net):
        """After the next billing so much stands charged, and settlement has nothing more to do."""
        moves = self.bill_on(day(1, 20))
        self.assertEqual(self.get_net(self.contract), net)
        self.assertSettled(self.contract, day(1, 20))
        return moves

    def test_cancelled(self):
        with self.at(day(1, 15)):
            self.invoice.button_draft()
            self.invoice.button_cancel()
        charged = self.assertNet(0.0)
        self.assertEqual((charged.move_type, charged.amount_untaxed), ("out_invoice", 67.74))
        self.assertIn("Given back twice", charged.invoice_line_ids.name)
        self.assertEqual(charged.invoice_line_ids.tax_ids, self.invoice.invoice_line_ids.tax_ids)

    def test_credited_in_full(self):
        self.give_back(self.invoice, day(1, 15))
        self.assertNet(0.0)

    def test_credited_in_part(self):
        self.give_back(self.invoice, day(1, 15), [30.0])
        self.assertFalse(self.assertNet(2.26), "goodwill is left alone as long as something is left")

    def test_lowered(self):
        with self.at(day(1, 15)):
            self.invoice.button_draft()
            self.invoice.invoice_line_ids.price_unit = 20.0
            self.invoice.action_post()
        self.assertNet(6.45)

    def test_cancelled_and_put_back(self):
        with self.at(day(1, 15)):
            self.invoice.button_draft()
            self.invoice.button_cancel()
        self.assertNet(0.0)
        with self.at(day(1, 21)):
            self.invoice.button_draft()
            self.invoice.action_post()
        self.bill_on(day(1, 22))
        self.assertEqual(self.get_net(self.contract), 32.26)

    def test_a_note_given_to_another_customer_gives_the_first_nothing_back(self):
        contract = self.make_contract(billing_mode="post", date_end=day(1, 31))
        invoice = self.bill_on(JANUARY)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        note = self.give_back(invoice, day(1, 5), post=False)
        note.partner_id = stranger
        with self.at(day(1, 5)):
            note.action_post()
        self.close(contract, day(1, 10))
        self.assertEqual(self.get_credited(contract), -67.74)

    def test_nor_does_one_whose_lines_were_typed(self):
        contract = self.make_contract(billing_mode="post", date_end=day(1, 31))
        invoice = self.bill_on(JANUARY)
        note = self.give_back(invoice, day(1, 5), post=False)
        note.invoice_line_ids = [(5, 0, 0), (0, 0, {"product_id": self.product.id, "price_unit": 100.0})]
        note.partner_id = self.env["res.partner"].create({"name": "Stranger"})
        with self.at(day(1, 5)):
            note.action_post()
        self.close(contract, day(1, 10))
        self.assertEqual(self.get_credited(contract), -67.74)
