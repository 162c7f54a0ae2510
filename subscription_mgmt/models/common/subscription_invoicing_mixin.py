from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SubscriptionInvoicingMixin(models.AbstractModel):
    """What invoices are made of again and again: whom they go to, where the service is, and how they are paid.

    Contracts and recurring invoices agree in these terms. What becomes of them on an invoice is decided in one place
    (`_prepare_subscription_head`, in the room billing).
    """

    _name = "subscription.invoicing.mixin"
    _description = "Terms of invoices"

    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    invoice_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Invoice To",
        compute="_compute_invoice_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    service_address_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_service_address_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Where the service is delivered; its country decides on the taxes, as on a sales order.",
    )
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    payment_method_line_id = fields.Many2one(
        comodel_name="account.payment.method.line",
        string="Payment Method",
        domain="[('payment_type', '=', 'inbound'), ('journal_id.company_id', 'parent_of', company_id)]",
    )
    payment_token_id = fields.Many2one(
        comodel_name="payment.token",
        domain="[('partner_id', 'child_of', invoice_partner_id)]",
        copy=False,
    )
    journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Invoice Journal",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        help="Empty: the first sales journal of the company.",
    )
    billing_mode = fields.Selection(
        selection=lambda self: self.env["res.company"]._selection_billing_mode(),
        required=True,
        compute="_compute_billing_mode",
        store=True,
        readonly=False,
        precompute=True,
        help="What billing does with the invoice by itself.",
    )

    # === COMPUTES === #
    @api.depends("company_id")
    def _compute_currency_id(self):
        for document in self:
            document.currency_id = document.currency_id or document.company_id.currency_id

    def _compute_invoice_partner_id(self):
        """Who is billed unless a person says otherwise."""
        raise NotImplementedError

    def _compute_service_address_id(self):
        """Where the service is delivered unless a person says otherwise."""
        raise NotImplementedError

    @api.depends("invoice_partner_id", "company_id")
    def _compute_payment_term_id(self):
        for document in self:
            partner = document.invoice_partner_id.with_company(document.company_id)
            document.payment_term_id = partner.property_payment_term_id or document.payment_term_id

    @api.depends("company_id")
    def _compute_billing_mode(self):
        for document in self:
            document.billing_mode = document.billing_mode or document.company_id.subscription_billing_mode or "post"

    # === CONSTRAINTS === #
    @api.constrains("payment_token_id", "invoice_partner_id")
    def _check_payment_token(self):
        for document in self.filtered("payment_token_id"):
            # sudo: a card is seen by its owner only; whose it is must hold whoever edits the document
            holder = document.payment_token_id.sudo().partner_id
            if holder.commercial_partner_id != document.invoice_partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "The saved card belongs to %(holder)s; %(document)s is billed to %(partner)s.",
                        holder=holder.display_name,
                        document=document.display_name,
                        partner=document.invoice_partner_id.display_name,
                    )
                )

    @api.constrains("payment_method_line_id", "payment_token_id", "company_id")
    def _check_payment_company(self):
        """Payment methods and cards are those of the company or, for a branch, of a company above it."""
        for document in self:
            # sudo: as in _check_payment_token
            for means in (document.payment_method_line_id.sudo(), document.payment_token_id.sudo()):
                if means.company_id and means.company_id not in document.company_id.sudo().parent_ids:
                    raise ValidationError(
                        self.env._(
                            "%(means)s belongs to company %(other)s; %(document)s is billed by %(company)s.",
                            means=means.display_name,
                            other=means.company_id.name,
                            document=document.display_name,
                            company=document.company_id.name,
                        )
                    )

    # === TAXES === #
    def _get_sale_lines(self):
        """The lines of what is sold (`subscription.sale.line.mixin`)."""
        raise NotImplementedError

    def action_update_taxes(self):
        """Take over the taxes that Odoo proposes for the customer's present fiscal position, on all lines."""
        self.check_access("write")
        for document in self:
            document._get_sale_lines()._update_taxes()
        return True
