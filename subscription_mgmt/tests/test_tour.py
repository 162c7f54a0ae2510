from odoo.tests import HttpCase, freeze_time, tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestMainJobTour(SubscriptionCommon, HttpCase):
    """The main job as a clerk does it: import, activate, bill, look at the invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_admin = cls.env.ref("base.user_admin")
        cls.user_admin.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.product.default_code = "NET"
        cls.env["res.partner"].create(
            [{"name": f"Kurum {ref}", "is_company": True, "ref": ref} for ref in ("K2001", "K2002")]
        )

    @freeze_time("2026-01-15", tick=True)
    def test_main_job(self):
        self.start_tour("/odoo", "subscription_main_job", login="admin", timeout=180)
        contracts = self.env["subscription.contract"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(contracts.mapped("name")), {"TUR-1", "TUR-2"})
        self.assertEqual(contracts.mapped("state"), ["active", "active"])
        invoices = contracts.invoice_ids
        self.assertEqual(sorted(invoices.mapped("amount_total")), [119.88, 300.0])
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        self.assertIn("01/01/2026 – 01/31/2026", invoices[0].invoice_line_ids.name)
