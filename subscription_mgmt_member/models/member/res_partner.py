from odoo import fields, models


class ResPartner(models.Model):
    """A member: every person and organisation that the company deals with, one record each (WMM-01..03)."""

    _inherit = "res.partner"

    # Only what was made on the members' own page, or of a lead, begins as potential: a contact that another program
    # makes in the course of a sale must not stop that sale.
    member_state = fields.Selection(
        selection=[("potential", "Potential"), ("active", "Active"), ("passive", "Passive")],
        string="Member Status",
        default="active",
        required=True,
        index=True,
        copy=False,
        help="A potential member may have everything except a confirmed sale, a purchase or a posted invoice.",
    )
    member_is_customer = fields.Boolean(string="Customer", copy=False)
    member_is_supplier = fields.Boolean(string="Supplier", copy=False)
    member_channel = fields.Selection(
        selection=[("dealer", "Dealer"), ("service", "Service"), ("wholesaler", "Wholesaler")],
        string="Sales Channel",
        copy=False,
    )
