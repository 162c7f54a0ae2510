from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace

from odoo import models
from odoo.fields import Command
from odoo.tools.translate import LazyTranslate

from ...tools.importing.contracts import CONTRACTS
from ...tools.importing.layout import CUSTOMER
from ...tools.importing.rules import DEFAULTS
from ...tools.importing.values import same_number
from ...tools.refusal import Refusal
from ..common.context import CHECKED, LEDGER
from .contract_update import CONTRACT_FIELDS, LINE_FIELDS, ContractUpdate
from .defaults import ImportDefaults
from .resolve import CONTACT, CORPORATE, INDIVIDUAL, PAYMENT_METHOD, PRODUCT, Target
from .subscription_import_engine import Update

_lt = LazyTranslate(__name__)

CATEGORY = Target(
    "subscription.category", _lt("categories"), "external_ref", "subscriber", lambda c: c.usage == "subscriber", True
)


class SubscriptionImportLayoutContracts(models.AbstractModel):
    """Subscribers and their contracts; a row is a line of a contract."""

    _name = "subscription.import.layout.contracts"
    _inherit = ["subscription.import.ledger", "subscription.import.layout"]
    _description = "Subscribers and contracts"

    _label = _lt("Subscribers and contracts")
    _shape = CONTRACTS
    _targets = {
        "individual_customer": INDIVIDUAL,
        "corporate_customer": CORPORATE,
        "invoice_individual": INDIVIDUAL,
        "invoice_corporate": CORPORATE,
        "contact": CONTACT,
        "product": PRODUCT,
        "category": CATEGORY,
        "service_category": replace(CATEGORY, kind="service", fits=lambda category: category.usage == "service"),
        "payment_method": PAYMENT_METHOD,
        "payment_term": Target("account.payment.term", _lt("payment terms"), listed=True),
        "project": Target("project.project", _lt("projects")),
        "asset": Target("maintenance.equipment", _lt("equipment")),
        "branch": Target("res.company", _lt("branches"), listed=True),
        "sales_rep": Target("hr.employee", _lt("employees")),
    }
    _models = {"subscription.contract": _lt("Contract"), "subscription.contract.line": _lt("Contract Line")}
    _shown = (*CUSTOMER, "subject")
    _differs = "exists_differs"
    _problems = {
        "no_customer": _lt("One of the two must be filled: %(first)s or %(second)s. Both are empty."),
        "no_price": _lt("Contract %(number)s has no price."),
        "end_before_start": _lt("The contract ends on %(end)s, before it starts on %(start)s."),
        "paid_outside": _lt("Paid until %(day)s, outside of the contract (%(start)s – %(end)s). Imported as it is."),
        "too_far": _lt("Periods of this length or number would go beyond the year 9999."),
        "other_company_reference": _lt(
            "The record belongs to another company or branch than the contract (%(company)s)."
        ),
        "branch_disabled": _lt("Subscription management is not enabled for company %(company)s."),
        "contact_elsewhere": _lt(
            "The contact person belongs to another customer, not to the subscriber of this row. Name one of the "
            "subscriber's contacts, or leave the cell empty."
        ),
        "number_taken": _lt(
            "The number is taken by contract %(there)s: capitals and blanks make no other number. Write it like there "
            "when this is the same contract, else give it a number of its own."
        ),
        "number_elsewhere": _lt("Contract %(there)s of %(company)s has this number too. Imported as it is."),
        "exists_differs": _lt("Contract %(number)s already exists with other values: %(columns)s."),
        "kept_billed": _lt("Not changed: contract %(number)s was billed up to %(day)s."),
        "kept_closed": _lt("Not changed: contract %(number)s is closed."),
        "line_left": _lt("Contract %(number)s has this product too, and the file does not. It was left as it is."),
    }
    _hints = {"exists_differs": _lt("Choose to update what was not billed, or take these rows out.")}
    _notes = {
        "number": _lt("Number of the contract. Rows with the same number are one contract with several lines."),
        "subject": _lt("What the contract is about."),
        "date_start": _lt("First day of the contract: a date cell, 31.12.2025 or 2025-12-31."),
        "date_end": _lt("Last day of the contract, included. Empty: open-ended."),
        "interval": _lt("Every how many units is billed: 3 with month is quarterly. Empty: 1."),
        "unit": _lt("Day, week, month or year. Empty: month."),
        "repetitions": _lt("Number of periods to bill. Empty: until the end date."),
        "prorate": _lt("Yes or no: charge a short first or last period by the day. Empty: yes."),
        "paid_until": _lt("Last day already billed in the old system; billing goes on the day after."),
        "invoice_individual": _lt("Id of the person who pays, when it is not the subscriber."),
        "invoice_corporate": _lt("Id of the company that pays, when it is not the subscriber."),
        "contact": _lt("Id of a contact person of the subscriber."),
        "category": _lt("Id of a category of subscribers: Subscriptions > Configuration > Categories."),
        "service_category": _lt("Id of a category of services: Subscriptions > Configuration > Categories."),
        "payment_term": _lt("Id of the payment terms. Empty: those of the customer."),
        "project": _lt("Id of the project."),
        "asset": _lt("Id of the equipment: Maintenance > Equipment."),
        "branch": _lt("Id of the branch, or of the company itself. Empty: the company of the import."),
        "sales_rep": _lt("Id of the employee who looks after the subscriber."),
        "special_code": _lt("Any text."),
        "note": _lt("Any text."),
    }

    def _describe_made(self, step):
        """Return which line a contract gets."""
        product = self.env["product.product"].browse(step.values["product_id"])
        return self.env._("New line: %s", product.display_name)

    # === CHECK === #
    def _prepare(self, result):
        """Find the contracts that are there."""
        there, numbers = self._get_existing_contracts(result), defaultdict(list)
        for (_company_id, number), contracts in there.items():
            numbers[number] += contracts
        result.own = SimpleNamespace(there=there, numbers=numbers, differing=[], foreign={}, defaults=None)

    def _conclude(self, result):
        """Say what changes on contracts that are there with other values."""
        billed = self._get_last_billed_days([update.contract for update in result.own.differing])
        for update in result.own.differing:
            steps = update.get_steps(billed)
            if steps:
                result.updates.append(Update(update.contract, update.group.row, steps))
            else:
                result.unchanged_count += 1

    def _get_company(self, result, group):
        branch = group.values.get("branch")
        return result.records["branch"][branch] if branch else result.engine.company_id

    def _get_problems(self, result, group):
        """Yield what is wrong between the records of a contract."""
        header, company = result.header, self._get_company(result, group)
        result.warnings += self._get_number_notices(result, group, company)
        yield from self._get_number_problems(result, group, company)
        yield from self._get_contact_problems(result, group)
        if not company.subscription_enabled:
            yield header.problem("branch_disabled", group.first, "branch", company=company.name)
        foreign = self._get_foreign_codes(result, company)
        for row in group.rows:
            for key in foreign:
                if row.values.get(key) in foreign[key]:
                    yield header.problem("other_company_reference", row, key, company=company.name)

    def _find(self, result, group):
        """Return the contract with this number in the company or branch."""
        same = self._find_same(result, group, self._get_company(result, group))
        return next((contract for contract in same if contract.name == group.number), None)

    def _find_same(self, result, group, company):
        """Return the contracts of a company with this number, however they write it."""
        return result.own.there.get((company.id, same_number(group.number)), [])

    def _get_number_problems(self, result, group, company):
        """Yield that a contract has the number, written another way: it would be there twice without a word."""
        same = self._find_same(result, group, company)
        if same and all(contract.name != group.number for contract in same):
            yield result.header.problem("number_taken", group.first, "number", there=same[0].name)

    def _get_number_notices(self, result, group, company):
        """Yield where a branch, or the company of a branch, has a contract of this number."""
        for contract in result.own.numbers.get(same_number(group.number), ()):
            if contract.company_id != company:
                params = {"there": contract.name, "company": contract.company_id.name}
                yield result.header.problem("number_elsewhere", group.first, "number", **params)

    def _compare(self, result, group, record):
        """Compare a contract that is there with its rows; what may be changed is looked at in the end."""
        update = ContractUpdate(result, record, self._prepare_values(result, group), group)
        columns = update.get_columns()
        if not columns:
            result.unchanged_count += 1
        elif result.engine.on_existing == "update":
            result.own.differing.append(update)
        else:
            return [self._get_difference(result, group, columns)]
        return []

    def _get_foreign_codes(self, result, company):
        """Ids that mean a record of neither the company nor a mother company of it: column → ids; once for the file."""
        answers = result.own.foreign
        if company not in answers:
            found = {key: self._find_foreign_codes(codes, company) for key, codes in result.records.items()}
            answers[company] = {key: codes for key, codes in found.items() if codes}
        return answers[company]

    def _find_foreign_codes(self, found, company):
        good = {code: record for code, record in found.items() if not isinstance(record, Refusal)}
        model = next(iter(good.values()), self.env["res.company"])
        if "company_id" not in model._fields or model._name == "res.company":
            return set()
        owned = model.union(*good.values()).filtered("company_id")
        foreign = set(owned.filtered(lambda record: record.company_id not in company.parent_ids).ids)
        return {code for code, record in good.items() if record.id in foreign}

    def _get_contact_problems(self, result, group):
        """Yield a reference contact that is another customer's (WSI-15)."""
        contact = group.values.get("contact")
        if contact:
            customer = next(key for key in CUSTOMER if key in group.values)
            partner = result.records[customer][group.values[customer]]
            if result.records["contact"][contact].commercial_partner_id != partner.commercial_partner_id:
                yield result.header.problem("contact_elsewhere", group.first, "contact")

    def _get_last_billed_days(self, contracts):
        """Last billed day of each line that was billed: (contract id, line id) → date."""
        groups = self.env["subscription.installment"]._read_group(
            [("contract_id", "in", [contract.id for contract in contracts]), ("state", "=", "invoiced")],
            ["contract_id", "line_id"],
            ["date_to:max"],
        )
        return {(contract.id, line.id): day for contract, line, day in groups}

    # === VALUES === #
    def _prepare_values(self, result, group):
        """Values of a contract of the file.

        Whatever has a default or a compute that would ask the database is handed over: it is known here already.
        A blank cell is an empty field, but for the payment terms, which are then those of the customer.
        """
        company = self._get_company(result, group)
        values = dict.fromkeys(CONTRACT_FIELDS.values(), False)
        for key, name in CONTRACT_FIELDS.items():
            if key in group.values:
                value = group.values[key]
                values[name] = result.records[key][value].id if key in result.records else value
        partner = values["partner_id"]
        values.update(
            name=group.number,
            external_ref=group.number,
            company_id=company.id,
            currency_id=company.currency_id.id,
            invoice_partner_id=values["invoice_partner_id"] or partner,
            service_address_id=partner,
            billing_mode=company.subscription_billing_mode or "post",
            amendment_billing=company.subscription_amendment_billing,
            line_ids=[Command.create(self._prepare_line_values(result, row)) for row in group.rows],
        )
        if not values["payment_term_id"]:
            del values["payment_term_id"]
        return values

    def _prepare_line_values(self, result, row):
        values = {
            name: row.values.get(key, DEFAULTS.get(key, False)) for key, name in LINE_FIELDS.items() if key != "product"
        }
        return {
            **values,
            "product_id": result.records["product"][row.values["product"]].id,
            "date_start": row.values["date_start"],
        }

    # === WRITING === #
    def _make(self, result, entries, batch):
        """Make contracts as drafts. The receipt has them by their link to it, which costs nothing more."""
        defaults = result.own.defaults = result.own.defaults or ImportDefaults(self.env, result.records)
        values_list = []
        for group, _none in entries:
            values = self._prepare_values(result, group)
            self._complete_values(values, self._get_company(result, group), defaults)
            values_list.append({**values, "import_batch_id": batch.id})
        # The companies of all records were compared by the check.
        context = {**result.engine._get_write_context(), "subscription_companies": CHECKED}
        self.env["subscription.contract"].with_context(**context).create(values_list)

    def _complete_values(self, values, company, defaults):
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

    def _finish(self, result):
        """Override of `subscription.import.ledger`: the next contract made by hand gets the number after these."""
        companies = {self._get_company(result, group) for group, _none in result.new}
        self.env["subscription.contract"]._continue_numbering(self.env["res.company"].union(*companies))
        return super()._finish(result)

    # === UNDO === #
    def _undo(self, plan):
        """Undo the import; what its lines of the receipt do not name are contracts."""
        restored = super()._undo(plan)
        self._delete(plan.contracts)
        return restored

    def _delete(self, records):
        """Delete contracts, or lines, with their plan and the analytic account that activation opened."""
        # Deleting empties the cache, and records found through a field would then be read one by one.
        records = records.with_prefetch().with_context(active_test=False, subscription_ledger=LEDGER)
        accounts = self.env["account.analytic.account"]
        if records._name == "subscription.contract":
            # An account that a person chose has another code.
            accounts = records.filtered(lambda c: c.analytic_account_id.code == c.name).analytic_account_id
        records.installment_ids.sudo().with_prefetch().unlink()  # sudo: plans go with what they were made from
        if records._name == "subscription.contract":
            records.line_ids.with_prefetch().unlink()
        deleted = super()._delete(records)
        # sudo: who may undo an import need not be allowed to keep analytic accounts; one with costs stays
        accounts.sudo().filtered(lambda account: not account.line_ids).unlink()
        return deleted
