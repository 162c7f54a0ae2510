"""Parts of the money that was and is to come: what is billed, paid, planned, and follows after the plan.

Builders of SQL, no models. A part is a query of rows (source, kind, date, contract_id, company_id, product_id, amount,
amount_untaxed), in the currency of the company; `source` is a number that no other row of the part has. Of what is to
come, before it is priced: (source, kind, date, contract_id, company_id, product_id, line_id, currency_id, untaxed).
"""

from odoo.tools import SQL

from .shares import get_divided, get_open_by_contract


def get_billed(first, end, is_whole=False):
    """What posted invoices of a time have billed of plans.

    :param is_whole: all of it is read, and not a few days: the lines say themselves when and whether they were posted,
        which saves a look at all invoices; these have an index by day.
    """
    return SQL(
        """
        SELECT row.id AS source, 'billed' AS kind, %(day)s AS date, row.contract_id, row.company_id, row.product_id,
               -- Mostly the line is in the currency of the company and says it itself: that saves a division.
               CASE WHEN -line.balance = line.price_subtotal AND line.price_subtotal != 0
                    THEN ROUND(line.price_total, 2)
                    ELSE ROUND(-line.balance * COALESCE(line.price_total / NULLIF(line.price_subtotal, 0), 1), 2)
               END AS amount,
               -line.balance AS amount_untaxed
          FROM subscription_installment row
          JOIN account_move_line line ON line.id = row.invoice_line_id AND line.display_type = 'product'
          %(move)s
         WHERE row.state = 'invoiced' AND %(state)s = 'posted' AND %(day)s >= %(first)s AND %(day)s < %(end)s
        """,
        day=SQL("line.invoice_date") if is_whole else SQL("move.invoice_date"),
        state=SQL("line.parent_state") if is_whole else SQL("move.state"),
        move=SQL() if is_whole else SQL("JOIN account_move move ON move.id = line.move_id"),
        first=first,
        end=end,
    )


# === PAYMENTS === #
def get_payments(first, end, where=None):
    """Money that came for invoices at a time, and went back for credit notes, as pieces of them.

    Rows (piece_id, owner, move_id, company_id, currency_id, date, amount, company_amount).

    :param where: condition on `debt`, the line that was paid; default: all.
    """
    return SQL(
        """
        SELECT part.id * 2::bigint AS piece_id, debt.subscription_owner AS owner, debt.move_id, move.company_id,
               move.currency_id, paid.date, part.debit_amount_currency AS amount, part.amount AS company_amount
          FROM account_partial_reconcile part
          JOIN account_move_line debt ON debt.id = part.debit_move_id
          JOIN account_move move ON move.id = debt.move_id AND move.move_type = 'out_invoice'
          JOIN account_move_line paid ON paid.id = part.credit_move_id
          JOIN account_move source ON source.id = paid.move_id AND source.move_type != 'out_refund'
         WHERE paid.date >= %(first)s AND paid.date < %(end)s AND %(where)s
         UNION ALL
        SELECT part.id * 2::bigint + 1, debt.subscription_owner, debt.move_id, move.company_id, move.currency_id,
               paid.date, -part.credit_amount_currency, -part.amount
          FROM account_partial_reconcile part
          JOIN account_move_line debt ON debt.id = part.credit_move_id
          JOIN account_move move ON move.id = debt.move_id AND move.move_type = 'out_refund'
          JOIN account_move_line paid ON paid.id = part.debit_move_id
          JOIN account_move source ON source.id = paid.move_id AND source.move_type != 'out_invoice'
         WHERE paid.date >= %(first)s AND paid.date < %(end)s AND %(where)s
        """,
        first=first,
        end=end,
        where=where or SQL("TRUE"),
    )


def get_paid_whole(first, end):
    """What was paid of invoices that bill one contract alone (`owning.py`): its own as it stands."""
    return SQL(
        """
        SELECT paid.piece_id AS source, 'paid' AS kind, paid.date, contract.id AS contract_id, contract.company_id,
               NULL::int AS product_id, paid.company_amount AS amount, 0::numeric AS amount_untaxed
          FROM (%s) paid
          JOIN subscription_contract contract ON contract.id = paid.owner
        """,
        get_payments(first, end, SQL("debt.subscription_owner IS NOT NULL")),
    )


def get_paid_shared(first, end):
    """What was paid of all other invoices, divided among the contracts behind them."""
    return SQL(
        """
        SELECT ROW_NUMBER() OVER (ORDER BY paid.piece_id, paid.line_id, paid.row_id, paid.contract_id) AS source,
               'paid' AS kind, paid.date, contract.id AS contract_id, contract.company_id, NULL::int AS product_id,
               paid.company_part AS amount, 0::numeric AS amount_untaxed
          FROM (%s) paid
          JOIN subscription_contract contract ON contract.id = paid.contract_id
        """,
        get_divided(get_payments(first, end, SQL("debt.subscription_owner IS NULL"))),
    )


