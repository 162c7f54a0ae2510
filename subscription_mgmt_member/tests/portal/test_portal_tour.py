from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestMemberPortalTour(PortalCase):
    def test_wmm_12_an_employee_orders_and_his_manager_approves(self):
        self.start_tour("/my/orders/new", "member_portal_order", login=self.buyer.login, timeout=180)
        order = self.env["sale.order"].sudo().search([("member_ordered_by_id", "=", self.buyer.partner_id.id)])
        self.assertEqual((order.member_approval, order.amount_total), ("waiting", 200))
        self.start_tour("/my", "member_portal_approve", login=self.manager.login, timeout=180)
        self.assertEqual((order.member_approval, order.user_id), ("approved", self.seller))
