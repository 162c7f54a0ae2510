from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .portal_common import PIXEL, PortalCase


@tagged("post_install", "-at_install")
class TestApproval(PortalCase):
    """WMM-12: what an employee accepts reaches the seller when his manager has approved it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={key: value for key, value in cls.env.context.items() if key != "tracking_disable"})
        cls.order = cls.make_quotation()

    def ask(self, order=None):
        """The buyer accepts, by the page."""
        self.enter(self.buyer)
        return self.sign(order or self.order)

    def approve(self, user=None, order=None, **values):
        order = order or self.order
        self.enter(user or self.manager)
        return self.post(f"/my/orders/{order.id}/approve", **{"total": order.amount_total, **values})

    def test_no_seller_decides_for_the_customers_manager(self):
        order = self.order.with_user(self.seller)
        for values in ({"member_approval": "approved"}, {"member_approved_total": 1.0}, {"member_refusal": "x"}):
            with self.assertRaises(AccessError):
                order.write(values)
            with self.assertRaises(AccessError):
                order.create({"partner_id": self.order.partner_id.id, **values})

    # === ASKING === #
    def test_wmm_12_the_acceptance_of_an_employee_waits(self):
        self.assertTrue(self.ask()["force_refresh"])
        self.assertEqual((self.order.state, self.order.member_approval), ("sent", "waiting"))
        self.assertEqual(self.order.member_ordered_by_id, self.buyer.partner_id)

    def test_wmm_12_the_seller_hears_nothing_before(self):
        self.order.message_subscribe(self.seller.partner_id.ids)
        before = self.get_told(self.order)
        self.ask()
        told = self.get_told(self.order) - before
        self.assertEqual(told, {(f"Order {self.order.name} waits for your approval", "manager@example.com")})
        order = self.order.with_user(self.seller)
        self.assertFalse(order.signature or order.signed_by or order.signed_on)

    def test_wmm_11_a_managers_acceptance_counts_at_once(self):
        self.enter(self.manager)
        self.sign(self.order, "Zeynep Han")
        self.assertEqual(
            (self.order.state, self.order.member_approval, self.order.signed_by), ("sale", False, "Zeynep Han")
        )

    def test_wmm_12_the_link_of_an_employee_opens_no_other_way(self):
        order = self.make_quotation(self.buyer.partner_id)
        self.authenticate(None, None)
        self.sign(order, token=order._portal_ensure_token())
        self.assertEqual((order.state, order.member_approval), ("sent", "waiting"))

    def test_the_link_of_the_company_works_as_ever(self):
        self.authenticate(None, None)
        self.sign(self.order, token=self.order._portal_ensure_token())
        self.assertEqual((self.order.state, self.order.member_approval), ("sale", False))

    def test_members_without_rights_per_employee_order_as_ever(self):
        self.firm.member_portal_governed = False
        self.ask()
        self.assertEqual(self.order.state, "sale")

    def test_an_individual_orders_at_once(self):
        order = self.make_quotation(self.individual.partner_id)
        self.enter(self.individual)
        self.sign(order)
        self.assertEqual(order.state, "sale")

    def test_wmm_12_asking_twice_is_asking_once(self):
        self.ask()
        self.assertIn("error", self.ask())
        subject = f"Order {self.order.name} waits for your approval"
        messages = self.env["mail.message"].sudo().search([("subject", "=", subject)])
        self.assertEqual(len(messages), 1)

    def test_a_signature_that_is_none_changes_nothing(self):
        self.enter(self.buyer)
        path = f"/my/orders/{self.order.id}/accept"
        answer = self.make_jsonrpc_request(path, {"name": "Ali", "signature": "no picture"})
        self.assertIn("error", answer)
        self.assertFalse(self.order.member_approval)

    def test_wmm_12_nobody_of_ours_confirms_what_waits(self):
        self.ask()
        with self.assertRaisesRegex(UserError, "manager has not approved"):
            self.order.action_confirm()

    def test_wmm_12_what_waits_is_not_changed_by_the_customer(self):
        self.ask()
        self.assertFalse(self.order._can_be_edited_on_portal())

    # === DECIDING === #
    def test_wmm_12_approving_carries_out_what_was_accepted(self):
        self.ask()
        self.approve()
        self.assertEqual((self.order.state, self.order.member_approval), ("sale", "approved"))
        self.assertEqual((self.order.signed_by, self.decode(self.order.signature)), ("Ali Buyer", self.decode(PIXEL)))
        self.assertEqual(self.order.member_decided_by_id, self.manager.partner_id)
        self.assertFalse(self.order.sudo().member_signature)

    def test_wmm_12_the_employee_is_told_in_his_language(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        (self.buyer + self.manager).partner_id.lang = "tr_TR"
        self.ask()
        self.approve()
        self.assertIn("buyer@example.com", {email for _subject, email in self.get_told(self.order)})

    def test_wmm_12_a_refused_order_never_reaches_the_seller(self):
        self.order.message_subscribe(self.seller.partner_id.ids)
        before = self.get_told(self.order)
        self.ask()
        self.enter(self.manager)
        self.post(f"/my/orders/{self.order.id}/refuse", reason="Too dear")
        self.assertEqual((self.order.state, self.order.member_approval), ("sent", "refused"))
        order = self.order.with_user(self.seller)
        self.assertFalse(order.signature or order.signed_by)
        told = {email for _subject, email in self.get_told(self.order) - before}
        self.assertEqual(told, {"manager@example.com", "buyer@example.com"})
        self.enter(self.buyer)
        self.assertIn("Too dear", self.get(f"/my/orders/{self.order.id}")[0])

    def test_wmm_12_only_a_manager_of_the_member_decides(self):
        self.ask()
        for user in (self.buyer, self.colleague, self.stranger, self.individual):
            for way in ("approve", "refuse"):
                self.enter(user)
                self.post(f"/my/orders/{self.order.id}/{way}", total=self.order.amount_total)
                self.assertEqual(self.order.member_approval, "waiting", (user.login, way))

    def test_wmm_12_of_two_managers_the_second_is_told(self):
        second = self.make_login("second", "Second Manager", self.firm, member_portal_manager=True)
        self.ask()
        self.approve()
        self.assertIn("Zeynep Han has decided about this order already", self.approve(second).text)
        self.enter(second)
        self.post(f"/my/orders/{self.order.id}/refuse")
        self.assertEqual(self.order.member_approval, "approved")

    def test_wmm_12_who_decides_while_another_does_is_told(self):
        self.ask()
        with patch.object(type(self.order), "lock_for_update", side_effect=LockError("locked")):
            self.assertIn("Somebody else is deciding", self.approve().text)
        self.assertEqual(self.order.member_approval, "waiting")

    def test_what_was_refused_is_not_approved(self):
        self.ask()
        self.order.sudo()._refuse_member(self.manager.partner_id)
        self.assertIn("has decided about this order already", self.approve().text)
        self.assertEqual((self.order.state, self.order.member_approval), ("sent", "refused"))

    def test_what_has_expired_is_not_approved(self):
        self.ask()
        self.order.validity_date = fields.Date.today() - timedelta(days=1)
        self.assertIn("has expired", self.approve().text)
        self.assertEqual((self.order.state, self.order.member_approval), ("sent", "waiting"))

    def test_what_was_cancelled_meanwhile_is_not_approved(self):
        self.ask()
        self.order._action_cancel()
        self.assertIn("confirmed or cancelled", self.approve().text)

    def test_nothing_is_approved_but_what_was_seen(self):
        self.ask()
        self.order.order_line.product_uom_qty = 4
        self.assertIn("changed in the meantime", self.approve(total=300).text)
        self.assertEqual(self.order.member_approval, "waiting")

    def test_a_copy_is_a_new_order(self):
        self.ask()
        copy = self.order.copy()
        self.assertFalse(copy.member_approval or copy.member_ordered_by_id)

    # === PAYING === #
    def pay(self, order):
        params = {"access_token": order._portal_ensure_token(), "provider_id": 1, "payment_method_id": 1}
        return self.make_jsonrpc_request(f"/my/orders/{order.id}/transaction", params)

    def test_wmm_12_what_was_changed_after_approval_is_asked_again(self):
        order = self.make_quotation(require_signature=False, require_payment=True)
        self.enter(self.buyer)
        self.post(f"/my/orders/{order.id}/ask")
        self.approve(order=order)
        order.order_line.product_uom_qty = 30
        self.enter(self.buyer)
        self.assertNotIn("o_sale_portal_paynow", self.get(f"/my/orders/{order.id}")[0])
        self.post(f"/my/orders/{order.id}/ask")
        self.assertEqual(order.member_approval, "waiting")
        self.approve(order=order)
        self.enter(self.buyer)
        self.assertIn("o_sale_portal_paynow", self.get(f"/my/orders/{order.id}")[0])

    @mute_logger("odoo.http")
    def test_wmm_12_an_employee_pays_nothing_that_is_not_approved(self):
        order = self.make_quotation(require_signature=False, require_payment=True)
        self.enter(self.buyer)
        page = self.get(f"/my/orders/{order.id}")[0]
        self.assertNotIn("o_sale_portal_paynow", page)
        self.assertIn("o_member_ask", page)
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self.pay(order)
        self.post(f"/my/orders/{order.id}/ask")
        self.assertEqual(order.member_approval, "waiting")
        for user in (self.buyer, self.manager):
            self.enter(user)
            with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
                self.pay(order)

    def test_wmm_12_what_is_approved_can_be_paid(self):
        order = self.make_quotation(require_signature=False, require_payment=True)
        self.enter(self.buyer)
        self.post(f"/my/orders/{order.id}/ask")
        self.approve(order=order)
        self.assertEqual((order.state, order.member_approval), ("sent", "approved"))
        self.enter(self.buyer)
        self.assertIn("o_sale_portal_paynow", self.get(f"/my/orders/{order.id}")[0])

    def test_wmm_12_money_alone_confirms_nothing(self):
        self.ask()
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].search([], limit=1)
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": self.order.amount_total,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.firm.id,
                "reference": "member-1",
                "sale_order_ids": [(6, 0, self.order.ids)],
                "state": "done",
            }
        )
        tx._check_amount_and_confirm_order()
        self.assertEqual(self.order.state, "sent")
