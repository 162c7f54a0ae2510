"""One agreed change of a contract: a day, any number of steps, confirmed once, undone while nothing is billed."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..common.batches import Job
from ..common.context import LATER, LEDGER
from .segments import Journal

# What a person decides of an amendment, as long as it is a draft
OPEN = {"date_kind", "date", "billing", "reason", "step_ids"}
# Who pays, of changes whose day has come
PAYERS = Job("subscription.contract", "_get_payer_due_domain", "_turn_payers", "terms")


class SubscriptionAmendment(models.Model):
    """Drafts are prepared and looked at; confirming carries out exactly what was shown."""

    _name = "subscription.amendment"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin"]
    _description = "Change of a Contract"
    _order = "date desc, id desc"
    _check_company_auto = True
    _sealed_records = False

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, ondelete="cascade", index=True, check_company=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Subscriber")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("confirmed", "Confirmed"), ("undone", "Undone")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
    )
    date_kind = fields.Selection(
        selection=[("today", "Today"), ("period", "Next Period"), ("day", "On a Day")],
        string="When",
        required=True,
        default="period",
    )
    date = fields.Date(
        string="Effective From",
        required=True,
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="First day on which the new terms hold.",
    )
    billing = fields.Selection(
        selection=lambda self: self.env["res.company"]._selection_amendment_billing(),
        string="Credit and Charge",
        required=True,
        compute="_compute_billing",
        store=True,
        readonly=False,
        precompute=True,
        help="When what the change gives back or charges for days that were billed is invoiced.",
    )
    reason = fields.Char()
    step_ids = fields.One2many(
        comodel_name="subscription.amendment.step", inverse_name="amendment_id", string="What Changes", copy=True
    )
    # === WHAT BECAME OF IT === #
    confirmed_id = fields.Many2one(
        comodel_name="res.users", string="Confirmed By", readonly=True, copy=False, index="btree_not_null"
    )
    date_confirmed = fields.Datetime(string="Confirmed On", readonly=True, copy=False)
    is_pending = fields.Boolean(
        string="Payer Still to Change", readonly=True, copy=False, help="The contract names the new payer on its day."
    )
    # What was written, to be taken back by undoing
    journal = fields.Json(readonly=True, copy=False, export_string_translation=False)
    # Rows of the plan after this one came of it, or later
    last_row = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    transfer_id = fields.Many2one(
        comodel_name="subscription.contract",
        string="Goes On As",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Contract of the new subscriber.",
    )

    summary = fields.Char(string="In Short", compute="_compute_summary")

    # === COMPUTES === #
    @api.depends("step_ids.summary")
    def _compute_summary(self):
        for amendment in self:
            amendment.summary = amendment._describe()

    @api.depends("contract_id.name", "date")
    def _compute_display_name(self):
        for amendment in self:
            day = format_date(self.env, amendment.date) if amendment.date else ""
            amendment.display_name = self.env._(
                "%(contract)s from %(day)s", contract=amendment.contract_id.name or "", day=day
            )

    @api.depends("date_kind", "contract_id", "step_ids.line_id")
    def _compute_date(self):
        for amendment in self:
            contract = amendment.contract_id
            if amendment.state != "draft" and amendment.date:
                continue
            today = (contract.company_id or self.env.company)._subscription_today()
            if amendment.date_kind == "period" and contract:
                amendment.date = contract._origin._get_next_period_day(amendment.step_ids.line_id._origin)
            elif amendment.date_kind == "today" or not amendment.date:
                amendment.date = today

    @api.depends("contract_id")
    def _compute_billing(self):
        for amendment in self:
            amendment.billing = amendment.contract_id.amendment_billing or amendment.billing or "next"

    # === CRUD === #
    @api.model_create_multi
    def create(self, vals_list):
        """Show at once what new drafts would do."""
        amendments = super(SubscriptionAmendment, self.with_context(subscription_settle=LATER)).create(vals_list)
        amendments = amendments.with_env(self.env)
        for contract in amendments.contract_id:
            contract.check_access("write")
        amendments._refresh()
        return amendments

    def write(self, vals):
        """Let people change drafts alone, and show what they would do now.

        :raise UserError: a change that was confirmed or undone; another contract.
        """
        self._check_open()
        if any(amendment.contract_id.id != vals.get("contract_id", amendment.contract_id.id) for amendment in self):
            raise UserError(self.env._("A change stays with its contract. Make another one for the other."))
        result = super(SubscriptionAmendment, self.with_context(subscription_settle=LATER)).write(vals)
        if OPEN & set(vals) and not self._is_act():
            self._refresh()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self._check_open()

    def _check_open(self):
        """Raise unless all are drafts, or the act itself is writing."""
        if not self._is_act():
            self._check_draft()

    def _is_act(self):
        """Whether the act itself is writing, and not a person."""
        return self.env.context.get("subscription_ledger") is LEDGER

    def _check_draft(self):
        """Raise unless all are drafts."""
        for amendment in self.filtered(lambda amendment: amendment.state != "draft"):
            raise UserError(amendment._explain_state())

    def _explain_state(self):
        """Why a change cannot be confirmed or changed any more, and who did it."""
        values = {
            "change": self.display_name,
            "user": self.sudo().confirmed_id.name or "",  # sudo: the name of a colleague
            "moment": fields.Datetime.to_string(
                fields.Datetime.context_timestamp(self, self.date_confirmed or fields.Datetime.now())
            )[:16],
        }
        if self.state == "undone":
            return self.env._("The change %(change)s was undone. Make a new one.", **values)
        return self.env._("The change %(change)s was confirmed by %(user)s on %(moment)s already.", **values)

    # === ACTIONS === #
    def action_preview(self):
        """Show once more what the drafts would do, with the contract as it is now."""
        self.check_access("write")
        self._refresh()
        return True

    def action_confirm(self):
        """Do exactly what was shown, once.

        :return: when the contract has changed since, nothing is done and the new figures are shown instead.
        :raise UserError: it is confirmed or undone already, or what :meth:`_check` refuses.
        """
        self.ensure_one()
        self._lock()
        self._check_draft()
        # What stood on this person's screen: somebody else may have edited the draft since.
        shown = self.env.context.get("subscription_shown") or self.digest
        self._refresh()
        if self.problem:
            raise UserError(self.problem)
        if self.digest != shown:
            return self._notify(
                self.env._("The contract has changed since this was shown. Look at the new figures and confirm again.")
            )
        self._confirm()
        return True

    def _notify(self, message):
        """Say something and show the form anew."""
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        params = {"type": "warning", "message": message, "next": reload}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _lock(self):
        """Have the contract to oneself, whoever else is changing it; the right to change it is the right to confirm."""
        self.check_access("write")
        self.contract_id.check_access("write")
        self.contract_id._wait_for_lock()
        # Whoever waits for the lock has to see what was done meanwhile, and not what stood there before.
        self.env.execute_query(
            SQL("UPDATE subscription_contract SET write_date = write_date WHERE id IN %s", tuple(self.contract_id.ids))
        )
        self.invalidate_recordset()

    # === THE ACT === #
    def _confirm(self):
        """Carry it out and remember how to take it back."""
        rows = self.env["subscription.installment"].sudo().search([], order="id desc", limit=1)  # sudo: of any contract
        journal = self._carry_out()
        self._write_sealed(
            {
                "state": "confirmed",
                "confirmed_id": self.env.uid,
                "date_confirmed": fields.Datetime.now(),
                "journal": journal.entries,
                "last_row": rows.id,
            }
        )
        self._bill_at_once()
        body = self.env._("Changed from %(day)s: %(what)s", day=format_date(self.env, self.date), what=self._describe())
        self.contract_id.message_post(body=body)

    def _carry_out(self, is_preview=False):
        """Change the terms and have the money follow them.

        :param is_preview: it is rolled back, and uses no number.
        :return: :class:`.segments.Journal`.
        :raise UserError: what cannot be done; nothing is done then.
        """
        self.ensure_one()
        contract = self.contract_id
        self._check()
        hold = self.billing == "next" and contract._get_next_invoice_day(self.date)
        journal, committed = Journal(hold, is_preview), contract._get_committed()
        for step in self.step_ids:
            step._apply(journal)
        committed._check_still_committed()
        contracts = contract | self.transfer_id
        contracts._settle(reason=self.env._("Changed from %(day)s", day=format_date(self.env, self.date)))
        return journal

    def _bill_at_once(self, is_preview=False):
        """Invoice what the change gives back and charges, where that was agreed. The room billing does it."""

    def _describe(self):
        """What changes, in one line for each step."""
        return "; ".join(step.summary for step in self.step_ids if step.summary)


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    amendment_ids = fields.One2many(
        comodel_name="subscription.amendment", inverse_name="contract_id", string="Changes", readonly=True
    )
    amendment_count = fields.Integer(compute="_compute_amendment_count", export_string_translation=False)
    amendment_billing = fields.Selection(
        selection=lambda self: self.env["res.company"]._selection_amendment_billing(),
        string="Changes Are Settled",
        required=True,
        compute="_compute_amendment_billing",
        store=True,
        readonly=False,
        precompute=True,
        help="When what a change gives back or charges for days that were billed is invoiced.",
    )

    @api.depends("amendment_ids.state")
    def _compute_amendment_count(self):
        groups = self.env["subscription.amendment"]._read_group(
            [("contract_id", "in", self.ids), ("state", "!=", "undone")], ["contract_id"], ["__count"]
        )
        counts = {contract.id: count for contract, count in groups}
        for contract in self:
            contract.amendment_count = counts.get(contract._origin.id, 0)

    @api.depends("company_id")
    def _compute_amendment_billing(self):
        for contract in self:
            default = contract.company_id.subscription_amendment_billing or "next"
            contract.amendment_billing = contract.amendment_billing or default

    # === PAYERS TO COME === #
    @api.model
    def _get_payer_due_domain(self, company, date_ref):
        """Contracts with a confirmed change of the payer whose day has come."""
        due = Domain("is_pending", "=", True) & Domain("date", "<=", date_ref) & Domain("state", "=", "confirmed")
        return Domain("company_id", "=", company.id) & Domain("amendment_ids", "any", due)

    def _turn_payers(self, date_ref):
        """Name the new payers on the contracts; the days were theirs from the beginning."""
        due = self.amendment_ids.filtered(
            lambda amendment: amendment.is_pending and amendment.state == "confirmed" and amendment.date <= date_ref
        )
        for amendment in due.sorted("date"):
            journal = Journal()
            amendment.step_ids.filtered(lambda step: step.kind == "payer")._name_payer(journal)
            amendment._write_sealed({"is_pending": False, "journal": amendment.journal + journal.entries})

    def _forget_payers(self):
        """Have the days to come follow whom a person names now, whatever changes had said."""
        today = self.env.company._subscription_today()
        lines = self.line_ids.filtered(lambda line: line.payer_id and line._get_last_day() >= today)
        lines.with_context(subscription_ledger=LEDGER).write({"payer_id": False})

    def action_amend(self):
        """Begin a change of the contract."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_amendment_action_new")
        return {**action, "context": {"default_contract_id": self.id}}

    def action_view_amendments(self):
        """Open the changes of the contract."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_amendment_action")
        return {**action, "domain": [("contract_id", "=", self.id)], "context": {"default_contract_id": self.id}}


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    def action_amend(self):
        """Begin a change of the contract with this line, at another price for instance."""
        step = {"kind": "change", "line_id": self.id}
        action = self.contract_id.action_amend()
        return {**action, "context": {**action["context"], "default_step_ids": [(0, 0, step)]}}
