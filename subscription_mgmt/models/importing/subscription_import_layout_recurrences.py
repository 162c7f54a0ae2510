from types import SimpleNamespace

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools.translate import LazyTranslate

from ...tools.importing.layout import CUSTOMER
from ...tools.importing.recurrences import RECURRENCES
from ...tools.recurrence.check import check
from ...tools.recurrence.refusal import RuleRefusal
from ...tools.recurrence.rule import Rule
from ...tools.recurrence.text import from_text
from .resolve import CORPORATE, INDIVIDUAL, Target

_lt = LazyTranslate(__name__)

FREQUENCIES = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}


class SubscriptionImportLayoutRecurrences(models.AbstractModel):
    """Recurring interactions, made as drafts; a person generates them."""

    _name = "subscription.import.layout.recurrences"
    _inherit = "subscription.import.layout"
    _description = "Recurring interactions"

    _label = _lt("Recurring interactions")
    _shape = RECURRENCES
    _targets = {
        "interaction_type": Target("subscription.interaction.type", _lt("interaction types"), listed=True, mode="name"),
        "individual_customer": INDIVIDUAL,
        "corporate_customer": CORPORATE,
        "responsible": Target("res.users", _lt("users"), "login", fits=lambda user: not user.share, mode="external"),
    }
    _models = {"subscription.recurrence": _lt("Recurring Interaction")}
    _shown = ("title", *CUSTOMER, "first_day")
    _differs = "recurrence_differs"
    _problems = {
        "one_rule": _lt("Exactly one of the two says how often: %(first)s or %(second)s."),
        "not_taken": _lt("This means nothing beside %(other)s “%(value)s”. Leave the cell empty."),
        "bad_rule": _lt("The rule cannot be used: %(reason)s"),
        "bad_responsible": _lt("This person cannot be responsible: %(reason)s"),
        "invoice_type": _lt("Recurring invoices are loaded as contracts. Choose another type here."),
        "recurrence_differs": _lt("Recurrence %(number)s already exists with other values: %(columns)s."),
        "customer_kept": _lt("Not changed: an import does not give a recurrence another customer."),
    }
    _hints = {"recurrence_differs": _lt("Choose to update, or take these rows out.")}
    _notes = {
        "recurrence": _lt("Number of the recurrence in the old system."),
        "title": _lt("What is to be done, in a few words."),
        "interaction_type": _lt("Name or id of the type: Subscriptions > Configuration > Interaction Types."),
        "responsible": _lt("Login of the user in whose agenda it stands. Empty: whoever imports."),
        "first_day": _lt("Day from which it counts: a date cell, 31.12.2025 or 2025-12-31."),
        "last_day": _lt("Last day, included. Empty: without end, or after a number of times."),
        "times": _lt("Number of times from the first day. Empty: without end."),
        "frequency": _lt("Day, week, month or year; or leave it empty and write a rule."),
        "every": _lt("Every how many of them: 2 with week is every other week. Empty: 1."),
        "weekdays": _lt("With week: its days, for instance Mon, Wed. Empty: the day of the first one."),
        "month_day": _lt("With month or year: the day of the month; 31 is the last one. Empty: that of the first day."),
        "rule": _lt("The rule as other calendars write it (RFC 5545), instead of a frequency: FREQ=WEEKLY;BYDAY=MO."),
        "at": _lt("Time of day, 09:30. Empty: the whole day."),
        "hours": _lt("How long it takes. Empty: 1."),
        "purpose": _lt("Any text."),
    }

    # === CHECK === #
    def _prepare(self, result):
        """Find the recurrences that an import made before."""
        codes = {group.number for group in result.reading.groups if group.number}
        there = result.engine._resolve_numbers(Target("subscription.recurrence"), codes)
        there = {code: record for code, record in there.items() if isinstance(record, models.BaseModel)}
        result.own = SimpleNamespace(there=there, rules={}, answers={})

    def _find(self, result, group):
        """Return the recurrence that an import made of this number."""
        return result.own.there.get(group.number)

    def _get_problems(self, result, group):
        """Return what is wrong with a row: its type, its rule, or whoever is to be responsible."""
        row, header, problems = group.first, result.header, []
        kind = result.records["interaction_type"][row.values["interaction_type"]]
        if kind.makes == "invoice":
            problems.append(header.problem("invoice_type", row, "interaction_type"))
        try:
            result.own.rules[row.number] = self._read_rule(row)
        except RuleRefusal as refusal:
            key = "rule" if "rule" in row.values else "frequency"
            reason = self.env["subscription.recurrence"]._say_refusal(refusal)
            problems.append(header.problem("bad_rule", row, key, reason=reason))
        reason = self._get_responsible_problem(result, self._get_responsible(result, row), kind)
        if reason:
            shown = row.values.get("responsible", self.env.user.login)
            problems.append(header.problem("bad_responsible", row, "responsible", shown, reason=reason))
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

    def _get_responsible(self, result, row):
        if "responsible" in row.values:
            return result.records["responsible"][row.values["responsible"]]
        return self.env.user

    def _get_responsible_problem(self, result, user, kind):
        """Why this person cannot have such interactions; asked once per person and type."""
        answers = result.own.answers
        if (user, kind) not in answers:
            values = {"company_id": result.engine.company_id.id, "type_id": kind.id}
            try:
                answers[user, kind] = self.env["subscription.recurrence"].new(values)._check_responsible(user)
            except ValidationError as error:
                answers[user, kind] = str(error)
        return answers[user, kind]

    def _compare(self, result, group, record):
        """Compare a recurrence that is there with its row; its customer stays."""
        if self._get_customer(result, group) != record.partner_ids:
            result.warnings.append(result.header.problem("customer_kept", group.first, "recurrence"))
        return super()._compare(result, group, record)

    # === VALUES === #
    def _prepare_values(self, result, group):
        """Values of a recurrence of the file, but for its customer."""
        row, values = group.first, group.values
        return {
            "company_id": result.engine.company_id.id,
            "name": values["title"],
            "note": values.get("purpose", False),
            "type_id": result.records["interaction_type"][values["interaction_type"]].id,
            "user_id": self._get_responsible(result, row).id,
            "all_day": "at" not in values,
            "time": values.get("at", 9.0),
            "duration": values.get("hours", 1.0),
            **self.env["subscription.recurrence"]._prepare_rule_values(result.own.rules[row.number]),
        }

    def _get_customer(self, result, group):
        keys = [key for key in CUSTOMER if key in group.values]
        return result.records[keys[0]][group.values[keys[0]]] if keys else self.env["res.partner"]

    # === WRITING === #
    def _make_records(self, result, groups):
        """Make recurrences as drafts."""
        values_list = []
        for group in groups:
            customer = self._get_customer(result, group)
            audience = {"audience": "fixed" if customer else "none", "partner_ids": [Command.set(customer.ids)]}
            values_list.append({**self._prepare_values(result, group), **audience})
        recurrences = self.env["subscription.recurrence"].with_context(**result.engine._get_write_context())
        return recurrences.create(values_list)

    # === UNDO === #
    def _check_unused(self, records):
        """Raise when interactions were made of a recurrence by now."""
        used = records.filtered("interaction_ids")[:1]
        if used:
            raise UserError(
                self.env._("The import cannot be undone: interactions of “%s” were made already.", used.name)
            )
