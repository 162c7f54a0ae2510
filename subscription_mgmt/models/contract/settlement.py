"""The one way in which money follows the terms: every act changes terms, then the plan is settled against them."""

from collections import namedtuple

from odoo import models
from odoo.tools import float_compare

from ...tools import settlement
from ...tools.pauses import moved_back, paused_slots, unserved
from ...tools.periods import ONE_DAY
from ...tools.plan import Cadence
from ...tools.proration import get_exact_price, net, rounded
from ..common.context import LATER, LEDGER
from .ledger import LedgerReader
from .plan import get_horizon

FIGURES = ("quantity", "price_unit", "discount")
# Contracts that are read and settled together: of many, only these are in memory
PIECE = 500
# As exact as prices are computed
EXACT_DIGITS = 8

# What settling does to the plan. added: list of values; changed: list of (row, values); removed, kept: rows
PlanChange = namedtuple("PlanChange", "added changed removed kept")


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _settle(self, until=None, reason=None):
        """Bring the payment plan in line with the terms: the only writer of planned rows and of what gives back.

        Billed rows stay; what they charge for days without service comes back by rows tied to them, never more than
        is left of their invoice line. Twice changes nothing, and no order of acts matters (WSM-04, WSM-31..42).

        :param until: last day on which a period may start, included; default: fixed terms in full, open-ended lines
            up to the company's horizon from today.
        :param reason: said on rows that give back.
        :return: :class:`PlanChange` that was carried out.
        """
        if self.env.context.get("subscription_settle") is LATER:
            return None
        # sudo: whoever may change the terms has the plan follow them
        rows = self.env["subscription.installment"].sudo()
        total = PlanChange([], [], rows, rows)
        self._touch()
        for start in range(0, len(self), PIECE):
            change = self[start : start + PIECE]._get_plan_difference(until, reason)
            change.removed.with_context(subscription_ledger=LEDGER).unlink()
            for row, values in change.changed:
                row.with_context(subscription_ledger=LEDGER).write(values)
            # A row that was moved off a day makes room for another one there.
            rows.flush_model(["date_from"])
            rows.with_context(subscription_ledger=LEDGER).create(change.added)
            total = PlanChange(*(before + new for before, new in zip(total, change, strict=True)))
        return total

    def _touch(self):
        """Write the contracts' own rows, so that of two transactions that settle the same contract one is done anew.

        Terms stand in many tables: two people who change one each would both commit, and the plan would be that of
        neither. A lock alone does not tell the second one that its snapshot is old.

        :raise OperationalError: somebody else has settled one of them since this transaction began.
        """
        self.env.cr.execute(
            """
            UPDATE subscription_contract SET write_date = write_date
             WHERE id IN (SELECT id FROM subscription_contract WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
            """,
            [self.ids],
        )

    def _get_plan_difference(self, until=None, reason=None):
        """What settling would do; writes nothing.

        :return: :class:`PlanChange`.
        """
        contracts = self.filtered(lambda contract: contract.state != "draft")
        rows = self.env["subscription.installment"].sudo()  # sudo: as in _settle
        change = PlanChange([], [], rows, rows)
        if not contracts:
            return change
        reader = LedgerReader(contracts)
        removed, kept = [], []
        for chain in contracts._get_line_chains():
            chain._add_plan_difference(reader, until, reason, change, removed, kept)
        return change._replace(removed=rows.browse(removed), kept=rows.browse(kept))

    def _get_line_chains(self):
        """Lines and their successors, the oldest first: periods are counted through a chain from one anchor."""
        lines = self.with_context(active_test=False).line_ids.sorted("id")
        followers = {line.replaces_id.id: line for line in lines if line.replaces_id}
        chains = []
        for line in lines.filtered(lambda line: not line.replaces_id):
            ids = [line.id]
            while ids[-1] in followers:
                ids.append(followers[ids[-1]].id)
            chains.append(line.browse(ids).with_prefetch(lines.ids))
        return chains


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    def _get_cadence(self):
        """The line's recurrence as the plain-Python plan reads it; periods are counted from the start of its chain."""
        self.ensure_one()
        first = self
        while first.replaces_id:
            first = first.replaces_id
        ends = [self.date_end] if self.date_end else []
        if self.is_fee:
            anchor = first.date_start
        else:
            anchor = max(first.date_start, self.contract_id._get_first_paid_day())
            ends += self.contract_id._get_last_days()
        cadence = Cadence(
            anchor=anchor,
            interval=self.interval,
            unit=self.interval_unit,
            anchor_day=self.anchor_day or None,
            repetitions=self.repetitions or None,
            date_end=min(ends) if ends else None,
        )
        return moved_back(cadence, self._get_moved_days()) if cadence.repetitions else cadence

    def _get_moved_days(self):
        """By how many days pauses moved the end of a line with a number of periods."""
        return 0 if self.is_fee else sum(self.contract_id.pause_ids.mapped("moved_days"))

    def _get_terms(self, reader, until=None):
        """What was agreed for the line, for the settlement in plain Python.

        :param reader: of a batch with its contract.
        """
        self.ensure_one()
        company, cadence = self.contract_id.company_id, self._get_cadence()
        return settlement.Terms(
            line=self.id,
            cadence=cadence,
            served=self._get_served(reader, cadence),
            price=get_exact_price(self.quantity, self.price_unit, self.discount),
            horizon=until or get_horizon(company, cadence, self.date_start, reader.get_today(company)),
            prorate=self.prorate,
            paid_until=self.paid_until or None,
        )

    def _get_served(self, reader, cadence):
        """Days of service: those of line and contract, without trial and pauses."""
        if self.is_fee:
            return () if self.is_withdrawn else settlement.served((self.date_start, self.date_end))
        pauses = reader.pauses[self.contract_id.id]
        return settlement.served(*self._get_spans(reader), pauses=unserved(pauses, cadence) if pauses else ())

    def _get_spans(self, reader):
        """Days that line and contract go on, both of which a day of service lies in: (first, last) with None."""
        contract = self.contract_id
        first, last = contract._get_first_paid_day(), min(contract._get_last_days(), default=None)
        spans = [(self.date_start, self.date_end or None), (first, last)]
        if self.is_void:
            spans.append((self.date_start, self.date_start - ONE_DAY))
        elif not self.active:
            # A line that was taken away serves until the last day that was billed.
            spans.append((self.date_start, reader.get_billed_until(self) or self.date_start - ONE_DAY))
        return spans

    def _add_plan_difference(self, reader, until, reason, change, removed, kept):
        """Add what settling this chain of lines does to the change."""
        lines = {line.id: line for line in self}
        ledger = reader.get_ledger(self, self[0].currency_id.decimal_places)
        terms = {line.id: line._get_terms(reader, until) for line in self}
        difference = settlement.difference(settlement.settle(list(terms.values()), ledger), ledger.planned)
        stored = {row.id: row for line in self for row in reader.rows[line.id]}
        rows = self.env["subscription.installment"].sudo()  # sudo: as when settling
        removed += [*difference.delete, *difference.idle]
        for item in difference.create:
            change.added.append(lines[item.line]._prepare_settled_values(item, reader, reason))
        loose = list(difference.change)
        for line in self:
            mine = [pair for pair in difference.keep if pair[1].line == line.id]
            loose += line._filter_loose(mine, stored) if mine else []
        for key, item in loose:
            values = lines[item.line]._prepare_settled_values(item, reader, reason)
            new = _get_news(stored[key], values, self.env)
            if new:
                change.changed.append((rows.browse(key), new))
        changed = {row.id for row, _values in change.changed}
        kept += [key for key, _item in difference.change + difference.keep if key not in changed]
        for line in self:
            line._add_skipped_rows(reader, terms[line.id].served, change, removed)
            line._add_paused_rows(reader, terms[line.id], change, removed)

    def _filter_loose(self, kept, stored):
        """Rows to keep that may still say something else than they should: not those of whole periods at our terms.

        Of nearly all contracts these are all rows, and nothing of them has to be worked out.

        :param kept: list of (key, what the row should be).
        """
        figures = tuple(self[name] for name in FIGURES)
        prorate, advance = self.prorate, self.billing_timing == "advance"
        loose = []
        for key, item in kept:
            row = stored[key]
            if (
                isinstance(item, settlement.Correction)
                or item.part
                or item.decision
                or (row.quantity, row.price_unit, row.discount) != figures
                or row.date_invoice != (item.date_from if advance else item.date_to + ONE_DAY)
                or (row.whole_from, row.whole_to) != item.whole
                or row.price_whole is None
                or row.prorate != prorate
            ):
                loose.append((key, item))
        return loose

    def _add_skipped_rows(self, reader, served, change, removed):
        """Show the stretches that a person skipped, as long as there is service on them.

        :param served: days of service of the line.
        """
        rows = {row.decision_id: row.id for row in reader.rows[self.id] if row.state == "skipped"}
        # Rows that were skipped before there were decisions stay as they are.
        rows.pop(None, None)
        for decision in reader.decisions[self.id]:
            if decision.amount is not None:
                continue
            id_ = reader.decision_ids[decision]
            shown = any(first <= decision.date_to and last >= decision.date_from for first, last in served)
            row = rows.pop(id_, None)
            if shown and not row:
                change.added.append(self._prepare_skipped_values(id_))
            elif row and not shown:
                removed.append(row)
        removed += rows.values()

    def _add_paused_rows(self, reader, terms, change, removed):
        """Show the days that pauses take out of the plan, one row for each period, where no other row stands."""
        stored = {(row.pause_id, row.date_from, row.date_to): row.id for row in reader.rows[self.id] if row.pause_id}
        pauses = reader.pauses[self.contract_id.id]
        if pauses and not self.is_fee:
            billed = [(row.date_from, row.date_to) for row in reader.rows[self.id] if row.state == "invoiced"]
            skipped = [item[1:3] for item in reader.decisions[self.id] if item.amount is None]
            agreed = settlement.served(*self._get_spans(reader))
            for pause, slot in paused_slots(pauses, terms, agreed, billed + skipped):
                if not stored.pop((pause.key, slot.date_from, slot.date_to), None):
                    change.added.append(self._prepare_paused_values(pause, slot))
        removed += stored.values()

    # === VALUES === #
    def _prepare_paused_values(self, pause, slot):
        """Values of a row that says that nothing is charged for these days."""
        reason = self.env["subscription.pause"].sudo().browse(pause.key).reason
        return {
            "contract_id": self.contract_id.id,
            "line_id": self.id,
            "date_from": slot.date_from,
            "date_to": slot.date_to,
            "date_invoice": self._get_billing_date(slot.date_from, slot.date_to),
            "pause_id": pause.key,
            "state": "skipped",
            "reason": reason or self.env._("Paused"),
            "quantity": 1.0,
            "price_unit": 0.0,
            "discount": 0.0,
        }

    def _prepare_settled_values(self, item, reader, reason):
        """Values of the row for what settlement asks: a charge, or a correction of a billed row."""
        self.ensure_one()
        values = {
            "contract_id": self.contract_id.id,
            "line_id": self.id,
            "date_from": item.date_from,
            "date_to": item.date_to,
        }
        if isinstance(item, settlement.Correction):
            return {**values, **self._prepare_correction_values(item, reason)}
        decision = self.env["subscription.decision"].sudo().browse(reader.decision_ids.get(item.decision))
        return {
            **values,
            "date_invoice": decision.date_invoice or self._get_billing_date(item.date_from, item.date_to),
            "whole_from": item.whole[0],
            "whole_to": item.whole[1],
            "price_whole": float(item.price),
            "prorate": self.prorate,
            "decision_id": decision.id,
            "is_edited": bool(decision),
            **self._get_part_figures(item, decision._get_figures() if decision else self._get_figures()),
        }

    def _prepare_correction_values(self, item, reason):
        day = min(item.date_from, self.company_id._subscription_today())
        return {
            "credited_id": item.row,
            "is_again": item.again,
            "date_invoice": max(day, self.final_from or day),
            "reason": self._get_correction_reason(item, reason),
            "quantity": 1.0,
            "price_unit": float(item.amount),
            "discount": 0.0,
        }

    def _get_correction_reason(self, item, reason):
        """Why something is given back or charged again, in the words of the act where it is what the act did."""
        if item.excess:
            return self.env._("Given back twice")
        return reason or (self.env._("Service again") if item.amount > 0 else self.env._("No service"))

    def _prepare_skipped_values(self, decision_id):
        decision = self.env["subscription.decision"].sudo().browse(decision_id)
        return {
            "contract_id": self.contract_id.id,
            "line_id": self.id,
            "date_from": decision.date_from,
            "date_to": decision.date_to,
            "date_invoice": decision.date_invoice or self._get_billing_date(decision.date_from, decision.date_to),
            "decision_id": decision.id,
            "state": "skipped",
            "reason": decision.reason,
            **decision._get_figures(),
        }

    def _get_billing_date(self, date_from, date_to):
        day = date_from if self.billing_timing == "advance" else date_to + ONE_DAY
        if self.billing_timing == "arrears" and date_to == self.date_end:
            day = max(day, self.final_from or day)
        return max(day, self.bill_from or day)

    def _get_figures(self):
        """Quantity, price and discount of a whole period."""
        return {name: self[name] for name in FIGURES}

    def _get_part_figures(self, item, figures):
        """Quantity, price and discount that come to the amount of a row, to the cent.

        A part has its unit price prorated. Where quantity or discount would then miss the amount by a cent, the row
        says one unit at the amount instead.
        """
        currency, amount = self.currency_id, float(item.amount)
        if not item.part:
            whole = currency.round(figures["quantity"] * figures["price_unit"] * (1 - figures["discount"] / 100))
            if currency.compare_amounts(whole, amount) == 0:
                return figures
        else:
            days, of = (item.date_to - item.date_from).days + 1, (item.whole[1] - item.whole[0]).days + 1
            digits = self.env["decimal.precision"].precision_get("Product Price")
            price_unit = float(rounded(net(1, figures["price_unit"], 0) * days / of, digits))
            by_price = currency.round(figures["quantity"] * price_unit * (1 - figures["discount"] / 100))
            if currency.compare_amounts(by_price, amount) == 0:
                return {**figures, "price_unit": price_unit}
        return {"quantity": 1.0, "price_unit": amount, "discount": 0.0}


def _get_news(row, values, env):
    """Those of the values that differ from the row's own; the day and the reason of a correction stay as they are."""
    skipped = {"contract_id", "is_edited"} | ({"date_invoice", "reason"} if values.get("credited_id") else set())
    fields, news = env["subscription.installment"]._fields, {}
    for name, value in values.items():
        if name in skipped or not hasattr(row, name):
            continue
        old = getattr(row, name)
        if fields[name].type == "float":
            digits = fields[name].get_digits(env)
            if old is None or float_compare(old, value, precision_digits=digits[1] if digits else EXACT_DIGITS):
                news[name] = value
        elif (old or False) != (value or False):
            news[name] = value
    return news
