from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from .package_common import DAY, PurchaseCommon


@tagged("post_install", "-at_install")
class TestPackagePurchase(PurchaseCommon):
    """Money is taken when a package is bought: exactly once, to the cent, in whatever order things are reported."""

    def test_paid_gives_invoice_entitlement_and_mails(self):
        tx = self.buy(self.credit)
        one = tx.subscription_entitlement_ids
        self.assertEqual((one.partner_id, one.buyer_id, one.state), (self.customer, self.contact, "active"))
        self.assertEqual(self.left(), 10)
        invoice = one.invoice_id
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "paid"))
        self.assertEqual((invoice.amount_total, invoice.amount_residual, tx.amount), (120.0, 0.0, 120.0))
        self.assertEqual((invoice.partner_id, tx.invoice_ids), (self.customer, invoice))
        self.assertEqual((tx.payment_id.amount, tx.payment_id.partner_id), (120.0, self.customer))
        self.assertEqual(self.customer.entitled_department_ids, self.support)

    def test_lim_24_25_mails_to_office_and_buyer(self):
        self.buy(self.credit)
        office, buyer = self.get_mails().sorted("id")
        self.assertEqual((office.email_to, office.email_cc), ("office@example.com", "boss@example.com"))
        self.assertEqual(buyer.recipient_ids, self.contact)
        self.assertIn("Yıldız Ltd. bought Credit 10", office.subject)
        self.assertIn("INV/", office.body_html)
        self.assertIn("Credits: 10", buyer.body_html.replace("<t>", "").replace("</t>", ""))

    def test_lim_24_missing_addresses_are_skipped(self):
        self.company.write({"subscription_office_email": False, "subscription_office_email_cc": False})
        self.contact.email = False
        tx = self.buy(self.credit)
        self.assertEqual((self.get_mails(), tx.subscription_entitlement_ids.state), (self.env["mail.mail"], "active"))

    def test_mail_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        template = self.env.ref("subscription_mgmt.mail_template_package_buyer")
        template.with_context(lang="tr_TR").subject = "Teşekkürler"
        self.contact.lang = "tr_TR"
        self.buy(self.credit)
        self.assertIn("Teşekkürler", self.get_mails().mapped("subject"))

    def test_failing_mail_never_undoes_a_purchase(self):
        """LIM-25: neither a server that refuses, nor a template that somebody broke."""
        tx = self.buy(self.credit)
        server = type(self.env["ir.mail_server"])
        with (
            patch.object(server, "_connect__", side_effect=MailDeliveryException("no server")),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.get_mails().send()
        self.assertEqual(set(self.get_mails().mapped("state")), {"exception"})
        self.assertEqual(tx.subscription_entitlement_ids.state, "active")
        template = type(self.env["mail.template"])
        with patch.object(template, "send_mail", side_effect=UserError("Failed to render")):
            tx = self.buy(self.credit)
        one = tx.subscription_entitlement_ids
        self.assertEqual((one.state, one.invoice_id.payment_state, self.left()), ("active", "paid", 20))
        self.assertEqual(one.problem, "Failed to render")

    def test_declined_pending_or_abandoned_changes_nothing(self):
        old = self.grant(self.period)
        for state in ("cancel", "error", "pending", None):
            tx = self.make_tx(self.credit, subscription_switch=True)
            if state:
                self.report(tx, state)
            with self.subTest(state):
                self.assertFalse(tx.subscription_entitlement_ids or tx.invoice_ids or tx.payment_id)
                self.assertEqual((old.state, self.left()), ("active", 0))
        self.assertFalse(self.get_mails())

    def test_reported_twice_gives_one(self):
        tx = self.buy(self.credit)
        payment = tx.payment_id
        self.report(tx)
        tx._post_process()  # cron and browser, one after the other
        tx.is_post_processed = False
        tx._post_process()
        self.assertEqual((len(tx.subscription_entitlement_ids), self.left(), tx.payment_id), (1, 10, payment))
        self.assertEqual((len(tx.invoice_ids), len(self.get_mails())), (1, 2))

    def test_wa_15_the_same_top_up_sent_twice_is_one(self):
        self.grant(self.credit)
        tx = self.make_tx(self.credit)
        for _n in range(2):
            tx._process("demo", {"reference": tx.reference, "simulated_state": "done", "payment_details": "1"})
            tx._hand_over()
        self.assertEqual(self.left(), 20)

    def test_two_payments_are_two_packages(self):
        self.buy(self.credit)
        self.buy(self.credit)
        self.assertEqual((self.left(), len(self.get_mails())), (20, 4))

    def test_reported_late_after_pending_or_error(self):
        for first in ("pending", "error"):
            tx = self.make_tx(self.credit)
            self.report(tx, first)
            self.assertFalse(tx.subscription_entitlement_ids)
            self.report(tx)
            with self.subTest(first):
                self.assertEqual(tx.subscription_entitlement_ids.state, "active")
                self.assertEqual(tx.invoice_ids.payment_state, "paid")

    def test_reported_before_the_browser_returns(self):
        """The cron of the payment app does it; the page then finds it done."""
        tx = self.make_tx(self.credit)
        self.report(tx, process=False)
        with patch.object(self.env.cr, "commit"):
            tx._cron_post_process()
        self.assertEqual((len(tx.subscription_entitlement_ids), tx.is_post_processed), (1, True))

    def test_price_including_tax(self):
        self.tax.price_include_override = "tax_included"
        tx = self.buy(self.credit)
        self.assertEqual((tx.amount, tx.invoice_ids.amount_total, tx.invoice_ids.payment_state), (100.0, 100.0, "paid"))

    def test_switch_forfeits_when_paid_and_agreed(self):
        old = self.grant(self.credit)
        tx = self.make_tx(self.period, subscription_switch=True)
        self.assertEqual(old.state, "active", "not before the payment")
        self.report(tx)
        self.assertEqual((old.state, tx.subscription_entitlement_ids.state, self.left()), ("forfeited", "active", 0))

    def test_paid_without_having_been_asked_loses_nothing(self):
        """Two tabs: a credit package paid in one while the other was paying for a period. A person decides."""
        first, second = self.make_tx(self.credit), self.make_tx(self.period)
        self.report(first)
        self.report(second)
        one = second.subscription_entitlement_ids
        self.assertEqual((one.state, self.left()), ("pending", 10))
        self.assertIn("10 credits", one.hold_reason)
        self.assertEqual(second.invoice_ids.payment_state, "paid")
        self.assertEqual(len(one.activity_ids), 1)
        one.action_accept()
        self.assertEqual((one.state, one.hold_reason, self.left()), ("active", False, 0))
        self.assertFalse(one.activity_ids)
        with self.assertRaisesRegex(UserError, "does not wait"):
            one.action_accept()

    def test_second_period_paid_too_early_waits_and_begins_after_the_first(self):
        long = self.make_package(name="Quarter", kind="period", duration_days=90, price=9.0)
        first, second = self.make_tx(long), self.make_tx(long)
        self.report(first)
        self.report(second)
        one = second.subscription_entitlement_ids
        self.assertEqual(one.state, "pending")
        self.assertIn("You can renew from", one.hold_reason)
        one.action_accept()
        end = first.subscription_entitlement_ids.date_end
        self.assertEqual((one.state, (one.date_start - end).days), ("pending", 1))
        self.set_today(date(2026, 6, 8))
        self.consume(self.tickets[0], day=date(2026, 6, 8))
        self.assertEqual(one.state, "active")

    def test_what_waits_is_not_used_and_not_expired(self):
        self.buy(self.credit)
        one = self.buy(self.period).subscription_entitlement_ids
        self.assertEqual(self.consume(self.tickets[0]).entitlement_id.kind, "credit")
        self.env["subscription.wallet"]._lock(self.company, self.customer)._roll(date(2027, 1, 1))
        self.assertEqual(one.state, "pending")

    def test_withdrawn_while_paying_is_still_handed_over(self):
        tx = self.make_tx(self.credit)
        self.credit.action_withdraw()
        self.report(tx)
        self.assertEqual(tx.subscription_entitlement_ids.state, "active")

    def test_package_somebody_is_paying_for_keeps_its_price(self):
        self.make_tx(self.credit)
        with self.assertRaisesRegex(UserError, "was sold"):
            self.credit.price = 1.0

    # === WHAT GOES WRONG AFTER THE MONEY WAS TAKEN === #
    def test_invoice_that_fails_keeps_the_package_and_is_made_later(self):
        self.product.taxes_id.active = True
        tx = self.make_tx(self.credit)
        self.tax.amount = 18.0  # changed while the customer was paying
        self.report(tx)
        one = tx.subscription_entitlement_ids
        self.assertEqual((one.state, one.invoice_id.id, self.left()), ("active", False, 10))
        self.assertRegex(one.problem, "120.00.* was paid, but the invoice would be .*118.00")
        self.assertEqual(len(one.activity_ids), 1)
        self.assertEqual(tx.payment_id.amount, 120.0, "the money is in the books")
        self.tax.amount = 20.0
        one.action_make_invoice()
        self.assertEqual((one.invoice_id.payment_state, one.invoice_id.amount_residual), ("paid", 0.0))
        self.assertFalse(one.problem or one.activity_ids)
        one.action_make_invoice()
        self.assertEqual(len(tx.invoice_ids), 1)

    def test_package_that_cannot_be_handed_over_is_tried_again(self):
        tx = self.make_tx(self.credit)
        self.company.subscription_enabled = False
        self.report(tx)
        self.assertIn("not enabled", tx.subscription_error)
        self.assertFalse(tx.subscription_entitlement_ids)
        self.assertEqual((tx.payment_id.amount, len(self.customer.activity_ids)), (120.0, 1))
        tx._hand_over()
        self.assertEqual(len(self.customer.activity_ids), 1, "told once")
        self.company.subscription_enabled = True
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_hand_over_packages").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((tx.subscription_entitlement_ids.state, tx.subscription_error), ("active", False))
        self.assertEqual(tx.invoice_ids.payment_state, "paid", "settled with the payment that was there")

    def test_partly_captured_is_not_handed_over(self):
        tx = self.make_tx(self.credit, state="done")
        tx._create_child_transaction(20.0).state = "done"
        tx._hand_over()
        self.assertFalse(tx.subscription_entitlement_ids)
        self.assertRegex(tx.subscription_error, "Only .*20.00.* of .*120.00")

    def test_other_payments_are_none_of_our_business(self):
        tx = self.make_tx(self.credit, subscription_package_id=False)
        self.report(tx)
        self.assertEqual((tx.payment_id.amount, self.left()), (120.0, 0))


@tagged("post_install", "-at_install")
class TestPackageRefund(PurchaseCommon):
    """Money back, through the payment or from the paid subscription: the unused part goes, by rule."""

    def refund(self, tx, amount=None):
        """As the refund button of the payment does."""
        refund = tx._refund(amount)
        refund._post_process()
        return refund

    def test_payment_refunded_ends_the_unused_part(self):
        tx = self.buy(self.credit)
        self.consume(self.tickets[0])
        refund = self.refund(tx)
        one = tx.subscription_entitlement_ids
        self.assertEqual((one.state, self.left()), ("refunded", 0))
        note = refund.invoice_ids
        self.assertEqual((note.move_type, note.amount_total, note.payment_state), ("out_refund", 120.0, "paid"))
        self.assertEqual(note.reversed_entry_id, one.invoice_id)
        self.assertEqual(refund.payment_id.payment_type, "outbound")

    def test_refund_reported_twice_takes_once(self):
        tx = self.buy(self.credit)
        refund = self.refund(tx, 30.0)
        refund._post_process()
        self.assertEqual((self.left(), len(refund.invoice_ids)), (7, 1), "2.5 of 10 credits, half up: 3")

    def test_partial_refund_takes_its_part_and_the_last_one_all(self):
        tx = self.buy(self.credit)
        for amount, left in ((36.0, 7), (36.0, 4), (48.0, 0)):
            self.refund(tx, amount)
            self.assertEqual(self.left(), left)
        one = tx.subscription_entitlement_ids
        self.assertEqual(one.state, "refunded")
        notes = one.invoice_id.reversal_move_ids
        self.assertEqual((sum(notes.mapped("amount_total")), sum(notes.mapped("amount_residual"))), (120.0, 0.0))

    def test_partial_refund_never_takes_what_was_used(self):
        tx = self.buy(self.credit)
        for ticket in self.tickets[:3]:
            self.consume(ticket)
        self.refund(tx, 60.0)
        self.assertEqual((self.left(), tx.subscription_entitlement_ids.state), (0, "refunded"))

    def test_credit_note_is_the_refunded_amount_to_the_cent(self):
        """Amounts that no price with a rounded tax can reach are reached all the same."""
        for amount in (0.01, 0.03, 7.77, 33.33):
            refund = self.refund(self.buy(self.credit), amount)
            self.assertEqual(refund.invoice_ids.amount_total, amount)
            self.assertEqual(refund.invoice_ids.amount_residual, 0.0)

    def test_period_loses_days_from_its_end(self):
        tx = self.buy(self.period)
        self.refund(tx, 30.0)  # half of 60.00
        one = tx.subscription_entitlement_ids
        self.assertEqual((one.state, one.date_end), ("active", date(2026, 3, 24)))
        self.refund(tx, 30.0)
        self.assertEqual((one.state, one.date_end), ("refunded", DAY))

    def test_staff_refunds_the_unused_part_by_rule(self):
        tx = self.buy(self.credit)
        self.consume(self.tickets[0])
        one = tx.subscription_entitlement_ids
        wizard = self.env["subscription.entitlement.refund"].create({"entitlement_id": one.id, "reason": "Moved away"})
        self.assertEqual((wizard.unused, wizard.amount, wizard.by_provider), ("7 of 10", 84.0, True))
        wizard.action_refund()
        refund = tx.child_transaction_ids
        self.assertEqual((refund.amount, refund.state, refund.invoice_ids.amount_total), (-84.0, "done", 84.0))
        self.assertEqual(
            (one.state, self.left(), one.credit_move_ids.sorted("id")[-1].reason), ("refunded", 0, "Moved away")
        )
        with self.assertRaisesRegex(UserError, "is over"):
            one._refund(DAY, "again")

    def test_staff_refund_of_a_period_counts_the_days_after_today(self):
        tx = self.buy(self.period)
        one = tx.subscription_entitlement_ids
        self.set_today(date(2026, 3, 19))  # 10 of 30 days used
        wizard = self.env["subscription.entitlement.refund"].create({"entitlement_id": one.id, "reason": "x"})
        self.assertEqual(wizard.amount, 40.0)
        wizard.action_refund()
        self.assertEqual((one.state, one.date_end), ("refunded", date(2026, 3, 19)))

    def test_provider_that_cannot_pay_back_leaves_a_credit_note(self):
        tx = self.buy(self.credit)
        self.card.support_refund = "none"
        (self.card.primary_payment_method_id or self.card).support_refund = "none"
        one = tx.subscription_entitlement_ids
        note = one._refund(DAY, "x")
        self.assertEqual((note.move_type, note.state, note.amount_total), ("out_refund", "posted", 120.0))
        self.assertEqual((note.payment_state, one.state, self.left()), ("not_paid", "refunded", 0))

    def test_refund_that_is_on_its_way_is_not_asked_for_again(self):
        tx = self.buy(self.credit)
        one = tx.subscription_entitlement_ids
        with patch.object(type(tx), "_send_refund_request"):  # a provider that answers later
            refund = one._refund(DAY, "x")
            self.assertEqual((refund.state, one.state, self.left()), ("draft", "active", 10))
            with self.assertRaisesRegex(UserError, "on its way"):
                one._refund(DAY, "x")
        self.report(refund)
        self.assertEqual((one.state, self.left(), refund.invoice_ids.amount_total), ("refunded", 0, 120.0))

    def test_refunds_never_give_back_more_than_was_paid(self):
        tx = self.buy(self.credit)
        self.refund(tx, 1.0)  # too little for a whole credit
        one = tx.subscription_entitlement_ids
        self.assertEqual((self.left(), one._get_refundable(DAY)), (10, 119.0))
        one._refund(DAY, "x")
        self.assertEqual((tx._get_refunded_total(), one.state, self.left()), (120.0, "refunded", 0))
        self.assertEqual(sum(one.invoice_id.reversal_move_ids.mapped("amount_total")), 120.0)

    def test_refund_uses_the_taxes_of_the_invoice(self):
        tx = self.buy(self.credit)
        self.product.taxes_id = self.tax.copy({"name": "VAT 10%", "amount": 10})
        one = tx.subscription_entitlement_ids
        self.assertEqual(one._get_refundable(DAY), 120.0)
        self.assertEqual(self.refund(tx).invoice_ids.amount_tax, 20.0)

    def test_refund_of_an_unpaid_invoice_is_set_off(self):
        one = self.grant(self.credit)
        one._make_invoice(DAY)
        self.consume(self.tickets[0])
        note = one._refund(DAY, "x")
        self.assertEqual((note.amount_total, note.amount_residual, one.invoice_id.amount_residual), (84.0, 0.0, 36.0))

    def test_a_gift_ends_without_money(self):
        one = self.grant(self.credit)
        self.assertEqual(one._get_refundable(DAY), 0.0)
        self.assertFalse(one._refund(DAY, "x"))
        self.assertEqual((one.state, self.left()), ("refunded", 0))

    def test_what_waits_for_a_decision_is_refunded_whole(self):
        self.buy(self.credit)
        tx = self.buy(self.period)
        one = tx.subscription_entitlement_ids
        self.assertTrue(one.hold_reason)
        one._refund(DAY, "Not wanted")
        self.assertEqual((one.state, tx.child_transaction_ids.amount, self.left()), ("refunded", -60.0, 10))
        self.assertFalse(one.activity_ids)

    def test_waiting_credit_is_refunded_whole_too(self):
        self.buy(self.period)
        tx = self.buy(self.credit)
        one = tx.subscription_entitlement_ids
        self.refund(tx)
        self.assertEqual((one.state, self.left()), ("refunded", 0))
        self.assertEqual(tx.child_transaction_ids.invoice_ids.amount_total, 120.0)

    def test_switched_away_is_not_given_back(self):
        """Reading 8: the forfeited rest is not refunded; refunding the payment later takes nothing more."""
        tx = self.buy(self.credit)
        self.grant(self.period, confirmed=True)
        one = tx.subscription_entitlement_ids
        refund = self.refund(tx)
        self.assertEqual((one.state, self.left()), ("forfeited", 0))
        self.assertEqual(refund.invoice_ids.amount_total, 120.0, "the books follow the money all the same")
