from odoo import api, models


class SubscriptionMixin(models.AbstractModel):
    """What every stored model of the suite shares: it belongs to a company that has subscriptions switched on."""

    _name = "subscription.mixin"
    _description = "Subscription company switch"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse records of a company that does not run subscriptions (WSI-06..09), before anything is written."""
        self._get_companies_of_values(vals_list)._check_subscription_enabled()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to move records to a company that does not run subscriptions."""
        if vals.get("company_id"):
            self._get_companies_of_values([vals])._check_subscription_enabled()
        return super().write(vals)

    @api.model
    def _get_companies_of_values(self, vals_list):
        """Companies that records with these values would belong to: named, of their contract, or the current one."""
        company_ids, contract_ids = set(), set()
        for vals in vals_list:
            if vals.get("company_id"):
                company_ids.add(vals["company_id"])
            elif vals.get("contract_id"):
                contract_ids.add(vals["contract_id"])
            else:
                company_ids.add(self.env.company.id)
        contracts = self.env["subscription.contract"].browse(contract_ids)
        return self.env["res.company"].browse(company_ids) | contracts.company_id
