"""The end of a contract: closed at once or on a day to come, taken back, re-opened."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.periods import index_of, natural_period
from ..common.context import LEDGER
from ..common.groups import INTERNAL


class ResCompany(models.Model):
    _inherit = "res.company"

    subscription_reopen_days = fields.Integer(
        string="Re-open Within (days)",
        help="A contract that was closed is re-opened within so many days only; later a new one is made. 0: no limit.",
        groups=INTERNAL,
    )

    _subscription_reopen_days = models.Constraint(
        "CHECK (subscription_reopen_days >= 0)", "The time for re-opening cannot be negative."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    subscription_reopen_days = fields.Integer(related="company_id.subscription_reopen_days", readonly=False)


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    is_closing = fields.Boolean(
        compute="_compute_is_closing",
        search="_search_is_closing",
        help="It was closed for a reason on a day that is still to come; that can be taken back until then.",
    )
    closing_says = fields.Char(string="Closing", compute="_compute_is_closing")
    close_comment = fields.Text(
        copy=False, readonly=True, help="What the subscriber said when the contract was closed."
    )
    # What closing changed: taking it back, and re-opening, put it back.
    date_end_before = fields.Date(string="End Date Before Closing", copy=False, readonly=True)
    renewal_before = fields.Selection(
        selection=lambda self: self._fields["renewal"]._description_selection(self.env),
        string="Renewal Before Closing",
        copy=False,
        readonly=True,
        export_string_translation=False,
    )

    @api.depends("state", "date_end", "close_reason_id")
    def _compute_is_closing(self):
        for contract in self:
            running = contract.state in ("active", "paused")
            contract.is_closing = bool(running and contract.date_end and contract.close_reason_id)
            contract.closing_says = contract.is_closing and self.env._(
                "Ends on %(day)s: %(reason)s",
                day=format_date(self.env, contract.date_end),
                reason=contract.close_reason_id.name,
            )

    def _search_is_closing(self, operator, value):
        if operator != "in":
            return NotImplemented
        running = Domain("state", "in", ("active", "paused"))
        closing = running & Domain("date_end", "!=", False) & Domain("close_reason_id", "!=", False)
        return closing if True in value else ~closing

    # === CLOSE === #
    def action_close(self, date=None, reason=None, comment=None, waiver=None):
        """End the contracts. What was billed for later days is given back by the next invoice.

        :param date: last day of service, included; default: today. A day to come leaves the contract active until
            then (:meth:`_cron_run_terms`), and can be taken back (:meth:`action_take_back`).
        :param reason: `subscription.close.reason` (record or id); required. Without one a dialog asks.
        :param comment: what the subscriber said.
        :param waiver: why the early-termination fee is not charged; a manager alone may say so.
        :raise UserError: no reason, a contract that is not in force, a day before it starts, after its end or in a
            locked accounting period; a fee without a product.
        """
        reason = self._get_close_reason(reason)
        if not reason and not all(contract.close_reason_id for contract in self):
            if date:
                raise UserError(self.env._("Choose a reason for closing the contract."))
            return self.action_open_close()
        self._claim()
        for contract in self:
            day = fields.Date.to_date(date) or contract.company_id._subscription_today()
            contract._check_closable(day)
            reason_id = (reason or contract.close_reason_id).id
            contract._set_termination_fee(day, waiver)
            contract._close(day, {"close_reason_id": reason_id, "close_comment": comment})
        return True

    def _get_close_reason(self, reason):
        """The reason that a caller names, by its record or its id; empty: none.

        :raise UserError: there is no such reason.
        """
        reasons = self.env["subscription.close.reason"]
        if not reason:
            return reasons
        found = reason if isinstance(reason, models.BaseModel) else reasons.browse(type(reason) is int and reason)
        if found._name != reasons._name or len(found) != 1 or not found.exists():
            raise UserError(self.env._("Choose a reason for closing the contract."))
        return found

    def _check_reason_kept(self, vals):
        """Raise when the reason of closed contracts is written by hand: without one they could be renewed.

        A manager may correct it.
        """
        if "close_reason_id" not in vals or self._is_own_code():
            return
        new = vals["close_reason_id"]
        closed = self.filtered(lambda contract: contract.state == "closed" and contract.close_reason_id.id != new)
        if closed and not (new and self.env.user.has_group("subscription_mgmt.group_subscription_manager")):
            raise UserError(
                self.env._(
                    "Contract %(contract)s is closed. Why is not written by hand; a manager may choose another reason.",
                    contract=closed[0].name,
                )
            )

    def _close(self, day, values):
        """End the contract on the day; what it would have been without is kept."""
        today = self.company_id._subscription_today()
        before = {} if self.is_closing else {"date_end_before": self.date_end, "renewal_before": self.renewal}
        ends = {"state": "closed", "date_closed": day} if day <= today else {}
        self._act({"date_end": day, "renewal": "none", **before, **values, **ends}, self.env._("Closed"))

    def _check_closable(self, day):
        """Raise unless the contract is in force and the day lies in its term."""
        if self.state == "draft":
            raise UserError(self.env._("Contract %(contract)s is a draft; delete it instead.", contract=self.name))
        if self.state == "closed":
            raise UserError(
                self.env._("Contract %(contract)s is closed already. Re-open it to give it another end.",
                           contract=self.name)
            )  # fmt: skip
        self._check_not_passed_on()
        if day < self.date_start:
            raise UserError(self.env._("A contract cannot be closed before it starts."))
        self._check_day_open(day)

    @api.constrains("date_start", "date_end")
    def _check_closed(self):
        """Keep the end of what is closed: with a later one, days after it would be billed."""
        if self.env.context.get("subscription_ledger") is LEDGER:
            return
        for contract in self.filtered(lambda contract: contract.state == "closed"):
            raise ValidationError(
                self.env._("Contract %(contract)s is closed. Re-open it to change its dates.", contract=contract.name)
            )

    def _get_paid_until(self):
        """Last day that was billed, when it is still to come; else the last day of the periods of today.

        Closed on that day, nothing that was paid has to be given back.
        """
        self.ensure_one()
        today = self.company_id._subscription_today()
        charged = (
            Domain("contract_id", "=", self.id) & Domain("state", "=", "invoiced") & Domain("credited_id", "=", False)
        )
        # sudo: whoever may close the contract is told until when it is paid
        billed = self.env["subscription.installment"].sudo().search(charged, order="date_to desc", limit=1).date_to
        last = billed if billed and billed >= today else max(self._get_period_ends(today), default=today)
        return min(last, self.date_end) if self.date_end and self.date_end >= today else last

    def _get_period_ends(self, day):
        """Last days of the natural periods in which the day lies, of the lines in force."""
        for line in self._get_lines_in_force().filtered(lambda line: not line.is_fee):
            cadence = line._get_cadence()
            if cadence.anchor <= day:
                args = (cadence.interval, cadence.unit, cadence.anchor_day)
                yield natural_period(cadence.anchor, index_of(cadence.anchor, day, *args), *args)[1]

    # === BACK === #
    def action_take_back(self):
        """Let contracts that were to be closed on a day to come go on as if nobody had asked for it.

        :raise UserError: there is no closing to come.
        """
        self._claim()
        for contract in self:
            if not contract.is_closing:
                raise UserError(self.env._("Contract %(contract)s has no closing to come.", contract=contract.name))
            contract._check_not_passed_on()
            contract._withdraw_termination_fee()
            contract._act(
                {"date_end": contract.date_end_before, **contract._get_undone_closing()}, self.env._("Closed")
            )
        return True

    def _get_undone_closing(self):
        """Values that closing had set, as they were before."""
        return {
            "renewal": self.renewal_before or self.renewal,
            "close_reason_id": False,
            "close_comment": False,
            "termination_waiver": False,
            "date_end_before": False,
            "renewal_before": False,
        }

    def action_reopen(self, date_end=False):
        """Put closed contracts in force again: the days since are charged, what was given back is charged again.

        Renewal, future rows, recurring work and card are as they were; a fee for leaving early is taken away, or
        given back when it was billed.

        :param date_end: new last day, included; default: open-ended.
        :raise UserError: a contract that is not closed, or was closed too long ago; an end before its start.
        """
        self._claim()
        for contract in self:
            if contract.state != "closed":
                raise UserError(self.env._("Only a closed contract can be re-opened."))
            contract._check_not_passed_on()
            contract._check_reopen_limit()
            contract._withdraw_termination_fee()
            # Closed while it was paused, it is paused still: resuming is an act of its own.
            state = contract._get_running_state()
            values = {**contract._get_undone_closing(), "date_end": date_end, "date_closed": False}
            contract._act({"state": state, **values}, self.env._("Re-opened"))
        return True

    def _get_running_state(self):
        """State of the contract as pauses have it today, when it is in force."""
        today = self.company_id._subscription_today()
        return "paused" if self.filtered_domain(self._get_paused_domain(today)) else "active"

    def _check_not_passed_on(self):
        """Raise when another subscriber has taken the contract over: both would be charged for the same days."""
        passed = self.amendment_ids.filtered(lambda change: change.state == "confirmed" and change.transfer_id)[:1]
        if passed:
            raise UserError(
                self.env._("Contract %(contract)s goes on as %(other)s from %(day)s on. Undo that change, or change "
                           "the subscriber there.", contract=passed.contract_id.name, other=passed.transfer_id.name,
                           day=format_date(self.env, passed.date))
            )  # fmt: skip

    def _check_reopen_limit(self):
        """Raise when the contract was closed longer ago than the company re-opens contracts."""
        limit, today = self.company_id.subscription_reopen_days, self.company_id._subscription_today()
        if limit and self.date_closed and (today - self.date_closed).days > limit:
            raise UserError(
                self.env._(
                    "Contract %(contract)s was closed on %(day)s, more than %(days)s days ago. Make a new contract.",
                    contract=self.name,
                    day=format_date(self.env, self.date_closed),
                    days=limit,
                )
            )

    # === SHOWN BEFORE === #
    def _get_closing_effects(self):
        """What closing means for everything that hangs on the contract, one sentence each. Hook for later rooms."""
        self.ensure_one()
        return []

    def _get_reopening_effects(self):
        """What re-opening means for everything that hangs on the contract, one sentence each. Hook for later rooms."""
        self.ensure_one()
        fee = self.line_ids.filtered(lambda line: line.is_fee and not line.is_withdrawn)
        return [self.env._("The fee for leaving early is taken back.")] if fee else []

    @api.model
    def _as_list(self, sentences):
        """Sentences as a list for a dialog; whatever customers have put into names is shown as text."""
        items = Markup().join(Markup("<li>%s</li>") % text for text in sentences)
        return Markup("<ul class='mb-0'>%s</ul>") % items if items else Markup()

    def _explain_plan_change(self, before, after, ends=False):
        """What an act does to the money still to come, in sentences.

        :param before: rows of :meth:`_get_open_rows` before the act; `after`: after it.
        :param ends: the act ends the contract: what is left to be billed until then is said, too.
        """
        self.ensure_one()

        def total(rows, *kinds):
            return sum(amount for kind, _first, _last, amount in rows if kind in kinds)

        money = self.currency_id.format
        given, again, fee = (total(after, kind) - total(before, kind) for kind in ("credit", "again", "fee"))
        charges = [row for row in after if row[0] == "charge"]
        gone = [row for row in before if row[0] == "charge" and row not in charges]
        new = [row for row in charges if row not in before]
        if given < 0:
            yield self.env._("Given back by the next invoice: %(amount)s", amount=money(-given))
        if given > 0:
            yield self.env._("Not given back any more: %(amount)s", amount=money(given))
        if again > 0:
            yield self.env._("Charged again: %(amount)s", amount=money(again))
        if gone:
            yield self.env._("Rows of the plan taken away: %(count)s, in all %(amount)s",
                             count=len(gone), amount=money(total(gone, "charge")))  # fmt: skip
        if new:
            yield self.env._("Rows of the plan added: %(count)s, in all %(amount)s",
                             count=len(new), amount=money(total(new, "charge")))  # fmt: skip
        if fee > 0:
            yield self.env._("Fee for leaving early: %(amount)s", amount=money(fee))
        left = total(charges, "charge")
        if left and ends:
            yield self.env._("Still to be billed until the end: %(amount)s", amount=money(left))
        if not (given or again or gone or new or fee):
            yield self.env._("Nothing is given back and nothing more is charged.")

    def _get_open_rows(self):
        """Rows that are still to be billed: (what the row is about, first day, last day, untaxed amount)."""
        # sudo: a figure of what the person may do
        rows = self.sudo().installment_ids.filtered(lambda row: row.state == "planned")
        return [(row._get_plan_kind(), row.date_from, row.date_to, row.price_subtotal) for row in rows]
