from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MemberCollateral(models.Model):
    """What secures the credit of a member: letters of guarantee and the like (WMM-58)."""

    _name = "member.collateral"
    _inherit = "subscription.named.mixin"
    _description = "Collateral"
    _order = "date_end, id"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Member",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        selection=[
            ("letter", "Letter of guarantee"),
            ("mortgage", "Mortgage"),
            ("note", "Promissory note or cheque"),
            ("deposit", "Deposit"),
            ("surety", "Surety"),
            ("other", "Other"),
        ],
        required=True,
        default="letter",
    )
    issuer = fields.Char(string="Issued By", help="The bank, or whoever gave it.")
    amount = fields.Monetary(required=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    date_from = fields.Date(string="Valid From")
    date_end = fields.Date(string="Valid Until", help="Empty: until it is given back.")
    note = fields.Char()
    active = fields.Boolean(default=True, help="Archive it when it is given back.")

    _amount_positive = models.Constraint("CHECK (amount > 0)", "A collateral is worth more than nothing.")

    @api.constrains("date_from", "date_end")
    def _check_days(self):
        for one in self:
            if one.date_from and one.date_end and one.date_from > one.date_end:
                raise ValidationError(self.env._("A collateral cannot end before it begins."))
