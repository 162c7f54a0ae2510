from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from odoo.addons.base.models.res_partner import _tz_get

from ..common.context import LEDGER

# Nobody calls more customers in a day; a filter that gives more is a mistake, and each date makes as many rows
MAX_CUSTOMERS = 500
# What the interactions that stand were made from; a change is carried out by regenerating, after a look at it
PLAN_FIELDS = {
    "frequency", "interval", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "month_by", "day", "weekday_position",
    "weekday", "month", "month_end_policy", "date_start", "end_kind", "date_end", "count", "week_start", "shift_mode",
    "calendar_id", "partner_ids", "audience", "exception_ids",
}  # fmt: skip


class SubscriptionRecurrence(models.Model):
    """A recurring interaction: defined once, it gives each day its work (REC-01). See also the other files of it."""

    _name = "subscription.recurrence"
    _inherit = ["subscription.mixin", "subscription.parking.mixin", "mail.thread", "mail.activity.mixin"]
    _parking_activity = "subscription_mgmt.mail_activity_type_recurrence_error"
    _description = "Recurring Interaction"
    _order = "id desc"
    _check_company_auto = True

    # === IDENTITY === #
    name = fields.Char(string="Subject", required=True, tracking=True, help="What is to be done, in a few words.")
    note = fields.Text(string="Purpose", help="What whoever does it should know; stands on every interaction.")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Running"), ("ending", "About to End"), ("done", "Finished")],
        required=True,
        default="draft",
        copy=False,
        readonly=True,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    type_id = fields.Many2one(
        comodel_name="subscription.interaction.type",
        required=True,
        default=lambda self: self._default_type(),
        check_company=True,
    )
    makes = fields.Selection(related="type_id.makes")
    # === PARTIES === #
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="In whose agenda the interactions stand.",
    )
    contract_id = fields.Many2one(
        comodel_name="subscription.contract", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    audience = fields.Selection(
        selection=[("none", "Nobody"), ("fixed", "These Customers"), ("filter", "Customer Filter")],
        string="With Whom",
        required=True,
        compute="_compute_audience",
        store=True,
        readonly=False,
        precompute=True,
        help="A filter is looked at in the morning of each day: one interaction for every customer it gives.",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    # === DAY === #
    all_day = fields.Boolean(default=True, help="The interaction has a day and no time.")
    time = fields.Float(default=9.0, help="Local time of day; it stays the same over daylight saving.")
    duration = fields.Float(string="Duration (hours)", default=1.0)
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        compute="_compute_tz",
        store=True,
        readonly=False,
        precompute=True,
    )
    # === RELATIONS === #
    exception_ids = fields.One2many(
        comodel_name="subscription.recurrence.exception", inverse_name="recurrence_id", string="Exceptions"
    )
    interaction_ids = fields.One2many(
        comodel_name="subscription.interaction", inverse_name="recurrence_id", string="Interactions"
    )
    previous_id = fields.Many2one(
        comodel_name="subscription.recurrence",
        string="Continues",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The recurrence of which this one is the rest, after “this and following” were changed.",
    )
    interaction_count = fields.Integer(compute="_compute_interaction_counts")
    planned_count = fields.Integer(string="Open", compute="_compute_interaction_counts")
    date_next = fields.Date(string="Next Date", compute="_compute_interaction_counts")

    _duration_positive = models.Constraint(
        "CHECK (duration > 0 AND duration <= 8784)",
        "The duration must be above zero, and at most a year (8,784 hours).",
    )
    _time_of_day = models.Constraint("CHECK (time >= 0 AND time < 24)", "The time of day must be from 00:00 to 23:59.")

    # === DEFAULTS AND COMPUTES === #
    @api.model
    def _default_type(self):
        """The first type, or the one that issues invoices where the menu asks for a recurring invoice (REC-22)."""
        domain = [("makes", "=", "invoice")] if self.env.context.get("recurring_invoice") else []
        types = self.env["subscription.interaction.type"]
        return types.search([*types._check_company_domain(self.env.company), *domain], limit=1)

    @api.depends("type_id", "contract_id")
    def _compute_audience(self):
        for recurrence in self:
            fixed = recurrence.makes == "invoice" or recurrence.contract_id
            recurrence.audience = "fixed" if fixed else recurrence.audience or "none"

    @api.depends("contract_id", "invoice_partner_id", "type_id")
    def _compute_partner_ids(self):
        for recurrence in self:
            if recurrence.makes == "invoice":
                recurrence.partner_ids = recurrence.invoice_partner_id
            elif recurrence.contract_id and not recurrence.partner_ids:
                recurrence.partner_ids = recurrence.contract_id.contact_id or recurrence.contract_id.partner_id
            else:
                recurrence.partner_ids = recurrence.partner_ids

    @api.depends("company_id")
    def _compute_tz(self):
        for recurrence in self:
            company = recurrence.company_id
            zones = (recurrence.tz, recurrence.user_id.tz, company.partner_id.tz, company.resource_calendar_id.tz)
            recurrence.tz = next(filter(None, zones), "UTC")

    def _compute_interaction_counts(self):
        groups = self.env["subscription.interaction"]._read_group(
            [("recurrence_id", "in", self.ids)], ["recurrence_id", "state"], ["__count", "occurrence_date:min"]
        )
        found = {}
        for recurrence, state, count, first in groups:
            found.setdefault(recurrence.id, {})[state] = (count, first)
        for recurrence in self:
            by_state = found.get(recurrence._origin.id, {})
            recurrence.interaction_count = sum(count for count, _first in by_state.values())
            recurrence.planned_count, recurrence.date_next = by_state.get("planned", (0, False))

    # === CONSTRAINTS === #
    @api.constrains("user_id", "company_id", "active")
    def _check_user(self):
        for recurrence in self.filtered("active"):
            recurrence._check_responsible(recurrence.user_id)

    def _check_responsible(self, user):
        """Raise unless the person can have interactions of the recurrence in the agenda.

        :raise ValidationError: archived, not of the company, or without the right to see interactions.
        """
        self.ensure_one()
        # sudo: groups and companies of a colleague decide, whoever looks
        person, names = user.sudo(), {"user": user.name, "company": self.company_id.name}
        if not person.active:
            raise ValidationError(self.env._("%(user)s is archived. Choose another responsible.", **names))
        if self.company_id not in person.company_ids:
            raise ValidationError(self.env._("%(user)s does not work in company %(company)s.", **names))
        if not person.has_group("subscription_mgmt.group_subscription_viewer"):
            raise ValidationError(
                self.env._("%(user)s may not see interactions. Choose somebody with that right.", **names)
            )
        if self.makes == "invoice" and not person.has_group("subscription_mgmt.group_subscription_billing"):
            raise ValidationError(self.env._("%(user)s may not issue invoices. Choose somebody who may bill.", **names))

    @api.constrains("audience", "partner_ids")
    def _check_partners(self):
        for recurrence in self:
            if len(recurrence.partner_ids) > MAX_CUSTOMERS:
                raise ValidationError(
                    self.env._(
                        "“%(recurrence)s” is for more than %(limit)s customers. Divide them among several.",
                        recurrence=recurrence.name,
                        limit=MAX_CUSTOMERS,
                    )
                )
            if recurrence.audience == "fixed" and not recurrence.partner_ids and recurrence.makes != "invoice":
                raise ValidationError(
                    self.env._("“%(recurrence)s” has no customer: choose one, or “Nobody”.", recurrence=recurrence.name)
                )

    # === CRUD === #
    @api.model_create_multi
    def create(self, vals_list):
        """Refuse recurring invoices of people without the billing right; note who wrote a customer filter."""
        recurrences = super().create([self._sign_filter(vals, made=True) for vals in vals_list])
        recurrences._check_invoice_rights()
        return recurrences

    def write(self, vals):
        """Carry over to the open interactions what can be carried over at once; the rest waits for regeneration."""
        users = {recurrence: recurrence.user_id for recurrence in self} if "user_id" in vals else {}
        self._check_invoice_rights()
        vals = self._sign_filter(vals)
        result = super().write(vals)
        self._check_invoice_rights()
        if PLAN_FIELDS & set(vals):
            self.filtered(lambda recurrence: recurrence.state != "draft").rule_outdated = True
        for recurrence, user in users.items():
            recurrence._hand_over(user)
        if {"tz", "time", "all_day", "duration"} & set(vals):
            self._replace_times()
        if {"name", "note", "contract_id"} & set(vals):
            self._rename_interactions()
        return result

    def copy_data(self, default=None):
        """A copy starts anew, with the customers and the invoice of the original."""
        names = [self.env._("%(name)s (copy)", name=recurrence.name) for recurrence in self]
        return [
            {**values, **({} if default and "name" in default else {"name": name})}
            for values, name in zip(super().copy_data(default), names, strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        done = self.interaction_ids.filtered(lambda interaction: interaction.state == "done" or interaction.invoice_id)
        if done:
            raise UserError(
                self.env._(
                    "“%(recurrence)s” has interactions that were done and cannot be deleted. Archive it instead.",
                    recurrence=done[0].recurrence_id.name,
                )
            )

    def _check_invoice_rights(self):
        """Raise unless the user may bill, where a recurrence issues invoices (REC-22)."""
        if self.env.su or self.env.user.has_group("subscription_mgmt.group_subscription_billing"):
            return
        if "invoice" in self.mapped("makes"):
            raise AccessError(self.env._("You need the billing right to define recurring invoices."))

    # === ACTIONS === #
    def action_archive(self):
        """Stop: what is planned from today on goes, what was done stays."""
        for recurrence in self:
            today = recurrence.company_id._subscription_today()
            future = recurrence.interaction_ids.filtered(
                lambda row, today=today: row.state == "planned" and not row.invoice_id and row.occurrence_date >= today
            )
            future._remove()
        self.filled_until = False
        return super().action_archive()

    def action_view_interactions(self):
        """Open the interactions of the recurrences."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_interaction_action")
        context = {"default_recurrence_id": False, "search_default_open": 0}
        return {**action, "domain": [("recurrence_id", "in", self.ids)], "context": context}

    # === WHAT CHANGES AT ONCE === #
    def _get_open_interactions(self):
        """Planned ones that no invoice was made of, past and future."""
        return self.env["subscription.interaction"].search(
            [("recurrence_id", "in", self.ids), ("state", "=", "planned"), ("invoice_id", "=", False)]
        )

    def _hand_over(self, previous):
        """Give the open interactions of the responsible before to the new one; those of others stay with them."""
        self.ensure_one()
        if self.user_id != previous:
            rows = self._get_open_interactions().filtered(lambda row: row.user_id == previous)
            rows._reassign(self.user_id)

    def _replace_times(self):
        """Put the open interactions at the time that the recurrence says now; days and slots stay as they are."""
        for recurrence in self:
            rows = recurrence._get_open_interactions().filtered(lambda row: not row.is_moved)
            for row in rows:
                row.write({**recurrence._prepare_when(row.occurrence_date), "is_moved": False})

    def _rename_interactions(self):
        for recurrence in self:
            recurrence._get_open_interactions().write(recurrence._prepare_what())

    def _copy_for_split(self, values):
        """A new recurrence with everything of this one, and these values; the saved card, which no copy has, too."""
        self.ensure_one()
        kept = {"name": self.name, "previous_id": self.id, "payment_token_id": self.payment_token_id.id}
        target = self.copy({**kept, **values})
        # What the filter gives does not depend on who moves a date.
        target.with_context(subscription_ledger=LEDGER).filter_author_id = self.filter_author_id
        return target

    def _move_exceptions(self, target, since):
        """Give the exceptions from a day on to the recurrence that continues this one."""
        rows = self.exception_ids.filtered(lambda exception: exception.date >= since)
        target.exception_ids = [Command.link(row.id) for row in rows]
