from odoo import api, models


class MemberActivitySource(models.AbstractModel):
    """A document of a customer that leaves lines in what happened with it: when it is made, and when it moves on."""

    _name = "member.activity.source"
    _description = "Document that Leaves Activities"
    _activity_kind = None
    # Fields whose changes are told: where the document stands.
    _activity_fields = ("state",)

    def _get_activity_kind(self, name=None):
        """Kind of the line for this document, or nothing where it leaves none.

        :param name: field that changed; without it, the document is new.
        """
        return self._activity_kind

    @api.model_create_multi
    def create(self, vals_list):
        """Tell of new documents of customers."""
        records = super().create(vals_list)
        records._log_activities()
        return records

    def write(self, vals):
        """Tell where documents moved, and let what was told follow them to another customer."""
        names = [name for name in self._activity_fields if name in vals]
        before = self._get_activity_values(names)
        result = super().write(vals)
        if "partner_id" in vals:
            self._follow_partner()
        if names:
            after = self._get_activity_values(names)
            for name in names:
                self._log_activities(name, {id_: (before[id_][name], after[id_][name]) for id_ in before})
        return result

    def unlink(self):
        """Nothing is told of documents that are gone."""
        ids, model = self.ids, self._name
        result = super().unlink()
        self.env["member.activity"]._search_lines(model, ids).unlink()
        return result

    def _get_activity_values(self, names):
        """{id: {name: words}} of the fields."""
        lines = self.env["member.activity"]
        return {record.id: {name: lines._to_text(record, name) for name in names} for record in self} if names else {}

    def _log_activities(self, name=None, values=None):
        """Write the lines: one for each new document, or for each that moved.

        :param values: {id: (before, after)} of the field that changed.
        """
        rows = []
        for record in self:
            old, new = values[record.id] if name else (False, False)
            if not name or old != new:
                rows.append(record._prepare_activity(name, old, new))
        self.env["member.activity"]._log(row for row in rows if row)

    def _prepare_activity(self, name=None, old=False, new=False):
        """Values of a line of this document, or nothing: no customer, or a document of another kind."""
        # sudo: the line holds ids; who may see what they stand for is asked when it is read
        record = self.sudo()
        kind, partner = record._get_activity_kind(name), record.partner_id
        if not kind or not partner:
            return None
        return {
            "kind": kind, "partner_id": partner.id, "company_id": record.company_id.id, "res_model": self._name,
            "res_id": self.id, "field_name": name, "old_value": old, "new_value": new,
        }  # fmt: skip

    def _follow_partner(self):
        """What was told of documents belongs to the customer they have now; of a first customer they are told anew."""
        lines = self.env["member.activity"]._search_lines(self._name, self.ids)
        told = set(lines.mapped("res_id"))
        for partner, records in self.sudo().grouped("partner_id").items():
            moved = lines.filtered(lambda line, ids=records._ids: line.res_id in ids)
            if partner:
                moved.partner_id = partner
            else:
                moved.unlink()
        self.filtered(lambda record: record.id not in told)._log_activities()
