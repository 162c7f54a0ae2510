from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestOrdering(PortalCase):
    """WMM-11, WMM-12: orders that are made in the portal."""

    def order(self, user, **values):
        self.enter(user)
        orders = self.env["sale.order"].sudo()  # our people do not see what waits
        before = orders.search([])
        answer = self.post("/my/orders/new", **{f"quantity_{self.product.id}": "2", **values})
        return answer, orders.search([]) - before

    def get_seen(self, order):
        seller = self.seller
        return order.with_user(seller).search([("id", "=", order.id)]), order.order_line.with_user(seller).search(
            [("order_id", "=", order.id)]
        )

    def test_wmm_11_a_managers_order_reaches_the_seller_at_once(self):
        _answer, order = self.order(self.manager, note="By Friday")
        self.assertEqual((order.state, order.member_approval, order.user_id), ("draft", False, self.seller))
        self.assertEqual((order.amount_total, order.member_note), (200, "By Friday"))
        self.assertIn((f"New order {order.name} of {self.firm.name}", "seller@example.com"), self.get_told(order))
        self.assertEqual(self.get_seen(order), (order, order.order_line))

    def test_wmm_12_no_seller_sees_an_employees_order_before(self):
        _answer, order = self.order(self.buyer)
        self.assertEqual((order.member_approval, order.user_id.id), ("waiting", False))
        self.assertFalse(any(self.get_seen(order)))
        self.env.flush_all()
        report = self.env["sale.report"].with_user(self.seller).search([("partner_id", "=", self.firm.id)])
        self.assertFalse(report)
        self.assertNotIn("seller@example.com", {email for _subject, email in self.get_told(order)})

    def test_wmm_12_it_reaches_him_when_it_is_approved(self):
        _answer, order = self.order(self.buyer)
        self.enter(self.manager)
        self.assertIn(order.name, self.get("/my/approvals")[0])
        self.post(f"/my/orders/{order.id}/approve", total=order.amount_total)
        self.assertEqual((order.state, order.member_approval, order.user_id), ("draft", "approved", self.seller))
        self.assertEqual(self.get_seen(order), (order, order.order_line))
        self.assertIn((f"New order {order.name} of {self.firm.name}", "seller@example.com"), self.get_told(order))
        self.assertIn((f"Order {order.name} is approved", "buyer@example.com"), self.get_told(order))

    def test_wmm_12_and_never_when_it_is_refused(self):
        _answer, order = self.order(self.buyer)
        self.enter(self.manager)
        self.post(f"/my/orders/{order.id}/refuse", reason="No")
        self.assertEqual((order.state, order.member_approval), ("cancel", "refused"))
        self.assertFalse(any(self.get_seen(order)))
        self.assertNotIn("seller@example.com", {email for _subject, email in self.get_told(order)})

    def test_wmm_12_a_refused_order_is_not_brought_back(self):
        _answer, order = self.order(self.buyer)
        order._refuse_member(self.manager.partner_id)
        self.enter(self.manager)
        self.assertIn("decided about this order already", self.post(f"/my/orders/{order.id}/approve").text)
        self.assertEqual(order.member_approval, "refused")

    def test_cub_74_customer_managers_are_told(self):
        self.firm.customer_manager_ids = self.env.user
        self.env.user.email = "care@example.com"
        _answer, order = self.order(self.manager)
        self.assertIn("care@example.com", {email for _subject, email in self.get_told(order)})

    def test_wmm_26_the_representative_of_the_branch_gets_it(self):
        branch = self.env["res.partner"].create(
            {"name": "Bornova", "member_unit": "branch", "parent_id": self.firm.id, "user_id": self.env.user.id}
        )
        _answer, order = self.order(self.manager, address=branch.id)
        self.assertEqual((order.partner_shipping_id, order.user_id), (branch, self.env.user))

    def test_wmm_15_who_may_not_order_does_not(self):
        for user in (self.colleague, self.seller):
            with self.subTest(user=user.login):
                if user == self.seller:
                    user.password = user.login
                self.assertFalse(self.order(user)[1])

    def test_wim_22_an_individual_orders_at_once(self):
        _answer, order = self.order(self.individual)
        self.assertEqual((order.partner_id, order.member_approval), (self.individual.partner_id, False))

    def test_a_colleague_sees_no_order_of_others_on_the_list(self):
        _answer, order = self.order(self.buyer)
        for user, given in ((self.colleague, False), (self.stranger, False), (self.buyer, True)):
            self.enter(user)
            self.assertEqual(order.name in self.get("/my/approvals")[0], given, user.login)
            self.assertEqual(order.name in self.get(f"/my/orders/{order.id}")[0], given, user.login)

    def test_who_ordered_sees_it_when_the_right_is_gone(self):
        _answer, order = self.order(self.buyer)
        self.buyer.partner_id.member_portal_orders = False
        self.enter(self.buyer)
        self.assertIn(order.name, self.get(f"/my/orders/{order.id}")[0])

    # === BAD INPUT === #
    def test_nothing_is_ordered_by_mistake(self):
        key = f"quantity_{self.product.id}"
        for values, sentence in (
            ({key: ""}, "at least one product"),
            ({key: "0"}, "at least one product"),
            ({key: "-1"}, "more than zero"),
            ({key: "1e9"}, "at most a million"),
            ({key: "nan"}, "as numbers"),
            ({key: "many"}, "as numbers"),
            ({"quantity_999999": "1"}, "can no longer be ordered"),
            ({"address": str(self.stranger.partner_id.id)}, "one of your own addresses"),
        ):
            answer, order = self.order(self.manager, **values)
            self.assertIn(sentence, answer.text, values)
            self.assertFalse(order, values)

    def test_only_what_was_released_is_offered(self):
        self.product.member_orderable = False
        answer, order = self.order(self.manager)
        self.assertIn("can no longer be ordered", answer.text)
        self.assertFalse(order)
        self.assertNotIn("Pellet", self.get("/my/orders/new")[0])

    def test_what_was_typed_stays(self):
        answer, _order = self.order(self.manager, address=str(self.stranger.partner_id.id), note="Gate 3")
        self.assertIn("Gate 3", answer.text)
        self.assertIn('value="2"', answer.text)

    def test_prices_are_those_of_the_member(self):
        self.env.ref("base.group_user").sudo().implied_ids += self.env.ref("product.group_product_pricelist")
        self.firm.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Members",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "item_ids": [(0, 0, {"compute_price": "fixed", "fixed_price": 60, "applied_on": "3_global"})],
            }
        )
        self.enter(self.manager)
        self.assertIn("60.00", self.get("/my/orders/new")[0])
        self.assertEqual(self.order(self.manager)[1].amount_total, 120)
