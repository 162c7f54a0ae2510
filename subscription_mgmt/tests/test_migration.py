from datetime import date

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install", "-standard", "migration")
class TestMigration(TransactionCase):
    """A database filled by the last released version (`tests/data/released`), after its update."""

    def contract(self, subject):
        return self.env["subscription.contract"].search([("subject", "=", subject)])

    def test_contracts_keep_why_they_were_not_billed(self):
        parked = self.contract("parked")
        self.assertEqual(parked.billing_error, "The saved card is archived.")
        self.assertEqual((parked.billing_attempts, parked.billing_next_try), (1, date(2026, 2, 2)))
        self.assertFalse(self.contract("running").billing_error)

    def test_a_task_that_was_given_is_closed_by_success(self):
        parked = self.contract("parked")
        self.assertEqual(len(parked.activity_ids), 1)
        self.assertEqual(parked.subscription_parking_ids.activity_id, parked.activity_ids)
        parked._unpark("bill")
        self.assertFalse(parked.activity_ids or parked.billing_error)

    def test_each_step_of_an_invoice_keeps_its_own(self):
        rows = self.env["subscription.parking"].search([("res_model", "=", "account.move")])
        self.assertEqual(
            {(row.step, row.reason) for row in rows},
            {("send", "No e-mail address."), ("charge", "The card was refused.")},
        )

    def test_packages_and_recurrences(self):
        entitlement = self.env["subscription.entitlement"].search([("problem", "!=", False)])
        self.assertEqual(entitlement.problem, "The invoice would be 60.00.")
        recurrence = self.env["subscription.recurrence"].search([("name", "=", "Visit")])
        self.assertEqual(recurrence.subscription_error, "The responsible was archived.")
        self.assertEqual(recurrence.subscription_next_try, date(2026, 2, 2))

    def test_columns_that_nothing_reads_are_gone(self):
        self.env.cr.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_name IN ('subscription_contract', 'account_move', 'subscription_recurrence')"
            "   AND column_name IN ('billing_error', 'billing_attempts', 'subscription_error', 'error', 'next_try')"
        )
        self.assertEqual(self.env.cr.fetchall(), [])

    # === SETTLEMENT === #
    def test_pauses_become_records(self):
        resumed, paused = self.contract("resumed"), self.contract("paused")
        self.assertEqual(resumed.pause_ids.mapped(lambda one: (one.date_from, one.date_to)),
                         [(date(2026, 1, 10), date(2026, 1, 20))])  # fmt: skip
        self.assertEqual((paused.state, paused.pause_ids.date_from, paused.pause_ids.date_to),
                         ("paused", date(2026, 2, 10), False))  # fmt: skip
        self.assertFalse(self.contract("closed").pause_ids, "days after the end were given back, not paused")

    def test_decisions_of_people_become_records(self):
        rows = self.contract("edited by hand").installment_ids.sorted("date_from")
        self.assertEqual(rows.mapped("state")[:4], ["invoiced", "invoiced", "planned", "skipped"])
        self.assertEqual((rows[2].price_unit, rows[2].decision_id.price_unit), (60.0, 60.0))
        self.assertEqual((rows[3].decision_id.is_skip, rows[3].decision_id.reason), (True, "Holiday"))

    def test_no_cent_moves_by_the_update(self):
        for contract in self.env["subscription.contract"].search([("state", "!=", "draft")]):
            change = contract._get_plan_difference(until=max(contract.installment_ids.mapped("date_from")))
            with self.subTest(contract.subject):
                self.assertFalse(change.added or change.removed)
                moved = [
                    values for _row, values in change.changed if {"price_unit", "quantity", "date_to"} & set(values)
                ]
                self.assertFalse(moved)

    # === REVENUE === #
    def test_revenue_has_its_history(self):
        contracts = self.env["subscription.contract"].search([("state", "!=", "draft")])
        self.assertTrue(contracts.mrr_event_ids)
        for day in (date(2026, 1, 5), date(2026, 1, 15), date(2026, 2, 15), date(2026, 6, 1)):
            for company in contracts.company_id:
                self.assertFalse(contracts._find_other_mrr(company, day), day)
        self.env.cr.execute(
            "SELECT FROM information_schema.columns WHERE table_name = 'subscription_contract' AND column_name = 'mrr'"
        )
        self.assertFalse(self.env.cr.fetchall())

    # === WHO OWES WHAT === #
    def test_open_invoices_bear_the_contract_that_they_bill(self):
        open_lines = self.env["account.move.line"].search(
            [
                ("reconciled", "=", False),
                ("display_type", "=", "payment_term"),
                ("parent_state", "=", "posted"),
                ("move_id.line_ids.subscription_installment_ids", "!=", False),
            ]
        )
        self.assertTrue(open_lines)
        for line in open_lines:
            contracts = line.move_id.line_ids.subscription_installment_ids.contract_id
            self.assertEqual(line.subscription_owner, contracts.id if len(contracts) == 1 else 0)
