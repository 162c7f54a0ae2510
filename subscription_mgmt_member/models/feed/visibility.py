from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class MemberActivity(models.Model):
    """Who sees a line: whoever may see its customer and its document, by the rules of their own models.

    The rules are asked per line, by its id, so that the newest eighty cost eighty look-ups and not a list of all
    documents that a person may see.
    """

    _inherit = "member.activity"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Override of `base`: lists, counts and groups hold what the reader may see elsewhere."""
        if not self.env.su and not bypass_access:
            seen = Domain.custom(to_sql=lambda model, alias, _query: model.sudo(False)._get_seen_sql(alias))
            domain = Domain(domain) & seen
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        """Override of `base`: a line that is asked for by its id is seen as in a list."""
        result = super()._check_access(operation)
        if operation != "read" or self.env.su or not any(self._ids):
            return result
        if forbidden := self - self.browse(self._search([("id", "in", self.ids)])):
            return forbidden, partial(self.env["ir.rule"]._make_access_error, operation, forbidden)
        return result

    @api.model
    def _get_seen_sql(self, alias):
        """Condition for the lines that the reader may see."""
        model, record = SQL.identifier(alias, "res_model"), SQL.identifier(alias, "res_id")
        # Colleagues and our own companies are contacts, too, and not customers.
        customers = [("partner_share", "=", True), ("id", "not in", self.env["res.partner"]._get_our_ids())]
        customer = SQL("EXISTS %s", self._get_lookup_sql("res.partner", SQL.identifier(alias, "partner_id"), customers))
        sources = [SQL("%s IS NULL AND %s", model, self._get_open_fields_sql(alias))]
        for name in self._get_source_models():
            if self.env[name].has_access("read"):
                sources.append(SQL("%s = %s AND %s", model, name, self._get_lookup_sql(name, record)))
        return SQL("(%s AND (%s))", customer, SQL(" OR ").join(SQL("(%s)", source) for source in sources))

    @api.model
    def _get_lookup_sql(self, name, column, domain=()):
        """Subquery that is true where the reader may see the record of that model whose id stands in the column.

        For documents it stands there as a value, not after EXISTS or IN: of those PostgreSQL likes to list all
        documents that a person may see, for every day of the page again (five times as slow with 200,000 of them).
        """
        query = self.env[name].with_context(active_test=False)._search(Domain(domain))
        if query.is_empty():
            return SQL("(SELECT FALSE WHERE FALSE)")
        query.add_where(SQL("%s = %s", SQL.identifier(query.table, "id"), column))
        query.limit = 1
        return SQL("(%s)", query.select(SQL("TRUE")))

    @api.model
    def _get_open_fields_sql(self, alias):
        """Condition that leaves out changes of fields which the reader may not see on the customer."""
        partners = self.env["res.partner"]
        hidden = [
            name for name, field in partners._fields.items()
            if field.groups and not partners._has_field_access(field, "read")
        ]  # fmt: skip
        column = SQL.identifier(alias, "field_name")
        return SQL("(%s IS NULL OR %s <> ALL(%s))", column, column, hidden)

    @api.model
    def _get_source_models(self):
        """Names of the models whose documents make lines."""
        source = self.env.registry["member.activity.source"]
        return [name for name, model in self.env.registry.items() if issubclass(model, source) and not model._abstract]
