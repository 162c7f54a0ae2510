from odoo.tests import HttpCase, tagged

from .merge_common import MergeCase


@tagged("post_install", "-at_install")
class TestMergeTour(MergeCase, HttpCase):
    def test_cub_20_merge_with_preview(self):
        """From the customer to the dialog, one click on a candidate, a look at the preview, and merged."""
        self.env["crm.lead"].create({"name": "Çatı keşfi", "partner_id": self.double.id})
        self.env["member.duplicate"]._find_pending(10000)
        self.start_tour(f"/odoo/members/{self.double.id}", "member_merge", login="admin")
        self.assertFalse(self.double.exists())
        self.assertEqual(self.firm.email, "bilgi@cinar.example")

    def test_cub_27_the_bulb(self):
        """From the list over the bulb to a pair that is not the same."""
        self.env["member.duplicate"]._find_pending(10000)
        self.start_tour("/odoo/members", "member_bulb", login="admin")
        pair = self.env["member.duplicate"].search(
            [("first_id", "=", self.firm.id), ("second_id", "=", self.double.id)]
        )
        self.assertTrue(pair.is_dismissed)
