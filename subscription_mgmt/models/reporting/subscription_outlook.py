"""Money to come: what will be billed and paid in the coming twelve months, beside what was in the last twelve."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .money import (
    get_beyond,
    get_billed,
    get_drafts,
    get_expected,
    get_labelled,
    get_paid_shared,
    get_paid_whole,
    get_planned,
    get_priced,
)
from .shares import READ

MONTHS = 12
WINDOWS = (4, 32, 128)  # days in which a page of a list is looked for
KINDS = [
    ("billed", "Invoiced"),
    ("planned", "Planned"),
    ("beyond", "Open-Ended, Beyond the Plan"),
    ("renewal", "After Renewal"),
    ("paid", "Paid"),
    ("open", "Billed, Not Paid Yet"),
]


class SubscriptionOutlook(models.Model):
    """An amount on a day, of a contract: billed or paid, or expected to be.

    Invoices of the future are the rows of the plan. Where the plan of an open-ended contract ends at its horizon, and
    where a contract renews itself, its lines go on at their price and cadence, shown apart. Payments are expected as
    many days after an invoice as the customer took in the last twelve months, or else all customers of the company.
    """

    _name = "subscription.outlook"
    _inherit = ["subscription.summed.mixin", "subscription.report.mixin"]
    _description = "Money to Come"
    _kept_sums = "subscription.outlook.sum"
    _auto = False
    _order = "date, id"
    _rec_name = "contract_id"
    _depends = {
        **READ,
        "account.move": [*READ["account.move"], "invoice_date", "commercial_partner_id"],
        "account.move.line": [*READ["account.move.line"], "balance", "price_subtotal", "date", "invoice_date"],
        "account.partial.reconcile": ["amount", "debit_move_id", "credit_move_id", "debit_amount_currency"],
        "subscription.contract": [*READ["subscription.contract"], "date_end", "renewal", "invoice_partner_id"],
        "subscription.contract.line": [
            "active", "is_fee", "date_end", "repetitions", "interval", "interval_unit", "price_subtotal", "product_id",
            "tax_ids",
        ],
        "subscription.installment": [
            *READ["subscription.installment"],
            "state", "line_id", "product_id", "date_from", "date_to", "date_invoice", "price_subtotal", "credited_id",
        ],
    }  # fmt: skip

    flow = fields.Selection(
        selection=[("invoice", "Invoices"), ("payment", "Payments")], string="Invoices or Payments", readonly=True
    )
    kind = fields.Selection(selection=KINDS, readonly=True)
    is_expected = fields.Boolean(string="Expected", readonly=True)
    date = fields.Date(readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    amount = fields.Monetary(
        string="Amount with Tax",
        currency_field="company_currency_id",
        readonly=True,
        help="Of what is not billed yet with the percentage of the taxes of its line.",
    )
    amount_untaxed = fields.Monetary(
        string="Untaxed Amount", currency_field="company_currency_id", readonly=True, help="Of invoices."
    )

    # === WHAT A PAGE SHOWS === #
    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Override of `base`: a page in order of days is looked for where it begins, in days that may suffice."""
        # The rule by company asks for it afterwards: that would have all parts searched for these rows.
        field_names = [*field_names, "company_id"] if field_names else field_names
        for window in self._get_windows(order or self._order) if limit else ():
            found = super().search_fetch(Domain(domain) & window, field_names, offset, limit, order)
            if len(found) == limit:
                return found
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def search_count(self, domain, limit=None):
        """Override of `base`: that there are as many as asked for, a few days may say."""
        for window in self._get_windows(self._order) if limit else ():
            if super().search_count(Domain(domain) & window, limit) == limit:
                return limit
        return super().search_count(domain, limit)

    def _get_windows(self, order):
        """Conditions on the days with which an order begins, each wider than the one before; none, if on no days."""
        start = order.split(",")[0].lower().split()
        first, today, end = self._get_days()
        if start == ["date", "desc"]:
            return [Domain("date", ">=", fields.Date.subtract(end, days=days)) for days in WINDOWS]
        if start not in (["date"], ["date", "asc"]):
            return []
        # sudo: a day only
        oldest = self.env["account.move"].sudo().search([("invoice_date", ">=", first)], order="invoice_date", limit=1)
        first = oldest.invoice_date or first
        bounds = [fields.Date.add(first, days=days) for days in WINDOWS]
        # What is expected comes today at the earliest: that need not be looked for before.
        past = [Domain("date", "<", day) & Domain("is_expected", "=", False) for day in bounds if day <= today]
        return [*past, Domain("date", "<", fields.Date.add(today, days=WINDOWS[0]))]

    # === WHERE IT COMES FROM === #
    def _get_days(self):
        """(first day shown, today, day after the last)"""
        today = self.env.company._subscription_today()
        month = today.replace(day=1)
        return fields.Date.subtract(month, months=MONTHS), today, fields.Date.add(month, months=MONTHS)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT money.*, company.currency_id AS company_currency_id, contract.partner_id,
                   contract.user_id, contract.category_id
              FROM (%(money)s) money
         LEFT JOIN subscription_contract contract ON contract.id = money.contract_id
         LEFT JOIN res_company company ON company.id = money.company_id
             WHERE %(readable)s
            """,
            money=get_labelled(self._get_parts()),
            readable=self._get_readable(SQL("money.contract_id")),
        )

    def _get_parts(self, is_whole=False):
        """All there is to show: of tuples (part, SQL of what its rows have in common).

        :param is_whole: it is added up, and not looked for in a few days.
        """
        first, today, end = self._get_days()
        rates, taxes = self._get_rates(today), self._get_taxes()
        unpriced = (get_planned(end), get_drafts(end), get_beyond(today, end))
        coming = [get_priced(part, today, rates, taxes) for part in unpriced]
        awaited = get_expected(coming, fields.Date.subtract(today, months=MONTHS), today, end)
        parts = [
            (get_billed(first, end, is_whole), "invoice", False),
            *((part, "invoice", True) for part in coming),
            (get_paid_whole(first, end), "payment", False),
            (get_paid_shared(first, end), "payment", False),
            (awaited, "payment", True),
        ]
        return [(part, SQL("%s AS flow, %s AS is_expected", flow, expected)) for part, flow, expected in parts]

    def _get_rates(self, today):
        """Rates into the currency of the company, as a query of rows (currency_id, company_id, rate)."""
        # sudo: rates only
        contracts = self.env["subscription.contract"].sudo().with_context(active_test=False)
        pairs = contracts._read_group([], ["currency_id", "company_id"])
        rows = [
            SQL(
                "(%s, %s, %s::numeric)",
                currency.id,
                company.id,
                currency._get_conversion_rate(currency, company.currency_id, company, today),
            )
            for currency, company in pairs
        ]
        rows = SQL(", ").join(rows or [SQL("(0, 0, 1::numeric)")])
        return SQL("(VALUES %s) AS rate(currency_id, company_id, rate)", rows)

    def _get_taxes(self):
        """What the taxes of each line make of its price, those of groups of taxes too: (line_id, factor)."""
        # sudo: percentages only
        taxes = self.env["account.tax"].sudo().with_context(active_test=False)
        taxes = taxes.search([("amount_type", "in", ("percent", "group"))])
        percents = {
            tax.id: sum(part.amount for part in tax.children_tax_ids or tax if part.amount_type == "percent")
            for tax in taxes
        }
        rows = [SQL("(%s, %s::numeric)", tax, percent) for tax, percent in percents.items() if percent]
        link = self.env["subscription.contract.line"]._fields["tax_ids"]
        names = {
            "line": SQL.identifier(link.column1),
            "tax": SQL.identifier(link.column2),
            "table": SQL.identifier(link.relation),
        }
        has_several = "SELECT EXISTS (SELECT FROM %(table)s GROUP BY %(line)s HAVING COUNT(*) > 1)"
        [[has_several]] = self.env.execute_query(SQL(has_several, **names))
        return SQL(
            """
            SELECT link.%(line)s AS line_id, %(factor)s AS factor
              FROM %(table)s link
              JOIN (VALUES %(rows)s) AS percent(tax_id, amount) ON percent.tax_id = link.%(tax)s
            %(group)s
            """,
            # Where each line has one tax, as mostly, adding up would only keep the workers of the database waiting.
            factor=SQL("1 + SUM(percent.amount) / 100") if has_several else SQL("1 + percent.amount / 100"),
            group=SQL("GROUP BY 1") if has_several else SQL(),
            rows=SQL(", ").join(rows or [SQL("(0, 0::numeric)")]),
            **names,
        )
