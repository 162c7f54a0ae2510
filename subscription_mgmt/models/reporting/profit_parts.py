"""Which part of which analytic line is of which contract: what is of one as it stands, the rest divided to the cent.

Builders of SQL, no models. Most lines are of one contract: the one that their invoice bills or names
(`line_owning.py`), or the only one that holds their account. These are read as they are; only what several hold has to
be divided, and asks what each of them was billed.
"""

from odoo.tools import SQL

from .shares import get_part

OWN = SQL("line.subscription_owner IS NULL")
# COALESCE keeps the planner from a join: for few lines an index is asked, for many a table that is made when needed.
HELD = "COALESCE(EXISTS (SELECT FROM subscription_contract held WHERE held.analytic_account_id = line.%s), FALSE)"


def _any(conditions):
    return SQL("(%s)", SQL(" OR ").join(conditions or [SQL("FALSE")]))


def get_parts(contracts, columns, wanted, shared):
    """What falls to contracts.

    Rows (line_id, contract_id, company_id, partner_id, user_id, category_id, date, name, product_id, income, margin).

    :param contracts: query of those whose parts are asked for, or name of their table.
    :param columns: of the analytic line, those that contracts hold accounts of.
    :param wanted: condition on `line`.
    :param shared: ids of the accounts that more than one contract holds.
    """
    known = [get_known(contracts, SQL("contract.id = line.subscription_owner"), wanted, get_asked(columns))]
    known += [
        get_known(
            contracts,
            SQL("contract.analytic_account_id = line.%s", column),
            wanted,
            SQL("%s AND NOT %s AND NOT %s", OWN, get_shared([column], shared), get_held(others)),
        )
        for column in columns
        for others in [[other for other in columns if other is not column]]
    ]
    if not shared and len(columns) < 2:  # mostly
        return SQL(" UNION ALL ").join(known)
    pairs = [
        SQL("(%s AND %s)", get_held([column]), get_held([other]))
        for place, column in enumerate(columns)
        for other in columns[place + 1 :]
    ]
    several = SQL("%s AND %s AND %s", OWN, wanted, _any([get_shared(columns, shared), *pairs]))
    return SQL(" UNION ALL ").join([*known, get_divided(contracts, columns, several)])


def get_shared(columns, accounts):
    """Whether a line stands on one of some accounts."""
    return _any([SQL("COALESCE(line.%s = ANY(%s), FALSE)", column, list(accounts)) for column in columns if accounts])


def get_held(columns):
    """Whether a line stands on an account that a contract holds."""
    return _any([SQL(HELD, column) for column in columns])


def get_asked(columns):
    """Whether a line stands on an account of a contract; mostly that of whom it bills, which costs nothing to see."""
    return _any([*[SQL("line.%s = contract.analytic_account_id", column) for column in columns], get_held(columns)])


def get_known(contracts, whose, wanted, where):
    """Lines that are of one contract as they stand.

    :param whose: which `contract` a `line` is of.
    """
    return SQL(
        """
        SELECT line.id AS line_id, contract.id AS contract_id, contract.company_id, contract.partner_id,
               contract.user_id, contract.category_id, line.date, line.name,
               COALESCE(line.subscription_product, line.product_id) AS product_id,
               CASE WHEN general.account_type LIKE 'income%%' THEN line.amount ELSE 0 END AS income,
               line.amount AS margin
          FROM account_analytic_line line
          JOIN %(contracts)s contract ON %(whose)s
     LEFT JOIN account_account general ON general.id = line.general_account_id
         WHERE %(wanted)s AND %(where)s
        """,
        contracts=contracts,
        whose=whose,
        wanted=wanted,
        where=where,
    )


def get_divided(contracts, columns, where):
    """Lines that several contracts hold, divided by what each of them was billed, in equal parts as long as none was.

    :param where: condition on `line`.
    """
    holders = SQL(" UNION ").join(
        SQL(
            "SELECT line.id AS line_id, holder.id AS contract_id"
            "  FROM line JOIN subscription_contract holder ON holder.analytic_account_id = line.%s",
            column,
        )
        for column in columns
    )
    return SQL(
        """
        SELECT part.line_id, part.contract_id, contract.company_id, contract.partner_id, contract.user_id,
               contract.category_id, part.date, part.name, part.product_id,
               CASE WHEN part.is_income THEN part.margin ELSE 0 END AS income, part.margin
          FROM (
            WITH line AS MATERIALIZED (SELECT line.* FROM account_analytic_line line WHERE %(where)s),
            holder AS MATERIALIZED (%(holders)s),
            earned AS (
                SELECT row.contract_id, GREATEST(SUM(-item.balance), 0) AS income
                  FROM subscription_installment row
                  JOIN account_move_line item ON item.id = row.invoice_line_id AND item.parent_state = 'posted'
                 WHERE row.contract_id IN (SELECT contract_id FROM holder)
              GROUP BY row.contract_id),
            shared AS (
                SELECT line.id AS line_id, line.date, line.name, line.amount::numeric, holder.contract_id,
                       COALESCE(line.subscription_product, line.product_id) AS product_id,
                       COALESCE(general.account_type LIKE 'income%%', FALSE) AS is_income,
                       10.0 ^ -currency.decimal_places AS unit,
                       COALESCE(COALESCE(earned.income, 0) / NULLIF(SUM(earned.income) OVER one, 0),
                                1.0 / COUNT(*) OVER one) AS share
                  FROM line
                  JOIN holder ON holder.line_id = line.id
                  JOIN res_company company ON company.id = line.company_id
                  JOIN res_currency currency ON currency.id = company.currency_id
             LEFT JOIN account_account general ON general.id = line.general_account_id
             LEFT JOIN earned ON earned.contract_id = holder.contract_id
                WINDOW one AS (PARTITION BY line.id))
            SELECT *, %(margin)s AS margin FROM shared) part
          JOIN %(contracts)s contract ON contract.id = part.contract_id
        """,
        contracts=contracts,
        where=where,
        holders=holders,
        margin=get_part("amount", "unit", "line_id", "contract_id"),
    )
