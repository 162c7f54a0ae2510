"""What is done on one day after the due date of an unpaid invoice."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.context import get_rehearsed_day


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

    _days = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3650)", "A step is taken from 0 to 3,650 days (ten years) after the due date."
    )
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
        if get_rehearsed_day(self.env) and self.action in ("retry", "email"):
            return self._log(move, date_ref, "done")  # nothing leaves a rehearsal
        return getattr(self, f"_run_{self.action}")(move, date_ref)

    def _run_retry(self, move, date_ref):
        """Write the intent of a further charge; it is sent by the charging cron."""
        obstacle = self._get_retry_obstacle(move)
        if obstacle:
            return self._log(move, date_ref, "skipped", obstacle)
        return self._log(move, date_ref, "done", charge=move._prepare_subscription_charges(date_ref))

    def _get_retry_obstacle(self, move):
        """Why the card is not charged again, if it is not: the stop rules of the plan."""
        last = move.sudo()._get_last_charge()  # sudo: the rules hold whoever runs them
        limit = self.plan_id.max_attempts
        if move.subscription_billing_mode != "charge":
            return self.env._("The invoice is not paid by saved card.")
        charges = move.sudo().subscription_charge_ids  # sudo: as above
        # A part that was paid begins the count anew.
        attempts = last.attempt - max(charges.filtered(lambda c: c.state == "done").mapped("attempt"), default=0)
        if limit and attempts >= limit:
            return self.env._("Charged %(count)s times already.", count=attempts)
        if last.decline_kind == "hard" and last.token_id == move._get_subscription_token():
            return self.env._("The card was refused for good; a new one is needed.")
        return move._get_subscription_card_obstacle()

    def _run_email(self, move, date_ref):
        """Decide on the e-mail; it is written with those of the whole batch, see `_send_emails`."""
        if not move.partner_id.email:
            return self._log(move, date_ref, "skipped", self.env._("The customer has no e-mail address."))
        return self._log(move, date_ref, "done")

    def _run_activity(self, move, date_ref):
        """Ask the responsible to see to it, on what the invoice was made of."""
        source = next(iter(move._get_subscription_sources()), move)._for_reader()
        source._alert(
            move._get_last_charge().reason or "",
            kind="mail.mail_activity_data_call",
            date_deadline=date_ref,
            summary=source.env._("Unpaid invoice %(invoice)s", invoice=move.name),
        )
        return self._log(move, date_ref, "done")

    def _run_pause(self, move, date_ref):
        """Stop service and billing of the contracts until the invoice is paid."""
        contracts, obstacle = self._get_running_contracts(move)
        if obstacle:
            return self._log(move, date_ref, "skipped", obstacle)
        # Those that another invoice paused already are held by this one too.
        reason = self.env._("%(invoice)s is not paid", invoice=move.name)
        contracts.filtered(lambda contract: contract.state == "active")._pause_unpaid(date_ref, reason)
        return self._log(move, date_ref, "done")

    def _run_close(self, move, date_ref):
        """End the contracts on that day."""
        contracts, obstacle = self._get_running_contracts(move)
        if obstacle:
            return self._log(move, date_ref, "skipped", obstacle)
        contracts.action_close(date_ref, self.close_reason_id)
        return self._log(move, date_ref, "done")

    def _get_running_contracts(self, move):
        """Contracts whose service depends on the invoice and has not ended, or why there is none to stop."""
        contracts = move.subscription_contract_ids.sudo()  # sudo: as for parked contracts
        running = contracts.filtered(lambda contract: contract.state in ("active", "paused"))
        if not contracts:
            return running, self.env._("The invoice belongs to no contract.")
        return running, False if running else self.env._("No contract of the invoice is running.")
