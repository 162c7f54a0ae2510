"""How profit was worked out before lines were read as they stand: every line looked up and divided."""

from odoo.tools import SQL


def get_all_divided(env):
    """Rows (line_id, contract_id, date, name, product_id, income, margin) of all contracts."""
    project, others = env["account.analytic.plan"].sudo()._get_all_plans()
    holders = SQL(" UNION ").join(
        SQL(
            """SELECT line.id AS line_id, holder.id AS contract_id
                 FROM account_analytic_line line
                 JOIN subscription_contract holder ON holder.analytic_account_id = line.%s""",
            SQL.identifier(plan._column_name()),
        )
        for plan in project | others
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
