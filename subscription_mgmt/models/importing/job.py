"""The import in the background: one transaction that can be watched and stopped, and leaves nothing when it dies."""

import base64
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ..common.batches import Job
from ..common.subscription_parking_mixin import explain

_logger = logging.getLogger(__name__)
IMPORT = Job("subscription.import.batch", "_get_queued_domain", "_cron_carry_out", size=1, claim=False)


class Stopped(Exception):
    """Somebody pressed the stop button."""


class SubscriptionImportBatch(models.Model):
    _inherit = "subscription.import.batch"

    progress_ids = fields.One2many(
        comodel_name="subscription.import.progress", inverse_name="batch_id", string="Progress Rows"
    )
    progress = fields.Float(compute="_compute_progress", help="Part of the records that is written, in percent.")
    progress_text = fields.Char(string="Progress Now", compute="_compute_progress")

    @api.depends(
        "progress_ids.done_count",
        "progress_ids.total_count",
        "progress_ids.date_start",
        "state",
        "is_activating",
        "done_count",
        "draft_count",
    )
    def _compute_progress(self):
        """How much of the file is written; after that, how many of the contracts are in force."""
        for batch in self:
            row, done = batch.progress_ids[:1], batch.done_count
            if batch.is_activating:
                batch.progress = 100.0 * (done - batch.draft_count) / (done or 1)
            elif batch.state == "done":
                batch.progress = 100.0
            else:
                batch.progress = 100.0 * row.done_count / row.total_count if row.total_count else 0.0
            batch.progress_text = batch._get_progress_text(row)

    def _get_progress_text(self, row):
        if self.is_activating:
            return self.env._("%s contracts are still to be put in force", self.draft_count)
        if self.state != "queued":
            return ""
        if row.stop_requested:
            return self.env._("Stopping…")
        if not row.date_start:
            return self.env._("Waiting for the server…")
        if not row.total_count:
            return self.env._("Reading and checking the file…")
        return self.env._("%(done)s of %(total)s written", done=row.done_count, total=row.total_count)

    # === ACTIONS === #
    def action_stop(self):
        """Stop the import; nothing of it stays. Or stop putting contracts in force; those that are stay so.

        :raise AccessError: the user may not import
        :raise UserError: it is over already
        """
        for batch in self:
            batch._check_may_import()
            if batch.is_activating:
                batch._write_sealed({"is_activating": False})
            elif batch.state != "queued":
                raise UserError(self.env._("Import %(name)s is over already.", name=batch.name))
            elif batch._is_free():
                batch._write_sealed({"state": "stopped", "message": self.env._("Stopped before it began.")})
            else:
                batch.progress_ids.sudo().stop_requested = True  # sudo: checked above
        return True

    def action_retry(self):
        """Start an import again that was stopped, failed or was interrupted: with the rights of who does so.

        :raise AccessError: the user may not import
        """
        self.ensure_one()
        self._check_may_import()
        if self.state not in ("stopped", "failed"):
            raise UserError(self.env._("Only an import that was stopped or failed can be started again."))
        self._queue()
        return True

    # === BUSINESS === #
    def _queue(self):
        """Have the import done by the server, with the rights of whoever asks for it now."""
        self.ensure_one()
        batch = self.sudo()  # sudo: imports are kept by the system
        batch.progress_ids.unlink()
        batch.progress_ids.create({"batch_id": self.id})
        no_errors = {"message": False, "error_file": False, "error_filename": False}
        batch.write({"state": "queued", "user_id": self.env.uid, **no_errors})
        self._unpark("import")
        # sudo: the right to import is enough to have it carried out
        self.env.ref("subscription_mgmt.ir_cron_subscription_import").sudo()._trigger()

    def _is_free(self):
        """Lock the receipt; False when a worker holds it."""
        return bool(self.try_lock_for_update())

    def _carry_out(self):
        """Do the whole import in the running transaction.

        :raise Stopped: somebody asked to stop; the caller rolls back
        """
        progress = self.progress_ids[:1]
        if progress._report(date_start=fields.Datetime.now(), done_count=0, total_count=0):
            raise Stopped
        result = self._examine()
        if result.errors and (result.refused or not self.good_only):
            problems = self._get_layout()._describe_problems(result.errors)
            self._write_sealed({"row_count": result.row_count})
            self._give_up(problems)
            self._keep_failing_rows(result)
            return
        total = len(result.new) + len(result.updates)

        def report(done):
            if progress._report(done_count=done, total_count=total):
                raise Stopped

        report(0)
        self._write_result(result, self, report)
        self._keep_failing_rows(result)

    def _keep_failing_rows(self, result):
        """Attach the workbook of the rows that were left out."""
        if result.errors and not result.refused:
            file = base64.b64encode(self._build_error_workbook(result))
            self._write_sealed({"error_file": file, "error_filename": self._get_error_filename()})

    # === CRON === #
    @api.model
    def _get_queued_domain(self, company, _date_ref):
        return [("company_id", "=", company.id), ("state", "=", "queued")]

    @api.model
    def _cron_import(self):
        """Carry out what people started, one after the other; each is one transaction."""
        self.env["subscription.batches"]._run(IMPORT)

    def _cron_carry_out(self, _date_ref=None):
        """Import one file, or record in a fresh transaction why not."""
        self.ensure_one()
        if not self._is_free() or self.state != "queued":
            return
        batch = self.with_user(self.user_id).with_company(self.company_id).with_context(lang=self.user_id.lang)
        if self.progress_ids.date_start:
            # A worker had begun and is gone; its transaction went with it.
            batch._give_up(batch._get_interruption())
            return
        try:
            batch._check_may_import()
            batch._carry_out()
        except Stopped:
            self.env.cr.rollback()
            self.write({"state": "stopped", "message": batch.env._("Stopped by hand. Nothing was kept.")})
        except OperationalError as error:
            self.env.cr.rollback()
            _logger.info("Import %s met another transaction: %s", self.id, error)
            batch._give_up(
                batch.env._("Somebody else changed the same records meanwhile. Nothing was kept; start it again.")
            )
        except Exception as error:
            self.env.cr.rollback()
            batch._give_up(error)

    def _give_up(self, error):
        """Keep why nothing was imported, and tell who started it: only a person starts it again."""
        self.ensure_one()
        batch = self.sudo()  # sudo: the receipt is kept by the system
        batch.write({"state": "failed", "message": explain(self.env, error)})
        batch._park("import", batch.message, batch.company_id._subscription_today())

    def _get_alert_users(self):
        """Whoever started the import hears of its end."""
        return self.user_id

    def _get_interruption(self):
        """Say that a worker did not come back, and what may be done about it."""
        text = self.env._("The import was interrupted: the server stopped or ran out of time. Nothing was kept.")
        seconds = config["limit_time_real_cron"]
        seconds = config["limit_time_real"] if seconds == -1 else seconds
        if not seconds:
            return text
        advice = self.env._(
            "A job may take %s seconds on this server: for a file that takes longer, have limit_time_real_cron raised, "
            "or load it in parts.",
            seconds,
        )
        return f"{text} {advice}"
