"""The open-account limit and the terms of late payment of a member (WMM-46, WMM-54, WIM-14)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import formatLang

MANAGER = "subscription_mgmt_member.group_member_manager"
BILLING = "account.group_account_invoice"
# Whoever reads the books, and whoever manages members
CREDIT = f"account.group_account_readonly,{BILLING},{MANAGER}"
CREDIT_FIELDS = {
    "credit_limit",
    "use_partner_credit_limit",
    "member_limit_action",
    "member_interest_rate",
    "member_collateral_ids",
}
MAX_RATE = 100


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Core's own, opened to whoever manages members
    credit_limit = fields.Float(groups=CREDIT)
    use_partner_credit_limit = fields.Boolean(groups=CREDIT)
    show_credit_limit = fields.Boolean(groups=CREDIT)
    member_limit_action = fields.Selection(
        selection=[("warn", "Warn"), ("stop", "Stop")],
        string="At the Limit",
        company_dependent=True,
        copy=False,
        groups=CREDIT,
        help="Warn: whoever makes the order or the invoice is told. Stop: neither is confirmed above the limit.",
    )
    member_interest_rate = fields.Float(
        string="Late-Payment Interest (% a Month)",
        digits=(5, 2),
        company_dependent=True,
        copy=False,
        groups=CREDIT,
        help="Simple interest on what is overdue; a day costs a thirtieth. 0: none.",
    )

    member_collateral_ids = fields.One2many(
        comodel_name="member.collateral", inverse_name="partner_id", string="Collaterals", groups=CREDIT
    )

    @api.constrains("credit_limit", "member_interest_rate")
    def _check_credit_terms(self):
        """Refuse a limit or a rate below zero (WIM-14)."""
        for partner in self.sudo():
            if partner.credit_limit < 0:
                raise ValidationError(self.env._("A credit limit cannot be below zero."))
            if not 0 <= partner.member_interest_rate <= MAX_RATE:
                raise ValidationError(self.env._("Late-payment interest is from 0 to 100 percent a month."))

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: terms of credit are set by whoever may change them, by defaults of the caller too."""
        defaults = {key.removeprefix("default_") for key in self.env.context if key.startswith("default_")}
        self._check_credit_rights(defaults.union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: as on creation."""
        self._check_credit_rights(vals)
        return super().write(vals)

    @api.model
    def _check_credit_rights(self, names):
        """Refuse terms of credit of anybody but the level Manage and who bills (WMM-46).

        :raise AccessError: somebody else.
        """
        if CREDIT_FIELDS.isdisjoint(names) or self.env.su or self.env.user.has_groups(f"{MANAGER},{BILLING}"):
            return
        raise AccessError(
            self.env._("Limits and interest are set by those who manage customers, and by those who bill.")
        )

    # === LIMIT === #
    def _is_stopped_at_limit(self, company):
        """Whether documents of the member above its limit are refused in the company; a limit of zero is none."""
        # sudo: who sells need not see what the member owes
        partner = self.sudo().with_company(company).commercial_partner_id
        switched = company.sudo().account_use_credit_limit
        return switched and partner.member_limit_action == "stop" and partner.credit_limit > 0

    def _get_limit_refusal(self, company, amount, document):
        """Why a document is stopped by the limit of the member, or an empty text.

        Counts what core's warning counts: open entries, orders that are not invoiced yet, and the document.

        :param amount: what it adds, in the currency of the company.
        :param document: its name.
        """
        # sudo: as in _is_stopped_at_limit
        partner = self.sudo().with_company(company).commercial_partner_id
        # Both are kept for the transaction, in which other documents may have been posted since.
        partner.invalidate_recordset(["credit", "credit_to_invoice"], flush=False)
        owed = partner.credit + partner.credit_to_invoice
        if company.currency_id.compare_amounts(owed + amount, partner.credit_limit) <= 0:
            return ""
        limit, owed, amount = (
            formatLang(self.env, value, currency_obj=company.currency_id)
            for value in (partner.credit_limit, owed, amount)
        )
        return self.env._(
            "%(document)s adds %(amount)s to the account of %(member)s, which stands at %(owed)s: "
            "above the limit of %(limit)s.",
            document=document,
            amount=amount,
            member=partner.name,
            owed=owed,
            limit=limit,
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """Override of `sale`: however orders are confirmed, none above the limit of a member that is stopped there.

        :raise UserError: names the orders, the limit and what is owed.
        """
        if vals.get("state") == "sale":
            self.filtered(lambda order: order.state != "sale")._check_member_limit()
        return super().write(vals)

    def _check_member_limit(self):
        """Raise when confirming these orders, one after the other, would go above a limit."""
        added, refusals = {}, []
        for order in self:
            company, debtor = order.company_id, order.partner_invoice_id.commercial_partner_id
            if debtor._is_stopped_at_limit(company):
                # What was paid with the order already is not owed.
                amount = (order.amount_total - order.amount_paid) / (order.currency_rate or 1)
                added[company, debtor] = added.get((company, debtor), 0) + amount
                refusals.append(debtor._get_limit_refusal(company, added[company, debtor], order.name))
        if any(refusals):
            raise UserError("\n".join(filter(None, refusals)))


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Override of `account`: no invoice above the limit of a member that is stopped there.

        Billing tries the invoices of a batch in halves then, and parks the one that is too much, with the reason.

        :raise UserError: names the invoices, the limit and what is owed.
        """
        refusals = self._get_limit_refusals()
        if refusals:
            raise UserError("\n".join(refusals.values()))
        return super()._post(soft)

    def _get_limit_refusals(self):
        """Those of the invoices that would not be posted one after the other, each with the reason."""
        added, refusals = {}, {}
        invoices = self.filtered(lambda one: one.move_type in ("out_invoice", "out_receipt"))
        for move in invoices.sorted(lambda one: (one.date or one.create_date.date(), one.id)):
            company, debtor = move.company_id, move.commercial_partner_id
            if not debtor._is_stopped_at_limit(company):
                continue
            before, amount = added.get((company, debtor), 0), move._get_amount_to_owe()
            refusal = debtor._get_limit_refusal(company, before + amount, move.display_name)
            if refusal:
                refusals[move] = refusal
            else:
                added[company, debtor] = before + amount
        return refusals

    def _get_amount_to_owe(self):
        """What posting adds to what the member owes: without what was paid online, or counted as an order already."""
        move = self.sudo()  # sudo: orders and transactions of what is posted, whoever posts it
        share = 1 - move.amount_paid / move.amount_total if move.amount_total else 0
        return move.amount_total_signed * max(share, 0) - move._get_partner_credit_warning_exclude_amount()


class ValidateAccountMove(models.TransientModel):
    _inherit = "validate.account.move"

    def validate_move(self):
        """Override of `account`: invoices that a limit stops do not stop the others of the choice."""
        refusals = self.move_ids._get_limit_refusals()
        if not refusals or len(refusals) == len(self.move_ids):
            return super().validate_move()
        for move in refusals:
            self.move_ids -= move
        super().validate_move()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Not posted"),
                "message": "\n".join(refusals.values()),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    member_interest_rate = fields.Float(
        string="Late-Payment Interest (% a Month)",
        digits=(5, 2),
        compute="_compute_member_interest_rate",
        inverse="_inverse_member_interest_rate",
    )

    @api.depends("company_id")
    def _compute_member_interest_rate(self):
        partners = self.env["res.partner"]
        rate = partners._fields["member_interest_rate"].get_company_dependent_fallback(partners)
        self.member_interest_rate = rate

    def _inverse_member_interest_rate(self):
        """Keep what holds for members without a rate of their own, as core keeps its credit limit."""
        for setting in self:
            self.env["ir.default"].set(
                "res.partner", "member_interest_rate", setting.member_interest_rate, company_id=setting.company_id.id
            )

    @api.constrains("account_default_credit_limit", "member_interest_rate")
    def _check_credit_terms(self):
        """Refuse defaults below zero, as for each member."""
        for setting in self:
            if setting.account_default_credit_limit < 0:
                raise ValidationError(self.env._("A credit limit cannot be below zero."))
            if not 0 <= setting.member_interest_rate <= MAX_RATE:
                raise ValidationError(self.env._("Late-payment interest is from 0 to 100 percent a month."))
