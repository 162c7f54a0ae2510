from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import mrr, mrr_report

# What revenue is looked at by → the field of the log
DIMENSIONS = {
    "company": "company_id",
    "employee": "employee_id",
    "user": "user_id",
    "category": "category_id",
    "service": "service_category_id",
    "product": "product_id",
    "product_category": "product_category_id",
    "country": "country_id",
}
SPANS = (6, 12, 24)


class SubscriptionMrrReport(models.AbstractModel):
    """Sums of the revenue log by month, made by the database; see `tools/mrr_report.py` for what is made of them.

    Everything is in the currency of the company that is worked in. What other companies have, those chosen at the top,
    is exchanged at the rate of today, so that rates between companies are no growth.
    """

    _name = "subscription.mrr.report"
    _description = "Revenue Report"

    # === WHAT IS LOOKED AT === #
    @api.model
    def _get_months(self, options):
        """First days of the months that are shown, the running one last."""
        span = options.get("months") if options.get("months") in SPANS else SPANS[1]
        month = self.env.company._subscription_today().replace(day=1)
        return mrr_report.list_months(mrr_report.add_months(month, 1 - span), month)

    @api.model
    def _get_domain(self, options):
        """Lines of the log that count: until today, and of what was chosen.

        :raise UserError: another dimension than there are.
        """
        today = self.env.company._subscription_today()
        domain = Domain("day", "<=", today) & Domain("company_id", "in", self.env.companies.ids)
        for name, value in self._get_filters(options):
            domain &= Domain(DIMENSIONS[name], "=", value)
        return domain

    @api.model
    def _get_filters(self, options):
        """Pairs (dimension, id or False) that were chosen, as a browser sends them.

        :raise UserError: something else.
        """
        filters = options.get("filters") or ()
        pairs = filters if isinstance(filters, (list, tuple)) else (filters,)
        for pair in pairs:
            known = isinstance(pair, (list, tuple)) and len(pair) == 2 and pair[0] in [*DIMENSIONS]
            if not known or not isinstance(pair[1], (int, bool)):
                raise UserError(self.env._("Revenue is not looked at by %(name)s.", name=pair))
        return pairs

    @api.model
    def _get_events_sql(self, options):
        """Lines of the log that count, with their month and their value: a query to select from.

        :raise AccessError: whoever looks may not see the log.
        """
        events = self.env["subscription.mrr.event"]
        events.check_access("read")
        events.flush_model()
        query = events._search(self._get_domain(options), bypass_access=False)
        company = self.env.company
        rates = [(one.id, one.currency_id._get_conversion_rate(
            one.currency_id, company.currency_id, company, company._subscription_today()
        )) for one in self.env.companies]  # fmt: skip
        group = SQL("NULL::int")
        if options.get("group"):
            if options["group"] not in [*DIMENSIONS]:  # anything may be sent, also what has no hash
                raise UserError(self.env._("Revenue is not looked at by %(name)s.", name=options["group"]))
            group = events._field_to_sql(events._table, DIMENSIONS[options["group"]], query)
        table = SQL.identifier(events._table)
        return SQL(
            """
            (SELECT event.*, date_trunc('month', event.day)::date AS month, event.amount * rate.rate AS value
               FROM (%s) event JOIN (VALUES %s) AS rate(company, rate) ON rate.company = event.company_id)
            """,
            query.select(
                SQL("%s.id", table), SQL("%s.company_id", table), SQL("%s.partner_id", table), SQL("%s.day", table),
                SQL("%s.kind", table), SQL("%s.mark", table), SQL("%s.close_reason_id", table),
                SQL("%s.amount", table), SQL("%s AS dimension", group),
            ),
            SQL(", ").join(SQL("(%s, %s::numeric)", *rate) for rate in rates),
        )  # fmt: skip

    # === SUMS === #
    @api.model
    def _read_movements(self, options):
        """{(month, kind, mark): amount} since ever."""
        return self._read_sums(
            SQL("SELECT month, kind, mark, SUM(value) FROM %s event GROUP BY 1, 2, 3", self._get_events_sql(options))
        )

    def _read_sums(self, query):
        return {tuple(key): float(amount) for *key, amount in self.env.execute_query(query)}

    @api.model
    def _get_heads_sql(self, options):
        """Subscribers by month in which something of theirs moved: a query to select from.

        Those in a pause are subscribers still; they pay nothing. Half a cent is nothing.
        """
        return SQL(
            """
            (SELECT *, total - change > %(tiny)s AS was_here, total > %(tiny)s AS is_here,
                    paid - paid_change > %(tiny)s AS has_paid, paid > %(tiny)s AS pays,
                    COALESCE(MAX(total) OVER (PARTITION BY company_id, partner_id ORDER BY month
                                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) > %(tiny)s AS known
               FROM (SELECT *, SUM(change) OVER upto AS total, SUM(paid_change) OVER upto AS paid
                       FROM (SELECT company_id, partner_id, month, SUM(value) AS paid_change,
                                    COALESCE(SUM(value) FILTER (WHERE kind NOT IN ('pause', 'resume')), 0) AS change,
                                    (array_agg(close_reason_id ORDER BY value)
                                        FILTER (WHERE kind = 'churn'))[1] AS reason
                               FROM %(events)s event GROUP BY 1, 2, 3) moved
                     WINDOW upto AS (PARTITION BY company_id, partner_id ORDER BY month)) summed)
            """,
            events=self._get_events_sql(options),
            tiny=self.env.company.currency_id.rounding / 2,
        )

    @api.model
    def _read_heads(self, options):
        """{month: (new, back, lost, change of those who pay)} since ever."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT month, COUNT(*) FILTER (WHERE is_here AND NOT was_here AND NOT known),
                       COUNT(*) FILTER (WHERE is_here AND NOT was_here AND known),
                       COUNT(*) FILTER (WHERE was_here AND NOT is_here),
                       COUNT(*) FILTER (WHERE pays AND NOT has_paid) - COUNT(*) FILTER (WHERE has_paid AND NOT pays)
                  FROM %s heads GROUP BY 1
                """,
                self._get_heads_sql(options),
            )
        )
        return {month: tuple(counts) for month, *counts in rows}

    @api.model
    def _read_reasons(self, options):
        """Revenue that churned and subscribers lost, by month and reason: two dictionaries."""
        revenue = SQL(
            "SELECT month, close_reason_id, -SUM(value) FROM %s event WHERE kind = 'churn' GROUP BY 1, 2",
            self._get_events_sql(options),
        )
        heads = SQL(
            "SELECT month, reason, COUNT(*) FROM %s heads WHERE was_here AND NOT is_here GROUP BY 1, 2",
            self._get_heads_sql(options),
        )
        return self._read_sums(revenue), self._read_sums(heads)

    @api.model
    def _get_starts_sql(self, options):
        """The month in which each subscriber began: a query to select from."""
        return SQL(
            """
            (SELECT company_id, partner_id, date_trunc('month', MIN(day))::date AS cohort
               FROM (SELECT company_id, partner_id, day FROM %s event WHERE kind = 'new'
                   GROUP BY 1, 2, 3 HAVING SUM(value) > 0) began
           GROUP BY 1, 2)
            """,
            # Whatever is looked at, one begins once.
            self._get_events_sql({**options, "filters": ()}),
        )

    @api.model
    def _read_cohorts(self, options):
        """Change of revenue and of subscribers by month of the beginning and month: two dictionaries."""
        starts = self._get_starts_sql(options)
        revenue = SQL(
            "SELECT cohort, month, SUM(value) FROM %s event JOIN %s start USING (company_id, partner_id) GROUP BY 1, 2",
            self._get_events_sql(options), starts,
        )  # fmt: skip
        heads = SQL(
            """
            SELECT cohort, month, COUNT(*) FILTER (WHERE is_here AND NOT was_here)
                                  - COUNT(*) FILTER (WHERE was_here AND NOT is_here)
              FROM %s heads JOIN %s start USING (company_id, partner_id) GROUP BY 1, 2
            """,
            self._get_heads_sql(options), starts,
        )  # fmt: skip
        return self._read_sums(revenue), self._read_sums(heads)

    @api.model
    def _read_beginners(self, options, month):
        """Ids of the subscribers that began in a month."""
        query = SQL("SELECT partner_id FROM %s start WHERE cohort = %s", self._get_starts_sql(options), month)
        return [id_ for (id_,) in self.env.execute_query(query)]

    @api.model
    def _read_groups(self, options):
        """{id of the dimension: :class:`tools.mrr_report.Period` from the first month to today}."""
        first, found = self._get_months(options)[0], defaultdict(mrr_report.Period)
        rows = self.env.execute_query(
            SQL(
                "SELECT dimension, month < %s, kind, mark, SUM(value) FROM %s event GROUP BY 1, 2, 3, 4",
                first,
                self._get_events_sql(options),
            )
        )
        for dimension, is_before, kind, mark, amount in rows:
            period = found[dimension]
            if is_before:
                period.opening += float(amount)
            else:
                period.parts[mrr_report.EXCHANGE if mark == mrr.CURRENCY else kind] += float(amount)
        for period in found.values():
            period.start = int(period.opening > 0)
        return found

    # === FIGURES === #
    @api.model
    def _get_waterfall(self, options):
        """{month: :class:`tools.mrr_report.Period`} of the months that are shown."""
        return mrr_report.waterfall(self._get_months(options), self._read_movements(options), self._read_heads(options))

    @api.model
    def _get_cohorts(self, options):
        """:class:`tools.mrr_report.Cohort` of the months that are shown."""
        months = self._get_months(options)
        return mrr_report.cohorts(months, *self._read_cohorts(options), last=months[-1])
