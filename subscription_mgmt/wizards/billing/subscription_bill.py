from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

# A person waits for so many contracts (a few seconds); more are billed in the background, with a progress bar
FOREGROUND = 300
# Contracts that the dialog itself lists
SHOWN = 100


class SubscriptionBill(models.TransientModel):
    """Bill now, without waiting for the night: all that is due, or the chosen contracts."""

    _name = "subscription.bill"
    _inherit = "subscription.dialog.mixin"
    _description = "Bill Subscriptions Now"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, readonly=True
    )
    date_ref = fields.Date(
        string="Periods Due Until",
        required=True,
        default=lambda self: self.env.company._subscription_today(),
        help="Everything planned to be billed on or before this day.",
    )
    date_invoice = fields.Date(
        string="Invoice Date",
        required=True,
        default=lambda self: self.env.company._subscription_today(),
        help="Day that the invoices bear, whatever periods are due.",
    )
    is_later = fields.Boolean(compute="_compute_is_later")
    confirm_later = fields.Boolean(string="Date the invoices later than today all the same")
    contract_ids = fields.Many2many(comodel_name="subscription.contract", string="Only These Contracts")
    partner_ids = fields.Many2many(comodel_name="res.partner", string="Only These Subscribers")
    category_ids = fields.Many2many(
        comodel_name="subscription.category",
        string="Only These Categories",
        domain="[('usage', '=', 'subscriber')]",
    )
    hold = fields.Boolean(
        string="Look First",
        help="Leave all invoices in draft until the run is approved; it can be undone until then.",
    )
    # Kept: a chosen contract that is deleted meanwhile must not turn the choice into "all".
    is_chosen = fields.Boolean(compute="_compute_is_chosen", store=True, compute_sudo=False)
    contract_count = fields.Integer(string="Contracts Due", compute="_compute_due")
    installment_count = fields.Integer(string="Installments Due", compute="_compute_due")
    amount = fields.Monetary(string="Untaxed Amount Due", compute="_compute_due")
    amount_before = fields.Monetary(
        string="Previous Period", compute="_compute_due", help="Untaxed amount of the periods before these."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_next = fields.Date(string="Next Day", compute="_compute_next", help="On which something is due.")
    next_says = fields.Char(compute="_compute_next")
    is_shortened = fields.Boolean(compute="_compute_is_shortened", export_string_translation=False)
    line_ids = fields.One2many(comodel_name="subscription.bill.line", inverse_name="bill_id", string="Preview")

    @api.model
    def default_get(self, fields):
        """Take the contracts marked in the list from which the dialog was opened."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "subscription.contract":
            values["contract_ids"] = [(6, 0, self.env.context.get("active_ids", []))]
        return values

    @api.depends("contract_ids", "partner_ids", "category_ids")
    def _compute_is_chosen(self):
        # Archived contracts are a choice, too, though they are not shown.
        for wizard in self.with_context(active_test=False):
            wizard.is_chosen = bool(wizard.contract_ids or wizard.partner_ids or wizard.category_ids)

    @api.depends("date_invoice", "company_id")
    def _compute_is_later(self):
        for wizard in self:
            wizard.is_later = wizard.date_invoice and wizard.date_invoice > wizard.company_id._subscription_today()

    @api.onchange("date_ref", "date_invoice", "contract_ids", "partner_ids", "category_ids")
    def _onchange_due(self):
        """What was shown is not what would be billed now."""
        self.line_ids = False

    @api.onchange("date_invoice")
    def _onchange_date_invoice(self):
        """Another day is to be confirmed anew."""
        self.confirm_later = False

    @api.depends("date_ref", "contract_ids", "partner_ids", "category_ids", "company_id")
    def _compute_due(self):
        for wizard in self:
            contracts, rows, amount, before = wizard._get_totals()
            wizard.contract_count, wizard.installment_count = contracts, rows
            wizard.amount, wizard.amount_before = amount, before

    @api.depends("contract_count")
    def _compute_next(self):
        for wizard in self:
            wizard.date_next, wizard.next_says = False, self.env._("Nothing is due, and nothing is planned after it.")
            if wizard.contract_count:
                wizard.next_says = False
                continue
            after = wizard._get_next_due()
            if after:
                wizard.date_next, contracts, amount = after
                wizard.next_says = self.env._(
                    "Nothing is due. Next is %(day)s: %(count)s contracts, %(amount)s untaxed.",
                    day=format_date(self.env, wizard.date_next),
                    count=contracts,
                    amount=wizard.currency_id.format(amount),
                )

    @api.depends("line_ids", "contract_count")
    def _compute_is_shortened(self):
        for wizard in self:
            wizard.is_shortened = len(wizard.line_ids) < wizard.contract_count

    def _get_next_due(self):
        """The next day on which something is due: (day, number of contracts, amount in company currency)."""
        self.ensure_one()
        rows, chosen = self.env["subscription.installment"], self._get_chosen()
        domain = Domain("company_id", "=", self.company_id.id) & Domain("state", "=", "planned")
        domain &= Domain("date_invoice", ">", self.date_ref) & Domain("contract_id.state", "=", "active")
        if chosen is not None:
            domain &= Domain("contract_id", "in", chosen.ids)
        first = rows.search(domain, order="date_invoice", limit=1)
        if not first:
            return None
        due = rows._read_group(
            domain & Domain("date_invoice", "=", first.date_invoice), ["contract_id"], ["price_subtotal:sum"]
        )
        return (
            first.date_invoice,
            len(due),
            sum(self._convert(contract.currency_id.id, amount) for contract, amount in due),
        )

    def action_take_next(self):
        """Look at the next day on which something is due; the invoices keep their own day."""
        self.ensure_one()
        self.date_ref = self.date_next or self.date_ref
        return self._open_again(self.env._("Bill Now"))

    def _open_again(self, name):
        """Show the dialog as it is now."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_chosen(self):
        """Contracts that the filters leave, or None when everything due is meant."""
        self.ensure_one()
        domain = Domain.TRUE
        chosen = self.with_context(active_test=False)
        if chosen.contract_ids:
            domain &= Domain("id", "in", chosen.contract_ids.ids)
        if chosen.partner_ids:
            domain &= Domain("partner_id", "child_of", chosen.partner_ids.ids)
        if chosen.category_ids:
            domain &= Domain("category_id", "in", chosen.category_ids.ids)
        if domain.is_true():
            return self.env["subscription.contract"] if self.is_chosen else None
        return self.env["subscription.contract"].search(domain)

    def action_preview(self):
        """List what would be billed, contract by contract, with the difference to the period before.

        Of many those alone that differ most; the others are in the list behind the dialog.
        """
        self.ensure_one()
        self.line_ids = [Command.clear(), *(Command.create(line) for line in self._get_due(SHOWN))]
        return self._open_again(self.env._("Preview"))

    def action_bill(self):
        """Bill, and show the run.

        :raise AccessError: without the billing right.
        :raise UserError: nothing is due; the invoices would be dated later than today, and nobody has confirmed that.
        """
        self.ensure_one()
        if not self.env.user.has_group("subscription_mgmt.group_subscription_billing"):
            raise AccessError(self.env._("You need the billing right to bill subscriptions."))
        self._check_invoice_date()
        runs = self.env["subscription.billing.run"]
        chosen, terms = self._get_chosen(), {"hold": self.hold, "date_invoice": self.date_invoice}
        if self.contract_count > FOREGROUND:
            return runs._start(self.company_id, self.date_ref, chosen, **terms)._get_form_action()
        runs = runs._bill_due(self.date_ref, chosen, self.company_id, **terms)
        if not runs:
            day = format_date(self.env, self.date_ref)
            raise UserError(self.env._("Nothing is due up to %(day)s.", day=day))
        return runs._get_form_action()

    def _check_invoice_date(self):
        """Raise when invoices would be dated later than today and nobody has confirmed that."""
        if self.is_later and self.contract_count and not self.confirm_later:
            day = format_date(self.env, self.date_invoice)
            text = self.env._("%(day)s is later than today. Confirm that the invoices bear that day.", day=day)
            raise UserError(text)


class SubscriptionBillLine(models.TransientModel):
    _name = "subscription.bill.line"
    _inherit = "subscription.dialog.mixin"
    _description = "Bill Subscriptions Now: Preview"
    _order = "invoice_partner_id, contract_id"

    bill_id = fields.Many2one(comodel_name="subscription.bill", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="bill_id.currency_id")
    contract_id = fields.Many2one(comodel_name="subscription.contract")
    invoice_partner_id = fields.Many2one(comodel_name="res.partner", string="Invoice To")
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    installment_count = fields.Integer(string="Installments")
    amount = fields.Monetary(string="Untaxed Amount")
    amount_before = fields.Monetary(string="Previous Period")
    amount_change = fields.Monetary(
        string="Difference", compute="_compute_amount_change", store=True, compute_sudo=False
    )

    @api.depends("amount", "amount_before")
    def _compute_amount_change(self):
        for line in self:
            line.amount_change = line.amount - line.amount_before
