"""The layout "recurrences": recurring interactions, made as drafts; a person generates them."""

from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...tools.importing.layout import CUSTOMER
from ...tools.importing.rules import Problem
from ...tools.recurrence.check import check
from ...tools.recurrence.refusal import RuleRefusal
from ...tools.recurrence.rule import Rule
from ...tools.recurrence.text import from_text
from ...tools.refusal import Refusal
from .layout_contracts import plain
from .resolve import Target
from .subscription_import_engine import Step, Update

FREQUENCIES = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}
TARGET = Target("subscription.recurrence")


class SubscriptionImportEngine(models.AbstractModel):
    _inherit = "subscription.import.engine"

    def _check_recurrences(self, reading, records, result):
        """Sort the recurrences of the file into new, changed, unchanged and impossible."""
        existing = self._find_recurrences(reading)
        bad_rows = result.bad_rows
        for group in reading.groups:
            problems = [] if group.row in bad_rows else self._get_recurrence_problems(reading.header, group, records)
            if group.row in bad_rows or problems:
                result.add_problems(problems)
                result.skipped_count += 1
                continue
            there = existing.get(group.values["recurrence"])
            if there:
                self._check_existing_recurrence(reading.header, group, there, records, result)
            else:
                result.new.append((group, None))

    def _find_recurrences(self, reading):
        """Recurrences that an import made before: number in the old system → record."""
        codes = {group.values["recurrence"] for group in reading.groups if "recurrence" in group.values}
        model = self._get_target_model(TARGET)
        candidates = self._find_by_mapping(TARGET, codes)
        reachable = self._get_reachable(model, set().union(*candidates.values()))
        picked = {code: self._pick(TARGET, "", reachable, ids) for code, ids in candidates.items()}
        return {code: record for code, record in picked.items() if not isinstance(record, Refusal)}

    def _get_recurrence_problems(self, header, group, records):
        """Return what is wrong with a row: its type, its rule, or whoever is to be responsible."""
        row, recurrences = group.rows[0], self.env["subscription.recurrence"]
        kind = records["interaction_type"][row.values["interaction_type"]]
        problems = []
        if kind.makes == "invoice":
            heading = header.heading("interaction_type")
            problems.append(Problem("invoice_type", row.number, heading, row.values["interaction_type"]))
        try:
            records.setdefault("rules", {})[row.number] = self._read_rule(row)
        except RuleRefusal as refusal:
            key = "rule" if "rule" in row.values else "frequency"
            params = {"reason": recurrences._say_refusal(refusal)}
            problems.append(Problem("bad_rule", row.number, header.heading(key), str(row.values[key])[:200], params))
        reason = self._get_responsible_problem(self._get_responsible(row, records), kind, records)
        if reason:
            shown, params = row.values.get("responsible", self.env.user.login), {"reason": reason}
            problems.append(Problem("bad_responsible", row.number, header.heading("responsible"), shown, params))
        return problems

    def _read_rule(self, row):
        """Return the rule of a row.

        :raise RuleRefusal: it means nothing, or is more than a recurrence can hold
        """
        values, start = row.values, row.values["first_day"]
        if "rule" in values:
            return from_text(values["rule"], start=start).rule
        frequency = FREQUENCIES[values["frequency"]]
        rule = Rule(
            frequency=frequency,
            start=start,
            interval=values.get("every", 1),
            weekdays=values.get("weekdays", (start.weekday(),)) if frequency == "weekly" else (),
            day=values.get("month_day", start.day) if frequency in ("monthly", "yearly") else None,
            month=start.month if frequency == "yearly" else None,
            until=values.get("last_day"),
            count=values.get("times"),
        )
        check(rule)
        return rule

    def _get_responsible(self, row, records):
        return records["responsible"][row.values["responsible"]] if "responsible" in row.values else self.env.user

    def _get_responsible_problem(self, user, kind, records):
        """Why this person cannot have such interactions; asked once per person and type."""
        answers = records.setdefault("answers", {})
        if (user, kind) not in answers:
            draft = self.env["subscription.recurrence"].new({"company_id": self.company_id.id, "type_id": kind.id})
            try:
                answers[user, kind] = draft._check_responsible(user)
            except ValidationError as error:
                answers[user, kind] = str(error)
        return answers[user, kind]

    # === VALUES === #
    def _prepare_recurrence_values(self, group, records):
        row = group.rows[0]
        values = row.values
        return {
            "company_id": self.company_id.id,
            "name": values["title"],
            "note": values.get("purpose", False),
            "type_id": records["interaction_type"][values["interaction_type"]].id,
            "user_id": self._get_responsible(row, records).id,
            "all_day": "at" not in values,
            "time": values.get("at", 9.0),
            "duration": values.get("hours", 1.0),
            **self.env["subscription.recurrence"]._prepare_rule_values(records["rules"][row.number]),
        }

    def _get_recurrence_customer(self, group, records):
        keys = [key for key in CUSTOMER if key in group.values]
        return records[keys[0]][group.values[keys[0]]] if keys else self.env["res.partner"]

    def _check_existing_recurrence(self, header, group, there, records, result):
        """Compare a recurrence that is there with its row."""
        values = self._prepare_recurrence_values(group, records)
        changes = {name: value for name, value in values.items() if _differs(there[name], value)}
        number = group.values["recurrence"]
        if self._get_recurrence_customer(group, records) != there.partner_ids:
            result.warnings.append(Problem("customer_kept", group.row, header.heading("recurrence"), number))
        if not changes:
            result.unchanged_count += 1
        elif self.on_existing == "update":
            result.updates.append(Update(there, group.row, [Step(there, changes)]))
        else:
            labels = [there._fields[name]._description_string(self.env) for name in changes]
            params = {"number": number, "columns": ", ".join(labels)}
            heading = header.heading("recurrence")
            result.errors.append(Problem("recurrence_differs", group.row, heading, number, params))
            result.skipped_count += 1

    # === WRITING === #
    def _create_recurrences(self, entries, batch, result):
        """Make recurrences as drafts, and note which old number each one has."""
        values_list = []
        for group, _none in entries:
            customer = self._get_recurrence_customer(group, result.records)
            values = self._prepare_recurrence_values(group, result.records)
            values["audience"] = "fixed" if customer else "none"
            values["partner_ids"] = [Command.set(customer.ids)]
            values_list.append(values)
        made = self.env["subscription.recurrence"].with_context(**self._get_write_context()).create(values_list)
        pairs = [(group, record) for (group, _none), record in zip(entries, made, strict=True)]
        self._keep_codes([(group.values["recurrence"], False, record) for group, record in pairs])
        self.env["subscription.import.change"].create(
            [self._prepare_made_values(batch, group.row, record) for group, record in pairs]
        )


def _differs(before, after):
    if isinstance(after, float):
        return abs(before - after) > 1e-6
    return (plain(before) or False) != (after or False)
