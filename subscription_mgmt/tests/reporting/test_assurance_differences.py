from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from ...models.reporting.comparison import COMPARE
from .assurance_common import AssuranceCommon

JANUARY, FEBRUARY = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))


@tagged("post_install", "-at_install")
class TestAssuranceDifferences(AssuranceCommon):
    """What is found when plan and invoices say something else than the terms, and what is none of that."""

    @freeze_time("2026-01-10")
    def setUp(self):
        super().setUp()
        self.contract = self.make_contract(date_end=date(2026, 12, 31))
        self.bill(date(2026, 1, 10))
        self.rows = self.contract.installment_ids.sorted("date_from")

    def look(self, day=date(2026, 1, 10)):
        return self.compare(self.contract, day)

    # === WHAT IS FOUND === #
    def test_row_that_is_missing(self):
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", self.rows[1].id)
        found = self.look()
        self.assertFound(found, ("missing", *FEBRUARY, 100.0, 0.0))
        self.assertEqual((found.contract_id, found.amount, found.date_invoice), (self.contract, 100.0, FEBRUARY[0]))

    def test_fault_a35_price_that_the_plan_does_not_know(self):
        self.tamper("UPDATE subscription_contract_line SET price_unit = 80 WHERE contract_id = %s", self.contract.id)
        found = self.look()
        self.assertEqual(len(found), 11, "every month that is not billed")
        self.assertFound(found[:1], ("other", *FEBRUARY, 80.0, 100.0))

    def test_billing_date_that_nobody_decided(self):
        self.tamper("UPDATE subscription_installment SET date_invoice = '2026-02-20' WHERE id = %s", self.rows[1].id)
        found = self.look()
        self.assertFound(found, ("other", *FEBRUARY, 100.0, 100.0))
        self.assertEqual(found.date_invoice, date(2026, 2, 1), "as agreed")

    def test_row_without_service(self):
        self.tamper("UPDATE subscription_contract SET date_end = '2026-11-30' WHERE id = %s", self.contract.id)
        self.assertFound(self.look(), ("extra", date(2026, 12, 1), date(2026, 12, 31), 0.0, 100.0))

    def test_billed_days_without_service(self):
        self.tamper(
            "INSERT INTO subscription_pause (contract_id, company_id, date_from, date_to, mode, cause) "
            "VALUES (%s, %s, '2026-01-22', '2026-01-31', 'days', 'agreed')",
            self.contract.id,
            self.company.id,
        )
        found = self.look(date(2026, 2, 1))
        self.assertFound(found, ("give_back", date(2026, 1, 22), date(2026, 1, 31), -32.26, 0.0))
        self.assertEqual(found.installment_id, self.rows[0], "the row that is billed")

    def test_credit_that_nothing_asks_for(self):
        with freeze_time("2026-01-12"):
            self.contract.action_close(date(2026, 1, 21), reason=self.reason)
        self.assertFound(self.look(date(2026, 1, 12)))
        self.tamper("UPDATE subscription_installment SET price_unit = -50, price_subtotal = -50 WHERE credited_id = %s",
                    self.rows[0].id)  # fmt: skip
        found = self.look(date(2026, 1, 12))
        self.assertFound(found, ("again", date(2026, 1, 22), date(2026, 1, 31), -32.26, -50.0))

    def test_row_that_was_not_billed_on_its_day(self):
        self.assertFound(self.look(date(2026, 2, 1)))
        self.assertFound(self.look(date(2026, 2, 2)), ("unbilled", *FEBRUARY, 100.0, 0.0))

    def test_contract_that_billing_has_set_aside_is_not_billed_either(self):
        self.contract._park("bill", "Mend me", date(2026, 2, 1))
        self.assertFound(self.look(date(2026, 2, 2)), ("unbilled", *FEBRUARY, 100.0, 0.0))

    def test_days_that_stand_on_two_invoices(self):
        self.bill_on(date(2026, 2, 1))
        self.tamper("UPDATE subscription_installment SET date_from = '2026-01-31' WHERE id = %s", self.rows[1].id)
        self.assertFound(
            self.look(date(2026, 2, 1)).filtered(lambda row: row.kind == "twice"),
            ("twice", date(2026, 1, 31), date(2026, 1, 31), 0.0, 3.45),
        )

    def test_closed_and_archived_contracts_too(self):
        with freeze_time("2026-01-31"):
            self.contract.action_close(reason=self.reason)
            self.contract.active = False
        self.tamper("UPDATE subscription_contract SET date_end = '2026-01-30' WHERE id = %s", self.contract.id)
        self.assertIn(self.contract, self.get_unchecked(date(2026, 2, 1)))
        self.assertFound(self.look(date(2026, 2, 1)), ("give_back", date(2026, 1, 31), date(2026, 1, 31), -3.23, 0.0))

    # === WHAT IS NO DIFFERENCE === #
    def test_what_accounting_did_is_no_difference(self):
        """Credit notes in full and in part, a cancelled invoice, a draft that a person changed."""
        self.bill_on(date(2026, 2, 1), date(2026, 3, 1))
        january, february, march = (row.invoice_id for row in self.rows[:3])
        self.give_credit(january)
        self.give_credit(february, price=10.0)
        march.button_draft()
        march.invoice_line_ids.price_unit = 60.0
        self.assertFound(self.look(date(2026, 3, 2)))
        march.button_cancel()
        self.assertFound(self.look(date(2026, 3, 2)))

    def test_what_a_person_decided_is_no_difference(self):
        self.rows[1].write({"price_unit": 70.0, "date_invoice": date(2026, 2, 10)})
        self.rows[2].action_skip("Free of charge")
        self.assertFound(self.look(date(2026, 2, 5)))

    def test_plan_that_ends_at_its_horizon_is_no_difference(self):
        with freeze_time("2026-01-10"):
            contract = self.make_contract([{}, {"interval": 3}])
            self.bill(date(2026, 1, 10))
        for day in (date(2026, 1, 10), date(2026, 1, 31)):
            self.assertFound(self.compare(contract, day))

    def test_period_that_costs_nothing_is_no_difference(self):
        with freeze_time("2026-01-10"):
            contract = self.make_contract([{}, {"price_unit": 0.0}])
            self.bill(date(2026, 1, 10))
        self.assertFound(self.compare(contract, date(2026, 1, 11)))

    # === COMING AND GOING === #
    def test_difference_goes_when_it_is_mended_and_keeps_its_day_until_then(self):
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", self.rows[1].id)
        first = self.look()
        again = self.look(date(2026, 1, 11))
        self.assertEqual((again, again.date_found), (first, date(2026, 1, 10)))
        with freeze_time("2026-01-11"):
            self.contract._settle()
        self.assertFound(self.look(date(2026, 1, 11)))

    def test_difference_that_grows_stays_the_same_record(self):
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", self.rows[1].id)
        first = self.look()
        self.tamper("UPDATE subscription_contract_line SET price_unit = 80 WHERE contract_id = %s", self.contract.id)
        again = self.look().filtered(lambda row: row.kind == "missing")
        self.assertEqual((again, again.expected, again.amount), (first, 80.0, 80.0))

    def test_update_plan_mends_it(self):
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", self.rows[1].id)
        with freeze_time("2026-01-10"):
            action = self.look().action_update_plan()
            self.env[action["res_model"]].browse(action["res_id"]).action_confirm()
        self.assertFound(self.look())

    # === WHICH CONTRACTS === #
    def get_unchecked(self, date_ref):
        frame = self.env["subscription.batches"].with_company(self.company)
        return self.env["subscription.contract"].search(frame._get_domain(COMPARE, date_ref))

    def rest(self, hours=2):
        """Let the last check be later than everything that was written."""
        self.tamper("UPDATE subscription_assurance_check SET write_date = write_date + %s * interval '1 hour'", hours)

    def test_draft_is_not_looked_at(self):
        draft = self.make_contract(activate=False)
        self.assertNotIn(draft, self.get_unchecked(date(2026, 1, 10)))

    def test_contract_is_looked_at_once_a_day(self):
        self.assertIn(self.contract, self.get_unchecked(date(2026, 1, 10)))
        self.look()
        self.assertNotIn(self.contract, self.get_unchecked(date(2026, 1, 10)))

    def test_contract_that_nothing_happened_to_is_looked_at_once_a_month(self):
        self.look()
        self.rest()
        self.assertNotIn(self.contract, self.get_unchecked(date(2026, 1, 11)))
        self.assertIn(self.contract, self.get_unchecked(date(2026, 2, 7)))

    def test_contract_with_something_late_or_different_is_looked_at_every_night(self):
        self.look()
        self.rest()
        self.assertIn(self.contract, self.get_unchecked(date(2026, 2, 2)), "its row of February waits")
        other = self.make_contract(date_start=date(2026, 6, 1))
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", other.installment_ids[1].id)
        self.compare(other, date(2026, 1, 10))
        self.rest()
        self.assertIn(other, self.get_unchecked(date(2026, 1, 11)))

    def test_contract_is_looked_at_when_anything_of_it_was_written(self):
        self.rows[1].price_unit = 90.0
        with freeze_time("2026-01-10"):
            self.contract.action_pause(date(2026, 3, 1))
        move = self.rows[0].invoice_id
        credit = self.give_credit(move)
        loose = self.give_credit(move, price=1.0)
        self.env.flush_all()
        self.tamper("UPDATE account_move_line SET subscription_origin_line_id = NULL WHERE move_id = %s", loose.id)
        touched = {
            "subscription_contract": self.contract,
            "subscription_contract_line": self.contract.line_ids,
            "subscription_pause": self.contract.pause_ids,
            "subscription_decision": self.rows[1].decision_id,
            "subscription_installment": self.rows[1],
            "account_move": move,
            "account_move as a credit note": credit,
            "account_move as a credit note typed by hand": loose,
        }
        self.look()
        self.rest(hours=24)
        self.assertNotIn(self.contract, self.get_unchecked(date(2026, 1, 11)))
        for name, record in touched.items():
            with self.subTest(name):
                self.tamper(
                    f"UPDATE {record._table} SET write_date = write_date + interval '1 day' WHERE id = %s", record.id
                )
                self.assertIn(self.contract, self.get_unchecked(date(2026, 1, 11)))
                self.tamper(
                    f"UPDATE {record._table} SET write_date = write_date - interval '1 day' WHERE id = %s", record.id
                )

    def test_one_that_cannot_be_compared_stops_no_other(self):
        """A line with a period that does not exist."""
        other = self.make_contract(date_start=date(2026, 6, 1))
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", other.installment_ids[1].id)
        broken = self.contract.line_ids
        self.tamper("UPDATE subscription_contract_line SET interval_unit = 'x' WHERE id = %s", broken.id)
        with self.assertLogs("odoo.addons.subscription_mgmt", "ERROR"):
            self.carry_out(COMPARE, date(2026, 1, 10))
        self.assertEqual(self.contract.subscription_parking_ids.step, "check")
        self.assertTrue(self.env["subscription.assurance.difference"].search([("contract_id", "=", other.id)]))

    # === HOW === #
    def test_number_of_queries_does_not_depend_on_the_number_of_contracts(self):
        def count(n):
            with freeze_time("2026-01-10"):
                contracts = self.contract.union(
                    *(self.make_contract(date_start=date(2026, 1, 1), date_end=date(2026, 12, 31)) for _i in range(n))
                )
                self.bill(date(2026, 1, 10))
            self.tamper(
                "UPDATE subscription_contract_line SET price_unit = 80 WHERE contract_id = ANY(%s)", contracts.ids
            )
            self.compare(contracts, date(2026, 1, 10))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.compare(contracts, date(2026, 1, 10))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(12))

    def test_night_finds_and_page_shows(self):
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", self.rows[1].id)
        self.carry_out(COMPARE, date(2026, 1, 10))
        check = self.env["subscription.assurance"].sudo()._check(self.company, date(2026, 1, 10))
        check = check.filtered(lambda check: check.kind == "settlement")
        self.assertEqual(check.count, 1)
        action = check.action_view_records()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertFound(found, ("missing", *FEBRUARY, 100.0, 0.0))
        self.assertEqual(found.action_open_contract()["res_id"], self.contract.id)

    def test_what_was_mended_is_gone_when_the_page_is_opened(self):
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", self.rows[1].id)
        self.look()
        with freeze_time("2026-01-10"):
            self.contract._settle()
            self.env["subscription.assurance"].with_company(self.company).action_open()
        self.assertFound(self.env["subscription.assurance.difference"].search([]))

    # === WHO === #
    def test_differences_are_written_by_the_system_alone(self):
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", self.rows[1].id)
        found = self.look()
        manager = new_test_user(
            self.env,
            "assurance_manager",
            "base.group_user,subscription_mgmt.group_subscription_manager,subscription_mgmt.group_subscription_billing",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        theirs = found.with_user(manager)
        self.assertEqual(theirs.amount, 100.0)
        for act in (lambda: theirs.write({"found": 100.0}), theirs.unlink, lambda: theirs.create({})):
            with self.assertRaises(AccessError):
                act()

    def test_differences_of_other_companies_are_out_of_sight(self):
        self.tamper("DELETE FROM subscription_installment WHERE id = %s", self.rows[1].id)
        self.look()
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        stranger = new_test_user(
            self.env,
            "assurance_stranger",
            "subscription_mgmt.group_subscription_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for model in ("difference", "check", "month"):
            self.assertFalse(self.env[f"subscription.assurance.{model}"].with_user(stranger).search([]))

    def test_who_may_not_see_subscriptions_does_not_have_them_checked(self):
        nobody = new_test_user(self.env, "assurance_nobody", "base.group_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.env["subscription.assurance"].with_user(nobody).action_open()
