"""Income, cost and margin of contracts from analytic lines (WSM-11, WSM-12), each line counted once."""

from odoo import fields, models
from odoo.tools import SQL

from .shares import READ


class SubscriptionProfitReport(models.Model):
    """An analytic line, or the part of it that falls to one contract.

    What an invoice billed for a contract, and what a bill that names one has cost, is of that contract. Whatever else
    stands on an account that several contracts share is divided by what each of them was billed, in equal parts as
    long as none was; the parts come to the line, to the cent.
    """

    _name = "subscription.profit.report"
    _inherit = "subscription.report.mixin"
    _description = "Profit of Contracts"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "contract_id"
    _depends = {
        "subscription.contract": [*READ["subscription.contract"], "analytic_account_id"],
        "subscription.installment": READ["subscription.installment"],
        "account.move": ["subscription_contract_id"],
        "account.move.line": ["move_id", "subscription_origin_line_id", "product_id", "balance", "parent_state"],
        "account.analytic.line": ["amount", "date", "move_line_id", "general_account_id", "product_id", "account_id"],
    }

    date = fields.Date(readonly=True)
    name = fields.Char(string="Details", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    income = fields.Monetary(currency_field="company_currency_id", readonly=True)
    expense = fields.Monetary(string="Cost", currency_field="company_currency_id", readonly=True)
    margin = fields.Monetary(currency_field="company_currency_id", readonly=True)
    margin_percent = fields.Float(string="Margin %", readonly=True, aggregator="avg", digits=(16, 1))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT (part.line_id::bigint << 22) + part.contract_id AS id, part.contract_id, contract.company_id,
                   company.currency_id AS company_currency_id, contract.partner_id, contract.user_id,
                   contract.category_id, part.date, part.name, part.product_id, part.income,
                   part.income - part.margin AS expense, part.margin,
                   ROUND(100.0 * part.margin / NULLIF(part.income, 0), 1) AS margin_percent
              FROM (%(parts)s) part
              JOIN subscription_contract contract ON contract.id = part.contract_id
              JOIN res_company company ON company.id = contract.company_id
             WHERE %(readable)s
            """,
            parts=self._get_parts(),
            readable=self._get_readable(SQL("part.contract_id")),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Override of `base`: the percentage of a group is that of its sums, not the mean of its lines."""
        if aggregate_spec != "margin_percent:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "ROUND(100.0 * SUM(%s) / NULLIF(SUM(%s), 0), 1)",
            self._field_to_sql(self._table, "margin", query),
            self._field_to_sql(self._table, "income", query),
        )

    def _get_parts(self, accounts=None):
        """Rows (line_id, contract_id, date, name, product_id, income, margin).

        :param accounts: ids of analytic accounts; default: of all contracts.
        """
        # sudo: which plans there are decides about columns only
        project, others = self.env["account.analytic.plan"].sudo()._get_all_plans()
        columns = [SQL.identifier(plan._column_name()) for plan in project | others]
        wanted = SQL("TRUE")
        if accounts is not None:
            # All who share a line are looked at, whosever accounts were asked for.
            wanted = SQL(" OR ").join(SQL("line.%s = ANY(%s)", column, list(accounts)) for column in columns)
        holders = SQL(" UNION ").join(
            SQL(
                """SELECT line.id AS line_id, holder.id AS contract_id
                     FROM account_analytic_line line
                     JOIN subscription_contract holder ON holder.analytic_account_id = line.%s
                    WHERE %s""",
                column,
                wanted,
            )
            for column in columns
        )
        return SQL(
            """
            WITH holder AS MATERIALIZED (%(holders)s),
            line AS MATERIALIZED (
                SELECT line.id, line.date, line.name, line.amount, COALESCE(item.product_id, line.product_id)
                       AS product_id, COALESCE(general.account_type LIKE 'income%%', FALSE) AS is_income,
                       10.0 ^ -currency.decimal_places AS unit,
                       COALESCE(direct.contract_id, origin.contract_id, move.subscription_contract_id) AS owner_id
                  FROM (SELECT DISTINCT line_id FROM holder) asked
                  JOIN account_analytic_line line ON line.id = asked.line_id
                  JOIN res_company company ON company.id = line.company_id
                  JOIN res_currency currency ON currency.id = company.currency_id
             LEFT JOIN account_account general ON general.id = line.general_account_id
             LEFT JOIN account_move_line item ON item.id = line.move_line_id
             LEFT JOIN account_move move ON move.id = item.move_id
             LEFT JOIN LATERAL (SELECT contract_id FROM subscription_installment
                                 WHERE invoice_line_id = item.id LIMIT 1) direct ON TRUE
             LEFT JOIN LATERAL (SELECT contract_id FROM subscription_installment
                                 WHERE invoice_line_id = item.subscription_origin_line_id LIMIT 1) origin ON TRUE),
            earned AS (
                SELECT row.contract_id, GREATEST(SUM(-item.balance), 0) AS income
                  FROM subscription_installment row
                  JOIN account_move_line item ON item.id = row.invoice_line_id AND item.parent_state = 'posted'
                 WHERE row.contract_id IN (SELECT contract_id FROM holder
                                            WHERE line_id IN (SELECT id FROM line WHERE owner_id IS NULL))
              GROUP BY row.contract_id),
            shared AS (
                SELECT line.*, line.id AS line_id, line.owner_id AS contract_id, 1.0 AS share
                  FROM line WHERE line.owner_id IS NOT NULL
                 UNION ALL
                SELECT line.*, line.id, holder.contract_id,
                       COALESCE(COALESCE(earned.income, 0) / NULLIF(SUM(earned.income) OVER one, 0),
                                1.0 / COUNT(*) OVER one)
                  FROM line
                  JOIN holder ON holder.line_id = line.id
             LEFT JOIN earned ON earned.contract_id = holder.contract_id
                 WHERE line.owner_id IS NULL
                WINDOW one AS (PARTITION BY line.id)),
            floored AS (SELECT *, amount::numeric * share / unit AS whole FROM shared),
            placed AS (
                SELECT *,
                       ROUND(amount::numeric / unit) - SUM(FLOOR(whole)) OVER (PARTITION BY line_id) AS spare,
                       ROW_NUMBER() OVER (PARTITION BY line_id ORDER BY whole - FLOOR(whole) DESC, contract_id) AS place
                  FROM floored),
            part AS (
                SELECT *, (FLOOR(whole) + CASE WHEN place <= spare THEN 1 ELSE 0 END) * unit AS margin FROM placed)
            SELECT line_id, contract_id, date, name, product_id, CASE WHEN is_income THEN margin ELSE 0 END AS income,
                   margin
              FROM part
            """,
            holders=holders,
        )
