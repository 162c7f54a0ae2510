"""The figures above the pages of a member: worked out when they are read, in the active company, never stored.

With the reader's own rights: who may not see the documents behind a figure is not shown the figure (CUB-60, CUB-61).
"""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.subscription_mgmt.models.common.groups import VIEWER

BOOKS = "account.group_account_readonly,account.group_account_invoice"
PACKAGES = "subscription_mgmt.group_subscription_billing"
SOLD = ("out_invoice", "out_refund", "out_receipt")


class ResPartner(models.Model):
    _inherit = "res.partner"

    member_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_member_currency_id", export_string_translation=False
    )
    member_turnover = fields.Monetary(
        string="Turnover This Year",
        compute="_compute_member_turnover",
        currency_field="member_currency_id",
        groups=BOOKS,
        help="Untaxed amount of posted invoices less credit notes, since the fiscal year began.",
    )
    member_balance = fields.Monetary(
        string="Balance",
        compute="_compute_member_balance",
        currency_field="member_currency_id",
        groups=BOOKS,
        help="What the member owes, less what is owed to it.",
    )
    member_overdue = fields.Monetary(
        string="Overdue", compute="_compute_member_balance", currency_field="member_currency_id", groups=BOOKS
    )
    member_limit_used = fields.Monetary(
        string="Credit Limit Used",
        compute="_compute_member_limit",
        currency_field="member_currency_id",
        groups=BOOKS,
        help="What is owed, and what is sold and not billed yet.",
    )
    member_limit_free = fields.Monetary(
        string="Credit Limit Free", compute="_compute_member_limit", currency_field="member_currency_id", groups=BOOKS
    )
    member_mrr = fields.Monetary(
        string="MRR",
        compute="_compute_member_contracts",
        currency_field="member_currency_id",
        groups=VIEWER,
        help="Monthly recurring revenue of the contracts in force.",
    )
    member_next_invoice = fields.Date(string="Next Invoice", compute="_compute_member_contracts", groups=VIEWER)
    member_credits_left = fields.Integer(string="Credits Left", compute="_compute_member_credits_left", groups=PACKAGES)

    @api.depends_context("company")
    def _compute_member_currency_id(self):
        self.member_currency_id = self.env.company.currency_id

    @api.depends_context("company")
    def _compute_member_turnover(self):
        groups = self.env["account.move"]._read_group(
            self._member_get_turnover_domain(), ["commercial_partner_id"], ["amount_untaxed_signed:sum"]
        )
        self._member_set("member_turnover", dict(groups))

    @api.depends_context("company")
    def _compute_member_balance(self):
        self._member_set("member_balance", self._member_sum_open(self._member_get_open_domain()))
        overdue = self._member_sum_open(self._member_get_overdue_domain())
        # Who has more credit than is overdue owes nothing that is late.
        self._member_set("member_overdue", {member: max(amount, 0.0) for member, amount in overdue.items()})

    def _member_sum_open(self, domain):
        """{member: what is open}, of its people too"""
        owed = {}
        items = self.env["account.move.line"]
        for partner, amount in items._read_group(domain, ["partner_id"], ["amount_residual:sum"]):
            # sudo: to whose account it goes, also where the contact may not be read
            owner = partner.sudo().commercial_partner_id.sudo(False)
            owed[owner] = owed.get(owner, 0.0) + amount
        return owed

    @api.depends_context("company")
    def _compute_member_limit(self):
        """What core itself compares with the limit when it warns of an order or an invoice."""
        for member in self:
            used = member.commercial_partner_id.credit + member.commercial_partner_id.credit_to_invoice
            member.member_limit_used = used
            member.member_limit_free = member.commercial_partner_id.credit_limit - used

    @api.depends_context("company")
    def _compute_member_contracts(self):
        company, today = self.env.company, self.env.company._subscription_today()
        revenue, days = {}, {}
        for partner, currency, mrr, day in self.env["subscription.contract"]._read_group(
            self._member_get_contract_domain(), ["partner_id", "currency_id"], ["mrr:sum", "date_next_invoice:min"]
        ):
            owner = partner.commercial_partner_id
            amount = currency._convert(mrr, company.currency_id, company, today)
            revenue[owner] = revenue.get(owner, 0.0) + amount
            days[owner] = min(filter(None, (days.get(owner), day)), default=False)
        self._member_set("member_mrr", revenue)
        self._member_set("member_next_invoice", days, False)

    @api.depends_context("company")
    def _compute_member_credits_left(self):
        wallets = self.env["subscription.wallet"].search(
            [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)]
        )
        self._member_set("member_credits_left", {wallet.partner_id: wallet.credits_left for wallet in wallets}, 0)

    def _member_set(self, name, by_owner, empty=0.0):
        """Give each its own figure: people of a company show that of the company."""
        for member in self:
            member[name] = by_owner.get(member.commercial_partner_id, empty)

    # === WHAT IS COUNTED === #
    def _member_get_turnover_domain(self):
        today = self.env.company._subscription_today()
        return (
            Domain("commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id)
            & Domain("move_type", "in", SOLD)
            & Domain("state", "=", "posted")
            & Domain("invoice_date", ">=", self.env.company.compute_fiscalyear_dates(today)["date_from"])
        )

    def _member_get_open_domain(self, *types):
        """Journal items that are not settled; of customers and suppliers alike unless one of the two is named.

        Of contacts too, as on the statement: a payment may stand on whoever made it.
        """
        return (
            Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id)
            & Domain("parent_state", "=", "posted")
            & Domain("account_type", "in", types or ("asset_receivable", "liability_payable"))
            & Domain("reconciled", "=", False)
        )

    def _member_get_overdue_domain(self):
        today = self.env.company._subscription_today()
        return self._member_get_open_domain("asset_receivable") & Domain("date_maturity", "<", today)

    def _member_get_contract_domain(self):
        return (
            Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id)
            & Domain("state", "in", ("active", "paused"))
        )

    # === WHAT STANDS BEHIND A FIGURE === #
    def action_member_turnover(self):
        """List the invoices and credit notes of the year."""
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        return {**action, "domain": list(self._member_get_turnover_domain()), "context": {"create": False}}

    def action_member_balance(self):
        """List what is not settled."""
        return self._member_list_items(self.env._("Open Items"), self._member_get_open_domain())

    def action_member_overdue(self):
        """List what should have been paid."""
        return self._member_list_items(self.env._("Overdue"), self._member_get_overdue_domain())

    def action_member_contracts(self):
        """List the contracts in force."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_action")
        context = {"default_partner_id": self.commercial_partner_id.id}
        return {**action, "domain": list(self._member_get_contract_domain()), "context": context}

    def _member_list_items(self, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": list(domain),
            "context": {"create": False, "search_default_group_by_account": 0},
        }

    def action_member_invoice_chart(self):
        """Chart of the invoices, by whatever span is chosen there (WMM-59)."""
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_account_invoice_report_all")
        domain = [("commercial_partner_id", "in", self.commercial_partner_id.ids), ("state", "=", "posted")]
        return {
            **action,
            "domain": domain,
            "context": {"search_default_current": 1, "group_by": ["invoice_date:month"]},
        }

    def action_member_order_chart(self):
        """Chart of offers and orders, by whatever span is chosen there (WMM-59)."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_order_report_all")
        domain = [("commercial_partner_id", "in", self.commercial_partner_id.ids)]
        return {**action, "domain": domain, "context": {"group_by": ["date:month", "state"]}}
