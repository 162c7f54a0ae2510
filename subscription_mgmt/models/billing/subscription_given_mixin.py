"""Records that come complete: what Odoo need not work out, look at or round again, because everything is given."""

from odoo import api, models

from ..common.context import CHECKED

# Odoo's names for "all lines are given; derive nothing", and ours for "their companies were looked at"
SKIP = {
    "skip_invoice_sync": True,
    "skip_invoice_line_sync": True,
    "skip_analytic_sync": True,
    "subscription_companies": CHECKED,
}
# Computed by Odoo from the lines; given by us from the same tax engine, so not to be computed a second time
GIVEN = {
    "account.move": (
        "amount_untaxed",
        "amount_tax",
        "amount_total",
        "amount_residual",
        "amount_untaxed_signed",
        "amount_untaxed_in_currency_signed",
        "amount_tax_signed",
        "amount_total_signed",
        "amount_total_in_currency_signed",
        "amount_residual_signed",
    ),
    "account.move.line": ("price_subtotal", "price_total", "amount_residual", "amount_residual_currency", "reconciled"),
}


# What Odoo would write into other records because of a given value, and what stands there already
REFLECTED = {
    "account.move": (
        "amount_total",
        "company_id",
        "currency_id",
        "invoice_payment_term_id",
        "journal_id",
        "partner_id",
    ),
    "account.move.line": (
        "account_id",
        "amount_currency",
        "analytic_distribution",
        "credit",
        "debit",
        "partner_id",
        "product_id",
    ),
}


CURRENCIES = {"currency_id", "company_currency_id"}


class Shared(dict):
    """What all new records of one batch share: their defaults, and the records by which Odoo rounds their amounts."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


def get_complete():
    """Context for making one batch of complete entries."""
    return {**SKIP, "subscription_shared": Shared()}


class SubscriptionGivenMixin(models.AbstractModel):
    _name = "subscription.given.mixin"
    _description = "Records That Come Complete"

    def _is_complete(self):
        return self.env.context.get("subscription_companies") is CHECKED

    def _get_shared(self):
        """What the new records of the batch share; None where it is none."""
        if isinstance(self.env.context.get("subscription_shared"), Shared):
            return self.env.context["subscription_shared"]
        return None

    @api.model
    @api.private
    def new(self, values=None, origin=None, ref=None):
        """Override of `base`: Odoo makes a record for each amount that it rounds; one per currency will do."""
        shared = self._get_shared()
        if shared is None or len(values or ()) != 1 or not values.keys() <= CURRENCIES:
            return super().new(values, origin, ref)
        [(name, value)] = values.items()
        record = shared.get((self._name, name, value))
        if record is None or not self.env.cache.contains(record, self._fields[name]):
            record = shared[self._name, name, value] = super().new(values, origin, ref)
        return record

    @api.model
    def _add_missing_default_values(self, values):
        """Override of `base`: the defaults of a batch are the same for all its records."""
        shared = self._get_shared()
        if shared is None:
            return super()._add_missing_default_values(values)
        if (self._name, "defaults") not in shared:
            shared[self._name, "defaults"] = super()._add_missing_default_values({})
        return {**shared[self._name, "defaults"], **values}

    @api.model
    def _add_precomputed_values(self, vals_list):
        """Override of `base` to add what follows from the rest, without a record in memory for each line.

        Where something is not known here Odoo works it out as always. What it would write into the lines for the sake
        of a given value is there already.
        """
        if not self._is_complete():
            return super()._add_precomputed_values(vals_list)
        for vals in vals_list:
            for name, value in self._get_following_values(vals).items():
                vals.setdefault(name, value)
        result = super()._add_precomputed_values(vals_list)
        reflected = {self._fields[name] for name in REFLECTED[self._name]}
        for vals in vals_list:
            vals["__precomputed__"] = reflected.union(vals.get("__precomputed__", ()))
        return result

    @api.model
    def _get_following_values(self, vals):
        """What Odoo would work out of the values of a complete record."""
        return {}

    def _keep_given(self):
        """Keep the amounts that new records were given, instead of computing them again."""
        for name in GIVEN[self._name]:
            self.env.remove_to_compute(self._fields[name], self)
