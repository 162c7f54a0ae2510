from odoo import fields, models

from ...tools import settlement
from ...tools.proration import get_exact_price


class SubscriptionDecision(models.Model):
    """What a person decided about a stretch of days of a line: another price, another day of billing, or to skip it.

    It outlives every later act: where its days are cut, it holds for the rest, and for all again when they come back.
    """

    _name = "subscription.decision"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin"]
    _description = "Decision About the Payment Plan"
    _order = "date_from, id"
    _sealed_from_system = True

    line_id = fields.Many2one(
        comodel_name="subscription.contract.line", required=True, readonly=True, ondelete="cascade", index=True
    )
    contract_id = fields.Many2one(related="line_id.contract_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    is_skip = fields.Boolean(string="Skip", readonly=True)
    date_invoice = fields.Date(string="Billing Date", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    price_unit = fields.Float(string="Unit Price", min_display_digits="Product Price", readonly=True)
    discount = fields.Float(string="Discount %", digits="Discount", readonly=True)
    reason = fields.Char(readonly=True)

    _once = models.UniqueIndex("(line_id, date_from, date_to)", "These days were decided about already.")
    _order_of_days = models.Constraint("CHECK (date_from <= date_to)", "A stretch of days ends after it begins.")

    def _as_terms(self):
        """The decision for the settlement in plain Python."""
        self.ensure_one()
        amount = None if self.is_skip else get_exact_price(self.quantity, self.price_unit, self.discount)
        return settlement.Decision(self.line_id.id, self.date_from, self.date_to, amount)

    def _get_figures(self):
        """Quantity, price and discount of the whole stretch."""
        self.ensure_one()
        return {"quantity": self.quantity, "price_unit": self.price_unit, "discount": self.discount}

    def _get_sealed_message(self):
        """Decisions come from the rows of the plan."""
        return self.env._("Change or skip the row of the plan; decisions are not written by hand.")
