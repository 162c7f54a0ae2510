from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import SubscriptionCommon

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestFiscalPosition(SubscriptionCommon):
    """Position, place of delivery and taxes of an invoice belong together, whatever happened since the contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.fiscal.position"].search([]).active = False
        cls.home, cls.abroad = cls.env.ref("base.ro"), cls.env.ref("base.de")
        cls.export = cls.make_position("Export", cls.abroad)
        cls.no_tax = cls.make_tax("Export 0", cls.export, amount=0, original_tax_ids=[Command.set(cls.tax.ids)])
        cls.customer.country_id = cls.home

    @classmethod
    def make_position(cls, name, country):
        return cls.env["account.fiscal.position"].create(
            {"name": name, "auto_apply": True, "country_id": country.id, "company_id": cls.company.id}
        )

    @classmethod
    def make_tax(cls, name, position, **values):
        return cls.tax.copy({"name": name, "fiscal_position_ids": [Command.set(position.ids)], **values})

    @classmethod
    def make_site(cls, country, payer=None):
        payer = payer or cls.customer
        return cls.env["res.partner"].create(
            {"name": f"Site {country.code}", "parent_id": payer.id, "type": "delivery", "country_id": country.id}
        )

    def move_abroad(self):
        self.customer.country_id = self.abroad

    def assertUnder(self, move, position, tax):
        self.assertEqual((move.fiscal_position_id, move.invoice_line_ids.tax_ids), (position, tax))

    # === BY DELIVERY === #
    def test_position_follows_the_service_address_not_the_payer_alone(self):
        site = self.make_site(self.abroad)
        self.make_contract(service_address_id=site.id)
        move = self.bill(JANUARY).move_ids
        self.assertUnder(move, self.export, self.no_tax)
        self.assertEqual((move.partner_id, move.partner_shipping_id), (self.customer, site))

    def test_group_invoice_has_one_position_and_one_delivery_address(self):
        self.customer.subscription_group_invoice = True
        near, other, far = self.make_site(self.home), self.make_site(self.home), self.make_site(self.abroad)
        for site in (near, far, other, near):
            self.make_contract(service_address_id=site.id)
        moves = {move.partner_shipping_id: move for move in self.bill(JANUARY).move_ids}
        self.assertEqual(set(moves), {near, other, far})
        self.assertEqual([moves[site].amount_total for site in (near, other, far)], [240.0, 120.0, 100.0])
        self.assertUnder(moves[far], self.export, self.no_tax)

    # === MOVED SINCE === #
    def test_taxes_that_odoo_proposed_follow_a_customer_who_moves_and_comes_back(self):
        contract = self.make_contract()
        for day, country, position, tax in (
            (JANUARY, self.home, self.export.browse(), self.tax),
            (FEBRUARY, self.abroad, self.export, self.no_tax),
            (date(2026, 3, 1), self.home, self.export.browse(), self.tax),
        ):
            self.customer.country_id = country
            self.assertUnder(self.bill(day).move_ids, position, tax)
        self.assertEqual(contract.line_ids.tax_ids, self.tax, "the contract says what was agreed")

    def test_taxes_chosen_abroad_follow_home(self):
        self.move_abroad()
        self.make_contract()
        self.customer.country_id = self.home
        self.assertUnder(self.bill(JANUARY).move_ids, self.export.browse(), self.tax)

    def test_tax_chosen_by_hand_is_never_replaced_a_person_is_asked(self):
        other_tax = self.tax.copy({"name": "VAT 10%", "amount": 10})
        self.no_tax.original_tax_ids += other_tax
        contract, other = self.make_contract([{"tax_ids": [Command.set(other_tax.ids)]}]), self.make_contract()
        self.move_abroad()
        run = self.bill(JANUARY)
        self.assertEqual((run.parked_ids, run.move_ids.subscription_contract_ids), (contract, other))
        self.assertIn("(none) than the customer's of today (Export)", contract.billing_error)
        contract.line_ids.tax_ids = self.no_tax
        self.bill(JANUARY, contracts=contract)
        self.assertFalse(contract.billing_error)
        self.assertUnder(contract.invoice_ids, self.export, self.no_tax)

    def test_tax_that_no_position_knows_stays(self):
        fee = self.tax_sale_a.copy({"name": "Fee 1%", "amount": 1})
        contract = self.make_contract([{"tax_ids": [Command.set(fee.ids)]}])
        self.move_abroad()
        self.assertUnder(self.bill(JANUARY).move_ids, self.export, fee)
        self.assertFalse(contract.billing_error)

    def test_tax_of_the_position_before_does_not_stay(self):
        reverse = self.make_tax("Reverse charge", self.export, amount=0)
        self.move_abroad()
        contract = self.make_contract([{"tax_ids": [Command.set(reverse.ids)]}])
        self.customer.country_id = self.home
        self.bill(JANUARY)
        self.assertIn("(Export) than the customer's of today (none)", contract.billing_error)

    def test_tax_that_is_part_of_the_price_is_not_taken_out_by_itself(self):
        self.tax.price_include_override = "tax_included"
        contract = self.make_contract([{"price_unit": 120.0}])
        self.move_abroad()
        self.bill(JANUARY)
        self.assertIn("chosen for another fiscal position", contract.billing_error)
        self.assertFalse(contract.invoice_ids)

    def test_update_taxes_takes_over_what_odoo_proposes_now(self):
        other_tax = self.tax.copy({"name": "VAT 10%", "amount": 10})
        self.no_tax.original_tax_ids += other_tax
        contract = self.make_contract([{"tax_ids": [Command.set(other_tax.ids)]}, {}])
        self.move_abroad()
        contract.action_update_taxes()
        self.assertEqual(contract.line_ids.tax_ids, self.no_tax)
        self.assertUnder(self.bill(JANUARY).move_ids, self.export, self.no_tax)

    def test_copy_of_a_contract_knows_what_its_taxes_were_chosen_for(self):
        contract = self.make_contract()
        self.move_abroad()
        copy = contract.copy({"date_start": JANUARY})
        self.assertEqual(copy.line_ids.tax_ids, self.tax)
        self.assertFalse(copy.line_ids.tax_position_id)

    # === GIVEN BACK === #
    def test_days_are_given_back_as_they_were_charged(self):
        """The customer moves in mid-period and leaves: credit under the old position, nothing new under the other."""
        contract = self.make_contract()
        charged = self.bill(JANUARY).move_ids
        self.move_abroad()
        contract.action_close(date(2026, 1, 15), self.reason)
        note = self.bill(date(2026, 1, 16)).move_ids
        self.assertEqual((note.move_type, note.fiscal_position_id), ("out_refund", charged.fiscal_position_id))
        self.assertEqual((note.invoice_line_ids.tax_ids, note.amount_tax), (self.tax, 10.32))

    def test_credit_and_charge_under_two_positions_are_two_documents(self):
        contract = self.make_contract()
        self.bill(JANUARY)
        self.move_abroad()
        contract.action_pause(date(2026, 1, 11))
        contract.action_resume(date(2026, 1, 21))
        moves = self.bill(FEBRUARY).move_ids.sorted("move_type")
        self.assertEqual(moves.mapped("move_type"), ["out_invoice", "out_refund"])
        self.assertUnder(moves[0], self.export, self.no_tax)
        self.assertUnder(moves[1], self.export.browse(), self.tax)

    def test_credit_carries_the_tax_of_the_bill_not_of_the_line(self):
        old = self.tax.copy({"name": "VAT 18%", "amount": 18})
        contract = self.make_contract([{"tax_ids": [Command.set(old.ids)]}])
        self.bill(JANUARY)
        contract.line_ids.tax_ids = self.tax
        contract.action_close(date(2026, 1, 15), self.reason)
        self.assertEqual(self.bill(date(2026, 1, 16)).move_ids.invoice_line_ids.tax_ids, old)

    def test_contract_of_which_one_invoice_fails_stays_parked(self):
        """Half of it succeeds: that does not wipe the reason of the other half."""
        other_tax = self.tax.copy({"name": "VAT 10%", "amount": 10})
        self.no_tax.original_tax_ids += other_tax
        contract = self.make_contract([{"tax_ids": [Command.set(other_tax.ids)]}])
        self.bill(JANUARY)
        self.move_abroad()
        contract.action_pause(date(2026, 1, 11))
        contract.action_resume(date(2026, 1, 21))
        run = self.bill(FEBRUARY)
        self.assertEqual(run.move_ids.mapped("move_type"), ["out_refund"])
        self.assertEqual(run.parked_ids, contract)
        self.assertIn("chosen for another fiscal position", contract.billing_error)


@tagged("post_install", "-at_install")
class TestInvoiceHead(SubscriptionCommon):
    def test_due_on_the_day_of_the_invoice_unless_a_term_says_otherwise(self):
        """Odoo alone would take the day on which the invoice is made."""
        contract = self.make_contract()
        move = self.bill(JANUARY).move_ids
        self.assertEqual((move.invoice_date, move.invoice_date_due), (JANUARY, JANUARY))
        receivable = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(receivable.date_maturity, JANUARY)
        contract.payment_term_id = self.env.ref("account.account_payment_term_30days")
        self.assertEqual(self.bill(FEBRUARY).move_ids.invoice_date_due, date(2026, 3, 3))

    def test_bank_account_is_the_one_of_the_payment_method_or_of_the_currency(self):
        partner, euro = self.company.partner_id, self.setup_other_currency("EUR")
        any_bank, in_euro, of_method = self.env["res.partner.bank"].create(
            [
                {"acc_number": "ANY 1", "partner_id": partner.id, "currency_id": self.company.currency_id.id},
                {"acc_number": "EUR 1", "partner_id": partner.id, "currency_id": euro.id},
                {"acc_number": "BANK 1", "partner_id": partner.id, "currency_id": euro.id},
            ]
        )
        journal = self.company_data["default_journal_bank"].copy({"bank_account_id": of_method.id})
        method = journal.inbound_payment_method_line_ids[:1]
        for values, bank in (
            ({}, any_bank),
            ({"currency_id": euro.id}, in_euro),
            ({"payment_method_line_id": method.id}, of_method),
        ):
            contract = self.make_contract(**values)
            self.assertEqual(self.bill(JANUARY, contracts=contract).move_ids.partner_bank_id, bank)

    def test_payment_method_of_another_company_is_refused(self):
        other = self.setup_other_company()["default_journal_bank"].inbound_payment_method_line_ids[:1]
        contract = self.make_contract()
        with self.assertRaisesRegex(UserError, "belongs to company"):
            contract.payment_method_line_id = other
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "subscription_enabled": True}
        )
        own = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        of_branch = self.make_contract(company_id=branch.id, activate=False, payment_method_line_id=own.id)
        self.assertEqual(of_branch.payment_method_line_id, own, "a branch uses what is its mother's")

    def test_fault_a28_foreign_currency_without_a_rate_is_not_booked_one_to_one(self):
        currency = self.setup_other_currency("EUR", rates=[("2026-02-01", 0.02)])
        contract = self.make_contract(currency_id=currency.id)
        other = self.make_contract()
        self.assertEqual(self.bill(date(2026, 1, 1)).move_ids.subscription_contract_ids, other)
        self.assertRegex(contract.subscription_error, "no rate of EUR for")
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2025-12-31", "rate": 0.025, "company_id": self.company.id}
        )
        move = self.bill(date(2026, 1, 2)).move_ids
        self.assertEqual((move.amount_total, move.amount_total_signed), (120.0, 4800.0), "by the last rate before")
        self.assertFalse(contract.subscription_error)
