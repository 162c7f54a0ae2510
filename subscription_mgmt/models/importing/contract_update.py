"""What a file changes on a contract that is there; what was billed stays as it was."""

from ...tools.importing.layout import CUSTOMER
from .subscription_import_engine import Step
from .write import plain

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
LINE_KEYS = {name: key for key, name in LINE_FIELDS.items()}


class ContractUpdate:
    """One contract that is there beside what the file says of it.

    :param values: of the contract, as the file has them
    """

    def __init__(self, result, contract, values, group):
        self.result, self.header = result, result.header
        self.contract, self.values, self.group = contract, values, group
        self.lines = [command[2] for command in values["line_ids"]]
        self.line_names = [name for key, name in LINE_FIELDS.items() if key in self.header.headings]
        self.billed = {}

    def get_columns(self):
        """Return the headings under which the file says something else."""
        keys = [key for key, name in CONTRACT_FIELDS.items() if self._differs(name)]
        own = sorted(self._figures(line) for line in self.contract.line_ids)
        read = sorted(self._figures(line) for line in self.lines)
        if own != read:
            names = [name for place, name in enumerate(self.line_names) if _column(own, place) != _column(read, place)]
            keys += [LINE_KEYS[name] for name in names] or ["product"]
        headings = self.header.headings
        return list(dict.fromkeys(headings[key] for key in keys if key in headings))

    def get_steps(self, billed):
        """Return what the file may change, and say what it may not.

        A billed line keeps its terms, a billed contract its subscriber and its start, and its end is not moved before
        the last billed day. A line that the file does not have is left alone.

        :param billed: (contract id, line id) → last billed day
        """
        contract, self.billed = self.contract, billed
        if contract.state == "closed":
            self._keep("kept_closed", "number")
            return []
        changes = self._get_changes()
        steps = [Step(contract, *self._complete(changes))] if changes else []
        start = changes.get("date_start", contract.date_start)
        moved = self._get_moved_lines(start)
        # No line may begin before its contract, not even for a moment.
        steps = moved + steps if start > contract.date_start else steps + moved
        for line in self.lines:
            line["date_start"] = start
        return steps + self._get_line_steps()

    def _get_changes(self):
        last_day = max((day for (owner, _line), day in self.billed.items() if owner == self.contract.id), default=None)
        changes = {}
        for key, name in CONTRACT_FIELDS.items():
            if key not in self.header.headings or not self._differs(name):
                continue
            if key in CUSTOMER and key not in self.group.values:
                continue
            value = self.values[name]
            ends_early = name == "date_end" and value and value < (last_day or value)
            if last_day and (name in ("partner_id", "date_start") or ends_early):
                self._keep("kept_billed", key, day=last_day)
            else:
                changes[name] = value
        return changes

    def _complete(self, changes):
        """Add what a compute would otherwise change together with these values.

        :return: (values, names of those that only keep a compute quiet)
        """
        contract = self.contract
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

    def _get_moved_lines(self, start):
        """Lines of a running contract that began with it begin with it again; those of a draft do so by themselves."""
        first_day = self.contract.date_start
        if self.contract.state == "draft" or start == first_day:
            return []
        lines = self.contract.line_ids.filtered(lambda line: line.date_start == first_day)
        return [Step(line, {"date_start": start}) for line in lines]

    def _get_line_steps(self):
        """Return the steps for the lines; a line is known by its product, several of one product by their order."""
        loose, pairs, steps = list(self.contract.line_ids), [], []
        for read, row in zip(self.lines, self.group.rows, strict=True):
            same = next((line for line in loose if self._figures(line) == self._figures(read)), None)
            if same:
                loose.remove(same)
            else:
                pairs.append((read, row))
        for read, row in pairs:
            line = next((line for line in loose if line.product_id.id == read["product_id"]), None)
            if line is None:
                steps.append(Step(self.contract.line_ids.browse(), {**read, "contract_id": self.contract.id}))
                continue
            loose.remove(line)
            changes = {name: read[name] for name in self.line_names if _figure(line, name) != _figure(read, name)}
            day = self.billed.get((self.contract.id, line.id))
            if day:
                for name in changes:
                    self._keep("kept_billed", LINE_KEYS[name], row, day)
            else:
                steps.append(Step(line, changes))
        for line in loose:
            product, number = line.product_id.display_name, self.group.number
            self.result.warnings.append(
                self.header.problem("line_left", self.group.first, "product", product, number=number)
            )
        return steps

    def _keep(self, code, key, row=None, day=None):
        """Say that something stays as it is."""
        row = row or self.group.first
        params = {"number": self.group.number, "day": f"{day:%d.%m.%Y}" if day else ""}
        self.result.warnings.append(self.header.problem(code, row, key, str(row.values.get(key, "")), **params))

    def _differs(self, name):
        return name in self.values and plain(self.contract[name]) != self.values[name]

    def _figures(self, line):
        """Return the figures of a line, record or values, in a form that can be compared and sorted."""
        return tuple(_figure(line, name) for name in self.line_names)


def _figure(line, name):
    figure = plain(line[name])
    return round(figure, 6) if isinstance(figure, float) else str(figure)


def _column(lines, place):
    return sorted(line[place] for line in lines)
