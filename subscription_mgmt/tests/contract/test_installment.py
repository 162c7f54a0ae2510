from datetime import date
from itertools import pairwise
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.common.context import LATER, LEDGER
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestInstallment(SubscriptionCommon):
    def test_activation_makes_the_whole_plan_of_a_fixed_term(self):
        contract = self.make_contract(date_end=date(2026, 12, 31))
        self.assertEqual(len(contract.installment_ids), 12)
        self.assertEqual(contract.date_next_invoice, date(2026, 1, 1))
        self.assertEqual(sum(contract.installment_ids.mapped("price_subtotal")), 1200.0)

    def test_repetitions_say_how_many_rows(self):
        """WSM-34, WSM-41: annual with one repetition is one single invoice."""
        self.assertEqual(len(self.make_contract([{"repetitions": 7}]).installment_ids), 7)
        yearly = self.make_contract([{"interval_unit": "year", "repetitions": 1}])
        self.assertEqual(len(yearly.installment_ids), 1)

    @freeze_time("2026-01-10")
    def test_open_end_reaches_the_horizon_and_is_topped_up(self):
        contract = self.make_contract()
        self.assertEqual(max(contract.installment_ids.mapped("date_from")), date(2027, 1, 1))
        with freeze_time("2026-02-10"):
            domain = contract._get_contracts_to_extend_domain(self.company, date(2026, 2, 10))
            self.assertIn(contract, contract.search(domain))
            contract._generate_installments()
            self.assertEqual(max(contract.installment_ids.mapped("date_from")), date(2027, 2, 1))
            self.assertNotIn(contract, contract.search(domain))

    @freeze_time("2026-01-10")
    def test_the_year_9999_is_no_fixed_term(self):
        contract = self.make_contract(date_end=date(9999, 12, 31))
        self.assertLess(len(contract.installment_ids), 20)

    def test_arrears_are_billed_on_the_day_after_the_period(self):
        contract = self.make_contract([{"billing_timing": "arrears"}], date_end=date(2026, 1, 31))
        self.assertEqual(contract.installment_ids.date_invoice, date(2026, 2, 1))

    def test_lines_of_one_contract_have_their_own_cadence(self):
        lines = [{}, {"interval": 3}, {"interval_unit": "year"}]
        contract = self.make_contract(lines, date_end=date(2026, 12, 31))
        self.assertEqual([len(line.installment_ids) for line in contract.line_ids], [12, 4, 1])

    def test_start_on_the_31st_clamps_and_snaps_back(self):
        contract = self.make_contract(date_start=date(2026, 1, 31), date_end=date(2026, 5, 30))
        self.assertEqual(
            contract.installment_ids.sorted("date_from").mapped("date_from"),
            [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)],
        )

    def test_short_first_and_last_period_are_charged_by_the_day(self):
        contract = self.make_contract([{"anchor_day": 1}], date_start=date(2026, 1, 17), date_end=date(2026, 3, 10))
        self.assertPlan(
            contract,
            [
                (date(2026, 1, 17), date(2026, 1, 31), 48.39),
                (date(2026, 2, 1), date(2026, 2, 28), 100.0),
                (date(2026, 3, 1), date(2026, 3, 10), 32.26),
            ],
        )

    def test_without_proration_short_periods_cost_the_whole(self):
        contract = self.make_contract([{"prorate": False}], date_end=date(2026, 2, 10))
        self.assertEqual(contract.installment_ids.mapped("price_subtotal"), [100.0, 100.0])

    def test_proration_is_exact_with_quantity_and_discount(self):
        contract = self.make_contract([{"quantity": 3, "price_unit": 9.99, "discount": 33}], date_end=date(2026, 1, 7))
        # 3 × 9.99 × 0.67 = 20.0799 a month, of which 7 of 31 days
        self.assertEqual(contract.installment_ids.price_subtotal, 4.53)

    def test_paid_until_bills_nothing_again(self):
        contract = self.make_contract([{"paid_until": date(2026, 3, 31)}], date_end=date(2026, 6, 30))
        self.assertEqual(min(contract.installment_ids.mapped("date_from")), date(2026, 4, 1))
        self.assertEqual(len(contract.installment_ids), 3)

    def test_generating_again_adds_nothing(self):
        contract = self.make_contract(date_end=date(2026, 12, 31))
        rows = contract.installment_ids
        self.assertFalse(contract._generate_installments())
        self.assertEqual(contract.installment_ids, rows)

    def test_a_period_stands_once_in_the_database(self):
        contract = self.make_contract(date_end=date(2026, 2, 28))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            contract.installment_ids[0].sudo().with_context(subscription_ledger=LEDGER).copy()
            self.env.flush_all()

    def test_invoiced_without_an_invoice_line_is_impossible(self):
        contract = self.make_contract(date_end=date(2026, 2, 28))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            contract.installment_ids[0].with_context(subscription_ledger=LEDGER).state = "invoiced"
            self.env.flush_all()

    def test_billed_row_never_changes_and_never_disappears(self):
        contract = self.make_contract(date_end=date(2026, 2, 28))
        self.bill(date(2026, 1, 1))
        row = contract.installment_ids.filtered(lambda row: row.state == "invoiced")
        for values in (
            {"price_unit": 1},
            {"state": "planned"},
            {"date_invoice": date(2026, 1, 5)},
            {"invoice_line_id": False},
        ):
            with self.assertRaisesRegex(UserError, "was billed"):
                row.write(values)
            with self.assertRaises(UserError):
                row.with_context(subscription_ledger=True).write(values)
        with self.assertRaises(UserError):
            row.unlink()
        with self.assertRaises(UserError):
            row.action_skip("no")

    def test_skip_needs_a_reason_and_is_not_billed(self):
        contract = self.make_contract(date_end=date(2026, 2, 28))
        row = contract.installment_ids.sorted("date_from")[0]
        with self.assertRaisesRegex(UserError, "Say why"):
            row.action_skip(" ")
        row.action_skip("Goodwill")
        self.assertEqual((row.state, row.reason), ("skipped", "Goodwill"))
        self.assertFalse(self.bill(date(2026, 1, 31)))
        row.action_unskip()
        self.assertEqual(self.bill(date(2026, 1, 31)).installment_count, 1)

    def test_moved_row_is_billed_on_its_new_day(self):
        contract = self.make_contract(date_end=date(2026, 2, 28))
        contract.installment_ids.sorted("date_from")[0].date_invoice = date(2026, 1, 20)
        self.assertFalse(self.bill(date(2026, 1, 19)))
        self.assertEqual(self.bill(date(2026, 1, 20)).installment_count, 1)

    def test_making_the_plan_anew_keeps_what_was_billed_skipped_or_edited(self):
        contract = self.make_contract(date_end=date(2026, 6, 30))
        self.bill(date(2026, 1, 1))
        _billed, skipped, edited, *loose = contract.installment_ids.sorted("date_from")
        skipped.action_skip("Goodwill")
        edited.price_unit = 42.0
        contract.line_ids.price_unit = 150.0
        self.assertEqual([row.price_unit for row in loose], [150.0] * 3, "the plan follows the line at once")
        prices = contract.installment_ids.sorted("date_from").mapped("price_unit")
        self.assertEqual(prices, [100.0, 100.0, 42.0, 150.0, 150.0, 150.0])
        self.assertFalse(contract.plan_outdated)
        again = contract._get_plan_difference()
        self.assertFalse(again.added or again.changed or again.removed)

    def test_change_of_cadence_bills_no_day_twice(self):
        contract = self.make_contract(date_end=date(2026, 6, 30))
        self.bill(date(2026, 1, 1))
        contract.line_ids.write({"anchor_day": 15})
        contract._regenerate_installments()
        rows = contract.installment_ids.sorted("date_from")
        self.assertEqual((rows[1].date_from, rows[1].date_to), (date(2026, 2, 1), date(2026, 2, 14)))
        self.assertEqual(rows[1].price_subtotal, 45.16)  # 14 of the 31 days from 15 January
        for before, after in pairwise(rows):
            self.assertEqual((after.date_from - before.date_to).days, 1)

    def test_difference_dialog_shows_then_does(self):
        contract = self.make_contract(date_end=date(2026, 3, 31))
        contract.line_ids.with_context(subscription_settle=LATER).price_unit = 150.0
        self.assertTrue(contract.plan_outdated)
        change = self.env["subscription.plan.change"].browse(contract.action_regenerate()["res_id"])
        self.assertEqual(change.line_ids.mapped("kind"), ["changed"] * 3)
        self.assertEqual(change.line_ids[0].old_subtotal, 100.0)
        self.assertEqual(change.line_ids[0].new_subtotal, 150.0)
        change.action_confirm()
        self.assertEqual(set(contract.installment_ids.mapped("price_unit")), {150.0})

    def test_difference_dialog_does_nothing_that_it_did_not_show(self):
        contract = self.make_contract(date_end=date(2026, 3, 31))
        contract.line_ids.with_context(subscription_settle=LATER).price_unit = 150.0
        change = self.env["subscription.plan.change"].browse(contract.action_regenerate()["res_id"])
        contract.line_ids.with_context(subscription_settle=LATER).price_unit = 160.0
        with self.assertRaisesRegex(UserError, "has changed since"):
            change.action_confirm()
        self.assertEqual(set(contract.installment_ids.mapped("price_unit")), {100.0})

    def test_difference_dialog_sees_every_figure_of_a_new_row(self):
        contract = self.make_contract(date_end=date(2026, 3, 31))
        contract.installment_ids.sudo().with_context(subscription_ledger=LEDGER).unlink()
        change = self.env["subscription.plan.change"].browse(contract.action_regenerate()["res_id"])
        self.assertEqual(change.line_ids.mapped("kind"), ["added"] * 3)
        # Neither first day nor unit price of the new rows changes by it.
        contract.line_ids.with_context(subscription_settle=LATER).billing_timing = "arrears"
        with self.assertRaisesRegex(UserError, "has changed since"):
            change.action_confirm()

    def test_line_taken_away_loses_its_planned_rows_only(self):
        contract = self.make_contract([{}, {"price_unit": 5.0}], date_end=date(2026, 3, 31))
        self.bill(date(2026, 1, 1))
        contract.line_ids[1].active = False
        contract._regenerate_installments()
        rows = contract.with_context(active_test=False).line_ids[1].installment_ids
        self.assertEqual(rows.mapped("state"), ["invoiced"])

    def test_query_count_does_not_grow_with_the_contracts(self):
        few = self.env["subscription.contract"].union(*(self.make_contract(activate=False) for _i in range(2)))
        many = self.env["subscription.contract"].union(*(self.make_contract(activate=False) for _i in range(30)))
        self.env.flush_all()
        counts = []
        for contracts in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            contracts.action_activate()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        # 29 × 13 rows more are a few more INSERTs of 100 and 1000 rows, not a query each
        self.assertLess(counts[1] - counts[0], 15, counts)

    def test_settling_what_did_not_change_takes_a_handful_of_queries_for_any_number_of_contracts(self):
        contracts = self.env["subscription.contract"].union(*(self.make_contract() for _i in range(40)))
        contracts[0].installment_ids[3].action_skip("Goodwill")
        contracts[1].action_pause(date(2026, 3, 1))
        self.bill(date(2026, 2, 1))
        counts = []
        for some in (contracts[:4], contracts[:4], contracts):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            change = some.browse(some.ids)._settle()
            self.assertFalse(change.added or change.changed or change.removed)
            counts.append(self.env.cr.sql_log_count - before)
        # The first time more is read, which Odoo keeps for the whole process.
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[1], 20)

    def test_many_contracts_are_settled_in_pieces(self):
        contracts = self.env["subscription.contract"].union(*(self.make_contract() for _i in range(5)))
        contracts.line_ids.with_context(subscription_settle=LATER).price_unit = 150.0
        with patch("odoo.addons.subscription_mgmt.models.contract.settlement.PIECE", 2):
            change = contracts._settle()
        self.assertEqual({row.contract_id for row, _values in change.changed}, set(contracts))
        self.assertEqual(set(contracts.installment_ids.mapped("price_unit")), {150.0})

    def test_the_amount_is_that_of_the_figures_as_they_are_kept(self):
        contract = self.make_contract(date_end=date(2026, 1, 31))
        rows = self.env["subscription.installment"].sudo().with_context(subscription_ledger=LEDGER)
        row = rows.create(
            {
                "contract_id": contract.id,
                "line_id": contract.line_ids.id,
                "date_from": date(2026, 2, 1),
                "date_to": date(2026, 2, 28),
                "date_invoice": date(2026, 2, 1),
                "quantity": 100.004,
                "price_unit": 0.33,
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((row.quantity, row.price_subtotal), (100.0, 33.0))
        self.assertEqual((row.company_id, row.partner_id), (contract.company_id, contract.partner_id))
        self.assertEqual((row.currency_id, row.product_id), (contract.currency_id, contract.line_ids.product_id))
