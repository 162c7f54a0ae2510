"""Imported contracts are put in force: a few at once, very many in the background, batch by batch."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .isolation import run_isolated
from .subscription_billing_parking import explain

FOREGROUND_CONTRACTS = 500  # more than these are left to the server: a person waits a few seconds for them
ACTIVATE_BATCH = 100  # contracts put in force between two commits
MAX_SHOWN = 20


class SubscriptionImportBatch(models.Model):
    _inherit = "subscription.import.batch"

    is_activating = fields.Boolean(readonly=True, help="The server is putting the contracts in force.")

    @api.depends("is_activating", "done_count", "draft_count")
    def _compute_progress(self):
        """Override of `subscription_mgmt` to show how many of the contracts are in force."""
        result = super()._compute_progress()
        for batch in self.filtered("is_activating"):
            batch.progress = 100.0 * (batch.done_count - batch.draft_count) / (batch.done_count or 1)
            batch.progress_text = self.env._("%s contracts are still to be put in force", batch.draft_count)
        return result

    def action_activate(self):
        """Put all contracts of the import that are still drafts in force.

        :return: the question what to do with more than a year to make up for, when there are few contracts; True
        :raise AccessError: the user may not import
        :raise UserError: as the activation of a contract; of very many, those are left as drafts, and listed
        """
        self.ensure_one()
        drafts = self._get_drafts()
        if len(drafts) <= FOREGROUND_CONTRACTS:
            return drafts.action_open_activate()
        self._check_may_import()
        self.write({"is_activating": True, "message": False})
        # sudo: the right to import is enough to have it carried out
        self.env.ref("subscription_mgmt.ir_cron_subscription_import_activate").sudo()._trigger()
        return True

    def _get_drafts(self):
        return self.env["subscription.contract"].search(
            Domain("import_batch_id", "in", self.ids) & Domain("state", "=", "draft"), order="id"
        )

    def _check_undoable(self):
        """Override of `subscription_mgmt`: what the server is working on stays."""
        if self.is_activating:
            raise UserError(self.env._("The contracts are being put in force. Wait until this is done."))
        return super()._check_undoable()

    # === CRON === #
    @api.model
    def _cron_activate(self):
        """Go on with the contracts of all imports that somebody activated, until they are done or time is up."""
        cron = self.env["ir.cron"]
        batches = self.search([("is_activating", "=", True)], order="id")
        # Closing each import counts as one more: when time is up just before it, Odoo has to come back.
        cron._commit_progress(remaining=len(batches._get_drafts()) + len(batches))
        for batch in batches:
            if not batch._activate_drafts(cron):
                return

    def _activate_drafts(self, cron):
        """Put the drafts of one import in force, and tell which of them have to be looked at.

        :return: False when time is up
        """
        batch = self.company_id._work_for(self)
        drafts, reasons = batch._get_drafts(), []
        for start in range(0, len(drafts), ACTIVATE_BATCH):
            contracts = drafts[start : start + ACTIVATE_BATCH]
            reasons += contracts._activate_imported()
            # What is done is not looked at again: memory stays flat.
            self.env.invalidate_all()
            if not cron._commit_progress(len(contracts)):
                return False
        batch.write({"is_activating": False, "message": batch._describe_left_drafts(reasons)})
        return bool(cron._commit_progress(1))

    def _describe_left_drafts(self, reasons):
        """Return what keeps contracts from being put in force; nothing when none was kept."""
        if not reasons:
            return False
        lines = [f"{name}: {reason}" for name, reason in reasons[:MAX_SHOWN]]
        more = [self.env._("… and %s more.", len(reasons) - MAX_SHOWN)] if len(reasons) > MAX_SHOWN else []
        heading = self.env._("%s contracts are still drafts. Open and activate them one by one.", len(reasons))
        return "\n".join([heading, *lines, *more])


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _activate_imported(self):
        """Put contracts in force where nobody can be asked; one at fault stops no other.

        :return: list of (number, reason) of those that stay drafts
        """
        asked = self._filter_long_backlog()
        question = self.env._("more than a year would have to be made up for; what to do with it has to be said.")
        failed = run_isolated(self - asked, lambda contracts: contracts.action_activate())
        return [(contract.name, question) for contract in asked] + [
            (contract.name, explain(self.env, error)) for contract, error in failed
        ]
