from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class SubscriptionPagedGroupsMixin(models.AbstractModel):
    """A list by one of many (a contract, a subscriber) adds up the groups that it shows, not all there are."""

    _name = "subscription.paged.groups.mixin"
    _description = "Groups Page by Page"

    # Links that all records have, by which there are about as many groups as there are records
    _paged_groups = ()

    @api.model
    def _formatted_read_group_with_length(self, domain, groupby, aggregates, offset=0, limit=None, order=None):
        """Override of `web`: find whose groups are on the page first, then add up theirs."""
        if not limit or not self._is_paged(groupby, order):
            return super()._formatted_read_group_with_length(domain, groupby, aggregates, offset, limit, order)
        [name] = groupby
        # sudo: as Odoo groups by whatever stands in the records, and shows its name
        owners = self.env[self._fields[name].comodel_name].sudo().with_context(active_test=False)
        # Named with its table: what joins the records may have a column of that name, too
        column = SQL.identifier(self._table, name)
        having = Domain("id", "in", self._search(Domain(domain)).subselect(column))
        page = owners.search(having, offset=offset, limit=limit)
        groups = self.formatted_read_group(Domain(domain) & Domain(name, "in", page.ids), groupby, aggregates)
        return groups, owners.search_count(having)

    def _is_paged(self, groupby, order):
        """Whether the groups are those of such a link, in the order in which Odoo shows them by itself."""
        [name, *more] = groupby
        return name in self._paged_groups and not more and order in (None, "", name, f"{name} ASC")
