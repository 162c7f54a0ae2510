from datetime import date
from random import Random

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from ...models.reporting.money import get_paid_shared, get_paid_whole, get_payments, get_united
from ...models.reporting.shares import get_divided, get_open_by_contract, get_open_pieces, get_shared_moves
from ..common import SubscriptionCommon

TODAY = date(2026, 6, 10)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOwning(SubscriptionCommon):
    """Whose an open invoice is stands on it, and says what dividing it would say."""

    def make_invoice(self, *prices, post=True):
        """An invoice of January, for a contract of each price."""
        self.customer.subscription_group_invoice = True
        contracts = self.env["subscription.contract"].union(
            *(self.make_contract([{"price_unit": price}], billing_mode="draft") for price in prices)
        )
        with freeze_time("2026-01-01"):
            self.bill(date(2026, 1, 1))
        invoice = contracts.installment_ids.invoice_id
        if post:
            invoice.action_post()
        return invoice, contracts

    def get_owner(self, invoice):
        self.env.invalidate_all()
        [owner] = set(
            invoice.line_ids.filtered(lambda line: line.display_type == "payment_term").mapped("subscription_owner")
        )
        return owner

    def read(self, query):
        """{(contract, currency, due, credit or not): (amount, amount in the company's currency)}"""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT contract_id, currency_id, due, is_credit, SUM(part), SUM(company_part)"
                "  FROM (%s) part GROUP BY 1, 2, 3, 4",
                query,
            )
        )
        return {tuple(key): (amount, company) for *key, amount, company in rows}

    def assertSame(self):
        """What stands on the invoices is what dividing all of them gives; :return: how many there are."""
        known, divided = self.read(get_open_by_contract()), self.read(get_divided(get_open_pieces()))
        self.assertEqual(known, divided)
        contracts = sorted({contract for contract, *_rest in divided})
        for some in (contracts[:1], contracts[1:]):
            own = {key: amounts for key, amounts in divided.items() if key[0] in some}
            shared = [move for (move,) in self.env.execute_query(get_shared_moves(some))]
            self.assertEqual(self.read(get_open_by_contract(some, shared)), own)
        self.assertSameRows()
        self.assertSamePaid()
        return len(divided)

    def assertSameRows(self):
        """Each row of the plan is a due once, and as much is open as dividing its invoice gives."""
        self.env.invalidate_all()
        divided = self.env.execute_query(
            SQL(
                "SELECT row_id, SUM(part), MIN(due) FROM (%s) part JOIN subscription_installment row ON row.id = row_id"
                "  JOIN account_move_line line ON line.id = row.invoice_line_id AND line.move_id = part.move_id"
                " GROUP BY row_id HAVING SUM(part) != 0",
                get_divided(get_open_pieces()),
            )
        )
        rows = self.env["subscription.installment"].sudo().search([("state", "in", ("planned", "invoiced"))])
        dues = self.env["subscription.due"].sudo().search([])
        self.assertEqual(sorted(dues.ids), sorted(rows.ids))
        is_open = dues.filtered("amount_open")
        found = {due.id: (due.amount_open, due.date_due) for due in is_open}
        self.assertEqual(found, {row: (float(part), due) for row, part, due in divided})
        self.assertEqual(set(is_open.mapped("state")) - {"overdue", "not_due"}, set())
        self.assertEqual(set((dues - is_open).mapped("state")) & {"overdue", "not_due"}, set())
        self.assertFalse((dues - is_open).filtered("days_late"))

    def assertSamePaid(self):
        """What was paid, of one contract as it stands and else divided, is what dividing all of it gives."""
        days = (date(2025, 1, 1), date(2027, 1, 1))
        known = get_united([get_paid_whole(*days), get_paid_shared(*days)])
        divided = get_divided(get_payments(*days))
        known, divided = (
            self.env.execute_query(
                SQL("SELECT contract_id, date, SUM(%s) FROM (%s) part GROUP BY 1, 2 ORDER BY 1, 2", amount, query)
            )
            for amount, query in ((SQL("amount"), known), (SQL("company_part"), divided))
        )
        self.assertEqual(known, divided)
        return known

    # === WHOSE IT IS === #
    def test_an_invoice_of_one_contract_is_its_own(self):
        invoice, contract = self.make_invoice(50.0, post=False)
        self.assertFalse(self.get_owner(invoice))
        invoice.action_post()
        self.assertEqual(self.get_owner(invoice), contract.id)

    def test_an_invoice_of_several_is_of_none(self):
        invoice, _contracts = self.make_invoice(50.0, 70.0)
        self.assertFalse(self.get_owner(invoice))

    def test_what_accounting_makes_is_looked_into(self):
        invoice, contract = self.make_invoice(50.0)
        note = invoice._reverse_moves([{"invoice_date": date(2026, 2, 1)}])
        note.action_post()
        by_hand = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "subscription_contract_id": contract.id,
                "invoice_line_ids": [Command.create({"name": "Repair", "price_unit": 5.0, "tax_ids": []})],
            }
        )
        by_hand.action_post()
        self.assertFalse(self.get_owner(note))
        self.assertFalse(self.get_owner(invoice), "looked into, since a line of another corrects it")
        self.assertFalse(self.get_owner(by_hand))
        self.assertTrue(self.assertSame())

    def test_what_else_stands_on_an_invoice_has_it_looked_into(self):
        invoice, _contract = self.make_invoice(50.0, post=False)
        invoice.invoice_line_ids = [Command.create({"name": "Travel", "price_unit": 10.0, "tax_ids": []})]
        invoice.action_post()
        self.assertFalse(self.get_owner(invoice))
        self.assertSame()

    def test_a_credit_that_is_set_against_another_invoice_counts_for_what_it_gives_back(self):
        """Nothing of the first invoice is paid, and yet one of its rows owes nothing any more."""
        contract = self.make_contract([{"price_unit": 30.0}, {"price_unit": 70.0}], billing_mode="draft")
        other = self.make_contract(billing_mode="draft")
        self.bill(date(2026, 1, 1))
        (contract + other).installment_ids.invoice_id.action_post()
        first, second = (one.installment_ids.invoice_id for one in (contract, other))
        note = first._reverse_moves([{"invoice_date": date(2026, 2, 1)}])
        note.invoice_line_ids[1:].unlink()
        note.action_post()
        note.line_ids.remove_move_reconcile()
        receivable = (note + second).line_ids.filtered(lambda line: line.display_type == "payment_term")
        receivable.reconcile()
        self.assertEqual(first.amount_residual, first.amount_total)
        self.assertSame()

    def test_it_is_found_anew_when_the_invoice_was_mended(self):
        invoice, contracts = self.make_invoice(50.0, 70.0)
        invoice.button_draft()
        taken = contracts[1].installment_ids.invoice_line_id
        taken.unlink()
        invoice.action_post()
        self.assertEqual(self.get_owner(invoice), contracts[0].id)
        self.assertSame()

    def test_a_line_that_goes_from_a_posted_invoice_takes_its_contract_along(self):
        """Odoo lets whoever sends this context delete it."""
        invoice, contract = self.make_invoice(50.0)
        line = contract.installment_ids.invoice_line_id
        line.with_context(force_delete=True, dynamic_unlink=True, check_move_validity=False).unlink()
        self.assertFalse(self.get_owner(invoice))
        self.assertSame()

    def test_a_line_that_is_written_past_its_invoice_has_it_looked_into(self):
        invoice, contract = self.make_invoice(50.0)
        contract.installment_ids.invoice_line_id.write({"price_unit": 25.0})
        self.assertFalse(self.get_owner(invoice))
        self.assertSame()

    def test_nobody_writes_it(self):
        invoice, contract = self.make_invoice(50.0, 70.0)
        accountant = new_test_user(self.env, "book_keeper", "account.group_account_manager", company_id=self.company.id)
        for user in (accountant, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                invoice.line_ids.with_user(user).write({"subscription_owner": contract[0].id})
        draft, _other = self.make_invoice(10.0, 20.0, post=False)
        Lines = self.env["account.move.line"].with_user(accountant)
        sent = {"move_id": draft.id, "name": "Sent", "price_unit": 1.0, "subscription_owner": contract[0].id}
        Lines.with_context(default_subscription_owner=contract[0].id).create(sent)
        draft.action_post()
        self.assertFalse(self.get_owner(draft))

    def make_term(self):
        """Half at once, half after a month."""
        halves = [{"value": "percent", "value_amount": 50.0, "nb_days": days} for days in (0, 30)]
        term = {"name": "In two", "line_ids": [Command.create(half) for half in halves]}
        return self.env["account.payment.term"].create(term)

    def test_what_was_paid_of_a_shared_invoice_is_divided(self):
        invoice, contracts = self.make_invoice(50.0, 70.0)
        alone, contract = self.make_invoice(30.0)
        for move in (invoice, alone):
            wizard = self.env["account.payment.register"]
            wizard.with_context(active_model="account.move", active_ids=move.ids).create({})._create_payments()
        self.env.flush_all()
        ours = set((contracts + contract).ids)
        paid = {owner: amount for owner, _day, amount in self.assertSamePaid() if owner in ours}
        self.assertEqual(paid.keys(), ours)
        self.assertEqual(sum(paid.values()), invoice.amount_total + alone.amount_total)

    # === PROPERTY === #
    def test_at_any_time_it_says_what_dividing_says(self):
        """Contracts alone and together, in two currencies, credited in part, paid in part, taken back and put again."""
        draw = Random(7)
        other = self.setup_other_currency("EUR")
        prices = [[{"price_unit": draw.randint(1, 9999) / 100}] for _ in range(4)]
        single = [self.make_contract(lines, billing_mode="draft") for lines in prices]
        single.append(
            self.make_contract(
                [{"price_unit": 33.33}, {"price_unit": 0.05}], billing_mode="draft", currency_id=other.id
            )
        )
        with freeze_time("2026-01-01"):
            self.bill(date(2026, 1, 1))
        invoices = self.env["subscription.contract"].union(*single).installment_ids.invoice_id
        invoices.action_post()
        shared, _contracts = self.make_invoice(33.33, 33.33, 33.34)
        invoices |= shared
        least = self.assertSame()
        self.assertGreaterEqual(least, 8)
        for _step in range(16):
            invoice = draw.choice(invoices)
            act = draw.choice(["pay", "credit", "draft", "post"])
            if act == "pay" and invoice.state == "posted" and invoice.amount_residual:
                wizard = self.env["account.payment.register"].with_context(
                    active_model="account.move", active_ids=invoice.ids
                )
                wizard = wizard.create({})
                wizard.amount = round(invoice.amount_residual / 3, 2) or invoice.amount_residual
                wizard._create_payments()
            elif act == "credit" and invoice.state == "posted":
                invoice._reverse_moves([{"invoice_date": TODAY}], cancel=draw.random() < 0.5).filtered(
                    lambda note: note.state == "draft"
                ).action_post()
            elif act == "draft" and invoice.state == "posted":
                invoice.button_draft()
            elif act == "post" and invoice.state == "draft":
                invoice.action_post()
            self.assertSame()
