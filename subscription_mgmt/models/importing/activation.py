"""Imported contracts are put in force: a few at once, very many in the background, batch by batch."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.batches import Job

FOREGROUND_CONTRACTS = 500  # more than these are left to the server: a person waits a few seconds for them
MAX_SHOWN = 20
ACTIVATE = Job("subscription.contract", "_get_to_activate_domain", "_activate_imported", "activate")
FINISH = Job("subscription.import.batch", "_get_activated_domain", "_finish_activation")


class SubscriptionImportBatch(models.Model):
    _inherit = "subscription.import.batch"

    is_activating = fields.Boolean(readonly=True, help="The server is putting the contracts in force.")

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
            return drafts._activate_in_bulk()
        drafts._unpark("activate")
        self._write_sealed({"is_activating": True, "message": False})
        # sudo: the right to import is enough to have it carried out
        self.env.ref("subscription_mgmt.ir_cron_subscription_import_activate").sudo()._trigger()
        return True

    def _get_drafts(self):
        """Contracts of the import that are drafts."""
        self.ensure_one()
        domain = Domain("import_batch_id", "=", self.id) & Domain("state", "=", "draft")
        return self.env["subscription.contract"].search(domain, order="id")

    # === CRON === #
    @api.model
    def _get_activated_domain(self, company, date_ref):
        """Imports of which every contract was tried."""
        contracts = self.env["subscription.contract"]
        left = contracts._get_to_activate_domain(company, date_ref)
        left &= contracts._get_not_parked_domain("activate", date_ref)
        mine = Domain("company_id", "=", company.id) & Domain("is_activating", "=", True)
        return mine & Domain("contract_ids", "not any", left)

    @api.model
    def _cron_activate(self):
        """Put the contracts of all imports in force that somebody activated; what stays a draft is named at the end."""
        self.env["subscription.batches"]._run(ACTIVATE, FINISH)

    def _finish_activation(self, _date_ref):
        """Tell which contracts have to be looked at, in the language of who imported."""
        for batch in self:
            reader = batch.with_context(lang=batch.user_id.lang)
            batch._write_sealed({"is_activating": False, "message": reader._describe_drafts()})

    def _describe_drafts(self):
        """What keeps contracts from being put in force, the first of many; False when there are none."""
        rows = self._get_drafts()._get_parkings("activate").sorted("res_id")[:MAX_SHOWN]
        names = {contract.id: contract.name for contract in self._get_drafts()}
        heading = self.env._("Some contracts stay drafts. Mend them and activate them from the list of contracts:")
        return "\n".join([heading, *(f"{names[row.res_id]}: {row.reason}" for row in rows)]) if rows else False


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    @api.model
    def _get_to_activate_domain(self, company, _date_ref):
        """Drafts of imports that somebody activated."""
        drafts = Domain("company_id", "=", company.id) & Domain("state", "=", "draft")
        return drafts & Domain("import_batch_id.is_activating", "=", True)

    def _activate_imported(self, _date_ref):
        """Put contracts in force where nobody can be asked, in the language of who imported: he reads what is wrong.

        :raise UserError: one of them would have to make up for more than a year
        """
        for batch, contracts in self.grouped("import_batch_id").items():
            contracts = contracts.with_context(lang=batch.user_id.lang)
            if contracts._filter_long_backlog():
                raise UserError(
                    contracts.env._("more than a year would have to be made up for; what to do with it has to be said.")
                )
            contracts.action_activate()
