from odoo import api, fields, models


def get_net(currency, quantity, price_unit, discount):
    """Amount of so much at this price, rounded to the currency; the untaxed amount where taxes come on top."""
    return currency.round(quantity * price_unit * (1 - discount / 100))


class SubscriptionSaleLineMixin(models.AbstractModel):
    """A product at a price, on lines of contracts and of recurring invoices.

    Text, price and taxes are proposed when the product is chosen; nothing later overwrites what a person set.
    """

    _name = "subscription.sale.line.mixin"
    _description = "Line of what is sold"

    product_id = fields.Many2one(comodel_name="product.product", domain="[('sale_ok', '=', True)]", check_company=True)
    name = fields.Text(
        string="Description", required=True, compute="_compute_name", store=True, readonly=False, precompute=True
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    price_unit = fields.Float(
        string="Unit Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
    )
    discount = fields.Float(string="Discount %", digits="Discount")
    tax_ids = fields.Many2many(
        comodel_name="account.tax",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('type_tax_use', '=', 'sale')]",
        check_company=True,
        context={"active_test": False},
    )

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "The quantity must be above zero.")
    _discount_range = models.Constraint(
        "CHECK (discount >= 0 AND discount <= 100)", "The discount must be between 0 and 100 %."
    )

    def _get_sale_document(self):
        """What the line belongs to: it has a company, a currency, a start date, a payer and a fiscal position."""
        raise NotImplementedError

    def _get_sale_partner(self):
        """Whose language and price list the proposals follow."""
        return self._get_sale_document().invoice_partner_id

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            product = line.product_id.with_context(lang=line._get_sale_partner().lang)
            line.name = product.get_product_multiline_description_sale() if product else line.name

    @api.depends("product_id")
    def _compute_price_unit(self):
        for line in self.filtered("product_id"):
            document = line._get_sale_document()
            partner = line._get_sale_partner().with_company(document.company_id)
            line.price_unit = partner.property_product_pricelist._get_product_price(
                line.product_id, line.quantity or 1.0, currency=document.currency_id, date=document.date_start
            )

    @api.depends("product_id")
    def _compute_tax_ids(self):
        for line in self.filtered("product_id"):
            document = line._get_sale_document()
            taxes = line.product_id.taxes_id._filter_taxes_by_company(document.company_id)
            line.tax_ids = document._get_fiscal_position().map_tax(taxes)

    def _get_untaxed(self, quantity, price_unit, discount):
        """Untaxed amount of so much at this price, in the currency of the document.

        :return: rounded to the currency; taxes included in the price are taken out by Odoo's own engine.
        """
        self.ensure_one()
        document = self._get_sale_document()
        if not any(self.tax_ids.flatten_taxes_hierarchy().mapped("price_include")):
            return get_net(document.currency_id, quantity, price_unit, discount)
        return self.tax_ids.compute_all(
            price_unit * (1 - discount / 100),
            currency=document.currency_id,
            quantity=quantity,
            product=self.product_id,
            partner=document.invoice_partner_id,
        )["total_excluded"]
