"""Whose an invoice is: what is open, paid or spent, divided among the contracts that stand behind it, to the cent.

Builders of SQL, no models: the lists of dues, the outlook and the profit of contracts all divide by these, so that
their sums agree.
"""

from odoo.tools import SQL

# Stored fields that the queries below read; whoever builds on them has them flushed.
READ = {
    "account.move": [
        "state", "move_type", "company_id", "currency_id", "reversed_entry_id", "subscription_contract_id",
        "amount_residual", "amount_total",
    ],
    "account.move.line": [
        "move_id", "display_type", "price_total", "subscription_origin_line_id", "subscription_owner", "parent_state",
        "company_id", "currency_id", "company_currency_id", "reconciled", "amount_residual",
        "amount_residual_currency", "date_maturity",
    ],
    "subscription.installment": ["contract_id", "invoice_line_id"],
    "subscription.interaction": ["invoice_id", "recurrence_id"],
    "subscription.recurrence": ["contract_id"],
    "subscription.contract": ["company_id", "currency_id", "partner_id", "user_id", "category_id", "state"],
}  # fmt: skip


def get_moves_of(contracts):
    """Invoices and credit notes that have to do with contracts, by whichever way: rows (move_id).

    :param contracts: ids.
    """
    return SQL(
        """
        WITH billed AS MATERIALIZED (
            SELECT line.id, line.move_id
              FROM subscription_installment row JOIN account_move_line line ON line.id = row.invoice_line_id
             WHERE row.contract_id = ANY(%(ids)s))
        SELECT move_id FROM billed
         UNION
        SELECT line.move_id FROM billed JOIN account_move_line line ON line.subscription_origin_line_id = billed.id
         UNION
        SELECT id FROM account_move WHERE reversed_entry_id IN (SELECT move_id FROM billed)
         UNION
        SELECT id FROM account_move WHERE subscription_contract_id = ANY(%(ids)s)
         UNION
        SELECT made.invoice_id
          FROM subscription_interaction made JOIN subscription_recurrence rule ON rule.id = made.recurrence_id
         WHERE rule.contract_id = ANY(%(ids)s) AND made.invoice_id IS NOT NULL
        """,
        ids=list(contracts),
    )


# Open, and to be paid by a customer or to him: of invoices and credit notes Odoo has no other such lines.
OPEN = SQL("line.reconciled IS NOT TRUE AND line.display_type = 'payment_term' AND line.parent_state = 'posted'")


def get_open_pieces(where=None):
    """What is open of posted invoices and credit notes, by the day on which it is due.

    Rows (piece_id, move_id, company_id, currency_id, due, amount, company_amount).

    :param where: condition on `line`; default: all.
    """
    return SQL(
        """
        SELECT line.id AS piece_id, line.move_id, line.company_id, line.currency_id, line.date_maturity AS due,
               line.amount_residual_currency AS amount, line.amount_residual AS company_amount
          FROM account_move_line line
          JOIN account_move move ON move.id = line.move_id
         WHERE move.move_type IN ('out_invoice', 'out_refund') AND %s AND %s
        """,
        OPEN,
        where or SQL("TRUE"),
    )


def get_shared_moves(contracts):
    """Those of the invoices and credit notes of contracts of which something is open that has to be divided."""
    return SQL(
        "SELECT DISTINCT line.move_id FROM account_move_line line WHERE line.subscription_owner IS NULL AND %s"
        " AND line.move_id IN (%s)",
        OPEN,
        get_moves_of(contracts),
    )


