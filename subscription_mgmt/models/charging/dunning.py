"""Where a dunning plan is chosen: the company's default, the contract's own; and what an invoice knows of it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..common.groups import INTERNAL
from .account_move import UNPAID


class ResCompany(models.Model):
    _inherit = "res.company"

    subscription_dunning_plan_id = fields.Many2one(
        comodel_name="subscription.dunning.plan",
        string="Default Dunning Plan",
        domain="[('company_id', '=', id)]",
        help="What is done about unpaid invoices where no other plan is chosen.",
        groups=INTERNAL,
    )

    @api.constrains("subscription_dunning_plan_id")
    def _check_subscription_dunning_plan(self):
        """A company follows up by a plan of its own, or by one of a company above it."""
        for company in self:
            plan = company.subscription_dunning_plan_id
            if plan and plan.company_id not in company.parent_ids:
                raise ValidationError(
                    self.env._(
                        "Dunning plan %(plan)s belongs to company %(other)s.",
                        plan=plan.name,
                        other=plan.company_id.name,
                    )
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    subscription_dunning_plan_id = fields.Many2one(
        related="company_id.subscription_dunning_plan_id",
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )


class SubscriptionInvoicingMixin(models.AbstractModel):
    _inherit = "subscription.invoicing.mixin"

    dunning_plan_id = fields.Many2one(
        comodel_name="subscription.dunning.plan",
        compute="_compute_dunning_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="What is done about unpaid invoices. To leave the customer alone, choose a plan without steps.",
    )

    @api.depends("company_id", "company_id.subscription_dunning_plan_id")
    def _compute_dunning_plan_id(self):
        for document in self:
            document.dunning_plan_id = document.dunning_plan_id or document.company_id.subscription_dunning_plan_id


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _get_dunning_pauses(self):
        """Steps that paused the contract for unpaid invoices, and those of them whose invoices are not paid yet."""
        self.ensure_one()
        # sudo: looks at all invoices of the contract
        pauses = self.env["subscription.dunning.log"].sudo()
        pauses = pauses.search(
            [
                ("action", "=", "pause"),
                ("result", "=", "done"),
                ("move_id.subscription_contract_ids", "in", self.ids),
            ]
        )
        unpaid = pauses.filtered(lambda log: not log.date_recovered and log.move_id.payment_state in UNPAID)
        return pauses, unpaid

    def _is_paused_by_dunning(self):
        """Whether the contract stands still because of unpaid invoices, and all of them have been paid since."""
        pauses, unpaid = self._get_dunning_pauses()
        return self.state == "paused" and self.date_paused in pauses.mapped("date") and not unpaid

    def _explain_end_of_pause(self):
        """Override of `subscription_mgmt`: name the invoices that hold the contract."""
        if self.state != "paused" or self.pause_id.date_to:
            return super()._explain_end_of_pause()
        pauses, unpaid = self._get_dunning_pauses()
        if self.date_paused not in pauses.mapped("date"):
            return super()._explain_end_of_pause()
        if not unpaid:
            return self.env._("What was owed is paid: service and billing go on by themselves tonight.")
        invoices = ", ".join(
            f"{move.name} ({move.currency_id.format(move.amount_residual)})" for move in unpaid.move_id
        )
        return self.env._("Service and billing go on by themselves when this is paid: %(invoices)s", invoices=invoices)


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_dunning_log_ids = fields.One2many(
        comodel_name="subscription.dunning.log",
        inverse_name="move_id",
        string="Dunning",
        groups="subscription_mgmt.group_subscription_viewer",
    )

    def _get_subscription_dunning_plan(self):
        """The plan that the invoice goes by: of the first of what it was made of that has one."""
        self.ensure_one()
        plans = (source.dunning_plan_id for source in self._get_subscription_sources())
        return next((plan for plan in plans if plan), self.env["subscription.dunning.plan"])

    @api.model
    def _get_subscription_dunning_domain(self, company, date_ref):
        """Unpaid invoices with a step due under one of the plans of the company."""
        plans = self.env["subscription.dunning.plan"].search([("company_id", "=", company.id)])
        return plans._get_due_domain(date_ref)

    def _run_dunning(self, date_ref):
        """Take the due steps of the invoices, each by its own plan; what credits have paid meanwhile is left alone."""
        self._offset_subscription_credits()
        unpaid = self.filtered(lambda move: move.payment_state in UNPAID)
        for plan, moves in unpaid.grouped(lambda move: move._get_subscription_dunning_plan()).items():
            if plan:
                plan._run(plan._keep_own(moves, date_ref), date_ref)

    @api.model
    def _get_subscription_dunned_domain(self):
        """Invoices that a dunning plan follows: nobody else writes to the customer about them."""
        billed = Domain("subscription_billing_mode", "!=", False)
        return billed & self._get_subscription_source_domain(Domain("dunning_plan_id.active", "=", True))
