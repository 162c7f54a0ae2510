"""What the import writes is what Odoo's own create makes of the same values: every stored field is compared."""

from datetime import date
from unittest.mock import patch

from odoo.fields import Command
from odoo.models import BaseModel
from odoo.tests import tagged

from .import_common import ImportCommon

# Of the record itself, not of its values
OWN = {"id", "name", "external_ref", "import_batch_id", "create_date", "write_date", "create_uid", "write_uid"}
OWN |= {"contract_id", "line_ids", "message_ids", "message_follower_ids"}


@tagged("post_install", "-at_install")
class TestImportSame(ImportCommon):
    def assertSame(self, row):
        """The contract of a row equals the one that create() makes of the values of the file."""
        wizard = self.wizard(self.workbook(row))
        result = wizard._examine()
        self.assertEqual((result.errors, len(result.new)), ([], 1))
        [(group, _none)] = result.new
        values = wizard._get_layout()._prepare_values(result, group)
        by_hand = self.env["subscription.contract"].create({**values, "name": "HAND", "external_ref": "HAND"})
        wizard.action_import()
        imported = wizard.batch_id.contract_ids
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordsSame(imported, by_hand)
        self.assertRecordsSame(imported.line_ids, by_hand.line_ids)
        return imported

    def assertRecordsSame(self, found, expected):
        names = [name for name, field in found._fields.items() if field.store and name not in OWN]
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertEqual(found[name], expected[name], name)

    def test_a_simple_contract(self):
        contract = self.assertSame(self.row(quantity="2,5", price="33,33", discount=7, interval=3))
        self.assertEqual(contract.mrr_offer, contract.line_ids.mrr)
        self.assertEqual(contract.line_ids.price_subtotal, 77.49)

    def test_terms_language_and_representative(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.customer.lang = "tr_TR"
        self.product.with_context(lang="tr_TR").name = "İnternet"
        self.person.with_company(self.company).property_payment_term_id = self.pay_terms_b
        records = self._make_references()
        records["sales_rep"][1].user_id = self.env.user
        contract = self.assertSame(self.row(invoice_individual="4001", sales_rep="1", unit="yıl", interval=2))
        self.assertEqual(contract.line_ids.name, "[NET] İnternet")
        self.assertEqual((contract.payment_term_id, contract.user_id), (self.pay_terms_b, self.env.user))

    def test_dunning_plan_and_additional_information(self):
        self.company.subscription_dunning_plan_id = self.env["subscription.dunning.plan"].create(
            {"name": "Reminders", "company_id": self.company.id}
        )
        records = self._make_references()
        records["category"][1].contract_properties_definition = [
            {"name": "meter", "string": "Meter", "type": "char", "default": "M-1"}
        ]
        contract = self.assertSame(self.row(category="1"))
        self.assertEqual(contract.dunning_plan_id, self.company.subscription_dunning_plan_id)
        self.assertEqual(contract.properties["meter"], "M-1")

    def test_every_value_is_handed_over(self):
        """A value that Odoo must compute beforehand costs a draft record of each contract and its lines."""
        missing = set()

        def watch(records, vals_list):
            if records._name.startswith("subscription.contract"):
                names = {name for name, field in records._fields.items() if field.precompute}
                missing.update((records._name, name) for vals in vals_list for name in names - vals.keys())
            return original(records, vals_list)

        original = BaseModel._add_precomputed_values
        with patch.object(BaseModel, "_add_precomputed_values", watch):
            self.load(self.row())
        self.assertFalse(missing)

    def test_taxes_that_are_part_of_the_price(self):
        self.tax.price_include_override = "tax_included"
        contract = self.assertSame(self.row(price=120))
        self.assertEqual((contract.line_ids.price_subtotal, contract.mrr_offer), (100, 100))

    def test_taxes_of_a_fiscal_position(self):
        abroad = self.tax_sale_a.copy({"name": "Export", "amount": 0})
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        abroad.write(
            {"fiscal_position_ids": [Command.link(position.id)], "original_tax_ids": [Command.link(self.tax.id)]}
        )
        self.customer.with_company(self.company).property_account_position_id = position
        contract = self.assertSame(self.row())
        self.assertEqual(contract.line_ids.tax_ids, abroad)

    def test_mrr_of_a_contract_with_several_lines(self):
        [contract] = self.load(self.row(price=10), self.row(product="TEL", price=120, unit="yıl"))
        self.assertEqual((contract.mrr_offer, contract.state, contract.date_next_invoice), (20, "draft", False))
        contract.action_activate()
        self.assertEqual(contract.date_next_invoice, date(2026, 1, 1))
        contract.line_ids[0].price_unit = 30
        self.assertEqual(contract.mrr, 40, "the figures follow later changes as ever")
