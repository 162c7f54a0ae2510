from odoo import api, fields, models
from odoo.tools import SQL

from ..common.context import CHECKED

# Passed in the context by the import alone. An object, so that no request from outside can name it.
IMPORT = object()


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    import_batch_id = fields.Many2one(
        comodel_name="subscription.import.batch",
        string="Import",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The import that made this contract.",
    )

    @api.model
    def _get_same_number_query(self, numbers):
        """Ids of contracts with one of these numbers, whatever their capitals and blanks.

        More than are the same number at times, never fewer: `same_number` decides. Letters of Turkish and Romanian are
        folded by name, as a database of the locale C knows only those of English.
        """
        self.flush_model(["name"])
        fold = "btrim(lower(translate(%s, 'İIıŞĞÜÖÇÂÎÛĂȘȚŢ\u00a0\u2007\u202f', 'iiişğüöçâîûășțţ   ')))"
        return SQL(
            "SELECT contract.id FROM subscription_contract contract JOIN unnest(%s::varchar[]) wanted (number)"
            f" ON {fold % 'contract.name'} = {fold % 'wanted.number'}",
            numbers,
        )

    def _check_company(self, fnames=None):
        """Override of `base`: the import has looked at every record that a file names, once for the whole file."""
        if self.env.context.get("subscription_companies") is CHECKED:
            return None
        return super()._check_company(fnames)

    def _update_plans_after_import(self):
        """Make the plan of running contracts anew after their lines were changed; what was billed stays."""
        self.exists().with_context(subscription_settle=None)._settle()

    @api.model
    def _create(self, data_list):
        """Override of `base`: write the figures of imported contracts with them, not by a second pass."""
        if self.env.context.get("subscription_import") is IMPORT:
            for data in data_list:
                # Drafts have no plan yet.
                for name in ("date_next_invoice", "plan_until"):
                    data["stored"][name] = False
                    data["protected"].add(self._fields[name])
        return super()._create(data_list)


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    def _check_company(self, fnames=None):
        """Override of `base`: see the contract."""
        if self.env.context.get("subscription_companies") is CHECKED:
            return None
        return super()._check_company(fnames)

    @api.model
    def _add_precomputed_values(self, vals_list):
        """Override of `base`: spare an import a draft record per line, only to find the company of its contract."""
        if self.env.context.get("subscription_import") is IMPORT:
            contracts = self.env["subscription.contract"]
            for vals in vals_list:
                contract = contracts.browse(vals["contract_id"])
                vals.update(company_id=contract.company_id.id, currency_id=contract.currency_id.id)
        return super()._add_precomputed_values(vals_list)

    @api.model
    def _create(self, data_list):
        """Override of `base`: see the contract."""
        if self.env.context.get("subscription_import") is IMPORT:
            fields_ = [self._fields[name] for name in ("mrr", "price_subtotal")]
            for data in data_list:
                if "mrr" in data["stored"]:
                    data["protected"].update(fields_)
        return super()._create(data_list)
