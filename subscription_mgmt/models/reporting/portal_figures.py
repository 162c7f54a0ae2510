"""What customers see in figures: prices with tax, and what a wish of theirs would mean in money."""

from collections import defaultdict

from odoo import fields, models

from ..common.context import rehearsed

# So many months after the wished day are looked at
MONTHS_AFTER = 2
# Of the plan, in the portal
SHOWN_PERIODS = 12


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _get_period_prices(self):
        """What is paid at present, or will be once it begins, for each cadence, tax included.

        :return: list of dicts with `cadence` (in words) and `amount`, the dearest first.
        """
        self.ensure_one()
        sums = defaultdict(float)
        for line in self._get_lines_in_force() or self._get_printed_lines():
            sums[line._get_cadence_name()] += line._get_price_with_tax()
        prices = [{"cadence": cadence, "amount": amount} for cadence, amount in sums.items()]
        return sorted(prices, key=lambda price: -price["amount"])

    def _get_portal_periods(self):
        """The next rows of the plan, those of one invoice and one period together.

        :return: list of dicts with `date_invoice`, `date_from`, `date_to`, `untaxed` and `taxed`.
        """
        names = ("date_invoice", "date_from", "date_to")
        periods = {}
        for row in self._get_portal_plan():
            key = tuple(row[name] for name in names)
            found = periods.setdefault(key, {**dict(zip(names, key, strict=True)), "untaxed": 0.0, "taxed": 0.0})
            found["untaxed"] += row.price_subtotal
            found["taxed"] += row._get_price_with_tax()
        return list(periods.values())[:SHOWN_PERIODS]

    def _get_wish_outcome(self, kind, day, day_to=None, reason=None):
        """What would be billed if the wish were carried out: the act itself and the nights after it, rolled back.

        :param kind: `pause resume close`.
        :param day_to: of a pause, its last day.
        :return: list of :class:`Foreseen`: invoices, credit notes, and what becomes of the contract.
        :raise UserError: the contract refuses it.
        """
        self.ensure_one()
        with rehearsed(self) as contract:
            company = contract.company_id
            contract = contract.with_company(company)
            contract._carry_out_wish(kind, day, day_to, reason)
            until = fields.Date.add(day_to or day, months=MONTHS_AFTER)
            found = list(contract._rehearse(company._subscription_today(), until, False))
        return sorted(found, key=lambda event: event.date)


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    def _get_price_with_tax(self):
        """What one period costs with all taxes, as its invoice will say."""
        return self._get_taxed(self.quantity, self.price_unit, self.discount)

    def _get_taxed(self, quantity, price_unit, discount):
        """Amount with all taxes of so much at this price."""
        self.ensure_one()
        contract = self.contract_id
        return self.tax_ids.compute_all(
            price_unit * (1 - discount / 100),
            currency=contract.currency_id,
            quantity=quantity,
            product=self.product_id,
            partner=contract.invoice_partner_id,
        )["total_included"]

    def _get_customer_name(self):
        """The text of the line without the internal code of the product."""
        self.ensure_one()
        code = self.product_id.default_code
        return self.name.removeprefix(f"[{code}]").lstrip() if code else self.name


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _get_price_with_tax(self):
        """What the row costs with the taxes of its line."""
        return self.line_id._get_taxed(self.quantity, self.price_unit, self.discount)
