"""From a checked file to records: all of it in the running transaction, and a receipt of what was done."""

from collections import defaultdict
from itertools import chain

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, html2plaintext

from ..common.context import LATER, LEDGER
from .subscription_contract import IMPORT

CHUNK = 500  # records made in one go; memory stays flat


class SubscriptionImportEngine(models.AbstractModel):
    _inherit = "subscription.import.engine"

    def _get_write_context(self):
        """What keeps an import quiet: no mail, no follower, no tracking, and the companies that the user works in."""
        return {
            "allowed_company_ids": (self._get_companies() & self.env.user.company_ids).ids,
            "subscription_import": IMPORT,
            "subscription_ledger": LEDGER,
            "subscription_settle": LATER,
            "tracking_disable": True,
            "mail_create_nosubscribe": True,
            "mail_activity_automation_skip": True,
        }

    def _write_result(self, result, batch, report=None):
        """Make and change what the check found; nothing is sent, posted or billed by it.

        :param batch: the receipt that is written
        :param report: called with the number of records done so far; may raise to stop everything
        """
        done, layout = 0, self._get_layout()
        for start in range(0, len(result.new), CHUNK):
            entries = result.new[start : start + CHUNK]
            layout._make(result, entries, batch)
            self.env.flush_all()
            # What was made is not looked at again: memory stays flat.
            self.env.invalidate_all(flush=False)
            done += len(entries)
            if report:
                report(done)
        for start in range(0, len(result.updates), CHUNK):
            updates = result.updates[start : start + CHUNK]
            self._apply_updates(updates, batch)
            done += len(updates)
            if report:
                report(done)
        layout._finish(result)
        batch._write_sealed(self._prepare_receipt_values(result))

    def _prepare_receipt_values(self, result):
        return {
            "state": "done",
            "row_count": result.row_count,
            "done_count": len(result.new),
            "update_count": len(result.updates),
            "unchanged_count": result.unchanged_count,
            "skipped_count": result.skipped_count,
            "control": self._get_control(result),
        }

    # === CHANGES === #
    def _apply_updates(self, updates, batch):
        """Carry the steps out, and keep what each field said before and says now."""
        receipt = []
        for update in self._prepare_updates(updates):
            try:
                receipt += self._apply_update(update, batch)
            except (UserError, ValidationError) as error:
                # What the records themselves refuse: the check cannot know every rule of every add-on.
                text = self.env._("Row %(row)s cannot be imported: %(reason)s", row=update.row, reason=str(error))
                raise UserError(text)
        self.env["subscription.import.change"]._create_sealed(receipt)
        self.env.flush_all()

    def _prepare_updates(self, updates):
        """Return the updates with records that are written quietly, and read together instead of one by one."""
        context, ids = self._get_write_context(), defaultdict(list)
        for step in chain.from_iterable(update.steps for update in updates):
            ids[step.record._name] += step.record.ids
        return [
            update._replace(
                steps=[
                    step._replace(record=step.record.with_context(**context).with_prefetch(ids[step.record._name]))
                    for step in update.steps
                ]
            )
            for update in updates
        ]

    def _apply_update(self, update, batch):
        receipt = []
        for step in update.steps:
            record = step.record
            if record:
                receipt += self._prepare_change_values(batch, update, record, step)
                record.write(step.values)
            else:
                receipt.append(batch._prepare_made_values(update.row, record.create(step.values)))
        return receipt

    def _prepare_change_values(self, batch, update, record, step):
        return [
            {
                "batch_id": batch.id,
                "kind": "changed",
                "row_number": update.row,
                "model": record._name,
                "res_id": record.id,
                "record_name": record.display_name,
                "field_name": name,
                "old_value": to_json(record[name]),
                "new_value": to_json(value),
                "old_text": self._to_text(record, name, record[name]),
                "new_text": self._to_text(record, name, value),
            }
            for name, value in step.values.items()
            if name not in step.silent and plain(record[name]) != value
        ]

    def _to_text(self, record, name, value):
        """Return a value as a person reads it."""
        field = record._fields[name]
        if field.type == "many2one":
            return self.env[field.comodel_name].browse(plain(value)).display_name or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "date":
            return format_date(self.env, value) if value else ""
        if field.type == "html":
            return html2plaintext(value or "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return f"{value:.15g}" if isinstance(value, float) else str(value or "")


def plain(value):
    """Return the value as it would be written: of a record its id."""
    return value.id if isinstance(value, models.BaseModel) else value


def differs(before, after):
    """Whether a field would change; a figure is as good as the one that was rounded when it was stored."""
    if isinstance(after, float):
        return abs(before - after) > 1e-6
    return (plain(before) or False) != (after or False)


def to_json(value):
    """Return the value in a form that JSON keeps; `write` takes it back."""
    value = plain(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
