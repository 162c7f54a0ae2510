"""What is done about an unpaid invoice, and on which day after it was due."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

# The usual course, offered for a new plan: day after the due date, and what is done
USUAL_STEPS = ((1, "retry"), (3, "email"), (7, "retry"), (10, "email"), (14, "activity"), (21, "pause"))


class SubscriptionDunningPlan(models.Model):
    _name = "subscription.dunning.plan"
    _inherit = "subscription.mixin"
    _description = "Dunning Plan"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    step_ids = fields.One2many(
        comodel_name="subscription.dunning.step",
        inverse_name="plan_id",
        string="Steps",
        default=lambda self: self._default_step_ids(),
        copy=True,
    )
    threshold_ids = fields.One2many(
        comodel_name="subscription.dunning.threshold",
        inverse_name="plan_id",
        string="Amounts Worth Following Up",
        copy=True,
        help="By currency: customers who owe less than this in overdue invoices are left in peace.",
    )
    max_attempts = fields.Integer(
        string="Charge at Most",
        default=7,
        help="Attempts to charge one invoice, the first one included. 0: as often as the steps say.",
    )
    max_days = fields.Integer(
        string="Stop After (days)",
        default=60,
        help="Nothing is done about an invoice that is overdue for longer. 0: no such limit.",
    )

    _max_attempts = models.Constraint("CHECK (max_attempts >= 0)", "The number of attempts cannot be negative.")
    _max_days = models.Constraint("CHECK (max_days >= 0)", "The number of days cannot be negative.")

    @api.model
    def _default_step_ids(self):
        reminder = self.env.ref("subscription_mgmt.mail_template_payment_reminder", raise_if_not_found=False)
        steps = [{"days": days, "action": action} for days, action in USUAL_STEPS]
        for step in steps:
            if step["action"] == "email" and reminder:
                step["template_id"] = reminder.id
        return [Command.create(step) for step in steps]

    @api.constrains("max_days", "step_ids")
    def _check_max_days(self):
        for plan in self:
            last = max(plan.step_ids.mapped("days"), default=0)
            if plan.max_days and last > plan.max_days:
                raise ValidationError(
                    self.env._(
                        "Plan %(plan)s stops after %(stop)s days, before its step on day %(last)s.",
                        plan=plan.name,
                        stop=plan.max_days,
                        last=last,
                    )
                )

    def action_view_logs(self):
        """Open what was done under the plans."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_dunning_log_action")
        return {**action, "domain": [("plan_id", "in", self.ids)]}

    # === WHAT IS DUE === #
    def _get_due_moves(self, date_ref):
        """Unpaid invoices under this plan with a step due on the day that was not taken yet."""
        self.ensure_one()
        moves = self.env["account.move"].with_company(self.company_id)
        due = Domain.OR(
            Domain("invoice_date_due", "<=", date_ref - timedelta(days=step.days))
            & Domain("subscription_dunning_log_ids", "not any", [("step_id", "=", step.id)])
            for step in self.step_ids
        )
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("line_ids.subscription_installment_ids.contract_id.dunning_plan_id", "=", self.id)
            & ~Domain("subscription_dunning_next_try", ">", date_ref)
            & moves._get_subscription_payable_domain()
        )
        found = moves.search(domain & due, order="invoice_date_due, id")
        found = found.filtered(lambda move: move._get_subscription_dunning_plan() == self)
        return found & self.threshold_ids._keep_worthwhile(found, date_ref)

    def _get_due_steps(self, move, date_ref):
        """Steps of the invoice's own clock that are due and were not taken yet, in the order of their days."""
        self.ensure_one()
        taken = move.sudo().subscription_dunning_log_ids.step_id  # sudo: the log decides, whoever looks
        age = (date_ref - move.invoice_date_due).days
        return (self.step_ids - taken).filtered(lambda step: step.days <= age).sorted("days")

    # === RUN === #
    def _run(self, moves, date_ref):
        """Take the due steps of the invoices; safe to repeat, each step is taken once per invoice."""
        self.ensure_one()
        for move in moves:
            self._run_invoice(move, date_ref)

    def _run_invoice(self, move, date_ref):
        """Take the due steps of one invoice.

        After missed days only the latest step of each kind is taken, so that nobody gets two e-mails on one day,
        and nobody is paused or closed without the notice that the plan gives.
        A new attempt to charge ends the round: what else is due waits for its outcome.
        """
        due = self._get_due_steps(move, date_ref)
        over = self.max_days and (date_ref - move.invoice_date_due).days > self.max_days
        chosen = due._keep_latest()
        for step in due:
            if over:
                step._log(move, date_ref, "skipped", self.env._("Overdue for longer than the plan goes."))
            elif step not in chosen:
                step._log(move, date_ref, "skipped", self.env._("A later step was due on the same day."))
            elif step._is_premature(move, date_ref) or step._run(move, date_ref).charge_id:
                return


