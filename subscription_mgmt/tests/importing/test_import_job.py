from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.subscription_mgmt.models.importing import write as subscription_import_write
from odoo.addons.subscription_mgmt.models.importing.subscription_import_progress import SubscriptionImportProgress
from odoo.addons.subscription_mgmt.wizards.importing import subscription_import

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportJob(ImportCommon):
    """The import in the background: watched, stopped, failed; killed it is in test_import_processes."""

    def start(self, *rows, good_only=False, **values):
        """Check a file and start it with the threshold at zero; returns the receipt, which waits for the cron."""
        wizard = self.check(*rows, **values)
        with patch.object(subscription_import, "FOREGROUND_RECORDS", 0):
            action = wizard.action_start_good() if good_only else wizard.action_start()
        batch = self.env["subscription.import.batch"].browse(action["res_id"])
        self.assertEqual((batch.state, wizard.batch_id), ("queued", batch))
        return batch

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_import").method_direct_trigger()

    def contracts(self):
        return self.env["subscription.contract"].search([("name", "in", ("AB-1", "AB-2"))])

    def test_a_small_file_is_imported_at_once(self):
        wizard = self.check(self.row())
        self.assertIs(wizard.action_start(), True)
        self.assertEqual((wizard.batch_id.state, len(self.contracts())), ("done", 1))

    def test_a_big_file_waits_for_the_server(self):
        batch = self.start(self.row(), self.row(number="AB-2"))
        self.assertFalse(self.contracts())
        self.assertEqual(batch.progress_text, "Waiting for the server…")
        self.run_cron()
        self.assertRecordValues(
            batch, [{"state": "done", "done_count": 2, "row_count": 2, "progress": 100.0, "progress_text": ""}]
        )
        self.assertEqual(batch.contract_ids, self.contracts())
        self.assertEqual(batch.contract_ids.create_uid, self.env.user)

    def test_the_choices_on_the_page_hold_in_the_background(self):
        batch = self.start(
            self.row(corporate_customer=str(self.customer.id), price="1.234"), id_mode="database", decimal_sign=","
        )
        self.run_cron()
        self.assertEqual(batch.contract_ids.partner_id, self.customer)
        self.assertEqual(batch.contract_ids.line_ids.price_unit, 1234)

    def test_progress_is_reported_after_every_chunk(self):
        reports = []
        original = SubscriptionImportProgress._report

        def report(progress, **values):
            reports.append(values.get("done_count"))
            return original(progress, **values)

        self.start(*(self.row(number=f"N{number}") for number in range(5)))
        with (
            patch.object(SubscriptionImportProgress, "_report", report),
            patch.object(subscription_import_write, "CHUNK", 2),
        ):
            self.run_cron()
        self.assertEqual(reports, [0, 0, 2, 4, 5])

    def test_stopped_before_it_began(self):
        batch = self.start(self.row())
        batch.action_stop()
        self.run_cron()
        self.assertEqual((batch.state, batch.message), ("stopped", "Stopped before it began."))
        self.assertFalse(self.contracts())
        with self.assertRaisesRegex(UserError, "over already"):
            batch.action_stop()

    def test_stopped_in_between_nothing_is_kept(self):
        batch = self.start(self.row(), self.row(number="AB-2"))
        original = SubscriptionImportProgress._report

        def report(progress, **values):
            if values.get("done_count") == 1:
                progress.sudo().stop_requested = True
                progress.flush_recordset()
            return original(progress, **values)

        with (
            patch.object(SubscriptionImportProgress, "_report", report),
            patch.object(subscription_import_write, "CHUNK", 1),
        ):
            self.run_cron()
        self.assertEqual((batch.state, batch.done_count), ("stopped", 0))
        self.assertFalse(self.contracts())
        self.assertIn("Nothing was kept", batch.message)

    def test_started_again_after_a_stop(self):
        batch = self.start(self.row())
        batch.action_stop()
        batch.action_retry()
        self.run_cron()
        self.assertEqual((batch.state, batch.message, len(self.contracts())), ("done", False, 1))
        with self.assertRaisesRegex(UserError, "started again"):
            batch.action_retry()

    def test_what_was_interrupted_is_said_and_not_repeated(self):
        batch = self.start(self.row())
        batch.progress_ids.sudo().date_start = "2026-01-01 10:00:00"
        self.run_cron()
        self.assertEqual(batch.state, "failed")
        self.assertIn("interrupted", batch.message)
        self.assertFalse(self.contracts())

    def test_what_ran_out_of_time_names_the_limit(self):
        for own, general, shown in ((-1, 90, "90 seconds"), (600, 90, "600 seconds"), (0, 90, "")):
            with patch.dict(config.options, {"limit_time_real_cron": own, "limit_time_real": general}):
                batch = self.start(self.row())
                batch.progress_ids.sudo().date_start = "2026-01-01 10:00:00"
                self.run_cron()
            self.assertEqual((shown in batch.message, "limit_time" in batch.message), (True, bool(shown)))

    def test_a_file_that_went_bad_meanwhile(self):
        batch = self.start(self.row(), self.row(number="AB-2"))
        self.customer.active = False
        self.run_cron()
        self.assertEqual(batch.state, "failed")
        self.assertIn("Row 3, Kurumsal Müşteri ID*, 9001", batch.message)
        self.assertTrue(batch.error_file)
        self.assertFalse(self.contracts())

    def test_rights_are_looked_at_again(self):
        batch = self.start(self.row())
        batch.user_id.group_ids -= self.env.ref("subscription_mgmt.group_subscription_manager")
        self.run_cron()
        self.assertEqual(batch.state, "failed")
        self.assertFalse(self.contracts())
        self.assertEqual(batch.activity_ids.user_id, batch.user_id, "who started it hears of it")

    def test_of_a_company_that_was_switched_off_waits(self):
        batch = self.start(self.row())
        self.company.subscription_enabled = False
        self.run_cron()
        self.assertEqual((batch.state, len(self.contracts())), ("queued", 0))
        self.company.subscription_enabled = True
        self.run_cron()
        self.assertEqual((batch.state, len(self.contracts())), ("done", 1))

    def test_the_good_rows_in_the_background(self):
        batch = self.start(self.row(), self.row(number="AB-2", product="XX"), good_only=True)
        self.run_cron()
        self.assertEqual((batch.state, batch.done_count, batch.skipped_count), ("done", 1, 1))
        self.assertEqual(self.contracts().mapped("name"), ["AB-1"])
        self.assertTrue(batch.error_file)

    def test_an_unchecked_file_is_not_started(self):
        wizard = self.wizard(self.workbook(self.row()))
        with patch.object(subscription_import, "FOREGROUND_RECORDS", -1), self.assertRaisesRegex(UserError, "Check"):
            wizard.action_start()

    def test_several_files_one_after_the_other(self):
        first, second = self.start(self.row()), self.start(self.row(number="AB-2"))
        self.run_cron()
        self.assertEqual((first.state, second.state), ("done", "done"))
