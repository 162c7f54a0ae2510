from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestCommitment(SubscriptionCommon):
    """A contract of 100.00 a month that was agreed for a year from 1 January; March is billed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee = cls.env["product.product"].create(
            {"name": "Early termination", "type": "service", "taxes_id": [(6, 0, cls.tax.ids)]}
        )
        cls.company.subscription_fee_product_id = cls.fee

    def commit(self, **values):
        contract = self.make_contract(
            **{"commitment_months": 12, "termination_fee": "percent", "termination_fee_percent": 50.0, **values}
        )
        self.bill(date(2026, 3, 1))
        return contract

    def fees(self, contract, state=None):
        rows = contract.installment_ids.filtered(lambda row: row.line_id.is_fee and state in (None, row.state))
        return [(row.date_from, row.price_subtotal) for row in rows.sorted("id")]

    # === THE FEE === #
    def test_leaving_early_costs_a_share_of_the_months_that_are_left(self):
        contract = self.commit()
        self.assertEqual(contract.commitment_end, date(2026, 12, 31))
        contract.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(self.fees(contract), [(date(2026, 3, 10), 500.0)])
        invoice = self.bill(date(2026, 3, 10)).move_ids
        lines = invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.fee)
        self.assertEqual((lines.price_subtotal, lines.tax_ids), (500.0, self.tax))
        self.assertIn("10 months left", lines.name)
        self.assertEqual(invoice.amount_untaxed, 500.0 - 67.74)

    def test_a_fixed_fee_and_none(self):
        fixed = self.commit(termination_fee="fixed", termination_fee_amount=75.0)
        fixed.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(self.fees(fixed), [(date(2026, 3, 10), 75.0)])
        none = self.commit(termination_fee="none")
        none.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(self.fees(none), [])

    def test_from_its_last_day_on_leaving_is_free(self):
        contract = self.commit()
        contract.action_close(date(2026, 12, 31), self.reason)
        self.assertEqual(self.fees(contract), [])

    def test_a_pause_that_moves_the_term_moves_the_commitment(self):
        contract = self.commit()
        contract.action_pause(date(2026, 3, 11), None, date(2026, 3, 20), "extend")
        self.assertEqual(contract.commitment_end, date(2027, 1, 10))

    def test_a_fee_does_not_recur_and_is_not_copied(self):
        contract = self.commit()
        contract.action_close(date(2026, 6, 30), self.reason)
        self.assertEqual((contract.mrr, len(contract.line_ids), len(contract.copy().line_ids)), (100.0, 2, 1))

    def test_a_fee_is_charged_while_the_contract_is_paused(self):
        contract = self.commit()
        contract.action_pause(date(2026, 3, 5))
        contract.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(self.fees(contract), [(date(2026, 3, 10), 500.0)])

    def test_without_a_product_it_is_said_what_to_do(self):
        self.company.subscription_fee_product_id = False
        contract = self.commit()
        with self.assertRaisesRegex(UserError, "Early Termination Product"):
            contract.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(contract.state, "active")

    # === IT GOES AWAY === #
    def test_another_day_gives_another_fee(self):
        contract = self.commit()
        contract.action_close(date(2026, 6, 30), self.reason)
        contract.action_close(date(2026, 9, 30), self.reason)
        self.assertEqual(self.fees(contract), [(date(2026, 9, 30), 150.0)])

    def test_taking_the_closing_back_takes_the_fee_away(self):
        contract = self.commit()
        contract.action_close(date(2026, 6, 30), self.reason)
        contract.action_take_back()
        self.assertEqual((self.fees(contract), len(contract.line_ids)), ([], 1))

    def test_re_opening_takes_an_unbilled_fee_away(self):
        contract = self.commit()
        contract.action_close(date(2026, 3, 10), self.reason)
        contract.action_reopen()
        self.assertEqual(self.fees(contract), [])

    def test_re_opening_gives_a_billed_fee_back(self):
        contract = self.commit()
        contract.action_close(date(2026, 3, 10), self.reason)
        self.bill(date(2026, 3, 10))
        contract.action_reopen()
        self.assertEqual(self.fees(contract, "planned"), [(date(2026, 3, 10), -500.0)])
        contract.action_close(date(2026, 3, 10), self.reason)
        self.assertEqual(sorted(amount for _day, amount in self.fees(contract, "planned")), [-500.0, 500.0])

    # === WHO === #
    def make_user(self, level):
        return self.env["res.users"].create(
            {
                "name": level,
                "login": f"commitment_{level}",
                "group_ids": [(6, 0, self.env.ref(f"subscription_mgmt.group_subscription_{level}").ids)],
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )

    def test_only_a_manager_waives_the_fee_and_says_why(self):
        contract = self.commit()
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            contract.with_user(self.make_user("editor")).action_close(
                date(2026, 3, 10), self.reason.id, waiver="A friend"
            )
        contract.with_user(self.make_user("manager")).action_close(date(2026, 3, 10), self.reason.id, waiver="Goodwill")
        self.assertEqual((self.fees(contract), contract.termination_waiver), ([], "Goodwill"))
        self.assertTrue(any("Goodwill" in body for body in contract.message_ids.mapped("body")))

    def test_an_editor_does_not_get_round_the_fee(self):
        contract = self.commit()
        editor = self.make_user("editor")
        contract.action_close(date(2026, 6, 30), self.reason)
        mine = contract.with_user(editor)
        row = mine.installment_ids.filtered(lambda row: row.line_id.is_fee)
        for act in (
            lambda: row.action_skip("Why not"),
            lambda: row.write({"price_unit": 1.0}),
            lambda: row.line_id.write({"price_unit": 1.0}),
            row.line_id.unlink,
            lambda: mine.write({"commitment_months": 0}),
            lambda: mine.write({"termination_fee": "none"}),
        ):
            with self.assertRaises(AccessError):
                act()
        self.assertEqual(self.fees(contract), [(date(2026, 6, 30), 300.0)])

    def test_an_earlier_end_is_not_typed_into_a_committed_contract(self):
        contract = self.commit()
        with self.assertRaisesRegex(UserError, "agreed until"):
            contract.date_end = date(2026, 6, 30)
        contract.date_end = date(2027, 6, 30)
        with self.assertRaisesRegex(UserError, "agreed until"):
            contract.date_end = date(2026, 12, 30)
        contract.date_end = date(2026, 12, 31)

    def test_ending_the_last_line_is_leaving_early(self):
        editor = self.make_user("editor")
        for values in ({"date_end": date(2026, 6, 30)}, {"active": False}):
            first, second = self.commit(lines=[{}, {"price_unit": 5.0}]).line_ids.with_user(editor)
            first.date_end = date(2026, 6, 30)
            with self.subTest(values), self.assertRaisesRegex(UserError, "agreed until"):
                second.write(values)

    def test_an_amendment_that_ends_the_last_line_is_leaving_early(self):
        contract = self.commit().with_user(self.make_user("editor"))
        step = {"kind": "end", "line_id": contract.line_ids.id}
        draft = contract.env["subscription.amendment"].create(
            {"contract_id": contract.id, "date_kind": "day", "date": date(2026, 6, 1), "step_ids": [(0, 0, step)]}
        )
        self.assertIn("agreed until", draft.problem)
        draft.step_ids.write({"kind": "change", "price_unit": 120.0})
        self.assertFalse(draft.problem)
