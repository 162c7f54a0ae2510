from odoo import api, models

from ..billing.decisions import BillingDecisions


class SubscriptionPackage(models.Model):
    _inherit = "subscription.package"

    @api.model
    def _get_billed_partner(self, customer):
        """Address that is billed: the customer's own for invoices."""
        return customer.browse(customer.address_get(["invoice"])["invoice"])

    @api.model
    def _get_service_address(self, customer):
        """Where the package is delivered: the customer's own address for deliveries; empty: at the billed address."""
        place = customer.browse(customer.address_get(["delivery"])["delivery"])
        return place.filtered(lambda address: address.type == "delivery")

    def _get_taxes(self, customer):
        """Taxes of the package for the customer, through the fiscal position that its invoice will have."""
        self.ensure_one()
        company, payer, place = self.company_id, self._get_billed_partner(customer), self._get_service_address(customer)
        position = BillingDecisions(self.env).find_fiscal_position(company, payer, place)
        return position.map_tax(self.product_id.taxes_id._filter_taxes_by_company(company))

    def _get_total(self, customer, price=None):
        """What the customer pays, taxes included, to the cent what the invoice will say.

        :param price: other than the price of the package: part of it, for a refund.
        """
        self.ensure_one()
        price = self.price if price is None else price
        taxes = self._get_taxes(customer)
        return taxes.compute_all(price, self.currency_id, 1.0, self.product_id, customer)["total_included"]

    def _get_invoice_line_values(self, customer, price):
        """Values of the invoice line; `price` as the taxes of the product take it."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "name": self.with_context(lang=customer.lang).name,
            "quantity": 1.0,
            "price_unit": price,
            "discount": 0.0,
            "tax_ids": [(6, 0, self._get_taxes(customer).ids)],
        }
