"""What a change would do: the act itself, looked at and rolled back."""

import hashlib
import json
from collections import namedtuple
from contextlib import closing
from datetime import date

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# Rows of the plan that are listed; of the others their number is said
MAX_ROWS = 24

# A row of the plan as people see it: what is planned, and what the act itself has billed. day: of its invoice
Row = namedtuple("Row", "day date_from date_to what amount gives_back is_charge contract")


class SubscriptionAmendment(models.Model):
    _inherit = "subscription.amendment"

    credit = fields.Monetary(
        string="Given Back", readonly=True, copy=False, help="Untaxed, for days that were billed on the old terms."
    )
    charge = fields.Monetary(
        string="Charged", readonly=True, copy=False, help="Untaxed, on the new terms, for days before the next invoice."
    )
    next_date_before = fields.Date(string="Next Invoice Before", readonly=True, copy=False)
    next_amount_before = fields.Monetary(string="Its Amount Before", readonly=True, copy=False)
    next_date = fields.Date(string="Next Invoice", readonly=True, copy=False)
    next_amount = fields.Monetary(string="Its Amount", readonly=True, copy=False, help="Untaxed.")
    mrr_before = fields.Monetary(string="MRR Before", readonly=True, copy=False)
    mrr_after = fields.Monetary(string="MRR After", readonly=True, copy=False)
    plan_html = fields.Html(string="Payment Plan", readonly=True, copy=False, sanitize=False)
    problem = fields.Text(string="Why Not", readonly=True, copy=False, help="Why it cannot be confirmed.")
    warning = fields.Text(string="To Know", readonly=True, copy=False)
    digest = fields.Char(readonly=True, copy=False, export_string_translation=False, help="Of what was shown.")

    def _refresh(self):
        """Keep on drafts what they would do, with the contract as it is now."""
        for amendment in self.exists().filtered(lambda amendment: amendment.state == "draft"):
            amendment._write_sealed(amendment._preview())

    def _preview(self):
        """Values of the preview; nothing of the act is kept."""
        empty = dict.fromkeys(("credit", "charge", "next_amount_before", "next_amount", "mrr_before", "mrr_after"), 0.0)
        empty |= dict.fromkeys(("next_date_before", "next_date", "plan_html", "problem", "warning"), False)
        if not self.step_ids:
            return {**empty, "digest": False}
        contract = self.contract_id
        # A trial counts for nothing: what is changed in it shows on the first day that is paid.
        paid = max(self.date, contract._get_first_paid_day())
        before, mrr_before = self._read_plan(), contract._get_mrr(paid)
        next_day = contract._get_next_invoice_day(self.date) or date.max
        billed = self._get_rows().filtered(lambda row: row.state == "invoiced")
        try:
            self._check()
            warning = self._get_warnings()
            with closing(self.env.cr.savepoint()) as savepoint:
                try:
                    journal = self._carry_out(is_preview=True)
                    next_day = min([next_day, *self._get_new_lines(journal)._get_next_period_days(self._get_begun())])
                    self._bill_at_once(is_preview=True)
                    self.env.flush_all()
                    after, mrr_after = self._read_plan(billed), contract._get_mrr(paid)
                finally:
                    savepoint.rollback()
                    self.env.invalidate_all(flush=False)
        except UserError as error:
            return {**empty, "problem": str(error), "digest": False}
        return {
            **empty,
            **self._get_figures(before, after, next_day),
            "mrr_before": mrr_before,
            "mrr_after": mrr_after,
            "plan_html": self._render_plan(before, after),
            "warning": warning,
            "digest": self._get_digest(before, after, mrr_before, mrr_after),
        }

    def _get_begun(self):
        """The day of today, or the first of the new terms if that is later."""
        return max(self.company_id._subscription_today(), self.date)

    def _get_new_lines(self, journal):
        """Lines that the act has made."""
        lines = self.env["subscription.contract.line"]
        made = lines.browse(entry[2] for entry in journal.entries if entry[:2] == ["made", lines._name])
        return made | self.transfer_id.line_ids

    # === READING THE PLAN === #
    def _get_rows(self):
        """Rows of the plan, of the contract and of the one it goes on as."""
        # sudo: whoever may change the contract is shown what comes of it
        return (self.contract_id | self.transfer_id).sudo().installment_ids

    def _read_plan(self, billed=None):
        """Rows to bill, with those that the act itself has billed: rows that were due already are among them.

        :param billed: rows that were billed before the act; default: nothing was acted yet.
        """
        today = self.company_id._subscription_today()
        rows = self._get_rows()
        billed = rows if billed is None else billed
        return sorted(
            Row(
                day=max(row.date_invoice, today) if row.state == "planned" else today,
                date_from=row.date_from,
                date_to=row.date_to,
                what=row.product_id.display_name,
                amount=row.price_subtotal,
                gives_back=bool(row.credited_id) and row.price_subtotal < 0,
                is_charge=not row.credited_id,
                contract=row.contract_id == self.contract_id,
            )
            for row in rows
            if row.state == "planned" or (row.state == "invoiced" and row not in billed)
        )

    def _get_figures(self, before, after, next_day):
        """What is given back and charged, and the next invoice before and after."""
        new = _without(after, before)
        credit = -sum(row.amount for row in new if row.gives_back)
        charge = sum(row.amount for row in new if not row.gives_back and row.date_from < next_day)
        planned = sum(row.amount for row in _without(before, after) if row.is_charge and row.date_from < next_day)
        return {
            "credit": credit,
            # Days that were planned, and not billed yet, were to be charged anyhow.
            "charge": charge - planned,
            **dict(zip(("next_date_before", "next_amount_before"), _get_next(before), strict=True)),
            **dict(zip(("next_date", "next_amount"), _get_next(after), strict=True)),
        }

    def _get_digest(self, *shown):
        """What was shown, for whom, so that nothing else is done."""
        steps = [(step.kind, step._get_changes(), step.partner_id.id) for step in self.step_ids]
        seen = (self.date, self.billing, steps, shown)
        return hashlib.sha256(json.dumps(seen, default=str).encode()).hexdigest()

    def _render_plan(self, before, after):
        """The plan before and after, as a table: one row for each that changes."""
        old, new = _without(before, after), _without(after, before)
        rows = {}
        for side, found in enumerate((old, new)):
            for row in found:
                key = (row.day, row.date_from, not row.gives_back, row.date_to, row.what)
                rows.setdefault(key, [None, None])[side] = row.amount
        listed = [
            {
                "day": format_date(self.env, key[0]),
                "days": " – ".join(format_date(self.env, day) for day in (key[1], key[3])),
                "what": key[4],
                "before": None if amounts[0] is None else self.currency_id.format(amounts[0]),
                "after": None if amounts[1] is None else self.currency_id.format(amounts[1]),
            }
            for key, amounts in sorted(rows.items(), key=lambda item: item[0])
        ]
        values = {"rows": listed[:MAX_ROWS], "more": max(0, len(listed) - MAX_ROWS)}
        return self.env["ir.qweb"]._render("subscription_mgmt.subscription_amendment_plan", values)

    # === WHAT TO KNOW === #
    def _get_warnings(self):
        """What people might not expect, a sentence a line; empty: nothing."""
        found = []
        for step in self.step_ids:
            found += step._get_conflicts()
        return "\n".join(found) or False


