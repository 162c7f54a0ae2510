from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .charge_common import ChargeCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-20")
class TestProtection(ChargeCommon):
    """While money is on its way nobody changes who pays, with which card and how (WSM-50)."""

    def setUp(self):
        super().setUp()
        self.move = self.make_invoice()
        self.contract = self.move.subscription_contract_ids
        self.payer = self.env["res.partner"].create({"name": "Head office", "parent_id": self.customer.id})

    def changes(self):
        yield {"invoice_partner_id": self.payer.id}
        yield {"payment_token_id": self.make_token().id}
        yield {"payment_token_id": False}
        yield {"payment_method_line_id": self.inbound_payment_method_line.id}

    def refused(self, record):
        found = 0
        for values in self.changes():
            with self.subTest(values), self.assertRaisesRegex(UserError, "is on its way"):
                record.write(values)
            found += 1
        return found

    def test_before_and_after_a_charge_everything_is_open(self):
        for values in self.changes():
            self.contract.write(values)

    def test_a_charge_on_its_way_locks_payer_card_and_method(self):
        charge = self.move._prepare_subscription_charges()
        self.assertEqual(self.refused(self.contract), 4)
        self.contract.write({"note": "Anything else", "payment_token_id": self.token.id})
        charge._write_sealed({"state": "cancelled"})
        self.contract.invoice_partner_id = self.payer

    def test_a_charge_without_an_answer_locks_them_too(self):
        charge = self.move._prepare_subscription_charges()
        charge._write_sealed({"state": "sent"})
        charge._write_sealed({"state": "unknown"})
        self.assertEqual(self.refused(self.contract), 4)

    def test_a_payment_on_a_page_that_is_pending_locks_them(self):
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": "page",
                "amount": 120.0,
                "currency_id": self.move.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(self.move.ids)],
            }
        )
        self.contract.write({"invoice_partner_id": self.customer.id})
        transaction._set_pending()
        self.assertEqual(self.refused(self.contract), 4)

    def test_another_contract_is_not_concerned(self):
        self.move._prepare_subscription_charges()
        other = self.make_contract()
        for values in self.changes():
            other.write(values)

    def test_a_contract_among_many_locks_the_change_of_all(self):
        self.move._prepare_subscription_charges()
        other = self.make_contract()
        with self.assertRaisesRegex(UserError, "is on its way"):
            (other + self.contract).write({"invoice_partner_id": self.payer.id})
        self.assertEqual(other.invoice_partner_id, self.customer)


@tagged("post_install", "-at_install")
@freeze_time("2026-01-20")
class TestWhatClosingMeansForMoney(ChargeCommon):
    """What the dialog of closing says of open invoices and the card, and the banner of a pause of what it waits for."""

    def test_open_invoices_and_the_card_are_named(self):
        contract = self.make_contract(billing_mode="charge", payment_token_id=self.token.id)
        invoice = self.bill(date(2026, 1, 1)).move_ids
        says = " ".join(contract._get_closing_effects())
        self.assertIn(f"{invoice.name} stays due", says)
        self.assertIn("saved card", says)
        self.assertFalse(self.make_contract(date_start=date(2026, 2, 1))._get_closing_effects())

    def test_packages_of_the_customer_stay(self):
        contract = self.make_contract()
        packages = self.env["subscription.package"].create(
            {"name": "Support 10", "credits": 10, "price": 5.0, "product_id": self.product.id}
        )
        self.env["subscription.entitlement"]._create_sealed(
            [
                {
                    "partner_id": self.customer.id,
                    "package_id": packages.id,
                    "company_id": self.company.id,
                    "date_start": date(2026, 1, 1),
                    "state": "active",
                }
            ]
        )
        self.assertIn("Support 10", " ".join(contract._get_closing_effects()))

    def test_a_pause_for_an_unpaid_invoice_says_which_and_what_makes_it_go_on(self):
        invoice = self.make_invoice()
        contract = invoice.subscription_contract_ids
        plan = self.env["subscription.dunning.plan"].create({"name": "Plan", "company_id": self.company.id})
        step = self.env["subscription.dunning.step"].create({"plan_id": plan.id, "days": 5, "action": "pause"})
        step._run_pause(invoice, date(2026, 1, 20))
        self.assertEqual((contract.state, contract.pause_ids.cause), ("paused", "unpaid"))
        self.assertIn(invoice.name, contract.pause_reason)
        self.assertIn(f"when this is paid: {invoice.name} ($ 120.00)", contract.pause_goes_on.replace("\xa0", " "))
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        contract.invalidate_recordset(["pause_goes_on"])
        self.assertIn("by themselves tonight", contract.pause_goes_on)
