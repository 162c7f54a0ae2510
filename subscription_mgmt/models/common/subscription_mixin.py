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
            self.env["res.company"].browse(vals["company_id"])._check_subscription_enabled()
        return super().write(vals)

    @api.model
    def _get_companies_of_values(self, vals_list):
        """Companies that records with these values would belong to: of what they are part of, named, or the current."""
        owner, _dot, _company = (self._fields["company_id"].related or "").partition(".")
        if owner:
            owners = self.env[self._fields[owner].comodel_name].browse(
                {vals[owner] for vals in vals_list if vals.get(owner)}
            )
            return owners.company_id
        return self.env["res.company"].browse({vals.get("company_id") or self.env.company.id for vals in vals_list})
