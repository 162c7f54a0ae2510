"""The layout "payment plans": rows of the plans of contracts that are there (WSI-30..33)."""

from datetime import date, timedelta

from odoo import models
from odoo.tools import float_compare

from ...tools.importing.rules import DEFAULTS, Group, Problem
from .layout_contracts import plain
from .messages import ALREADY_BILLED
from .subscription_import_engine import Step, Update

ONE_DAY = timedelta(days=1)
KEYS = {
    "period_end": "date_to",
    "billing_date": "date_invoice",
    "quantity": "quantity",
    "price": "price_unit",
    "discount": "discount",
    "already_billed": "state",
}


class SubscriptionImportEngine(models.AbstractModel):
    _inherit = "subscription.import.engine"

    def _check_plans(self, reading, records, result):
        """Sort the rows of the file into new, changed, unchanged and impossible; a contract with a problem is out."""
        bad_rows = result.bad_rows
        contracts = self._get_existing_plans(reading)
        for group in reading.groups:
            if any(row.number in bad_rows for row in group.rows):
                result.skipped_count += 1
                continue
            contract = contracts.get(group.number)
            problems = self._get_plan_problems(reading.header, group, contract)
            found = self._sort_plan_rows(reading.header, group, contract, records) if not problems else None
            problems = problems or found.problems
            if problems:
                result.add_problems(problems)
                result.skipped_count += 1
                continue
            result.new += found.new
            result.updates += found.updates
            result.unchanged_count += found.unchanged
            result.warnings += found.notices

    def _get_existing_plans(self, reading):
        """Contracts by number; one of the company itself comes before one of a branch."""
        found = {}
        for (company_id, number), contract in self._get_existing_contracts(reading).items():
            if number not in found or company_id == self.company_id.id:
                found[number] = contract
        return found

    def _get_plan_problems(self, header, group, contract):
        heading = header.heading("contract")
        if not contract:
            return [Problem("unknown_contract", group.row, heading, group.number)]
        if contract.state == "closed":
            return [Problem("closed_contract", group.row, heading, group.number, {"number": group.number})]
        return []

    def _sort_plan_rows(self, header, group, contract, records):
        found = _PlanRows()
        method = records.get("payment_method", {}).get(group.values.get("payment_method"))
        if method and contract.payment_method_line_id != method:
            step = Step(contract, {"payment_method_line_id": method.id})
            found.updates.append(Update(contract, group.row, [step]))
        for row in group.rows:
            product = records.get("product", {}).get(row.values.get("product"))
            line, code = self._find_plan_line(contract, product)
            if code:
                heading = header.heading("product")
                params = {"number": contract.name}
                found.problems.append(Problem(code, row.number, heading, row.values.get("product", ""), params))
            else:
                self._sort_plan_row(header, row, line, found)
        found.notices += self._get_gap_notices(header, group, found)
        return found

    def _find_plan_line(self, contract, product):
        """Return the line that a row is for, or why there is none."""
        lines = contract.line_ids.filtered(lambda line: not product or line.product_id == product)
        if len(lines) == 1:
            return lines, None
        if not lines:
            return None, "no_line"
        return None, "line_ambiguous" if product else "product_needed"

    def _sort_plan_row(self, header, row, line, found):
        """Put a row where it belongs: new, a change of one that is there, or a problem."""
        values = self._prepare_installment_values(row, line)
        found.first_days[line] = min(found.first_days.get(line, date.max), values["date_from"])
        problem = self._get_period_problem(header, row, line, values)
        if problem:
            found.problems.append(problem)
            return
        there = line._get_charges().filtered(lambda charge: charge.date_from == values["date_from"])
        if not there:
            found.new.append((Group(line.contract_id.name, [row]), line))
            return
        changes = {name: value for name, value in values.items() if _differs(there, name, value)}
        if there.state == "invoiced" or (there.is_edited and not changes):
            found.unchanged += 1
        elif there.is_edited and self.on_existing != "update":
            keys = {name: key for key, name in KEYS.items()}
            columns = ", ".join(header.heading(keys[name]) for name in changes if name in keys)
            shown = f"{values['date_from']:%d.%m.%Y}"
            found.problems.append(
                Problem("row_differs", row.number, header.heading("period_start"), shown, {"columns": columns})
            )
        else:
            found.updates.append(Update(there, row.number, [Step(there, changes, frozenset({"is_edited"}))]))

    def _get_period_problem(self, header, row, line, values):
        """Return what keeps these days from being planned on the line."""
        start, end = values["date_from"], values["date_to"]
        contract, heading = line.contract_id, header.heading("period_start")
        last = min(filter(None, (line.date_end, contract.date_end)), default=date.max)
        if start < line.date_start or end > last:
            params = {"number": contract.name, **_shown_days(line.date_start, last if last != date.max else None)}
            return Problem("outside_contract", row.number, heading, f"{start:%d.%m.%Y}", params)
        for charge in line._get_charges():
            fixed = charge.state != "planned" or charge.is_edited
            if not fixed or charge.date_from > end or charge.date_to < start:
                continue
            if charge.date_from != start or (charge.state == "invoiced" and self._differs_at_all(charge, values)):
                code = "period_billed" if charge.state == "invoiced" else "period_taken"
                params = _shown_days(charge.date_from, charge.date_to)
                return Problem(code, row.number, heading, f"{start:%d.%m.%Y}", params)
        return None

    def _differs_at_all(self, charge, values):
        return any(
            _differs(charge, name, value) for name, value in values.items() if name not in ("is_edited", "state")
        )

    def _get_gap_notices(self, header, group, found):
        """Say where activation would plan days before the first row of the file."""
        for line, first in found.first_days.items():
            covered = max(
                filter(None, (line.paid_until, *line._get_charges().filtered("is_edited").mapped("date_to"))),
                default=line.date_start - ONE_DAY,
            )
            if line.date_start < first and covered < first - ONE_DAY:
                yield Problem(
                    "plan_gap", group.row, header.heading("period_start"), f"{first:%d.%m.%Y}",
                    {"number": line.contract_id.name},
                )  # fmt: skip

    # === VALUES === #
    def _prepare_installment_values(self, row, line):
        """Values of a row of the plan; it counts as edited by hand, so that no new plan overwrites it."""
        billed = row.values.get("already_billed", False)
        return {
            "contract_id": line.contract_id.id,
            "line_id": line.id,
            "date_from": row.values["period_start"],
            "date_to": row.values["period_end"],
            "date_invoice": row.values.get("billing_date") or row.values["period_start"],
            "quantity": row.values.get("quantity", DEFAULTS["quantity"]),
            "price_unit": row.values["price"],
            "discount": row.values.get("discount", DEFAULTS["discount"]),
            "state": "skipped" if billed else "planned",
            "reason": str(self.env._(ALREADY_BILLED)) if billed else False,
            "is_edited": True,
        }

    def _create_plans(self, entries, batch, result):
        rows = self.env["subscription.installment"].with_context(**self._get_write_context())
        created = rows.create([self._prepare_installment_values(group.rows[0], line) for group, line in entries])
        self.env["subscription.import.change"].create(
            [
                self._prepare_made_values(batch, group.row, row)
                for (group, _line), row in zip(entries, created, strict=True)
            ]
        )


class _PlanRows:
    """What the rows of one contract come to."""

    def __init__(self):
        self.new, self.updates, self.unchanged = [], [], 0
        self.problems, self.notices, self.first_days = [], [], {}


def _differs(record, name, value):
    field = record._fields[name]
    if field.type == "float":
        return bool(float_compare(record[name], value, precision_digits=field.get_digits(record.env)[1]))
    return (plain(record[name]) or False) != (value or False)


def _shown_days(start, end):
    return {"start": f"{start:%d.%m.%Y}", "end": f"{end:%d.%m.%Y}" if end else "…"}
