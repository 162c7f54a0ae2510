"""Money to come: what will be billed and paid in the coming twelve months, beside what was in the last twelve."""

from odoo import fields, models
from odoo.tools import SQL

from .shares import READ, get_divided, get_open_by_contract

MONTHS = 12
KINDS = [
    ("billed", "Invoiced"),
    ("planned", "Planned"),
    ("beyond", "Open-Ended, Beyond the Plan"),
    ("renewal", "After Renewal"),
    ("paid", "Paid"),
    ("open", "Billed, Not Paid Yet"),
]


class SubscriptionOutlook(models.Model):
    """An amount on a day, of a contract: billed or paid, or expected to be.

    Invoices of the future are the rows of the plan. Where the plan of an open-ended contract ends at its horizon, and
    where a contract renews itself, its lines go on at their price and cadence, shown apart. Payments are expected as
    many days after an invoice as the customer took in the last twelve months, or else all customers of the company.
    """

    _name = "subscription.outlook"
    _inherit = "subscription.report.mixin"
    _description = "Money to Come"
    _auto = False
    _order = "date, id"
    _rec_name = "contract_id"
    _depends = {
        **READ,
        "account.move": [*READ["account.move"], "invoice_date", "commercial_partner_id"],
        "account.move.line": [*READ["account.move.line"], "balance", "price_subtotal", "date"],
        "account.partial.reconcile": ["amount", "debit_move_id", "credit_move_id", "debit_amount_currency"],
        "subscription.contract": [*READ["subscription.contract"], "date_end", "renewal", "invoice_partner_id"],
        "subscription.contract.line": [
            "active", "is_fee", "date_end", "repetitions", "interval", "interval_unit", "price_subtotal", "product_id",
            "tax_ids",
        ],
        "subscription.installment": [
            *READ["subscription.installment"],
            "state", "line_id", "product_id", "date_from", "date_to", "date_invoice", "price_subtotal", "credited_id",
        ],
    }  # fmt: skip

    flow = fields.Selection(
        selection=[("invoice", "Invoices"), ("payment", "Payments")], string="Invoices or Payments", readonly=True
    )
    kind = fields.Selection(selection=KINDS, readonly=True)
    is_expected = fields.Boolean(string="Expected", readonly=True)
    date = fields.Date(readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    amount = fields.Monetary(
        string="Amount with Tax",
        currency_field="company_currency_id",
        readonly=True,
        help="Of what is not billed yet with the percentage of the taxes of its line.",
    )
    amount_untaxed = fields.Monetary(
        string="Untaxed Amount", currency_field="company_currency_id", readonly=True, help="Of invoices."
    )

    @property
    def _table_query(self):
        today = self.env.company._subscription_today()
        first = fields.Date.subtract(today.replace(day=1), months=MONTHS)
        end = fields.Date.add(today.replace(day=1), months=MONTHS)
        return SQL(
            """
            WITH billed AS (%(billed)s),
            coming AS MATERIALIZED (%(coming)s),
            habit AS MATERIALIZED (%(habit)s),
            money AS (
                SELECT 'invoice' AS flow, kind, date, contract_id, product_id, amount, amount_untaxed FROM billed
                 UNION ALL
                SELECT 'invoice', kind, date, contract_id, product_id, amount, amount_untaxed FROM coming
                 UNION ALL
                SELECT 'payment', 'paid', paid.date, paid.contract_id, NULL, paid.company_part, 0 FROM (%(paid)s) paid
                 UNION ALL
                SELECT 'payment', 'open',
                       GREATEST(%(today)s, move.invoice_date + COALESCE(own.days, base.days, 0)), part.contract_id,
                       NULL, part.company_part, 0
                  FROM (%(open)s) part
                  JOIN account_move move ON move.id = part.move_id
             LEFT JOIN habit own ON own.company_id = move.company_id AND own.partner_id = move.commercial_partner_id
             LEFT JOIN habit base ON base.company_id = move.company_id AND base.partner_id IS NULL
                 UNION ALL
                SELECT 'payment', coming.kind, coming.date + COALESCE(own.days, base.days, 0), coming.contract_id,
                       coming.product_id, coming.amount, 0
                  FROM coming
                  JOIN subscription_contract contract ON contract.id = coming.contract_id
                  JOIN res_partner payer ON payer.id = contract.invoice_partner_id
             LEFT JOIN habit own ON own.company_id = contract.company_id
                   AND own.partner_id = payer.commercial_partner_id
             LEFT JOIN habit base ON base.company_id = contract.company_id AND base.partner_id IS NULL)
            SELECT ROW_NUMBER() OVER (ORDER BY money.date, money.contract_id, money.flow, money.kind, money.product_id,
                                               money.amount) AS id,
                   money.*, money.kind NOT IN ('billed', 'paid') AS is_expected, contract.company_id,
                   company.currency_id AS company_currency_id, contract.partner_id, contract.user_id,
                   contract.category_id
              FROM money
              JOIN subscription_contract contract ON contract.id = money.contract_id
              JOIN res_company company ON company.id = contract.company_id
             WHERE money.date >= %(first)s AND money.date < %(end)s AND %(readable)s
            """,
            billed=self._get_billed(first),
            coming=self._get_coming(today, end),
            habit=self._get_habits(today),
            paid=get_divided(self._get_payments(first)),
            open=get_open_by_contract(),
            today=today,
            first=first,
            end=end,
            readable=self._get_readable(SQL("money.contract_id")),
        )

    def _get_billed(self, first):
        """What posted invoices have billed of plans, in the currency of the company."""
        return SQL(
            """
            SELECT 'billed' AS kind, COALESCE(move.invoice_date, move.date) AS date, row.contract_id, row.product_id,
                   ROUND(-line.balance * COALESCE(line.price_total / NULLIF(line.price_subtotal, 0), 1), 2) AS amount,
                   -line.balance AS amount_untaxed
              FROM subscription_installment row
              JOIN account_move_line line ON line.id = row.invoice_line_id
              JOIN account_move move ON move.id = line.move_id
             WHERE row.state = 'invoiced' AND move.state = 'posted' AND move.invoice_date >= %s
            """,
            first,
        )

    def _get_payments(self, first):
        """Money that came for invoices, and went back for credit notes, as pieces of them."""
        return SQL(
            """
            SELECT part.id AS piece_id, debt.move_id, move.company_id, move.currency_id, paid.date,
                   part.debit_amount_currency AS amount, part.amount AS company_amount
              FROM account_partial_reconcile part
              JOIN account_move_line debt ON debt.id = part.debit_move_id
              JOIN account_move move ON move.id = debt.move_id AND move.move_type = 'out_invoice'
              JOIN account_move_line paid ON paid.id = part.credit_move_id
              JOIN account_move source ON source.id = paid.move_id AND source.move_type != 'out_refund'
             WHERE paid.date >= %(first)s
             UNION ALL
            SELECT part.id, note.move_id, move.company_id, move.currency_id, paid.date, -part.credit_amount_currency,
                   -part.amount
              FROM account_partial_reconcile part
              JOIN account_move_line note ON note.id = part.credit_move_id
              JOIN account_move move ON move.id = note.move_id AND move.move_type = 'out_refund'
              JOIN account_move_line paid ON paid.id = part.debit_move_id
              JOIN account_move source ON source.id = paid.move_id AND source.move_type != 'out_invoice'
             WHERE paid.date >= %(first)s
            """,
            first=first,
        )

    def _get_habits(self, today):
        """Days from invoice to payment in the last twelve months, weighed by amount: (company_id, partner_id, days).

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
            fields.Date.subtract(today, months=MONTHS),
            today,
        )

    def _get_coming(self, today, end):
        """Invoices that are to come, in the currency of the company: the plan, and what follows where it ends."""
        return SQL(
            """
            SELECT coming.kind, GREATEST(%(today)s, coming.date) AS date, coming.contract_id, coming.product_id,
                   ROUND(coming.untaxed * rate.rate * (1 + COALESCE(tax.percent, 0) / 100), 2) AS amount,
                   ROUND(coming.untaxed * rate.rate, 2) AS amount_untaxed
              FROM (SELECT 'planned' AS kind, row.date_invoice AS date, row.contract_id, row.line_id, row.product_id,
                           row.currency_id, row.company_id, row.price_subtotal AS untaxed
                      FROM subscription_installment row
                      JOIN subscription_contract contract ON contract.id = row.contract_id
                 LEFT JOIN account_move_line line ON line.id = row.invoice_line_id
                 LEFT JOIN account_move move ON move.id = line.move_id
                     -- An invoice in draft is not billed yet: what it bills is to come as long as it is not posted.
                     WHERE (row.state = 'planned' OR row.state = 'invoiced' AND move.state = 'draft')
                       AND row.date_invoice < %(end)s
                       AND contract.state IN ('active', 'paused', 'closed')
                     UNION ALL
                    %(beyond)s) coming
              JOIN %(rates)s ON rate.currency_id = coming.currency_id AND rate.company_id = coming.company_id
         LEFT JOIN (%(taxes)s) tax ON tax.line_id = coming.line_id
            """,
            today=today,
            end=end,
            beyond=self._get_beyond(today, end),
            rates=self._get_rates(today),
            taxes=self._get_taxes(),
        )

    def _get_beyond(self, today, end):
        """Periods of lines after the last row of their plan: up to their end, if they have one, and after renewals."""
        return SQL(
            """
            SELECT CASE WHEN next.day::date > contract.date_end THEN 'renewal' ELSE 'beyond' END,
                   next.day::date + (last.date_invoice - last.date_from), contract.id, line.id, line.product_id,
                   line.currency_id, line.company_id, line.price_subtotal
              FROM subscription_contract_line line
              JOIN subscription_contract contract ON contract.id = line.contract_id
              JOIN LATERAL (SELECT row.date_from, row.date_to, row.date_invoice
                              FROM subscription_installment row
                             WHERE row.line_id = line.id AND row.credited_id IS NULL
                          ORDER BY row.date_from DESC LIMIT 1) last ON TRUE
              JOIN LATERAL (SELECT make_interval(
                                days => CASE line.interval_unit WHEN 'day' THEN 1 WHEN 'week' THEN 7 ELSE 0 END
                                        * line.interval,
                                months => CASE line.interval_unit WHEN 'month' THEN 1 WHEN 'year' THEN 12 ELSE 0 END
                                          * line.interval) AS step) cadence ON TRUE
        CROSS JOIN LATERAL generate_series(last.date_to + 1, %(end)s::timestamp + INTERVAL '1 year', cadence.step)
                   AS next(day)
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

    def _get_rates(self, today):
        """Rates into the currency of the company, as a query of rows (currency_id, company_id, rate)."""
        # sudo: rates only
        contracts = self.env["subscription.contract"].sudo().with_context(active_test=False)
        pairs = contracts._read_group([], ["currency_id", "company_id"])
        rows = [
            SQL(
                "(%s, %s, %s::numeric)",
                currency.id,
                company.id,
                currency._get_conversion_rate(currency, company.currency_id, company, today),
            )
            for currency, company in pairs
        ]
        rows = SQL(", ").join(rows or [SQL("(0, 0, 1::numeric)")])
        return SQL("(VALUES %s) AS rate(currency_id, company_id, rate)", rows)

    def _get_taxes(self):
        """Sum of the percentages of the taxes of each line, those of groups of taxes too: (line_id, percent)."""
        taxes = self.env["subscription.contract.line"]._fields["tax_ids"]
        children = self.env["account.tax"]._fields["children_tax_ids"]
        return SQL(
            """
            SELECT link.%(line)s AS line_id, SUM(tax.amount) AS percent
              FROM %(table)s link
         LEFT JOIN %(children)s child ON child.%(parent)s = link.%(tax)s
              JOIN account_tax tax ON tax.id = COALESCE(child.%(child)s, link.%(tax)s) AND tax.amount_type = 'percent'
          GROUP BY 1
            """,
            line=SQL.identifier(taxes.column1),
            tax=SQL.identifier(taxes.column2),
            table=SQL.identifier(taxes.relation),
            children=SQL.identifier(children.relation),
            parent=SQL.identifier(children.column1),
            child=SQL.identifier(children.column2),
        )
