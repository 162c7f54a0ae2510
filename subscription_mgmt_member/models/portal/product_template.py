from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    member_orderable = fields.Boolean(
        string="Can Be Ordered in the Portal",
        copy=False,
        groups="base.group_user",
        help="Customers find the product on the order page of the portal.",
    )
