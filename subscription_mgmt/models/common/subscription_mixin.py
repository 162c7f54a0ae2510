from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SubscriptionMixin(models.AbstractModel):
    """What every stored model of the suite shares: it belongs to a company that has subscriptions switched on."""

    _name = "subscription.mixin"
    _inherit = ["subscription.named.mixin", "subscription.filtered.mixin"]
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

    def _wait_for_lock(self):
        """Have the records to oneself until the end of the transaction; whoever has them now is waited for.

        When he has changed them, the database refuses the second with a serialization failure, which Odoo answers by
        running the request again: it then sees what the first has done. `lock_for_update` would tell people at once
        that a lock cannot be had, which is nothing that they can do anything about.
        """
        if self.ids:
            self.flush_recordset()
            query = SQL(
                "SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                SQL.identifier(self._table),
                tuple(self.ids),
            )
            self.env.execute_query(query)
            self.invalidate_recordset()

    def _hold_for_act(self):
        """Have the records to oneself until the end of the transaction, for what a person is about to do.

        The one place where people are told that somebody was faster: where waiting for him would not do, as what they
        decide on has to be looked at again.

        :raise UserError: somebody else is changing one of them, in words that say so.
        """
        if self.try_lock_for_update(allow_referencing=True) != self:
            raise UserError(self.env._("A colleague is doing this right now. Please look again in a moment."))

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
