"""From the rule to interactions: which days, which are missing, and making them. Repeating it changes nothing."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import recurrence as engine
from ...tools.recurrence.shift import days_asked, localise, shift

# Dates of an endless rule that are made ahead, whatever the setting says; the rest follows as time goes by
MAX_OPEN = 400
# Dates of a range with an end that are made at once, and interactions of all its customers
MAX_DATES = 1000
MAX_AT_ONCE = 20000
NOON = time(12)


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    filled_until = fields.Date(
        copy=False, readonly=True, index=True, help="Up to this day all interactions have been made."
    )

    # === DAYS === #
    def _get_horizon(self, date_ref, rule=None):
        """Last day up to which interactions are made on the day `date_ref`.

        A range with an end is made as a whole (REC-14, REC-17), as far as the ceilings go; one without, so many days
        ahead. What is beyond follows as the days go by.

        :param rule: default: the one in force.
        """
        self.ensure_one()
        rule = rule or self._get_rule_in_force()
        days = self.company_id.subscription_recurrence_days
        ahead = fields.Date.add(date_ref, days=days)
        if not rule.has_end:
            if days <= MAX_OPEN:  # no rule has more dates than there are days
                return ahead
            return min(ahead, engine.next_slots(rule, date_ref - timedelta(days=1), MAX_OPEN)[-1])
        slots = engine.next_slots(rule, date_ref - timedelta(days=1), self._get_ceiling())
        whole = slots[-1:] if len(slots) == self._get_ceiling() else [*slots[-1:], *self._get_exception_days()[1]]
        return max([ahead, *whole])

    def _get_ceiling(self):
        """Dates of a range with an end that are made at once: fewer where each is made for many customers."""
        self.ensure_one()
        return max(1, min(MAX_DATES, MAX_AT_ONCE // max(1, len(self._get_targets()))))

    def _get_slots(self, rule, first, last):
        """Slots from `first` to `last`, or the next one after when there is none, without those left out for all.

        :return: sorted list of dates, extra dates of the window included.
        """
        self.ensure_one()
        left_out, extra = self._get_exception_days()
        found = [slot for slot in engine.slots(rule, first, last) if slot not in left_out]
        if not found:
            following = engine.next_slots(rule, last, len(left_out) + 1)
            found = [slot for slot in following if slot not in left_out][:1]
        found += [day for day in extra if first <= day <= last]
        return sorted(set(found))

    def _get_exception_days(self):
        """(dates left out for all, extra dates), two sets."""
        general = self.exception_ids.filtered(lambda exception: not exception.partner_id)
        extra = general.filtered(lambda exception: exception.kind == "extra")
        return set((general - extra).mapped("date")), set(extra.mapped("date"))

    def _get_past_slots(self, rule, date_ref):
        """Slots before the day, without those left out for all: the latest, as many as may be made at once."""
        self.ensure_one()
        left_out, extra = self._get_exception_days()
        yesterday = date_ref - timedelta(days=1)
        found = {*engine.slots(rule, rule.start, yesterday), *(day for day in extra if day < date_ref)}
        return sorted(found - left_out)[-self._get_ceiling() :]

    def _plan_days(self, slots, rule, works=None):
        """The day on which each slot is to be done, away from days off; slots left out are not in the answer.

        :param works: function of (calendar, first, last) that gives the days off; default: asked for now.
        :return: dict of slot → day, both dates.
        """
        self.ensure_one()
        if self.shift_mode == "none" or not slots:
            return {slot: slot for slot in slots}
        first, last = days_asked(slots[0], slots[-1])
        # Slots just outside may be moved onto the same days, or be on them.
        around = sorted({*engine.slots(rule, first, last), *slots})
        off = (works or self._read_days_off)(self._get_calendar(), *days_asked(first, last))
        days = {slot: shift(slot, self.shift_mode, lambda day: day not in off) for slot in around}
        if rule.frequency in ("daily", "weekly"):
            days = self._merge_days(days)
        return {slot: days[slot] for slot in slots if days.get(slot)}

    def _merge_days(self, days):
        """Of slots that fall on one day keep the one that belongs there, else the first."""
        taken = {day for slot, day in days.items() if slot == day}
        merged = {}
        for slot, day in days.items():
            if day and (slot == day or day not in taken):
                merged[slot] = day
                taken.add(day)
        return merged

    def _get_calendar(self):
        """Working days to go by: chosen, of the responsible as employee, or of the company."""
        self.ensure_one()
        # sudo: the working hours of a colleague decide, whoever generates
        employee = self.user_id.sudo().with_company(self.company_id).employee_id
        return self.calendar_id or employee.resource_calendar_id or self.company_id.resource_calendar_id

    def _read_days_off(self, calendar, first, last):
        """Days without work from `first` to `last`: weekends as the calendar has them, and public holidays."""
        if not calendar:
            return set()
        zone = ZoneInfo(calendar.tz or "UTC")
        window = (datetime.combine(day, moment, zone) for day, moment in ((first, time.min), (last, time.max)))
        # sudo: public holidays are for everybody, reading the leaves behind them is not
        days = calendar.sudo()._get_unusual_days(*window, company_id=self.company_id)
        return {fields.Date.to_date(day) for day, is_off in days.items() if is_off}

    # === VALUES === #
    def _prepare_when(self, day):
        """Day and time values of an interaction planned on a day.

        Without a time it is kept at noon UTC, so that its date is the same wherever it is looked at.
        """
        self.ensure_one()
        if self.all_day:
            start = stop = datetime.combine(day, NOON)
        else:
            hour, minute = divmod(round(self.time * 60), 60)
            start = localise(day, time(hour % 24, minute), self.tz)
            stop = start + timedelta(hours=self.duration)
        return {"occurrence_date": day, "all_day": self.all_day, "date_start": start, "date_stop": stop}

    def _prepare_what(self):
        """Values that every interaction of the recurrence has, and follows while it is open."""
        self.ensure_one()
        return {"name": self.name, "note": self.note, "contract_id": self.contract_id.id}

    def _prepare_interaction_values(self, slot, day, partner, rule):
        """Values of one interaction; it stands for the slot, whatever day it is planned on."""
        return {
            **self._prepare_what(),
            **self._prepare_when(day),
            "recurrence_id": self.id,
            "slot_key": slot,
            "company_id": self.company_id.id,
            "type_id": self.type_id.id,
            "user_id": self.user_id.id,
            "partner_id": partner.id,
        }

    # === WHAT IS MISSING === #
    def _get_targets(self):
        """Customers of each date; a filter has none before its day, and neither has what is done for nobody."""
        self.ensure_one()
        return list(self.partner_ids) if self.audience == "fixed" else [self.env["res.partner"]]

    def _get_standing_keys(self, first):
        """What stands or was left out from the day `first` on.

        :return: dict of recurrence id → set of (slot, customer id); a date left out for all has customer id None.
        """
        keys = defaultdict(set)
        rows = self.env["subscription.interaction"].search_fetch(
            [("recurrence_id", "in", self.ids), "|", ("slot_key", ">=", first), ("covers_key", ">=", first)],
            ["recurrence_id", "slot_key", "covers_key", "partner_id"],
        )
        filtered = set(self.filtered(lambda recurrence: recurrence.audience == "filter").ids)
        for row in rows:
            owner = row.recurrence_id.id
            partner = False if owner in filtered else row.partner_id.id
            keys[owner] |= {(row.slot_key, partner), (row.covers_key, partner)}
        for exception in self.exception_ids.filtered(lambda row: row.kind != "extra" and row.partner_id):
            keys[exception.recurrence_id.id].add((exception.date, exception.partner_id.id))
        return keys

    def _get_first_day(self, date_ref, past=False):
        """First day of which interactions may be missing: today, or the one after the last that was made.

        With the past, the first one of the rule, or of what it has besides.
        """
        self.ensure_one()
        if past:
            return min([self._get_rule_in_force().start, *self._get_exception_days()[1]])
        return self.filled_until + timedelta(days=1) if self.filled_until else date_ref

    def _get_missing(self, date_ref, past=False):
        """What is missing up to the horizon; nothing is written.

        :param past: the dates before `date_ref`, too, of which nothing stands.
        :return: dict of recurrence → list of (slot, day, customer id), in order of their days.
        """
        if not self:
            return {}
        keys = self._get_standing_keys(min(recurrence._get_first_day(date_ref, past) for recurrence in self))
        works = self._remember_days_off()
        return {one: one._get_own_missing(date_ref, keys[one.id], works, past) for one in self}

    def _get_own_missing(self, date_ref, standing, works, past=False):
        rule = self._get_rule_in_force()
        slots = self._get_slots(rule, min(date_ref, self._get_first_day(date_ref)), self._get_horizon(date_ref))
        if self.filled_until:
            slots = [slot for slot in slots if slot > self.filled_until]
        if past:
            slots = sorted({*self._get_past_slots(rule, date_ref), *slots})
        targets = [partner.id for partner in self._get_targets()]
        return [
            (slot, day, partner_id)
            for slot, day in self._plan_days(slots, rule, works).items()
            for partner_id in targets
            if (slot, partner_id) not in standing
        ]

    def _remember_days_off(self):
        """A function that reads the days off of each calendar and window once."""
        known = {}

        def read(calendar, first, last):
            # Whole months, so that recurrences of one batch share their windows
            first, last = first.replace(day=1), fields.Date.end_of(last, "month")
            key = (calendar, first, last)
            if key not in known:
                known[key] = self[:1]._read_days_off(calendar, first, last)
            return known[key]

        return read

    # === MAKING === #
    def _generate(self, date_ref, past=False):
        """Make the interactions that are missing up to the horizon; doing it again makes none (S-9, S-10).

        :param date_ref: today, in the company of the recurrences.
        :param past: those of the days before today, too: a person has asked for them.
        :return: the new interactions.
        :raise UserError: a company has subscriptions switched off.
        """
        self.company_id._check_subscription_enabled()
        rows = self._insert(self._get_missing(date_ref, past))
        for recurrence in self.filtered(lambda recurrence: not recurrence.rule_in_force):
            recurrence._put_in_force(recurrence._get_checked_rule())
        for horizon, recurrences in self.grouped(lambda recurrence: recurrence._get_horizon(date_ref)).items():
            recurrences.write({"filled_until": horizon})
        for company, recurrences in self.grouped("company_id").items():
            recurrences._refresh_states(company, date_ref)
        return rows

    def _insert(self, missing):
        """Insert the interactions in one statement; what another process has made meanwhile is left to it.

        Hundreds of thousands of rows are made here, from recurrences that were checked when they were saved: the ORM
        would take five times as long to find out nothing new. Regeneration and people create through the ORM.

        :param missing: as :meth:`_get_missing` gives it.
        :return: the new interactions.
        """
        rows = [
            (one.id, slot, day, partner_id or None, when["date_start"], when["date_stop"])
            for one, days in missing.items()
            for slot, day, partner_id in days
            for when in (one._prepare_when(day),)
        ]
        interactions = self.env["subscription.interaction"]
        if not rows:
            return interactions
        columns = [list(column) for column in zip(*rows, strict=True)]
        self.flush_recordset()
        interactions.flush_model(["recurrence_id", "slot_key", "partner_id"])
        made = self.env.execute_query(
            SQL(
                """
                INSERT INTO subscription_interaction
                       (recurrence_id, slot_key, occurrence_date, partner_id, date_start, date_stop, name, note,
                        contract_id, company_id, type_id, user_id, all_day, state,
                        create_uid, create_date, write_uid, write_date)
                SELECT one.id, new.slot, new.day, new.partner_id, new.start, new.stop, one.name, one.note,
                       one.contract_id, one.company_id, one.type_id, one.user_id, one.all_day, 'planned',
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(recurrences)s::int[], %(slots)s::date[], %(days)s::date[], %(partners)s::int[],
                              %(starts)s::timestamp[], %(stops)s::timestamp[])
                       AS new(recurrence_id, slot, day, partner_id, start, stop)
                  JOIN subscription_recurrence one ON one.id = new.recurrence_id
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                **dict(zip(("recurrences", "slots", "days", "partners", "starts", "stops"), columns, strict=True)),
            )
        )
        self.invalidate_recordset(["interaction_ids"])
        return interactions.browse(row[0] for row in made)

    def action_generate(self):
        """Ask first, with the number of interactions (REC-14, REC-15).

        :raise UserError: all dates of a rule are over or left out (REC-14).
        """
        self.check_access("write")
        self._check_generate()
        wizard = self.env["subscription.recurrence.generate"].create({"recurrence_ids": [(6, 0, self.ids)]})
        return wizard._get_form_action()

    def _check_generate(self):
        """Raise when there is nothing to make, with the reason."""
        for recurrence in self:
            recurrence._check_responsible(recurrence.user_id)
            recurrence._check_invoice_template()
            today = recurrence.company_id._subscription_today()
            rule = recurrence._get_rule_in_force()
            coming = recurrence._get_slots(rule, today, recurrence._get_horizon(today))
            if not coming and not recurrence._get_past_slots(rule, today):
                raise UserError(
                    self.env._(
                        "“%(recurrence)s” gives no date: all dates of its rule are left out.",
                        recurrence=recurrence.name,
                    )
                )