def get_open_by_contract(contracts=None, shared=None):
    """What is open of each contract, by the day on which it is due.

    What belongs to one contract (`owning.py`) is its own as it stands; only the rest has to be divided.

    :param contracts: ids; default: all.
    :param shared: ids that :func:`get_shared_moves` finds for the contracts.
    :return: query of rows (contract_id, move_id, company_id, currency_id, company_currency_id, due, part,
        company_part, is_credit): pieces of invoices, or parts of them.
    """
    wanted = SQL("IS NOT NULL") if contracts is None else SQL("= ANY(%s)", list(contracts))
    known = SQL(
        """
        SELECT line.subscription_owner AS contract_id, line.move_id, line.company_id, line.currency_id,
               line.company_currency_id, line.date_maturity AS due, line.amount_residual_currency AS part,
               line.amount_residual AS company_part, line.amount_residual_currency < 0 AS is_credit
          FROM account_move_line line
         WHERE line.subscription_owner %s AND %s
        """,
        wanted,
        OPEN,
    )
    if contracts is not None and not shared:  # mostly; the planner takes long over what follows
        return known
    where = SQL("line.subscription_owner IS NULL")
    if contracts is not None:
        where = SQL("%s AND line.move_id = ANY(%s)", where, list(shared))
    return SQL(
        """
        %(known)s
         UNION ALL
        SELECT contract_id, move_id, company_id, currency_id, company_currency_id, due, part, company_part, is_credit
          FROM (%(divided)s) divided
         WHERE contract_id %(wanted)s
        """,
        known=known,
        divided=get_divided(get_open_pieces(where)),
        wanted=wanted,
    )


def get_owned_lines(pieces):
    """Of the invoices of some pieces: which line bills which row of the plan of which contract, and its weight.

    Rows (move_id, line_id, row_id, contract_id, weight). A credit note made in accounting is of whoever was billed
    what it gives back; an invoice that bills no row of a plan is of the contract that it names, or whose recurring
    invoice it is. What else stands on an invoice has no owner: its contracts share it.

    :param pieces: name of the query (an identifier) with a column move_id.
    """
    return SQL(
        """
        SELECT direct.* FROM direct
         UNION ALL
        SELECT back.* FROM back
         UNION ALL
        SELECT asked.move_id, NULL, NULL, COALESCE(move.subscription_contract_id, made.contract_id), 1.0
          FROM (SELECT DISTINCT move_id FROM %(pieces)s) asked
          JOIN account_move move ON move.id = asked.move_id
     LEFT JOIN LATERAL (SELECT rule.contract_id
                          FROM subscription_interaction made
                          JOIN subscription_recurrence rule ON rule.id = made.recurrence_id
                         WHERE made.invoice_id = asked.move_id AND rule.contract_id IS NOT NULL
                         LIMIT 1) made ON TRUE
         WHERE COALESCE(move.subscription_contract_id, made.contract_id) IS NOT NULL
           AND NOT EXISTS (SELECT FROM direct WHERE direct.move_id = asked.move_id)
           AND NOT EXISTS (SELECT FROM back WHERE back.move_id = asked.move_id)
        """,
        pieces=pieces,
    )


def get_part(amount, unit, whole, ties):
    """What falls to a row that has a `share` of an amount; the parts come to it to the cent.

    By the largest remainder: each part is rounded down, and what is left over goes, a cent each, to those that lost
    most.

    :param amount: column of it, the same in all rows of a whole.
    :param unit: column of its smallest unit.
    :param whole: column by which the rows belong together.
    :param ties: columns that say who comes first of those who lost the same.
    """
    names = {"amount": amount, "unit": unit, "whole": whole}
    columns = {key: SQL.identifier(name) for key, name in names.items()}
    exact = SQL("(%(amount)s * share / %(unit)s)", **columns)
    return SQL(
        """
        %(unit)s * (FLOOR(%(exact)s)
                    + CASE WHEN ROW_NUMBER() OVER (PARTITION BY %(whole)s
                                                   ORDER BY %(exact)s - FLOOR(%(exact)s) DESC, %(ties)s)
                                <= ROUND(%(amount)s / %(unit)s) - SUM(FLOOR(%(exact)s)) OVER (PARTITION BY %(whole)s)
                           THEN 1 ELSE 0 END)
        """,
        exact=exact,
        ties=SQL(", ").join(SQL.identifier(name) for name in ties.split(", ")),
        **columns,
    )


