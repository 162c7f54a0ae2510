from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

FIGURES = ("quantity", "price_unit", "discount")


class SubscriptionContractActivateLine(models.TransientModel):
    """A row of the plan that activation will make, and what a person decides about it beforehand."""

    _name = "subscription.contract.activate.line"
    _inherit = "subscription.dialog.mixin"
    _description = "Row of the Plan to Be Made"
    _order = "id"

    activate_id = fields.Many2one(
        comodel_name="subscription.contract.activate", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="activate_id.currency_id")
    line_id = fields.Many2one(comodel_name="subscription.contract.line", required=True, ondelete="cascade", index=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    date_invoice = fields.Date(string="Billing Date", required=True)
    quantity = fields.Float(digits="Product Unit")
    price_unit = fields.Float(string="Unit Price", digits="Product Price")
    discount = fields.Float(string="Discount %", digits="Discount")
    price_subtotal = fields.Monetary(
        string="Subtotal", compute="_compute_price_subtotal", store=True, compute_sudo=False, help="Untaxed amount."
    )
    is_skipped = fields.Boolean(string="Skip", help="Leave this period out of billing.")
    reason = fields.Char(help="Why the row is skipped.")
    planned = fields.Json(readonly=True, help="What the row says when nobody changes it.")
    is_changed = fields.Boolean(compute="_compute_is_changed")

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "The quantity must be above zero.")
    _discount_range = models.Constraint(
        "CHECK (discount >= 0 AND discount <= 100)", "The discount must be between 0 and 100 %."
    )

    @api.depends("quantity", "price_unit", "discount")
    def _compute_price_subtotal(self):
        for line in self:
            line.price_subtotal = line.line_id._get_untaxed(line.quantity, line.price_unit, line.discount)

    @api.depends("date_invoice", "quantity", "price_unit", "discount", "is_skipped")
    def _compute_is_changed(self):
        for line in self:
            planned = dict(line.planned or {})
            if planned:
                planned["date_invoice"] = fields.Date.to_date(planned["date_invoice"])
            line.is_changed = line.is_skipped or bool(planned and line._get_changes(planned))

    def _get_changes(self, row):
        """What the line says otherwise than the row, or what was planned."""
        self.ensure_one()
        changes = {} if self.date_invoice == row["date_invoice"] else {"date_invoice": self.date_invoice}
        for name in FIGURES:
            digits = self._fields[name].get_digits(self.env)[1]
            if float_compare(self[name], row[name], precision_digits=digits):
                changes[name] = self[name]
        return changes

    def _decide(self, rows):
        """Carry what was changed over to the rows of the plan, as a person's edit of them.

        :raise UserError: a skipped row without a reason, or one that is not in the plan.
        """
        found = {(row.line_id, row.date_from, row.date_to): row for row in rows}
        for line in self:
            row = found.get((line.line_id, line.date_from, line.date_to))
            if not row:
                raise UserError(self.env._("The contract has changed since this was shown. Look at it once more."))
            changes = line._get_changes(row)
            if line.is_skipped:
                row.action_skip(line.reason)
            elif changes:
                row.write(changes)
