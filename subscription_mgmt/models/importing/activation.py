"""Imported contracts are put in force: a few at once, very many in the background, batch by batch."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..common.isolation import run_isolated
from ..common.subscription_parking_mixin import explain

FOREGROUND_CONTRACTS = 500  # more than these are left to the server: a person waits a few seconds for them
ACTIVATE_BATCH = 100  # contracts put in force between two commits
MAX_SHOWN = 20


class SubscriptionImportBatch(models.Model):
    _inherit = "subscription.import.batch"

    is_activating = fields.Boolean(readonly=True, help="The server is putting the contracts in force.")
    activation_mark = fields.Integer(readonly=True, help="Id of the last contract that was tried.")

    # === ACTIONS === #
    def action_activate(self):
        """Put all contracts of the import that are still drafts in force.

        :return: the question what to do with more than a year to make up for, when there are few contracts; True
        :raise AccessError: the user may not import
        :raise UserError: as the activation of a contract; of very many, those are left as drafts, and listed
        """
        self.ensure_one()
        self._check_may_import()
        drafts = self._get_drafts()
        if len(drafts) <= FOREGROUND_CONTRACTS:
            return drafts.action_open_activate()
        self.write({"is_activating": True, "activation_mark": 0, "message": False})
        # sudo: the right to import is enough to have it carried out
        self.env.ref("subscription_mgmt.ir_cron_subscription_import_activate").sudo()._trigger()
        return True

    def _get_drafts(self):
        """Contracts of the import that are drafts and were not tried yet, in the order in which they are."""
        self.ensure_one()
        return self.env["subscription.contract"].search(
            Domain("import_batch_id", "=", self.id)
            & Domain("state", "=", "draft")
            & Domain("id", ">", self.activation_mark if self.is_activating else 0),
            order="id",
        )

    # === CRON === #
    @api.model
    def _cron_activate(self):
        """Go on with the contracts of all imports that somebody activated, until they are done or time is up."""
        cron = self.env["ir.cron"]
        going = Domain("is_activating", "=", True) & Domain("company_id.subscription_enabled", "=", True)
        batches = self.search(going, order="id")
        # Closing each import counts as one more: when time is up just before it, Odoo has to come back.
        cron._commit_progress(remaining=sum(len(batch._get_drafts()) + 1 for batch in batches))
        for batch in batches:
            # In the language of who imported, as the import itself: he reads what stays a draft.
            batch = batch.with_company(batch.company_id).with_context(lang=batch.user_id.lang)
            if not batch._activate_drafts(cron):
                return

    def _activate_drafts(self, cron):
        """Put the drafts of one import in force, and tell which of them have to be looked at.

        How far it is is kept with every batch: what stays a draft is not tried again.

        :return: False when time is up
        """
        drafts = self._get_drafts()
        for start in range(0, len(drafts), ACTIVATE_BATCH):
            contracts = drafts[start : start + ACTIVATE_BATCH]
            reasons = contracts._activate_imported()
            self.write({"activation_mark": contracts.ids[-1], "message": self._add_reasons(reasons)})
            # What is done is not looked at again: memory stays flat.
            self.env.invalidate_all()
            if not cron._commit_progress(len(contracts)):
                return False
            if not self.is_activating:  # stopped
                break
        self.is_activating = False
        return bool(cron._commit_progress(1))

    def _add_reasons(self, reasons):
        """Return the message with what keeps these contracts from being put in force, the first of many."""
        lines = (self.message or "").splitlines()
        heading = self.env._("Some contracts stay drafts. Mend them and activate them from the list of contracts:")
        lines += [f"{name}: {reason}" for name, reason in reasons][: max(0, MAX_SHOWN + 1 - len(lines))]
        return "\n".join(lines if lines[:1] == [heading] or not lines else [heading, *lines]) or False


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _activate_imported(self):
        """Put contracts in force where nobody can be asked; one at fault stops no other.

        :return: list of (number, reason) of those that stay drafts
        """
        # Somebody may have activated or deleted some meanwhile.
        drafts = self.exists().filtered(lambda contract: contract.state == "draft")
        names = {contract.id: contract.name for contract in drafts}
        asked = set()

        def work(contracts):
            backlog = contracts._filter_long_backlog()
            asked.update(backlog.ids)
            (contracts - backlog).action_activate()

        reasons = {contract.id: explain(self.env, error) for contract, error in run_isolated(drafts, work)}
        question = self.env._("more than a year would have to be made up for; what to do with it has to be said.")
        return [(names[id_], reasons.get(id_, question)) for id_ in names if id_ in reasons or id_ in asked]
