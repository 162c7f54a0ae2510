"""What was agreed in a contract ends with it, and comes back with it: the visits and calls after its last day."""

from odoo import fields, models
from odoo.fields import Command, Domain


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def write(self, vals):
        """Override of `subscription_mgmt`: end the recurring interactions of contracts that are closed, and let them
        go on when one is re-opened.
        """
        closed = self.filtered(lambda contract: contract.state == "closed") if "state" in vals else self.browse()
        result = super().write(vals)
        if vals.get("state") == "closed":
            self._end_recurrences()
        elif closed:
            closed._restore_recurrences()
        return result

    def _get_recurrences(self, domain=Domain.TRUE):
        # sudo: who closes a contract need not be allowed to change the plans of others
        recurrences = self.env["subscription.recurrence"].sudo().with_context(active_test=False)
        return recurrences.search(Domain("contract_id", "in", self.ids) & Domain(domain))

    def _end_recurrences(self):
        """End what recurs in these contracts on their last day; what cannot be ended is tried again at night."""
        recurrences = self._get_recurrences([("state", "!=", "done"), ("active", "=", True)])
        for company, own in recurrences.grouped("company_id").items():
            own._isolate("generate", lambda records: records._end_with_contract(), company._subscription_today())

    def _restore_recurrences(self):
        """Let what ended with these contracts go on from today; what cannot is set aside, and told."""
        recurrences = self._get_recurrences([("end_before_close", "!=", False)])
        for company, own in recurrences.grouped("company_id").items():
            today = company._subscription_today()
            own._isolate("generate", lambda records, day=today: records._go_on_with_contract(day), today)

    def _get_closing_effects(self):
        """Override of `subscription_mgmt`: recurring work ends."""
        names = self._get_recurrences([("state", "!=", "done"), ("active", "=", True)]).mapped("name")
        says = [self.env._("Recurring work ends with it: %(names)s", names=", ".join(names))] if names else []
        return [*super()._get_closing_effects(), *says]

    def _get_reopening_effects(self):
        """Override of `subscription_mgmt`: recurring work goes on."""
        names = self._get_recurrences([("end_before_close", "!=", False)]).mapped("name")
        says = [self.env._("Recurring work goes on from today: %(names)s", names=", ".join(names))] if names else []
        return [*super()._get_reopening_effects(), *says]


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    end_before_close = fields.Json(
        copy=False,
        readonly=True,
        export_string_translation=False,
        help="How it would have ended without the closing of its contract.",
    )

    def _end_with_contract(self):
        """Make the last day of the closed contract the last one; does nothing where it is already.

        What was done stays, and what somebody wrote notes on is skipped; everything else that is planned for later
        days goes, moved by hand or not. A recurrence that was to begin later is archived.
        """
        for recurrence in self:
            day = recurrence.contract_id.date_closed
            extras = recurrence.exception_ids.filtered(lambda row, day=day: row.kind == "extra" and row.date > day)
            ends = recurrence.date_start > day or not recurrence.date_last or recurrence.date_last > day
            if (ends or extras) and not recurrence.end_before_close:
                recurrence.end_before_close = recurrence._remember_end(day, extras)
            extras.unlink()
            recurrence._take_back_after(day, self.env._("The contract was closed."))
            if recurrence.date_start > day:
                recurrence.action_archive()
            elif ends:
                recurrence._end_on(day)

    def _remember_end(self, day, extras):
        """The end of the recurrence, and the day on which it ends instead, as JSON can hold it."""
        return {
            "closed": fields.Date.to_string(day),
            "end_kind": self.end_kind,
            "date_end": fields.Date.to_string(self.date_end) or False,
            "extras": [fields.Date.to_string(day) for day in extras.mapped("date")],
        }

    def _go_on_with_contract(self, date_ref):
        """Have the end that it had before its contract was closed, and plan what is missing from today on.

        One that somebody has given another end since keeps that.
        """
        for recurrence in self:
            before, day = recurrence.end_before_close, recurrence.end_before_close["closed"]
            recurrence.end_before_close = False
            ours = recurrence.end_kind == "until" and fields.Date.to_string(recurrence.date_end) == day
            if recurrence.active and not ours:
                continue
            recurrence.write(
                {
                    "active": True,
                    "end_kind": before["end_kind"],
                    "date_end": before["date_end"],
                    "exception_ids": [Command.create({"kind": "extra", "date": day}) for day in before["extras"]],
                    "filled_until": False,
                }
            )
            if recurrence.rule_in_force:
                recurrence._put_in_force(recurrence._get_checked_rule())
                recurrence._generate(date_ref)
            recurrence.rule_outdated = False

    def action_end(self):
        """Make today the last day: what is planned for later goes, what was done or has notes stays.

        One that was to begin later is archived.
        """
        self.check_access("write")
        for recurrence in self.filtered(lambda one: one.state in ("running", "ending")):
            today = recurrence.company_id._subscription_today()
            recurrence._take_back_after(today, self.env._("The recurrence was ended."))
            if recurrence.date_start > today:
                recurrence.action_archive()
            else:
                recurrence._end_on(today)

    def _take_back_after(self, day, reason):
        """Take back what is planned for later days; what somebody wrote notes on is skipped, for the reason."""
        rows = self.interaction_ids.filtered(
            lambda row: row.state == "planned" and not row.invoice_id and row.occurrence_date > day
        )
        noted = rows.filtered(lambda row: row._has_notes())
        noted._skip(reason)
        (rows - noted)._remove()

    def _end_on(self, day):
        """Make a day the last one of the rule, in force at once."""
        self.write({"end_kind": "until", "date_end": day})
        if self.rule_in_force:
            self._put_in_force(self._get_checked_rule())
            self._refresh_states(self.company_id, self.company_id._subscription_today())
        self.rule_outdated = False
