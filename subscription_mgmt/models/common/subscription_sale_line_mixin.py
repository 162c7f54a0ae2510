from odoo import api, fields, models
from odoo.exceptions import UserError


def get_net(currency, quantity, price_unit, discount):
    """Amount of so much at this price, rounded to the currency; the untaxed amount where taxes come on top."""
    return currency.round(quantity * price_unit * (1 - discount / 100))


class SubscriptionSaleLineMixin(models.AbstractModel):
    """A product at a price, on lines of contracts and of recurring invoices.

    Text, price and taxes are proposed when the product is chosen; nothing later overwrites what a person set.
    """

    _name = "subscription.sale.line.mixin"
    _inherit = ["subscription.figures.mixin"]
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
    tax_position_id = fields.Many2one(
        comodel_name="account.fiscal.position",
        string="Taxes Chosen For",
        compute="_compute_tax_position_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Fiscal position of the customer when the taxes were chosen. Empty: none, as at home.",
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
        lines = self.filtered("product_id")
        positions = lines._get_positions()
        for line in lines:
            line.tax_ids = line._propose_taxes(positions[line])

    @api.depends("product_id", "tax_ids")
    def _compute_tax_position_id(self):
        """Whenever taxes are chosen, by the proposal, a person or an import, they are for the position of that day."""
        positions = self._get_positions()
        for line in self:
            line.tax_position_id = positions[line]

    def _get_positions(self):
        """Fiscal position of each line's document, asked for all of them together."""
        documents = {line: line._get_sale_document() for line in self}
        together = next(iter(documents.values()), self).union(*documents.values())
        positions = together._get_fiscal_positions() if documents else {}
        return {line: positions[document] for line, document in documents.items()}

    # === TAXES === #
    def _propose_taxes(self, position):
        """Taxes of the product under a fiscal position, as Odoo chooses them."""
        self.ensure_one()
        taxes = self.product_id.taxes_id._filter_taxes_by_company(self._get_sale_document().company_id)
        return position.map_tax(taxes)

    def _get_taxes_under(self, position):
        """Taxes of the line on an invoice under this fiscal position, which need not be the one they were chosen for.

        When it is another one by now (the customer moved, say), what Odoo had proposed gives way to what it proposes
        now. What a person chose is never replaced; it stays where neither position has anything to say about it. A tax
        that is part of the price stays too, because the price would have to change with it: a person decides then.

        :raise UserError: a person has to choose the taxes.
        """
        self.ensure_one()
        before, taxes = self.tax_position_id, self.tax_ids
        if before == position:
            return taxes
        proposed = self._propose_taxes(position)
        untouched = taxes == self._propose_taxes(before)
        included = (taxes | proposed).flatten_taxes_hierarchy().filtered("price_include")
        if untouched and (taxes == proposed or not included):
            return proposed
        if not untouched and position.map_tax(taxes) == taxes and not taxes & before.tax_ids:
            return taxes
        raise UserError(self._explain_unclear_taxes(position))

    def _explain_unclear_taxes(self, position):
        """Why the taxes are not changed by themselves, and what to do."""
        none = self.env._("none")
        return self.env._(
            "The taxes of “%(line)s” were chosen for another fiscal position (%(before)s) than the customer's of today "
            "(%(now)s). Choose them anew on the line, or press Update Taxes.",
            line=self.product_id.display_name or self.name,
            before=self.tax_position_id.name or none,
            now=position.name or none,
        )

    def _update_taxes(self):
        """Choose the taxes anew, as if the products had just been added."""
        self._compute_tax_ids()
        self._compute_tax_position_id()

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
