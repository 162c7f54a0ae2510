"""The check of a file: what it would make, and what is wrong with it. Reads only."""

import base64
from dataclasses import dataclass, field

from odoo import models

from ..tools import workbook
from ..tools.import_rows import Contract, Problem, file_problem, read_contracts
from ..tools.refusal import Refusal
from .subscription_import_write import CONTRACT_FIELDS, LINE_FIELDS

PRECISIONS = {"price": "Product Price", "quantity": "Product Unit", "discount": "Discount"}


@dataclass
class Result:
    """What the check of a file found.

    :param new: (values of the contract, the contract of the file) for each that is to be made
    :param unchanged_count: contracts that are there already, equal to the file
    """

    row_count: int = 0
    new: list[tuple[dict, Contract]] = field(default_factory=list)
    unchanged_count: int = 0
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


class SubscriptionImport(models.TransientModel):
    _inherit = "subscription.import"

    def _examine(self) -> Result:
        """Read the file, look up its ids, and compare it with the contracts that are there."""
        try:
            content = base64.b64decode(self.with_context(bin_size=False).file or b"")
            sheets = workbook.read(content, self.filename or "")
        except Refusal as refusal:
            return Result(errors=[file_problem(refusal)])
        reading = read_contracts(sheets, self.decimal_sign or None)
        result = Result(row_count=reading.row_count, errors=reading.problems)
        if not reading.refused:
            records = self._resolve_ids(reading)
            result.errors += self._get_id_problems(reading, records)
            result.errors += self._get_precision_problems(reading)
            self._check_contracts(reading, records, result)
            places = {heading: place for place, heading in enumerate(reading.header.headings.values())}
            result.errors.sort(key=lambda problem: (problem.row, places.get(problem.column, -1)))
        return result

    def _get_precision_problems(self, reading):
        """Return a problem for every figure that would be rounded when it is stored."""
        digits = {key: self.env["decimal.precision"].precision_get(name) for key, name in PRECISIONS.items()}
        return [
            Problem("too_precise", row.number, reading.header.heading(key), str(row.values[key]), {"digits": places})
            for contract in reading.contracts
            for row in contract.rows
            for key, places in digits.items()
            if key in row.values and abs(round(row.values[key], places) - row.values[key]) > 1e-9
        ]

    def _check_contracts(self, reading, records, result):
        """Sort the contracts of the file into new, unchanged and impossible."""
        bad_rows = {problem.row for problem in result.errors}
        existing = self._get_existing_contracts(reading)
        for contract in reading.contracts:
            if any(row.number in bad_rows for row in contract.rows):
                continue
            chosen = {key: records[key][code] for key, code in contract.values.items() if key in records}
            company = chosen.get("branch", self.company_id)
            problems = list(self._get_contract_problems(reading, contract, records, company))
            values = self._prepare_contract_values(contract, records, company)
            there = existing.get((company.id, contract.number))
            if there and not problems:
                differing = self._get_differing_columns(reading.header, there, values)
                if differing:
                    params = {"number": contract.number, "columns": ", ".join(differing)}
                    heading = reading.header.heading("number")
                    problems.append(Problem("exists_differs", contract.row, heading, contract.number, params))
                else:
                    result.unchanged_count += 1
            result.errors += problems
            result.warnings += self._get_contract_warnings(reading, contract, chosen)
            if not there and not problems:
                result.new.append((values, contract))

    def _get_existing_contracts(self, reading):
        """Contracts with a number of the file in the company or its branches: (company id, number) → contract."""
        contracts = self.env["subscription.contract"].with_context(
            active_test=False, allowed_company_ids=(self._get_companies() & self.env.user.company_ids).ids
        )
        numbers = [contract.number for contract in reading.contracts if contract.number]
        domain = [("company_id", "in", self._get_companies().ids), ("name", "in", numbers)]
        return {(contract.company_id.id, contract.name): contract for contract in contracts.search(domain)}

    def _get_contract_problems(self, reading, contract, records, company):
        """Yield what is wrong between the records of a contract that exist each for itself."""
        if not company.subscription_enabled:
            yield self._problem_at(reading, contract.rows[0], "branch", "branch_disabled", company)
        usable = company.parent_ids
        for row in contract.rows:
            for key, code in row.values.items():
                record = records[key][code] if key in records else None
                if record is None or "company_id" not in record._fields or not record.company_id:
                    continue
                if record.company_id not in usable:
                    yield self._problem_at(reading, row, key, "other_company_reference", company)

    def _problem_at(self, reading, row, key, code, company):
        return Problem(
            code, row.number, reading.header.heading(key), row.values.get(key, ""), {"company": company.name}
        )

    def _get_contract_warnings(self, reading, contract, chosen):
        contact = chosen.get("contact")
        partner = chosen.get("individual_customer") or chosen["corporate_customer"]
        if contact and contact.commercial_partner_id != partner.commercial_partner_id:
            heading = reading.header.heading("contact")
            return [Problem("contact_elsewhere", contract.row, heading, contract.values["contact"])]
        return []

    # === COMPARISON === #
    def _get_differing_columns(self, header, contract, values):
        """Return the headings under which the file says something else than the contract that is there."""
        keys = [
            key
            for key, name in CONTRACT_FIELDS.items()
            if name in values and not self._is_same(contract, name, values[name])
        ]
        own = sorted(_comparable(line) for line in contract.line_ids)
        read = sorted(_comparable(command[2]) for command in values["line_ids"])
        if own != read:
            places = [place for place in range(len(LINE_FIELDS)) if _column(own, place) != _column(read, place)]
            keys += [list(LINE_FIELDS)[place] for place in places] or ["product"]
        return list(dict.fromkeys(header.headings[key] for key in keys if key in header.headings))

    def _is_same(self, contract, name, value):
        return _plain(contract[name]) == value


def _comparable(line):
    """Return the figures of a line, record or values, in a form that can be compared and sorted."""
    figures = [_plain(line[name]) for name in LINE_FIELDS.values()]
    return tuple(round(figure, 6) if isinstance(figure, float) else str(figure) for figure in figures)


def _plain(value):
    """Return the value as it would be written: of a record its id."""
    return value.id if isinstance(value, models.BaseModel) else value


def _column(lines, place):
    return sorted(line[place] for line in lines)
