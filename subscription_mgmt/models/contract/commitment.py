"""A minimum term, and the fee for leaving before it is over."""

from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import commitment
from ..common.context import LATER, LEDGER
from ..common.groups import INTERNAL

COMMITMENT = {"commitment_months", "termination_fee", "termination_fee_amount", "termination_fee_percent"}
MANAGER = "subscription_mgmt.group_subscription_manager"


class Fee(NamedTuple):
    """What leaving on a day costs: nothing when `amount` is 0."""

    amount: float
    months: int


class ResCompany(models.Model):
    _inherit = "res.company"

    subscription_fee_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Early Termination Product",
        domain="[('sale_ok', '=', True)]",
        check_company=True,
        help="What the fee for leaving a commitment early is invoiced as; its taxes and account are used.",
        groups=INTERNAL,
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    subscription_fee_product_id = fields.Many2one(related="company_id.subscription_fee_product_id", readonly=False)


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    commitment_months = fields.Integer(
        string="Minimum Term (months)", help="The subscriber stays for so many months from the first paid day. 0: none."
    )
    commitment_end = fields.Date(
        string="Committed Until",
        compute="_compute_commitment_end",
        store=True,
        help="Last day of the minimum term. Pauses that move the term back move it, too.",
    )
    termination_fee = fields.Selection(
        selection=[
            (commitment.NONE, "Nothing"),
            (commitment.FIXED, "A fixed amount"),
            (commitment.PERCENT, "A share of the remaining months"),
        ],
        string="Leaving Early Costs",
        required=True,
        default=commitment.NONE,
    )
    termination_fee_amount = fields.Monetary(string="Early Termination Fee", help="Without tax, unless the product's "
                                             "tax is part of its price.")  # fmt: skip
    termination_fee_percent = fields.Float(
        string="Fee (% of what is left)",
        digits="Discount",
        help="Of what the lines in force cost in a month, for every month of the minimum term that is left; one that "
        "has begun counts in full.",
    )
    termination_waiver = fields.Char(string="Fee Waived Because", copy=False, readonly=True)

    _commitment_months = models.Constraint("CHECK (commitment_months >= 0)", "A minimum term cannot be negative.")
    _termination_fee_range = models.Constraint(
        "CHECK (COALESCE(termination_fee_amount, 0) >= 0 AND COALESCE(termination_fee_percent, 0) BETWEEN 0 AND 100)",
        "A fee for leaving early is an amount above zero, or between 0 and 100 %.",
    )

    @api.depends("commitment_months", "date_start", "date_trial_end", "pause_ids.moved_days")
    def _compute_commitment_end(self):
        for contract in self:
            months = contract.date_start and contract.commitment_months
            moved = sum(contract.pause_ids.mapped("moved_days"))
            contract.commitment_end = months and commitment.commitment_end(
                contract._get_first_paid_day(), months, moved
            )

    # === GUARDS === #
    def _check_commitment_kept(self, vals):
        """Raise when the commitment of a contract in force would be changed, or left by giving it an earlier end.

        :raise AccessError: not by a manager.
        :raise UserError: the contract has to be closed instead.
        """
        if self._is_own_code():
            return
        running = self.filtered(lambda contract: contract.state != "draft")
        changed = any(contract[name] != vals[name] for contract in running for name in COMMITMENT & vals.keys())
        if changed and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a manager changes the minimum term of a contract in force, or its fee."))
        end = fields.Date.to_date(vals.get("date_end"))
        for contract in running if end else ():
            if contract.commitment_end and end < min(
                contract.commitment_end, contract.date_end or contract.commitment_end
            ):
                contract._refuse_to_leave()

    def _refuse_to_leave(self):
        """Raise: the contract is left early by closing it, which shows the fee.

        :raise UserError: always.
        """
        raise UserError(
            self.env._("Contract %(contract)s is agreed until %(day)s at least. Close it to end it earlier.",
                       contract=self.name, day=format_date(self.env, self.commitment_end))
        )  # fmt: skip

    def _get_committed(self):
        """Contracts that cost a fee to leave today, and have service until the end of their minimum term."""
        return self.filtered(
            lambda contract: (
                contract.state in ("active", "paused")
                and contract.termination_fee != commitment.NONE
                and contract.commitment_end
                and contract.commitment_end >= contract.company_id._subscription_today()
                and contract._is_served_to_commitment()
            )
        )

    def _is_served_to_commitment(self):
        """Whether a line goes on until the end of the minimum term, or of the contract if that comes first."""
        last = min(day for day in (self.commitment_end, self.date_end) if day)
        return any(not line.is_fee and line._serves(last) for line in self.line_ids)

    def _check_still_committed(self):
        """Raise when the last line was ended, taken away or deleted: that is leaving early by another door.

        :raise UserError: the contract has to be closed instead; a manager may do without.
        """
        if self.env.user.has_group(MANAGER):
            return
        for contract in self.filtered("commitment_end"):
            if not contract._is_served_to_commitment():
                contract._refuse_to_leave()

    # === THE FEE === #
    def _get_termination_fee(self, day):
        """What it costs that the day is the last one."""
        self.ensure_one()
        if not self.commitment_end or day < self._get_first_paid_day():  # a trial is left freely
            return Fee(0.0, 0)
        months = commitment.remaining_months(day, self.commitment_end)
        # The same lines as in the figure of the contract, on the last day instead of today
        lines = self.line_ids.filtered(
            lambda line: line.date_start <= day and (not line.date_end or line.date_end >= day)
        )
        amount = commitment.termination_fee(
            self.termination_fee,
            fixed=Decimal(str(self.termination_fee_amount)),
            percent=Decimal(str(self.termination_fee_percent)),
            monthly=Decimal(str(sum(lines.mapped("mrr")))),
            months=months,
            digits=self.currency_id.decimal_places,
        )
        return Fee(float(amount), months)

    def _set_termination_fee(self, day, waiver=None):
        """Agree on the fee for closing on the day, in the place of one for another day: a line that is billed once.

        :param waiver: why it is not charged.
        :raise UserError: there is a fee and no product for it.
        :raise AccessError: a waiver that does not come from a manager.
        """
        self._withdraw_termination_fee()
        fee = self._get_termination_fee(day)
        if not fee.amount:
            return
        if waiver and waiver.strip():
            self._waive_termination_fee(fee, waiver.strip())
            return
        product = self.company_id.subscription_fee_product_id
        if not product:
            raise UserError(
                self.env._("Leaving this contract early costs a fee. Choose its product in Settings > Subscriptions "
                           "> Early Termination Product first.")
            )  # fmt: skip
        lines = self.env["subscription.contract.line"].with_context(subscription_settle=LATER)
        lines._create_sealed([self._prepare_fee_values(day, fee, product)])

    def _prepare_fee_values(self, day, fee, product):
        """Values of the line of the fee: one day, billed once on the last day of the contract."""
        lang = self.invoice_partner_id.lang or self.env.lang
        in_lang = self.with_context(lang=lang)
        name = product.with_context(lang=lang).get_product_multiline_description_sale()
        until = format_date(self.env, self.commitment_end, lang_code=lang)
        rest = in_lang.env._("Agreed until %(day)s; %(months)s months left.", day=until, months=fee.months)
        return {
            "contract_id": self.id,
            "is_fee": True,
            "sequence": 1000,
            "product_id": product.id,
            "name": f"{name}\n{rest}",
            "quantity": 1.0,
            "price_unit": fee.amount,
            "discount": 0.0,
            "date_start": day,
            "date_end": day,
            "interval": 1,
            "interval_unit": "day",
            "repetitions": 1,
            "billing_timing": "advance",
        }

    def _waive_termination_fee(self, fee, waiver):
        """Remember who gave up which fee, and why."""
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a manager waives the fee for leaving early."))
        self.with_context(subscription_ledger=LEDGER).termination_waiver = waiver
        self.message_post(
            body=self.env._("Fee for leaving early waived (%(amount)s): %(reason)s",
                            amount=self.currency_id.format(fee.amount), reason=waiver)
        )  # fmt: skip

    def _withdraw_termination_fee(self):
        """Take the fee away; one that was billed is given back by settling. Settle afterwards."""
        # sudo: whoever may close and re-open has the fee follow
        lines = self.sudo().line_ids.filtered(lambda line: line.is_fee and not line.is_withdrawn)
        lines = lines.with_context(subscription_ledger=LEDGER, subscription_settle=LATER)
        if not lines:
            return
        billed = self.env["subscription.installment"].sudo()
        billed = billed.search(Domain("line_id", "in", lines.ids) & Domain("state", "=", "invoiced")).line_id
        (lines & billed).is_withdrawn = True
        (lines - billed).unlink()


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    is_fee = fields.Boolean(
        string="Early Termination Fee", readonly=True, copy=False, help="Made by closing the contract before its term."
    )
    is_withdrawn = fields.Boolean(readonly=True, copy=False, help="The contract was re-opened: the fee is given back.")

    def _check_fee_kept(self):
        """Raise when the fee would be changed or left out by somebody who may not waive it."""
        if self.filtered("is_fee") and not self._is_own_code() and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("The fee for leaving early is waived by a manager, when the contract is closed.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fee(self):
        self._check_fee_kept()
