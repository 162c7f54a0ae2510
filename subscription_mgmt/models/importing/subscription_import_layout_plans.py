from datetime import date, timedelta

from odoo import models
from odoo.tools import float_compare
from odoo.tools.translate import LazyTranslate

from ...tools.importing.plans import PLANS
from ...tools.importing.rules import DEFAULTS, Group
from ...tools.importing.values import same_number
from ..common.context import LEDGER
from .resolve import PAYMENT_METHOD, PRODUCT
from .subscription_import_engine import Step, Update
from .write import plain

_lt = LazyTranslate(__name__)

ONE_DAY = timedelta(days=1)
KEYS = {
    "date_to": "period_end",
    "date_invoice": "billing_date",
    "quantity": "quantity",
    "price_unit": "price",
    "discount": "discount",
    "state": "already_billed",
}


class SubscriptionImportLayoutPlans(models.AbstractModel):
    """Rows of the payment plans of contracts that are there (WSI-30..33)."""

    _name = "subscription.import.layout.plans"
    _inherit = ["subscription.import.ledger", "subscription.import.layout"]
    _description = "Payment plans"

    _label = _lt("Payment plans")
    _shape = PLANS
    _targets = {"payment_method": PAYMENT_METHOD, "product": PRODUCT}
    _models = {"subscription.installment": _lt("Installment")}
    _shown = ("period_start", "period_end", "price")
    _problems = {
        "periods_overlap": _lt("The period begins before that of row %(first)s ends; days would be billed twice."),
        "row_differs": _lt("This period is in the plan already with other values: %(columns)s."),
        "unknown_contract": _lt("No contract with this number was found."),
        "closed_contract": _lt("Contract %(number)s is closed; its plan takes no more rows."),
        "no_line": _lt("Contract %(number)s has no line of this product."),
        "product_needed": _lt("Contract %(number)s has several lines. Say which product the row is for."),
        "line_ambiguous": _lt(
            "Contract %(number)s has several lines of this product; the plan cannot tell them apart."
        ),
        "outside_contract": _lt("The period lies outside of contract %(number)s (%(start)s – %(end)s)."),
        "period_billed": _lt("These days were billed already (%(start)s – %(end)s)."),
        "period_taken": _lt("Another row of the plan, kept by hand, covers these days (%(start)s – %(end)s)."),
        "plan_gap": _lt(
            "Contract %(number)s began before this first period and nothing says that the days before it are paid; "
            "activating it plans them too. Set Paid Until on its line if they were billed."
        ),
    }
    _hints = {"row_differs": _lt("Choose to update what was not billed, or take these rows out.")}
    _notes = {
        "contract": _lt("Number of a contract that is there already. Its rows need not stand together."),
        "period_start": _lt("First day of the period: a date cell, 31.12.2025 or 2025-12-31."),
        "period_end": _lt("Last day of the period, included."),
        "billing_date": _lt("Day on which the period is billed. Empty: its first day."),
        "already_billed": _lt("Yes or no: the old system billed it, and it is not billed again. Empty: no."),
    }

    # === CHECK === #
    def _prepare(self, result):
        """Find the contracts by their number."""
        result.own, company = {}, result.engine.company_id
        children = result.engine._get_companies()
        for (company_id, number), contracts in self._get_existing_contracts(result).items():
            # One of the company itself comes before one of a branch.
            if company_id in children.ids and (number not in result.own or company_id == company.id):
                result.own[number] = contracts

    def _check_group(self, result, group):
        """Sort the rows of a contract: all of them, or none."""
        same = result.own.get(same_number(group.number), [None])
        contract = next((contract for contract in same if contract and contract.name == group.number), same[0])
        if not contract:
            return [result.header.problem("unknown_contract", group.first, "contract")]
        if contract.state == "closed":
            return [result.header.problem("closed_contract", group.first, "contract", number=group.number)]
        found = _PlanRows()
        self._sort_rows(result, group, contract, found)
        if not found.problems:
            result.new += found.new
            result.updates += found.updates
            result.unchanged_count += found.unchanged
            result.warnings += self._get_gap_notices(result, group, found)
        return found.problems

    def _sort_rows(self, result, group, contract, found):
        method = result.records.get("payment_method", {}).get(group.values.get("payment_method"))
        if method and contract.payment_method_line_id != method:
            step = Step(contract, {"payment_method_line_id": method.id})
            found.updates.append(Update(contract, group.row, [step]))
        for row in group.rows:
            product = result.records.get("product", {}).get(row.values.get("product"))
            line, code = self._find_line(contract, product)
            if code:
                found.problems.append(result.header.problem(code, row, "product", number=contract.name))
            else:
                self._sort_row(result, row, line, found)

    def _find_line(self, contract, product):
        """Return the line that a row is for, or why there is none."""
        lines = contract.line_ids.filtered(lambda line: not product or line.product_id == product)
        if len(lines) == 1:
            return lines, None
        if not lines:
            return None, "no_line"
        return None, "line_ambiguous" if product else "product_needed"

    def _sort_row(self, result, row, line, found):
        """Put a row where it belongs: new, a change of one that is there, or a problem."""
        header, values = result.header, self._prepare_row_values(row, line)
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
        elif there.is_edited and result.engine.on_existing != "update":
            columns = ", ".join(header.heading(KEYS[name]) for name in changes if name in KEYS)
            found.problems.append(header.problem("row_differs", row, "period_start", columns=columns))
        else:
            found.updates.append(Update(there, row.number, [Step(there, changes, frozenset({"is_edited"}))]))

    def _get_period_problem(self, header, row, line, values):
        """Return what keeps these days from being planned on the line."""
        start, end = values["date_from"], values["date_to"]
        contract = line.contract_id
        last = min(filter(None, (line.date_end, contract.date_end)), default=date.max)
        if start < line.date_start or end > last:
            params = {"number": contract.name, **_shown_days(line.date_start, last if last != date.max else None)}
            return header.problem("outside_contract", row, "period_start", **params)
        for charge in line._get_charges():
            fixed = charge.state != "planned" or charge.is_edited
            if not fixed or charge.date_from > end or charge.date_to < start:
                continue
            if charge.date_from != start or (charge.state == "invoiced" and self._differs_at_all(charge, values)):
                code = "period_billed" if charge.state == "invoiced" else "period_taken"
                return header.problem(code, row, "period_start", **_shown_days(charge.date_from, charge.date_to))
        return None

    def _differs_at_all(self, charge, values):
        return any(
            _differs(charge, name, value) for name, value in values.items() if name not in ("is_edited", "state")
        )

    def _get_gap_notices(self, result, group, found):
        """Say where activation would plan days before the first row of the file."""
        for line, first in found.first_days.items():
            covered = max(
                filter(None, (line.paid_until, *line._get_charges().filtered("is_edited").mapped("date_to"))),
                default=line.date_start - ONE_DAY,
            )
            if line.date_start < first and covered < first - ONE_DAY:
                params = {"number": line.contract_id.name}
                yield result.header.problem("plan_gap", group.first, "period_start", f"{first:%d.%m.%Y}", **params)

    # === VALUES === #
    def _prepare_row_values(self, row, line):
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
            "reason": self.env._("Billed in the old system") if billed else False,
            "is_edited": True,
        }

    # === WRITING === #
    def _make(self, result, entries, batch):
        """Make rows of plans."""
        # sudo: the right to import is enough; nobody makes rows of a plan by hand
        rows = self.env["subscription.installment"].sudo().with_context(**result.engine._get_write_context())
        created = rows.create([self._prepare_row_values(group.first, line) for group, line in entries])
        batch._note_made((group.row, row) for (group, _line), row in zip(entries, created, strict=True))

    def _finish(self, result):
        """Override of `subscription.import.ledger`: rows that a file changed are what a person decided."""
        rows = self.env["subscription.installment"]
        rows.union(
            *(update.record for update in result.updates if update.record._name == rows._name)
        )._decide_as_they_are()
        return super()._finish(result)

    def _delete(self, records):
        """Override of `subscription.import.layout`: what the rows had decided goes with them."""
        records = records.sudo().with_context(subscription_ledger=LEDGER)  # sudo: as when they were made
        records.decision_id.unlink()
        return super()._delete(records)

    def _get_touched(self, result):
        """Override of `subscription.import.ledger`: a plan with rows of its own goes on after them."""
        return [*super()._get_touched(result), *(line for _group, line in result.new)]


class _PlanRows:
    """What the rows of one contract come to."""

    def __init__(self):
        self.new, self.updates, self.unchanged = [], [], 0
        self.problems, self.first_days = [], {}


def _differs(record, name, value):
    field = record._fields[name]
    digits = field.type == "float" and field.get_digits(record.env)  # none: kept in full, like the price of a part
    if digits:
        return bool(float_compare(record[name], value, precision_digits=digits[1]))
    return (plain(record[name]) or False) != (value or False)


def _shown_days(start, end):
    return {"start": f"{start:%d.%m.%Y}", "end": f"{end:%d.%m.%Y}" if end else "…"}
