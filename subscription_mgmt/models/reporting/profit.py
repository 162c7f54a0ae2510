"""Income, expense and margin of a contract (WSM-11, WSM-12)."""

from odoo import api, fields, models


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

    @api.depends("analytic_account_id")
    def _compute_profit(self):
        """Sum the analytic lines when read; never stored, so never out of date."""
        income, total = self._sum_analytic([("general_account_id.internal_group", "=", "income")]), {}
        total = self._sum_analytic([])
        for contract in self:
            account = contract.analytic_account_id.id
            contract.income = income.get(account, 0.0)
            contract.margin = total.get(account, 0.0)
            contract.expense = contract.income - contract.margin

    def _sum_analytic(self, domain):
        """Analytic amount per account id: income positive, cost negative."""
        amounts = {}
        for plan, accounts in self.analytic_account_id.grouped("root_plan_id").items():
            column = plan._column_name()
            lines = self.env["account.analytic.line"]._read_group(
                [(column, "in", accounts.ids), *domain], [column], ["amount:sum"]
            )
            amounts.update({account.id: amount for account, amount in lines})
        return amounts
