from odoo import fields, models
from odoo.tools import SQL


class SubscriptionRunSum(models.Model):
    """How many invoices of a run there are in each state, and what they come to."""

    _name = "subscription.run.sum"
    _inherit = "subscription.sums.mixin"
    _description = "Sums of the Invoices of Runs"
    _auto = False
    _log_access = False
    _sums_of = "account_move"
    _sums_by = {"subscription_run_id": "int4", "state": "varchar"}
    _sums_values = {"amount_untaxed_signed": "numeric", "amount_total_signed": "numeric"}
    _depends = {"account.move": [*_sums_by, *_sums_values]}

    subscription_run_id = fields.Many2one(comodel_name="subscription.billing.run", string="Run", readonly=True)
    state = fields.Char(readonly=True)
    amount_untaxed_signed = fields.Float(string="Untaxed Amount", readonly=True)
    amount_total_signed = fields.Float(string="Total", readonly=True)

    def _get_sums_where(self):
        """Of the invoices of others there is nothing to keep."""
        return SQL("subscription_run_id IS NOT NULL")
