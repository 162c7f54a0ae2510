from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class SubscriptionBill(models.TransientModel):
    """Bill now, without waiting for the night: all that is due, or the chosen contracts."""

    _name = "subscription.bill"
    _description = "Bill Subscriptions Now"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, readonly=True
    )
    date_ref = fields.Date(
        string="Bill Up To",
        required=True,
        default=lambda self: self.env.company._subscription_today(),
        help="Everything planned to be billed on or before this day; also the date of the invoices.",
    )
    contract_ids = fields.Many2many(comodel_name="subscription.contract", string="Only These Contracts")
    contract_count = fields.Integer(string="Contracts Due", compute="_compute_due")
    installment_count = fields.Integer(string="Installments Due", compute="_compute_due")
    amount = fields.Monetary(string="Untaxed Amount Due", compute="_compute_due")
    currency_id = fields.Many2one(related="company_id.currency_id")

    @api.model
    def default_get(self, fields):
        """Take the contracts marked in the list from which the dialog was opened."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "subscription.contract":
            values["contract_ids"] = [(6, 0, self.env.context.get("active_ids", []))]
        return values

    @api.depends("date_ref", "contract_ids", "company_id")
    def _compute_due(self):
        run = self.env["subscription.billing.run"]
        for wizard in self:
            chosen = wizard.contract_ids._origin if wizard.contract_ids else None
            domain = run._get_due_domain(wizard.company_id, wizard.date_ref, chosen)
            rows = [("contract_id", "any", domain), *run._get_due_rows_domain(wizard.date_ref)]
            groups = self.env["subscription.installment"]._read_group(
                rows, ["currency_id"], ["contract_id:count_distinct", "__count", "price_subtotal:sum"]
            )
            wizard.contract_count = sum(contracts for _currency, contracts, _rows, _amount in groups)
            wizard.installment_count = sum(count for _currency, _contracts, count, _amount in groups)
            wizard.amount = sum(
                currency._convert(amount, wizard.currency_id, wizard.company_id, wizard.date_ref)
                for currency, _contracts, _rows, amount in groups
            )

    def action_bill(self):
        """Bill, and show the run.

        :raise AccessError: without the billing right.
        :raise UserError: nothing is due.
        """
        self.ensure_one()
        if not self.env.user.has_group("subscription_mgmt.group_subscription_billing"):
            raise AccessError(self.env._("You need the billing right to bill subscriptions."))
        contracts = self.contract_ids or None
        runs = self.env["subscription.billing.run"]._bill_due(self.date_ref, contracts, self.company_id)
        if not runs:
            raise UserError(self.env._("Nothing is due up to %(day)s.", day=self.date_ref))
        return runs._get_form_action()
