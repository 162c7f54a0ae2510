from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.periods import check_cadence, fits_calendar, index_of
from ..common.context import LEDGER

# So many periods are planned and shown at once: daily for more than five years, monthly for more than a century
MAX_PERIODS = 2000
# A fixed term gets all its rows at activation; one that ends later than this is treated as open-ended, because
# old systems write "no end" as the year 9999.
FIXED_TERM_YEARS = 10
# Average number of periods of one unit in a month
PER_MONTH = {"day": 365 / 12, "week": 365 / 7 / 12, "month": 1.0, "year": 1 / 12}


def get_mrr(subtotal, interval, unit):
    """Monthly recurring revenue of an untaxed price per period; not rounded."""
    return subtotal * PER_MONTH[unit or "month"] / max(interval, 1)


class SubscriptionContractLine(models.Model):
    """What is delivered and billed. The cadence lives here: monthly, quarterly and yearly lines share a contract."""

    _name = "subscription.contract.line"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin", "subscription.sale.line.mixin"]
    _description = "Subscription Contract Line"
    _order = "contract_id, sequence, id"
    _check_company_auto = True
    _sealed_records = False
    _sealed_from_system = True

    # === RELATIONS === #
    contract_id = fields.Many2one(comodel_name="subscription.contract", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", store=True, precompute=True)
    partner_id = fields.Many2one(related="contract_id.partner_id")
    state = fields.Selection(related="contract_id.state", string="Contract State")
    replaces_id = fields.Many2one(
        comodel_name="subscription.contract.line",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Line whose place it took; periods go on as they were counted there.",
    )
    installment_ids = fields.One2many(comodel_name="subscription.installment", inverse_name="line_id")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # === WHAT === #
    product_id = fields.Many2one(required=True, index=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    price_unit = fields.Float(help="Price of one unit for one period.")
    analytic_distribution = fields.Json(help="Empty: the analytic account of the contract, and of its project.")
    analytic_precision = fields.Integer(
        store=False, default=lambda self: self.env["decimal.precision"].precision_get("Percentage Analytic")
    )
    # === CADENCE === #
    date_start = fields.Date(
        string="Start Date",
        required=True,
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    date_end = fields.Date(
        string="End Date", copy=False, help="Last day of this line, included. Empty: as long as the contract."
    )
    paid_until = fields.Date(
        copy=False, help="Already billed elsewhere (in the old system) up to and including this day."
    )
    interval = fields.Integer(string="Every", default=1, required=True)
    interval_unit = fields.Selection(
        selection=[("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")],
        string="Period",
        default="month",
        required=True,
    )
    repetitions = fields.Integer(help="Number of periods to bill. 0: until the end date.")
    billing_timing = fields.Selection(
        selection=[("advance", "In Advance"), ("arrears", "In Arrears")],
        string="Billed",
        default="advance",
        required=True,
        help="In advance: on the first day of the period. In arrears: on the day after its last day.",
    )
    anchor_day = fields.Integer(
        string="Day of Month",
        help="Day of the month on which periods begin; 31 is the last day of every month. 0: the day of the start "
        "date.",
    )
    prorate = fields.Boolean(
        default=True, help="Charge a first or last period that is shorter than the others by the day."
    )
    # === FIGURES === #
    price_subtotal = fields.Monetary(string="Subtotal", compute="_compute_amounts", store=True)
    mrr = fields.Monetary(string="MRR", compute="_compute_amounts", store=True)

    # With the product, by which contracts are searched
    _by_contract = models.Index("(contract_id) INCLUDE (product_id, active)")
    _interval_positive = models.Constraint("CHECK (interval >= 1)", "A period lasts at least one unit.")
    _repetitions_range = models.Constraint("CHECK (repetitions >= 0)", "The number of repetitions cannot be negative.")
    _anchor_day_range = models.Constraint(
        "CHECK (anchor_day >= 0 AND anchor_day <= 31)", "The day of the month must be between 1 and 31."
    )

    # === COMPUTES === #
    def _get_sale_document(self):
        return self.contract_id

    def _get_sale_partner(self):
        """The subscriber, whoever pays."""
        return self.contract_id.partner_id

    @api.depends("contract_id.date_start")
    def _compute_date_start(self):
        for line in self:
            # A line added later keeps its own date; one that follows the contract moves with it while in draft.
            if not line.date_start or line.contract_id.state == "draft":
                line.date_start = line.contract_id.date_start

    @api.depends("quantity", "price_unit", "discount", "tax_ids", "interval", "interval_unit", "is_fee")
    def _compute_amounts(self):
        for line in self:
            line.price_subtotal = line._get_untaxed(line.quantity, line.price_unit, line.discount)
            # A fee that is billed once recurs never.
            line.mrr = 0 if line.is_fee else get_mrr(line.price_subtotal, line.interval, line.interval_unit)

    # === CONSTRAINTS === #
    @api.constrains("interval", "interval_unit", "repetitions", "anchor_day", "date_start", "date_end", "contract_id")
    def _check_cadence(self):
        for line in self:
            try:
                check_cadence(line.interval, line.interval_unit, line.anchor_day or None)
            except ValueError:
                raise ValidationError(self.env._("A fixed day of the month goes with months and years only."))
            if not fits_calendar(line.date_start, line.interval, line.interval_unit, line.repetitions):
                raise ValidationError(self.env._("Periods of this length or number would go beyond the year 9999."))
            if line.date_end and line.date_end < line.date_start:
                raise ValidationError(
                    self.env._(
                        "Line %(line)s ends on %(end)s, before it starts on %(start)s.",
                        line=line.product_id.display_name,
                        end=format_date(self.env, line.date_end),
                        start=format_date(self.env, line.date_start),
                    )
                )
            line._check_number_of_periods()
            if line.date_start < line.contract_id.date_start:
                raise ValidationError(
                    self.env._(
                        "Line %(line)s starts on %(start)s, before its contract.",
                        line=line.product_id.display_name,
                        start=format_date(self.env, line.date_start),
                    )
                )

    def _check_number_of_periods(self):
        """Raise when the plan would be longer than anybody can look at: somebody waits while it is made.

        :raise ValidationError: too many periods until the end of the line, or of its contract.
        """
        self.ensure_one()
        end, count = self.date_end or self.contract_id.date_end, self.repetitions
        if not count and end and self.date_start <= end <= fields.Date.add(self.date_start, years=FIXED_TERM_YEARS):
            cadence = (self.interval, self.interval_unit, self.anchor_day or None)
            first = self._get_first_open()
            count = index_of(self.date_start, end, *cadence) - index_of(self.date_start, first, *cadence)
        if count > MAX_PERIODS:
            raise ValidationError(
                self.env._(
                    "%(line)s would have %(count)s periods; %(limit)s are possible. Choose longer periods, or leave "
                    "the end open.",
                    line=self.product_id.display_name,
                    count=count,
                    limit=MAX_PERIODS,
                )
            )

    def _get_first_open(self):
        """First day that is still to be planned; in force, what is past was planned before."""
        draft = self.contract_id.state == "draft"
        open_ = self.paid_until if draft else self.company_id._subscription_today()
        return max(self.date_start, open_ or self.date_start)

    # === CRUD === #
    def _plan_fields(self):
        """Fields that the payment plan is made from."""
        return {
            "quantity", "price_unit", "discount", "date_start", "date_end", "paid_until", "interval",
            "interval_unit", "repetitions", "billing_timing", "anchor_day", "prorate", "active",
        }  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        """Plan the new lines of contracts in force."""
        lines = super().create(vals_list)
        lines.contract_id._settle()
        return lines

    def write(self, vals):
        """Settle contracts in force whose terms change, whatever way the change comes in.

        :raise UserError: a line is moved to another contract; its plan would stay behind.
        """
        if any(line.contract_id.id != vals.get("contract_id", line.contract_id.id) for line in self):
            raise UserError(self.env._("A line stays in its contract. End it there, and add one to the other."))
        self._check_fee_kept()
        committed = self.contract_id.browse() if self._is_own_code() else self.contract_id._get_committed()
        result = super().write(vals)
        committed._check_still_committed()
        if self._plan_fields() & set(vals):
            self.contract_id._settle()
        return result

    def unlink(self):
        """Override of `base`: rows that were planned for the lines go with them."""
        rows = self.sudo().installment_ids  # sudo: as when settling
        self._unlink_except_billed()
        committed = self.contract_id.browse() if self._is_own_code() else self.contract_id._get_committed()
        rows.with_context(subscription_ledger=LEDGER).unlink()
        result = super().unlink()
        committed._check_still_committed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        billed = self.env["subscription.installment"]._find_billed(Domain("line_id", "in", self.ids))
        if billed:
            raise UserError(
                self.env._(
                    "Line %(line)s was billed and cannot be deleted. Give it an end date instead.",
                    line=billed.line_id.display_name,
                )
            )

    # === BUSINESS === #
    @api.depends("product_id", "contract_id", "date_start", "date_end")
    @api.depends_context("subscription_line_days")
    def _compute_display_name(self):
        """Contract and product; where a line of one contract is chosen, product and days instead."""
        for line in self:
            if self.env.context.get("subscription_line_days"):
                days = " – ".join(
                    format_date(self.env, day) if day else "…" for day in (line.date_start, line.date_end)
                )
                line.display_name = f"{line.product_id.display_name}, {days}"
            else:
                line.display_name = f"{line.contract_id.name} / {line.product_id.display_name}"

    def _get_analytic_distribution(self):
        """What the invoice line carries: the line's own distribution, else contract and project together."""
        self.ensure_one()
        if self.analytic_distribution:
            return self.analytic_distribution
        accounts = self.contract_id.analytic_account_id | self.contract_id.project_id.account_id
        return {",".join(str(account.id) for account in accounts): 100} if accounts else False
