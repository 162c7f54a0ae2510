from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MemberCardUser(models.Model):
    """Who may use a customer card beside its holder: one row a person (WIM-04, WIM-24)."""

    _name = "member.card.user"
    _inherit = "subscription.named.mixin"
    _description = "Additional User of a Customer Card"
    _order = "card_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    card_id = fields.Many2one(comodel_name="member.card", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('is_company', '=', False), ('member_unit', '=', False)]",
    )
    # === OF THE CARD, FOR THE PAGE OF THE PERSON === #
    holder_id = fields.Many2one(related="card_id.partner_id")
    date_to = fields.Date(related="card_id.date_to")
    state = fields.Selection(related="card_id.state")

    _once = models.UniqueIndex("(card_id, partner_id)", "The same person stands twice on this card.")

    @api.constrains("card_id", "partner_id")
    def _check_person(self):
        """Persons alone, and not the holder (the card says so)."""
        if any(user.partner_id._is_member_unit() for user in self):
            raise ValidationError(self.env._("A customer card is used by persons."))
        self.card_id._check_holder()
