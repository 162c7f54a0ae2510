from odoo.tests import tagged

from ..common import MemberCase


@tagged("post_install", "-at_install")
class TestMember(MemberCase):
    def test_a_member_is_several_things_on_one_record(self):
        """WMM-03, WMM-18"""
        self.firm.write({"member_is_supplier": True, "member_channel": "dealer"})
        found = self.env["res.partner"].search(
            [("member_is_customer", "=", True), ("member_is_supplier", "=", True), ("member_channel", "=", "dealer")]
        )
        self.assertIn(self.firm, found)
