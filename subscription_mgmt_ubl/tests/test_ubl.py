from datetime import date

from lxml import etree

from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tests.common import SubscriptionCommon

DAY = date(2026, 1, 1)
JANUARY, YEAR = ["2026-01-01", "2026-01-31"], ["2026-01-01", "2026-12-31"]


@tagged("post_install", "-at_install")
class TestUbl(SubscriptionCommon):
    """What was billed, and under which contract, stands in the fields that EN 16931 has for it."""

    def export(self, move):
        content, _errors = self.env["account.edi.xml.ubl_bis3"]._export_invoice(move)
        return etree.fromstring(content)

    def bill_one(self):
        move = self.bill(DAY).move_ids
        move.filtered(lambda draft: draft.state == "draft").action_post()
        return move

    def get_period(self, node):
        return [child.text for child in node.findall("{*}InvoicePeriod/*")]

    def test_one_period_stands_on_the_invoice_alone(self):
        contract = self.make_contract([{}, {"price_unit": 5.0}])
        tree = self.export(self.bill_one())
        self.assertEqual(self.get_period(tree), JANUARY)
        self.assertEqual([self.get_period(line) for line in tree.findall("{*}InvoiceLine")], [[], []])
        self.assertEqual(tree.findtext("{*}ContractDocumentReference/{*}ID"), contract.name)

    def test_lines_of_several_periods_have_their_own(self):
        self.make_contract([{}, {"interval_unit": "year"}])
        tree = self.export(self.bill_one())
        self.assertEqual(self.get_period(tree), YEAR, "from the first day to the last")
        periods = sorted(self.get_period(line) for line in tree.findall("{*}InvoiceLine"))
        self.assertEqual(periods, [JANUARY, YEAR])

    def test_credit_note_names_the_contract(self):
        contract = self.make_contract()
        tree = self.export(self.bill_one()._reverse_moves())
        self.assertEqual(tree.findtext("{*}ContractDocumentReference/{*}ID"), contract.name)

    def test_other_invoices_are_as_they_were(self):
        move = self.init_invoice("out_invoice", partner=self.customer, products=self.product, post=True)
        tree = self.export(move)
        self.assertFalse(tree.findall("{*}InvoicePeriod") + tree.findall("{*}ContractDocumentReference"))
