from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..common.groups import ACCOUNTING


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
        groups=ACCOUNTING,
    )

    @api.model
    def default_get(self, fields):
        """Override of `base`: which line one gives back is known of each line, and never a default of the caller."""
        values = super().default_get(fields)
        values.pop("subscription_origin_line_id", None)
        return values

    def _copy_data_extend_business_fields(self, values):
        """Override of `account` to remember which line a credit note, or a corrected invoice, was made from."""
        # A credit note of what was put in place gives back the line that was billed in the beginning.
        values["subscription_origin_line_id"] = (self.subscription_origin_line_id or self).id
        return super()._copy_data_extend_business_fields(values)

    @api.constrains("subscription_origin_line_id")
    def _check_subscription_origin(self):
        """A credit note gives back what the same customer was billed, or the settlement would be told a lie."""
        for line in self:
            origin = line.subscription_origin_line_id.sudo()  # sudo: whatever line was named
            if origin and (
                origin.company_id != line.company_id
                or origin.move_id.commercial_partner_id != line.move_id.commercial_partner_id
            ):
                raise ValidationError(self.env._("A line gives back what the same customer was billed, nothing else."))

    def write(self, vals):
        """Override of `account`: which line one was made from is known when it is made, and stays so.

        :raise AccessError: a person writes it.
        """
        if "subscription_origin_line_id" in vals and not self.env.su:
            raise AccessError(self.env._("Which invoice line is given back is not written by hand."))
        return super().write(vals)