class SubscriptionAmendmentStep(models.Model):
    _inherit = "subscription.amendment.step"

    def _get_conflicts(self):
        """Sentences about later changes that this one does not overrule, or that it makes void."""
        found, mine = [], {name for name, _old, _new in self._get_changes()}
        for later in self._get_later_steps().sorted(lambda step: step.amendment_id.date):
            said = {"day": format_date(self.env, later.amendment_id.date), "what": later.summary}
            if self.kind == "end":
                found.append(self.env._("The change of %(day)s (%(what)s) has no effect then.", **said))
            elif later.kind == "end" or mine & {name for name, _old, _new in later.changes or []}:
                found.append(self.env._("From %(day)s on a later change holds all the same: %(what)s.", **said))
        edited = self._get_edited_rows()
        if edited:
            found.append(
                self.env._("Rows of the plan that were edited by hand lose that: %(rows)s.", rows="; ".join(edited))
            )
        return found

    def _get_edited_rows(self):
        """Planned rows of the line, from the day on, that a person has edited."""
        if self.kind not in ("change", "end"):
            return []
        lines = self.line_id._get_chain()
        rows = lines.sudo().installment_ids.filtered(  # sudo: as for the plan
            lambda row: row.state == "planned" and row.is_edited and row.date_to >= self.amendment_id.date
        )
        return [f"{format_date(self.env, row.date_from)} – {format_date(self.env, row.date_to)}" for row in rows]


def _without(rows, others):
    """Rows that are not among the others, each counted once."""
    left = list(others)
    found = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            found.append(row)
    return found


def _get_next(rows):
    """Day and amount of the next invoice."""
    day = min((row.day for row in rows), default=False)
    return day, sum(row.amount for row in rows if row.day == day)
