from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.billing.background import POST
from ..common import SubscriptionCommon
from ..tools.cases import case


@tagged("post_install", "-at_install")
class TestBilling(SubscriptionCommon):
    def test_due_row_becomes_a_posted_invoice(self):
        term = self.env["account.payment.term"].create(
            {"name": "30 days", "line_ids": [Command.create({"nb_days": 30, "value_amount": 100})]}
        )
        contract = self.make_contract([{"quantity": 2, "discount": 10}], payment_term_id=term.id)
        run = self.bill(date(2026, 1, 1))
        move = run.move_ids
        self.assertRecordValues(
            move,
            [
                {
                    "move_type": "out_invoice",
                    "state": "posted",
                    "partner_id": self.customer.id,
                    "invoice_date": date(2026, 1, 1),
                    "invoice_date_due": date(2026, 1, 31),
                    "invoice_origin": contract.name,
                    "amount_untaxed": 180.0,
                    "amount_tax": 36.0,
                    "amount_total": 216.0,
                }
            ],
        )
        self.assertEqual(move.invoice_line_ids.name, "Internet\n01/01/2026 – 01/31/2026")
        self.assertEqual((run.contract_count, run.installment_count, run.move_count), (1, 1, 1))
        self.assertEqual((run.amount_untaxed, run.amount_total, run.state), (180.0, 216.0, "done"))

    def test_period_is_written_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.customer.lang = "tr_TR"
        self.make_contract()
        self.assertIn("01.01.2026 – 31.01.2026", self.bill(date(2026, 1, 1)).move_ids.invoice_line_ids.name)

    def test_row_and_invoice_know_each_other(self):
        contract = self.make_contract([{}, {"price_unit": 7.0}])
        move = self.bill(date(2026, 1, 1)).move_ids
        billed = contract.installment_ids.filtered(lambda row: row.state == "invoiced")
        self.assertEqual(billed.invoice_line_id, move.invoice_line_ids)
        for row in billed:
            self.assertEqual(row.invoice_line_id.price_unit, row.price_unit)
        self.assertEqual(move.subscription_contract_ids, contract)
        self.assertEqual(contract.invoice_ids, move)
        self.assertEqual(self.env["account.move"].search([("subscription_contract_ids", "in", contract.ids)]), move)

    def test_billing_three_times_on_the_day_bills_once(self):
        """ID-01: the scheduler runs several times on the billing day."""
        contract = self.make_contract()
        moves = [self.bill(date(2026, 1, 1)).move_count for _i in range(3)]
        self.assertEqual(moves, [1, 0, 0])
        self.assertEqual(contract.invoice_count, 1)

    def test_backlog_is_billed_whole(self):
        contract = self.make_contract()
        self.bill(date(2026, 4, 15))
        self.assertEqual(contract.installment_ids.mapped("state").count("invoiced"), 4)
        self.assertEqual(contract.date_next_invoice, date(2026, 5, 1))

    def test_only_active_contracts_are_billed(self):
        with freeze_time("2026-01-20"):
            paused = self.make_contract()
            paused.action_pause(date(2026, 1, 20))
        self.assertTrue(paused.installment_ids)
        self.assertFalse(self.bill(date(2026, 1, 20)))
        self.make_contract(activate=False)
        self.assertFalse(self.bill(date(2026, 1, 20)))

    def test_billing_mode_draft_leaves_the_invoice_in_draft(self):
        self.make_contract(billing_mode="draft")
        self.assertEqual(self.bill(date(2026, 1, 1)).move_ids.state, "draft")

    def test_deleted_draft_puts_its_rows_back(self):
        contract = self.make_contract(billing_mode="draft")
        self.bill(date(2026, 1, 1)).move_ids.unlink()
        self.assertNotIn("invoiced", contract.installment_ids.mapped("state"))
        self.assertEqual(self.bill(date(2026, 1, 1)).installment_count, 1)

    def test_credit_note_and_cancelling_leave_the_rows_billed(self):
        contract = self.make_contract()
        move = self.bill(date(2026, 1, 1)).move_ids
        move._reverse_moves(cancel=True)
        self.assertFalse(self.bill(date(2026, 1, 1)))
        self.assertEqual(contract.invoice_count, 2, "the credit note is shown too")
        other = self.make_contract(billing_mode="draft")
        self.bill(date(2026, 1, 1)).move_ids.button_cancel()
        self.assertFalse(self.bill(date(2026, 1, 1)))
        self.assertIn("invoiced", other.installment_ids.mapped("state"))

    def test_one_invoice_per_contract(self):
        self.make_contract([{}, {}])
        self.make_contract()
        moves = self.bill(date(2026, 1, 1)).move_ids
        self.assertEqual(sorted(len(move.invoice_line_ids) for move in moves), [1, 2])

    def test_one_invoice_for_all_contracts_of_the_customer(self):
        """WSM-22: group invoicing, to the account chosen as invoice customer."""
        payer = self.env["res.partner"].create({"name": "Payer", "subscription_group_invoice": True})
        contracts = self.make_contract(invoice_partner_id=payer.id) + self.make_contract(invoice_partner_id=payer.id)
        move = self.bill(date(2026, 1, 1)).move_ids
        self.assertEqual((len(move), move.partner_id), (1, payer))
        sections = move.invoice_line_ids.filtered(lambda line: line.display_type == "line_section")
        self.assertEqual(sections.mapped("name"), contracts.mapped("display_name"))
        self.assertEqual(move.subscription_contract_ids, contracts)

    def test_group_invoice_is_not_split_by_the_batch_size(self):
        payer = self.env["res.partner"].create({"name": "Payer", "subscription_group_invoice": True})
        for partner in (payer, self.customer, payer):
            self.make_contract(invoice_partner_id=partner.id)
        with patch("odoo.addons.subscription_mgmt.models.billing.subscription_billing_run.BILL_BATCH", 1):
            moves = self.bill(date(2026, 1, 1)).move_ids
        self.assertEqual(len(moves), 2)

    def test_invoice_with_and_without_term_keep_their_own_due_date(self):
        term = self.env["account.payment.term"].create(
            {"name": "30 days", "line_ids": [Command.create({"nb_days": 30, "value_amount": 100})]}
        )
        for payment_term in (term, self.env["account.payment.term"], term):
            self.make_contract(payment_term_id=payment_term.id)
        moves = self.bill(date(2026, 1, 1)).move_ids
        self.assertEqual(
            sorted(moves.mapped("invoice_date_due")), [date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 31)]
        )
        for move in moves:
            receivable = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
            self.assertEqual(receivable.date_maturity, move.invoice_date_due)

    def test_foreign_currency_contract_is_billed_in_its_currency(self):
        currency = self.setup_other_currency("EUR")
        self.make_contract(currency_id=currency.id)
        self.assertEqual(self.bill(date(2026, 1, 1)).move_ids.currency_id, currency)

    def test_analytic_distribution_of_the_line(self):
        account = self.env["account.analytic.account"].create(
            {"name": "A", "plan_id": self.env["account.analytic.plan"].search([], limit=1).id}
        )
        self.make_contract([{"analytic_distribution": {str(account.id): 100}}])
        line = self.bill(date(2026, 1, 1)).move_ids.invoice_line_ids
        self.assertEqual(line.analytic_distribution, {str(account.id): 100})

    def test_bill_wizard_counts_then_bills(self):
        contract, other = self.make_contract(), self.make_contract()
        with Form(self.env["subscription.bill"].with_context(default_contract_ids=contract.ids)) as form:
            form.date_ref = date(2026, 1, 1)
            self.assertEqual((form.contract_count, form.installment_count, form.amount), (1, 1, 100.0))
        run = self.env["subscription.billing.run"].browse(form.save().action_bill()["res_id"])
        self.assertEqual(run.move_ids.subscription_contract_ids, contract)
        self.assertEqual(other.invoice_count, 0)
        with self.assertRaisesRegex(UserError, "Nothing is due"):
            form.save().action_bill()

    def test_query_count_per_invoice_falls_with_the_batch(self):
        counts = []
        for number in (5, 40):
            for _i in range(number):
                self.make_contract(billing_mode="draft", date_start=date(2026, 1, 1))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.bill(date(2026, 1, 1)).move_count, number)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess((counts[1] - counts[0]) / 35, 10, counts)

    # === RIGHT DAY === #
    def test_today_is_the_companys_day(self):
        contract = self.make_contract()
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due")
        for zone, billed in (("UTC", 0), ("Europe/Istanbul", 1)):
            self.company.partner_id.tz = zone
            # 31 December 22:30 UTC is 1 January 01:30 in Istanbul
            with freeze_time(datetime(2025, 12, 31, 22, 30)), self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertEqual(contract.invoice_count, billed, zone)

    def test_tz01_scheduler_runs_around_local_midnight(self):
        """Kolkata is 5:30 ahead: its 1 March begins at 18:30 UTC; billed then, and never again."""
        inputs, expected = case("TZ-01")
        self.company.partner_id.tz = inputs["tz"]
        contract = self.make_contract(date_start=date(2023, 3, 1), date_end=date(2023, 3, 31))
        found = []
        for moment in inputs["scheduler_runs_utc"]:
            with freeze_time(datetime.fromisoformat(moment)), self.enter_registry_test_mode():
                self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()
            found.append(contract.invoice_count)
        self.assertEqual(found, expected["invoices_after"])

    def test_today_over_changes_of_the_clock(self):
        for zone, utc, day in (
            ("Europe/Bucharest", datetime(2026, 3, 28, 21, 59), date(2026, 3, 28)),
            ("Europe/Bucharest", datetime(2026, 3, 28, 22, 0), date(2026, 3, 29)),  # the day clocks go forward
            ("Europe/Bucharest", datetime(2026, 3, 29, 20, 59), date(2026, 3, 29)),
            ("Europe/Bucharest", datetime(2026, 3, 29, 21, 0), date(2026, 3, 30)),
            ("Europe/Bucharest", datetime(2026, 10, 24, 21, 0), date(2026, 10, 25)),  # and back
            ("Europe/Bucharest", datetime(2026, 10, 25, 21, 59), date(2026, 10, 25)),
            ("America/Los_Angeles", datetime(2015, 3, 8, 9, 59), date(2015, 3, 8)),
            ("America/Los_Angeles", datetime(2015, 3, 9, 6, 59), date(2015, 3, 8)),
            ("Pacific/Kiritimati", datetime(2026, 1, 1, 10, 0), date(2026, 1, 2)),
        ):
            self.company.partner_id.tz = zone
            with self.subTest(zone=zone, utc=utc), freeze_time(utc):
                self.assertEqual(self.company._subscription_today(), day)

    def test_what_is_due_is_found_as_contract_by_contract(self):
        contracts = self.make_contract()
        contracts += self.make_contract(date_start=date(2026, 3, 1))
        contracts += self.make_contract([{"billing_timing": "arrears"}])
        contracts += self.make_contract(activate=False)
        paused, closed = self.make_contract(), self.make_contract()
        paused._pause_unpaid(date(2026, 1, 1), "Not paid")
        closed.action_close(date(2026, 1, 31), self.reason)
        contracts += paused + closed
        runs = self.env["subscription.billing.run"]
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 1), date(2026, 6, 1)):
            found = contracts.search(runs._get_due_domain(self.company, day)) & contracts
            self.assertEqual(found, contracts.search(runs._get_due_domain(self.company, day, contracts)), day)
        self.assertTrue(found)

    # === CRON === #
    @freeze_time("2026-01-01")
    def test_cron_bills_and_posts_and_stays_quiet_when_nothing_is_due(self):
        contract = self.make_contract()
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due")
        for _i in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.assertEqual(contract.invoice_ids.mapped("state"), ["posted"])
        self.assertEqual(self.env["subscription.billing.run"].search_count([("company_id", "=", self.company.id)]), 1)

    @freeze_time("2026-01-01")
    def test_cron_posts_what_an_interrupted_run_left_in_draft(self):
        self.make_contract()
        run = self.env["subscription.billing.run"]._open(self.company, date(2026, 1, 1))
        for batch in run._get_due_batches(self.company, date(2026, 1, 1)):
            run._bill_batch(batch)
        self.assertEqual(run.move_ids.state, "draft")
        with self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()
        self.assertEqual(run.move_ids.state, "posted")

    def test_send_queue_mails_posted_invoices_once(self):
        self.customer.email = "muhasebe@yildiz.example"
        self.make_contract(billing_mode="send")
        with freeze_time("2026-01-01"):
            move = self.bill(date(2026, 1, 1)).move_ids
            queue = move._get_subscription_send_domain(self.company, date(2026, 1, 1))
            self.assertEqual(move.search(queue), move)
            move.is_move_sent = True
            self.assertFalse(move.search(queue))


