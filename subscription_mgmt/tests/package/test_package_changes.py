from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .package_common import DAY, PurchaseCommon


@tagged("post_install", "-at_install")
class TestPackageChanges(PurchaseCommon):
    """What accounting, the bank and the card index do to packages that were bought."""

    def credit_invoice(self, one, price=None):
        """A posted credit note of accounting on the invoice of the package, over all or part of its price."""
        move = one.invoice_id
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"journal_id": move.journal_id.id, "date": DAY}).refund_moves()
        note = move.reversal_move_ids.filtered(lambda note: note.state == "draft")
        if price:
            note.invoice_line_ids.price_unit = price
        note.action_post()
        return note

    def sell(self, package, customer=None):
        """A package given against an invoice."""
        one = self.grant(package, customer)
        one._make_invoice(DAY)
        return one

    def merge(self, sources, target):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((sources | target).ids, target)
        self.env.invalidate_all()

    # === CREDITED BY ACCOUNTING === #
    def test_fault_d4_invoice_credited_in_full_takes_the_credits_back(self):
        one = self.sell(self.credit)
        self.credit_invoice(one)
        self.assertEqual((one.state, self.left(), one._get_refundable(DAY)), ("refunded", 0, 0.0))
        with self.assertRaisesRegex(UserError, "nothing is left to refund"):
            one._refund(DAY, "Again")

    def test_fault_d4_part_credited_takes_its_part(self):
        one = self.sell(self.credit)
        self.credit_invoice(one, 40.0)
        self.assertEqual((one.state, self.left(), one._get_refundable(DAY)), ("active", 6, 72.0))

    def test_credits_given_back_later_are_not_paid_for_again(self):
        """Credited in full when all but one was used; a corrected request brings credits, but no money."""
        one = self.sell(self.credit)
        for ticket in self.tickets[:3]:
            self.consume(ticket)
        self.credit_invoice(one, 95.0)
        one.credit_move_ids.filtered(lambda move: move.source_id == self.tickets[0].id)[:1].action_reverse("Mistake")
        self.assertLessEqual(one._get_refundable(DAY), 6.0)

    def test_credit_note_for_a_period_takes_days(self):
        one = self.sell(self.period)
        self.credit_invoice(one, 25.0)
        self.assertEqual((one.state, one.date_end), ("active", date(2026, 3, 24)))

    def test_paid_online_then_credited_is_not_paid_back_as_well(self):
        tx = self.buy(self.credit)
        one = tx.subscription_entitlement_ids
        self.credit_invoice(one)
        self.assertEqual((one.state, one._get_refundable(DAY)), ("refunded", 0.0))

    def test_own_refund_takes_back_once(self):
        one = self.sell(self.credit)
        self.consume(self.tickets[0])
        note = one._refund(DAY, "Moved away")
        self.assertEqual((note.amount_total, self.left(), one.state), (84.0, 0, "refunded"))
        self.assertEqual(len(one.credit_move_ids.filtered(lambda move: move.move_type == "refunded")), 1)

    def test_corrected_invoice_takes_nothing(self):
        one = self.sell(self.credit)
        old = one.invoice_id
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=old.ids)
        wizard.create({"journal_id": old.journal_id.id, "date": DAY}).modify_moves()
        self.assertEqual((one.state, self.left()), ("active", 10))
        self.assertTrue(one.invoice_id and one.invoice_id != old)

    # === CANCELLED, TAKEN BACK TO DRAFT, DELETED === #
    def cancel(self, move):
        move.button_draft()
        move.button_cancel()

    def test_fault_d4_cancelled_invoice_takes_the_credits_back(self):
        one = self.sell(self.credit)
        self.consume(self.tickets[0])
        self.cancel(one.invoice_id)
        self.assertEqual((one.state, self.left(), one._get_refundable(DAY)), ("refunded", 0, 0.0))
        self.assertIn("Credits used before: 3; they stay used", one.message_ids[0].body)

    def test_fault_d4_invoice_corrected_as_a_draft_changes_nothing(self):
        one = self.sell(self.credit)
        one.invoice_id.button_draft()
        self.assertEqual((one.state, self.left()), ("active", 10))
        with self.assertRaisesRegex(UserError, "is being corrected"):
            one._refund(DAY, "Meanwhile")
        one.invoice_id.action_post()
        self.assertEqual((one.state, self.left()), ("active", 10))

    def test_fault_d4_cancelled_invoice_put_back_brings_the_credits_back(self):
        one = self.sell(self.credit)
        self.consume(self.tickets[0])
        for _again in range(2):
            self.cancel(one.invoice_id)
            self.assertEqual((one.state, self.left()), ("refunded", 0))
            one.invoice_id.button_draft()
            self.assertEqual((one.state, self.left(), one.date_closed), ("active", 7, False))
            one.invoice_id.action_post()
        self.assertEqual(one._get_refundable(DAY), 84.0)

    def test_fault_d4_deleted_invoice_takes_the_credits_back(self):
        one = self.sell(self.credit)
        one.invoice_id.button_draft()
        one.invoice_id.with_context(force_delete=True).unlink()
        self.assertEqual((one.state, self.left()), ("refunded", 0))

    def test_fault_d4_credit_note_withdrawn_gives_the_credits_back(self):
        one = self.sell(self.credit)
        note = self.credit_invoice(one, 40.0)
        self.assertEqual(self.left(), 6)
        self.cancel(note)
        self.assertEqual((one.state, self.left(), one._get_refundable(DAY)), ("active", 10, 120.0))
        note.button_draft()
        self.assertEqual(self.left(), 10, "once")
        note.action_post()
        self.assertEqual((one.state, self.left(), one._get_refundable(DAY)), ("active", 6, 72.0))

    def test_fault_d4_whole_credit_note_deleted_gives_the_package_back(self):
        one = self.sell(self.period)
        end = one.date_end
        note = self.credit_invoice(one)
        self.assertEqual((one.state, one.date_end), ("refunded", DAY))
        note.button_draft()
        note.with_context(force_delete=True).unlink()
        self.assertEqual((one.state, one.date_end, one.date_closed), ("active", end, False))

    def test_fault_d4_withdrawn_when_the_other_type_is_held_waits_for_a_person(self):
        one = self.sell(self.credit)
        self.consume(self.tickets[0])
        note = self.credit_invoice(one)
        other = self.grant(self.period)
        self.cancel(note)
        self.assertEqual((one.state, other.state), ("pending", "active"))
        self.assertIn("ends your remaining 30 days", one.hold_reason)
        self.assertTrue(one.activity_ids)
        one.action_accept()
        self.assertEqual((one.state, self.left(), other.state), ("active", 7, "forfeited"))

    def test_withdrawn_after_the_end_brings_nothing_back(self):
        one = self.sell(self.period)
        note = self.credit_invoice(one)
        self.set_today(date(2026, 6, 1))
        self.cancel(note)
        self.assertEqual(one.state, "expired")

    def test_fault_d4_paid_online_and_cancelled_waits_for_another_invoice(self):
        one = self.buy(self.credit).subscription_entitlement_ids
        old = one.invoice_id
        self.cancel(old)
        self.assertEqual((one.state, self.left(), one.is_invoice_missing), ("active", 10, True))
        self.assertIn("make another invoice", one.activity_ids.note)
        with self.assertRaisesRegex(UserError, "Make the invoice first"):
            one._refund(DAY, "Moved away")
        one.action_make_invoice()
        self.assertEqual((one.invoice_id != old, one.invoice_id.payment_state), (True, "paid"))
        self.assertFalse(one.activity_ids or one.is_invoice_missing)
        self.assertEqual(one._get_refundable(DAY), 120.0)

    def test_fault_d4_credited_by_accounting_and_refunded_by_the_bank_is_given_back_once(self):
        tx = self.buy(self.credit)
        one = tx.subscription_entitlement_ids
        note = self.credit_invoice(one)
        refund = tx._refund(120.0)
        self.report(refund)
        self.assertEqual(one.invoice_id.reversal_move_ids, note, "no second credit note")
        self.assertEqual((refund.invoice_ids, note.amount_residual), (note, 0.0))

    def test_company_without_packages_does_not_keep_accounting_from_cancelling(self):
        one = self.sell(self.credit)
        self.company.subscription_enabled = False
        self.cancel(one.invoice_id)
        self.assertEqual(one.invoice_id.state, "cancel")

    def test_fault_b22_refund_holds_the_customer_before_the_provider_is_called(self):
        tx = self.buy(self.credit)
        wallet = self.env["subscription.wallet"].search([("partner_id", "=", self.customer.id)])
        before, seen = wallet.version, []
        transactions = type(tx)
        refund = transactions._refund

        def look(transaction, *args, **kwargs):
            wallet.invalidate_recordset()
            seen.append(wallet.version > before)
            return refund(transaction, *args, **kwargs)

        with patch.object(transactions, "_refund", look):
            tx.subscription_entitlement_ids._refund(DAY, "Moved away")
        self.assertEqual(seen, [True])

    # === PAYMENT === #
    def test_fault_d3_payment_reported_cancelled_and_then_done_is_handed_over(self):
        tx = self.make_tx(self.credit)
        self.report(tx, "cancel")
        self.report(tx)
        self.assertEqual((tx.state, tx.subscription_entitlement_ids.state, self.left()), ("done", "active", 10))
        self.assertEqual(tx.invoice_ids.payment_state, "paid")

    def test_fault_d3_somebody_looks_whether_the_customer_has_paid_twice(self):
        tx = self.make_tx(self.credit)
        self.report(tx, "cancel")
        again = self.buy(self.credit)
        self.report(tx)
        self.assertFalse(again.subscription_entitlement_ids.activity_ids)
        task = tx.subscription_entitlement_ids.activity_ids
        self.assertIn("reported as cancelled first", task.note)
        self.assertTrue(task.user_id.has_group("subscription_mgmt.group_subscription_billing"), "who can refund")

    def test_fault_d3_what_could_not_be_handed_over_is_taken_up_by_a_button(self):
        tx = self.make_tx(self.credit)
        self.report(tx, "cancel")
        with patch.object(type(self.env["subscription.package"]), "_grant", side_effect=UserError("No room")):
            self.report(tx)
        self.assertFalse(tx.subscription_entitlement_ids)
        self.assertIn("was paid but not handed over", self.customer.activity_ids.note)
        for _again in range(2):
            tx.action_subscription_hand_over()
            self.assertEqual((len(tx.subscription_entitlement_ids), self.left()), (1, 10))
        self.assertFalse(self.customer.activity_ids)

    def test_fault_d2_dialog_confirmed_twice_gives_one(self):
        wizard = self.make_dialog()
        first, second = wizard.action_grant(), wizard.action_grant()
        self.assertEqual((self.left(), first), (10, second))

    def test_fault_d2_dialog_saved_twice_gives_one(self):
        """Sent again after the line broke: another record of the dialog, with the same key."""
        key = self.make_dialog().key
        granted = [self.make_dialog(key=key).action_grant()["res_id"] for _again in range(2)]
        self.assertEqual((self.left(), granted[0]), (10, granted[1]))
        self.make_dialog().action_grant()
        self.assertEqual(self.left(), 20, "another dialog gives another one")

    def make_dialog(self, **values):
        return self.env["subscription.package.grant"].create(
            {"partner_id": self.customer.id, "package_id": self.credit.id, "reason": "Goodwill", **values}
        )

    # === MERGED === #
    def test_fault_d5_merged_customers_keep_what_both_hold(self):
        self.grant(self.credit)
        self.consume(self.tickets[0])
        self.sell(self.credit, self.stranger)
        self.merge(self.stranger, self.customer)
        self.assertEqual(self.left(), 17)
        wallet = self.env["subscription.wallet"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((len(wallet), wallet.credits_left), (1, 17))
        for ticket in self.tickets[1:6]:
            self.consume(ticket)
        self.assertEqual(self.left(), 2)

    def test_merging_loses_neither_credits_nor_days(self):
        self.grant(self.credit)
        period = self.grant(self.period, self.stranger)
        self.merge(self.stranger, self.customer)
        self.assertEqual((self.left(), period.state, period.partner_id), (10, "active", self.customer))

    def test_merged_into_a_contact_the_company_holds_it(self):
        person = self.env["res.partner"].create({"name": "Ida Alder"})
        self.grant(self.credit, person)
        self.merge(person, self.contact)
        self.assertEqual(self.left(), 10)

    def test_fault_d5_old_ids_lead_to_who_is_left(self):
        code = self.env["subscription.external.id"].create(
            {"model": "res.partner", "code": "9001", "res_id": self.stranger.id}
        )
        self.merge(self.stranger, self.customer)
        self.assertEqual(code.res_id, self.customer.id)

    # === EMPLOYED === #
    def test_fault_d6_credits_of_a_person_who_gets_an_employer_can_be_used(self):
        person = self.env["res.partner"].create({"name": "Ida Alder"})
        self.grant(self.credit, person)
        person.parent_id = self.customer
        self.consume(self.tickets[0], customer=person)
        self.assertEqual((self.left(person), self.left()), (0, 7))
        self.assertIn("Ida Alder", self.customer.message_ids[:1].body)

    def test_fault_d6_who_leaves_takes_along_what_is_left_of_what_he_brought(self):
        person = self.env["res.partner"].create({"name": "Ida Alder"})
        self.grant(self.credit, person)
        self.grant(self.credit)
        person.parent_id = self.customer
        self.consume(self.tickets[0], customer=person)
        self.assertEqual((self.left(person), self.left()), (0, 17))
        person.parent_id = self.stranger
        self.assertEqual((self.left(), self.left(self.stranger)), (10, 7), "to another company")
        person.parent_id = False
        self.assertEqual((self.left(person), self.left(self.stranger)), (7, 0), "and for himself again")
        self.consume(self.tickets[1], customer=person)
        self.assertEqual(self.left(person), 4)
        wallet = self.env["subscription.wallet"].search([("partner_id", "=", person.id)])
        self.assertEqual(wallet.credits_left, 4)

    def test_what_the_company_bought_stays_when_a_contact_leaves(self):
        self.grant(self.credit)
        self.contact.parent_id = False
        self.assertEqual((self.left(self.contact), self.left()), (0, 10))

    def test_company_that_becomes_a_person_brings_its_credits(self):
        branch = self.env["res.partner"].create({"name": "Branch", "is_company": True, "parent_id": self.customer.id})
        self.grant(self.credit, branch)
        branch.is_company = False
        self.assertEqual(self.left(), 10)

    def test_address_of_a_contact_changes_nothing(self):
        self.grant(self.credit)
        self.contact.write({"parent_id": self.stranger.id})
        self.contact.write({"parent_id": self.customer.id})
        self.assertEqual((self.left(), self.left(self.stranger)), (10, 0))
