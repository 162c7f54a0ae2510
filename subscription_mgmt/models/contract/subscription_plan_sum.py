from odoo import fields, models


class SubscriptionPlanSum(models.Model):
    """How many rows of the plan there are, and what they come to, by day of billing, product and state."""

    _name = "subscription.plan.sum"
    _inherit = "subscription.sums.mixin"
    _description = "Sums of the Payment Plan"
    _auto = False
    _log_access = False
    _sums_of = "subscription_installment"
    _sums_by = {
        "company_id": "int4",
        "currency_id": "int4",
        "product_id": "int4",
        "state": "varchar",
        "date_invoice": "date",
    }
    _sums_values = {"price_subtotal": "numeric"}
    _depends = {"subscription.installment": [*_sums_by, *_sums_values]}

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["subscription.installment"]._fields["state"].selection, readonly=True
    )
    date_invoice = fields.Date(string="Billing Date", readonly=True)
    price_subtotal = fields.Monetary(string="Subtotal", readonly=True)


class SubscriptionInstallment(models.Model):
    _name = "subscription.installment"
    _inherit = ["subscription.installment", "subscription.summed.mixin", "subscription.paged.groups.mixin"]
    _kept_sums = "subscription.plan.sum"
    _kept_for_rows_alone = True
    _paged_groups = ("contract_id", "partner_id")
