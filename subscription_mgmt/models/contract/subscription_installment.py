from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Passed in the context by billing alone. An object, so that no request from outside can name it.
LEDGER = object()
# What a person may still change on a row that is not billed yet; touching it marks the row as edited by hand.
PRICE_FIELDS = ("quantity", "price_unit", "discount")
EDITABLE = {"date_invoice", *PRICE_FIELDS}


class SubscriptionInstallment(models.Model):
    """One row per line and period: the ledger of what was, is and will be billed."""

    _name = "subscription.installment"
    _inherit = "subscription.mixin"
    _description = "Subscription Installment"
    _order = "date_invoice, date_from, id"
    _rec_names_search = ["contract_id.name", "line_id.name"]

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade", index=True
    )
    line_id = fields.Many2one(
        comodel_name="subscription.contract.line", required=True, readonly=True, ondelete="cascade", index=True
    )
    # Few indexes: billing rewrites every row once, and each index is rewritten with it.
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", store=True, precompute=True)
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Subscriber", store=True, precompute=True)
    product_id = fields.Many2one(related="line_id.product_id", store=True, precompute=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True, help="Last day of the period, included.")
    date_invoice = fields.Date(string="Billing Date", required=True)
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    price_unit = fields.Float(string="Unit Price", digits="Product Price", required=True)
    discount = fields.Float(string="Discount %", digits="Discount")
    price_subtotal = fields.Monetary(
        string="Subtotal", compute="_compute_price_subtotal", store=True, precompute=True, help="Untaxed amount."
    )
    state = fields.Selection(
        selection=[("planned", "Planned"), ("invoiced", "Invoiced"), ("skipped", "Skipped")],
        required=True,
        readonly=True,
        default="planned",
    )
    is_edited = fields.Boolean(
        string="Edited by Hand", readonly=True, help="Changed by a person: updating the plan leaves it as it is."
    )
    reason = fields.Char(readonly=True, help="Why the row is skipped or credited.")
    credited_id = fields.Many2one(
        comodel_name="subscription.installment",
        string="Credit Of",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Billed row of which this row gives a part back.",
    )
    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    invoice_id = fields.Many2one(related="invoice_line_id.move_id", string="Invoice")

    _once = models.UniqueIndex(
        "(line_id, date_from) WHERE credited_id IS NULL",
        "This period of the line is in the payment plan already; it cannot be billed twice.",
    )
    _credited_once = models.UniqueIndex(
        "(credited_id, date_from) WHERE credited_id IS NOT NULL", "These days were credited already."
    )
    _period_order = models.Constraint("CHECK (date_from <= date_to)", "A period ends before it starts.")
    _invoiced_line = models.Constraint(
        "CHECK ((state = 'invoiced') = (invoice_line_id IS NOT NULL))",
        "A row is invoiced if, and only if, it has an invoice line.",
    )
    # What billing looks for: found without reading the rows that are done.
    _due = models.Index("(company_id, date_invoice) WHERE state = 'planned'")

    @api.depends("partner_id", "contract_id", "date_from", "date_to")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.partner_id.name}, {row.contract_id.name} ({row.date_from} – {row.date_to})"

    @api.depends("quantity", "price_unit", "discount", "line_id.tax_ids")
    def _compute_price_subtotal(self):
        for row in self:
            if row.state != "invoiced" or not row.price_subtotal:
                row.price_subtotal = row.line_id._get_untaxed(row.quantity, row.price_unit, row.discount)

    @api.model
    def _add_precomputed_values(self, vals_list):
        """Override of `base`: spare each of many rows a draft record, only to look at its contract and line."""
        contracts, lines = (
            {record.id: record for record in self.env[model].browse({vals.get(name) for vals in vals_list} - {None})}
            for model, name in (("subscription.contract", "contract_id"), ("subscription.contract.line", "line_id"))
        )
        amounts = {}
        for vals in vals_list:
            contract, line = contracts.get(vals.get("contract_id")), lines.get(vals.get("line_id"))
            if not contract or not line:
                continue
            terms = tuple(self._fields[name].convert_to_cache(vals.get(name), self) for name in PRICE_FIELDS)
            if (line.id, terms) not in amounts:
                amounts[line.id, terms] = line._get_untaxed(*terms)
            vals.update(
                company_id=contract.company_id.id,
                currency_id=contract.currency_id.id,
                partner_id=contract.partner_id.id,
                product_id=line.product_id.id,
                price_subtotal=amounts[line.id, terms],
            )
        return super()._add_precomputed_values(vals_list)

    def write(self, vals):
        """Keep billed rows as they were billed, and remember which rows a person changed."""
        ledger = {*EDITABLE, "state", "date_from", "date_to", "line_id", "contract_id", "invoice_line_id"}
        if ledger & set(vals) and self.env.context.get("subscription_ledger") is not LEDGER:
            self._check_not_invoiced()
        if EDITABLE & set(vals):
            vals = {"is_edited": True, **vals}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        self._check_not_invoiced()

    def _check_not_invoiced(self):
        """Raise when a row of the set was billed: it never changes and never disappears."""
        billed = self.filtered(lambda row: row.state == "invoiced")[:1]
        if billed:
            raise UserError(
                self.env._("%(row)s was billed and cannot be changed.", row=billed.display_name),
            )

    @api.model
    def _find_billed(self, domain):
        """Return one of the rows that was billed; an empty set when none was."""
        # sudo: what was billed stays, whether or not the user may see the row
        return self.sudo().search(Domain("state", "=", "invoiced") & domain, limit=1)

    def action_skip(self, reason):
        """Leave these rows out of billing for good; making the plan anew does not bring them back.

        :param reason: why, in plain words; kept on the row.
        :raise UserError: no reason given, or a row was billed.
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the row is skipped."))
        self.write({"state": "skipped", "reason": reason})

    def action_unskip(self):
        """Bring skipped rows back into the plan."""
        self.filtered(lambda row: row.state == "skipped").write({"state": "planned", "reason": False})

    def action_open_skip(self):
        """Ask for the reason, then skip."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_installment_skip_action"),
            "context": {"default_installment_ids": self.ids},
        }

    # === BILLING === #
    # The only two ways in and out of "invoiced".
    def _mark_invoiced(self, invoice_lines):
        """Record that each row was billed by the invoice line at the same place."""
        # sudo: billing needs the billing right, not the right to edit contracts
        for row, invoice_line in zip(self.sudo(), invoice_lines, strict=True):
            row.write({"state": "invoiced", "invoice_line_id": invoice_line.id})

    def _reopen(self):
        """Make rows billable again whose draft invoice was deleted: without it their period would be lost."""
        self.with_context(subscription_ledger=LEDGER).write({"state": "planned", "invoice_line_id": False})
