from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MemberCard(models.Model):
    """A customer card: its number, who holds it, who else may use it, from when until when (WIM-23)."""

    _name = "member.card"
    _inherit = "subscription.named.mixin"
    _description = "Customer Card"
    _order = "state, date_from desc, id desc"
    _rec_name = "number"
    _rec_names_search = ("number", "partner_id.name", "user_ids.partner_id.name")
    _check_company_auto = True

    number = fields.Char(
        required=True, copy=False, default=lambda self: self.env["ir.sequence"].next_by_code("member.card")
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Holder",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('is_company', '=', False), ('member_unit', '=', False)]",
    )
    user_ids = fields.One2many(
        comodel_name="member.card.user", inverse_name="card_id", string="Additional Users", copy=False
    )
    date_from = fields.Date(
        string="Valid From", copy=False, default=lambda self: self.env.company._subscription_today()
    )
    date_to = fields.Date(string="Valid Until", copy=False, help="The last day, included. Empty: no end.")
    state = fields.Selection(
        selection=[("active", "Active"), ("blocked", "Blocked")], default="active", required=True, copy=False
    )

    _number_unique = models.UniqueIndex("(company_id, number)", "A card with this number exists already.")
    _days_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A card cannot end before it begins.",
    )

    @api.constrains("partner_id", "user_ids")
    def _check_holder(self):
        """A card is a person's, who is not an additional user of it beside (WIM-24)."""
        for card in self:
            if card.partner_id._is_member_unit():
                raise ValidationError(self.env._("A customer card is held by a person."))
            if card.partner_id in card.user_ids.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s holds card %(number)s, and is no additional user of it.",
                        person=card.partner_id.name,
                        number=card.number,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Number what came without a number, as an import may: a card without one cannot be found."""
        for vals in vals_list:
            vals["number"] = (vals.get("number") or "").strip() or self.env["ir.sequence"].next_by_code("member.card")
        return super().create(vals_list)

    def write(self, vals):
        """Numbers are kept without blanks around them, or two look the same."""
        if "number" in vals:
            vals = {**vals, "number": (vals["number"] or "").strip()}
        return super().write(vals)

    def action_block(self):
        """Block cards that were lost or are not to be used any more."""
        self.state = "blocked"

    def action_unblock(self):
        """Let blocked cards be used again."""
        self.state = "active"
