from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.subscription_mgmt.models.importing import activation as subscription_import_activation

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-10")
class TestImportActivation(ImportCommon):
    """Contracts of an import are put in force: few at once, many by the server."""

    def import_numbers(self, *numbers, **values):
        rows = [self.row(number=number, **values) for number in numbers]
        return self.load(*rows).import_batch_id

    def activate_in_background(self, batch):
        with patch.object(subscription_import_activation, "FOREGROUND_CONTRACTS", 0):
            self.assertTrue(batch.action_activate())
        self.assertTrue(batch.is_activating)

    def batches_of(self, size):
        job = subscription_import_activation.ACTIVATE._replace(size=size)
        return patch.object(subscription_import_activation, "ACTIVATE", job)

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_import_activate").method_direct_trigger()

    def test_few_at_once(self):
        batch = self.import_numbers("AB-1", "AB-2")
        self.assertTrue(batch.action_activate())
        self.assertEqual(batch.contract_ids.mapped("state"), ["active", "active"])
        self.assertTrue(batch.contract_ids.installment_ids)
        self.assertFalse(batch.is_activating)

    def test_more_than_a_year_asks_first(self):
        batch = self.import_numbers("AB-1", date_start="01.01.2020")
        action = batch.action_activate()
        self.assertEqual(action["res_model"], "subscription.contract.activate")
        self.assertEqual(batch.contract_ids.state, "draft")

    def test_many_by_the_server_batch_by_batch(self):
        batch = self.import_numbers("AB-1", "AB-2", "AB-3")
        self.activate_in_background(batch)
        self.assertEqual(batch.contract_ids.mapped("state"), ["draft"] * 3)
        self.assertEqual((batch.progress, batch.progress_text), (0, "3 contracts are still to be put in force"))
        with self.assertRaisesRegex(UserError, "Wait"):
            batch.action_undo()
        with self.batches_of(2):
            self.run_cron()
        self.assertEqual(batch.contract_ids.mapped("state"), ["active"] * 3)
        self.assertTrue(all(contract.installment_ids for contract in batch.contract_ids))
        self.assertEqual((batch.is_activating, batch.message), (False, False))

    def test_goes_on_where_time_was_up(self):
        for size, left in ((2, 1), (3, 0)):
            batch = self.import_numbers(*(f"T{size}-{number}" for number in range(3)))
            self.activate_in_background(batch)
            self.assertEqual(self.run_out_of_time(size), left + 1, "Odoo comes back for what is left, and to close it")
            self.assertEqual((batch.is_activating, batch.draft_count), (True, left))
            self.run_cron()
            self.assertEqual((batch.is_activating, batch.draft_count), (False, 0))

    def run_out_of_time(self, size):
        """Run the job until its time is up after so many contracts; returns what it says is left."""
        left = []

        def commit(_cron, processed=0, *, remaining=None):
            left.append(left[-1] - processed if remaining is None else remaining)
            return 0

        with (
            self.batches_of(size),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit),
        ):
            self.env["subscription.import.batch"].with_user(SUPERUSER_ID)._cron_activate()
        return left[-1]

    def test_what_cannot_be_put_in_force_stops_no_other(self):
        batch = self.import_numbers("AB-1", "AB-2", "AB-3")
        first, second, third = batch.contract_ids.sorted("name")
        first.date_start = "2020-01-01"  # its line moves with it
        second.line_ids.price_unit = 0
        self.activate_in_background(batch)
        self.run_cron()
        self.assertEqual([contract.state for contract in (first, second, third)], ["draft", "draft", "active"])
        self.assertFalse(batch.is_activating)
        heading, *lines = batch.message.splitlines()
        self.assertIn("Some contracts stay drafts", heading)
        self.assertIn("AB-1: more than a year", lines[0])
        self.assertIn("AB-2: Contract AB-2 has no price", lines[1])
        second.line_ids.price_unit = 5
        first.line_ids.paid_until = "2025-12-31"
        self.activate_in_background(batch)
        self.run_cron()
        self.assertEqual((batch.draft_count, batch.message), (0, False))

    def test_what_stays_a_draft_is_not_tried_again_and_again(self):
        """However little time there is each time, the contracts behind those at fault get their turn."""
        batch = self.import_numbers("AB-1", "AB-2", "AB-3")
        for contract in batch.contract_ids.sorted("name")[:2]:
            contract.date_start = "2020-01-01"
        self.activate_in_background(batch)
        self.assertEqual([self.run_out_of_time(1) for _turn in range(3)], [3, 2, 1])
        self.assertEqual(batch.contract_ids.sorted("name").mapped("state"), ["draft", "draft", "active"])
        self.run_cron()
        self.assertFalse(batch.is_activating)
        self.assertEqual(len(batch.message.splitlines()), 3)

    def test_reasons_are_in_the_language_of_who_imported(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.env["ir.module.module"].search([("name", "=", "subscription_mgmt")])._update_translations(["tr_TR"])
        batch = self.import_numbers("AB-1", date_start="01.01.2020")
        batch.sudo().user_id = self._make_user("manager")
        batch.user_id.lang = "tr_TR"
        self.activate_in_background(batch)
        self.run_cron()
        self.assertIn("Bazı sözleşmeler taslak kaldı", batch.message)

    def test_many_reasons_are_cut(self):
        batch = self.import_numbers("AB-1", "AB-2", "AB-3", date_start="01.01.2020")
        self.activate_in_background(batch)
        with patch.object(subscription_import_activation, "MAX_SHOWN", 2):
            self.run_cron()
        self.assertEqual(len(batch.message.splitlines()), 1 + 2)

    def test_what_nobody_foresaw_stops_no_other(self):
        batch = self.import_numbers("AB-1", "AB-2")
        contracts = type(batch.contract_ids)
        original = contracts._get_backlog_dates

        def fail(records):
            if "AB-1" in records.mapped("name"):
                raise ValidationError(reason)
            return original(records)

        reason = "Beyond the calendar"
        self.activate_in_background(batch)
        with patch.object(contracts, "_get_backlog_dates", fail):
            self.run_cron()
        self.assertEqual(batch.contract_ids.sorted("name").mapped("state"), ["draft", "active"])
        self.assertIn("AB-1: Beyond the calendar", batch.message)
        self.assertFalse(batch.is_activating)

    def test_what_people_did_meanwhile_is_no_problem(self):
        batch = self.import_numbers("AB-1", "AB-2")
        first, second = batch.contract_ids.sorted("name")
        first.date_start = "2020-01-01"
        self.activate_in_background(batch)
        first.action_activate()
        second.unlink()
        self.run_cron()
        self.assertEqual((first.state, batch.message, batch.is_activating), ("active", False, False))

    def test_stopped_by_hand(self):
        batch = self.import_numbers("AB-1", "AB-2", "AB-3")
        self.activate_in_background(batch)
        self.run_out_of_time(1)
        batch.action_stop()
        self.run_cron()
        self.assertEqual((batch.state, batch.is_activating, batch.draft_count), ("done", False, 2))
        self.activate_in_background(batch)
        self.run_cron()
        self.assertEqual((batch.is_activating, batch.draft_count), (False, 0))

    def test_a_company_that_is_switched_off_is_passed_by(self):
        batch = self.import_numbers("AB-1")
        self.activate_in_background(batch)
        self.company.subscription_enabled = False
        self.run_cron()
        self.assertEqual((batch.is_activating, batch.contract_ids.state), (True, "draft"))
        self.company.subscription_enabled = True
        self.run_cron()
        self.assertEqual((batch.is_activating, batch.contract_ids.state), (False, "active"))

    def test_only_managers_start_it(self):
        batch = self.import_numbers("AB-1", "AB-2")
        clerk = self._make_user("editor")
        for most in (0, 500):
            with (
                patch.object(subscription_import_activation, "FOREGROUND_CONTRACTS", most),
                self.assertRaises(AccessError),
            ):
                batch.with_user(clerk).action_activate()

    def test_the_page_shows_how_far_it_is(self):
        wizard = self.wizard(self.workbook(self.row()))
        wizard.action_import()
        with patch.object(subscription_import_activation, "FOREGROUND_CONTRACTS", 0):
            action = wizard.action_activate()
        self.assertEqual((action["res_model"], action["res_id"]), ("subscription.import.batch", wizard.batch_id.id))
