from odoo import api, fields, models
from odoo.fields import Domain

from ..common.context import QUIET
from ..common.isolation import run_isolated
from ..common.subscription_parking_mixin import explain


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "subscription.alert.mixin"]

    subscription_run_id = fields.Many2one(
        comodel_name="subscription.billing.run", readonly=True, copy=False, index="btree_not_null"
    )
    subscription_billing_mode = fields.Selection(
        selection=lambda self: self.env["res.company"]._selection_billing_mode(), readonly=True, copy=False
    )
    subscription_error = fields.Char(readonly=True, copy=False, help="Why the invoice could not be posted or sent.")
    subscription_next_try = fields.Date(readonly=True, copy=False)
    subscription_contract_ids = fields.Many2many(
        comodel_name="subscription.contract",
        string="Subscriptions",
        compute="_compute_subscription_contract_ids",
        search="_search_subscription_contract_ids",
        compute_sudo=True,
    )
    subscription_contract_count = fields.Integer(compute="_compute_subscription_contract_ids", compute_sudo=True)

    # What the posting and sending queues look for
    _subscription_queue = models.Index(
        "(company_id, subscription_billing_mode, state) WHERE subscription_billing_mode IS NOT NULL"
    )

    @api.depends("line_ids.subscription_installment_ids", "reversed_entry_id")
    def _compute_subscription_contract_ids(self):
        for move in self:
            move.subscription_contract_ids = move._get_billed_contracts()
            move.subscription_contract_count = len(move.subscription_contract_ids)

    def _search_subscription_contract_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("line_ids.subscription_installment_ids.contract_id", "in", value)]

    def action_view_subscription_contracts(self):
        """Open the contracts that the invoice bills."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_action")
        return {**action, "domain": [("id", "in", self.subscription_contract_ids.ids)]}

    def _subscription_post(self, date_ref):
        """Post drafts that billing made; one that Odoo refuses stays in draft with its reason and a next try."""
        self._subscription_step(lambda moves: moves.with_context(**QUIET).action_post(), date_ref)

    def _subscription_step(self, work, date_ref, next_try="subscription_next_try"):
        """Take one of the steps after billing for the invoices, one by one where they fail.

        A failed invoice keeps its reason, is left out of the queue until the next day, and one person is told. One
        that succeeds forgets an earlier failure.

        :param work: function of the invoices that takes the step.
        :param next_try: field that holds the next try of that step, so that no step holds up another.
        """
        failures = run_isolated(self, work)
        for move, error in failures:
            move._subscription_set_aside(error, date_ref, next_try)
        failed = self.browse([move.id for move, _error in failures])
        (self - failed)._subscription_recover(next_try)

    def _subscription_set_aside(self, error, date_ref, next_try="subscription_next_try"):
        """Keep a failed step of the invoice out of its queue until the next day, and tell the responsible."""
        reason = explain(self.env, error)
        self.write({"subscription_error": reason, next_try: fields.Date.add(date_ref, days=1)})
        self._schedule_parking_activity(reason)

    def _subscription_recover(self, next_try="subscription_next_try"):
        """Forget an earlier failure after a success, and its open activity with it."""
        failed = self.filtered("subscription_error")
        if failed:
            failed.write({"subscription_error": False, next_try: False})
            failed._close_parking_activities(self.env._("Done."))

    # === WHAT STANDS BEHIND IT === #
    def _get_subscription_sources(self):
        """What the invoice was made of, as a list of records of `subscription.invoicing.mixin`: its contracts.

        Hook: a room whose documents make invoices adds them. Whoever wants to know with which card it is paid, what is
        done about it and who is told asks these, whatever they are.
        """
        self.ensure_one()
        return list(self.sudo()._get_billed_contracts().sorted("id"))  # sudo: as when scheduling

    def _get_billed_contracts(self):
        """Contracts whose rows the invoice has billed, or else the one that it gives back."""
        billed, given_back = self.line_ids, self.reversed_entry_id.line_ids
        # Not a union: it would forget which records are read together.
        return billed.subscription_installment_ids.contract_id or given_back.subscription_installment_ids.contract_id

    @api.model
    def _get_subscription_source_domain(self, condition):
        """Invoices behind which something stands that meets a condition. Hook, as `_get_subscription_sources`.

        :param condition: domain on fields of `subscription.invoicing.mixin`.
        """
        rows = Domain("subscription_installment_ids", "any", Domain("contract_id", "any", condition))
        return Domain("line_ids", "any", rows)

    def _get_parking_user(self):
        """Whoever hears of what the invoice was made of, or somebody with the billing right in its company."""
        self.ensure_one()
        sources = self._get_subscription_sources()
        return sources[0]._get_parking_user() if sources else self.company_id._get_subscription_biller()

    # === SENDING === #
    @api.model
    def _get_subscription_send_domain(self, company, date_ref):
        return (
            Domain("company_id", "=", company.id)
            & Domain("subscription_billing_mode", "in", ("send", "charge"))
            & Domain("state", "=", "posted")
            & Domain("is_move_sent", "=", False)
            & ~Domain("subscription_next_try", ">", date_ref)
        )

    @api.model
    def _cron_send_subscription_invoices(self):
        """E-mail posted invoices of contracts that want it, one by one, apart from billing; commits after each."""
        cron = self.env["ir.cron"]
        for company in self.env["res.company"]._get_subscription_companies():
            today = company._subscription_today()
            moves = company._work_for(self).search(self._get_subscription_send_domain(company, today), order="id")
            cron._commit_progress(remaining=len(moves))
            for move in moves:
                move._subscription_step(lambda moves: moves._subscription_send(), today)
                if not cron._commit_progress(1):
                    return

    def _subscription_send(self):
        """Send the invoice to the customer as the Send button does, with the customer's own ways of delivery."""
        self.env["account.move.send"]._generate_and_send_invoices(self, sending_methods=["email"])


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    subscription_installment_ids = fields.One2many(
        comodel_name="subscription.installment",
        inverse_name="invoice_line_id",
        string="Installments",
        groups="subscription_mgmt.group_subscription_viewer",
    )

    def unlink(self):
        """Override of `account` to put the rows of a deleted draft back into the plan: no period is lost."""
        # sudo: whoever may delete the draft need not be allowed to change the plan
        self.sudo().subscription_installment_ids._reopen()
        return super().unlink()
