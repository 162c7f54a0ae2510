"""From a checked file to records: all of it in the running transaction, and a receipt of what was done."""

from collections import defaultdict
from itertools import chain

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date, html2plaintext

from ..common.context import CHECKED
from .defaults import ImportDefaults
from .layout_contracts import plain
from .subscription_contract import IMPORT

CHUNK = 500  # records made in one go; memory stays flat
PLAN_FIELDS = {"date_start", "date_end"}  # of a contract; its lines say themselves what their plan is made from


class SubscriptionImportEngine(models.AbstractModel):
    _inherit = "subscription.import.engine"

    def _get_write_context(self):
        """What keeps an import quiet: no mail, no follower, no tracking, and the companies that the user works in."""
        return {
            "allowed_company_ids": (self._get_companies() & self.env.user.company_ids).ids,
            "subscription_import": IMPORT,
            "tracking_disable": True,
            "mail_create_nosubscribe": True,
            "mail_activity_automation_skip": True,
        }

    def _write_result(self, result, batch, report=None):
        """Make and change what the check found; nothing is sent, posted or billed by it.

        :param batch: the receipt that is written
        :param report: called with the number of records done so far; may raise to stop everything
        """
        done = 0
        for start in range(0, len(result.new), CHUNK):
            entries = result.new[start : start + CHUNK]
            getattr(self, f"_create_{self.layout}")(entries, batch, result)
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
        self._finish_layout(result)
        batch.write(self._prepare_receipt_values(result))

    def _prepare_receipt_values(self, result):
        return {
            "state": "done",
            "row_count": result.row_count,
            "done_count": len(result.new),
            "update_count": len(result.updates),
            "unchanged_count": result.unchanged_count,
            "skipped_count": result.skipped_count,
        }

    def _create_contracts(self, entries, batch, result):
        defaults = result.defaults = result.defaults or ImportDefaults(self.env, result.records)
        values_list = []
        for group, company in entries:
            values = self._prepare_contract_values(group, result.records, company)
            self._complete_contract_values(values, company, defaults)
            values_list.append({**values, "import_batch_id": batch.id})
        # The companies of all records were compared by the check.
        context = {**self._get_write_context(), "subscription_companies": CHECKED}
        self.env["subscription.contract"].with_context(**context).create(values_list)

    def _complete_contract_values(self, values, company, defaults):
        """Add what the computes of a new contract and its lines would find, without a draft record for each."""
        subscriber, payer = values["partner_id"], values["invoice_partner_id"]
        if "payment_term_id" not in values:
            values["payment_term_id"] = defaults.payment_term(payer, company)
        values["user_id"] = defaults.responsible(values["employee_id"])
        values["dunning_plan_id"] = defaults.dunning_plan(company)
        for _create, _id, line in values["line_ids"]:
            found = defaults.line(line["product_id"], company, payer, subscriber)
            line.update(name=found.name, tax_ids=[Command.set(found.tax_ids)], tax_position_id=found.position_id)
            if not found.is_included:
                line.update(defaults.figures(line, company.currency_id))

    def _finish_layout(self, result):
        """Bring the payment plans of running contracts that were changed up to date."""
        contracts = self.env["subscription.contract"].with_context(**self._get_write_context())
        ids = {line.contract_id.id for _group, line in result.new} if self.layout == "plans" else set()
        for update in result.updates:
            if update.record._name == "subscription.installment":
                ids.add(update.record.contract_id.id)
            elif update.record._name == "subscription.contract" and any(map(_touches_plan, update.steps)):
                ids.add(update.record.id)
        contracts.browse(ids)._update_plans_after_import()

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
        self.env["subscription.import.change"].create(receipt)
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
                receipt.append(self._prepare_made_values(batch, update.row, record.create(step.values)))
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

    def _prepare_made_values(self, batch, row, record):
        return {
            "batch_id": batch.id,
            "kind": "made",
            "row_number": row,
            "model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
        }

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


def _touches_plan(step):
    return step.record._name != "subscription.contract" or bool(PLAN_FIELDS & step.values.keys())


def to_json(value):
    """Return the value in a form that JSON keeps; `write` takes it back."""
    value = plain(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
