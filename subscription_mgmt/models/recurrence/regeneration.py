"""A changed rule meets what stands: shown first, then done, and what was done or moved by hand stays (REC-19..21)."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError, ValidationError

from ...tools import recurrence as engine
from ...tools.recurrence.check import check
from ...tools.recurrence.refusal import RuleRefusal
from ...tools.recurrence.regenerate import Existing, plan
from ..common.context import QUIET


@dataclass
class Change:
    """What regeneration does: interactions and, for new ones, values.

    :ivar kept: recordset that stays as it is
    :ivar moved: list of (interaction, new slot, new day)
    :ivar removed: recordset to delete
    :ivar added: list of values
    :ivar covered: dict of interaction → slot of the new rule for which it stands
    :ivar tombstones: dict of exception → slot of the new rule that stays deleted in its stead
    """

    kept: object
    removed: object
    moved: list = field(default_factory=list)
    added: list = field(default_factory=list)
    covered: dict = field(default_factory=dict)
    tombstones: dict = field(default_factory=dict)

    @property
    def digest(self):
        """Fingerprint of everything that was shown; another one means that something has changed since."""
        rows = [(row.id, row.state, row.occurrence_date, row.is_moved) for row in self.kept + self.removed]
        moves = [(row.id, slot, day) for row, slot, day in self.moved]
        added = [(values["slot_key"], values["occurrence_date"], values["partner_id"]) for values in self.added]
        return hashlib.sha256(repr((sorted(rows), sorted(moves), sorted(added, key=repr))).encode()).hexdigest()


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    # === ACTIONS === #
    def action_regenerate(self):
        """Show what a regeneration would keep, move, remove and add; it is done there (REC-20).

        :raise UserError: it was never generated, or the rule is not taken.
        """
        self.check_access("write")
        self.ensure_one()
        if not self.rule_in_force:
            raise UserError(self.env._("“%(recurrence)s” was not generated yet.", recurrence=self.name))
        wizard = self.env["subscription.recurrence.regenerate"].create({"recurrence_id": self.id})
        return wizard._get_form_action()

    # === THE DIFFERENCE === #
    def _get_change(self, date_ref, rule=None, since=None):
        """What the interactions would become under a rule; nothing is written.

        :param date_ref: today in the company.
        :param rule: default: the one that the fields say now.
        :param since: first day that may change; default: today. Earlier ones are past and stay.
        :return: a :class:`Change`.
        """
        self.ensure_one()
        new, old = rule or self._get_checked_rule(), self._get_rule_in_force()
        since = since or date_ref
        rows = self.env["subscription.interaction"].search([("recurrence_id", "=", self.id)])
        nothing = rows.browse()
        change = Change(kept=nothing, removed=nothing)
        days = self._get_wanted_days(new, since, date_ref)
        for partner, standing in self._group_standing(rows):
            # An extra date that stands is left alone; nothing else may be moved there.
            left_out = self._get_own_left_out(partner) | self._get_standing_extra(rows, partner)
            wanted = [slot for slot in days if slot not in left_out] if partner in self._get_targets() else []
            self._add_to_change(change, standing, plan(standing, wanted, since=since, old=old, new=new), days, partner)
        change.kept = rows - change.removed - rows.browse(row.id for row, _slot, _day in change.moved)
        self._add_shifted(change, days, since)
        return change

    def _get_wanted_days(self, rule, since, date_ref):
        """Slot → day of everything that the rule wants from a day on, as far as interactions are made ahead."""
        return self._plan_days(self._get_slots(rule, since, self._get_new_horizon(rule, date_ref)), rule)

    def _get_new_horizon(self, rule, date_ref):
        """Last day up to which interactions are made when the rule takes the place of the one in force.

        Never before what an endless one has reached; how far a range with an end went says nothing for another rule.
        """
        horizon = self._get_horizon(date_ref, rule)
        return horizon if self._get_rule_in_force().has_end else max(horizon, self.filled_until or horizon)

    def _group_standing(self, rows):
        """(customer, what stands for him) for those who have interactions and those who shall have."""
        nobody = self.env["res.partner"]
        extra = self._get_exception_days()[1]
        groups = defaultdict(dict, {partner: {} for partner in self._get_targets()})
        for row in rows:
            if row.slot_key in extra:
                continue
            # Of what a filter has become on its day, one stands for the date.
            owner = nobody if self.audience == "filter" else row.partner_id
            frozen = row._is_frozen() or bool(self.audience == "filter" and row.partner_id)
            groups[owner][row.slot_key] = Existing(
                slot=row.slot_key, planned=row.occurrence_date, frozen=frozen, ref=row
            )
        for exception in self.exception_ids.filtered(lambda exception: exception.kind == "deleted"):
            groups[exception.partner_id].setdefault(
                exception.date, Existing(slot=exception.date, planned=exception.date, frozen=True, ref=exception)
            )
        return [(partner, list(standing.values())) for partner, standing in groups.items()]

    def _get_standing_extra(self, rows, partner):
        """Extra dates on which an interaction of the customer stands."""
        extra = self._get_exception_days()[1]
        # Of what a filter has become on its day, one stands for the date.
        anybody = self.audience == "filter"
        return {row.slot_key for row in rows if row.slot_key in extra and (anybody or row.partner_id == partner)}

    def _get_own_left_out(self, partner):
        """Dates that were deleted or left out for one customer."""
        own = self.exception_ids.filtered(lambda row: row.kind != "extra" and row.partner_id == partner and partner)
        return set(own.mapped("date"))

    def _add_to_change(self, change, standing, difference, days, partner):
        change.removed |= change.removed.browse(one.ref.id for one in difference.removed)
        change.moved += [(one.ref, slot, days[slot]) for one, slot in difference.moved]
        tombstone = self.exception_ids._name
        change.covered |= {one.ref: False for one in standing if one.frozen and one.ref._name != tombstone}
        change.covered |= {one.ref: slot for one, slot in difference.covered if one.ref._name != tombstone}
        change.tombstones |= {one.ref: slot for one, slot in difference.covered if one.ref._name == tombstone}
        extra = {row.slot_key for row in self.interaction_ids if row.partner_id == partner}
        rule = self._get_rule_in_force()
        change.added += [
            self._prepare_interaction_values(slot, days[slot], partner, rule)
            for slot in difference.added
            if slot not in extra
        ]

    def _add_shifted(self, change, days, since):
        """Those that keep their slot, but whose day or customer is another one now."""
        for row in change.kept:
            day = days.get(row.slot_key)
            if day and row.slot_key >= since and day != row.occurrence_date and not row._is_frozen():
                change.moved.append((row, row.slot_key, day))
                change.kept -= row

    # === DOING IT === #
    def _regenerate(self, date_ref, digest=None, rule=None, since=None):
        """Carry out the change, and put the rule in force.

        :param digest: of what was shown; without it nothing is compared.
        :return: the :class:`Change` that was carried out.
        :raise UserError: something has changed since it was shown.
        """
        self.ensure_one()
        self.company_id._check_subscription_enabled()
        self._wait_for_lock()
        rule = rule or self._get_checked_rule()
        change, horizon = self._get_change(date_ref, rule, since), self._get_new_horizon(rule, date_ref)
        if digest:
            self._check_shown(change, digest)
        self._carry_out(change)
        self._put_in_force(rule)
        self.write({"filled_until": horizon, "rule_outdated": False})
        self._refresh_states(self.company_id, date_ref)
        self.message_post(body=self._describe_change(change))
        return change

    def _check_shown(self, change, digest):
        """Raise when the change is not the one that was shown.

        :raise UserError: somebody has changed an interaction or the recurrence meanwhile.
        """
        if change.digest != digest:
            raise UserError(
                self.env._("The interactions have changed since they were shown. Look at the difference again.")
            )

    def _carry_out(self, change):
        # sudo: changing a recurrence is enough to change what it has planned
        rows = self.env["subscription.interaction"].sudo().with_context(**QUIET)
        noted = change.removed.filtered(lambda row: row._has_notes())
        (change.removed - noted)._remove()
        if noted:
            # What somebody wrote on them is not thrown away.
            noted._skip(self.env._("The rule was changed."))
        for row, slot, day in change.moved:
            row.sudo().write({"slot_key": slot, "covers_key": False, **self._prepare_when(day), "is_moved": False})
        rows.create(change.added)
        for exception, slot in change.tombstones.items():
            exception.sudo().date = slot
        for row, slot in change.covered.items():
            if row.covers_key != slot:
                row.sudo().covers_key = slot

    def _describe_change(self, change):
        return self.env._(
            "Regenerated: %(kept)s kept, %(moved)s moved, %(removed)s removed, %(added)s added.",
            kept=len(change.kept),
            moved=len(change.moved),
            removed=len(change.removed),
            added=len(change.added),
        )

    # === THIS AND FOLLOWING === #
    def _split(self, slot, rule):
        """Close the recurrence before a slot and go on from there in a new one, with its own rule.

        :param slot: first date that the new one takes over.
        :param rule: of the new one, from that date on.
        :return: the new recurrence; the old one itself when the slot is its first.
        """
        self.ensure_one()
        old = self._get_rule_in_force()
        if slot <= engine.first_slot(old):
            return self
        target = self._copy_for_split(self._prepare_rule_values(rule))
        target._put_in_force(replace(old, start=slot, count=rule.count))
        # sudo: as in _carry_out
        rows = self.env["subscription.interaction"].sudo()
        rows.search([("recurrence_id", "=", self.id), ("slot_key", ">=", slot)]).recurrence_id = target
        self._move_exceptions(target, slot)
        self.write({"end_kind": "until", "date_end": slot - timedelta(days=1)})
        self._put_in_force(self._get_checked_rule())
        self.write({"rule_outdated": False})
        target.write({"filled_until": self.filled_until, "state": "running", "rule_outdated": False})
        self._refresh_states(self.company_id, self.company_id._subscription_today())
        return target

    def _get_split_rule(self, rule, old, slot, target):
        """The rule of “this and following”: from the slot, with the number of times that is left (S-13).

        :param rule: the changed rule, :param old: the rule in force.
        """
        if rule.count:
            before = len(engine.slots(old, old.start, slot - timedelta(days=1)))
            rule = replace(rule, count=rule.count - before)
        return replace(rule, start=min(slot, target))

    def _check_new_rule(self, rule):
        """Raise when a rule that a move would make is not taken.

        :raise ValidationError: with the reason.
        """
        try:
            check(rule)
        except RuleRefusal as refusal:
            raise ValidationError(self._say_refusal(refusal)) from refusal


class SubscriptionInteraction(models.Model):
    _inherit = "subscription.interaction"

    def _is_frozen(self):
        """Whether regeneration leaves it as it is: done, skipped, invoiced or moved by hand."""
        self.ensure_one()
        return bool(self.state != "planned" or self.invoice_id or self.is_moved)

    def _has_notes(self):
        """Whether somebody wrote something on it."""
        return bool(self.message_ids.filtered(lambda message: message.message_type in ("comment", "email")))