class SubscriptionDunningThreshold(models.Model):
    _name = "subscription.dunning.threshold"
    _description = "Amount Worth Following Up"
    _order = "plan_id, currency_id"

    plan_id = fields.Many2one(comodel_name="subscription.dunning.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary(required=True)

    _once = models.UniqueIndex("(plan_id, currency_id)", "Each currency has one amount.")
    _amount = models.Constraint("CHECK (amount > 0)", "An amount worth following up is above zero.")

    def _keep_worthwhile(self, moves, date_ref):
        """Of the invoices those whose customers owe enough in their currency; each currency counts for itself.

        :param date_ref: what was due on or before this day counts, parts paid already taken off.
        """
        if not self or not moves:
            return moves
        limits = {threshold.currency_id: threshold.amount for threshold in self}
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("commercial_partner_id", "in", moves.commercial_partner_id.ids)
            & Domain("invoice_date_due", "<=", date_ref)
            & moves._get_subscription_open_domain()
        )
        groups = moves._read_group(domain, ["commercial_partner_id", "currency_id"], ["amount_residual:sum"])
        owed = {(partner, currency): amount for partner, currency, amount in groups}
        return moves.filtered(
            lambda move: (
                move.currency_id.compare_amounts(
                    owed.get((move.commercial_partner_id, move.currency_id), 0.0), limits.get(move.currency_id, 0.0)
                )
                >= 0
            )
        )


