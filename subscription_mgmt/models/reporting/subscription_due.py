"""All dues of all subscribers (WSM-01): rows of the plan with what became of their invoices."""

from odoo import fields, models
from odoo.tools import SQL

from .shares import READ, get_divided, get_open_pieces

STATES = [
    ("overdue", "Overdue"),
    ("not_due", "Not Due"),
    ("draft", "Invoice in Draft"),
    ("planned", "To Be Billed"),
    ("paid", "Paid"),
    ("cancelled", "Invoice Cancelled"),
]


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
        return SQL(
            """
            SELECT row.id, row.contract_id, row.company_id, base.currency_id AS company_currency_id, row.currency_id,
                   contract.partner_id, contract.user_id, contract.category_id, row.product_id, row.date_from,
                   row.date_to, row.date_invoice, COALESCE(piece.due, move.invoice_date_due, row.date_invoice)
                   AS date_due, NULLIF(move.name, '/') AS invoice_name, row.price_subtotal,
                   CASE WHEN line.id IS NULL THEN row.price_subtotal
                        WHEN move.move_type = 'out_refund' THEN -line.price_total
                        ELSE line.price_total END AS amount_total,
                   COALESCE(piece.part, 0) AS amount_open,
                   CASE WHEN piece.part > 0 THEN GREATEST(0, day.today - piece.due) ELSE 0 END AS days_late,
                   CASE WHEN row.state = 'planned' THEN 'planned'
                        WHEN move.state = 'draft' THEN 'draft'
                        WHEN move.state = 'cancel' THEN 'cancelled'
                        WHEN piece.part IS NULL OR piece.part = 0 THEN 'paid'
                        WHEN piece.part > 0 AND piece.due < day.today THEN 'overdue'
                        ELSE 'not_due' END AS state
              FROM subscription_installment row
              JOIN subscription_contract contract ON contract.id = row.contract_id
              JOIN res_company base ON base.id = row.company_id
         LEFT JOIN %(todays)s ON day.company_id = row.company_id
         LEFT JOIN account_move_line line ON line.id = row.invoice_line_id
         LEFT JOIN account_move move ON move.id = line.move_id
         LEFT JOIN (SELECT divided.row_id, divided.move_id, MIN(divided.due) AS due, SUM(divided.part) AS part
                      FROM (%(divided)s) divided
                  GROUP BY divided.row_id, divided.move_id) piece ON piece.row_id = row.id AND piece.move_id = move.id
             WHERE row.state IN ('planned', 'invoiced') AND %(readable)s
            """,
            todays=self._get_sql_todays(),
            divided=get_divided(get_open_pieces()),
            readable=self._get_readable(SQL("row.contract_id")),
        )


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def action_view_dues(self):
        """Open what the contracts were and will be billed, with what became of it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_due_action")
        return {**action, "domain": [("contract_id", "in", self.ids)], "context": {"search_default_group_state": 1}}
