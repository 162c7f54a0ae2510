from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from ...models.billing.delivery import MAIL, SEND
from ...models.billing.network import OVER_NETWORK
from ...models.charging.subscription_dunning_log import DUN
from ..common import SubscriptionCommon

DAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestDelivery(SubscriptionCommon, MockEmail):
    """An invoice is sent when its mail has left; whoever did not get it is not reminded of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "muhasebe@yildiz.example"

    def make_invoice(self, **values):
        self.make_contract(**{"billing_mode": "send", **values})
        with freeze_time(DAY):
            return self.bill(DAY).move_ids.with_context(tracking_disable=False)

    def send(self, day=DAY, works=True):
        """What the cron does on the day: hand over, let the mails leave with the commit, see what became of them."""
        self.env = self.env(context={**self.env.context, "tracking_disable": False})
        server = type(self.env["ir.mail_server"])
        with self.mock_mail_gateway(), mute_logger("odoo.addons.mail.models.mail_mail"):
            broken = patch.object(server, "_connect__", side_effect=OSError("no route to the mail server"))
            if not works:
                self.startPatcher(broken)
            self.carry_out(SEND, day)
            self.env.invalidate_all()
            self.carry_out(MAIL, day)
            if not works:
                broken.stop()
            return len(self._mails)

    def messages(self, move):
        """Times that the invoice was written to the customer."""
        return len(move.message_ids.filtered(lambda message: message.attachment_ids))

    # === SENT === #
    def test_sent_when_the_mail_has_left_and_once(self):
        move = self.make_invoice()
        self.carry_out(SEND, DAY)
        self.assertFalse(move.is_move_sent, "it is only in the queue")
        sent = [self.send(), self.send(), self.send(date(2026, 1, 2))]
        self.assertEqual((sent, move.is_move_sent, self.messages(move)), ([1, 0, 0], True, 1))

    def test_fault_a33_mail_server_down(self):
        move = self.make_invoice()
        self.send(works=False)
        row = move.subscription_parking_ids
        self.assertEqual((move.is_move_sent, row.step, row.attempts), (False, "send", 1))
        self.assertIn("no route to the mail server", row.reason)
        self.assertEqual(len(move.activity_ids), 1, "somebody is told")
        self.send(date(2026, 1, 2), works=False)
        self.assertEqual((row.attempts, len(move.activity_ids)), (2, 1))
        sent = [self.send(date(2026, 1, 3)), self.send(date(2026, 1, 4)), self.send(date(2026, 1, 5))]
        self.assertEqual((sent, move.is_move_sent), ([0, 1, 0], True), "by its pause: two days after the second try")
        self.assertEqual(self.messages(move), 1, "the same mail once more, not a second one")
        self.assertFalse(move.subscription_parking_ids or move.activity_ids)

    def test_failed_mail_that_a_person_sent_is_not_sent_again(self):
        move = self.make_invoice()
        self.send(works=False)
        mails = self.env["mail.mail"].sudo().search([("mail_message_id", "=", move.subscription_message_id.id)])
        with self.mock_mail_gateway():
            mails.mark_outgoing()
            mails.send()
        self.assertEqual((self.send(date(2026, 1, 2)), move.is_move_sent), (0, True))

    def test_failed_invoice_that_a_person_sends_anew_is_not_sent_again(self):
        move = self.make_invoice()
        self.send(works=False)
        with self.mock_mail_gateway():
            self.env["account.move.send"]._generate_and_send_invoices(move)
            self.assertEqual((len(self._mails), move.is_move_sent), (1, True))
        self.assertEqual([self.send(date(2026, 1, 2)), self.send(date(2026, 1, 9))], [0, 0])

    def test_one_that_cannot_be_printed_does_not_make_the_others_be_printed_again(self):
        partners = self.env["res.partner"].create([{"name": n, "email": f"{n}@yildiz.example"} for n in "abcde"])
        moves = self.env["account.move"].union(*(self.make_invoice(partner_id=partner.id) for partner in partners))
        sender, printed = type(self.env["account.move.send"]), []
        prepare = sender._prepare_invoice_pdf_report

        def print_or_fail(self, invoices_data):
            [move] = invoices_data
            printed.append(move.id)
            if move.id == moves[2].id:
                raise UserError(move.env._("No program to print with."))
            return prepare(self, invoices_data)

        with patch.object(sender, "_prepare_invoice_pdf_report", print_or_fail):
            self.assertEqual(self.send(), 4)
        self.assertEqual(printed, moves.ids)
        self.assertEqual(moves.mapped("is_move_sent"), [True, True, False, True, True])

    def count_queries(self, number):
        """Queries of handing over so many invoices, each to a customer of its own, without the mails."""
        partners = self.env["res.partner"].create(
            [{"name": f"Q{i}", "email": f"q{number}.{i}@yildiz.example"} for i in range(number)]
        )
        for partner in partners:
            self.make_invoice(partner_id=partner.id)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with self.mock_mail_gateway():
            self.carry_out(SEND, DAY)
            self.carry_out(MAIL, DAY)
            self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_of_an_invoice_do_not_grow_with_their_number(self):
        self.count_queries(2)
        few, many = self.count_queries(3), self.count_queries(9)
        self.assertLessEqual((many - few) / 6, few / 3, "what the batch shares is read once")

    def test_customer_without_an_address_is_a_reason(self):
        self.customer.email = False
        move = self.make_invoice()
        self.assertEqual(self.send(), 0)
        self.assertFalse(move.is_move_sent)
        self.assertEqual(move.subscription_error, "The customer has no e-mail address.")
        self.customer.email = "muhasebe@yildiz.example"
        self.assertEqual((self.send(date(2026, 1, 2)), move.is_move_sent), (1, True))

    def test_fault_c8_customers_own_way_of_delivery(self):
        self.customer.with_company(self.company).invoice_sending_method = "manual"
        move = self.make_invoice()
        self.assertEqual((self.send(), move.is_move_sent, self.messages(move)), (0, True, 0))

    # === OVER A NETWORK === #
    def send_over_network(self):
        """Hand over, and let a network take what goes over it; gives the list of what it takes."""
        sender, taken = type(self.env["account.move.send"]), []

        def take(_self, invoices_data):
            taken.extend(move.id for move, data in invoices_data.items() if "net" in data["extra_edis"])

        ways = {"net": {"label": "Network", "is_applicable": lambda _move: True}}
        self.startPatcher(patch.object(sender, "_get_all_extra_edis", lambda _self: ways))
        self.startPatcher(patch.object(sender, "_call_web_service_after_invoice_pdf_render", take))
        self.carry_out(SEND, DAY)
        self.assertEqual(taken, [], "not in a batch with others")
        self.carry_out_network()
        return taken

    def carry_out_network(self):
        """Its job, with commits as a test allows them."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            frame = self.env(cr=cr)["subscription.batches"].with_company(self.company)
            domain = frame._get_domain(OVER_NETWORK, DAY)
            frame._carry_out(OVER_NETWORK, frame.env["account.move"].search(domain), DAY)
        self.env.invalidate_all()

    def test_what_goes_over_a_network_is_mailed_afterwards(self):
        move = self.make_invoice()
        taken = self.send_over_network()
        self.assertEqual((taken, move.is_move_sent, self.messages(move)), (move.ids, False, 0))
        self.assertEqual((self.send(), self.send(), move.is_move_sent), (1, 0, True))
        self.carry_out_network()
        self.assertEqual(taken, move.ids)

    def test_customer_of_a_network_needs_no_address(self):
        self.customer.email = False
        move = self.make_invoice()
        taken = self.send_over_network()
        self.assertEqual((self.send(), taken, move.is_move_sent), (0, move.ids, True))

    def test_what_a_network_has_and_a_person_sends_is_not_mailed_again(self):
        move = self.make_invoice()
        self.send_over_network()
        with self.mock_mail_gateway():
            self.env["account.move.send"]._generate_and_send_invoices(move)
        self.assertTrue(move.is_move_sent)
        self.assertEqual(self.send(), 0)

    # === DUNNED === #
    def make_plan(self):
        template = self.env.ref("subscription_mgmt.mail_template_payment_reminder")
        self.company.subscription_dunning_plan_id = self.env["subscription.dunning.plan"].create(
            {
                "name": "Plan",
                "company_id": self.company.id,
                "step_ids": [
                    (5, 0, 0),
                    (0, 0, {"days": 3, "action": "email", "template_id": template.id}),
                    (0, 0, {"days": 10, "action": "pause"}),
                ],
            }
        )

    def test_fault_a32_not_dunned_before_it_was_sent(self):
        self.make_plan()
        move = self.make_invoice()
        sender = type(self.env["account.move.send"])
        with patch.object(sender, "_prepare_invoice_pdf_report", side_effect=UserError("No program to print with.")):
            self.send()
        self.assertEqual(move.subscription_error, "No program to print with.")
        for day in (5, 12, 22):
            self.carry_out(DUN, date(2026, 1, day))
        contract = move.subscription_contract_ids
        self.assertFalse(move.sudo().subscription_dunning_log_ids)
        self.assertEqual((contract.state, move.subscription_parking_ids.step), ("active", "send"))
        self.send(date(2026, 1, 23))
        self.carry_out(DUN, date(2026, 1, 23))
        self.assertTrue(move.sudo().subscription_dunning_log_ids)

    def test_who_sends_by_hand_is_followed_up_all_the_same(self):
        self.make_plan()
        move = self.make_invoice(billing_mode="post")
        self.carry_out(DUN, date(2026, 1, 5))
        self.assertTrue(move.sudo().subscription_dunning_log_ids)