class SubscriptionDunningStep(models.Model):
    _name = "subscription.dunning.step"
    _description = "Dunning Step"
    _order = "plan_id, days, id"

    plan_id = fields.Many2one(comodel_name="subscription.dunning.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    days = fields.Integer(string="Days After Due", required=True, help="Counted from the due date of the invoice.")
    action = fields.Selection(
        selection=[
            ("retry", "Charge the card again"),
            ("email", "Send an e-mail"),
            ("activity", "Ask the responsible to call"),
            ("pause", "Pause the contract"),
            ("close", "Close the contract"),
        ],
        required=True,
        default="email",
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="E-mail",
        domain="[('model', '=', 'account.move')]",
        ondelete="restrict",
    )
    close_reason_id = fields.Many2one(comodel_name="subscription.close.reason", ondelete="restrict")

    _days = models.Constraint("CHECK (days >= 0)", "Days after the due date cannot be negative.")
    _template = models.Constraint(
        "CHECK (action != 'email' OR template_id IS NOT NULL)", "Choose what to send for each e-mail step."
    )
    _reason = models.Constraint(
        "CHECK (action != 'close' OR close_reason_id IS NOT NULL)", "Choose a reason for each closing step."
    )

    @api.depends("days", "action")
    def _compute_display_name(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        for step in self:
            step.display_name = self.env._(
                "Day %(days)s: %(action)s", days=step.days, action=labels.get(step.action, "")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken(self):
        if self.env["subscription.dunning.log"].sudo().search_count([("step_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("This step was taken for some invoices; archive it instead of deleting it."))

    def _keep_latest(self):
        """Of each action the latest step only; who is closed need not be paused."""
        latest = {step.action: step for step in self}
        if "close" in latest:
            latest.pop("pause", None)
        return self.browse([step.id for step in latest.values()])

    def _is_premature(self, move, date_ref):
        """Whether pausing or closing has to wait, because the step before it was taken late.

        A plan given to invoices that are overdue for long starts with its first steps; the days between the last
        warning and the end of the service stay as the plan has them.
        """
        self.ensure_one()
        if self.action not in ("pause", "close"):
            return False
        before = self.plan_id.step_ids.filtered(lambda step: step.days < self.days).sorted("days")[-1:]
        logs = move.sudo().subscription_dunning_log_ids  # sudo: as in _get_due_steps
        taken = logs.filtered(lambda log: log.step_id == before).date
        return bool(taken) and date_ref < taken + timedelta(days=self.days - before.days)

    def _log(self, move, date_ref, result, reason=False, charge=None):
        """Write down that the step was taken for the invoice, or why it was not."""
        self.ensure_one()
        return (
            self.env["subscription.dunning.log"]
            .sudo()  # sudo: nobody writes the log by hand
            .create(
                {
                    "move_id": move.id,
                    "step_id": self.id,
                    "company_id": move.company_id.id,
                    "date": date_ref,
                    "result": result,
                    "reason": reason,
                    "charge_id": charge.id if charge else False,
                }
            )
        )

    def _run(self, move, date_ref):
        """Take the step for one invoice; returns its log."""
        self.ensure_one()
        return getattr(self, f"_run_{self.action}")(move, date_ref)

    def _run_retry(self, move, date_ref):
        """Write the intent of a further charge; it is sent by the charging cron."""
        obstacle = self._get_retry_obstacle(move)
        if obstacle:
            return self._log(move, date_ref, "skipped", obstacle)
        return self._log(move, date_ref, "done", charge=move._prepare_subscription_charges())

    def _get_retry_obstacle(self, move):
        """Why the card is not charged again, if it is not: the stop rules of the plan."""
        last = move.sudo()._get_last_charge()  # sudo: the rules hold whoever runs them
        limit = self.plan_id.max_attempts
        if move.subscription_billing_mode != "charge":
            return self.env._("The invoice is not paid by saved card.")
        if limit and last.attempt >= limit:
            return self.env._("Charged %(count)s times already.", count=last.attempt)
        if last.decline_kind == "hard" and last.token_id == move._get_subscription_token():
            return self.env._("The card was refused for good; a new one is needed.")
        return move._get_subscription_card_obstacle()

    def _run_email(self, move, date_ref):
        """Queue the e-mail; it leaves with Odoo's own mail queue."""
        if not move.partner_id.email:
            return self._log(move, date_ref, "skipped", self.env._("The customer has no e-mail address."))
        self.template_id.sudo().send_mail(move.id)  # sudo: rendering may look at what the sender may not
        return self._log(move, date_ref, "done")

    def _run_activity(self, move, date_ref):
        """Ask the responsible of the contract to see to it."""
        contract = move.subscription_contract_ids[:1].sudo()  # sudo: as for parked contracts
        contract.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=date_ref,
            summary=self.env._("Unpaid invoice %(invoice)s", invoice=move.name),
            note=move._get_last_charge().reason or False,
            user_id=contract._get_parking_user().id,
        )
        return self._log(move, date_ref, "done")

    def _run_pause(self, move, date_ref):
        """Stop service and billing of the contracts until the invoice is paid."""
        contracts = move.subscription_contract_ids.sudo()
        if not contracts.filtered(lambda contract: contract.state in ("active", "paused")):
            return self._log(move, date_ref, "skipped", self.env._("No contract of the invoice is running."))
        # Those that another invoice paused already are held by this one too.
        contracts.filtered(lambda contract: contract.state == "active").action_pause(date_ref)
        return self._log(move, date_ref, "done")

    def _run_close(self, move, date_ref):
        """End the contracts on that day."""
        contracts = move.subscription_contract_ids.sudo().filtered(
            lambda contract: contract.state in ("active", "paused")
        )
        if not contracts:
            return self._log(move, date_ref, "skipped", self.env._("No contract of the invoice is running."))
        contracts.action_close(date_ref, self.close_reason_id)
        return self._log(move, date_ref, "done")
