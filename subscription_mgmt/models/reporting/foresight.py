"""What happens next: the night's own work, day by day under a moved date, in a transaction that is rolled back."""

from typing import NamedTuple

from odoo import models
from odoo.fields import Date, Domain
from odoo.tools import format_amount, format_date

from ...tools.periods import ONE_DAY
from ..charging.subscription_dunning_log import DUN, RESUME
from ..common.context import rehearse, rehearsed
from ..contract.lifecycle import GRACE_DAYS, TERMS
from ..contract.plan import EXTEND


class Foreseen(NamedTuple):
    """Something that will happen to a contract.

    :ivar amount: of an invoice with tax, negative for a credit note; in the currency of the contract.
    """

    date: Date
    kind: str
    name: str
    amount: float = 0.0
    date_due: Date | None = None


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _foresee(self, until, unpaid=False):
        """What will happen to the contract if nobody does anything, a draft as if it were activated today.

        Nothing is kept: no row, no number, no mail. What a person, a bank or the customer would do is not foreseen.

        :param until: last day, included.
        :param unpaid: nothing is paid, neither what is open today nor what is billed; default: all in time.
        :return: list of :class:`Foreseen` in the order of days.
        :raise UserError: a draft that cannot be activated.
        """
        self.ensure_one()
        self.check_access("read")
        with rehearsed(self) as contract:
            company = contract.company_id
            found = list(contract.with_company(company)._rehearse(company._subscription_today(), until, unpaid))
        return sorted(found, key=lambda event: event.date)

    def _rehearse(self, today, until, unpaid):
        """Live through the days on which something may happen, and yield what did."""
        if self.state == "draft":
            self.action_activate()
        yield from self._get_coming_changes(today, until)
        day, problems = today, set()
        while day <= until:
            contract = rehearse(self, day)
            for event in contract._rehearse_night(day, unpaid):
                # What fails once fails every night.
                if event.kind != "problem" or event.name not in problems:
                    yield event
                problems.add(event.name)
            day = contract._get_next_day(day, unpaid)

    def _get_coming_changes(self, today, until):
        """Lines that begin or end while the contract goes on."""
        for line in self.line_ids:
            product, price = line.product_id.display_name, format_amount(self.env, line.price_unit, self.currency_id)
            if today < line.date_start <= until and line.date_start > self.date_start:
                told = self.env._("%(product)s from now on: %(price)s", product=product, price=price)
                yield Foreseen(line.date_start, "change", told)
            if line.date_end and today <= line.date_end <= until and line.date_end != self.date_end:
                yield Foreseen(line.date_end, "change", self.env._("%(product)s ends", product=product))

    # === ONE NIGHT === #
    def _rehearse_night(self, day, unpaid):
        """What the scheduled actions do on the day, as far as they concern the contract."""
        before = self.state, self.date_end
        for job in (*TERMS, EXTEND):
            self._rehearse_job(job, day, Domain("id", "in", self.ids))
        yield from self._tell_terms(day, *before)
        run = self.env["subscription.billing.run"]._bill_due(
            day, contracts=self, companies=self.company_id, hold=True
        )  # fmt: skip
        for move in run.move_ids:
            yield self._tell_invoice(day, move)
        if self.billing_error:
            yield Foreseen(day, "problem", self.billing_error)
        if unpaid:
            self._post_unpaid(run.move_ids, day)
            yield from self._rehearse_dunning(day)

    def _rehearse_job(self, job, day, mine):
        """Do a job of the night for what is this contract's."""
        frame = self.env["subscription.batches"]
        records = self.env[job.model].search(frame._get_domain(job, day) & mine, order=job.order)
        if records:
            frame._carry_out(job, records, day)

    def _post_unpaid(self, moves, day):
        """Post and send what was billed, under names that take no number from anybody."""
        for move in moves:
            move.name = f"?/{move.id}"
        moves._subscription_post(day)
        moves.is_move_sent = True

    def _rehearse_dunning(self, day):
        """What the dunning plan does on the day."""
        before = self.state
        logs = self.env["subscription.dunning.log"]
        taken = Domain("move_id.subscription_contract_ids", "in", self.ids)
        earlier = logs.search(taken)
        self._rehearse_job(DUN, day, Domain("subscription_contract_ids", "in", self.ids))
        self._rehearse_job(RESUME, day, taken)
        for log in (logs.search(taken) - earlier).filtered(lambda log: log.result == "done"):
            yield Foreseen(day, "reminder", self.env._("Unpaid: %(step)s", step=log.step_id.display_name))
        yield from self._tell_terms(day, before, self.date_end)

    # === TELLING === #
    def _tell_terms(self, day, state, date_end):
        """What became of state and end since."""
        if self.date_end != date_end and self.state != "closed":
            end = format_date(self.env, self.date_end)
            yield Foreseen(day, "renewal", self.env._("Renewed until %(day)s", day=end))
        if self.state != state:
            told = {
                "paused": self.env._("Paused"),
                "active": self.env._("In service again"),
                "closed": self.env._("Closed"),
            }
            yield Foreseen(day, "end" if self.state == "closed" else "pause", told[self.state])

    def _tell_invoice(self, day, move):
        """The invoice or credit note with what it bills."""
        is_credit = move.move_type == "out_refund"
        rows = move.line_ids.subscription_installment_ids
        period = self.env._(
            "%(first)s – %(last)s",
            first=format_date(self.env, min(rows.mapped("date_from"))),
            last=format_date(self.env, max(rows.mapped("date_to"))),
        )
        amount = -move.amount_total if is_credit else move.amount_total
        return Foreseen(day, "credit" if is_credit else "invoice", period, amount, move.invoice_date_due)

    def _get_next_day(self, day, unpaid):
        """Next day on which something may happen; at most a month later, because plans grow by and by."""
        rows = self.installment_ids.filtered(lambda row: row.state == "planned")
        days = [Date.add(day, months=1), *rows.mapped("date_invoice")]
        if self.date_end:
            # What is billed in arrears is billed on the day after, and the contract is closed in the night after that.
            days += [self.date_end, self.date_end + ONE_DAY, self.date_end + 2 * ONE_DAY]
            days += [Date.add(self.date_end, days=GRACE_DAYS + 1)]
        if self.date_trial_end:
            days.append(self.date_trial_end + ONE_DAY)
        for pause in self.pause_ids:
            days += [pause.date_from, *([pause.date_to + ONE_DAY] if pause.date_to else [])]
        if unpaid:
            days += self._get_dunning_days()
        return min(other for other in days if other > day)

    def _get_dunning_days(self):
        """Days on which a step of dunning may be due for an invoice of the contract."""
        domain = Domain("subscription_contract_ids", "in", self.ids)
        moves = self.env["account.move"].search(domain & self.env["account.move"]._get_subscription_open_domain())
        for move in moves:
            for step in move._get_subscription_dunning_plan().step_ids:
                yield Date.add(move.invoice_date_due, days=step.days)
