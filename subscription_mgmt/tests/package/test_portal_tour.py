from odoo.tests import tagged

from .package_common import DAY
from .test_package_portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalTour(PortalCommon):
    """The way of a subscriber through the pages of a contract."""

    def test_customer_signs_looks_what_ending_means_asks_and_takes_it_back(self):
        contract = self.make_contract(
            subject="Fiber line", billing_mode="post", notice_days=10, signature_required=True
        )  # fmt: skip
        self.bill(DAY)
        self.start_tour("/my/subscriptions", "subscription_portal_wish", login=self.user.login, timeout=120)
        request = contract.request_ids
        self.assertEqual((request.kind, request.state), ("close", "cancelled"))
        self.assertEqual(request.close_reason_id, self.env.ref("subscription_mgmt.close_reason_moved"))
        self.assertEqual((contract.state, contract.date_end), ("active", False))
        self.assertEqual(contract.signed_by, "Ayşe Yıldız")
        self.assertTrue(contract.signature)
