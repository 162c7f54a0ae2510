from odoo import api, models
from odoo.fields import Domain

COUNT = "row_count:sum"


class SubscriptionSummedMixin(models.AbstractModel):
    """A model whose groups are read from sums that are kept, wherever these say all that is asked.

    What is asked for by another column, or of rows that a rule of the company tells by another column, is added up
    from the rows.
    """

    _name = "subscription.summed.mixin"
    _description = "Groups Read From Kept Sums"

    _kept_sums = ""
    # People read the sums by way of the rows alone, whose rules hold then.
    _kept_for_rows_alone = False

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        """Override of `base`: the same groups and figures from the sums, where they say it all."""
        asked = None if having else self._ask_sums(domain, groupby, aggregates, order)
        if asked is None:
            return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)
        sums, domain, wanted, order = asked
        found = sums._read_group(domain, groupby, wanted, offset=offset, limit=limit, order=order)
        return _fill_counts(found, groupby, wanted)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Override of `base`: as of groups."""
        asked = self._ask_sums(domain, [spec for one in grouping_sets for spec in one], aggregates, order)
        if asked is None:
            return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        sums, domain, wanted, order = asked
        found = sums._read_grouping_sets(domain, grouping_sets, wanted, order)
        return [_fill_counts(rows, one, wanted) for rows, one in zip(found, grouping_sets, strict=True)]

    def _ask_sums(self, domain, groupby, aggregates, order):
        """What to ask the sums instead: (sums, domain, aggregates, order); None where they do not say it."""
        sums = self.env[self._kept_sums]
        if not self._is_kept(sums, groupby, aggregates, order):
            return None
        self.browse().check_access("read")
        domain = Domain(domain)
        if not self.env.su:
            domain &= self.env["ir.rule"]._compute_domain(self._name, "read")
        if any(condition.field_expr not in sums._sums_by for condition in domain.iter_conditions()):
            return None
        wanted = [COUNT if spec == "__count" else spec for spec in aggregates]
        if self._kept_for_rows_alone:
            sums = sums.sudo()  # sudo: nobody reads them but here, and what may be read of the rows is in the domain
        return sums, domain, wanted, order and order.replace("__count", COUNT)

    def _is_kept(self, sums, groupby, aggregates, order):
        """Whether all that is grouped by, added up and ordered by is a column of the sums."""
        ordered = {part.split()[0] for part in (order or "").split(",") if part.strip()}
        return all(spec.partition(":")[0] in sums._sums_by for spec in groupby) and all(
            _is_said(sums, spec) for spec in {*aggregates, *ordered - set(groupby)}
        )


def _is_said(sums, spec):
    """Whether an aggregate of the rows is what the same aggregate of the sums says: not an average, for one."""
    name, _colon, how = spec.partition(":")
    return (
        spec == "__count"
        or (name in sums._sums_values and how == "sum")
        or (name in sums._sums_values and how == "sum_currency" and sums._fields[name].type == "monetary")
        or (name in sums._sums_by and how == "array_agg_distinct")
    )


def _fill_counts(found, groupby, wanted):
    """Of no row at all there are none: a number, not nothing."""
    counts = {place for place, spec in enumerate([*groupby, *wanted]) if spec == COUNT}
    return [tuple(cell or 0 if place in counts else cell for place, cell in enumerate(row)) for row in found]
