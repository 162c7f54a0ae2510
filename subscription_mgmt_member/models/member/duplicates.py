from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize


class ResPartner(models.Model):
    """Core shows whoever has the same tax number; the same is done for the e-mail address (WMM-03)."""

    _inherit = "res.partner"

    member_same_email_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Member with the Same Email", compute="_compute_member_same_email_partner_id"
    )

    @api.depends("email", "company_id", "parent_id")
    def _compute_member_same_email_partner_id(self):
        """The first record with that address: a warning, because families and offices do share one.

        A company and its own people are no duplicates of one another. Looked for with the reader's own rights.
        """
        addresses = {partner: email_normalize(partner.email) for partner in self if partner.email}
        domain = Domain("email_normalized", "in", [one for one in set(addresses.values()) if one])
        found = self.with_context(active_test=False).search(domain, order="id") if addresses else self.browse()
        by_address = found.grouped("email_normalized")
        for partner in self:
            others = by_address.get(addresses.get(partner), ())
            partner.member_same_email_partner_id = next(filter(partner._member_is_other, others), False)

    def _member_is_other(self, other):
        """Whether the other record is somebody else's, in a company where the two can meet."""
        self.ensure_one()
        apart = self.company_id and other.company_id and self.company_id != other.company_id
        mine = self._origin.commercial_partner_id | self.parent_id._origin.commercial_partner_id | self._origin
        return not apart and other not in mine and other.commercial_partner_id not in mine

    @api.onchange("vat", "country_id")
    def _onchange_vat(self):
        """Override of `base_vat`, which refuses a wrong number when the form is saved: tell it while it is typed."""
        super()._onchange_vat()
        try:
            self._check_vat()
        except ValidationError as refusal:
            return {"warning": {"title": self.env._("Tax number"), "message": str(refusal)}}
        return None
