from odoo.tests import HttpCase, freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestImportTour(SubscriptionCommon, HttpCase):
    """The import as a clerk does it: map, look, import the good rows, mend, update, look at the receipt, undo."""

    @freeze_time("2026-01-15", tick=True)
    def test_failing_and_mended_file(self):
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        self.product.default_code = "NET"
        self.env["res.partner"].create(
            [{"name": f"Kurum {ref}", "is_company": True, "ref": ref} for ref in ("K2001", "K2002")]
        )
        self.start_tour("/odoo/subscriber-import", "subscription_import", login="admin", timeout=180)
        contract = self.env["subscription.contract"].search([("company_id", "=", self.company.id)])
        self.assertEqual((contract.name, contract.line_ids.price_unit), ("IMP-1", 250))
        batches = self.env["subscription.import.batch"].search([("company_id", "=", self.company.id)])
        self.assertEqual(batches.mapped("state"), ["undone", "done"])
