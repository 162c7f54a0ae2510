from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

PARTNER = "res.partner"


class Link(NamedTuple):
    """One stored field of a model that can lead to a member.

    :ivar field: the field, of whatever type.
    :ivar kind: `many2one`, `company` (one for each company), `many2many`, `pointer` (an id beside the name of its
        model) or `reference`.
    """

    field: object
    kind: str

    def match(self, ids):
        """Condition on a row of the model: it leads to one of the members.

        :param ids: of the members, a tuple.
        """
        column = SQL.identifier(self.field.name)
        if self.kind == "many2one":
            return SQL("%s IN %s", column, ids)
        if self.kind == "company":
            keys = tuple(map(str, ids))
            return SQL("EXISTS (SELECT FROM jsonb_each_text(%s) own WHERE own.value IN %s)", column, keys)
        if self.kind == "reference":
            return SQL("%s IN %s", column, tuple(f"{PARTNER},{member_id}" for member_id in ids))
        if self.kind == "pointer":
            return SQL("(%s = %s AND %s IN %s)", SQL.identifier(self.field.model_field), PARTNER, column, ids)
        return SQL(
            "id IN (SELECT %s FROM %s WHERE %s IN %s)",
            SQL.identifier(self.field.column1),
            SQL.identifier(self.field.relation),
            SQL.identifier(self.field.column2),
            ids,
        )


class MemberMergeLinks(models.AbstractModel):
    """Whatever leads to a member, in all models that are installed: read from their fields, no list by hand."""

    _name = "member.merge.links"
    _description = "What Leads to a Member"

    @api.model
    def _find_records(self, members):
        """Stored records that lead to the members, with one query for a model.

        :return: dict name of a model → {id of a record: id of its company, or None}.
        """
        self.env.flush_all()
        found = {}
        for name, links in self._get_links().items():
            model = self.env[name]
            company = model._fields.get("company_id")
            stored = company and company.store and company.column_type and not company.company_dependent
            where = SQL(" OR ").join(link.match(members._ids) for link in links)
            if name == PARTNER:
                where = SQL("(%s) AND id NOT IN %s", where, members._ids)
            elif name == "ir.attachment":  # pictures of the record itself are its values
                where = SQL("(%s) AND res_field IS NULL", where)
            self.env.cr.execute(
                SQL(
                    "SELECT id, %s FROM %s WHERE %s",
                    SQL.identifier("company_id") if stored else SQL("NULL"),
                    SQL.identifier(model._table),
                    where,
                )
            )
            rows = dict(self.env.cr.fetchall())
            if rows:
                found[name] = rows
        return found

    @api.model
    def _get_links(self):
        """Fields of every model with a table of its own that can lead to a member: name of the model → links."""
        own = {field.relation for field in self.env[PARTNER]._fields.values() if field.type == "many2many"}
        found = {}
        for name, model in sorted(self.env.items()):
            # What suggests merging goes with the member; dialogs are forgotten
            if model._abstract or model._transient or not model._auto or name == "member.duplicate":
                continue
            links = [Link(field, kind) for field in model._fields.values() if (kind := _get_kind(model, field, own))]
            if links:
                found[name] = links
        return found

    @api.model
    def _find_pointers(self):
        """Fields that hold an id beside the name of its model, of all models with a table of their own."""
        return [link.field for links in self._get_links().values() for link in links if link.kind == "pointer"]

    @api.model
    def _find_guarded(self):
        """Columns that lead to members and stand in a unique index or a check: two rows may meet there.

        :return: list of (name of the model, column); links of two columns are left out, for they hold nothing else.
        """
        self.env.cr.execute(
            """
            SELECT DISTINCT tab.relname, att.attname
              FROM pg_constraint con
              JOIN pg_class tab ON tab.oid = con.conrelid
              JOIN pg_attribute att ON att.attrelid = tab.oid AND att.attnum = con.conkey[1]
             WHERE con.contype = 'f' AND con.confrelid = 'res_partner'::regclass AND array_length(con.conkey, 1) = 1
               AND tab.relnamespace = current_schema::regnamespace
               AND (EXISTS (SELECT FROM pg_constraint rule
                             WHERE rule.conrelid = tab.oid AND rule.contype IN ('c', 'x')
                               AND con.conkey[1] = ANY(rule.conkey))
                    OR EXISTS (SELECT FROM pg_index ind
                                WHERE ind.indrelid = tab.oid AND ind.indisunique
                                  AND (con.conkey[1] = ANY(ind.indkey)
                                       OR EXISTS (SELECT FROM pg_depend dep
                                                   WHERE dep.classid = 'pg_class'::regclass
                                                     AND dep.objid = ind.indexrelid AND dep.refobjid = tab.oid
                                                     AND dep.refobjsubid = con.conkey[1]))))
            """
        )
        tables = {model._table: name for name, model in self.env.items() if not model._abstract and model._auto}
        return sorted((tables[table], column) for table, column in self.env.cr.fetchall() if table in tables)


def _get_kind(model, field, own):
    """How a stored field leads to members, or None.

    :param own: tables of links that are values of the member itself, such as its tags.
    """
    if not field.store or field.inherited:
        return None
    if field.type == "many2one" and field.comodel_name == PARTNER:
        return "company" if field.company_dependent else "many2one"
    if field.type == "many2many" and field.comodel_name == PARTNER and field.relation not in own:
        return "many2many"
    if field.type == "many2one_reference" and field.model_field and model._fields[field.model_field].store:
        return "pointer"
    return "reference" if field.type == "reference" else None
