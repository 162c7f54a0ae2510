"""Taking a change back: exactly what was written is written back, as long as nothing of it was billed."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .segments import marked, plain, to_write


class SubscriptionAmendment(models.Model):
    _inherit = "subscription.amendment"

    def action_undo(self):
        """Restore the terms as they were before these changes.

        :raise UserError: something of it was billed, or changed since.
        """
        for amendment in self:
            amendment._take_back()
            amendment._write_sealed({"state": "undone", "is_pending": False})
        return True

    def action_edit(self):
        """Make a draft again of a change whose day is still to come: it is taken back, edited and confirmed anew.

        :raise UserError: its day has come; what undoing refuses.
        """
        self.ensure_one()
        self.check_access("write")
        if self.date <= self.company_id._subscription_today():
            raise UserError(self.env._("This change holds already. Undo it, or agree on another one."))
        self._take_back()
        self._write_sealed({"state": "draft", "is_pending": False, "journal": False, "confirmed_id": False})
        self._write_sealed({"date_confirmed": False, "date_kind": "day"})
        self.step_ids._write_sealed({"changes": None})
        self._refresh()
        return True

    def _take_back(self):
        """Write back what the change wrote, and settle.

        :raise UserError: it is not confirmed, its days are locked, or something of it was billed or changed since.
        """
        self.ensure_one()
        self._lock()
        if self.state != "confirmed":
            raise UserError(self.env._("Only a confirmed change can be undone."))
        self._check_locked()
        self._check_not_billed()
        self._check_as_written()
        contract, passed_on = self.contract_id, self.transfer_id
        for entry in reversed(self.journal or []):
            record = self.env[entry[1]].browse(entry[2])
            if entry[0] == "made":
                self._unmake(record)
            else:
                marked(record).write(to_write(record, entry[3]))
        if passed_on and contract.state == "closed":
            # The night has done so since, on the last day before the new subscriber's.
            marked(contract).write({"state": contract._get_running_state(), "date_closed": False})
        self._write_sealed({"transfer_id": False})
        day = format_date(self.env, self.date)
        contract._settle(reason=self.env._("The change of %(day)s was undone", day=day))
        contract.message_post(body=self.env._("Undone: change from %(day)s (%(what)s)", day=day, what=self._describe()))

    def _check_not_billed(self):
        """Raise when an invoice carries what came of the change."""
        made = self._get_lines_of_new_terms() | self.transfer_id.with_context(active_test=False).line_ids
        # sudo: what was billed stays, whether or not the user may see it
        rows = self.sudo().contract_id.installment_ids | self.sudo().transfer_id.installment_ids
        billed = rows.filtered(
            lambda row: (
                row.state == "invoiced"
                and (row.line_id in made or (row.credited_id and row.id > self.last_row and row.date_to >= self.date))
            )
        )[:1]
        if billed:
            raise UserError(
                self.env._(
                    "%(row)s was billed on the new terms (invoice %(invoice)s). Agree on another change instead.",
                    row=billed.display_name,
                    invoice=billed.invoice_id.display_name,
                )
            )

    def _get_lines_of_new_terms(self):
        """Lines that the change made, or that took its terms because nothing of them was billed."""
        lines = self.env["subscription.contract.line"]
        ids = {entry[2] for entry in self.journal or [] if entry[1] == lines._name}
        lines = lines.browse(ids).exists()
        return lines.filtered(lambda line: not line.is_void and line.date_start >= self.date)

    def _check_as_written(self):
        """Raise when somebody has written other values since, or a later change built on what was made."""
        written = {}
        for entry in self.journal or []:
            record = self.env[entry[1]].browse(entry[2])
            if entry[0] == "made":
                self._check_not_followed(record)
            written.setdefault(record, {}).update(entry[-1] if len(entry) > 3 else {})
        for record, values in written.items():
            for name, value in values.items():
                if (plain(record, name) or False) != (value or False):
                    raise UserError(
                        self.env._(
                            "“%(field)s” of %(record)s was changed again since. Put that back first.",
                            field=record._fields[name]._description_string(self.env),
                            record=record.display_name,
                        )
                    )

    def _check_not_followed(self, record):
        """Raise when another line has taken the place of one that the change made, or its contract was changed."""
        if record._name == "subscription.contract":
            follower = record.amendment_ids.filtered(lambda change: change.state == "confirmed")[:1]
            self._refuse_followed(record.display_name, follower.date)
            return
        follower = record.with_context(active_test=False).search([("replaces_id", "=", record.id)], limit=1)
        self._refuse_followed(record.product_id.display_name, follower.date_start)

    def _refuse_followed(self, what, day):
        if day:
            raise UserError(
                self.env._(
                    "%(line)s was changed again from %(day)s on. Undo that change first.",
                    line=what,
                    day=format_date(self.env, day),
                )
            )

    def _unmake(self, record):
        """Delete what the change made."""
        record = marked(record.sudo())  # sudo: whoever may change the contract undoes it, without the right to delete
        if record._name == "subscription.contract":
            record.installment_ids.unlink()
        record.unlink()
