"""What a run would bill now: added up by the database, and listed contract by contract where somebody looks."""

from collections import Counter
from itertools import starmap

from odoo import fields, models
from odoo.tools import SQL

from ...models.billing.invoicing import BACKLOG


class SubscriptionBill(models.TransientModel):
    _inherit = "subscription.bill"

    def _get_totals(self):
        """(contracts, rows, amount, amount of the periods before), in company currency; nothing is written."""
        self.ensure_one()
        query = SQL(
            "SELECT currency_id, amount, amount_before, COUNT(*), SUM(installment_count)::int FROM (%s) due "
            "GROUP BY 1, 2, 3",
            self._get_due_query(),
        )
        totals = Counter(contracts=0, rows=0, amount=0.0, before=0.0)
        for currency, amount, before, contracts, rows in self.env.execute_query(query):
            totals["contracts"] += contracts
            totals["rows"] += rows
            # As each contract by itself, which is an invoice of its own
            totals["amount"] += contracts * self._convert(currency, amount)
            totals["before"] += contracts * self._convert(currency, before)
        return totals["contracts"], totals["rows"], totals["amount"], totals["before"]

    def _get_due(self, limit=None):
        """What a run would bill now, one dict per contract, in company currency; nothing is written.

        `amount_before` is what the same lines were billed for their period before.

        :param limit: so many, those first whose amount differs most from the period before.
        """
        self.ensure_one()
        names = "contract_id", "invoice_partner_id", "date_from", "date_to", "installment_count"
        query = SQL(
            "SELECT %s, currency_id, amount, amount_before FROM (%s) due JOIN (VALUES %s) rate (currency, factor) "
            "ON rate.currency = currency_id ORDER BY ABS(amount - amount_before) * factor DESC, contract_id LIMIT %s",
            SQL(", ").join(map(SQL.identifier, names)),
            self._get_due_query(),
            SQL(", ").join(self._get_factors()),
            limit,
        )

        def prepare(*cells):
            *cells, currency, amount, before = cells
            amounts = {"amount": self._convert(currency, amount), "amount_before": self._convert(currency, before)}
            return {**dict(zip(names, cells, strict=True)), **amounts}

        return list(starmap(prepare, self.env.execute_query(query)))

    def _get_due_query(self):
        """Due contracts with what is due of them, in their own currency; by the same rules as a run bills them.

        Of a long backlog the oldest billing dates alone, as `_cap_backlog` has it.
        """
        run, rows = self.env["subscription.billing.run"], self.env["subscription.installment"]
        rows.flush_model(["contract_id", "line_id", "date_from", "date_to", "date_invoice", "price_subtotal", "state"])
        contracts = self.env["subscription.contract"]
        contracts.flush_model(["invoice_partner_id", "currency_id"])
        due = contracts._search(run._get_due_domain(self.company_id, self.date_ref, self._get_chosen()))
        columns = ("contract_id", "line_id", "date_from", "date_to", "date_invoice", "price_subtotal", "id")
        found = rows._search(run._get_due_rows_domain(self.company_id, self.date_ref))
        return SQL(
            """
            -- Rows first, by their own index: the planner takes few of many rows of a contract for many.
            WITH found AS MATERIALIZED (%(found)s),
            placed AS (SELECT *, DENSE_RANK() OVER (PARTITION BY contract_id ORDER BY date_invoice) AS place,
                              ROW_NUMBER() OVER (PARTITION BY contract_id, line_id ORDER BY date_invoice, id) AS turn
                         FROM found WHERE contract_id IN (%(due)s))
            SELECT contract.id AS contract_id, contract.invoice_partner_id, contract.currency_id,
                   MIN(placed.date_from) AS date_from, MAX(placed.date_to) AS date_to,
                   COUNT(*)::int AS installment_count, SUM(placed.price_subtotal) AS amount,
                   COALESCE(SUM(CASE WHEN placed.turn = 1
                                     THEN (SELECT last.price_subtotal
                                             FROM subscription_installment last
                                            WHERE last.line_id = placed.line_id AND last.credited_id IS NULL
                                              AND last.state = 'invoiced'
                                         ORDER BY last.date_from DESC LIMIT 1) END), 0) AS amount_before
              FROM placed
              JOIN subscription_contract contract ON contract.id = placed.contract_id
             WHERE placed.place <= %(backlog)s
          GROUP BY contract.id
            """,
            found=found.select(*(SQL.identifier(rows._table, name) for name in columns)),
            due=due.select(),
            backlog=BACKLOG,
        )

    def _get_factors(self):
        """(currency, what one unit of it is in the currency of the company) as SQL, of every currency."""
        self.ensure_one()
        currencies = self.env["res.currency"].with_context(
            active_test=False, to_currency=self.currency_id.id, date=str(self.date_invoice)
        )
        return [
            SQL("(%s, %s::numeric)", currency.id, currency.inverse_rate)
            for currency in currencies.with_company(self.company_id).search([])
        ]

    def _convert(self, currency_id, amount):
        """Amount of a currency in that of the company."""
        currency = self.env["res.currency"].browse(currency_id)
        return currency._convert(amount, self.currency_id, self.company_id, self.date_invoice)

    # === LISTED === #
    def _fill_lines(self):
        """List every contract that is due: with a statement of its own, as there may be a hundred thousand."""
        self.line_ids.unlink()
        self.env.flush_all()
        now, uid = fields.Datetime.now(), self.env.uid
        rows = [
            (self.id, uid, uid, now, now, *line.values(), line["amount"] - line["amount_before"])
            for line in self._get_due()
        ]
        names = "bill_id, create_uid, write_uid, create_date, write_date, contract_id, invoice_partner_id, date_from"
        names += ", date_to, installment_count, amount, amount_before, amount_change"
        self.env.cr.execute_values(f"INSERT INTO subscription_bill_line ({names}) VALUES %s", rows)
        self.invalidate_recordset(["line_ids"])

    def action_view_due(self):
        """Open the list of everything that is due."""
        self.ensure_one()
        self.check_access("write")
        self._fill_lines()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": "subscription.bill.line",
            "view_mode": "list,kanban",
            "domain": [("bill_id", "=", self.id)],
        }
