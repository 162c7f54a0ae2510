"""The layout "subscribers and contracts": what a file would make, change and leave alone. Reads only."""

from odoo import models
from odoo.fields import Command

from ...tools.importing.layout import CUSTOMER
from ...tools.importing.rules import DEFAULTS, Problem
from ...tools.refusal import Refusal
from .resolve import TARGETS
from .subscription_import_engine import Step, Update

# Column → field. Two columns for one field: one of them is filled.
CONTRACT_FIELDS = {
    "subject": "subject",
    "date_start": "date_start",
    "date_end": "date_end",
    "individual_customer": "partner_id",
    "corporate_customer": "partner_id",
    "invoice_individual": "invoice_partner_id",
    "invoice_corporate": "invoice_partner_id",
    "contact": "contact_id",
    "category": "category_id",
    "service_category": "service_category_id",
    "payment_method": "payment_method_line_id",
    "payment_term": "payment_term_id",
    "project": "project_id",
    "asset": "equipment_id",
    "branch": "company_id",
    "sales_rep": "employee_id",
    "special_code": "special_code",
    "note": "note",
}
LINE_FIELDS = {
    "product": "product_id",
    "quantity": "quantity",
    "price": "price_unit",
    "discount": "discount",
    "interval": "interval",
    "unit": "interval_unit",
    "repetitions": "repetitions",
    "prorate": "prorate",
    "paid_until": "paid_until",
}


