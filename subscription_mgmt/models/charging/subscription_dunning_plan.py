"""What is done about an unpaid invoice, and on which day after it was due."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
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

    _max_attempts = models.Constraint(
        "CHECK (max_attempts BETWEEN 0 AND 100)", "The number of attempts is from 0 to 100."
    )
    _max_days = models.Constraint(
        "CHECK (max_days BETWEEN 0 AND 3650)", "The number of days is from 0 to 3,650 (ten years)."
    )

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
    def _get_due_domain(self, date_ref):
        """Unpaid invoices under these plans with a step due on the day that was not taken yet.

        Nobody is reminded of an invoice that he did not get.
        """
        moves = self.env["account.move"]
        due = Domain.OR(
            moves._get_subscription_source_domain(Domain("dunning_plan_id", "=", step.plan_id.id))
            & Domain("invoice_date_due", "<=", date_ref - timedelta(days=step.days))
            & Domain("subscription_dunning_log_ids", "not any", [("step_id", "=", step.id)])
            for step in self.step_ids
        )
        mine = Domain("company_id", "in", self.company_id.ids)
        return mine & moves._get_subscription_payable_domain() & moves._get_subscription_received_domain() & due

    def _get_due_moves(self, date_ref):
        """Invoices with a step due on the day; neither those of another plan nor those not worth it."""
        self.ensure_one()
        moves = self.env["account.move"].with_company(self.company_id)
        domain = self._get_due_domain(date_ref) & moves._get_not_parked_domain("dun", date_ref)
        return self._keep_own(moves.search(domain, order="invoice_date_due, id"), date_ref)

    def _keep_own(self, moves, date_ref):
        """Of the invoices those that go by this plan, and whose customers owe enough."""
        own = moves.filtered(lambda move: move._get_subscription_dunning_plan() == self)
        return own & self.threshold_ids._keep_worthwhile(own, date_ref)

    def _get_due_steps(self, move, date_ref):
        """Steps of the invoice's own clock that are due and were not taken yet, in the order of their days."""
        self.ensure_one()
        taken = move.sudo().subscription_dunning_log_ids.step_id  # sudo: the log decides, whoever looks
        age = (date_ref - move.invoice_date_due).days
        return (self.step_ids - taken).filtered(lambda step: step.days <= age).sorted("days")

    # === RUN === #
    def _run(self, moves, date_ref):
        """Take the due steps of the invoices; safe to repeat, each step is taken once per invoice.

        What is written to customers is written for all of them together; only before a contract is paused or closed,
        what comes before that is written at once, and says how things are by then.
        """
        self.ensure_one()
        logs = self.env["subscription.dunning.log"]
        logs.union(*(log for move in moves for log in self._run_invoice(move, date_ref)))._send_emails()

    def _run_invoice(self, move, date_ref):
        """Take the due steps of one invoice.

        After missed days only the latest step of each kind is taken, so that nobody gets two e-mails on one day,
        and nobody is paused or closed without the notice that the plan gives.
        A new attempt to charge ends the round: what else is due waits for its outcome.

        :return: list of the logs of the steps that were taken, and whose e-mails are still to be written.
        """
        due = self._get_due_steps(move, date_ref)
        over = self.max_days and (date_ref - move.invoice_date_due).days > self.max_days
        chosen, taken = due._keep_latest(), []
        for step in due:
            if over:
                step._log(move, date_ref, "skipped", self.env._("Overdue for longer than the plan goes."))
            elif step not in chosen:
                step._log(move, date_ref, "skipped", self.env._("A later step was due on the same day."))
            elif step._is_premature(move, date_ref):
                break
            else:
                if step.action in ("pause", "close"):
                    self.env["subscription.dunning.log"].union(*taken)._send_emails()
                    taken = []
                taken.append(step._run(move, date_ref))
                if taken[-1].charge_id:
                    break
        return taken