@tagged("post_install", "-at_install")
class TestParking(SubscriptionCommon):
    """A contract that cannot be billed stops nobody, says why, and is tried again."""

    def poison(self, contract):
        """Make the contract impossible to bill: its customer is archived."""
        partner = self.env["res.partner"].create({"name": "Gone"})
        contract.invoice_partner_id = partner
        partner.active = False

    def test_others_are_billed(self):
        contracts = self.env["subscription.contract"].union(*(self.make_contract() for _i in range(20)))
        for bad in contracts[3], contracts[11]:
            self.poison(bad)
        run = self.bill(date(2026, 1, 1))
        self.assertEqual((run.move_count, run.contract_count, run.parked_count), (18, 18, 2))
        self.assertEqual(run.parked_ids, contracts[3] | contracts[11])
        self.assertEqual(set(run.parked_ids.mapped("billing_error")), {"Customer Gone is archived."})
        self.assertEqual(run.parked_ids.installment_ids.filtered(lambda row: row.state == "invoiced").ids, [])

    def test_unforeseen_failure_is_parked_too(self):
        contracts = self.make_contract() + self.make_contract()
        create = type(self.env["account.move"]).create

        def fail(model, vals_list):
            if any(contracts[0].name in (vals.get("invoice_origin") or "") for vals in vals_list):
                raise ZeroDivisionError("a rate of zero")
            return create(model, vals_list)

        with (
            patch.object(type(self.env["account.move"]), "create", fail),
            mute_logger("odoo.addons.subscription_mgmt.models.common.subscription_parking_mixin"),
        ):
            run = self.bill(date(2026, 1, 1))
        self.assertEqual((run.parked_ids, run.move_count), (contracts[0], 1))
        self.assertEqual(contracts[0].billing_error, "Unexpected problem: a rate of zero")

    def test_parked_contract_waits_longer_each_time_and_tells_once(self):
        contract = self.make_contract()
        self.poison(contract)
        tries, day = [], date(2026, 1, 1)
        for _i in range(5):
            self.bill(day)
            tries.append((contract.billing_next_try - day).days)
            self.assertFalse(self.bill(day), "not tried again before its time")
            day = contract.billing_next_try
        self.assertEqual((tries, contract.billing_attempts), ([1, 2, 4, 7, 7], 5))
        self.assertEqual(len(contract.activity_ids), 1)
        self.assertIn("Customer Gone is archived.", contract.activity_ids.note)

    def test_the_night_gives_its_reasons_in_the_language_of_who_bills(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.env.user.lang = "tr_TR"
        customer = self.env["res.partner"].create({"name": "Giden"})
        contract = self.make_contract(partner_id=customer.id)
        customer.active = False
        with freeze_time("2026-01-01 12:00:00"), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()
        self.assertEqual(contract.billing_error, "Giden müşterisi arşivlenmiş.")

    def test_success_clears_the_reason_and_the_activity(self):
        contract = self.make_contract()
        self.poison(contract)
        run = self.bill(date(2026, 1, 1))
        contract.invoice_partner_id.active = True
        again = self.env["subscription.billing.run"].browse(run.action_retry_parked()["res_id"])
        self.assertEqual(again.move_count, 1)
        self.assertEqual((contract.billing_error, contract.billing_attempts), (False, 0))
        self.assertFalse(contract.activity_ids)

    def test_activity_goes_to_the_responsible(self):
        contract = self.make_contract(user_id=self.env.user.id)
        self.poison(contract)
        self.bill(date(2026, 1, 1))
        self.assertEqual(contract.activity_ids.user_id, self.env.user)

    def test_archived_journal_is_a_reason(self):
        journal = self.company_data["default_journal_sale"].copy()
        no_journal = self.make_contract(journal_id=journal.id)
        journal.active = False
        self.bill(date(2026, 1, 1))
        self.assertIn("is archived", no_journal.billing_error)

    def test_fault_a21_invoice_taken_back_to_draft_is_left_to_the_person(self):
        self.make_contract()
        move = self.bill(date(2026, 1, 1)).move_ids
        move.button_draft()
        self.carry_out(POST, date(2026, 1, 2))
        self.assertEqual(move.state, "draft")

    def test_locked_period_keeps_the_draft_and_tells(self):
        contract = self.make_contract()
        with patch.object(
            type(self.env["account.move"]), "action_post", side_effect=UserError("The period is locked.")
        ):
            move = self.bill(date(2026, 1, 1)).move_ids
        self.assertEqual((move.state, move.subscription_error), ("draft", "The period is locked."))
        self.assertEqual(len(move.activity_ids), 1)
        self.assertEqual(move.activity_ids.user_id, self.env.user)
        self.assertEqual(contract.installment_ids[0].state, "invoiced")
        self.carry_out(POST, date(2026, 1, 2))
        self.assertEqual(move.state, "posted")
        self.assertFalse(move.subscription_error or move.subscription_next_try or move.activity_ids)