class SubscriptionImportEngine(models.AbstractModel):
    _inherit = "subscription.import.engine"

    def _check_contracts(self, reading, records, result):
        """Sort the contracts of the file into new, changed, unchanged and impossible."""
        bad_rows = result.bad_rows
        existing = self._get_existing_contracts(reading)
        differing = []
        for group in reading.groups:
            if any(row.number in bad_rows for row in group.rows):
                result.skipped_count += 1
                continue
            branch = group.values.get("branch")
            company = records["branch"][branch] if branch else self.company_id
            problems = list(self._get_contract_problems(reading, group, records, company))
            result.add_problems(self._get_contract_warnings(reading, group, records))
            there = existing.get((company.id, group.number))
            values = self._prepare_contract_values(group, records, company) if there else None
            if problems:
                result.add_problems(problems)
                result.skipped_count += 1
            elif not there:
                result.new.append((group, company))
            elif self._get_differing_columns(reading.header, there, values):
                differing.append((there, values, group))
            else:
                result.unchanged_count += 1
        self._check_differing(reading.header, differing, result)

    def _check_differing(self, header, differing, result):
        """Decide on the contracts that are there with other values."""
        if self.on_existing == "update":
            contracts = self.env["subscription.contract"].union(*(there for there, _values, _group in differing))
            billed = self._get_last_billed_days(contracts)
            for there, values, group in differing:
                steps = self._get_contract_steps(header, there, values, group, billed, result)
                if steps:
                    result.updates.append(Update(there, group.row, steps))
                else:
                    result.unchanged_count += 1
            return
        for there, values, group in differing:
            columns = ", ".join(self._get_differing_columns(header, there, values))
            params = {"number": group.number, "columns": columns}
            result.errors.append(Problem("exists_differs", group.row, header.heading("number"), group.number, params))
            result.skipped_count += 1

    def _get_existing_contracts(self, reading):
        """Contracts with a number of the file in the company or its branches: (company id, number) → contract."""
        contracts = self.env["subscription.contract"].with_context(**self._get_write_context(), active_test=False)
        numbers = [group.number for group in reading.groups if group.number]
        domain = [("company_id", "in", self._get_companies().ids), ("name", "in", numbers)]
        return {(contract.company_id.id, contract.name): contract for contract in contracts.search(domain)}

    def _get_contract_problems(self, reading, group, records, company):
        """Yield what is wrong between the records of a contract that exist each for itself."""
        if not company.subscription_enabled:
            yield self._problem_at(reading, group.rows[0], "branch", "branch_disabled", company)
        foreign = self._get_foreign_codes(records, company)
        for row in group.rows:
            for key in foreign:
                if row.values.get(key) in foreign[key]:
                    yield self._problem_at(reading, row, key, "other_company_reference", company)

    def _get_foreign_codes(self, records, company):
        """Ids that mean a record which Odoo does not let the company name: column → ids; asked once for the file."""
        answers = records.setdefault("foreign", {})
        if company not in answers:
            found = {key: self._find_foreign_codes(records[key], company) for key in TARGETS if key in records}
            answers[company] = {key: codes for key, codes in found.items() if codes}
        return answers[company]

    def _find_foreign_codes(self, found, company):
        good = {code: record for code, record in found.items() if not isinstance(record, Refusal)}
        model = next(iter(good.values()), self.env["res.company"])
        if "company_id" not in model._fields or model._name == "res.company":
            return set()
        owned = model.union(*good.values()).filtered("company_id")
        foreign = set((owned - owned.filtered_domain(owned._check_company_domain(company))).ids)
        return {code for code, record in good.items() if record.id in foreign}

    def _problem_at(self, reading, row, key, code, company):
        return Problem(
            code, row.number, reading.header.heading(key), row.values.get(key, ""), {"company": company.name}
        )

    def _get_contract_warnings(self, reading, group, records):
        contact = group.values.get("contact")
        if not contact:
            return []
        customer = next(key for key in CUSTOMER if key in group.values)
        partner = records[customer][group.values[customer]]
        if records["contact"][contact].commercial_partner_id == partner.commercial_partner_id:
            return []
        return [Problem("contact_elsewhere", group.row, reading.header.heading("contact"), contact)]

    # === VALUES === #
    def _prepare_contract_values(self, group, records, company):
        """Values of a contract of the file.

        Whatever has a default or a compute that would ask the database is handed over: it is known here already.
        A blank cell is an empty field, but for the payment terms, which are then those of the customer.
        """
        values = dict.fromkeys(CONTRACT_FIELDS.values(), False)
        for key, name in CONTRACT_FIELDS.items():
            if key in group.values:
                value = group.values[key]
                values[name] = records[key][value].id if key in records else value
        partner = values["partner_id"]
        values.update(
            name=group.number,
            external_ref=group.number,
            company_id=company.id,
            currency_id=company.currency_id.id,
            invoice_partner_id=values["invoice_partner_id"] or partner,
            service_address_id=partner,
            billing_mode=company.subscription_billing_mode or "post",
            line_ids=[Command.create(self._prepare_line_values(row, records)) for row in group.rows],
        )
        if not values["payment_term_id"]:
            del values["payment_term_id"]
        return values

    def _prepare_line_values(self, row, records):
        values = {
            name: row.values.get(key, DEFAULTS.get(key, False)) for key, name in LINE_FIELDS.items() if key != "product"
        }
        return {
            **values,
            "product_id": records["product"][row.values["product"]].id,
            "date_start": row.values["date_start"],
        }

    # === COMPARISON === #
    def _get_differing_columns(self, header, contract, values):
        """Return the headings under which the file says something else than the contract that is there."""
        keys = [
            key for key, name in CONTRACT_FIELDS.items() if name in values and plain(contract[name]) != values[name]
        ]
        names = [name for key, name in LINE_FIELDS.items() if key in header.headings]
        own = sorted(_comparable(line, names) for line in contract.line_ids)
        read = sorted(_comparable(command[2], names) for command in values["line_ids"])
        if own != read:
            places = [place for place in range(len(names)) if _column(own, place) != _column(read, place)]
            by_name = {name: key for key, name in LINE_FIELDS.items()}
            keys += [by_name[names[place]] for place in places] or ["product"]
        return list(dict.fromkeys(header.headings[key] for key in keys if key in header.headings))

    def _get_last_billed_days(self, contracts):
        """Last billed day of each line that was billed: (contract id, line id) → date."""
        groups = self.env["subscription.installment"]._read_group(
            [("contract_id", "in", contracts.ids), ("state", "=", "invoiced")],
            ["contract_id", "line_id"],
            ["date_to:max"],
        )
        return {(contract.id, line.id): day for contract, line, day in groups}

    def _get_contract_steps(self, header, contract, values, group, billed, result):
        """Return what the file may change on a contract, and say what it may not.

        What was billed stays as it was: a billed line keeps its terms, a billed contract its subscriber and its start,
        and its end is not moved before the last billed day. A line that the file does not have is left alone.
        """
        if contract.state == "closed":
            result.warnings.append(self._kept_problem(header, "kept_closed", "number", group))
            return []
        last_day = max((day for (owner, _line), day in billed.items() if owner == contract.id), default=None)
        changes = {}
        for key, name in CONTRACT_FIELDS.items():
            if key not in header.headings or name not in values or plain(contract[name]) == values[name]:
                continue
            if key in CUSTOMER and key not in group.values:
                continue
            ends_early = name == "date_end" and values[name] and values[name] < (last_day or values[name])
            if last_day and (name in ("partner_id", "date_start") or ends_early):
                result.warnings.append(self._kept_problem(header, "kept_billed", key, group, day=last_day))
            else:
                changes[name] = values[name]
        steps = [Step(contract, *self._complete_changes(contract, changes))] if changes else []
        start = changes.get("date_start", contract.date_start)
        moved = self._get_moved_lines(contract, start)
        # No line may begin before its contract, not even for a moment.
        steps = moved + steps if start > contract.date_start else steps + moved
        for _create, _id, line in values["line_ids"]:
            line["date_start"] = start
        return steps + self._get_line_steps(header, contract, values, group, billed, result)

    def _get_moved_lines(self, contract, start):
        """Lines of a running contract that began with it begin with it again; those of a draft do so by themselves."""
        if contract.state == "draft" or start == contract.date_start:
            return []
        lines = contract.line_ids.filtered(lambda line: line.date_start == contract.date_start)
        return [Step(line, {"date_start": start}) for line in lines]

    def _kept_problem(self, header, code, key, group, row=None, **params):
        row = row or group.rows[0]
        day = params.get("day")
        params = {**params, "number": group.number, "day": f"{day:%d.%m.%Y}" if day else ""}
        return Problem(code, row.number, header.heading(key), str(row.values.get(key, "")), params)

    def _complete_changes(self, contract, changes):
        """Add what a compute would otherwise change together with these values.

        :return: (values, names of those that only keep a compute quiet)
        """
        kept = {name: contract[name].id for name in ("payment_term_id", "contact_id", "user_id", "service_address_id")}
        if "partner_id" in changes:
            for name in ("invoice_partner_id", "service_address_id"):
                if contract[name] == contract.partner_id:
                    changes.setdefault(name, changes["partner_id"])
            kept["contact_id"] = False
        kept["invoice_partner_id"] = contract.invoice_partner_id.id
        if "employee_id" in changes:
            del kept["user_id"]
        silent = {name: value for name, value in kept.items() if name not in changes}
        return {**silent, **changes}, frozenset(silent)

    def _get_line_steps(self, header, contract, values, group, billed, result):
        """Return the steps for the lines; a line is known by its product, several of one product by their order."""
        names = [name for key, name in LINE_FIELDS.items() if key in header.headings]
        keys = {name: key for key, name in LINE_FIELDS.items()}
        loose = list(contract.line_ids)
        pairs, steps = [], []
        for command, row in zip(values["line_ids"], group.rows, strict=True):
            same = next((line for line in loose if _comparable(line, names) == _comparable(command[2], names)), None)
            if same:
                loose.remove(same)
            else:
                pairs.append((command[2], row))
        for read, row in pairs:
            line = next((line for line in loose if line.product_id.id == read["product_id"]), None)
            if line is None:
                lines = self.env["subscription.contract.line"].with_context(**contract.env.context)
                steps.append(Step(lines, {**read, "contract_id": contract.id}))
                continue
            loose.remove(line)
            changes = {name: read[name] for name in names if _figure(line, name) != _figure(read, name)}
            day = billed.get((contract.id, line.id))
            if day:
                for name in changes:
                    result.warnings.append(self._kept_problem(header, "kept_billed", keys[name], group, row, day=day))
            else:
                steps.append(Step(line, changes))
        result.warnings += [
            Problem("line_left", group.row, header.heading("product"), line.product_id.display_name, {
                "number": group.number
            })
            for line in loose
        ]  # fmt: skip
        return steps


def _comparable(line, names):
    """Return figures of a line, record or values, in a form that can be compared and sorted."""
    return tuple(_figure(line, name) for name in names)


def _figure(line, name):
    figure = plain(line[name])
    return round(figure, 6) if isinstance(figure, float) else str(figure)


def plain(value):
    """Return the value as it would be written: of a record its id."""
    return value.id if isinstance(value, models.BaseModel) else value


def _column(lines, place):
    return sorted(line[place] for line in lines)
