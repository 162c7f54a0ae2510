import hashlib
from contextlib import closing

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# More rows are not listed one by one, only counted and summed up.
MAX_ROWS = 500
# What a row of the plan says, in the order in which it is shown
SHOWN = ("date_from", "date_to", "date_invoice", "quantity", "price_unit", "discount", "price_subtotal")


class SubscriptionContractActivate(models.TransientModel):
    """Looked at before activation: the plan of one contract, or what to do with the long past of several."""

    _name = "subscription.contract.activate"
    _inherit = "subscription.dialog.mixin"
    _description = "Activate Contracts"

    contract_ids = fields.Many2many(comodel_name="subscription.contract", string="Contracts", required=True)
    backlog_from = fields.Date(string="Oldest Billing Date", compute="_compute_backlog")
    backlog_count = fields.Integer(string="Periods to Make Up For", compute="_compute_backlog")
    backlog = fields.Selection(
        selection=[
            ("bill", "Bill them, oldest first"),
            ("paid", "They were billed elsewhere: start with the period that begins next"),
        ],
        string="These Periods",
        required=True,
        default="bill",
    )
    # === THE PLAN OF ONE CONTRACT === #
    contract_id = fields.Many2one(comodel_name="subscription.contract", compute="_compute_contract_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    line_ids = fields.One2many(
        comodel_name="subscription.contract.activate.line", inverse_name="activate_id", string="Payment Plan"
    )
    digest = fields.Char(readonly=True, help="Of the plan that was shown.")
    date_year = fields.Date(string="End of the Year", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    hidden_count = fields.Integer(string="Rows Not Listed", readonly=True)
    hidden_total = fields.Monetary(readonly=True, help="Of the rows that are not listed.")
    hidden_year = fields.Monetary(readonly=True, help="Of those among them that are billed by the end of the year.")
    amount_total = fields.Monetary(string="Total", compute="_compute_amounts", help="Untaxed amount of all rows.")
    amount_year = fields.Monetary(
        string="Until the End of the Year",
        compute="_compute_amounts",
        help="Untaxed amount of what is billed by 31 December.",
    )

    # === COMPUTES === #
    @api.depends("contract_ids")
    def _compute_backlog(self):
        for wizard in self:
            days = wizard.contract_ids._get_backlog_dates()
            wizard.backlog_from = min(days, default=False)
            wizard.backlog_count = len(days)

    @api.depends("contract_ids")
    def _compute_contract_id(self):
        for wizard in self:
            wizard.contract_id = wizard.contract_ids if len(wizard.contract_ids) == 1 else False

    @api.depends("line_ids.price_subtotal", "line_ids.date_invoice", "line_ids.is_skipped")
    def _compute_amounts(self):
        for wizard in self:
            lines = wizard.line_ids.filtered(lambda line: not line.is_skipped)
            year = lines.filtered(lambda line, day=wizard.date_year: day and line.date_invoice <= day)
            wizard.amount_total = wizard.hidden_total + sum(lines.mapped("price_subtotal"))
            wizard.amount_year = wizard.hidden_year + sum(year.mapped("price_subtotal"))

    # === ACTIONS === #
    def action_activate(self):
        """Activate the contracts with the choice made."""
        self._activate()
        return {"type": "ir.actions.act_window_close"}

    def action_bill_backlog(self):
        """Show the plan in which the periods that are over are billed."""
        self.backlog = "bill"
        return self._show_plan()

    def action_leave_backlog(self):
        """Show the plan in which the periods that are over count as billed elsewhere."""
        self.backlog = "paid"
        return self._show_plan()

    def action_confirm(self):
        """Activate the contract with the plan that was shown, and keep what was changed on its rows.

        :raise UserError: the contract is in force already, is being activated, or its plan would be another one now.
        """
        self.ensure_one()
        contract = self.contract_ids.ensure_one()
        contract.check_access("write")
        contract._hold_for_act()
        if contract.state != "draft":
            raise UserError(self.env._("Contract %(contract)s is in force already.", contract=contract.name))
        with self.env.cr.savepoint():  # nothing is kept of what is refused half-way
            self._activate()
            if self._get_digest(self._read_plan()) != self.digest:
                raise UserError(self.env._("The contract has changed since this was shown. Look at it once more."))
            self.line_ids._decide(contract.installment_ids)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS === #
    def _activate(self):
        if self.backlog == "paid":
            for line in self.contract_ids.line_ids:
                line.paid_until = line._get_billed_elsewhere_until()
        self.contract_ids.action_activate()

    def _show_plan(self):
        """List the rows that activation will make, found by activating and taking it back."""
        self.ensure_one()
        self.contract_ids.ensure_one().check_access("write")
        # Closing the savepoint undoes the activation, and forgets what the cache holds of it.
        with closing(self.env.cr.savepoint()):
            self._activate()
            self.env.flush_all()
            rows = self._read_plan()
        year = fields.Date.end_of(self.contract_ids.company_id._subscription_today(), "year")
        hidden = rows[MAX_ROWS:]
        self.write(
            {
                "line_ids": [Command.clear(), *(Command.create(self._prepare_line(row)) for row in rows[:MAX_ROWS])],
                "digest": self._get_digest(rows),
                "date_year": year,
                "row_count": len(rows),
                "hidden_count": len(hidden),
                "hidden_total": sum(row["price_subtotal"] for row in hidden),
                "hidden_year": sum(row["price_subtotal"] for row in hidden if row["date_invoice"] <= year),
            }
        )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_review_action"),
            "res_id": self.id,
        }

    def _read_plan(self):
        """The rows of the contract as they stand, in the order in which they are billed."""
        rows = self.contract_ids.installment_ids.sorted(lambda row: (row.date_invoice, row.date_from, row.line_id.id))
        return [
            {"line_id": row.line_id.id, "product_id": row.product_id.id, **{name: row[name] for name in SHOWN}}
            for row in rows
        ]

    def _prepare_line(self, row):
        planned = {name: row[name] for name in ("quantity", "price_unit", "discount")}
        return {**row, "planned": {**planned, "date_invoice": fields.Date.to_string(row["date_invoice"])}}

    def _get_digest(self, rows):
        """What was shown, for whom and in which currency, so that nothing else is done."""
        contract = self.contract_ids
        parties = (contract.partner_id.id, contract.invoice_partner_id.id, contract.currency_id.id)
        shown = (parties, [tuple(row.values()) for row in rows])
        return hashlib.sha256(repr(shown).encode()).hexdigest()
