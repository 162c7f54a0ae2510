from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...models.common.dry_run import dry_run

# Of more contracts than these the dialog does not show what closing comes to
SHOWN = 20


class SubscriptionContractClose(models.TransientModel):
    """Asked when contracts are closed: when, why, and what comes of it. The figures are those of the act itself."""

    _name = "subscription.contract.close"
    _inherit = "subscription.dialog.mixin"
    _description = "Close Subscription Contract"

    contract_ids = fields.Many2many(comodel_name="subscription.contract", required=True)
    contract_count = fields.Integer(compute="_compute_contract_count", export_string_translation=False)
    end = fields.Selection(
        selection=[
            ("period", "At the end of what is paid"),
            ("today", "Today"),
            ("date", "On a day"),
        ],
        string="When",
        required=True,
        default="date",
    )
    date = fields.Date(
        string="Last Day",
        compute="_compute_date",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Last day of service, included. Empty: each contract at the end of what is paid.",
    )
    close_reason_id = fields.Many2one(comodel_name="subscription.close.reason", required=True)
    comment = fields.Text(help="What the subscriber said; kept on the contract.")
    # === WHAT IT COMES TO === #
    has_fee = fields.Boolean(compute="_compute_preview", export_string_translation=False)
    can_waive = fields.Boolean(compute="_compute_contract_count", export_string_translation=False)
    is_waived = fields.Boolean(string="Waive the Fee")
    waiver = fields.Char(string="Why It Is Waived")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    problem = fields.Char(compute="_compute_preview")

    @api.depends("contract_ids")
    def _compute_contract_count(self):
        for dialog in self:
            dialog.contract_count = len(dialog.contract_ids)
            dialog.can_waive = self.env.user.has_group("subscription_mgmt.group_subscription_manager")

    @api.depends("contract_ids", "end")
    def _compute_date(self):
        for dialog in self:
            contracts = dialog.contract_ids._origin
            days = {dialog._get_day(contract) for contract in contracts} if dialog.end != "date" else set()
            today = (contracts[:1].company_id or self.env.company)._subscription_today()
            dialog.date = days.pop() if len(days) == 1 else not days and (dialog.date or today)

    def _get_day(self, contract):
        """Last day of a contract as it was chosen."""
        if self.end == "period":
            return contract._get_paid_until()
        return contract.company_id._subscription_today() if self.end == "today" else self.date

    @api.depends("contract_ids", "end", "date", "is_waived")
    def _compute_preview(self):
        """Carry closing out in a savepoint that is rolled back, and say what it came to."""
        for dialog in self:
            contracts = dialog.contract_ids._origin[:SHOWN]
            contracts.check_access("write")
            dialog.has_fee, dialog.problem = False, False
            parts = []
            for contract in contracts if dialog.end != "date" or dialog.date else ():
                try:
                    parts.append(dialog._preview(contract, dialog._get_day(contract)))
                except UserError as error:
                    dialog.problem = str(error)
            dialog.preview = Markup().join(parts)

    def _preview(self, contract, day):
        """What closing one contract comes to, as a paragraph.

        :raise UserError: the contract cannot be closed on that day.
        """
        contract._check_closable(day)
        fee = contract._get_termination_fee(day)
        self.has_fee = self.has_fee or bool(fee.amount)
        waive = self.is_waived and self.can_waive
        before, reason = contract._get_open_rows(), self.env["subscription.close.reason"].search([], limit=1).id
        with dry_run(contract) as trial:
            trial.action_close(day, reason, waiver=".." if waive else None)
            after = trial._get_open_rows()
        says = [*contract._explain_plan_change(before, after, ends=True), *contract._get_closing_effects()]
        title = self.env._("%(contract)s, last day %(day)s", contract=contract.display_name,
                           day=format_date(self.env, day))  # fmt: skip
        return Markup("<p class='mb-1'><strong>%s</strong></p>%s") % (title, contract._as_list(says))

    def action_close(self):
        """Close the contracts as chosen, for the reason.

        :raise UserError: the fee is waived without a reason; somebody else was faster; what a contract refuses.
        """
        self.ensure_one()
        if self.is_waived and not (self.waiver or "").strip():
            raise UserError(self.env._("Say why the fee for leaving early is waived."))
        self.contract_ids._claim()
        for contract in self.contract_ids.filtered("is_closing"):
            raise UserError(
                self.env._("Contract %(contract)s is to be closed on %(day)s already. Take that back first.",
                           contract=contract.name, day=format_date(self.env, contract.date_end))
            )  # fmt: skip
        if self.end == "date" and not self.date:
            raise UserError(self.env._("Choose the last day of the contract."))
        for contract in self.contract_ids:
            contract.action_close(
                self._get_day(contract), self.close_reason_id, self.comment, (self.is_waived and self.waiver) or None
            )
        return {"type": "ir.actions.act_window_close"}
