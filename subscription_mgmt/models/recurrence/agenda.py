"""What a person does with the day's work: done, postponed, skipped, reassigned, reopened."""

from datetime import datetime, timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..common.context import LEDGER
from .generation import NOON


class SubscriptionInteraction(models.Model):
    _inherit = "subscription.interaction"

    # === ACTIONS === #
    def _open_dialog(self, model, name, **values):
        wizard = self.env[model].create({"interaction_ids": [(6, 0, self.ids)], **values})
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_done(self):
        """Ask for a note and a next step, then mark as done."""
        self._check_planned()
        self._check_invoice_confirmed()
        return self._open_dialog("subscription.interaction.done", self.env._("Done"))

    def action_open_move(self):
        """Ask for another day and, in a recurrence, for which interactions."""
        self._check_planned()
        return self._open_dialog("subscription.interaction.move", self.env._("Postpone"))

    def action_open_skip(self):
        """Ask for the reason, then skip."""
        self._check_planned()
        return self._open_dialog("subscription.interaction.skip", self.env._("Skip"))

    def action_open_reassign(self):
        """Ask for the new responsible."""
        self._check_planned()
        return self._open_dialog("subscription.interaction.reassign", self.env._("Reassign"))

    def action_reopen(self):
        """Put what was done or skipped by mistake back into the agenda."""
        self.check_access("write")
        over = self.filtered(lambda interaction: interaction.state != "planned")
        over._write_act({"state": "planned", "date_done": False, "is_prepared": False})
        return True

    # === BUSINESS === #
    def _write_act(self, values):
        """Write what an act makes of the interactions, with the rights of whoever does it."""
        self.with_context(subscription_ledger=LEDGER).write(values)

    def _check_planned(self):
        """Raise unless all are still to be done.

        :raise UserError: names the first one that is not.
        """
        over = self.filtered(lambda interaction: interaction.state != "planned")
        if over or not self:
            names = over[:1].display_name or ""
            raise UserError(self.env._("“%(name)s” is not planned any more: it was done or skipped.", name=names))

    def _finish(self, outcome=False):
        """Mark as done, with what came of it; activities and tasks of theirs are closed.

        :param outcome: text for the interaction and its history.
        """
        done = {"state": "done", "date_done": fields.Datetime.now()}
        self._write_act({**done, **({"outcome": outcome} if outcome else {})})
        self._close_made(outcome)

    def _skip(self, reason):
        """Leave out, with the reason. The row stays, so that neither night nor regeneration makes it again.

        :param reason: text; required, as somebody will ask.
        """
        self._write_act({"state": "cancelled", "outcome": reason})
        for interaction in self:
            interaction.message_post(body=self.env._("Skipped: %(reason)s", reason=reason))
        self._unmake()

    def _place(self, day):
        """Plan on another day as the recurrence would, at its time; not a move by hand.

        :param day: date
        """
        self.ensure_one()
        self.write({**self.recurrence_id._prepare_when(day), "is_moved": False})

    def _postpone(self, day):
        """Move by hand to another day, at the same local time of day.

        :param day: date
        """
        for interaction in self:
            if interaction.all_day:
                interaction.write({"occurrence_date": day, "date_start": datetime.combine(day, NOON),
                                   "date_stop": datetime.combine(day, NOON)})  # fmt: skip
            else:
                interaction.write({"occurrence_date": day, **interaction._get_times_on(day)})

    def _get_times_on(self, day):
        """Start and end on another day, at the wall time of the recurrence."""
        self.ensure_one()
        if self.recurrence_id and not self.recurrence_id.all_day:
            when = self.recurrence_id._prepare_when(day)
            return {name: when[name] for name in ("date_start", "date_stop")}
        days = timedelta(days=(day - self.occurrence_date).days)
        return {"date_start": self.date_start + days, "date_stop": self.date_stop + days}

    def _reassign(self, user):
        """Give to another person, with the activity that counts in the systray.

        :raise ValidationError: that person cannot have it.
        """
        for recurrence in self.recurrence_id:
            recurrence._check_responsible(user)
        self.write({"user_id": user.id})

    def _make_next(self, values):
        """Plan the next step by hand, with the same customer, contract and responsible.

        :param values: dict of what differs; day, type and subject at least.
        :return: the new interaction.
        """
        self.ensure_one()
        return self.create(
            {
                "partner_id": self.partner_id.id,
                "contract_id": self.contract_id.id,
                "user_id": self.user_id.id,
                "company_id": self.company_id.id,
                **values,
            }
        )
