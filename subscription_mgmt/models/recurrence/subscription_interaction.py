from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.context import REMOVED
from .generation import NOON

# The agenda shows so many days after today, and what is made of an interaction is made so many days before
NEAR_DAYS = 7


class SubscriptionInteraction(models.Model):
    """One thing to do with, or about, a customer on a day: planned by a recurrence or by hand (REC-32)."""

    _name = "subscription.interaction"
    _inherit = [
        "subscription.sealed.mixin",
        "subscription.mixin",
        "subscription.parking.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Interaction"
    _order = "occurrence_date, date_start, id"
    _rec_names_search = ["name", "partner_id.name"]
    _check_company_auto = True
    _sealed_records = False

    # === IDENTITY === #
    name = fields.Char(string="Subject", required=True)
    note = fields.Text(string="Purpose")
    type_id = fields.Many2one(
        comodel_name="subscription.interaction.type",
        required=True,
        default=lambda self: self.env["subscription.recurrence"].with_context(recurring_invoice=False)._default_type(),
        check_company=True,
    )
    makes = fields.Selection(related="type_id.makes")
    color = fields.Integer(related="type_id.color")
    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    state = fields.Selection(
        selection=[("planned", "Planned"), ("done", "Done"), ("cancelled", "Skipped")],
        required=True,
        default="planned",
        copy=False,
        tracking=True,
    )
    # === PARTIES === #
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    contract_id = fields.Many2one(comodel_name="subscription.contract", index="btree_not_null", check_company=True)
    # === DAY === #
    occurrence_date = fields.Date(
        string="Day", required=True, default=lambda self: self.env.company._subscription_today(), tracking=True
    )
    all_day = fields.Boolean(default=True)
    date_start = fields.Datetime(
        string="Start", required=True, compute="_compute_dates", store=True, readonly=False, precompute=True
    )
    date_stop = fields.Datetime(
        string="End", required=True, compute="_compute_dates", store=True, readonly=False, precompute=True
    )
    date_done = fields.Datetime(string="Done On", copy=False, readonly=True)
    outcome = fields.Text(copy=False, help="What came of it, or why it was skipped.")
    # === RECURRENCE === #
    # Not indexed: the unique index below begins with it.
    recurrence_id = fields.Many2one(
        comodel_name="subscription.recurrence", copy=False, readonly=True, ondelete="cascade"
    )
    slot_key = fields.Date(
        copy=False, readonly=True, help="The date that the rule gave; it never changes with the day it is done on."
    )
    covers_key = fields.Date(
        copy=False, readonly=True, help="Date of the changed rule for which this one stands, so that none is made."
    )
    is_moved = fields.Boolean(
        string="Moved by Hand", copy=False, readonly=True, help="Regeneration leaves it where it is."
    )
    # === WHAT WAS MADE === #
    is_prepared = fields.Boolean(copy=False, readonly=True)
    activity_id = fields.Many2one(
        comodel_name="mail.activity", copy=False, readonly=True, ondelete="set null", index="btree_not_null"
    )
    event_id = fields.Many2one(
        comodel_name="calendar.event", copy=False, readonly=True, ondelete="set null", index="btree_not_null"
    )
    task_id = fields.Many2one(
        comodel_name="project.task", copy=False, readonly=True, ondelete="set null", index="btree_not_null"
    )
    # === AGENDA === #
    agenda_group = fields.Selection(
        selection=[
            ("overdue", "Overdue"),
            ("today", "Today"),
            ("near", "Next 7 Days"),
            ("later", "Later"),
            ("closed", "Finished"),
        ],
        string="When",
        compute="_compute_agenda_group",
        search="_search_agenda_group",
        group_expand="_group_expand_agenda",
    )

    _slot_unique = models.UniqueIndex(
        "(recurrence_id, slot_key, COALESCE(partner_id, 0)) WHERE recurrence_id IS NOT NULL",
        "The recurrence has an interaction for this customer and date already.",
    )
    _agenda = models.Index("(user_id, occurrence_date) WHERE state = 'planned'")
    _agenda_of_company = models.Index("(company_id, occurrence_date) WHERE state = 'planned'")

    # === COMPUTES === #
    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for interaction in self:
            names = (interaction.name, interaction.partner_id.name)
            interaction.display_name = " – ".join(filter(None, names))

    @api.depends("occurrence_date", "all_day")
    def _compute_dates(self):
        """By hand without a time: noon UTC, so that the date is the same wherever it is looked at."""
        for interaction in self:
            day = interaction.occurrence_date
            if day and (interaction.all_day or not interaction.date_start):
                interaction.date_start = interaction.date_stop = datetime.combine(day, NOON)
            elif not interaction.date_start:
                interaction.date_start = interaction.date_stop = False

    @api.depends("occurrence_date", "state")
    def _compute_agenda_group(self):
        for interaction in self:
            interaction.agenda_group = interaction._get_agenda_group()

    def _get_agenda_group(self):
        if self.state != "planned":
            return "closed"
        today = self._get_today()
        if self.occurrence_date < today:
            return "overdue"
        if self.occurrence_date == today:
            return "today"
        return "near" if self.occurrence_date <= today + timedelta(days=NEAR_DAYS) else "later"

    @api.model
    def _get_agenda_domains(self):
        """Condition of each group of the agenda, in the company that the user works in."""
        today = self.env.company._subscription_today()
        near = today + timedelta(days=NEAR_DAYS)
        planned = Domain("state", "=", "planned")
        return {
            "overdue": planned & Domain("occurrence_date", "<", today),
            "today": planned & Domain("occurrence_date", "=", today),
            "near": planned & Domain("occurrence_date", ">", today) & Domain("occurrence_date", "<=", near),
            "later": planned & Domain("occurrence_date", ">", near),
            "closed": ~planned,
        }

    @api.model
    def _group_expand_agenda(self, values, domain):
        """Columns of the agenda in order of their days; what is due stands there even when it is empty."""
        keys = [key for key, _label in self._fields["agenda_group"].selection]
        return [key for key in keys if key in values or key in ("overdue", "today", "near")]

    def _search_agenda_group(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._get_agenda_domains()
        return Domain.OR(domains[group] for group in value if group in domains)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Override of `base` to group by the part of the agenda, which depends on the day and is not stored."""
        if groupby_spec != "agenda_group":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["state"], "read")
        today = self.env.company._subscription_today()
        day, state = (self._field_to_sql(alias, name, query) for name in ("occurrence_date", "state"))
        return SQL(
            """(CASE WHEN %(state)s <> 'planned' THEN 'closed' WHEN %(day)s < %(today)s THEN 'overdue'
                     WHEN %(day)s = %(today)s THEN 'today' WHEN %(day)s <= %(near)s THEN 'near' ELSE 'later' END)""",
            state=state,
            day=day,
            today=today,
            near=today + timedelta(days=NEAR_DAYS),
        )

    def _get_today(self):
        return (self.company_id or self.env.company)._subscription_today()

    # === CONSTRAINTS === #
    @api.constrains("date_start", "date_stop")
    def _check_dates(self):
        for interaction in self:
            if interaction.date_stop < interaction.date_start:
                raise ValidationError(self.env._("“%(name)s” ends before it starts.", name=interaction.name))

    # === CRUD === #
    @api.model
    def _get_sealed_fields(self):
        """Override of `subscription.sealed.mixin`: what was made is looked at, moved and deleted as the system, and
        which date of which recurrence an interaction stands for decides on whether another one is made."""
        return {
            "activity_id", "event_id", "task_id", "invoice_id", "cancelled_invoice_ids", "recurrence_id", "slot_key",
            "covers_key",
            "is_prepared", "state", "date_done", "date_reminded",
        }  # fmt: skip

    @api.model
    def default_get(self, fields):
        """Take the day from the place in the calendar that was clicked."""
        values = super().default_get(fields)
        if values.get("date_start") and "occurrence_date" in fields:
            values["occurrence_date"] = values["date_start"].date()
        return values

    def write(self, vals):
        """Keep day and time together, and what was made of the interaction with them.

        A day written by a person counts as moved by hand; regeneration then leaves it alone.
        """
        day_fields = {"occurrence_date", "date_start"} & set(vals)
        if vals.get("date_start") and "occurrence_date" not in vals:
            vals = {**vals, **self._prepare_dragged(vals)}
        if day_fields and "is_moved" not in vals:
            vals = {**vals, "is_moved": True}
        self._check_may_move(vals)
        result = super().write(vals)
        if {"user_id", "occurrence_date", "date_start", "date_stop", "name"} & set(vals):
            self._follow_change(vals)
        return result

    def _prepare_dragged(self, vals):
        """Day and times after a drop in the calendar, which knows the start only; without a time it gives a date."""
        start = fields.Datetime.to_datetime(vals["date_start"])
        if not vals.get("all_day", all(self.mapped("all_day"))):
            return {"occurrence_date": self._get_local_day(start)}
        noon = datetime.combine(start.date(), NOON)
        return {"occurrence_date": start.date(), "date_start": noon, "date_stop": noon}

    def _get_local_day(self, start):
        """The day of an instant, where the interaction takes place."""
        zone = self.recurrence_id[:1].tz or self.env.user.tz or "UTC"
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), start).date()

    def _check_may_move(self, vals):
        """Raise when a day is given to what is over."""
        if not {"occurrence_date", "date_start", "user_id"} & set(vals) or "state" in vals:
            return
        over = self.filtered(lambda interaction: interaction.state != "planned")
        if over:
            raise UserError(
                self.env._(
                    "“%(name)s” was done or skipped and stays where it is. Reopen it first.", name=over[0].display_name
                )
            )

    def unlink(self):
        """Override to remember the date of a deleted interaction, so that the next night does not make it again."""
        if self.env.context.get("subscription_removed") is not REMOVED:
            self._leave_tombstones()
        self._unmake()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        invoiced = self.filtered("invoice_id")
        if invoiced:
            raise UserError(
                self.env._("“%(name)s” has made an invoice and cannot be deleted.", name=invoiced[0].display_name)
            )

    def _leave_tombstones(self):
        """Write a tombstone for each interaction that a recurrence has made."""
        made = self.filtered("recurrence_id")
        exceptions = self.env["subscription.recurrence.exception"].sudo()
        known = {
            (row.recurrence_id, row.date, row.partner_id)
            for row in exceptions.search([("recurrence_id", "in", made.recurrence_id.ids)])
        }
        outdated = made.recurrence_id.filtered("rule_outdated")
        exceptions.create(
            [
                {
                    "recurrence_id": row.recurrence_id.id,
                    "date": row.slot_key,
                    "partner_id": row.partner_id.id,
                    "kind": "deleted",
                    "reason": self.env._("Deleted by %(user)s", user=self.env.user.name),
                }
                for row in made
                if (row.recurrence_id, row.slot_key, row.partner_id) not in known
            ]
        )
        # The interaction is gone and its date left out: nothing to regenerate.
        (made.recurrence_id - outdated).sudo().rule_outdated = False

    def _remove(self):
        """Delete without leaving the date out: what regeneration and archiving do."""
        # sudo: changing a recurrence is enough to change what it has planned
        return self.sudo().with_context(subscription_removed=REMOVED).unlink()

    # === ACTIONS === #
    def action_view_recurrences(self):
        """Open the recurrence, or those of the customer, to look at or to add one (REC-06)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_recurrence_action")
        if self.recurrence_id:
            form = [(False, "form")]
            return {**action, "res_id": self.recurrence_id.id, "views": form, "view_mode": "form", "context": {}}
        defaults = {
            "default_name": self.name,
            "default_type_id": self.type_id.id,
            "default_partner_ids": self.partner_id.ids,
            "default_audience": "fixed" if self.partner_id else "none",
        }
        domain = [("partner_ids", "in", self.partner_id.ids)] if self.partner_id else []
        return {**action, "domain": domain, "context": defaults}
