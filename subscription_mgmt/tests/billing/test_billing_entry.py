"""The complete entry that billing hands to Odoo equals the one Odoo derives by itself, field by field.

Random invoices are made twice: one by one as Odoo does it, and in one batch with every journal item given.
"""

import copy
import random
from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.subscription_mgmt.models.billing.decisions import BillingDecisions
from odoo.addons.subscription_mgmt.models.billing.subscription_given_mixin import get_complete
from odoo.addons.subscription_mgmt.models.common.context import QUIET

from ..common import SubscriptionCommon

INVOICES = 120
# Differ because the invoices are two, not because of how they were made
OWN = {
    "id", "name", "move_name", "move_id", "create_date", "write_date", "access_token", "sequence_number",
    "sequence_prefix", "payment_reference", "invoice_origin", "made_sequence_gap",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestBillingEntry(SubscriptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing_run = cls.env["subscription.billing.run"]._create_sealed(
            {"company_id": cls.company.id, "date_ref": date(2026, 3, 5), "date_invoice": date(2026, 3, 5)}
        )
        cls.journal = cls.company_data["default_journal_sale"]
        cls.accounts = cls.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "in", cls.company.ids)], limit=3
        )
        cls.accounts += cls.accounts[0].copy({"reconcile": True})
        cls.taxes = cls._make_taxes()
        cls.terms = cls._make_terms()
        cls.currencies = cls.company.currency_id
        for code, rate in (("EUR", 0.9173), ("BHD", 0.3761), ("JPY", 151.37)):
            cls.currencies += cls.setup_other_currency(code, rates=[(date(2020, 1, 1), rate)])
        cls.customers = cls._make_customers()
        cls.methods = cls._make_banks()
        cls.analytic = cls.env["account.analytic.account"].create(
            {"name": "A", "plan_id": cls.env["account.analytic.plan"].search([], limit=1).id}
        )

    @classmethod
    def _make_taxes(cls):
        base = cls.tax_sale_a
        taxes = base.copy({"name": "20", "amount": 20}) + base.copy({"name": "1", "amount": 1})
        taxes += base.copy({"name": "18 included", "amount": 18, "price_include_override": "tax_included"})
        taxes += base.copy({"name": "fixed", "amount": 1.37, "amount_type": "fixed"})
        taxes += base.copy({"name": "first 10", "amount": 10, "include_base_amount": True, "sequence": 0})
        taxes += base.copy({"name": "negative", "amount": -4})
        children = base.copy({"name": "child 5", "amount": 5}) + base.copy({"name": "child 3", "amount": 3})
        taxes += cls.env["account.tax"].create(
            {"name": "group", "amount_type": "group", "amount": 0, "children_tax_ids": [Command.set(children.ids)]}
        )
        return taxes

    @classmethod
    def _make_terms(cls):
        parts = [(33.33, 10), (33.33, 30), (33.34, 60)]
        lines = [Command.create({"value": "percent", "value_amount": part, "nb_days": days}) for part, days in parts]
        return (
            cls.env["account.payment.term"],
            cls.env.ref("account.account_payment_term_30days"),
            cls.env["account.payment.term"].create({"name": "three parts", "line_ids": lines}),
        )

    @classmethod
    def _make_customers(cls):
        customers = cls.env["res.partner"].create(
            [
                {"name": "Company", "is_company": True},
                {"name": "Person"},
                {"name": "Contact", "parent_id": cls.customer.id, "type": "invoice"},
            ]
        )
        receivable = cls.company_data["default_account_receivable"]
        customers[1].property_account_receivable_id = receivable.copy()
        return customers

    @classmethod
    def _make_banks(cls):
        """Bank accounts that Odoo chooses among by currency, payment method and direction; and the payment methods."""
        euro, company_partner = cls.currencies[1], cls.company.partner_id
        banks = cls.env["res.partner.bank"].create(
            [
                {"acc_number": "EUR 1", "partner_id": company_partner.id, "currency_id": euro.id},
                {"acc_number": "ANY 1", "partner_id": company_partner.id},
                {"acc_number": "JOURNAL 1", "partner_id": company_partner.id},
                {"acc_number": "CUSTOMER 1", "partner_id": cls.customers[0].id},
            ]
        )
        journal = cls.company_data["default_journal_bank"].copy({"bank_account_id": banks[2].id})
        return cls.env["account.payment.method.line"], journal.inbound_payment_method_line_ids[:1]

    def make_line(self, dice, sequence):
        taxes = dice.sample(self.taxes.ids, dice.randrange(3))
        distribution = {str(self.analytic.id): dice.choice([100, 60])}
        return {
            "sequence": sequence,
            "product_id": self.product.id,
            "product_uom_id": self.product.uom_id.id,
            "name": f"Line {sequence}",
            "quantity": round(dice.uniform(0.1, 9), 2),
            "price_unit": round(dice.uniform(-20, 300), 2),
            "discount": dice.choice([0, 0, 10, 33.33]),
            "tax_ids": [Command.set(taxes)],
            "analytic_distribution": dice.choice([False, distribution]),
            "account_id": dice.choice(self.accounts).id,
        }

    def make_values(self, dice, position):
        lines = [self.make_line(dice, sequence) for sequence in range(1, dice.randrange(2, 6))]
        if dice.random() < 0.3:
            lines.insert(0, {"display_type": "line_section", "name": "Contract", "sequence": 0})
        customer, term = dice.choice(self.customers), dice.choice(self.terms)
        return {
            "move_type": dice.choice(["out_invoice", "out_invoice", "out_refund"]),
            "company_id": self.company.id,
            "partner_id": customer.id,
            "partner_shipping_id": customer.id,
            "fiscal_position_id": dice.choice([False, position.id]),
            "currency_id": dice.choice(self.currencies).id,
            "journal_id": self.journal.id,
            "invoice_date": date(2026, 3, 5),
            "invoice_payment_term_id": term.id,
            **({} if term else {"invoice_date_due": date(2026, 3, 5)}),
            "preferred_payment_method_line_id": dice.choice(self.methods).id,
            "invoice_user_id": self.env.user.id,
            "invoice_line_ids": [Command.create(line) for line in lines],
        }

    def make_position(self):
        receivable = self.company_data["default_account_receivable"]
        mapping = Command.create({"account_src_id": receivable.id, "account_dest_id": receivable.copy().id})
        return self.env["account.fiscal.position"].create({"name": "Abroad", "account_ids": [mapping]})

    def read_entry(self, move):
        """The stored values of the invoice and of its lines, comparable between two invoices."""
        lines = move.line_ids.sorted(
            lambda line: (line.display_type, line.sequence, str(line.date_maturity), line.tax_line_id.id,
                          line.account_id.id, line.balance)
        )  # fmt: skip
        return [self.read_values(record) for record in (move, *lines)]

    def read_values(self, record):
        values = {}
        for name, field in record._fields.items():
            if field.store and name not in OWN and field.type != "one2many":
                value = record[name]
                values[name] = sorted(value.ids) if field.relational else value
        return values

    def assertSameEntries(self, plain, complete):
        for one, other in zip(plain, complete, strict=True):
            expected, found = self.read_entry(one), self.read_entry(other)
            self.assertEqual(len(found), len(expected), "number of journal items")
            for wanted, got in zip(expected, found, strict=True):
                self.assertEqual(got, wanted)

    def refresh_statistics(self):
        """Tell the planner of the new rows: on tables it believes empty, Odoo's payment query can take minutes."""
        self.env.flush_all()
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile, account_payment")

    def test_random_invoices_are_identical_as_drafts_and_posted(self):
        position = self.make_position()
        for seed, method, storno in (
            (1, "round_per_line", False),
            (2, "round_globally", False),
            (3, "round_globally", True),
        ):
            self.company.write({"tax_calculation_rounding_method": method, "account_storno": storno})
            dice = random.Random(seed)
            values = [self.make_values(dice, position) for _i in range(INVOICES)]
            if storno:  # the rest goes the plain way
                values = [one for one in values if self.can_complete(one)]
                self.assertGreater(len(values), INVOICES / 4)
            values[1::7] = copy.deepcopy(values[0::7][: len(values[1::7])])
            moves = self.env["account.move"].with_context(**QUIET)
            plain = moves.union(*(moves.create(one) for one in copy.deepcopy(values)))
            self.refresh_statistics()
            self.assertTrue(all(self.billing_run._can_complete(one, BillingDecisions(self.env)) for one in values))
            decide = BillingDecisions(self.env)
            # Some invoices twice: those are computed once
            given = [self.billing_run._complete_values(one, decide) for one in values]
            created = moves.with_context(**get_complete()).create(given)
            created._keep_given()
            created.line_ids._keep_given()
            complete = self.env["account.move"].browse(created.ids)
            self.env.flush_all()
            self.refresh_statistics()
            self.env.invalidate_all()
            with self.subTest(method=method, storno=storno, state="draft"):
                self.assertSameEntries(plain, complete)
                self.assertGreaterEqual(len(plain.partner_bank_id), 3, "accounts of ours and of customers were chosen")
            positive = plain.filtered(lambda move: move.amount_total >= 0).ids
            pairs = [(one, two) for one, two in zip(plain, complete, strict=True) if one.id in positive]
            for one, two in pairs[:40]:
                (one + two).action_post()
            with self.subTest(method=method, storno=storno, state="posted"):
                self.assertSameEntries(*zip(*pairs[:40], strict=True))

    def test_what_belongs_to_another_company_is_refused(self):
        """The companies of a batch are looked at together; what is wrong with one is said as always."""
        dice, decide = random.Random(7), BillingDecisions(self.env)
        given = [
            self.billing_run._complete_values(self.make_values(dice, self.make_position()), decide) for _i in range(2)
        ]
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["res.partner"].create({"name": "Foreign Customer", "company_id": other.id})
        given[1]["partner_shipping_id"] = foreign.id
        with self.assertRaisesRegex(UserError, foreign.name):
            self.env["account.move"].with_context(**get_complete()).create(given)

    def test_position_by_state_or_postal_code_is_found_for_each_address(self):
        """What is decided once for many partners looks at all that the company's positions look at."""
        self.env["account.fiscal.position"].search([]).active = False
        country = self.env.ref("base.us")
        states = country.state_ids[:2]
        by_state, by_zip = self.env["account.fiscal.position"].create(
            [
                {"name": "State", "state_ids": [Command.set(states[0].ids)], "sequence": 1},
                {"name": "Zip", "zip_from": "5000", "zip_to": "5999", "sequence": 2},
            ]
        )
        (by_state + by_zip).write({"auto_apply": True, "country_id": country.id, "company_id": self.company.id})
        decide = BillingDecisions(self.env)
        none = self.env["account.fiscal.position"]
        for state, code, expected in (
            (states[0], "1000", by_state),
            (states[1], "1000", none),
            (states[1], "5500", by_zip),
            (states[0], "5500", by_state),
        ):
            partner = self.env["res.partner"].create(
                {"name": "Somebody", "country_id": country.id, "state_id": state.id, "zip": code}
            )
            contract = self.make_contract(partner_id=partner.id)
            found = contract._get_fiscal_position(decide)
            self.assertEqual(found, expected, (state.name, code))
            self.assertEqual(found, contract._get_fiscal_position(), "as Odoo finds it")

    def test_comparison_sees_a_cent(self):
        """A test that cannot fail proves nothing: one cent more in one line is found."""
        values = self.make_values(random.Random(3), self.make_position())
        plain, other = (self.env["account.move"].create(copy.deepcopy(values)) for _i in range(2))
        self.assertSameEntries(plain, other)
        product_line = other.invoice_line_ids.filtered(lambda line: line.display_type == "product")[0]
        product_line.price_unit += 0.01
        with self.assertRaises(AssertionError):
            self.assertSameEntries(plain, other)

    def test_storno_goes_the_plain_way(self):
        values = self.make_values(random.Random(4), self.make_position())
        values["move_type"] = "out_invoice"
        [line] = values["invoice_line_ids"] = [Command.create({**self.make_line(random.Random(4), 1), "quantity": 1})]
        negative = {**values, "invoice_line_ids": [Command.create({**line[2], "price_unit": -5})]}
        for storno, expected in ((False, [True, True, True]), (True, [True, False, False])):
            self.company.account_storno = storno
            found = [self.can_complete(one) for one in (values, negative, {**values, "move_type": "out_refund"})]
            self.assertEqual(found, expected)

    def test_discounts_with_an_account_of_their_own_go_the_plain_way(self):
        values = self.make_values(random.Random(4), self.make_position())
        line = {**self.make_line(random.Random(4), 1), "discount": 10}
        values["invoice_line_ids"] = [Command.create(line)]
        self.assertTrue(self.can_complete(values))
        self.company.account_discount_expense_allocation_id = self.accounts[0]
        self.assertFalse(self.can_complete(values))
        values["invoice_line_ids"] = [Command.create({**line, "discount": 0})]
        self.assertTrue(self.can_complete(values))

    def test_what_the_fast_way_does_not_cover_goes_the_plain_way(self):
        values = self.make_values(random.Random(4), self.make_position())
        self.assertTrue(self.can_complete(values))
        cash_discount = self.env["account.payment.term"].create(
            {"name": "2% 10 days", "early_discount": True, "discount_percentage": 2, "discount_days": 10}
        )
        self.assertFalse(self.can_complete({**values, "invoice_payment_term_id": cash_discount.id}))
        cash_basis = self.tax_sale_a.copy({"name": "on payment"})
        self.company.tax_exigibility = True
        transition = self.company_data["default_account_revenue"].copy({"reconcile": True})
        cash_basis.write({"tax_exigibility": "on_payment", "cash_basis_transition_account_id": transition.id})
        line = {**self.make_line(random.Random(5), 1), "tax_ids": [Command.set(cash_basis.ids)]}
        self.assertFalse(self.can_complete({**values, "invoice_line_ids": [Command.create(line)]}))
        del line["account_id"]
        line["tax_ids"] = [Command.set([])]
        self.assertFalse(self.can_complete({**values, "invoice_line_ids": [Command.create(line)]}))
        other = self.env["res.company"].create({"name": "Other"})
        line = self.make_line(random.Random(6), 1)
        self.product.company_id = other
        self.assertFalse(self.can_complete({**values, "invoice_line_ids": [Command.create(line)]}))

    def can_complete(self, values):
        return self.billing_run._can_complete(values, BillingDecisions(self.env))

    def test_product_of_another_company_is_refused_as_odoo_refuses_it(self):
        contract = self.make_contract()
        self.product.company_id = self.env["res.company"].create({"name": "Other"})
        run = self.bill(date(2026, 1, 1))
        self.assertEqual((run.parked_ids, run.move_count), (contract, 0))
        self.assertIn("Other", contract.billing_error)

    def test_cash_discount_contracts_are_billed_all_the_same(self):
        cash_discount = self.env["account.payment.term"].create(
            {"name": "2% 10 days", "early_discount": True, "discount_percentage": 2, "discount_days": 10}
        )
        self.make_contract(payment_term_id=cash_discount.id)
        self.make_contract()
        moves = self.bill(date(2026, 1, 1)).move_ids
        self.assertEqual(moves.mapped("amount_total"), [120.0, 120.0])
        self.assertTrue(moves.line_ids.filtered("discount_date"))

    def test_later_changes_of_a_draft_are_synchronised(self):
        self.make_contract(billing_mode="draft")
        move = self.bill(date(2026, 1, 1)).move_ids
        move.invoice_line_ids.price_unit = 200.0
        self.assertEqual((move.amount_tax, move.amount_total), (40.0, 240.0))
