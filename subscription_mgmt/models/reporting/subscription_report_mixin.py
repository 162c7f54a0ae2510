from odoo import fields, models
from odoo.tools import SQL

from .shares import get_todays


class SubscriptionReportMixin(models.AbstractModel):
    """Figures by contract, read from the database each time, of the contracts that the reader may see.

    Who may not open an invoice still sees what his contracts owe: the figures are worked out over all of accounting,
    and shown by contract alone.
    """

    _name = "subscription.report.mixin"
    _inherit = "subscription.filtered.mixin"
    _description = "Figures by Contract"

    contract_id = fields.Many2one(comodel_name="subscription.contract", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    company_currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Subscriber", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Responsible", readonly=True)
    category_id = fields.Many2one(comodel_name="subscription.category", string="Subscriber Category", readonly=True)

    def _get_readable(self, alias):
        """Condition on a column of contracts: those that the reader may see, archived ones too.

        Not by a rule of the view alone: whatever rules a company adds to contracts hold here, too.

        :param alias: SQL of the column.
        """
        if self.env.su:
            return SQL("TRUE")
        contracts = self.env["subscription.contract"].with_context(active_test=False)._search([])
        return SQL("%s IN %s", alias, contracts.subselect())

    def _get_sql_todays(self):
        """Today in each company that runs subscriptions, as a query."""
        # sudo: which day it is is no secret
        return get_todays(self.env["res.company"].sudo().search([("subscription_enabled", "=", True)]))

    def action_view_contract(self):
        """Open the contract."""
        self.ensure_one()
        self.contract_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "subscription.contract",
            "res_id": self.contract_id.id,
            "view_mode": "form",
        }
