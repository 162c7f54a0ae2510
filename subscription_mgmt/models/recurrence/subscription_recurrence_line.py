"""The invoice that a recurrence has issued: customer and lines as on an invoice (REC-22, REC-23)."""

from contextlib import closing

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from ..billing.decisions import BillingDecisions


class SubscriptionRecurrenceLine(models.Model):
    _name = "subscription.recurrence.line"
    _inherit = ["subscription.mixin", "subscription.sale.line.mixin"]
    _description = "Recurring Invoice Line"
    _order = "recurrence_id, sequence, id"
    _check_company_auto = True

    recurrence_id = fields.Many2one(
        comodel_name="subscription.recurrence", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="recurrence_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="recurrence_id.currency_id")
    sequence = fields.Integer(default=10)
    account_id = fields.Many2one(
        comodel_name="account.account",
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        check_company=True,
        help="Empty: as Odoo chooses it for the product.",
    )
    price_subtotal = fields.Monetary(string="Subtotal", compute="_compute_price_subtotal")

    # === CONSTRAINTS === #
    @api.constrains("quantity", "price_unit", "discount", "recurrence_id")
    def _check_template(self):
        self.recurrence_id._check_invoice_template()

    # === CRUD === #
    @api.model_create_multi
    def create(self, vals_list):
        """Override: what a recurring invoice says is for those who may bill."""
        lines = super().create(vals_list)
        lines.recurrence_id._check_invoice_rights()
        return lines

    def write(self, vals):
        """Override: as for new lines."""
        self.recurrence_id._check_invoice_rights()
        result = super().write(vals)
        self.recurrence_id._check_invoice_rights()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        self.recurrence_id._check_invoice_rights()

    def _get_sale_document(self):
        return self.recurrence_id

    @api.depends("quantity", "price_unit", "discount", "tax_ids")
    def _compute_price_subtotal(self):
        for line in self:
            line.price_subtotal = line._get_untaxed(line.quantity, line.price_unit, line.discount)

    def _prepare_move_line_values(self, sequence, taxes):
        """Values of the line on the invoice; every figure is the one that stands here.

        :param taxes: those that belong to the fiscal position of the invoice.
        """
        self.ensure_one()
        return {
            "sequence": sequence,
            "product_id": self.product_id.id,
            "name": self.name,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(taxes.ids)],
            **({"account_id": self.account_id.id} if self.account_id else {}),
            **({"analytic_distribution": self._get_analytic()} if self._get_analytic() else {}),
        }

    def _get_analytic(self):
        """The analytic account of the contract, so that its margin knows the invoice."""
        account = self.recurrence_id.contract_id.analytic_account_id
        return {str(account.id): 100} if account else {}


