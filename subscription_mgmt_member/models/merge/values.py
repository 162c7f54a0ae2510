"""A member's own values, for telling what a merge fills and what it loses."""

from typing import NamedTuple

from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL, html2plaintext

# Not a detail that one record lacks and another brings along: what the record is, and where it belongs.
KEPT = {
    "active",
    "color",
    "company_id",
    "company_name",
    "is_company",
    "message_main_attachment_id",
    "parent_id",
    "type",
}
TECHNICAL = {
    "access_token",
    "access_warning",
    "message_bounce",
    "message_main_attachment_id",
    "signup_expiration",
    "signup_token",
    "signup_type",
}
# Nobody misses them: an order of colours, and figures that are added up.
UNMISSED = {"color", "customer_rank", "supplier_rank"}
EMPTY = (None, False, "", 0, [])


class Value(NamedTuple):
    """One value of a member.

    :ivar raw: to compare; ids of records in a tuple where there are many.
    :ivar text: to show, in the language of whoever asks.
    :ivar groups: who may read the field, or None.
    """

    label: str
    raw: object
    text: str
    groups: str


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _member_value_fields(self):
        """Fields that hold something a person, or a program, has entered about a member."""
        return [
            field
            for name, field in self._fields.items()
            if field.store
            and name not in models.MAGIC_COLUMNS
            and not field.related
            and not (field.compute and field.readonly)
            and not name.startswith("member_match")
            and name not in TECHNICAL
            and field.type != "one2many"
        ]

    def _member_read_values(self):
        """What stands on the member now: a key, which is a field and maybe a property or a company, → Value.

        Read with all rights: whoever shows it looks at the groups.
        """
        self.ensure_one()
        member, values = self.sudo().with_context(active_test=False), {}
        own = [field for field in self._member_value_fields() if field.company_dependent]
        for field in self._member_value_fields():
            if field.type == "properties":
                values.update(member._member_read_properties(field))
            elif not field.company_dependent:
                raw = member[field.name]
                values[field.name, None] = Value(
                    field._description_string(self.env), _get_raw(raw), member._member_show(field, raw), field.groups
                )
        return {**values, **member._member_read_own(own)}

    def _member_read_properties(self, field):
        """Values of the own fields that managers have added."""
        rows = self.read([field.name])[0][field.name] or []
        return {
            (field.name, row["name"]): Value(
                row.get("string") or row["name"], _get_raw(row.get("value")), _show_property(row), field.groups
            )
            for row in rows
            if row.get("type") != "separator"
        }

    def _member_read_own(self, own):
        """Values that each company has of its own, as far as whoever asks works there: what is only the company's
        default is no value of the member."""
        if not own:
            return {}
        columns = SQL(", ").join(SQL.identifier(field.name) for field in own)
        self.env.flush_all()
        [row] = self.env.execute_query(SQL("SELECT %s FROM res_partner WHERE id = %s", columns, self.id))
        companies, values = self.env.user.company_ids, {}
        for field, stored in zip(own, row, strict=True):
            for company in companies.filtered(lambda company, stored=stored: str(company.id) in (stored or {})):
                label = field._description_string(self.env)
                raw = self.with_company(company)[field.name]
                values[field.name, company.id] = Value(
                    f"{label} ({company.name})" if len(companies) > 1 else label,
                    _get_raw(raw),
                    self._member_show(field, raw),
                    field.groups,
                )
        return values

    def _member_show(self, field, raw):
        """A value as a person reads it."""
        if isinstance(raw, models.BaseModel):
            return ", ".join(raw.mapped("display_name"))
        if raw in EMPTY:
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(raw, raw)
        if field.type == "boolean":
            return self.env._("Yes")
        if field.type == "binary":
            return self.env._("Picture or file")
        if field.type == "html":
            return html2plaintext(raw).strip()
        return str(raw)

    # === FILLING GAPS === #
    def _member_fill_gaps(self, sources, summable):
        """Take from the sources what this member lacks; its own values stay.

        :param summable: names of fields whose values add up instead.
        """
        self.ensure_one()
        values = {}
        for field in self._member_value_fields():
            name = field.name
            if name in KEPT or field.type in ("many2many", "properties") or field.company_dependent:
                continue
            given = [source[name] for source in sources if source[name]]
            if name in summable:
                total = sum(given) + self[name]
                if total != self[name]:
                    values[name] = total
            elif given and not self[name]:
                values[name] = field.convert_to_write(given[-1], self)
        if values:
            self.write(values)
        self._member_fill_properties(sources)

    def _member_fill_properties(self, sources):
        """The same for each of the own fields that managers have added, kept together in one column."""
        names = [field.name for field in self._member_value_fields() if field.type == "properties"]
        self.env.flush_all()
        for name in names:
            column = SQL.identifier(name)
            rows = dict(
                self.env.execute_query(
                    SQL("SELECT id, %s FROM res_partner WHERE id IN %s", column, (*sources.ids, self.id))
                )
            )
            own = {key: value for key, value in (rows.pop(self.id) or {}).items() if value not in EMPTY}
            merged = {key: value for row in rows.values() for key, value in (row or {}).items()} | own
            if merged != own:
                self.env.cr.execute(SQL("UPDATE res_partner SET %s = %s WHERE id = %s", column, Json(merged), self.id))
        self.invalidate_recordset(names)


def _get_raw(value):
    """A value to compare, which outlives its record."""
    if isinstance(value, models.BaseModel):
        return tuple(value.ids)
    return tuple(value) if isinstance(value, list) else value


def _show_property(row):
    """A property as a person reads it."""
    value = row.get("value")
    if value in EMPTY:
        return ""
    if row["type"] == "selection":
        return dict(row.get("selection") or []).get(value, value)
    if row["type"] == "tags":
        names = {tag[0]: tag[1] for tag in row.get("tags") or []}
        return ", ".join(names.get(one, one) for one in value)
    if row["type"] in ("many2one", "many2many"):
        pairs = value if row["type"] == "many2many" else [value]
        return ", ".join(str(one[1]) if isinstance(one, (list, tuple)) else str(one) for one in pairs)
    return str(value)


def find_losses(source, target):
    """What stood on the source and does not stand on the target now.

    :param source: values of the member that goes, as `_member_read_values` gives them.
    :param target: values of the member that stays, after the merge.
    :return: list of (key, Value of the source, Value of the target or None).
    """
    losses = []
    for key, value in source.items():
        kept = target.get(key)
        if not value.text or key[0] in UNMISSED:
            continue
        lacking = isinstance(value.raw, tuple) and not set(value.raw) <= set(kept.raw if kept else ())
        if lacking or (not isinstance(value.raw, tuple) and (not kept or kept.raw != value.raw)):
            losses.append((key, value, kept))
    return losses


def find_gains(before, after):
    """What stands on a member now and did not before: list of (key, Value before or None, Value after)."""
    return [
        (key, before.get(key), value)
        for key, value in after.items()
        if (value.raw or None) != ((before[key].raw if key in before else None) or None)
    ]
