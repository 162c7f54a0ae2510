from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.importing.values import same_number

# Of a contract, what follows when it is settled; its lines say themselves what their plan is made from
PLAN_FIELDS = {"date_start", "date_end", "partner_id"}


class SubscriptionImportLedger(models.AbstractModel):
    """What the layouts share that write contracts or their plans: plans follow, and what was billed stays."""

    _name = "subscription.import.ledger"
    _description = "Subscriber Import"

    _precisions = {"price": "Product Price", "quantity": "Product Unit", "discount": "Discount"}

    def _get_existing_contracts(self, result):
        """Contracts with a number of the file in the company, its branches and its mother companies.

        However the file writes the number: (company id, same number) → list of contracts.
        """
        engine, found = result.engine, defaultdict(list)
        companies = (engine._get_companies() | engine.company_id.parent_ids) & self.env.user.company_ids
        context = {**engine._get_write_context(), "allowed_company_ids": companies.ids, "active_test": False}
        contracts = self.env["subscription.contract"].with_context(**context)
        numbers = [group.number for group in result.reading.groups if group.number]
        domain = [("company_id", "in", companies.ids), ("id", "in", contracts._get_same_number_query(numbers))]
        for contract in contracts.search(domain):  # one by one: put together they would not be read together any more
            found[contract.company_id.id, same_number(contract.name)].append(contract)
        return found

    def _get_contracts(self, records):
        """The contracts to which contracts, lines and rows of plans belong."""
        contracts = self.env["subscription.contract"]
        return contracts.union(
            *(record if record._name == contracts._name else record.contract_id for record in records)
        )

    # === WRITING === #
    def _finish(self, result):
        """Bring the payment plans of running contracts that were changed up to date."""
        contracts = self.with_context(**result.engine._get_write_context())._get_contracts(self._get_touched(result))
        contracts._update_plans_after_import()

    def _get_touched(self, result):
        """The records that a plan is made from and that are not as they were."""
        return [update.record for update in result.updates if any(map(_touches_plan, update.steps))]

    # === UNDO === #
    def _check_undoable(self, batch):
        """Raise when something that the import made or changed was billed."""
        contracts = batch.with_context(active_test=False).contract_ids
        changes = batch.change_ids.with_prefetch().grouped("model")
        touched = {model: lines.mapped("res_id") for model, lines in changes.items()}
        updated = Domain("contract_id", "in", touched.get("subscription.contract", []))
        billed = self.env["subscription.installment"]._find_billed(
            Domain("contract_id", "in", contracts.ids)
            | Domain("line_id", "in", touched.get("subscription.contract.line", []))
            | Domain("id", "in", touched.get("subscription.installment", []))
            | (updated & Domain("invoice_line_id.create_date", ">=", batch.date))
        )
        if billed:
            raise UserError(
                self.env._(
                    "Import %(name)s cannot be undone: contract %(contract)s was billed.",
                    name=batch.name,
                    contract=billed.contract_id.name,
                )
            )

    def _undo(self, plan):
        """Undo the import, and bring the plans of contracts that stay up to date."""
        rows = plan.made.filtered(lambda change: change.model == "subscription.installment")
        contracts = self._get_contracts([plan.records[change] for change in plan.restored | rows])
        restored = super()._undo(plan)
        contracts._update_plans_after_import()
        return restored


def _touches_plan(step):
    return step.record._name != "subscription.contract" or bool(PLAN_FIELDS & step.values.keys())
