from odoo.tests import tagged

from .test_package_portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPackageTour(PortalCommon):
    """The ways of a customer and of a clerk through the screens."""

    def test_customer_buys_is_declined_buys_again_and_switches(self):
        self.start_tour("/my/packages", "subscription_package_purchase", login=self.user.login, timeout=180)
        held = self.env["subscription.entitlement"].search([("partner_id", "=", self.customer.id)], order="id")
        self.assertEqual(held.mapped("state"), ["forfeited", "active"])
        transactions = held.payment_transaction_id.sudo()
        self.assertEqual(transactions.mapped("amount"), [120.0, 60.0])
        self.assertEqual(held.invoice_id.mapped("payment_state"), ["paid", "paid"])
        # The provider reports the same once more
        for tx in transactions:
            self.report(tx)
            tx._post_process()
        self.assertEqual(
            (len(self.env["subscription.entitlement"].search([("partner_id", "=", self.customer.id)])), self.left()),
            (2, 0),
        )
        self.assertEqual(len(self.get_mails()), 4)

    def test_clerk_grants(self):
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        self.grant(self.credit)
        self.start_tour("/odoo/paid-subscriptions", "subscription_package_grant", login="admin", timeout=120)
        held = self.env["subscription.entitlement"].search([("partner_id", "=", self.customer.id)], order="id")
        self.assertEqual(held.mapped("state"), ["forfeited", "active"])
        self.assertEqual(held[1].reason, "Agreed on the phone")
