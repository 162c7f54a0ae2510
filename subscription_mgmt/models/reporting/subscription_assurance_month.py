from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from .subscription_assurance_check import MONTH, RUNNING

# Months that are reckoned up, this one included
MONTHS = 13
FIGURES = ("expected", "billed", "waiting", "by_hand")


class SubscriptionAssuranceMonth(models.Model):
    """The verdict of one month: what was to be billed by plan and terms, against what stands on posted invoices.

    Both sides are summed by themselves, one from the plan, the other from accounting, in the company's currency and
    without tax. A row of the plan counts in the month of its billing date.
    """

    _name = "subscription.assurance.month"
    _description = "Billing Assurance of a Month"
    _order = "month desc, company_id"
    _rec_name = "month"

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    name = fields.Char(string="Month Name", compute="_compute_sentence")
    expected = fields.Monetary(readonly=True, help="What plan and terms ask for.")
    billed = fields.Monetary(readonly=True, help="What stands on posted invoices.")
    waiting = fields.Monetary(string="In Drafts", readonly=True, help="On invoices that are not posted yet.")
    by_hand = fields.Monetary(
        string="Left Out by Hand", readonly=True, help="What people took off invoices, or cancelled with them."
    )
    open = fields.Monetary(string="Missing", compute="_compute_open", store=True)
    difference_count = fields.Integer(string="Differences", readonly=True)
    is_good = fields.Boolean(string="Agrees", compute="_compute_open", store=True)
    sentence = fields.Char(compute="_compute_sentence")
    date_checked = fields.Datetime(string="Checked", readonly=True)

    _once = models.UniqueIndex("(company_id, month)", "A month has one verdict per company.")

    @api.depends("expected", "billed", "waiting", "by_hand", "difference_count")
    def _compute_open(self):
        for month in self:
            rest = month.expected - month.billed - month.waiting - month.by_hand
            month.open = month.currency_id.round(rest)
            month.is_good = month.currency_id.is_zero(rest) and not month.difference_count

    @api.depends("month")
    def _compute_display_name(self):
        for month in self:
            month.display_name = month.name

    @api.depends_context("lang")
    @api.depends("month", "expected", "billed", "waiting", "by_hand", "open")
    def _compute_sentence(self):
        for month in self:
            month.name = format_date(self.env, month.month, date_format="LLLL yyyy") if month.month else False
            month.sentence = "".join(month._get_phrases()) + "."

    def _get_phrases(self):
        """What is said of the month, as parts of one sentence."""
        self.ensure_one()

        def money(amount):
            return formatLang(self.env, amount, currency_obj=self.currency_id)

        zero = self.currency_id.is_zero
        yield self.env._("%(expected)s expected, %(billed)s billed",
                         expected=money(self.expected), billed=money(self.billed))  # fmt: skip
        if not zero(self.waiting):
            yield self.env._(", %(amount)s in drafts", amount=money(self.waiting))
        if not zero(self.by_hand):
            yield self.env._(", %(amount)s left out by hand", amount=money(self.by_hand))
        if not zero(self.open):
            yield (self.env._(", %(amount)s too little", amount=money(self.open)) if self.open > 0
                   else self.env._(", %(amount)s too much", amount=money(-self.open)))  # fmt: skip

    # === RECKONING === #
    @api.model
    def _find_touched(self, company, date_ref, since):
        """Months to reckon up: those of which a row or its invoice was written, which did not agree, or wait.

        Once a month each of them, whatever was written.

        :param since: when the last look began; None: all of them.
        """
        months = [fields.Date.subtract(date_ref.replace(day=1), months=back) for back in range(MONTHS)]
        if not since:
            return months
        self.env.flush_all()
        query = SQL(
            """
            SELECT DISTINCT date_trunc('month', day)::date
              FROM (SELECT date_invoice AS day FROM subscription_installment
                     WHERE company_id = %(company)s AND write_date > %(since)s
                    UNION ALL
                    SELECT row.date_invoice
                      FROM subscription_installment row
                      JOIN subscription_contract contract ON contract.id = row.contract_id
                     WHERE row.company_id = %(company)s AND row.state = 'planned' AND row.date_invoice < %(day)s
                       AND contract.state IN %(running)s
                    UNION ALL
                    SELECT row.date_invoice
                      FROM account_move move
                      JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
                      JOIN subscription_installment row ON row.invoice_line_id = line.id
                     WHERE move.company_id = %(company)s AND move.write_date > %(since)s
                    UNION ALL
                    SELECT date_invoice FROM subscription_assurance_difference WHERE company_id = %(company)s
                    UNION ALL
                    SELECT month FROM subscription_assurance_month
                     WHERE company_id = %(company)s AND (is_good IS NOT TRUE OR date_checked < %(month_ago)s)) written
            """,
            company=company.id,
            running=RUNNING,
            since=since,
            day=date_ref,
            month_ago=fields.Datetime.subtract(fields.Datetime.now(), days=MONTH),
        )
        touched = {month for (month,) in self.env.execute_query(query)}
        return [month for month in months if month in touched]

    @api.model
    def _reckon(self, company, date_ref, months=None):
        """Sum up months anew, the days before `date_ref`; those of which nothing is left to tell go.

        :param months: first days of the months; default: this one and the twelve before.
        """
        months = months or [fields.Date.subtract(date_ref.replace(day=1), months=back) for back in range(MONTHS)]
        sums = self._sum_rows(company, date_ref, months)
        self._add_differences(company, date_ref, sums)
        stored = {row.month: row for row in self.search([("company_id", "=", company.id), ("month", "in", months)])}
        for month in months:
            row = stored.get(month, self.browse())
            if month not in sums:
                row.unlink()
                continue
            values = {**sums[month], "date_checked": fields.Datetime.now()}
            row.write(values) if row else self.create({"company_id": company.id, "month": month, **values})

    @api.model
    def _sum_rows(self, company, date_ref, months):
        """Figures by month: of the plan, and of the invoice lines that billed it."""
        sums = {}
        for month, currency_id, unbilled, *figures in self._read_sums(company, date_ref, months):
            values = sums.setdefault(month, {**dict.fromkeys(FIGURES, 0.0), "difference_count": 0})
            for name, figure in zip(FIGURES, figures, strict=True):
                values[name] += float(figure or 0)
            if unbilled:
                currency = self.env["res.currency"].browse(currency_id)
                values["expected"] += currency._convert(float(unbilled), company.currency_id, company, date_ref)
        return {month: values for month, values in sums.items() if month in months}

    @api.model
    def _read_sums(self, company, date_ref, months):
        """Rows of (month, currency, not billed in that currency, then the figures in that of the company).

        What the plan came to is reckoned from the invoice line and what the row says besides, so that rates and
        the rounding of a line (at most one cent) make no difference where there is none.
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('month', date_invoice)::date, currency_id,
                       SUM(CASE WHEN state IS NULL THEN price_subtotal END),
                       SUM(stands + besides),
                       SUM(CASE WHEN state = 'posted' THEN stands END),
                       SUM(CASE WHEN state = 'draft' THEN stands END),
                       SUM(CASE WHEN state = 'cancel' THEN stands + besides ELSE besides END)
                  FROM (SELECT row.date_invoice, row.currency_id, row.price_subtotal, move.state,
                               -line.balance AS stands,
                               CASE WHEN abs(row.price_subtotal - sign.of * line.price_subtotal)
                                         < 1.5 * currency.rounding THEN 0
                                    ELSE (row.price_subtotal - sign.of * line.price_subtotal)
                                         / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) END AS besides
                          FROM subscription_installment row
                          JOIN subscription_contract contract ON contract.id = row.contract_id
                          JOIN res_currency currency ON currency.id = row.currency_id
                     LEFT JOIN account_move_line line ON line.id = row.invoice_line_id
                     LEFT JOIN account_move move ON move.id = line.move_id
                    CROSS JOIN LATERAL (SELECT CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS of) sign
                         WHERE row.company_id = %(company)s
                           AND row.date_invoice >= %(first)s AND row.date_invoice < %(end)s
                           AND date_trunc('month', row.date_invoice)::date = ANY(%(months)s)
                           AND (row.state = 'invoiced' OR row.state = 'planned' AND row.date_invoice < %(day)s
                                AND contract.state IN %(running)s)) one
              GROUP BY 1, 2
                """,
                company=company.id,
                running=RUNNING,
                day=date_ref,
                months=months,
                first=min(months),
                end=fields.Date.add(max(months), months=1),
            )
        )

    @api.model
    def _add_differences(self, company, date_ref, sums):
        """Let what is expected be what the terms ask, where the plan says something else."""
        domain = Domain("company_id", "=", company.id) & Domain("date_invoice", "<", date_ref)
        found = self.env["subscription.assurance.difference"].search(domain)
        by_month = defaultdict(found.browse)
        for difference in found:
            by_month[difference.date_invoice.replace(day=1)] += difference
        for month, differences in by_month.items():
            values = sums.setdefault(month, {**dict.fromkeys(FIGURES, 0.0), "difference_count": 0})
            values["difference_count"] = len(differences)
            # Rows that wait are in the plan, and were counted there.
            for difference in differences.filtered(lambda difference: difference.kind != "unbilled"):
                values["expected"] += difference.currency_id._convert(
                    difference.amount, company.currency_id, company, date_ref
                )

    # === ACTIONS === #
    def action_view_rows(self):
        """Open the rows of the plan that were to be billed in the month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_installment_action")
        late = Domain("state", "=", "planned") & Domain("date_invoice", "<", self.company_id._subscription_today())
        domain = self._get_domain() & (Domain("state", "=", "invoiced") | late)
        return {**action, "name": self.name, "domain": list(domain), "view_mode": "list,form", "context": {},
                "views": [(False, "list"), (False, "form")]}  # fmt: skip

    def action_view_differences(self):
        """Open the differences of the month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_difference_action")
        return {**action, "name": self.name, "domain": list(self._get_domain())}

    def _get_domain(self):
        """What belongs to the month, by its billing date."""
        days = Domain("date_invoice", ">=", self.month) & Domain(
            "date_invoice", "<", fields.Date.add(self.month, months=1)
        )
        return Domain("company_id", "=", self.company_id.id) & days
