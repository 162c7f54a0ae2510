from math import isfinite

from odoo import api, models
from odoo.exceptions import ValidationError

# Amounts up to here are right to the cent however they are computed
LIMIT = 10**12


class SubscriptionFiguresMixin(models.AbstractModel):
    """Prices, quantities and discounts that can be reckoned with.

    What is sent by RPC need not be a number at all (JSON as Python reads it knows NaN and Infinity), and a number may
    be larger than money is counted in.
    """

    _name = "subscription.figures.mixin"
    _description = "Plausible Figures"

    @api.model
    def _get_figure_fields(self):
        """Names of the fields that are looked at; what they come to, multiplied, is looked at too."""
        return ["quantity", "price_unit", "discount"]

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what is no plausible number before anything is computed from it."""
        for vals in vals_list:
            self._check_figures(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Refuse what is no plausible number before anything is computed from it."""
        self._check_figures(vals)
        return super().write(vals)

    @api.constrains(lambda self: self._get_figure_fields())
    def _check_product(self):
        """A default, a price list or a large quantity brings in as little as a person does."""
        for record in self:
            figures = {name: record[name] for name in self._get_figure_fields()}
            self._check_figures(figures)
            if {"quantity", "price_unit"} <= set(figures):
                self._check_figures({"price_unit": figures["quantity"] * figures["price_unit"]})

    @api.model
    def _check_figures(self, vals):
        """Raise when one of these values cannot be a price, a quantity or a discount.

        :raise ValidationError: which one, in words.
        """
        for name in self._get_figure_fields():
            value = vals.get(name)
            if isinstance(value, int | float) and not (isfinite(value) and abs(value) < LIMIT):
                raise ValidationError(
                    self.env._(
                        "%(what)s is not a number that can be billed. Enter one below a trillion.",
                        what=self._fields[name]._description_string(self.env),
                    )
                )
