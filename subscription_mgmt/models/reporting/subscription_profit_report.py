"""Income, cost and margin of contracts from analytic lines (WSM-11, WSM-12), each line counted once."""

from collections.abc import Collection
from math import fsum

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from .profit_parts import get_parts
from .shares import READ

# The id of a row: that of its line, then that of its contract.
CONTRACT_BITS = 22


class Lines(tuple):
    """Ids of analytic lines in a context that this process made."""

    __slots__ = ()


class SubscriptionProfitReport(models.Model):
    """An analytic line, or the part of it that falls to one contract.

    What an invoice billed for a contract, and what a bill that names one has cost, is of that contract. Whatever else
    stands on an account that several contracts share is divided by what each of them was billed, in equal parts as
    long as none was; the parts come to the line, to the cent.
    """

    _name = "subscription.profit.report"
    _inherit = "subscription.report.mixin"
    _description = "Profit of Contracts"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "contract_id"
    _depends = {
        "subscription.contract": [*READ["subscription.contract"], "analytic_account_id"],
        "subscription.installment": READ["subscription.installment"],
        "account.move": ["subscription_contract_id"],
        "account.move.line": ["move_id", "subscription_origin_line_id", "product_id", "balance", "parent_state"],
        "account.analytic.line": ["amount", "date", "move_line_id", "general_account_id", "product_id", "account_id"],
    }

    date = fields.Date(readonly=True)
    name = fields.Char(string="Details", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    income = fields.Monetary(currency_field="company_currency_id", readonly=True)
    expense = fields.Monetary(string="Cost", currency_field="company_currency_id", readonly=True)
    margin = fields.Monetary(currency_field="company_currency_id", readonly=True)
    margin_percent = fields.Float(string="Margin %", readonly=True, aggregator="avg", digits=(16, 1))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT (part.line_id::bigint << %(bits)s) + part.contract_id AS id, part.contract_id, part.company_id,
                   company.currency_id AS company_currency_id, part.partner_id, part.user_id, part.category_id,
                   part.date, part.name, part.product_id, part.income, part.income - part.margin AS expense,
                   part.margin, ROUND(100.0 * part.margin / NULLIF(part.income, 0), 1) AS margin_percent
              FROM (%(parts)s) part
         LEFT JOIN res_company company ON company.id = part.company_id
            """,
            bits=CONTRACT_BITS,
            parts=self._get_parts(),
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Override of `base`: rows that are asked for by their ids are found without working out all others."""
        domain = Domain(domain)
        asked = domain.value if getattr(domain, "field_expr", "") == "id" and domain.operator == "in" else None
        if isinstance(asked, Collection) and all(isinstance(id_, int) for id_ in asked):
            lines = Lines(id_ >> CONTRACT_BITS for id_ in asked)
            self = self.with_context(subscription_profit_lines=lines)  # noqa: PLW0642
        return super()._search(domain, *args, **kwargs)

    @api.model
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Override of `base`: find which rows a page shows first, then what stands in them, not that of all others."""
        if not limit or not field_names:
            return super().search_fetch(domain, field_names, offset, limit, order)
        found = super().search_fetch(domain, [], offset, limit, order)
        found.fetch(field_names)
        return found

    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Override of `base`: set by set, as several workers of the database add up one, but never many at once."""
        found = {
            tuple(names): self._read_group(domain, names, aggregates, order=order) for names in grouping_sets if names
        }
        rows = next(iter(found.values()), [])
        if [] in map(list, grouping_sets):
            parts = [row[-len(aggregates) :] for row in rows]
            found[()] = self._add_up(aggregates, parts) or self._read_group(domain, [], aggregates)
        return [found[tuple(names)] for names in grouping_sets]

    @api.model
    def _add_up(self, aggregates, rows):
        """The one row of all groups, from the rows of each; none where they do not say it."""
        columns = dict(zip(aggregates, zip(*rows, strict=True), strict=False))
        share, needed = "margin_percent:avg", ("margin:sum", "income:sum")
        said = {name for name in columns if name == "__count" or name.endswith(":sum")}
        if not said.issuperset(needed) or columns.keys() - said - {share}:
            return []
        total = {name: sum(values) if name == "__count" else fsum(values) for name, values in columns.items()}
        margin, income = (total[name] for name in needed)
        total[share] = float_round(100 * margin / income, precision_digits=1) if income else False
        return [tuple(total[name] for name in aggregates)]

    def _read_group_select(self, aggregate_spec, query):
        """Override of `base`: what follows from two sums is not added up, as a group's percentage cannot be."""
        templates = {
            "expense:sum": "SUM(%(income)s) - SUM(%(margin)s)",
            "margin_percent:avg": "ROUND(100.0 * SUM(%(margin)s) / NULLIF(SUM(%(income)s), 0), 1)",
        }
        if aggregate_spec not in templates:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            templates[aggregate_spec],
            margin=self._field_to_sql(self._table, "margin", query),
            income=self._field_to_sql(self._table, "income", query),
        )

    def _get_parts(self, accounts=None):
        """Rows (line_id, contract_id, …) of what falls to the contracts that the reader may see: `profit_parts`.

        :param accounts: ids of analytic accounts; default: of all contracts.
        """
        wanted = SQL("TRUE")
        is_page = isinstance(self.env.context.get("subscription_profit_lines"), Lines)
        columns = self._get_columns(is_all=accounts is not None or is_page)
        if is_page:
            wanted = SQL("line.id = ANY(%s)", list(self.env.context["subscription_profit_lines"]))
        if accounts is not None:
            # All who share a line are looked at, whosever accounts were asked for.
            asked = [SQL("line.%s = ANY(%s)", column, list(accounts)) for column in columns]
            wanted = SQL("(%s)", SQL(" OR ").join(asked))
        return get_parts(self._get_contracts(), columns, wanted, self._get_shared(accounts))

    def _get_contracts(self):
        """The contracts that the reader may see, archived ones too, as a query: where they are few, so is the rest."""
        table = self.env["subscription.contract"]
        if self.env.su:
            return SQL.identifier(table._table)
        names = ("id", "company_id", "partner_id", "user_id", "category_id", "analytic_account_id")
        query = table.with_context(active_test=False)._search([])
        return query.subselect(*[SQL.identifier(table._table, name) for name in names])

    def _get_columns(self, is_all):
        """Columns of analytic lines in which accounts of contracts may stand.

        :param is_all: those of all plans; else of the plans that have such accounts: each costs a look at all lines.
        """
        # sudo: which plans there are decides about columns only
        plans = self.env["account.analytic.plan"].sudo()
        project, others = plans._get_all_plans()
        columns = project | others
        if not is_all:
            query = SQL(
                """
                SELECT plan.id
                  FROM account_analytic_plan plan
                 WHERE (SELECT TRUE
                          FROM account_analytic_account account
                          JOIN subscription_contract contract ON contract.analytic_account_id = account.id
                         WHERE account.plan_id = plan.id
                         LIMIT 1)
                """
            )
            columns &= plans.browse(id_ for (id_,) in self.env.execute_query(query)).root_id
        return [SQL.identifier(plan._column_name()) for plan in columns]

    def _get_shared(self, accounts=None):
        """Ids of the accounts (of these, or of all) that more than one contract holds."""
        where = SQL("IS NOT NULL") if accounts is None else SQL("= ANY(%s)", list(accounts))
        query = SQL(
            "SELECT analytic_account_id FROM subscription_contract WHERE analytic_account_id %s"
            " GROUP BY analytic_account_id HAVING COUNT(*) > 1",
            where,
        )
        return [id_ for (id_,) in self.env.execute_query(query)]
