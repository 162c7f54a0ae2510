from collections import defaultdict
from datetime import date

from odoo import api, fields, models

from .day_rates import DayRates

# Figures of invoices, for whoever reads invoices elsewhere
INVOICES = "account.group_account_readonly,account.group_account_invoice,sales_team.group_sale_salesman"


class MemberTarget(models.Model):
    """What a member or one of its units is to buy in a year, and what it bought so far (WMM-28)."""

    _name = "member.target"
    _inherit = "subscription.named.mixin"
    _description = "Yearly Target"
    _order = "year desc, id"
    _check_company_auto = True
    _rec_name = "year"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Member or Unit",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    year = fields.Integer(required=True, default=lambda self: self.env.company._subscription_today().year)
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary(string="Target", required=True)
    note = fields.Char()
    achieved = fields.Monetary(
        compute="_compute_achieved",
        groups=INVOICES,
        help="Posted invoices and credit notes of the year without taxes, to the unit and to all below it, at the rate "
        "of their day.",
    )
    percent = fields.Float(string="Achieved (%)", compute="_compute_achieved", groups=INVOICES, digits=(5, 1))

    _unique = models.UniqueIndex(
        "(partner_id, year, company_id)", "There is a target for this unit and year already. Change that one."
    )
    _amount = models.Constraint("CHECK (amount >= 0)", "A target is not negative.")
    _year = models.Constraint("CHECK (year BETWEEN 1900 AND 2999)", "Write the year with four digits.")

    @api.depends("partner_id", "company_id", "year", "currency_id", "amount")
    def _compute_achieved(self):
        """Sum the invoices that the reader may see; a constant number of queries for any number of targets."""
        owners = self._get_owners()
        sums = self._sum_invoices({partner.id for partner in owners})
        rates = DayRates(self.company_id, self.currency_id | self.company_id.currency_id)
        for target in self:
            total = 0.0
            for (company, partner, currency, day), (signed, in_currency) in sums[target.company_id, target.year]:
                if target.partner_id._origin not in owners[partner]:
                    continue
                same = currency == target.currency_id
                total += in_currency if same else rates.convert(signed, company, target.currency_id, day)
            target.achieved = target.currency_id.round(total) if target.currency_id else total
            target.percent = 100.0 * total / target.amount if target.amount else 0.0

    def _get_owners(self):
        """Everybody below the partners of the targets → those of the partners whose figures he counts for."""
        tops = self.partner_id._origin
        below = tops.search(
            fields.Domain.OR(
                [(place, "child_of", tops.ids)] for place in ("id", "member_branch_id", "member_department_id")
            )
        )
        return {partner: self._find_owners(partner, tops) for partner in below}

    @api.model
    def _find_owners(self, partner, tops):
        """The partner and all that stand above him or that he works in, as far as they have targets."""
        found, waiting = set(), [partner]
        while waiting:
            one = waiting.pop()
            if one and one not in found:
                found.add(one)
                waiting += [one.parent_id, one.member_branch_id, one.member_department_id]
        return found & set(tops)

    def _sum_invoices(self, partner_ids):
        """(company, year) → sums by company, partner, currency and day of the invoices that the reader may see."""
        sums = defaultdict(list)
        years = [year for year in set(self.mapped("year")) if year]
        moves = self.env["account.move"]
        if not years or not moves.has_access("read"):
            return sums
        domain = [
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("state", "=", "posted"),
            ("company_id", "in", self.company_id.ids),
            ("partner_id", "in", list(partner_ids)),
            ("invoice_date", ">=", date(min(years), 1, 1)),
            ("invoice_date", "<=", date(max(years), 12, 31)),
        ]
        keys = ["company_id", "partner_id", "currency_id", "invoice_date:day"]
        values = ["amount_untaxed_signed:sum", "amount_untaxed_in_currency_signed:sum"]
        for *key, signed, in_currency in moves._read_group(domain, keys, values):
            sums[key[0], key[3].year].append((key, (signed, in_currency)))
        return sums
