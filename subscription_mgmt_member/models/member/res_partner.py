from odoo import fields, models


class ResPartner(models.Model):
    """A member: every person and organisation that the company deals with, one record each (WMM-01..03).

    Companies, of any depth, and people of their own are members; a contact of a company is what its company is.
    """

    _inherit = "res.partner"

    member_full_name = fields.Char(
        string="Full Name", help="As it stands in registers and on documents, where that differs from the short name."
    )
    # Only what was made on the members' own page, or of a lead, begins as potential: a contact that another program
    # makes in the course of a sale must not stop that sale.
    member_state = fields.Selection(
        selection=[("potential", "Potential"), ("active", "Active"), ("passive", "Passive")],
        string="Member Status",
        default="active",
        required=True,
        index=True,
        copy=False,
        tracking=True,
        help="A potential member may have everything except a confirmed sale, a purchase or a posted invoice.",
    )
    member_is_customer = fields.Boolean(
        string="Customer", copy=False, help="Taken by itself with the first confirmed sale or posted invoice."
    )
    member_is_supplier = fields.Boolean(
        string="Supplier", copy=False, help="Taken by itself with the first confirmed purchase or posted bill."
    )
    member_channel = fields.Selection(
        selection=[("dealer", "Dealer"), ("service", "Service"), ("wholesaler", "Wholesaler")],
        string="Sales Channel",
        copy=False,
    )

    def action_member_make_active(self):
        """From now on the members may be sold to, bought from and billed (WMM-07, WIM-28)."""
        self._member_set_state("active")

    def action_member_make_passive(self):
        """Keep the members with all they have, and tell whoever opens them that they are not worked with any more."""
        self._member_set_state("passive")

    def _member_set_state(self, state):
        self.filtered(lambda member: member.member_state != state).write({"member_state": state})

    def _member_take_role(self, role):
        """Note on the members behind these contacts what a document has made of them.

        :param role: `member_is_customer` or `member_is_supplier`.
        """
        # sudo: whoever may confirm the document need not be allowed to edit customers
        self.sudo().commercial_partner_id.filtered(lambda member: not member[role]).write({role: True})

    def _increase_rank(self, field, n=1):
        """Override of `account`: who is on a posted invoice or bill is a customer or a supplier from now on."""
        result = super()._increase_rank(field, n)
        self._member_take_role("member_is_customer" if field == "customer_rank" else "member_is_supplier")
        return result
