"""The plan follows what accounting does to invoices, at once."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestAccounting(SubscriptionCommon):
    def planned(self, contract):
        rows = contract.installment_ids.filtered(lambda row: row.state == "planned")
        return [(row.date_from, row.date_to, row.price_subtotal) for row in rows.sorted("date_from")]

    def close_after_billing(self, **values):
        """A contract whose March is billed, and of which 21 days are to be given back."""
        contract = self.make_contract(date_start=date(2026, 3, 1), **values)
        invoice = self.bill(date(2026, 3, 1)).move_ids
        contract.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(self.planned(contract), [(date(2026, 3, 11), date(2026, 3, 31), -67.74)])
        return contract, invoice

    def test_what_accounting_gave_back_is_not_given_back_by_the_next_billing_too(self):
        contract, invoice = self.close_after_billing()
        invoice._reverse_moves(cancel=True)
        self.assertFalse(self.planned(contract))
        self.assertFalse(self.bill(date(2026, 3, 10)))

    def test_a_cancelled_invoice_has_nothing_to_give_back(self):
        contract, invoice = self.close_after_billing()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(self.planned(contract))

    def test_a_credit_note_taken_back_gives_nothing_back(self):
        contract, invoice = self.close_after_billing()
        note = invoice._reverse_moves(cancel=True)
        note.button_draft()
        self.assertEqual(self.planned(contract), [(date(2026, 3, 11), date(2026, 3, 31), -67.74)])

    def test_a_corrected_invoice_gives_back_its_own_price(self):
        contract, invoice = self.close_after_billing()
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 50.0
        invoice.action_post()
        self.assertEqual(self.planned(contract), [(date(2026, 3, 11), date(2026, 3, 31), -33.87)])

    def test_a_credit_note_of_an_invoice_put_in_place_counts(self):
        contract, invoice = self.close_after_billing()
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"journal_id": invoice.journal_id.id, "date": date(2026, 3, 10)})
        again = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        again.action_post()
        self.assertEqual(self.planned(contract), [(date(2026, 3, 11), date(2026, 3, 31), -67.74)])
        again._reverse_moves(cancel=True)
        self.assertFalse(self.planned(contract))

    def test_a_draft_is_not_deleted_when_a_part_of_it_was_given_back(self):
        contract, invoice = self.close_after_billing(billing_mode="draft")
        note = self.bill(date(2026, 3, 10)).move_ids
        with self.assertRaisesRegex(UserError, "gives back, or charges again"):
            invoice.unlink()
        note.unlink()
        invoice.unlink()
        self.assertEqual(self.planned(contract), [(date(2026, 3, 1), date(2026, 3, 10), 32.26)])

    def test_the_plan_follows_the_terms_when_a_draft_is_deleted(self):
        contract, invoice = self.close_after_billing(billing_mode="draft")
        invoice.unlink()
        self.assertEqual(self.planned(contract), [(date(2026, 3, 1), date(2026, 3, 10), 32.26)])

    def test_a_part_costs_what_it_costs_in_a_currency_of_three_decimals(self):
        dinar = self.env.ref("base.KWD")
        dinar.write({"active": True, "rounding": 0.001})
        contract = self.make_contract(
            [{"price_unit": 59.91, "discount": 10}], currency_id=dinar.id, date_end=date(2026, 1, 17)
        )
        # 53.919 a month, of which 17 of 31 days
        self.assertEqual(contract.installment_ids.price_subtotal, 29.568)

    def test_an_edited_row_of_a_line_without_proration_is_settled(self):
        contract = self.make_contract([{"prorate": False}], date_end=date(2026, 2, 10))
        contract.installment_ids.sorted("date_from")[-1].price_unit = 70.0
        self.assertFalse(contract.plan_outdated)

    def test_posting_what_was_billed_for_the_first_time_settles_nothing(self):
        contract = self.make_contract(billing_mode="draft")
        invoice = self.bill(date(2026, 1, 1)).move_ids
        settled = []
        with patch.object(
            type(contract), "_settle", lambda contracts, *_args, **_kwargs: settled.extend(contracts.ids)
        ):
            invoice.action_post()
            self.assertEqual(settled, [])
            invoice.button_draft()
            invoice.action_post()
        self.assertEqual(settled, contract.ids * 2, "taken back, and posted anew as a person corrected it")
