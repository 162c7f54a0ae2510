from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .nestpay_common import API_PASSWORD, NestpayCommon

REFUNDING = "odoo.addons.payment_nestpay.models.refunding"
BANK_API = "odoo.addons.payment_nestpay.models.bank_api"


@tagged("post_install", "-at_install")
class TestRefunds(CronMixinCase, NestpayCommon):
    """Money goes back once, whatever happens on the way."""

    def setUp(self):
        super().setUp()
        self.tx = self.make_tx()
        self.pay(self.tx)
        self.order = self.bank.orders[self.tx.reference]

    def refund(self, amount=None):
        self.tx.action_refund(amount_to_refund=amount)
        return self.tx.child_transaction_ids.sorted("id")[-1]

    def sent(self):
        """What was sent that moves money."""
        return [asked["Type"] for asked in self.gateway.asked if "Type" in asked]

    def make_unknown(self, fault="after", amount=None):
        """A refund whose answer does not come."""
        self.gateway.fault = fault
        with self.assertLogs(REFUNDING, "WARNING"):
            refund = self.refund(amount)
        self.gateway.fault = None
        self.assertEqual(refund.state, "pending")
        return refund

    def age(self, refund):
        """Let the bank's books have had time to show it."""
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - interval '11 minutes' WHERE id = %s",
            [refund.id],
        )
        self.env.invalidate_all()

    # === Void, refund, part === #

    def test_before_the_end_of_day_a_payment_is_voided(self):
        refund = self.refund()
        self.assertEqual((refund.state, refund.amount, self.sent()), ("done", -91.96, ["Void"]))
        self.assertEqual(self.order.paid.state, "V")
        self.assertTrue(refund.provider_reference)

    def test_after_the_end_of_day_it_is_refunded(self):
        self.bank.settle()
        refund = self.refund()
        self.assertEqual((refund.state, self.sent(), self.order.refunded), ("done", ["Credit"], 9196))

    def test_parts_are_refunded_until_nothing_is_left(self):
        self.bank.settle()
        for amount in (20.0, 20.0, 51.96):
            self.assertEqual(self.refund(amount).state, "done")
        self.assertEqual((self.order.refunded, self.sent()), (9196, ["Credit"] * 3))
        refund = self.refund(0.01)
        self.assertEqual(refund.state, "error")
        self.assertIn("At most", refund.state_message)
        self.assertEqual(len(self.sent()), 3)

    def test_a_part_before_the_end_of_day_waits_for_tomorrow(self):
        refund = self.refund(20.0)
        self.assertEqual(refund.state, "error")
        self.assertIn("tomorrow", refund.state_message)
        self.bank.settle()
        self.assertEqual(self.refund(20.0).state, "done")

    def test_what_follows_a_payment_follows_a_refund(self):
        with self.capture_triggers("payment.cron_post_process_payment_tx") as captured:
            self.refund()
        self.assertTrue(captured.records)

    def test_a_refusal_of_the_bank_is_shown(self):
        self.bank.settle()
        self.patch(type(self.bank), "credit", lambda bank, *_args: bank.refuse("CORE-2501", "Net tutar 0."))
        refund = self.refund()
        self.assertEqual(refund.state, "error")
        self.assertIn("Net tutar 0. (CORE-2501)", refund.state_message)

    def test_an_answer_without_a_return_code_is_no_success(self):
        self.patch(type(self.bank), "void", lambda bank, _id: ({"Response": "Approved", "ErrMsg": ""}, {}))
        self.assertEqual(self.refund().state, "error")

    def test_wrong_access_to_the_interface_sends_nothing(self):
        self.provider.nestpay_api_password = "other"
        refund = self.refund()
        self.assertEqual((refund.state, self.sent()), ("error", []))
        self.assertNotIn(API_PASSWORD, refund.state_message)

    def test_a_silent_bank_before_anything_is_sent_is_an_error(self):
        self.gateway.fault = "html"
        with mute_logger(BANK_API):
            self.assertEqual(self.refund().state, "error")

    def test_an_order_that_the_bank_does_not_know_is_not_refunded(self):
        self.bank.orders.clear()
        refund = self.refund()
        self.assertEqual((refund.state, self.sent()), ("error", []))
        self.assertIn("knows no payment", refund.state_message)

    # === No answer === #

    def test_a_refund_that_was_carried_out_without_an_answer_is_found(self):
        refund = self.make_unknown()
        refund._nestpay_follow_up()
        self.assertEqual((refund.state, self.sent()), ("done", ["Void"]))

    def test_a_refund_that_was_not_carried_out_can_be_made_again(self):
        refund = self.make_unknown("before")
        refund._nestpay_follow_up()
        self.assertEqual(refund.state, "pending", "the books may be a moment behind")
        self.age(refund)
        refund._nestpay_follow_up()
        self.assertEqual((refund.state, refund.nestpay_next_check), ("error", False))
        self.assertEqual(self.refund().state, "done")
        self.assertEqual(self.sent(), ["Void", "Void"])
        self.assertEqual(self.order.paid.state, "V")

    def test_an_unknown_refund_is_never_repeated_blindly(self):
        self.bank.settle()
        first = self.make_unknown(amount=20.0)
        second = self.refund(20.0)
        self.assertEqual(
            (first.state, second.state), ("done", "done"), "the first has been cleared up, so this is another"
        )
        self.assertEqual(self.order.refunded, 4000)

    def test_while_it_is_not_clear_no_other_is_sent(self):
        self.bank.settle()
        self.make_unknown("before", 20.0)
        second = self.refund(20.0)
        self.assertEqual((second.state, self.sent()), ("error", ["Credit"]))
        self.assertIn("not clear yet", second.state_message)

    def test_the_scheduled_action_asks_about_refunds(self):
        refund = self.make_unknown()
        refund.nestpay_next_check = refund.create_date
        with self.enter_registry_test_mode():
            self.env.ref("payment_nestpay.ir_cron_nestpay_ask_bank").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((refund.state, refund.nestpay_next_check), ("done", False))

    def test_a_silent_bank_leaves_it_pending(self):
        refund = self.make_unknown()
        self.gateway.fault = "html"
        self.assertFalse(refund._nestpay_follow_up())
        self.assertEqual(refund.state, "pending")

    # === Not booked here === #

    def test_what_a_killed_server_had_sent_is_booked_not_sent_again(self):
        self.bank.settle()
        self.bank.credit(self.tx.reference, "91.96", "949")
        refund = self.refund()
        self.assertEqual((refund.state, self.sent(), self.order.refunded), ("done", [], 9196))

    def test_what_the_panel_of_the_bank_gave_back_is_booked_first(self):
        self.bank.settle()
        self.bank.credit(self.tx.reference, "30.00", "949")
        refused = self.refund(20.0)
        self.assertEqual((refused.state, self.sent()), ("error", []))
        self.assertIn("30.00", refused.state_message.replace(",", "."))
        self.assertEqual(self.refund(30.0).state, "done")
        self.assertEqual((self.refund(20.0).state, self.order.refunded), ("done", 5000))

    def test_a_voided_refund_can_be_made_again(self):
        self.bank.settle()
        self.bank.credit(self.tx.reference, "91.96", "949")
        self.order.entries[-1].state = "V"
        self.assertEqual((self.refund().state, self.sent()), ("done", ["Credit"]))
