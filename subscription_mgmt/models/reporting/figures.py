"""What one looks at before reading a contract: revenue, next invoice, dues, and how much of the plan is done."""

import operator
from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date

# Of the bar, in its order: part of the plan → colour
PARTS = {
    "paid": "bg-success",
    "billed": "bg-info",
    "overdue": "bg-danger",
    "planned": "bg-secondary bg-opacity-50",
    "skipped": "bg-light border",
}
# Comparisons by which contracts are found by what they owe
COMPARED = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "in": lambda amount, values: amount in values,
    "not in": lambda amount, values: amount not in values,
}


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    arr = fields.Monetary(
        string="Per Year", compute="_compute_arr", help="Annual recurring revenue: that of a month times twelve."
    )
    price_summary = fields.Char(string="In All", compute="_compute_price_summary", help="Untaxed, for each period.")
    amount_next_invoice = fields.Monetary(
        string="Next Invoice Amount", compute="_compute_amount_next_invoice", help="Untaxed."
    )
    amount_due = fields.Monetary(
        string="Due",
        compute="_compute_dues",
        search="_search_amount_due",
        compute_sudo=True,
        help="What is open of the invoices of the contract.",
    )
    amount_overdue = fields.Monetary(
        string="Overdue",
        compute="_compute_dues",
        search="_search_amount_overdue",
        compute_sudo=True,
        help="What is open and late.",
    )
    plan_bar = fields.Html(string="Plan", compute="_compute_plan_bar", compute_sudo=True, sanitize=False)
    request_id = fields.Many2one(
        comodel_name="subscription.request", string="Open Request", compute="_compute_request_id"
    )

    @api.depends("mrr", "mrr_offer")
    def _compute_arr(self):
        for contract in self:
            contract.arr = 12 * (contract.mrr_offer if contract.state == "draft" else contract.mrr)

    @api.depends("line_ids.price_subtotal", "line_ids.interval", "line_ids.interval_unit", "line_ids.active")
    def _compute_price_summary(self):
        for contract in self:
            sums = defaultdict(float)
            for line in contract._get_lines_in_force():
                sums[line._get_cadence_name()] += line.price_subtotal
            contract.price_summary = " · ".join(
                f"{format_amount(self.env, amount, contract.currency_id)} {name}" for name, amount in sums.items()
            )

    @api.depends("date_next_invoice")
    def _compute_amount_next_invoice(self):
        rows = self.env["subscription.installment"]._read_group(
            [("contract_id", "in", self.ids), ("state", "=", "planned")],
            ["contract_id", "date_invoice:day"],
            ["price_subtotal:sum"],
        )
        sums = {(contract.id, day): amount for contract, day, amount in rows}
        for contract in self:
            contract.amount_next_invoice = sums.get((contract._origin.id, contract.date_next_invoice), 0.0)

    @api.depends("installment_ids.invoice_line_id.move_id.amount_residual")
    def _compute_dues(self):
        dues = self._read_dues()
        for contract in self:
            contract.amount_due, contract.amount_overdue = dues.get(contract._origin.id, (0.0, 0.0))

    def _read_dues(self):
        """What is open and what is late of each contract, of invoices by hand that name it, too.

        Of an invoice for several contracts it is the contract's share; the shares come to what is open, to the cent.

        :return: {id: (due, overdue)} in the currency of the contract; a credit that is open lowers the
            former, it is never late.
        """
        dues = {}
        for (id_, currency_id), amounts in self._read_open().items():
            contract = self.browse(id_)
            currency = self.env["res.currency"].browse(currency_id)
            if currency != contract.currency_id:
                company = contract.company_id
                today = company._subscription_today()
                amounts = [currency._convert(one, contract.currency_id, company, today) for one in amounts]
            due, late = dues.get(id_, (0.0, 0.0))
            dues[id_] = due + amounts[0], late + amounts[1]
        return dues

    def _search_amount_due(self, comparison, value):
        return self._search_open("amount_total", comparison, value)

    def _search_amount_overdue(self, comparison, value):
        return self._search_open("amount_overdue", comparison, value)

    def _search_open(self, name, comparison, value):
        """Contracts by what they owe, in the currency of the company; of whom nothing is open owes zero."""
        if comparison not in COMPARED:
            return NotImplemented
        unpaid = self.env["subscription.unpaid"]
        found = Domain("id", "in", unpaid._search([(name, comparison, value)]).subselect("contract_id"))
        if COMPARED[comparison](0, value):
            found |= Domain("id", "not in", unpaid._search([]).subselect("contract_id"))
        return found

    def _get_sql_todays(self):
        """Today in each company of the contracts, as rows of (company, day)."""
        companies = self.company_id or self.env.company
        return SQL(", ").join(SQL("(%s, %s::date)", company.id, company._subscription_today()) for company in companies)

    # === THE BAR === #
    @api.depends("installment_ids.state", "installment_ids.invoice_line_id.move_id.payment_state")
    def _compute_plan_bar(self):
        labels = {
            "paid": self.env._("Paid"),
            "billed": self.env._("Invoiced"),
            "overdue": self.env._("Overdue"),
            "planned": self.env._("Planned"),
            "skipped": self.env._("Skipped"),
        }
        sums = self._read_plan_parts() if self.ids else {}
        for contract in self:
            parts = sums.get(contract._origin.id, {})
            whole = sum(abs(amount) for amount in parts.values())
            contract.plan_bar = whole and contract._draw_bar(parts, whole, labels)

    def _draw_bar(self, parts, whole, labels):
        """A stacked bar with its legend."""
        stretches, legend = Markup(), Markup()
        for part, colour in PARTS.items():
            if not parts.get(part):
                continue
            amount = format_amount(self.env, parts[part], self.currency_id)
            stretches += Markup('<div class="progress-bar %s" style="width: %.2f%%" title="%s: %s"></div>') % (
                colour, 100 * abs(parts[part]) / whole, labels[part], amount,
            )  # fmt: skip
            legend += Markup(
                '<span class="me-3 text-nowrap"><span class="d-inline-block rounded-circle p-1 me-1 %s"></span>%s '
                "<strong>%s</strong></span>"
            ) % (colour, labels[part], amount)
        return Markup('<div class="progress mb-1" style="height: 12px">%s</div><div class="small">%s</div>') % (
            stretches, legend,
        )  # fmt: skip

    def _read_plan_parts(self):
        """Untaxed amount of the plan by what became of it: {id: {part: amount}}."""
        rows = self.env["subscription.installment"]
        rows.flush_model(["state", "price_subtotal", "invoice_line_id", "contract_id"])
        self.env["account.move"].flush_model(["payment_state", "invoice_date_due", "state"])
        query = SQL(
            """
            SELECT row.contract_id,
                   CASE WHEN row.state != 'invoiced' THEN row.state
                        WHEN move.payment_state IN ('paid', 'in_payment', 'reversed') THEN 'paid'
                        WHEN move.state = 'posted' AND move.invoice_date_due < company.today THEN 'overdue'
                        ELSE 'billed' END AS part,
                   SUM(row.price_subtotal)
              FROM subscription_installment row
         LEFT JOIN account_move_line line ON line.id = row.invoice_line_id
         LEFT JOIN account_move move ON move.id = line.move_id
         LEFT JOIN (VALUES %(todays)s) AS company(id, today) ON company.id = row.company_id
             WHERE row.contract_id = ANY(%(ids)s)
          GROUP BY 1, 2
            """,
            ids=self.ids,
            todays=self._get_sql_todays(),
        )
        found = defaultdict(dict)
        for id_, part, amount in self.env.execute_query(query):
            found[id_][part] = float(amount or 0)
        return found

    @api.depends_context("uid")
    def _compute_request_id(self):
        open_ = self.env["subscription.request"].search([("contract_id", "in", self.ids), ("state", "=", "new")])
        for contract in self:
            contract.request_id = open_.filtered(
                lambda request, id_=contract._origin.id: request.contract_id.id == id_
            )[:1]

    def action_view_request(self):
        """Open the request of the subscriber that waits for an answer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "subscription.request",
            "res_id": self.request_id.id,
            "view_mode": "form",
        }


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    cadence = fields.Char(compute="_compute_cadence", help="How often, and when within the period.")
    term = fields.Char(compute="_compute_term", help="When the line begins or ends, if it is not simply in force.")
    is_over = fields.Boolean(compute="_compute_term")

    @api.depends("interval", "interval_unit", "billing_timing")
    def _compute_cadence(self):
        for line in self:
            timing = self.env._("in arrears") if line.billing_timing == "arrears" else self.env._("in advance")
            line.cadence = f"{line._get_cadence_name()}, {timing}"

    @api.depends("date_start", "date_end")
    def _compute_term(self):
        """A line that has ended stands beside its successor: it says so."""
        for line in self:
            today = line.contract_id.company_id._subscription_today()
            line.is_over = bool(line.date_end and line.date_end < today)
            line.term = False
            if line.date_end:
                line.term = self.env._("until %(day)s", day=format_date(self.env, line.date_end))
            elif line.date_start and line.date_start > today:
                line.term = self.env._("from %(day)s", day=format_date(self.env, line.date_start))

    def _get_cadence_name(self):
        """How often, in one word where there is one."""
        names = {
            "day 1": self.env._("daily"),
            "week 1": self.env._("weekly"),
            "month 1": self.env._("monthly"),
            "month 3": self.env._("quarterly"),
            "month 6": self.env._("half-yearly"),
            "month 12": self.env._("yearly"),
            "year 1": self.env._("yearly"),
        }
        name = names.get(f"{self.interval_unit} {self.interval}")
        return name or getattr(self, f"_get_cadence_of_{self.interval_unit or 'month'}s")()

    def _get_cadence_of_days(self):
        return self.env._("every %(count)s days", count=self.interval)

    def _get_cadence_of_weeks(self):
        return self.env._("every %(count)s weeks", count=self.interval)

    def _get_cadence_of_months(self):
        return self.env._("every %(count)s months", count=self.interval)

    def _get_cadence_of_years(self):
        return self.env._("every %(count)s years", count=self.interval)