class SubscriptionRecurrence(models.Model):
    _name = "subscription.recurrence"
    _inherit = ["subscription.recurrence", "subscription.invoicing.mixin"]

    payment_method_line_id = fields.Many2one(
        compute="_compute_payment_method_line_id", store=True, readonly=False, precompute=True
    )
    billing_mode = fields.Selection(
        string="After Confirming",
        help="What is done with the invoice by itself once a person has confirmed it. Where it is only posted, sending "
        "stays a second act of that person.",
    )
    dunning_plan_id = fields.Many2one(
        help="What is done about unpaid invoices. A plan takes the place of the reminder that is switched on in the "
        "settings: nobody gets both. To leave the customer alone, choose a plan without steps.",
    )
    invoice_line_ids = fields.One2many(
        comodel_name="subscription.recurrence.line", inverse_name="recurrence_id", string="Invoice Lines", copy=True
    )
    invoice_amount = fields.Monetary(string="Untaxed Amount", compute="_compute_invoice_amount")

    @api.depends("contract_id")
    def _compute_invoice_partner_id(self):
        for recurrence in self:
            recurrence.invoice_partner_id = recurrence.invoice_partner_id or recurrence.contract_id.invoice_partner_id

    @api.depends("contract_id", "invoice_partner_id")
    def _compute_service_address_id(self):
        for recurrence in self:
            recurrence.service_address_id = recurrence.contract_id.service_address_id or recurrence.invoice_partner_id

    @api.depends("invoice_partner_id", "company_id")
    def _compute_payment_method_line_id(self):
        for recurrence in self:
            partner = recurrence.invoice_partner_id.with_company(recurrence.company_id)
            method = partner.property_inbound_payment_method_line_id
            recurrence.payment_method_line_id = method or recurrence.payment_method_line_id

    def _compute_billing_mode(self):
        """Override of `subscription_mgmt`: whatever contracts do, nothing is sent by itself unless one says so here."""
        for recurrence in self:
            recurrence.billing_mode = recurrence.billing_mode or "post"

    @api.depends("invoice_line_ids.price_subtotal")
    def _compute_invoice_amount(self):
        for recurrence in self:
            recurrence.invoice_amount = sum(recurrence.invoice_line_ids.mapped("price_subtotal"))

    @api.constrains("type_id", "invoice_partner_id", "invoice_line_ids", "partner_ids", "audience")
    def _check_invoice_customer(self):
        """One customer whom the invoice is for; without a line or a customer there is no invoice (REC-23)."""
        self._check_invoice_template()

    def _check_invoice_template(self):
        """Raise unless an invoice can be made where one is to be issued.

        :raise ValidationError: no customer, no line, no price.
        """
        for recurrence in self.filtered(lambda recurrence: recurrence.makes == "invoice"):
            names = {"recurrence": recurrence.name}
            if not recurrence.invoice_partner_id:
                raise ValidationError(self.env._("“%(recurrence)s” has no customer to invoice.", **names))
            if not recurrence.invoice_line_ids:
                raise ValidationError(self.env._("“%(recurrence)s” has no invoice line: add a product.", **names))
            if not any(recurrence.invoice_line_ids.mapped("price_unit")):
                raise ValidationError(self.env._("“%(recurrence)s” has no price on its invoice lines.", **names))
            if recurrence.currency_id.compare_amounts(recurrence.invoice_amount, 0.0) < 0:
                raise ValidationError(
                    self.env._("The lines of “%(recurrence)s” come to less than zero: that is no invoice.", **names)
                )

    # === THE INVOICE === #
    def _get_sale_lines(self):
        return self.invoice_line_ids

    def _prepare_invoice_values(self, date_ref):
        """Values of the draft invoice of a day, with the figures of the template (REC-24, REC-27).

        :raise UserError: the customer's fiscal position has changed, and a person has to choose the taxes.
        """
        self.ensure_one()
        decide = BillingDecisions(self.env)
        position = self._get_fiscal_position(decide)
        lines = [
            line._prepare_move_line_values(number, decide.taxes(line, position))
            for number, line in enumerate(self.invoice_line_ids)
        ]
        terms = self._get_invoice_terms(date_ref, lines=lines, origin=self.contract_id.name or self.name)
        return self.env["account.move"]._prepare_subscription_head(terms, decide)

    def _render_preview(self, date_ref):
        """The PDF that the invoice of a day would be; it is made, rendered and undone again (REC-24).

        :return: bytes of the PDF.
        """
        self.ensure_one()
        self._check_invoice_template()
        moves = self.env["account.move"].with_company(self.company_id).with_context(tracking_disable=True)
        report = self.env["ir.actions.report"].with_context(report_pdf_no_attachment=True)
        # Closing the savepoint undoes the draft, and forgets what the cache holds of it.
        with closing(self.env.cr.savepoint()):
            move = moves._create_subscription_moves([self._prepare_invoice_values(date_ref)])
            content, _kind = report._render_qweb_pdf("account.account_invoices", move.ids)
        return content

    def action_preview_invoice(self):
        """Show the PDF of the next invoice; nothing is kept of it (REC-24)."""
        self.ensure_one()
        if not self.env.user.has_group("subscription_mgmt.group_subscription_billing"):
            raise AccessError(self.env._("You need the billing right to see the invoice."))
        wizard = self.env["subscription.recurrence.preview"].create({"recurrence_id": self.id})
        return wizard._get_form_action()
