import random
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .statement_common import StatementCommon

DUE = date(2026, 1, 10)


@tagged("post_install", "-at_install")
class TestInterestCharge(StatementCommon):
    """Late-payment interest: proposed, confirmed by a person, never charged twice (WIM-14)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member.member_interest_rate = 3  # a tenth of a percent a day
        cls.move = cls.invoice(1000, date(2026, 1, 1), due=DUE)
        cls.clerk = cls.make_user("i_clerk", "base.group_user", "account.group_account_invoice")

    def ask(self, to, since=date(2026, 1, 1), user=None, **values):
        """The proposal of the days of a period, as rows."""
        values = {"date_from": since, "date_to": to, "partner_ids": [Command.set(self.member.ids)], **values}
        charge = self.env["member.interest.charge"].with_user(user or self.clerk).create(values)
        charge.action_propose()
        return charge.line_ids

    def charge(self, to, **values):
        """The draft invoices of a proposal that is confirmed."""
        action = self.ask(to, **values).action_charge()
        return self.env["account.move"].search(action["domain"])

    def asked(self, to, **values):
        return [(line.date_from, line.date_to, line.amount) for line in self.ask(to, **values)]

    # === PROPOSAL === #
    def test_ten_days(self):
        """WIM-14: 1000 at 3 % a month is 1 a day, from the day after the due date."""
        self.assertEqual(self.asked(date(2026, 1, 20)), [(date(2026, 1, 11), date(2026, 1, 20), 10.0)])
        self.assertEqual(self.asked(DUE), [])

    def test_as_it_was_open(self):
        """WIM-14: ten days on 1000, ten on 400, nothing after it was paid."""
        self.pay(self.move, 600, date(2026, 1, 20))
        self.pay(self.move, 400, date(2026, 1, 30))
        self.assertEqual(self.asked(date(2026, 3, 1)), [(date(2026, 1, 11), date(2026, 1, 30), 14.0)])

    def test_a_credit_note_is_a_payment(self):
        """WIM-14"""
        note = self.invoice(1000, date(2026, 1, 15), kind="out_refund")
        (note + self.move).line_ids.filtered(lambda one: one.account_type == "asset_receivable").reconcile()
        self.assertEqual(self.asked(date(2026, 3, 1)), [(date(2026, 1, 11), date(2026, 1, 15), 5.0)])

    def test_in_the_currency_of_the_invoice(self):
        """WIM-14"""
        other = self.setup_other_currency("GBP", rates=[("2026-01-01", 0.5)])
        self.invoice(100, date(2026, 1, 1), due=DUE, currency=other)
        found = self.ask(date(2026, 1, 20))
        self.assertEqual({line.currency_id: line.amount for line in found}, {self.company.currency_id: 10, other: 1})
        self.assertEqual(len(self.charge(date(2026, 1, 20))), 2)

    def test_only_posted_invoices_of_members_with_a_rate(self):
        """WIM-14"""
        self.invoice(1000, date(2026, 1, 1), due=DUE, post=False)
        self.invoice(1000, date(2026, 1, 1), due=DUE, kind="in_invoice")
        self.invoice(1000, date(2026, 1, 1), due=DUE, partner=self.stranger)
        self.assertEqual(self.ask(date(2026, 1, 20), partner_ids=[]).move_id, self.move)
        self.member.member_interest_rate = 0
        self.assertFalse(self.ask(date(2026, 1, 20)))

    def test_the_company_says_for_those_without_a_rate(self):
        """WIM-14"""
        self.invoice(1000, date(2026, 1, 1), due=DUE, partner=self.stranger)
        self.env["res.config.settings"].create({"member_interest_rate": 6}).execute()
        found = {line.partner_id: line.amount for line in self.ask(date(2026, 1, 20), partner_ids=[])}
        self.assertEqual(found, {self.member: 10, self.stranger: 20})
        self.stranger.member_interest_rate = 0
        self.assertEqual(self.ask(date(2026, 1, 20), partner_ids=[]).partner_id, self.member)

    def test_proposing_charges_nothing(self):
        """WIM-14"""
        before = self.env["account.move"].search_count([])
        self.ask(date(2026, 1, 20))
        self.assertEqual(self.env["account.move"].search_count([]), before)
        self.assertFalse(self.env["member.interest"].search([]))

    def test_as_many_queries_for_many(self):
        """WIM-14"""

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.member._propose_interest(self.company, date(2026, 1, 1), date(2026, 4, 1))
            return self.env.cr.sql_log_count - before

        self.pay(self.move, 1, date(2026, 2, 1))
        few = [count(), count()][1]
        for day in range(1, 15):
            self.pay(self.invoice(10, date(2026, 1, day)), 1, date(2026, 2, day))
        self.assertEqual([count(), count()][1], few)

    # === CHARGING === #
    def test_a_draft_invoice_with_the_taxes_of_the_product(self):
        """WIM-14"""
        product = self.env.ref("subscription_mgmt_member.product_interest")
        product.taxes_id = self.tax
        (invoice,) = self.charge(date(2026, 1, 20))
        (line,) = invoice.invoice_line_ids
        self.assertEqual((invoice.state, invoice.partner_id, line.product_id), ("draft", self.member, product))
        self.assertEqual((line.price_subtotal, invoice.amount_total), (10, 12))
        self.assertIn(self.move.name, line.name)

    def test_no_day_twice(self):
        """WIM-14: neither by asking again, nor in a draft, nor posted."""
        invoice = self.charge(date(2026, 1, 20))
        self.assertEqual(self.asked(date(2026, 1, 20)), [])
        invoice.action_post()
        self.assertEqual(self.asked(date(2026, 1, 25)), [(date(2026, 1, 21), date(2026, 1, 25), 5.0)])

    def test_interest_bears_none(self):
        """WIM-14"""
        invoice = self.charge(date(2026, 1, 20))
        invoice.invoice_date = invoice.invoice_date_due = date(2026, 1, 20)
        invoice.action_post()
        self.assertEqual(self.ask(date(2026, 3, 1)).move_id, self.move)

    def test_a_proposal_confirmed_twice(self):
        """WIM-14: two clerks who look at the same proposal."""
        first, second = self.ask(date(2026, 1, 20)), self.ask(date(2026, 1, 20))
        first.action_charge()
        with self.assertRaisesRegex(UserError, "changed since"):
            second.action_charge()
        self.assertEqual(len(self.env["member.interest"].search([])), 1)

    def test_what_was_paid_meanwhile(self):
        """WIM-14: nothing is charged that did not stand on the screen."""
        rows = self.ask(date(2026, 1, 20))
        self.pay(self.move, 500, date(2026, 1, 15))
        with self.assertRaisesRegex(UserError, "changed since"):
            rows.action_charge()

    def test_only_the_rows_that_are_chosen(self):
        """WIM-14"""
        second = self.invoice(100, date(2026, 1, 1), due=DUE)
        rows = self.ask(date(2026, 1, 20))
        rows.filtered(lambda row: row.move_id == second).action_charge()
        self.assertEqual(self.ask(date(2026, 1, 20)).move_id, self.move)

    # === UNDOING === #
    def test_deleting_the_draft_frees_the_days(self):
        """WIM-14"""
        self.charge(date(2026, 1, 20)).unlink()
        self.assertEqual(self.asked(date(2026, 1, 20)), [(date(2026, 1, 11), date(2026, 1, 20), 10.0)])

    def test_taking_a_line_off_the_draft_frees_its_days(self):
        """WIM-14"""
        self.charge(date(2026, 1, 20)).invoice_line_ids.unlink()
        self.assertEqual(len(self.ask(date(2026, 1, 20))), 1)

    def test_a_credit_note_frees_the_days(self):
        """WIM-14: all of it; a part of it does not."""
        invoice = self.charge(date(2026, 1, 20))
        invoice.action_post()
        part = invoice._reverse_moves([{"invoice_date": date(2026, 2, 1)}])
        part.invoice_line_ids.price_unit = 4
        part.action_post()
        self.assertEqual(self.asked(date(2026, 1, 20)), [])
        rest = invoice._reverse_moves([{"invoice_date": date(2026, 2, 1)}])
        rest.invoice_line_ids.price_unit = 6
        rest.action_post()
        self.assertEqual(len(self.ask(date(2026, 1, 20))), 1)

    def test_freed_days_in_the_middle_come_back(self):
        """WIM-14"""
        first = self.charge(date(2026, 1, 20))
        self.charge(date(2026, 1, 31))
        first.unlink()
        self.assertEqual(
            self.asked(date(2026, 2, 2)),
            [(date(2026, 1, 11), date(2026, 1, 20), 10.0), (date(2026, 2, 1), date(2026, 2, 2), 2.0)],
        )

    def test_a_cancelled_invoice_does_not_come_back_beside_another(self):
        """WIM-14"""
        first = self.charge(date(2026, 1, 20))
        first.button_cancel()
        self.charge(date(2026, 1, 25))
        with self.assertRaisesRegex(UserError, "again by"):
            first.button_draft()

    def test_a_credit_note_is_not_taken_back_beside_another(self):
        """WIM-14"""
        first = self.charge(date(2026, 1, 20))
        first.action_post()
        note = first._reverse_moves([{"invoice_date": date(2026, 2, 1)}])
        note.action_post()
        self.charge(date(2026, 1, 25))
        with self.assertRaisesRegex(UserError, "again by"):
            note.button_draft()

    # === LAWS === #
    def test_lives_in_which_no_day_is_charged_twice(self):
        """WIM-14: invoices, payments, charges and undone charges in any order."""
        chance = random.Random(14)
        for _life in range(3):
            moves, made = [self.invoice(500, date(2026, 1, 1), due=date(2026, 1, chance.randint(5, 30)))], []
            for _act in range(12):
                day = date(2026, 1, 10) + timedelta(chance.randint(0, 90))
                act = chance.choice(("invoice", "pay", "charge", "charge", "undo"))
                if act == "invoice":
                    moves.append(self.invoice(chance.randint(1, 900), date(2026, 1, 1), due=day))
                elif act == "pay" and (move := chance.choice(moves)).amount_residual > 1:
                    self.pay(move, round(move.amount_residual / 2, 2), day)
                elif act == "charge" and (rows := self.ask(day)):
                    made += self.env["account.move"].search(rows.action_charge()["domain"])
                elif act == "undo" and made:
                    made.pop(chance.randrange(len(made))).unlink()
                self.assertNoDayTwice()

    def assertNoDayTwice(self):
        rows = self.env["member.interest"].search([])
        days = [
            (row.move_id, row.date_from + timedelta(place))
            for row in rows
            for place in range((row.date_to - row.date_from).days + 1)
        ]
        self.assertEqual(len(days), len(set(days)))

    # === WHO === #
    def test_only_who_bills(self):
        """WIM-14"""
        for number, groups in enumerate((["manage"], ["account.group_account_readonly"])):
            user = self.make_user(f"i_{number}", "base.group_user", *groups)
            with self.assertRaises(AccessError):
                self.ask(date(2026, 1, 20), user=user)

    def test_nobody_writes_what_was_charged(self):
        """WIM-14: the days are the ledger."""
        self.charge(date(2026, 1, 20))
        rows = self.env["member.interest"].with_user(self.clerk).search([])
        self.assertTrue(rows)
        values = {"move_id": self.move.id, "line_id": rows.line_id.id, "date_from": DUE, "date_to": DUE}
        for act in (lambda: rows.write({"date_to": DUE}), rows.unlink, lambda: rows.create(values)):
            with self.assertRaises(AccessError):
                act()

    def test_a_dialog_is_its_owners(self):
        """WIM-14"""
        rows = self.ask(date(2026, 1, 20))
        other = self.make_user("i_other", "base.group_user", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            rows.with_user(other).action_charge()

    def test_a_period_does_not_end_before_it_begins(self):
        """WIM-14"""
        with self.assertRaises(ValidationError):
            self.ask(date(2025, 12, 1))

    def test_each_company_charges_its_own(self):
        """WMM-38, WIM-17"""
        other = self.setup_other_company(name="Group Co")["company"]
        self.invoice(1000, date(2026, 1, 1), due=DUE, company=other)
        there = self.make_user("i_there", "base.group_user", "account.group_account_invoice", company=other)
        self.assertFalse(self.ask(date(2026, 1, 20), user=there), "no rate there")
        self.member.with_company(other).member_interest_rate = 6
        self.assertEqual(self.asked(date(2026, 1, 20), user=there)[0][2], 20)
        self.charge(date(2026, 1, 20))
        self.assertFalse(self.env["member.interest"].with_user(there).search([]))
        self.assertEqual(self.ask(date(2026, 1, 20), user=there).amount, 20)