def get_divided(pieces):
    """Divide pieces of invoices among the lines that bill contracts, so that the parts come to the piece to the cent.

    In both currencies by itself.

    :param pieces: query of rows (piece_id, move_id, company_id, currency_id, amount, company_amount, …).
    :return: query of the same rows, one for each (piece, line), with (contract_id, line_id, row_id), the currency of
        the company, and whether what falls to the contract of the piece is a credit (is_credit).
    """
    return SQL(
        """
        WITH piece AS MATERIALIZED (%(pieces)s),
        direct AS MATERIALIZED (
            SELECT line.move_id, line.id AS line_id, row.id AS row_id, row.contract_id,
                   (line.price_total - COALESCE(back.total, 0)) / COUNT(*) OVER (PARTITION BY line.id) AS weight
              FROM (SELECT DISTINCT move_id FROM piece) asked
              JOIN account_move_line line ON line.move_id = asked.move_id AND line.display_type = 'product'
              JOIN subscription_installment row ON row.invoice_line_id = line.id
              -- What credit notes have given back of the line, as far as they are set against something.
         LEFT JOIN LATERAL (SELECT SUM(given.price_total
                                       * (1 - ABS(note.amount_residual) / NULLIF(note.amount_total, 0))) AS total
                              FROM account_move_line given
                              JOIN account_move note ON note.id = given.move_id
                             WHERE given.subscription_origin_line_id = line.id AND given.display_type = 'product'
                               AND note.move_type = 'out_refund' AND note.state = 'posted') back ON TRUE
             UNION ALL
            SELECT line.move_id, line.id, row.id, row.contract_id,
                   line.price_total / COUNT(*) OVER (PARTITION BY line.id)
              FROM (SELECT DISTINCT move_id FROM piece) asked
              JOIN account_move_line line ON line.move_id = asked.move_id AND line.display_type = 'product'
              JOIN subscription_installment row ON row.invoice_line_id = line.subscription_origin_line_id
             WHERE NOT EXISTS (SELECT FROM subscription_installment own WHERE own.invoice_line_id = line.id)),
        back AS MATERIALIZED (
            SELECT move.id AS move_id, line.id AS line_id, row.id AS row_id, row.contract_id, line.price_total AS weight
              FROM (SELECT DISTINCT move_id FROM piece) asked
              JOIN account_move move ON move.id = asked.move_id
              JOIN account_move_line line ON line.move_id = move.reversed_entry_id AND line.display_type = 'product'
              JOIN subscription_installment row ON row.invoice_line_id = line.id
             WHERE NOT EXISTS (SELECT FROM direct WHERE direct.move_id = asked.move_id)),
        owned AS (%(owned)s),
        shared AS (
            SELECT piece.*, owned.contract_id, owned.line_id, owned.row_id, company.currency_id AS company_currency_id,
                   10.0 ^ -own.decimal_places AS unit, 10.0 ^ -base.decimal_places AS company_unit,
                   COALESCE(owned.weight / NULLIF(SUM(owned.weight) OVER one, 0), 1.0 / COUNT(*) OVER one) AS share
              FROM piece
              JOIN owned ON owned.move_id = piece.move_id
              JOIN res_company company ON company.id = piece.company_id
              JOIN res_currency own ON own.id = piece.currency_id
              JOIN res_currency base ON base.id = company.currency_id
            WINDOW one AS (PARTITION BY piece.piece_id)),
        parted AS (SELECT shared.*, %(part)s AS part, %(company_part)s AS company_part FROM shared)
        SELECT parted.*, SUM(part) OVER (PARTITION BY piece_id, contract_id) < 0 AS is_credit
          FROM parted
        """,
        pieces=pieces,
        owned=get_owned_lines(SQL.identifier("piece")),
        part=get_part("amount", "unit", "piece_id", "line_id, contract_id"),
        company_part=get_part("company_amount", "company_unit", "piece_id", "line_id, contract_id"),
    )


def get_todays(companies):
    """Today in each company, as a query of rows (company_id, today).

    :param companies: `res.company`; each its own day, as it is where the company is.
    """
    rows = [SQL("(%s, %s::date)", company.id, company._subscription_today()) for company in companies]
    return SQL("(VALUES %s) AS day(company_id, today)", SQL(", ").join(rows or [SQL("(0, NULL::date)")]))
