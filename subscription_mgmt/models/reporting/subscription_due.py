"""All dues of all subscribers (WSM-01): rows of the plan with what became of their invoices."""

from odoo import fields, models
from odoo.tools import SQL

from .shares import OPEN, READ, get_divided, get_open_pieces

STATES = [
    ("overdue", "Overdue"),
    ("not_due", "Not Due"),
    ("draft", "Invoice in Draft"),
    ("planned", "To Be Billed"),
    ("paid", "Paid"),
    ("cancelled", "Invoice Cancelled"),
]

# What an invoice line comes to, below zero where it gives back
TOTAL = SQL("CASE WHEN move.move_type = 'out_refund' THEN -line.price_total ELSE line.price_total END")


class SubscriptionDue(models.Model):
    """A row of the plan as its subscriber sees it: when it is to be paid, and whether it was."""

    _name = "subscription.due"
    _inherit = "subscription.report.mixin"
    _description = "Due"
    _auto = False
    _order = "date_due, id"
    _rec_name = "contract_id"
    _depends = {
        **READ,
        "account.move": [*READ["account.move"], "name", "payment_state", "invoice_date", "invoice_date_due"],
        "subscription.installment": [
            *READ["subscription.installment"],
            "state", "line_id", "product_id", "company_id", "currency_id", "date_from", "date_to", "date_invoice",
            "price_subtotal",
        ],
    }  # fmt: skip

    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    date_invoice = fields.Date(string="Billing Date", readonly=True)
    date_due = fields.Date(string="Due Day", readonly=True, help="Of what is not billed yet: its billing date.")
    days_late = fields.Integer(readonly=True, aggregator="max")
    invoice_name = fields.Char(string="Invoice", readonly=True)
    price_subtotal = fields.Monetary(string="Untaxed Amount", readonly=True)
    amount_total = fields.Monetary(
        string="Amount with Tax", readonly=True, help="Of what is not billed yet: without tax."
    )
    amount_open = fields.Monetary(string="Open", readonly=True, help="What is not paid of it.")
    state = fields.Selection(selection=STATES, readonly=True)

    @property
    def _table_query(self):
        """Each state by itself: what a filter leaves out is not read.

        Of an invoice of one contract (`owning.py`) of which nothing is paid each row is open as it stands; the rest is
        divided.
        """
        settled = SQL(
            """
            move.state = 'posted'
            AND NOT EXISTS (SELECT FROM piece WHERE piece.row_id = row.id AND piece.move_id = move.id)
            AND (line.price_total = 0 OR NOT EXISTS (SELECT FROM whole WHERE whole.move_id = move.id))
            """
        )
        return SQL(
            """
            WITH piece AS MATERIALIZED (
                SELECT divided.row_id, divided.move_id, MIN(divided.due) AS due, SUM(divided.part) AS part,
                       BOOL_AND(divided.is_credit) AS is_credit
                  FROM (%(divided)s) divided
              GROUP BY divided.row_id, divided.move_id
                HAVING SUM(divided.part) != 0),
            whole AS MATERIALIZED (
                SELECT line.move_id, MIN(line.date_maturity) AS due,
                       SUM(line.amount_residual_currency) < 0 AS is_credit
                  FROM account_move_line line JOIN account_move move ON move.id = line.move_id
                 WHERE %(is_open)s AND line.subscription_owner IS NOT NULL AND move.amount_residual = move.amount_total
              GROUP BY line.move_id)
            %(rows)s
            """,
            divided=get_divided(
                get_open_pieces(SQL("(line.subscription_owner IS NULL OR move.amount_residual != move.amount_total)"))
            ),
            is_open=OPEN,
            rows=SQL(" UNION ALL ").join(
                [
                    self._get_rows(SQL("'planned'"), SQL("row.state = 'planned'")),
                    self._get_billed(SQL("'draft'"), SQL("move.state = 'draft'")),
                    self._get_billed(SQL("'cancelled'"), SQL("move.state = 'cancel'")),
                    self._get_billed(SQL("'paid'"), settled),
                    self._get_open(SQL("JOIN whole open ON open.move_id = move.id"), TOTAL),
                    self._get_open(
                        SQL("JOIN piece open ON open.row_id = row.id AND open.move_id = move.id"), SQL("open.part")
                    ),
                ]
            ),
        )

    def _get_rows(self, state, where, **columns):
        """Rows of the plan in one state, as SQL; by default without an invoice.

        :param state: SQL for it.
        :param columns: name → SQL, where it is another than that of a row without an invoice.
        """
        columns = {
            "joins": SQL(),
            "due": SQL("row.date_invoice"),
            "late": SQL("0"),
            "name": SQL("NULL"),
            "total": SQL("row.price_subtotal"),
            "open": SQL("0"),
            **columns,
        }
        return SQL(
            """
            SELECT row.id, row.contract_id, row.company_id, base.currency_id AS company_currency_id, row.currency_id,
                   contract.partner_id, contract.user_id, contract.category_id, row.product_id, row.date_from,
                   row.date_to, row.date_invoice, %(due)s AS date_due, %(name)s AS invoice_name, row.price_subtotal,
                   %(total)s AS amount_total, %(open)s AS amount_open, %(late)s AS days_late, %(state)s AS state
              FROM subscription_installment row
              JOIN subscription_contract contract ON contract.id = row.contract_id
              JOIN res_company base ON base.id = row.company_id
                   %(joins)s
             WHERE %(where)s AND %(readable)s
            """,
            **columns,
            state=state,
            where=where,
            readable=self._get_readable(SQL("row.contract_id")),
        )

    def _get_billed(self, state, where, joins=None, **columns):
        """Rows that stand on an invoice."""
        return self._get_rows(
            state,
            SQL("row.state = 'invoiced' AND %s", where),
            joins=SQL(
                "JOIN account_move_line line ON line.id = row.invoice_line_id"
                " JOIN account_move move ON move.id = line.move_id %s",
                joins or SQL(),
            ),
            name=SQL("NULLIF(move.name, '/')"),
            total=TOTAL,
            **{"due": SQL("COALESCE(move.invoice_date_due, row.date_invoice)"), **columns},
        )

    def _get_open(self, joins, part):
        """Rows of which something is open: `part`. What stands on a credit is never late, whatever it charges."""
        is_late = SQL("%s > 0 AND NOT open.is_credit", part)
        return self._get_billed(
            SQL("CASE WHEN %s AND open.due < day.today THEN 'overdue' ELSE 'not_due' END", is_late),
            SQL("move.state = 'posted' AND %s != 0", part),
            SQL("%s LEFT JOIN %s ON day.company_id = row.company_id", joins, self._get_sql_todays()),
            due=SQL("COALESCE(open.due, move.invoice_date_due, row.date_invoice)"),
            late=SQL("CASE WHEN %s THEN GREATEST(0, day.today - open.due) ELSE 0 END", is_late),
            open=part,
        )


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def action_view_dues(self):
        """Open what the contracts were and will be billed, with what became of it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_due_action")
        return {**action, "domain": [("contract_id", "in", self.ids)], "context": {"search_default_group_state": 1}}
