"""The way back: what an import made is deleted, what it changed is put back, as long as nothing of it was billed."""

from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError

from .write import to_json


class UndoPlan(NamedTuple):
    """What undoing would do.

    :param contracts: to be deleted
    :param made: lines of the receipt whose record is to be deleted
    :param restored: lines of the receipt whose field is put back
    :param moved_on: lines whose field somebody changed since; they stay as they are
    :param records: line → record
    """

    contracts: models.BaseModel
    made: models.BaseModel
    restored: models.BaseModel
    moved_on: models.BaseModel
    records: dict


class SubscriptionImportBatch(models.Model):
    _inherit = "subscription.import.batch"

    def action_open_undo(self):
        """Show what undoing would do, and ask."""
        self.ensure_one()
        self._check_may_import()
        self._check_undoable()
        undo = self.env["subscription.import.undo"].create({"batch_id": self.id})
        return undo._get_form_action()

    def action_undo(self):
        """Delete what the import made, with payment plans and the analytic accounts opened for them; put fields back.

        A field that somebody changed since keeps what he wrote.

        :raise AccessError: the user may not import
        :raise UserError: something of it was billed, or is used elsewhere
        """
        for batch in self:
            batch._check_may_import()
            batch._check_undoable()
            batch._get_layout()._undo(batch._get_undo_plan())
            batch._write_sealed({"state": "undone"})
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
        return UndoPlan(contracts, made, restored, changed - restored, records)

    def _check_undoable(self):
        """Raise when the import did nothing, is still worked on, or made something that has to stay."""
        self.ensure_one()
        layout = self._get_layout()
        if self.is_activating:
            raise UserError(self.env._("The contracts are being put in force. Wait until this is done."))
        if self.state != "done" or not layout._models:
            raise UserError(self.env._("Import %(name)s has nothing to undo.", name=self.name))
        layout._check_undoable(self)
