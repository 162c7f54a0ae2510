from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from ...models.reporting.shares import get_open_pieces
from ..common import SubscriptionCommon

TODAY = date(2026, 6, 10)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestUnpaid(SubscriptionCommon):
    """Who owes what: by contract, by age, by what became of each row of the plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = new_test_user(
            cls.env,
            "manager_of_accounts",
            "subscription_mgmt.group_subscription_contributor",
            company_id=cls.company.id,
        )

    def get_unpaid(self, contracts, user=None):
        self.env.invalidate_all()
        return self.env["subscription.unpaid"].with_user(user or self.env.user).search(
            [("contract_id", "in", contracts.ids)]
        )  # fmt: skip

    def bill_on(self, contracts, day):
        """Bill what is due on the day; the invoices bear it."""
        contracts.billing_mode = "post"
        with freeze_time(day):
            self.bill(day)
        return contracts.installment_ids.invoice_id

    def pay(self, invoices, amount=None, **values):
        wizard = self.env["account.payment.register"]
        wizard = wizard.with_context(active_model="account.move", active_ids=invoices.ids).create(values)
        if amount:
            wizard.amount = amount
        wizard._create_payments()

    def make_shared(self, *prices, **values):
        """Contracts on one invoice."""
        self.customer.subscription_group_invoice = True
        contracts = self.env["subscription.contract"]
        for price in prices:
            contracts += self.make_contract([{"price_unit": price}], **values)
        return contracts

    # === BY AGE === #
    def test_what_is_open_stands_by_its_age(self):
        contract = self.make_contract(billing_mode="post")
        for month in range(1, 7):
            self.bill_on(contract, date(2026, month, 1))
        contract.installment_ids.invoice_id[-1].line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).date_maturity = date(2026, 6, 30)
        row = self.get_unpaid(contract)
        self.assertEqual((row.date_due, row.days_late, row.age), (date(2026, 1, 1), 160, "older"))
        self.assertEqual(row.amount_due, 720.0)
        # Due on 30 June; 1 May is 40 days late, 1 April 70, 1 March 101.
        amounts = (row.amount_0, row.amount_30, row.amount_60, row.amount_90, row.amount_older)
        self.assertEqual(amounts, (120.0, 0.0, 120.0, 120.0, 360.0))
        self.assertEqual(row.amount_overdue, 600.0)

    def test_the_thirtieth_day_belongs_to_the_first_thirty(self):
        contract = self.make_contract()
        invoice = self.bill_on(contract, date(2026, 1, 1))
        line = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        for day, age in (((6, 10), "0"), ((6, 9), "30"), ((5, 11), "30"), ((5, 10), "60"), ((4, 11), "60"),
                         ((4, 10), "90"), ((3, 12), "90"), ((3, 11), "older")):  # fmt: skip
            line.date_maturity = date(2026, *day)
            self.assertEqual(self.get_unpaid(contract).age, age, day)

    def test_who_owes_nothing_is_not_there(self):
        contract = self.make_contract()
        invoice = self.bill_on(contract, date(2026, 1, 1))
        self.assertTrue(self.get_unpaid(contract))
        self.pay(invoice)
        self.assertFalse(self.get_unpaid(contract))

    def test_contracts_are_found_by_what_they_owe(self):
        owing, free = self.make_contract(), self.make_contract()
        self.bill_on(owing, date(2026, 1, 1))
        free.installment_ids.invoice_id.button_draft()
        free.installment_ids.invoice_id.button_cancel()
        both = [("id", "in", (owing + free).ids)]
        search = self.env["subscription.contract"].search
        self.assertEqual(search([*both, ("amount_due", ">", 0)]), owing)
        self.assertEqual(search([*both, ("amount_overdue", ">", 100)]), owing)
        self.assertEqual(search([*both, ("amount_due", "=", 0)]), free)
        self.assertEqual(search([*both, ("amount_due", "<=", 120)]), owing + free)

    # === SHARED INVOICES === #
    def test_the_shares_of_an_invoice_come_to_it_to_the_cent(self):
        contracts = self.make_shared(33.33, 33.33, 33.33, 0.05)
        invoice = self.bill_on(contracts, date(2026, 1, 1))
        self.assertEqual(len(invoice), 1)
        for paid in (0.01, 10.0, 33.32):
            self.pay(invoice, paid)
            rows = self.get_unpaid(contracts)
            self.assertEqual(len(rows), 4)
            self.assertAlmostEqual(sum(rows.mapped("amount_due")), invoice.amount_residual, places=7)
            self.assertAlmostEqual(sum(contracts.mapped("amount_due")), invoice.amount_residual, places=7)
            first = rows.filtered(lambda row: row.contract_id == contracts[0])
            self.assertAlmostEqual(first.amount_due, invoice.amount_residual * 33.33 / 100.04, delta=0.01)

    def test_what_else_stands_on_an_invoice_is_shared_too(self):
        contracts = self.make_shared(30.0, 70.0)
        contracts.billing_mode = "draft"
        self.bill(date(2026, 1, 1))
        invoice = contracts.installment_ids.invoice_id
        invoice.invoice_line_ids = [Command.create({"name": "Travel", "price_unit": 10.0, "tax_ids": []})]
        invoice.action_post()
        dues = self.get_unpaid(contracts).sorted("amount_due").mapped("amount_due")
        self.assertEqual((dues, invoice.amount_residual), ([39.0, 91.0], 130.0))

    def test_a_credit_note_of_accounting_lowers_what_its_contract_owes(self):
        contracts = self.make_shared(30.0, 70.0)
        invoice = self.bill_on(contracts, date(2026, 1, 1))
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"journal_id": invoice.journal_id.id})
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.invoice_line_ids.filtered(lambda line: line.price_unit == 70.0).unlink()
        note.action_post()
        self.assertEqual(invoice.amount_residual, 84.0)
        self.assertEqual(contracts.mapped("amount_due"), [0.0, 84.0])
        self.assertEqual(self.get_unpaid(contracts).contract_id, contracts[1])

    def test_a_credit_note_that_is_open_lowers_it_as_well(self):
        contracts = self.make_shared(30.0, 70.0)
        invoice = self.bill_on(contracts, date(2026, 1, 1))
        self.pay(invoice)
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"journal_id": invoice.journal_id.id})
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.action_post()
        self.assertEqual(note.amount_residual, 120.0)
        self.env.invalidate_all()
        self.assertEqual(contracts.mapped("amount_due"), [-36.0, -84.0])

    def test_a_credit_is_never_late(self):
        contract = self.make_contract(billing_mode="post")
        for month in (1, 2):
            self.bill_on(contract, date(2026, month, 1))
        paid, late = contract.installment_ids.invoice_id.sorted("invoice_date")
        self.pay(paid)
        with freeze_time(date(2026, 1, 2)):
            paid._reverse_moves([{"invoice_date": date(2026, 1, 2), "date": date(2026, 1, 2)}]).action_post()
        late.line_ids.filtered(lambda line: line.display_type == "payment_term").date_maturity = date(2026, 6, 1)
        contract.installment_ids.flush_recordset()
        other = self.make_contract(billing_mode="post")
        self.bill_on(other, date(2026, 1, 1))
        row = self.get_unpaid(other)
        self.assertEqual((row.age, row.amount_older), ("older", 120.0))
        # Half of the credit is spent elsewhere: what is left lowers what is not due, and the debt keeps its age.
        invoice = other.installment_ids.invoice_id
        self.pay(invoice, 60.0)
        note = paid.reversal_move_ids
        lines = (note | invoice).line_ids.filtered(lambda line: line.display_type == "payment_term")
        lines.reconcile()
        self.assertEqual(note.amount_residual, 60.0)
        row = self.get_unpaid(contract)
        self.assertEqual((row.age, row.date_due, row.amount_total), ("30", date(2026, 6, 1), 60.0))
        amounts = (row.amount_0, row.amount_30, row.amount_60, row.amount_90, row.amount_older, row.amount_overdue)
        self.assertEqual(amounts, (-60.0, 120.0, 0.0, 0.0, 0.0, 120.0))
        self.assertEqual((contract.amount_due, contract.amount_overdue), (60.0, 120.0))

    def test_what_is_charged_on_a_credit_note_is_not_late_either(self):
        contract = self.make_contract([{"price_unit": -200.0}, {"price_unit": 50.0}])
        note = self.bill_on(contract, date(2026, 1, 1))
        self.assertEqual(note.move_type, "out_refund")
        dues = self.env["subscription.due"].search([("contract_id", "=", contract.id), ("amount_open", "!=", 0)])
        self.assertEqual(sorted(dues.mapped("amount_open")), [-240.0, 60.0])
        self.assertEqual(set(dues.mapped(lambda due: (due.state, due.days_late))), {("not_due", 0)})
        # Divided, it is the same.
        self.env.cr.execute("UPDATE account_move_line SET subscription_owner = NULL WHERE move_id = %s", [note.id])
        self.env.invalidate_all()
        self.assertEqual(set(dues.mapped(lambda due: (due.state, due.days_late))), {("not_due", 0)})
        self.assertEqual((contract.amount_due, contract.amount_overdue), (-180.0, 0.0))

    def test_whom_nothing_but_a_credit_is_left_is_found_with_what_is_not_due(self):
        contract = self.make_contract(billing_mode="post")
        invoice = self.bill_on(contract, date(2026, 1, 1))
        self.pay(invoice)
        invoice._reverse_moves([{"invoice_date": date(2026, 1, 2), "date": date(2026, 1, 2)}]).action_post()
        row = self.get_unpaid(contract)
        self.assertEqual((row.age, row.date_due, row.amount_0, row.amount_older), ("0", False, -120.0, 0.0))
        self.assertEqual((contract.amount_due, contract.amount_overdue), (-120.0, 0.0))

    def test_cash_rounding_is_shared_too(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "0.05",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        contracts = self.make_shared(10.01, 20.03)
        contracts.billing_mode = "draft"
        self.bill(date(2026, 1, 1))
        invoice = contracts.installment_ids.invoice_id
        invoice.invoice_cash_rounding_id = rounding
        invoice.action_post()
        self.assertEqual(invoice.amount_residual, 36.05)
        self.assertAlmostEqual(sum(self.get_unpaid(contracts).mapped("amount_due")), 36.05, places=7)

    def test_a_foreign_currency_stands_in_both(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 3.0)])
        contracts = self.make_shared(10.0, 20.0, 0.01, currency_id=euro.id)
        invoice = self.bill_on(contracts, date(2026, 1, 1))
        self.assertEqual(invoice.currency_id, euro)
        rows = self.get_unpaid(contracts)
        self.assertEqual(rows.currency_id, euro)
        self.assertAlmostEqual(sum(rows.mapped("amount_due")), invoice.amount_residual, places=7)
        self.assertAlmostEqual(sum(rows.mapped("amount_total")), invoice.amount_residual_signed, places=7)
        self.assertEqual(contracts[0].amount_due, 12.0)

    # === EVERY ROW OF THE PLAN === #
    def test_each_row_of_the_plan_says_what_became_of_it(self):
        contract = self.make_contract(date_end=date(2026, 8, 31))
        paid = self.bill_on(contract, date(2026, 1, 1))
        self.pay(paid)
        part = self.bill_on(contract, date(2026, 2, 1)) - paid
        self.pay(part, 20.0)
        open_ = self.bill_on(contract, date(2026, 3, 1)) - paid - part
        open_.line_ids.filtered(lambda line: line.display_type == "payment_term").date_maturity = date(2026, 7, 1)
        contract.billing_mode = "draft"
        self.bill(date(2026, 4, 1))
        contract.installment_ids.filtered(lambda row: row.date_from == date(2026, 5, 1)).action_skip("Gift")
        self.env.invalidate_all()
        dues = self.env["subscription.due"].search([("contract_id", "=", contract.id)], order="date_from")
        self.assertEqual(
            [(due.date_from.month, due.state, due.amount_total, due.amount_open) for due in dues],
            [
                (1, "paid", 120.0, 0.0),
                (2, "overdue", 120.0, 100.0),
                (3, "not_due", 120.0, 120.0),
                (4, "draft", 120.0, 0.0),
                (6, "planned", 100.0, 0.0),
                (7, "planned", 100.0, 0.0),
                (8, "planned", 100.0, 0.0),
            ],
        )
        self.assertEqual(sum(dues.mapped("amount_open")), contract.amount_due)

    # === WHO SEES WHAT === #
    def test_without_accounting_one_sees_amounts_but_no_invoice(self):
        contract = self.make_contract()
        invoice = self.bill_on(contract, date(2026, 1, 1))
        row = self.get_unpaid(contract, self.viewer)
        self.assertEqual((row.amount_due, row.age), (120.0, "older"))
        due = self.env["subscription.due"].with_user(self.viewer).search(
            [("contract_id", "=", contract.id), ("state", "=", "overdue")]
        )  # fmt: skip
        self.assertEqual(due.amount_open, 120.0)
        self.assertEqual(contract.with_user(self.viewer).amount_due, 120.0)
        with self.assertRaises(AccessError):
            invoice.with_user(self.viewer).read(["amount_residual"])
        for act in ("action_register_payment", "action_remind"):
            with self.assertRaises(AccessError):
                getattr(row, act)()

    def test_of_another_company_one_sees_nothing(self):
        contract = self.make_contract()
        self.bill_on(contract, date(2026, 1, 1))
        row = self.get_unpaid(contract)
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        abroad = new_test_user(
            self.env,
            "abroad",
            "subscription_mgmt.group_subscription_manager,subscription_mgmt.group_subscription_billing",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("subscription.unpaid", "subscription.due", "subscription.outlook"):
            self.assertFalse(self.env[model].with_user(abroad).search([("contract_id", "=", contract.id)]), model)
        self.env.invalidate_all()
        self.assertFalse(row.with_user(abroad).read(["amount_due"]))
        with self.assertRaises(AccessError):
            row.with_user(abroad).check_access("read")

    def test_rules_on_contracts_hold_for_their_figures(self):
        """A company that shows each salesperson his own contracts alone need not write a second rule."""
        mine, other = self.make_contract(user_id=self.viewer.id), self.make_contract(user_id=self.env.user.id)
        self.bill_on(mine + other, date(2026, 1, 1))
        self.env["ir.rule"].create(
            {
                "name": "Own contracts",
                "model_id": self.env["ir.model"]._get_id("subscription.contract"),
                "domain_force": "[('user_id', '=', user.id)]",
                "groups": [Command.link(self.env.ref("subscription_mgmt.group_subscription_viewer").id)],
            }
        )
        for model in ("subscription.unpaid", "subscription.due", "subscription.outlook"):
            found = self.env[model].with_user(self.viewer).search([("contract_id", "in", (mine + other).ids)])
            self.assertEqual(found.contract_id.ids, mine.ids, model)

    # === FROM THE ROW === #
    def test_a_payment_is_registered_from_the_row(self):
        contract = self.make_contract()
        invoices = self.bill_on(contract, date(2026, 1, 1)) + self.bill_on(contract, date(2026, 2, 1))
        action = self.get_unpaid(contract).action_register_payment()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({"group_payment": True})
        self.assertEqual(wizard.amount, 240.0)
        wizard._create_payments()
        self.assertEqual(set(invoices.mapped("amount_residual")), {0.0})

    def test_a_reminder_is_written_about_the_oldest_invoice(self):
        contract = self.make_contract()
        first = self.bill_on(contract, date(2026, 1, 1))
        self.bill_on(contract, date(2026, 2, 1))
        context = self.get_unpaid(contract).action_remind()["context"]
        self.assertEqual(context["default_res_ids"], first.ids)
        template = self.env.ref("subscription_mgmt.mail_template_payment_reminder")
        self.assertEqual(context["default_template_id"], template.id)

    def test_a_row_whose_invoice_was_paid_meanwhile_says_so(self):
        contract = self.make_contract()
        invoice = self.bill_on(contract, date(2026, 1, 1))
        row = self.get_unpaid(contract)
        row.fetch(["contract_id", "currency_id"])
        self.pay(invoice)
        with self.assertRaises(UserError):
            row._check_found(self.env["account.move"])

    def test_a_call_is_planned_on_the_contract(self):
        contract = self.make_contract()
        self.bill_on(contract, date(2026, 1, 1))
        action = self.get_unpaid(contract, self.viewer).action_call()
        wizard = self.env["mail.activity.schedule"].with_user(self.viewer).with_context(**action["context"]).create({})
        wizard.action_schedule_activities()
        call = contract.activity_ids
        self.assertEqual(call.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertIn("120.00", call.summary)
        self.assertIn("01/01/2026", call.summary)

    def test_the_last_contact_is_the_latest_word(self):
        contract = self.make_contract()
        invoice = self.bill_on(contract, date(2026, 1, 1))
        row = self.get_unpaid(contract)
        self.assertFalse(row.date_contact)
        with freeze_time("2026-03-05"):
            contract.message_post(body="Promised to pay", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertEqual(self.get_unpaid(contract).date_contact, date(2026, 3, 5))
        step = self.env["subscription.dunning.plan"].create({"name": "P", "company_id": self.company.id}).step_ids
        step = step[:1] or step.create(
            {"plan_id": self.env["subscription.dunning.plan"].search([], limit=1).id, "days": 1, "action": "activity"}
        )
        step._log(invoice, date(2026, 4, 1), "done")
        row = self.get_unpaid(contract)
        self.assertEqual((row.date_contact, row.dunning_step_id), (date(2026, 4, 1), step))

    def test_what_is_open_is_found_without_what_is_paid(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        code = get_open_pieces()
        self.env.cr.execute("EXPLAIN " + code.code, code.params)
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("account_move_line_subscription_open", plan)

    def test_the_list_costs_the_same_for_many(self):
        contracts = self.make_contract()
        self.bill_on(contracts, date(2026, 1, 1))
        names = [name for name, field in self.env["subscription.unpaid"]._fields.items() if name != "display_name"]
        counts = []
        for _more in range(3):
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["subscription.unpaid"].search_read([("contract_id", "in", contracts.ids)], names)
            counts.append(self.env.cr.sql_log_count - before)
            for _one in range(5):
                contracts += self.make_contract()
            self.bill_on(contracts, date(2026, 1, 1))
        self.assertEqual(counts[1], counts[2])  # the first fills caches
