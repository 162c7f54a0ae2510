import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError


class SubscriptionPlanChange(models.TransientModel):
    """What making a payment plan anew would change, to be looked at before it is done."""

    _name = "subscription.plan.change"
    _inherit = "subscription.dialog.mixin"
    _description = "Payment Plan Change"

    contract_id = fields.Many2one(comodel_name="subscription.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    line_ids = fields.One2many(
        comodel_name="subscription.plan.change.line",
        inverse_name="change_id",
        compute="_compute_line_ids",
        store=True,
        compute_sudo=False,
    )
    digest = fields.Char(compute="_compute_line_ids", store=True, compute_sudo=False, help="Of what was shown.")
    kept_count = fields.Integer(compute="_compute_line_ids", store=True, compute_sudo=False)
    change_count = fields.Integer(compute="_compute_line_ids", store=True, compute_sudo=False)

    @api.depends("contract_id")
    def _compute_line_ids(self):
        self.contract_id.check_access("write")  # what is shown is for those who may do it
        for change in self:
            difference = change.contract_id._get_plan_difference()
            values = [
                *({"kind": "added", **change._new_values(row)} for row in difference.added),
                *({"kind": "changed", **change._old_values(row), **change._new_values({**change._read(row), **new})}
                  for row, new in difference.changed),
                *({"kind": "removed", **change._old_values(row)} for row in difference.removed),
            ]  # fmt: skip
            values.sort(key=lambda row: (row["date_from"], row["product_id"]))
            change.line_ids = [(5,), *((0, 0, row) for row in values)]
            change.change_count = len(values)
            change.kept_count = len(difference.kept)
            change.digest = change._get_digest(difference)

    def _get_digest(self, difference):
        """What was shown, so that nothing else is done."""
        shown = (
            sorted(sorted((name, str(value)) for name, value in values.items()) for values in difference.added),
            sorted(
                (row.id, sorted((name, str(value)) for name, value in new.items())) for row, new in difference.changed
            ),
            sorted(difference.removed.ids),
        )
        return hashlib.sha256(repr(shown).encode()).hexdigest()

    def _read(self, row):
        """The row's own values."""
        names = ("date_from", "date_to", "date_invoice", "quantity", "price_unit", "discount")
        return {"line_id": row.line_id.id, **{name: row[name] for name in names}}

    def _old_values(self, row):
        return {
            "product_id": row.product_id.id,
            "date_from": row.date_from,
            "date_to": row.date_to,
            "old_date_invoice": row.date_invoice,
            "old_subtotal": row.price_subtotal,
        }

    def _new_values(self, values):
        line = self.env["subscription.contract.line"].browse(values["line_id"])
        return {
            "product_id": line.product_id.id,
            "date_from": values["date_from"],
            "date_to": values["date_to"],
            "new_date_invoice": values["date_invoice"],
            "new_subtotal": line._get_untaxed(values["quantity"], values["price_unit"], values["discount"]),
        }

    def action_confirm(self):
        """Do what was shown.

        :raise UserError: something has changed since.
        """
        self.ensure_one()
        self.contract_id.check_access("write")
        self.contract_id._hold_for_act()
        if self._get_digest(self.contract_id._get_plan_difference()) != self.digest:
            raise UserError(self.env._("The contract has changed since this was shown. Look at it once more."))
        self.contract_id._settle()
        return {"type": "ir.actions.act_window_close"}

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Update the Payment Plan"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class SubscriptionPlanChangeLine(models.TransientModel):
    _name = "subscription.plan.change.line"
    _inherit = "subscription.dialog.mixin"
    _description = "Payment Plan Change Line"

    change_id = fields.Many2one(comodel_name="subscription.plan.change", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="change_id.currency_id")
    kind = fields.Selection(
        selection=[("added", "Added"), ("changed", "Changed"), ("removed", "Removed")], required=True
    )
    product_id = fields.Many2one(comodel_name="product.product")
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    old_date_invoice = fields.Date(string="Billing Date Before")
    new_date_invoice = fields.Date(string="Billing Date After")
    old_subtotal = fields.Monetary(string="Subtotal Before")
    new_subtotal = fields.Monetary(string="Subtotal After")
