from datetime import date

from odoo.tests import freeze_time, tagged

from ...models.contract.lifecycle import CLOSE
from ..common import SubscriptionCommon

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestFree(SubscriptionCommon):
    """Months and lines that cost nothing: no invoice of 0.00, and no contract that waits for one."""

    def test_a_free_month_goes_by_without_an_invoice(self):
        contract = self.make_contract(date_end=date(2026, 2, 28))
        row = contract.installment_ids.sorted("date_from")[0]
        row.price_unit = 0.0
        run = self.bill(JANUARY)
        self.assertFalse(run.move_ids or contract.billing_error)
        self.assertEqual((row.state, row.reason), ("skipped", "Free of charge"))
        self.assertEqual(self.bill(FEBRUARY).move_ids.amount_untaxed, 100.0)

    def test_so_does_one_with_a_discount_of_all(self):
        contract = self.make_contract()
        contract.installment_ids[0].discount = 100.0
        self.assertFalse(self.bill(JANUARY).move_ids)
        self.assertFalse(contract.billing_error)

    def test_a_free_line_beside_a_paid_one_stands_on_its_invoice(self):
        contract = self.make_contract(
            [{"price_unit": 0.0}, {"interval_unit": "year", "price_unit": 1200.0}], date_end=date(2026, 12, 31)
        )
        move = self.bill(JANUARY).move_ids
        self.assertEqual(sorted(move.invoice_line_ids.mapped("price_subtotal")), [0.0, 1200.0])
        self.assertFalse(self.bill(FEBRUARY).move_ids)
        self.assertFalse(contract.billing_error)

    def test_a_contract_whose_last_month_is_free_closes(self):
        with freeze_time("2026-03-10 12:00:00"):
            contract = self.make_contract(date_end=date(2026, 1, 31))
            contract.installment_ids.price_unit = 0.0
            self.bill(date(2026, 3, 10))
            self.carry_out(CLOSE, date(2026, 3, 10))
        self.assertEqual(contract.state, "closed")

    def test_what_was_free_is_billed_when_a_person_brings_it_back(self):
        contract = self.make_contract(date_end=date(2026, 1, 31))
        contract.installment_ids.price_unit = 0.0
        self.bill(JANUARY)
        contract.line_ids.price_unit = 120.0
        self.assertFalse(self.bill(date(2026, 1, 5)).move_ids, "not by itself")
        contract.installment_ids.action_unskip()
        self.assertEqual(self.bill(date(2026, 1, 5)).move_ids.amount_untaxed, 120.0)

    def test_what_fails_beside_it_stops_nothing(self):
        free, other = self.make_contract(), self.make_contract()
        free.installment_ids[0].price_unit = 0.0
        other.invoice_partner_id.active = False
        self.bill(JANUARY)
        self.assertEqual(free.installment_ids.sorted("date_from")[0].state, "skipped")
