"""Service stops for some days, and goes on: what was agreed, within the limits of the company."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.pauses import DAYS, EXTEND
from ...tools.periods import ONE_DAY
from ..common.context import LATER, LEDGER
from ..common.groups import INTERNAL


class ResCompany(models.Model):
    _inherit = "res.company"

    subscription_pause_max_days = fields.Integer(
        string="Longest Pause (days)",
        help="A pause that is agreed with a subscriber lasts at most so long. 0: no limit.",
        groups=INTERNAL,
    )
    subscription_pause_max_count = fields.Integer(
        string="Pauses a Year",
        help="So many pauses of a contract may begin in one calendar year; those for an unpaid invoice do not count. "
        "0: no limit.",
        groups=INTERNAL,
    )

    _subscription_pause_limits = models.Constraint(
        "CHECK (subscription_pause_max_days >= 0 AND subscription_pause_max_count >= 0)",
        "The limits of pauses cannot be negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    subscription_pause_max_days = fields.Integer(related="company_id.subscription_pause_max_days", readonly=False)
    subscription_pause_max_count = fields.Integer(related="company_id.subscription_pause_max_count", readonly=False)


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    pause_id = fields.Many2one(
        comodel_name="subscription.pause",
        string="Present Pause",
        compute="_compute_pause_id",
        help="The pause in which the contract is today, or else the next one.",
    )
    date_paused = fields.Date(string="Paused Since", compute="_compute_pause_id")
    date_pause_from = fields.Date(string="Pause From", compute="_compute_pause_id")
    date_pause_to = fields.Date(string="Paused Until", compute="_compute_pause_id")
    pause_mode = fields.Selection(
        selection=lambda self: self.env["subscription.pause"]._selection_mode(),
        string="What the Pause Charges",
        compute="_compute_pause_id",
    )
    pause_reason = fields.Char(string="Reason of the Pause", compute="_compute_pause_id")
    pause_says = fields.Char(string="Pause", compute="_compute_pause_goes_on")
    pause_goes_on = fields.Char(
        string="How It Goes On", compute="_compute_pause_goes_on", help="What ends the pause, in a sentence."
    )

    @api.depends("pause_ids.date_from", "pause_ids.date_to", "pause_ids.mode", "pause_ids.reason", "state")
    def _compute_pause_id(self):
        for contract in self:
            today = contract.company_id._subscription_today()
            left = contract.pause_ids.filtered(lambda pause, day=today: not pause.date_to or pause.date_to >= day)
            left = left.sorted("date_from")
            covering = left.filtered(lambda pause, day=today: pause.date_from <= day)[-1:]
            running = contract.state in ("active", "paused")
            pause = (covering or left[:1]) if running else contract.pause_ids.browse()
            contract.pause_id = pause
            contract.date_paused = contract.state == "paused" and pause.date_from
            contract.date_pause_from, contract.date_pause_to = pause.date_from, pause.date_to
            contract.pause_mode, contract.pause_reason = pause.mode, pause.reason

    @api.depends("pause_ids.date_from", "pause_ids.date_to", "state")
    def _compute_pause_goes_on(self):
        for contract in self:
            contract.pause_says = contract._explain_pause() if contract.pause_id else False
            contract.pause_goes_on = contract._explain_end_of_pause() if contract.pause_id else False

    def _explain_pause(self):
        """Sentence that says from when until when the contract is, or will be, paused."""
        pause = self.pause_id
        days = {"first": format_date(self.env, pause.date_from)}
        if pause.date_to:
            days["last"] = format_date(self.env, pause.date_to)
        if self.state == "paused" and pause.date_to:
            return self.env._("Paused from %(first)s until %(last)s", **days)
        if self.state == "paused":
            return self.env._("Paused since %(first)s", **days)
        if pause.date_to:
            return self.env._("Pause to come, from %(first)s until %(last)s", **days)
        return self.env._("Pause to come, from %(first)s on", **days)

    def _explain_end_of_pause(self):
        """Sentence that says what ends the present pause. Hook: a later room knows of invoices that hold it."""
        self.ensure_one()
        pause = self.pause_id
        if pause.date_to:
            day = format_date(self.env, pause.date_to + ONE_DAY)
            return self.env._("Service and billing go on by themselves on %(day)s.", day=day)
        return self.env._("Service and billing go on when somebody resumes the contract.")

    # === ACTS === #
    def action_pause(self, date=None, reason=None, date_to=None, mode=DAYS):
        """Stop service and billing from a day on: a day to come leaves the contract in force until then.

        :param date: first day without service; default: today.
        :param reason: why, in plain words.
        :param date_to: last day without service; default: until resumed.
        :param mode: what is charged for the pause, see :class:`SubscriptionPause`.
        :raise UserError: a contract that is not active, or is paused already; a day outside its term or in a locked
            accounting period; longer, or more often, than the company allows.
        """
        self._claim()
        for contract in self:
            first = fields.Date.to_date(date) or contract.company_id._subscription_today()
            last = fields.Date.to_date(date_to) or None
            contract._check_pausable(first, last)
            contract._check_pause_limits(first, last)
            contract._check_pause_mode(first, last, mode)
            contract._begin_pause(first, last, mode=mode, reason=reason)
        return True

    def _pause_unpaid(self, day, reason):
        """Stop service and billing because an invoice was not paid; no limit of agreed pauses holds it up.

        :raise UserError: as for :meth:`action_pause`.
        """
        self._claim()
        for contract in self:
            contract._check_pausable(day, None)
            contract._begin_pause(day, None, reason=reason, cause="unpaid")

    def _check_pausable(self, first, last):
        """Raise unless the contract is in service and the pause lies in its term."""
        if self.state != "active" or self._get_open_pause(first):
            raise UserError(self.env._("Only an active contract can be paused."))
        if first < self.date_start:
            raise UserError(self.env._("A contract cannot be paused before it starts."))
        if self.date_end and first > self.date_end:
            day = format_date(self.env, self.date_end)
            raise UserError(self.env._("The contract ends on %(day)s; it cannot be paused later.", day=day))
        if last and last < first:
            raise UserError(self.env._("The pause ends before it begins."))
        self._check_day_open(first)

    def _check_pause_limits(self, first, last):
        """Raise when the company allows no pause as long as this one, or none more in its year."""
        most, latest = self.company_id.subscription_pause_max_count, self._get_latest_pause_end(first)
        if latest and (not last or last > latest):
            raise UserError(
                self.env._("A pause lasts at most %(days)s days here; choose its last day, %(day)s at the latest.",
                           days=self.company_id.subscription_pause_max_days, day=format_date(self.env, latest))
            )  # fmt: skip
        agreed = self.pause_ids.filtered(lambda one: one.cause == "agreed" and one.date_from.year == first.year)
        if most and len(agreed) >= most:
            raise UserError(
                self.env._("A contract is paused at most %(count)s times a year here, and this one was in %(year)s.",
                           count=most, year=first.year)
            )  # fmt: skip

    def _get_latest_pause_end(self, first):
        """Last day of the longest pause that the company allows; None: it may go on until it is resumed."""
        longest = self.company_id.subscription_pause_max_days
        return fields.Date.add(first, days=longest - 1) if longest else None

    def _check_pause_mode(self, first, last, mode):
        """Raise when the term is to be moved back and there is none, or another pause has days of this one."""
        if mode not in dict(self.env["subscription.pause"]._selection_mode()):
            raise UserError(self.env._("A pause is charged by whole periods, by the day, or moves the term back."))
        if mode != EXTEND:
            return
        if self.is_closing or not self._has_end_to_move(first):
            raise UserError(
                self.env._("Contract %(contract)s has no end that could be moved back; choose another kind of pause.",
                           contract=self.name)
            )  # fmt: skip
        overlapping = self.pause_ids.filtered(
            lambda one: (not last or one.date_from <= last) and (not one.date_to or one.date_to >= first)
        )
        if overlapping:
            raise UserError(self.env._("Another pause has some of these days already; choose other days."))

    def _has_end_to_move(self, day):
        """Whether something of the contract ends by itself after the day."""
        ends = [self.date_end, self.commitment_end, *self.line_ids.mapped("date_end")]
        return any(end and end >= day for end in ends) or any(self.line_ids.mapped("repetitions"))

    def action_resume(self, date=None):
        """Go on with service and billing: what the pause costs follows from its kind.

        :param date: first day with service again; default: today. Not before the pause.
        :raise UserError: a contract that is not paused, or a day before the pause began.
        """
        self._claim()
        for contract in self:
            today = contract.company_id._subscription_today()
            day = fields.Date.to_date(date) or today
            pauses = contract._get_resumable(day)
            if not pauses:
                started = contract._get_open_pause(None)
                if started:
                    raise UserError(
                        self.env._("The contract is paused since %(day)s; it can be resumed from then on.",
                                   day=format_date(self.env, min(started.mapped("date_from"))))
                    )  # fmt: skip
                raise UserError(self.env._("Only a paused contract can be resumed."))
            contract._check_day_open(day)
            contract._end_pauses(pauses, day)
            contract._act({"state": "active" if day <= today else contract.state}, self.env._("Paused"))
        return True

    def _get_resumable(self, day):
        """Pauses that end when there is service again from the day on: those without an end, else the day's.

        One that is over has ended: somebody else was faster.
        """
        if self._get_open_pause(None):
            return self._get_open_pause(day)
        today = self.company_id._subscription_today()
        left = self.pause_ids.filtered(lambda pause: pause.date_to and pause.date_to >= today)
        return left.filtered(lambda pause: pause.date_from <= day <= pause.date_to)

    def _get_open_pause(self, day):
        """Pauses that have no end yet; with a day: only those that began by then."""
        pauses = self.pause_ids.filtered(lambda pause: not pause.date_to)
        return pauses.filtered(lambda pause: pause.date_from <= day) if day else pauses

    # === TERMS === #
    def _begin_pause(self, first, last, *, mode=DAYS, reason=None, cause="agreed"):
        """Have no service from the day on; pauses agreed for later stay."""
        today = self.company_id._subscription_today()
        # sudo: whoever may pause a contract writes what was agreed by doing so
        pause = self.env["subscription.pause"].sudo().with_context(subscription_ledger=LEDGER).create(
            {"contract_id": self.id, "date_from": first, "date_to": last, "mode": mode, "reason": reason,
             "cause": cause}
        )  # fmt: skip
        self._move_term(pause)
        paused = first <= today and (not last or last >= today)
        self._act({"state": "paused" if paused else self.state}, self.env._("Paused"))

    def _take_over_pauses(self, contract, day):
        """Pause from a day on as another contract does; what that one owes is not this one's.

        The term was moved there already, where it has to be.
        """
        for pause in contract.pause_ids.filtered(lambda one: one.cause == "agreed" and (one.date_to or day) >= day):
            mode = DAYS if pause.moved_days else pause.mode
            self._begin_pause(max(pause.date_from, day), pause.date_to or None, mode=mode, reason=pause.reason)

    def _end_pauses(self, pauses, day):
        """Have service again from the day on; a pause of no day was none."""
        pauses = pauses.sudo().with_context(subscription_ledger=LEDGER)  # sudo: as for its beginning
        later = pauses.filtered(lambda pause: pause.date_from >= day)
        (pauses - later).date_to = day - ONE_DAY
        for pause in pauses - later:
            self._move_term(pause)
        for pause in later:
            self._move_term(pause, days=0)
        later.unlink()

    def _move_term(self, pause, days=None):
        """Let what ends by itself end later by the days of the pause, or by as many as are left of it.

        :param days: default: those from the first to the last day of a pause that moves the term; none as long as it
            has no last day.
        """
        if days is None:
            days = (pause.date_to - pause.date_from).days + 1 if pause.mode == EXTEND and pause.date_to else 0
        more = days - pause.moved_days
        if not more:
            return
        pause.moved_days = days
        later = self.with_context(subscription_ledger=LEDGER, subscription_settle=LATER)
        # A line that another one follows gives way on its day all the same, and a fee does not wait.
        lines = [chain._get_live()[-1:] for chain in later._get_line_chains()]
        for record in (later, *(line for line in lines if not line.is_fee)):
            if record.date_end and record.date_end >= pause.date_from:
                record.date_end = fields.Date.add(record.date_end, days=more)

    # === STATE === #
    @api.model
    def _get_paused_domain(self, date_ref):
        """Contracts without service on the day."""
        begun = Domain("date_from", "<=", date_ref)
        return Domain("pause_ids", "any", begun & (Domain("date_to", "=", False) | Domain("date_to", ">=", date_ref)))

    @api.model
    def _get_turning_domain(self, company, date_ref):
        """Contracts whose pause begins or ends by the day."""
        paused = self._get_paused_domain(date_ref)
        begins = Domain("state", "=", "active") & paused
        ends = Domain("state", "=", "paused") & ~paused
        return Domain("company_id", "=", company.id) & (begins | ends) & self._get_maybe_turning_domain(date_ref)

    @api.model
    def _get_maybe_turning_domain(self, date_ref):
        """The few that a pause concerns at all: so that the database need not ask it of every contract."""
        self.env["subscription.pause"].flush_model(["contract_id", "date_from", "date_to"])
        self.flush_model(["state"])
        query = SQL(
            """
            (SELECT contract_id FROM subscription_pause
              WHERE date_from <= %(day)s AND (date_to IS NULL OR date_to >= %(day)s)
              UNION SELECT id FROM subscription_contract WHERE state = 'paused')
            """,
            day=date_ref,
        )
        return Domain("id", "in", query)

    def _turn(self, _date_ref):
        """Let the state follow pauses that begin or end today."""
        for contract in self.with_context(subscription_ledger=LEDGER):
            contract.state = "paused" if contract.state == "active" else "active"
