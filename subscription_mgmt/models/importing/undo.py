"""The way back: what an import made is deleted, what it changed is put back, as long as nothing of it was billed."""

from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .subscription_contract import IMPORT
from .write import to_json

UNDO_ORDER = ("subscription.installment", "subscription.contract.line", "subscription.recurrence", "res.partner")


class UndoPlan(NamedTuple):
    """What undoing would do.

    :param contracts: to be deleted
    :param made: lines of the receipt whose record is to be deleted
    :param restored: lines of the receipt whose field is put back
    :param moved_on: lines whose field somebody changed since; they stay as they are
    """

    contracts: models.BaseModel
    made: models.BaseModel
    restored: models.BaseModel
    moved_on: models.BaseModel


class SubscriptionImportBatch(models.Model):
    _inherit = "subscription.import.batch"

    def action_open_undo(self):
        """Show what undoing would do, and ask."""
        self.ensure_one()
        self._check_undoable()
        undo = self.env["subscription.import.undo"].create({"batch_id": self.id})
        return undo._get_form_action()

    def action_undo(self):
        """Delete what the import made, with payment plans and the analytic accounts opened for them; put fields back.

        A field that somebody changed since keeps what he wrote.

        :raise UserError: something of it was billed, or is used elsewhere
        """
        for batch in self:
            batch._check_undoable()
            plan = batch._get_undo_plan()
            changed = plan.restored._restore()
            changed |= plan.made._delete_records()
            plan.contracts._delete_imported()
            changed._update_plans_after_import()
            batch.state = "undone"
        return True

    def _get_undo_plan(self) -> UndoPlan:
        self.ensure_one()
        changes = self.change_ids.with_prefetch()
        records = changes._get_records()
        there = changes.filtered(lambda change: change in records)
        made = there.filtered(lambda change: change.kind == "made")
        changed = there - made
        restored = changed.filtered(lambda change: to_json(records[change][change.field_name]) == change.new_value)
        contracts = self.with_context(active_test=False).contract_ids
        return UndoPlan(contracts, made, restored, changed - restored)

    def _check_undoable(self):
        """Raise when the import did nothing, is still worked on, or made or changed something that was billed."""
        self.ensure_one()
        if self.is_activating:
            raise UserError(self.env._("The contracts are being put in force. Wait until this is done."))
        if self.state != "done":
            raise UserError(self.env._("Import %(name)s has nothing to undo.", name=self.name))
        contracts = self.with_context(active_test=False).contract_ids
        touched = self.change_ids.with_prefetch().filtered(lambda change: change.model != "res.partner")
        by_model = touched.grouped("model")
        lines = [change.res_id for change in by_model.get("subscription.contract.line", ())]
        rows = [change.res_id for change in by_model.get("subscription.installment", ())]
        updated = [change.res_id for change in by_model.get("subscription.contract", ())]
        billed = self.env["subscription.installment"]._find_billed(
            Domain("contract_id", "in", contracts.ids)
            | Domain("line_id", "in", lines)
            | Domain("id", "in", rows)
            | (Domain("contract_id", "in", updated) & Domain("invoice_line_id.create_date", ">=", self.date))
        )
        if billed:
            raise UserError(
                self.env._(
                    "Import %(name)s cannot be undone: contract %(contract)s was billed.",
                    name=self.name,
                    contract=billed.contract_id.name,
                )
            )


class SubscriptionImportChange(models.Model):
    _inherit = "subscription.import.change"

    def _restore(self):
        """Put the fields back.

        :return: the contracts that were touched and are still there
        """
        contracts, records = [], self._get_records()
        groups = self.with_prefetch().grouped(lambda change: (change.model, change.res_id))
        # Backwards, as every change was allowed where the one before it was made.
        for (model, _res_id), changes in reversed(groups.items()):
            record = records[changes[0]].with_context(subscription_import=IMPORT, tracking_disable=True)
            record.write({change.field_name: change.old_value for change in changes})
            if model == "subscription.contract":
                contracts.append(record)
            elif model in ("subscription.contract.line", "subscription.installment"):
                contracts.append(record.contract_id)
        return self.env["subscription.contract"].union(*contracts)

    def _delete_records(self):
        """Delete what was made.

        :return: the contracts whose plan has to be made anew
        """
        contracts = self.env["subscription.contract"]
        made = self.with_prefetch().grouped("model")
        for model in UNDO_ORDER:
            records = self.env[model].union(*made.get(model, self.browse())._get_records().values()).with_prefetch()
            if model == "subscription.installment":
                contracts = records.contract_id
            records._delete_imported()
        return contracts


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _delete_imported(self):
        """Delete rows that an import made."""
        self.unlink()


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    def _delete_imported(self):
        """Delete lines that an import made, with their plan."""
        self.installment_ids.unlink()
        self.with_prefetch().unlink()


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _delete_imported(self):
        """Delete contracts with their plan and the analytic account that activation opened."""
        # Deleting empties the cache, and records found through a field would then be read one by one.
        contracts = self.with_prefetch().with_context(active_test=False)
        # An account that a person chose has another code.
        accounts = contracts.filtered(lambda c: c.analytic_account_id.code == c.name).analytic_account_id
        contracts.installment_ids.with_prefetch().unlink()
        contracts.line_ids.with_prefetch().unlink()
        contracts.unlink()
        # sudo: who may undo an import need not be allowed to keep analytic accounts; one with costs stays
        accounts.sudo().filtered(lambda account: not account.line_ids).unlink()

    def _update_plans_after_import(self):
        """Make the plan of running contracts anew after their lines were changed; what was billed stays."""
        self.exists().filtered(lambda contract: contract.state in ("active", "paused"))._regenerate_installments()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _delete_imported(self):
        """Delete members that an import made, contacts and branches before those they belong to.

        :raise UserError: one of them is used by now
        """
        self._check_unused()
        self.env["subscription.external.id"]._forget(self)
        children = self.filtered("parent_id")
        children.unlink()
        (self - children).with_prefetch().unlink()

    def _check_unused(self):
        """Raise when a member that an import made is used by now."""
        domains = {
            "subscription.contract": Domain("partner_id", "in", self.ids)
            | Domain("invoice_partner_id", "in", self.ids),
            "account.move": Domain("partner_id", "in", self.ids),
        }
        for model, domain in domains.items():
            # sudo: what the user may not see uses the member all the same
            used = self.env[model].sudo().with_context(active_test=False).search(domain, limit=1)
            if used:
                payer = used.invoice_partner_id if model == "subscription.contract" else used.partner_id
                raise UserError(
                    self.env._(
                        "The import cannot be undone: member %(member)s is used by %(record)s.",
                        member=((used.partner_id | payer) & self)[:1].name,
                        record=used.display_name,
                    )
                )


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    def _delete_imported(self):
        """Delete recurrences that an import made.

        :raise UserError: interactions were made of one by now
        """
        used = self.filtered("interaction_ids")[:1]
        if used:
            raise UserError(
                self.env._("The import cannot be undone: interactions of “%s” were made already.", used.name)
            )
        self.env["subscription.external.id"]._forget(self)
        self.with_prefetch().unlink()


class SubscriptionExternalId(models.Model):
    _inherit = "subscription.external.id"

    @api.model
    def _forget(self, records):
        """Delete the old ids of records that an import made."""
        # sudo: the list of old ids belongs to the managers of subscriptions, who alone may undo
        self.sudo().search(Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)).unlink()
