"""Rules of a contract that could be broken without a test noticing."""

from odoo.tests import tagged

from ...models.contract.lifecycle import CLOSE
from .fault_common import FaultCommon, day

JANUARY, FEBRUARY = day(1, 1), day(2, 1)


@tagged("post_install", "-at_install")
class TestFaultsRules(FaultCommon):
    def test_rule_h_nothing_of_a_line_without_proration_comes_back(self):
        contract = self.make_contract([{"prorate": False}])
        self.bill_on(JANUARY)
        self.pause(contract, day(1, 5), day(1, 9))
        self.close(contract, day(1, 10))
        self.assertFalse(self.bill_on(day(1, 11)))
        self.assertEqual(self.get_net(contract), 100.0)

    def test_rule_h_a_line_without_proration_is_charged_in_full_for_a_period_with_one_day(self):
        contract = self.make_contract([{"prorate": False}], date_end=FEBRUARY)
        self.bill_on(JANUARY, FEBRUARY)
        self.assertEqual(self.get_net(contract), 200.0)

    def test_rule_h_a_horizon_that_moved_back_cuts_off_no_planned_rows(self):
        with self.at(JANUARY):
            contract = self.make_contract()
            rows = contract.installment_ids
            self.company.subscription_horizon_months = 3
            contract._settle()
            self.assertEqual(contract.installment_ids, rows)
            contract.line_ids.price_unit = 120.0
        self.assertEqual(contract.installment_ids, rows)
        self.assertEqual(set(rows.mapped("price_subtotal")), {120.0})

    def test_rule_h_an_ended_contract_closes_only_when_its_plan_is_billed(self):
        contract = self.make_contract([{"billing_timing": "arrears"}], date_end=day(1, 31))
        self.assertNotIn(contract, self.carry_out(CLOSE, day(2, 2)))
        self.assertEqual(contract.state, "active")
        self.bill_on(day(2, 2))
        self.assertIn(contract, self.carry_out(CLOSE, day(2, 3)))
        self.assertEqual((contract.state, contract.date_closed), ("closed", day(1, 31)))

    def test_rule_h_a_paused_contract_has_no_mrr(self):
        contract = self.make_contract()
        with self.at(day(1, 10)):
            contract.action_pause()
            self.assertEqual(contract.mrr, 0.0)
            contract.action_resume()
            self.assertEqual(contract.mrr, 100.0)
