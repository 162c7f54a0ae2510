"""Faults found where billing and accounting meet, each by its id, with what a second clerk would do next."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...models.common.context import LEDGER
from ..contract.fault_common import FaultCommon, day

JANUARY, FEBRUARY, MARCH = day(1, 1), day(2, 1), day(3, 1)


@tagged("post_install", "-at_install")
class TestFaultsOfCorrection(FaultCommon):
    """Invoices that are credited, cancelled, taken back, deleted, and billed again."""

    def bill_again(self, contract, moment):
        with self.at(moment):
            self.row_of(contract, JANUARY).action_bill_again("wrong address")

    def test_fault_a19_a_goodwill_credit_is_no_reason_to_bill_again(self):
        contract = self.make_contract()
        self.give_back(self.bill_on(JANUARY), day(1, 5), [10.0])
        with self.assertRaisesRegex(UserError, r"10\.00.* of .*100\.00"):
            self.bill_again(contract, day(1, 6))
        self.assertFalse(self.bill_on(day(1, 6)))

    def test_fault_a19_what_was_billed_again_and_credited_again_waits_for_a_person(self):
        contract = self.make_contract()
        self.give_back(self.bill_on(JANUARY), day(1, 5))
        self.bill_again(contract, day(1, 6))
        second = self.bill_on(day(1, 6))
        self.assertEqual(self.get_net(contract), 100.0)
        self.give_back(second, day(1, 7))
        self.assertFalse(self.bill_on(day(1, 8)), "nobody said that it is charged a third time")
        self.bill_again(contract, day(1, 9))
        self.bill_on(day(1, 9))
        self.assertEqual(self.get_net(contract), 100.0)

    def test_fault_a19_a_wish_that_found_nothing_to_charge_is_over(self):
        contract = self.make_contract()
        self.give_back(self.bill_on(JANUARY), day(1, 5))
        self.bill_again(contract, day(1, 6))
        second = self.bill_on(day(1, 6))
        self.bill_again(contract, day(1, 6))
        self.give_back(second, day(1, 7))
        self.assertFalse(self.bill_on(day(1, 8)))

    def test_fault_a19_billed_again_after_a_closing_costs_the_days_that_are_left(self):
        contract = self.make_contract()
        self.bill_on(JANUARY).button_cancel()
        self.close(contract, day(1, 15))
        self.bill_again(contract, day(1, 16))
        self.bill_on(day(1, 16))
        self.assertEqual(self.get_net(contract), 48.39)

    def test_fault_a20_a_cancelled_invoice_that_was_billed_again_does_not_stand_a_second_time(self):
        contract = self.make_contract()
        first = self.bill_on(JANUARY)
        first.button_cancel()
        self.bill_again(contract, day(1, 2))
        second = self.bill_on(day(1, 2))
        with self.assertRaisesRegex(UserError, f"billed again on {second.name}"):
            first.button_draft()
        self.assertEqual((first.state, self.get_net(contract)), ("cancel", 100.0))

    def test_fault_a20_it_stands_again_when_the_other_was_taken_back(self):
        for take_back in ("cancel", "credit"):
            with self.subTest(take_back):
                contract = self.make_contract()
                first = self.bill_on(JANUARY)
                first.button_cancel()
                self.bill_again(contract, day(1, 2))
                second = self.bill_on(day(1, 2))
                with self.at(day(1, 3)):
                    second.button_cancel() if take_back == "cancel" else self.give_back(second, day(1, 3))
                    first.button_draft()
                    first.action_post()
                self.bill_on(day(1, 4))
                self.assertEqual(self.get_net(contract), 100.0)

    def test_fault_a20_what_is_to_be_billed_again_goes_when_the_first_stands_again(self):
        contract = self.make_contract()
        first = self.bill_on(JANUARY)
        first.button_cancel()
        self.bill_again(contract, day(1, 2))
        with self.at(day(1, 2)):
            first.button_draft()
            first.action_post()
        self.assertFalse(contract.installment_ids.filtered("is_again"))
        self.give_back(first, day(1, 3))
        self.assertFalse(self.bill_on(day(1, 4)), "the wish was for another credit")

    def test_fault_a20_a_credit_note_after_which_was_billed_again_is_not_taken_back(self):
        contract = self.make_contract()
        note = self.give_back(self.bill_on(JANUARY), day(1, 2))
        self.bill_again(contract, day(1, 2))
        second = self.bill_on(day(1, 2))
        for take_back in (note.button_draft, note.button_cancel):
            with self.assertRaisesRegex(UserError, f"billed again on {second.name}"):
                take_back()
        self.assertEqual((note.state, self.get_net(contract)), ("posted", 100.0))

    # === DELETED === #
    def test_deleted_drafts_of_a_closed_contract_are_billed_up_to_its_end_only(self):
        contract = self.make_contract(billing_mode="draft")
        draft = self.bill_on(JANUARY)
        self.close(contract, day(1, 15))
        with self.at(day(1, 15)):
            draft.unlink()
        self.bill_on(day(1, 16))
        self.assertEqual(self.get_net(contract), 48.39)

    def test_a_draft_of_which_days_were_given_back_stays(self):
        contract = self.make_contract(billing_mode="draft")
        draft = self.bill_on(JANUARY)
        self.close(contract, day(1, 15))
        note = self.bill_on(day(1, 16))
        with self.assertRaisesRegex(UserError, "Cancel or delete it first"):
            draft.unlink()
        with self.at(day(1, 17)):
            (note + draft).unlink()
        self.bill_on(day(1, 18))
        self.assertEqual(self.get_net(contract), 48.39)

    def test_a_deleted_draft_with_what_it_gives_back_is_made_anew(self):
        contract = self.make_contract(billing_mode="draft")
        self.bill_on(JANUARY)
        self.close(contract, day(1, 15))
        with self.at(day(1, 16)):
            self.bill(day(1, 16)).action_undo()
        self.assertEqual(self.get_credited(contract), -51.61)
        self.bill_on(day(1, 17))
        self.assertEqual(self.get_net(contract), 48.39)

    def test_a_deleted_draft_beside_a_correction_that_was_planned_since(self):
        contract = self.make_contract(billing_mode="draft")
        self.bill_on(JANUARY)
        self.close(contract, day(1, 15))
        note = self.bill_on(day(1, 16))
        with self.at(day(1, 17)):
            contract.action_reopen()
            note.unlink()
        self.bill_on(day(1, 17))
        self.assertEqual(self.get_net(contract), 100.0)

    def test_drafts_that_give_the_same_days_back_are_deleted_together(self):
        contract = self.make_contract(billing_mode="draft")
        self.bill_on(JANUARY)
        for moment in (day(1, 22), day(1, 24)):
            self.close(contract, moment, day(1, 22))
            self.bill_on(moment)
            with self.at(moment + timedelta(days=1)):
                contract.action_reopen()
            self.bill_on(moment + timedelta(days=1))
        self.close(contract, day(1, 26), day(1, 22))
        self.bill_on(day(1, 26))
        credits = contract.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(len(credits), 3)
        with self.at(day(1, 27)):
            credits.unlink()
        self.bill_on(day(1, 27))
        self.assertEqual(self.get_net(contract), 70.97)

    def test_a_deleted_draft_that_billed_again_still_bills_again(self):
        contract = self.make_contract(billing_mode="draft")
        self.bill_on(JANUARY).button_cancel()
        self.bill_again(contract, day(1, 2))
        draft = self.bill_on(day(1, 2))
        with self.at(day(1, 3)):
            draft.unlink()
        self.bill_on(day(1, 3))
        self.assertEqual(self.get_net(contract), 100.0)

    def test_a_line_taken_off_a_posted_invoice_is_left_out_until_somebody_says_otherwise(self):
        contract = self.make_contract([{}, {"price_unit": 30.0}])
        invoice = self.bill_on(JANUARY)
        with self.at(day(1, 3)):
            invoice.button_draft()
            invoice.invoice_line_ids[1].unlink()
            invoice.action_post()
        self.assertFalse(self.bill_on(day(1, 4)))
        row = self.rows(contract, "skipped")
        self.assertIn(invoice.name, row.reason)
        with self.at(day(1, 4)):
            row.action_unskip()
        self.bill_on(day(1, 4))
        self.assertEqual(self.get_net(contract), 130.0)

    def test_a_line_taken_off_a_draft_is_billed_by_the_next_run(self):
        contract = self.make_contract([{}, {"price_unit": 30.0}], billing_mode="draft")
        draft = self.bill_on(JANUARY)
        with self.at(day(1, 2)):
            draft.invoice_line_ids[1].unlink()
        self.assertEqual(self.bill_on(day(1, 2)).amount_untaxed, 30.0)
        self.assertEqual(self.get_net(contract), 130.0)

    def test_a_line_lowered_and_credited_and_closed_never_goes_below_nothing(self):
        contract = self.make_contract()
        invoice = self.bill_on(JANUARY)
        with self.at(day(1, 3)):
            invoice.button_draft()
            invoice.invoice_line_ids.price_unit = 60.0
            invoice.action_post()
        self.give_back(invoice, day(1, 4), [50.0])
        self.close(contract, JANUARY.replace(day=5))
        self.bill_on(day(1, 6))
        self.assertEqual(self.get_net(contract), 9.68, "five of 31 days of 60: less was left than the days cost")


@tagged("post_install", "-at_install")
class TestFaultsOfRuns(FaultCommon):
    """Runs for chosen contracts, of which some are gone when the run begins."""

    def start(self, contracts):
        with self.at(JANUARY):
            return self.env["subscription.billing.run"]._start(self.company, JANUARY, contracts)

    def run_cron(self, moment):
        with self.at(moment), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()

    def test_fault_a30_an_archived_choice_bills_nobody(self):
        chosen, other = self.make_contract(), self.make_contract(date_start=FEBRUARY)
        with self.at(JANUARY):
            run = self.env["subscription.billing.run"]._start(self.company, FEBRUARY, chosen)
        chosen.with_context(subscription_ledger=LEDGER).state = "closed"
        chosen.active = False
        self.run_cron(day(1, 2))
        self.assertEqual((run.state, run.move_count, other.invoice_count), ("done", 0, 0))

    def test_fault_a30_a_deleted_choice_bills_nobody(self):
        chosen, other = self.make_contract(activate=False), self.make_contract(date_start=FEBRUARY)
        with self.at(JANUARY):
            run = self.env["subscription.billing.run"]._start(self.company, FEBRUARY, chosen)
        chosen.unlink()
        self.run_cron(day(1, 2))
        self.assertEqual((run.state, run.move_count, other.invoice_count), ("done", 0, 0))

    def test_fault_a30_an_empty_choice_is_nothing_and_no_choice_is_all(self):
        contract = self.make_contract()
        self.start(contract.browse())
        self.run_cron(day(12, 31, 2025))
        self.assertFalse(contract.invoice_count)
        self.start(None)
        self.run_cron(day(12, 31, 2025))
        self.assertEqual(contract.invoice_count, 1)

    def test_fault_a30_the_dialog_forgets_no_choice(self):
        other = self.make_contract()
        for choose in ("archived", "deleted"):
            with self.subTest(choose):
                chosen = self.make_contract(activate=False)
                wizard = self.env["subscription.bill"].create({"date_ref": JANUARY, "contract_ids": chosen.ids})
                self.env.flush_all()
                chosen.action_archive() if choose == "archived" else chosen.unlink()
                self.env.invalidate_all()
                with self.at(JANUARY), self.assertRaisesRegex(UserError, "Nothing is due"):
                    wizard.action_bill()
        self.assertFalse(other.invoice_count)

    # === RULES THAT NO TEST DEFENDED === #
    def test_rule_h_contracts_with_other_payment_methods_get_invoices_of_their_own(self):
        self.customer.subscription_group_invoice = True
        journals = self.company_data["default_journal_bank"] + self.company_data["default_journal_cash"]
        methods = journals.inbound_payment_method_line_ids
        for method in (methods[0], methods[1], methods[0], methods.browse()):
            self.make_contract(payment_method_line_id=method.id)
        moves = self.bill_on(JANUARY)
        self.assertEqual(
            {move.preferred_payment_method_line_id: move.amount_untaxed for move in moves},
            {methods[0]: 200.0, methods[1]: 100.0, methods.browse(): 100.0},
        )

    def test_rule_h_the_service_address_stands_on_the_invoice(self):
        site = self.env["res.partner"].create({"name": "Site", "parent_id": self.customer.id, "type": "delivery"})
        contract = self.make_contract(service_address_id=site.id)
        self.assertEqual(self.bill_on(JANUARY).partner_shipping_id, site)
        self.close(contract, day(1, 15))
        self.assertEqual(self.bill_on(day(1, 16)).partner_shipping_id, site, "on what gives days back, too")

    def test_fault_a31_one_invoice_for_each_fiscal_position(self):
        """Position and taxes belong together: one payer, one contract served at home and one abroad."""
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        no_tax = self.tax.copy({"name": "Export 0", "amount": 0, "original_tax_ids": [Command.set(self.tax.ids)]})
        position.tax_ids = no_tax
        self.customer.subscription_group_invoice = True
        site = self.env["res.partner"].create({"name": "Site", "parent_id": self.customer.id, "type": "delivery"})
        site.property_account_position_id = position
        self.make_contract()
        self.make_contract(service_address_id=site.id)
        moves = self.bill_on(JANUARY)
        found = {(move.fiscal_position_id, move.invoice_line_ids.filtered("product_id").tax_ids) for move in moves}
        self.assertEqual(found, {(position.browse(), self.tax), (position, no_tax)})