def get_habits(since, today):
    """Days from invoice to payment since a day, weighed by amount: (company_id, partner_id, days).

    Without a partner: of all customers of the company.
    """
    return SQL(
        """
        SELECT move.company_id, move.commercial_partner_id AS partner_id,
               ROUND(SUM(part.amount * GREATEST(0, paid.date - move.invoice_date))
                     / NULLIF(SUM(part.amount), 0))::int AS days
          FROM account_partial_reconcile part
          JOIN account_move_line debt ON debt.id = part.debit_move_id
          JOIN account_move move ON move.id = debt.move_id AND move.move_type = 'out_invoice'
          JOIN account_move_line paid ON paid.id = part.credit_move_id
          JOIN account_move source ON source.id = paid.move_id AND source.move_type != 'out_refund'
         WHERE paid.date > %s AND paid.date <= %s
      GROUP BY GROUPING SETS ((move.company_id, move.commercial_partner_id), (move.company_id))
        """,
        since,
        today,
    )


def get_open(today, end):
    """What is open of invoices and expected before a day, on the day of that; asks for a query `habit`."""
    return SQL(
        """
        SELECT ROW_NUMBER() OVER (ORDER BY part.move_id, part.contract_id, part.due, part.company_part) AS source,
               'open' AS kind,
               GREATEST(%s, move.invoice_date + COALESCE(own.days, base.days, 0)) AS date,
               contract.id AS contract_id, contract.company_id, NULL::int AS product_id, part.company_part AS amount,
               0::numeric AS amount_untaxed
          FROM (%s) part
          JOIN subscription_contract contract ON contract.id = part.contract_id
          JOIN account_move move ON move.id = part.move_id
     LEFT JOIN habit own ON own.company_id = move.company_id AND own.partner_id = move.commercial_partner_id
     LEFT JOIN habit base ON base.company_id = move.company_id AND base.partner_id IS NULL
         WHERE GREATEST(%s, move.invoice_date + COALESCE(own.days, base.days, 0)) < %s
        """,
        today,
        get_open_by_contract(),
        today,
        end,
    )


def get_later(coming, end):
    """Invoices that are to come and expected to be paid before a day, on the day of that; asks for a query `habit`.

    :param coming: a part of them, priced.
    """
    return SQL(
        """
        SELECT coming.source, coming.kind, coming.date + COALESCE(own.days, base.days, 0) AS date, coming.contract_id,
               coming.company_id, coming.product_id, coming.amount, 0::numeric AS amount_untaxed
          FROM (%s) coming
          JOIN subscription_contract contract ON contract.id = coming.contract_id
          JOIN res_partner payer ON payer.id = contract.invoice_partner_id
     LEFT JOIN habit own ON own.company_id = contract.company_id AND own.partner_id = payer.commercial_partner_id
     LEFT JOIN habit base ON base.company_id = contract.company_id AND base.partner_id IS NULL
         WHERE coming.date + COALESCE(own.days, base.days, 0) < %s
        """,
        coming,
        end,
    )


def get_expected(coming, since, today, end):
    """Payments that are expected, of what is open and of what is to come, as one part.

    The habits stand here alone, and not above all parts: the database would not share out among its workers what has
    nothing to do with them.

    :param coming: parts of what is to come, priced.
    """
    return SQL(
        "WITH habit AS MATERIALIZED (%s) %s",
        get_habits(since, today),
        get_united([get_open(today, end), *(get_later(part, end) for part in coming)]),
    )


def get_united(parts):
    """Parts as one, each row with a `source` that no other has."""
    return _unite(
        """
        SELECT part.source::bigint * %(count)s + %(place)s AS source, part.kind, part.date, part.contract_id,
               part.company_id, part.product_id, part.amount, part.amount_untaxed %(labels)s
          FROM (%(part)s) part
        """,
        [(part, SQL()) for part in parts],
    )


def get_labelled(parts):
    """Parts as one, with what the rows of each have in common: a constant, so that a filter passes over the others.

    :param parts: of tuples (part, SQL of further columns).
    """
    return _unite(
        """
        SELECT part.source::bigint * %(count)s + %(place)s AS id, part.kind, part.date, part.contract_id,
               part.company_id, part.product_id, part.amount, part.amount_untaxed, %(labels)s
          FROM (%(part)s) part
        """,
        parts,
    )


def get_sums(parts, where):
    """Sums of the parts by day, company and product, each part added up by itself: the database shares out each.

    :param parts: as of :func:`get_labelled`.
    :param where: condition on `part`.
    """
    return _unite(
        """
        SELECT MIN(part.source::bigint * %(count)s + %(place)s) AS id, part.kind, part.date, part.company_id,
               part.product_id, SUM(part.amount) AS amount, SUM(part.amount_untaxed) AS amount_untaxed,
               COUNT(*)::int AS row_count, %(labels)s
          FROM (%(part)s) part
         WHERE %(where)s
      GROUP BY part.kind, part.date, part.company_id, part.product_id
        """,
        parts,
        where=where,
    )


