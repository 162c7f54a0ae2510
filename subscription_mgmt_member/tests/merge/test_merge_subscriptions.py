from datetime import date

from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tests.package.package_common import PackageCommon
from odoo.addons.subscription_mgmt.tests.recurrence.recurrence_common import RecurrenceCommon


@tagged("post_install", "-at_install")
class TestMergeSubscriptions(RecurrenceCommon, PackageCommon):
    """What the suite keeps of a customer goes along, and nothing of it is lost or doubled (CUB-25)."""

    def merge(self):
        self.env["member.merge"].create({"source_id": self.stranger.id, "target_id": self.customer.id}).action_merge()
        self.env.invalidate_all()

    def test_two_balances_become_one(self):
        self.grant(self.credit)
        self.grant(self.credit, self.stranger)
        self.grant(self.credit, self.stranger)
        moves = self.env["subscription.credit.move"].search([])
        before = sum(moves.mapped("credits"))
        self.merge()
        wallets = self.env["subscription.wallet"].search([("partner_id", "in", (self.customer | self.stranger).ids)])
        self.assertEqual(wallets.partner_id, self.customer)
        self.assertEqual(sum(moves.exists().mapped("credits")), before)
        mine = self.env["subscription.credit.move"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(sum(mine.mapped("credits")), 30)

    def test_a_contract_moves_with_its_plan_and_its_invoices(self):
        contract = self.make_contract(partner_id=self.stranger.id)
        self.bill(date(2026, 3, 1))
        invoices = contract.invoice_ids
        rows = {row.id: (row.state, row.price_subtotal) for row in contract.installment_ids}
        self.assertTrue(invoices)
        self.merge()
        self.assertEqual((contract.partner_id, contract.invoice_partner_id), (self.customer,) * 2)
        self.assertEqual((invoices.partner_id, invoices.commercial_partner_id), (self.customer,) * 2)
        self.assertEqual(invoices.line_ids.partner_id, self.customer)
        self.assertEqual({row.id: (row.state, row.price_subtotal) for row in contract.installment_ids}, rows)
        change = contract._settle()
        self.assertFalse(change.added or change.changed or change.removed)

    def test_the_preview_counts_wallets_that_are_joined(self):
        self.grant(self.credit)
        self.grant(self.credit, self.stranger)
        dialog = self.env["member.merge"].create({"source_id": self.stranger.id, "target_id": self.customer.id})
        kinds = dialog._rehearse(dialog.source_id, dialog.target_id)
        [wallets] = [k for k in kinds["kinds"] + kinds["quiet"] if k["model"] == "subscription.wallet"]
        self.assertEqual((wallets["count"], wallets["gone"]), (1, 1))
