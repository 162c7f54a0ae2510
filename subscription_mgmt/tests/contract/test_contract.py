from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestContract(SubscriptionCommon):
    def test_number_comes_from_the_sequence_and_is_unique_in_the_company(self):
        first, second = self.make_contract(activate=False), self.make_contract(activate=False)
        self.assertNotEqual(first.name, second.name)
        self.assertTrue(first.name.startswith("SUB"))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            second.name = first.name
            second.flush_recordset()

    def test_old_system_id_is_unique_in_the_company(self):
        self.make_contract(activate=False, external_ref="A1")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.make_contract(activate=False, external_ref="A1")

    def test_customer_fills_contact_and_invoice_customer(self):
        person = self.env["res.partner"].create({"name": "Ayşe", "parent_id": self.customer.id, "type": "contact"})
        contract = self.make_contract(activate=False)
        self.assertEqual(contract.contact_id, person)
        self.assertEqual(contract.invoice_partner_id, self.customer)
        lonely = self.env["res.partner"].create({"name": "Lonely"})
        self.assertFalse(self.make_contract(activate=False, partner_id=lonely.id).contact_id)

    def test_contact_of_another_account_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(ValidationError, "not a contact of"):
            self.make_contract(activate=False, contact_id=stranger.id)

    def test_category_is_used_for_what_it_is_meant(self):
        service = self.env["subscription.category"].create({"name": "Alarm", "usage": "service"})
        self.make_contract(activate=False, service_category_id=service.id)
        with self.assertRaises(ValidationError):
            self.make_contract(activate=False, category_id=service.id)

    def test_end_before_start_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before it starts"):
            self.make_contract(activate=False, date_end=date(2025, 12, 31))
        with self.assertRaisesRegex(ValidationError, "before it starts"):
            self.make_contract([{"date_end": date(2025, 12, 31)}], activate=False)

    def test_line_values_out_of_range_are_refused(self):
        for wrong in ({"quantity": 0}, {"discount": 101}, {"discount": -1}, {"interval": 0}, {"anchor_day": 32}):
            with self.subTest(wrong), self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self.make_contract([wrong], activate=False)
        with self.assertRaisesRegex(ValidationError, "months and years"):
            self.make_contract([{"anchor_day": 5, "interval_unit": "week"}], activate=False)

    def test_activation_needs_a_line_and_a_price(self):
        with self.assertRaisesRegex(UserError, "has no line"):
            self.make_contract(lines=())
        with self.assertRaisesRegex(UserError, "has no price"):
            self.make_contract([{"price_unit": 0.0}])

    def test_product_proposes_price_text_and_taxes(self):
        contract = self.make_contract(activate=False, lines=())
        contract.line_ids = [Command.create({"product_id": self.product.id})]
        line = contract.line_ids
        self.assertEqual((line.price_unit, line.name, line.tax_ids), (100.0, "Internet", self.tax))

    def test_what_a_person_set_is_not_overwritten(self):
        contract = self.make_contract([{"price_unit": 77.0}], activate=False)
        self.product.list_price = 500.0
        contract.line_ids.quantity = 3
        contract.partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual(contract.line_ids.price_unit, 77.0)

    def test_fiscal_position_maps_the_taxes_of_the_line(self):
        export = self.env["account.tax"].create({"name": "Export 0%", "amount": 0, "original_tax_ids": self.tax.ids})
        position = self.env["account.fiscal.position"].create({"name": "Export", "tax_ids": [Command.set(export.ids)]})
        self.customer.property_account_position_id = position
        contract = self.make_contract()
        self.assertEqual(contract.line_ids.tax_ids, export)
        move = self.bill(date(2026, 1, 1)).move_ids
        self.assertEqual((move.fiscal_position_id, move.amount_tax), (position, 0))

    def test_mrr_of_mixed_cadences(self):
        contract = self.make_contract(
            [
                {"price_unit": 100.0},
                {"price_unit": 600.0, "interval_unit": "year"},
                {"price_unit": 30.0, "interval": 3, "quantity": 2, "discount": 50},
            ]
        )
        self.assertEqual(contract.mrr, 100 + 50 + 10)
        contract.action_close(date(2026, 1, 1), self.reason)
        self.assertEqual(contract.mrr, 0)

    def test_included_tax_is_taken_out_of_figures(self):
        included = self.env["account.tax"].create(
            {"name": "Incl 20%", "amount": 20, "price_include_override": "tax_included"}
        )
        contract = self.make_contract([{"price_unit": 120.0, "tax_ids": [Command.set(included.ids)]}])
        self.assertEqual((contract.mrr, contract.installment_ids[0].price_subtotal), (100.0, 100.0))

    def test_billed_contract_is_not_deleted(self):
        contract = self.make_contract()
        self.bill(date(2026, 1, 1))
        with self.assertRaisesRegex(UserError, "Close it instead"):
            contract.unlink()
        with self.assertRaises(UserError):
            contract.line_ids.unlink()
        self.make_contract(activate=False).unlink()

    def test_copy_starts_as_an_unbilled_draft(self):
        contract = self.make_contract(external_ref="A1")
        self.bill(date(2026, 1, 1))
        copy = contract.copy()
        self.assertEqual((copy.state, copy.external_ref, copy.installment_ids.ids), ("draft", False, []))
        self.assertEqual(copy.line_ids.price_unit, 100.0)

    def test_income_and_margin_come_from_analytic_lines(self):
        self.company.subscription_analytic = True
        contract = self.make_contract()
        self.assertEqual((contract.income, contract.margin), (0, 0), "no income: zero, no error")
        self.bill(date(2026, 2, 1))
        account = contract.analytic_account_id
        bill = self.init_invoice("in_invoice", amounts=[30], post=False)
        bill.invoice_line_ids.analytic_distribution = {str(account.id): 100}
        bill.action_post()
        contract.invalidate_recordset()
        self.assertEqual((contract.income, contract.expense, contract.margin), (200.0, 30.0, 170.0))

    def test_project_and_contract_share_the_analytic_distribution(self):
        self.company.subscription_analytic = True
        self.env.user.group_ids += self.env.ref("project.group_project_manager")
        project = self.env["project.project"].create({"name": "Alarm", "allow_billable": False})
        project.account_id = self.env["account.analytic.account"].create(
            {"name": "Alarm", "plan_id": self.env["account.analytic.plan"].search([], limit=1).id}
        )
        contract = self.make_contract(project_id=project.id)
        line = self.bill(date(2026, 1, 1)).move_ids.invoice_line_ids
        ids = set(next(iter(line.analytic_distribution)).split(","))
        self.assertEqual(ids, {str(contract.analytic_account_id.id), str(project.account_id.id)})