def _unite(template, parts, **values):
    return SQL(" UNION ALL ").join(
        SQL(template, part=part, labels=labels, count=len(parts), place=place, **values)  # pylint: disable=sql-injection
        for place, (part, labels) in enumerate(parts)
    )


# === TO COME === #
def get_planned(end):
    """Rows of plans that are to be billed."""
    return SQL(
        """
        SELECT row.id AS source, 'planned' AS kind, row.date_invoice AS date, row.contract_id, row.company_id,
               row.product_id, row.line_id, row.currency_id, row.price_subtotal AS untaxed
          FROM subscription_installment row
          JOIN subscription_contract contract ON contract.id = row.contract_id
         WHERE row.state = 'planned' AND row.date_invoice < %s AND contract.state IN ('active', 'paused', 'closed')
        """,
        end,
    )


def get_drafts(end):
    """Rows that invoices in draft bill: to come as long as these are not posted."""
    return SQL(
        """
        SELECT row.id AS source, 'planned' AS kind, row.date_invoice AS date, row.contract_id, row.company_id,
               row.product_id, row.line_id, row.currency_id, row.price_subtotal AS untaxed
          FROM account_move move
          JOIN account_move_line line ON line.move_id = move.id
          JOIN subscription_installment row ON row.invoice_line_id = line.id
          JOIN subscription_contract contract ON contract.id = row.contract_id
         WHERE move.state = 'draft' AND row.state = 'invoiced' AND row.date_invoice < %s
           AND contract.state IN ('active', 'paused', 'closed')
        """,
        end,
    )


def get_beyond(today, end):
    """Periods of lines after the last row of their plan: up to their end, if they have one, and after renewals."""
    return SQL(
        """
        SELECT line.id * 65536::bigint + next.place AS source,
               CASE WHEN next.day::date > contract.date_end THEN 'renewal' ELSE 'beyond' END AS kind,
               next.day::date + (last.date_invoice - last.date_from) AS date, contract.id AS contract_id,
               line.company_id, line.product_id, line.id AS line_id, line.currency_id, line.price_subtotal AS untaxed
          FROM subscription_contract_line line
          JOIN subscription_contract contract ON contract.id = line.contract_id
          JOIN LATERAL (SELECT row.date_from, row.date_to, row.date_invoice
                          FROM subscription_installment row
                         WHERE row.line_id = line.id AND row.credited_id IS NULL
                      ORDER BY row.date_from DESC LIMIT 1) last
            -- Most plans reach further than what is shown: of these, no day need be counted out.
            ON last.date_to + 1 + (last.date_invoice - last.date_from) < %(end)s
          JOIN LATERAL (SELECT make_interval(
                            days => CASE line.interval_unit WHEN 'day' THEN 1 WHEN 'week' THEN 7 ELSE 0 END
                                    * line.interval,
                            months => CASE line.interval_unit WHEN 'month' THEN 1 WHEN 'year' THEN 12 ELSE 0 END
                                      * line.interval) AS step) cadence ON TRUE
    CROSS JOIN LATERAL generate_series(last.date_to + 1, %(end)s::timestamp + INTERVAL '1 year', cadence.step)
               WITH ORDINALITY AS next(day, place)
         WHERE line.active AND line.is_fee IS NOT TRUE AND COALESCE(line.repetitions, 0) = 0
           AND line.price_subtotal != 0 AND contract.state = 'active'
           -- LEAST passes over what is empty: of what has no end, all is wanted.
           AND (next.day::date <= COALESCE(LEAST(line.date_end, contract.date_end), 'infinity'::date)
                OR contract.renewal = 'auto' AND contract.date_end >= %(today)s
                   AND (line.date_end IS NULL OR line.date_end = contract.date_end))
           AND next.day::date + (last.date_invoice - last.date_from) < %(end)s
        """,
        today=today,
        end=end,
    )


def get_priced(coming, today, rates, taxes):
    """What is to come, on the day on which it is billed at the earliest, in the currency of the company.

    :param rates: a join of rows (currency_id, company_id, rate), named `rate`.
    :param taxes: query of rows (line_id, factor).
    """
    return SQL(
        """
        SELECT coming.source, coming.kind, GREATEST(%(today)s, coming.date) AS date, coming.contract_id,
               coming.company_id, coming.product_id,
               ROUND(coming.untaxed * rate.rate * COALESCE(tax.factor, 1), 2) AS amount,
               ROUND(coming.untaxed * rate.rate, 2) AS amount_untaxed
          FROM (%(coming)s) coming
          JOIN %(rates)s ON rate.currency_id = coming.currency_id AND rate.company_id = coming.company_id
     LEFT JOIN (%(taxes)s) tax ON tax.line_id = coming.line_id
        """,
        coming=coming,
        today=today,
        rates=rates,
        taxes=taxes,
    )
