"""Income, expense and margin of a contract (WSM-11, WSM-12)."""

from odoo import api, fields, models
from odoo.tools import SQL


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    income = fields.Monetary(
        compute="_compute_profit",
        currency_field="company_currency_id",
        compute_sudo=True,
        help="Untaxed posted income that carries the contract's analytic account.",
    )
    expense = fields.Monetary(
        compute="_compute_profit",
        currency_field="company_currency_id",
        compute_sudo=True,
        help="Untaxed posted cost that carries the contract's analytic account.",
    )
    margin = fields.Monetary(
        compute="_compute_profit",
        currency_field="company_currency_id",
        compute_sudo=True,
        help="Income minus expense.",
    )
    margin_percent = fields.Float(
        string="Margin %",
        compute="_compute_profit",
        compute_sudo=True,
        digits=(16, 1),
        help="Margin of the income; empty as long as there is no income.",
    )

    @api.depends("analytic_account_id")
    def _compute_profit(self):
        """Sum the analytic lines when read; never stored, so never out of date."""
        sums = self._read_profit()
        for contract in self:
            income, margin = sums.get(contract._origin.id, (0.0, 0.0))
            contract.income, contract.margin, contract.expense = income, margin, income - margin
            contract.margin_percent = 100 * margin / income if income else 0.0

    def _read_profit(self):
        """Income and margin by contract; of an account that several share, the part of each.

        :return: {id: (income, margin)}
        """
        # sudo: of these contracts; who shares with them is not shown
        report = self.env["subscription.profit.report"].sudo()
        accounts = self.analytic_account_id.ids
        if not accounts:
            return {}
        for model, names in report._depends.items():
            self.env[model].flush_model(names)
        query = SQL(
            "SELECT contract_id, SUM(income), SUM(margin) FROM (%s) part WHERE contract_id = ANY(%s) GROUP BY 1",
            report._get_parts(accounts),
            self.ids,
        )
        return {id_: (float(income), float(margin)) for id_, income, margin in self.env.execute_query(query)}

    def action_view_profit(self):
        """Open what income and cost of the contracts are made of."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_profit_report_action")
        views = [(False, kind) for kind in ("list", "pivot", "graph")]
        return {**action, "domain": [("contract_id", "in", self.ids)], "context": {}, "views": views}
