"""The questions that the agenda asks: what came of it, on which other day, why not, who else."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.recurrence.move import moved
from ...tools.recurrence.refusal import RuleRefusal


class SubscriptionInteractionDone(models.TransientModel):
    """Done, with a note and, if there is one, the next step."""

    _name = "subscription.interaction.done"
    _inherit = "subscription.dialog.mixin"
    _description = "Interaction Done"

    interaction_ids = fields.Many2many(comodel_name="subscription.interaction", required=True)
    outcome = fields.Text(string="Note", help="What came of it.")
    has_next = fields.Boolean(string="Plan a Next Step")
    next_name = fields.Char(string="Next Step", compute="_compute_next", store=True, compute_sudo=False, readonly=False)
    next_type_id = fields.Many2one(
        comodel_name="subscription.interaction.type",
        string="Type",
        compute="_compute_next",
        store=True,
        compute_sudo=False,
        readonly=False,
        domain="[('makes', '!=', 'invoice')]",
    )
    next_date = fields.Date(string="Day", compute="_compute_next", store=True, compute_sudo=False, readonly=False)
    next_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_next",
        store=True,
        compute_sudo=False,
        readonly=False,
        domain="[('share', '=', False)]",
    )

    @api.depends("interaction_ids")
    def _compute_next(self):
        for wizard in self:
            first = wizard.interaction_ids[:1]
            today = (first.company_id or self.env.company)._subscription_today()
            wizard.next_name = first.name
            wizard.next_type_id = first.type_id if first.makes != "invoice" else False
            wizard.next_date = fields.Date.add(today, days=7)
            wizard.next_user_id = first.user_id

    def action_confirm(self):
        """Mark as done and plan the next step.

        :raise UserError: one was done or skipped meanwhile, or a next step lacks its type or day.
        """
        rows = self.interaction_ids
        rows._check_planned()
        rows._check_invoice_confirmed()
        if self.has_next and not (self.next_name and self.next_type_id and self.next_date and self.next_user_id):
            raise UserError(self.env._("A next step needs a subject, a type, a day and a responsible."))
        rows._finish(self.outcome)
        if self.has_next:
            for row in rows:
                row._make_next(
                    {
                        "name": self.next_name,
                        "type_id": self.next_type_id.id,
                        "occurrence_date": self.next_date,
                        "user_id": self.next_user_id.id,
                    }
                )
        return {"type": "ir.actions.act_window_close"}


class SubscriptionInteractionMove(models.TransientModel):
    """Another day: for this one, for this and the following, or for all of the recurrence (S-13)."""

    _name = "subscription.interaction.move"
    _inherit = "subscription.dialog.mixin"
    _description = "Postpone Interactions"

    interaction_ids = fields.Many2many(comodel_name="subscription.interaction", required=True)
    date = fields.Date(string="New Day", required=True, default=lambda self: self._default_date())
    has_recurrence = fields.Boolean(compute="_compute_has_recurrence")
    scope = fields.Selection(
        selection=[
            ("one", "Only this interaction"),
            ("following", "This and following interactions"),
            ("all", "All interactions of the recurrence"),
        ],
        string="Move",
        required=True,
        default="one",
    )

    @api.model
    def _default_date(self):
        return fields.Date.add(self.env.company._subscription_today(), days=1)

    @api.depends("interaction_ids")
    def _compute_has_recurrence(self):
        for wizard in self:
            wizard.has_recurrence = len(wizard.interaction_ids) == 1 and bool(wizard.interaction_ids.recurrence_id)

    def action_confirm(self):
        """Move one or several by hand at once; a change of the recurrence is shown first.

        :raise UserError: it was done meanwhile, or the recurrence waits for a regeneration.
        """
        self.interaction_ids._check_planned()
        if self.scope == "one" or not self.has_recurrence:
            self.interaction_ids._postpone(self.date)
            return {"type": "ir.actions.act_window_close"}
        return self._propose(self.interaction_ids)

    def _propose(self, interaction):
        """The dialog with the difference that the changed rule makes."""
        recurrence, slot = interaction.recurrence_id, interaction.slot_key
        if recurrence.rule_outdated:
            raise UserError(
                self.env._(
                    "“%(recurrence)s” was changed: regenerate its interactions first.", recurrence=recurrence.name
                )
            )
        old = recurrence._get_rule_in_force()
        try:
            rule = moved(old, slot, self.date)
        except RuleRefusal as refusal:
            raise ValidationError(recurrence._say_refusal(refusal)) from refusal
        since = None
        if self.scope == "following":
            rule = recurrence._get_split_rule(rule, old, slot, self.date)
            since = min(slot, self.date)
        recurrence._check_new_rule(rule)
        wizard = self.env["subscription.recurrence.regenerate"].create(
            {
                "recurrence_id": recurrence.id,
                "new_rule": recurrence._dump_rule(rule),
                "since": since,
                "split_slot": slot,
                "scope": self.scope,
            }
        )
        return wizard._get_form_action()


class SubscriptionInteractionSkip(models.TransientModel):
    """Why an interaction does not take place."""

    _name = "subscription.interaction.skip"
    _inherit = "subscription.dialog.mixin"
    _description = "Skip Interactions"

    interaction_ids = fields.Many2many(comodel_name="subscription.interaction", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Skip them, with the reason.

        :raise UserError: one was done or skipped meanwhile, or has an invoice that stands.
        """
        self.interaction_ids._check_planned()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why, so that the next one who looks knows."))
        if self.interaction_ids._get_standing_invoice():
            raise UserError(self.env._("The invoice was issued: send it, or credit it on the invoice."))
        self.interaction_ids._skip(self.reason.strip())
        return {"type": "ir.actions.act_window_close"}


class SubscriptionInteractionReassign(models.TransientModel):
    """Who does it instead."""

    _name = "subscription.interaction.reassign"
    _inherit = "subscription.dialog.mixin"
    _description = "Reassign Interactions"

    interaction_ids = fields.Many2many(comodel_name="subscription.interaction", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="New Responsible", required=True, domain="[('share', '=', False)]"
    )

    def action_confirm(self):
        """Give them to the new responsible; the recurrence keeps its own."""
        self.interaction_ids._check_planned()
        self.interaction_ids._reassign(self.user_id)
        return {"type": "ir.actions.act_window_close"}
