from odoo import api, models

# Kinds of values that a line can tell.
TYPES = {
    "char", "text", "html", "integer", "float", "monetary", "boolean", "date", "datetime", "selection", "many2one",
    "many2many",
}  # fmt: skip
# What the system keeps for itself.
TECHNICAL = {
    "calendar_last_notif_ack", "color", "date_localization", "message_bounce", "message_follower_ids",
    "message_partner_ids", "partner_latitude", "partner_longitude", "partner_share", "signup_type", "tz",
}  # fmt: skip


class ResPartner(models.Model):
    """Customers tell what happens to themselves: made, and changed field by field (CUB-54)."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        """Tell of new customers."""
        partners = super().create(vals_list)
        self.env["member.activity"]._log({"kind": "created", "partner_id": partner.id} for partner in partners)
        return partners

    def write(self, vals):
        """Tell which fields of customers changed, from what to what."""
        names = self._get_told_fields(vals)
        members = self._filter_members() if names else self.browse()
        before = members._get_told_values(names)
        result = super().write(vals)
        after = members._get_told_values(names)
        self.env["member.activity"]._log(
            {"kind": "changed", "partner_id": id_, "field_name": name, "old_value": old, "new_value": after[id_][name]}
            for id_, values in before.items()
            for name, old in values.items()
            if name in after[id_] and (old != after[id_][name] or self._fields[name].type == "html")
        )
        return result

    @api.model
    def _get_told_fields(self, names):
        """Those of the fields whose changes are told."""
        return [
            name for name in names
            if (field := self._fields.get(name)) and field.store and field.type in TYPES and name not in TECHNICAL
        ]  # fmt: skip

    def _get_told_values(self, names):
        """{id: {name: words}}, without what a contact only repeats of its company: that is told there once."""
        repeated = {*self._commercial_fields(), *self._address_fields()} if self and names else set()
        lines = self.env["member.activity"]
        return {
            partner.id: {
                name: lines._to_text(partner, name)
                for name in names
                if name not in repeated or not partner.sudo().parent_id
            }
            for partner in self
        }
