from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    subscription_origin_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Billed By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Line of the invoice that this one gives back, or puts in its place.",
    )

    def _copy_data_extend_business_fields(self, values):
        """Override of `account` to remember which line a credit note, or a corrected invoice, was made from."""
        # A credit note of what was put in place gives back the line that was billed in the beginning.
        values["subscription_origin_line_id"] = (self.subscription_origin_line_id or self).id
        return super()._copy_data_extend_business_fields(values)
