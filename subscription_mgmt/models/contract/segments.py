"""What was agreed, day by day: a line ends and another takes its place, and nothing that was agreed is rewritten.

A chain is a line with its successors (`replaces_id`), the newest last. Each serves a stretch of days of its own; which
came first on paper does not matter to the settlement. A line that was billed and whose terms were agreed anew from its
first day on serves no day any more (`is_void`).
"""

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

from ...tools.periods import ONE_DAY, index_of, period
from ..common.context import LATER, LEDGER

CADENCE = {"interval", "interval_unit"}
# What is compared of records that a change made, before undoing it deletes them
MADE = {
    "subscription.contract": ("state", "partner_id", "invoice_partner_id", "date_end", "renewal", "close_reason_id"),
    "subscription.contract.line": (
        "product_id", "name", "quantity", "price_unit", "discount", "tax_ids", "interval", "interval_unit",
        "anchor_day", "billing_timing", "date_start", "date_end", "repetitions", "payer_id", "is_void",
    ),
}  # fmt: skip


def plain(record, name):
    """Value of a field as JSON can keep it: ids and ISO dates."""
    value, field = record[name], record._fields[name]
    if field.type in ("many2many", "one2many"):
        return sorted(value.ids)
    if field.type == "many2one":
        return value.id
    return value.isoformat() if isinstance(value, date) else value


def to_write(record, values):
    """The other way round: plain values as `write` takes them."""
    many = {name for name in values if record._fields[name].type == "many2many"}
    return {name: [Command.set(value)] if name in many else value for name, value in values.items()}


class Journal:
    """What an act does to contracts and lines, step by step, so that it can be taken back exactly.

    :ivar hold: day before which nothing of the act is billed; empty: as the terms say.
    :ivar is_preview: all is rolled back in the end.
    :ivar entries: ["write", model, id, old values, new values] and ["made", model, id, values], in their order.
    """

    def __init__(self, hold=False, is_preview=False):
        self.hold = hold
        self.is_preview = is_preview
        self.entries = []

    def put(self, record, values):
        """Write plain values, those that are new."""
        old = {name: plain(record, name) for name in values}
        new = {name: value for name, value in values.items() if (value or False) != (old[name] or False)}
        if new:
            marked(record).write(to_write(record, new))
            old = {name: old[name] for name in new}
            self.entries.append(["write", record._name, record.id, old, {name: plain(record, name) for name in new}])

    def add(self, record):
        """Note a record that was made, with what an undo would lose if somebody changed it since."""
        self.entries.append(
            ["made", record._name, record.id, {name: plain(record, name) for name in MADE[record._name]}]
        )


def marked(record):
    """The record as the ledger's own code writes it; whoever writes settles in the end."""
    return record.with_context(subscription_ledger=LEDGER, subscription_settle=LATER)


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _get_mrr(self, day):
        """Monthly recurring revenue of the lines in force on a day, in the currency of the contract.

        No draft has any, nor a day outside the term, of a trial or in a pause, nor a line whose periods are used up.
        """
        self.ensure_one()
        if self.state == "draft":
            return 0.0
        if any(pause.date_from <= day and (not pause.date_to or pause.date_to >= day) for pause in self.pause_ids):
            return 0.0
        spans = self._get_paid_days()
        return sum(line.mrr for line, (first, last) in spans.items() if first <= day <= (last or day))

    def _get_paid_days(self):
        """First and last day (None: open) on which each line of the contracts is paid, pauses apart.

        A line that was taken away was paid until the last day that was billed; one that is void never.
        """
        lines = self.with_context(active_test=False).line_ids.filtered(lambda line: not line.is_void)
        billed = lines.filtered(lambda line: not line.active)._get_billed_until()
        spans = {}
        for contract, own in lines.grouped("contract_id").items():
            start, ends = contract._get_first_paid_day(), contract._get_last_days()
            for line in own:
                first, last = max(line.date_start, start), min(ends, default=None)
                end = line.date_end or None
                if line.repetitions:
                    end = line._get_last_day()
                if not line.active:
                    end = billed.get(line.id) or first - ONE_DAY
                last = min((day for day in (last, end) if day), default=None)
                if not last or last >= first:
                    spans[line] = first, last
        return spans

    def _get_next_invoice_day(self, day):
        """Day of the next invoice for service from a day on, as the plan stands; empty: none is planned."""
        self.ensure_one()
        today = self.company_id._subscription_today()
        days = [
            max(row.date_invoice, today)
            for row in self.installment_ids
            if row.state == "planned" and not row.credited_id
        ]
        return min((planned for planned in days if planned >= day), default=False)

    def _get_next_period_day(self, lines=None):
        """First day of the next period, of the lines given or else of any; without a next one tomorrow."""
        self.ensure_one()
        today = self.company_id._subscription_today()
        days = (lines or self.line_ids)._get_next_period_days(today)
        return min(days, default=max(today + ONE_DAY, self.date_start or today))


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    is_void = fields.Boolean(
        string="Agreed Anew",
        readonly=True,
        copy=False,
        help="Other terms were agreed from its first day on; it serves no day any more.",
    )
    payer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Payer of These Days",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who is billed for the days of this line. Empty: whom the contract names.",
    )
    bill_from = fields.Date(
        string="Billed Not Before", readonly=True, copy=False, help="Its first days wait for the invoice of this day."
    )
    final_from = fields.Date(
        string="Settled Not Before",
        readonly=True,
        copy=False,
        help="What is given back of the line, and its last days, wait for the invoice of this day.",
    )

    _replaced_once = models.UniqueIndex(
        "(replaces_id) WHERE replaces_id IS NOT NULL", "Another line has taken the place of this one already."
    )

    @api.constrains("replaces_id", "contract_id")
    def _check_replaces(self):
        """A line and its successor are of one contract: the settlement would forget the other."""
        for line in self.filtered("replaces_id"):
            if line.replaces_id.contract_id != line.contract_id:
                raise ValidationError(self.env._("A line takes the place of one of its own contract."))

    # === WHAT SERVES WHEN === #
    def _get_chain(self):
        """All lines of the chain, those that serve no day too, the newest last."""
        self.ensure_one()
        return next(chain for chain in self.contract_id._get_line_chains() if self in chain)

    def _get_live(self):
        """Those of the lines that serve, in the order of their days."""
        return self.filtered(lambda line: line.active and not line.is_void).sorted("date_start")

    def _get_last_day(self):
        """Last day of the line, by its end and by the number of its periods; the last of the calendar: none."""
        self.ensure_one()
        cadence = self._get_cadence()
        last = self.date_end or date.max
        if cadence.repetitions:
            args = (cadence.interval, cadence.unit, cadence.anchor_day)
            last = min(last, period(cadence.anchor, cadence.repetitions - 1, *args)[1])
        return last

    def _serves(self, day):
        """Whether the day is one of the line's."""
        return self.active and not self.is_void and self.date_start <= day <= self._get_last_day()

    def _get_next_period_days(self, day):
        """First days of the next periods that begin after a day, of the lines that go on."""
        found = []
        for line in self.filtered(lambda line: line._get_last_day() >= day):
            cadence = line._get_cadence()
            args = (cadence.interval, cadence.unit, cadence.anchor_day)
            begin = max(line.date_start, cadence.anchor)  # a trial comes before the first period
            if day < begin:
                found.append(begin)
            else:
                found.append(period(cadence.anchor, index_of(cadence.anchor, day, *args), *args)[1] + ONE_DAY)
        return found

    def _get_billed_until(self):
        """Last day of each line that was billed, by its id."""
        billed = Domain("line_id", "in", self.ids) & Domain("state", "=", "invoiced")
        rows = self.env["subscription.installment"].sudo()  # sudo: whoever may see the rows
        groups = rows._read_group(billed, ["line_id"], ["date_to:max"]) if self else ()
        return {line.id: day for line, day in groups}

    def _is_billed(self):
        """Whether an invoice was made for a day of the line."""
        return any(row.state == "invoiced" for row in self.sudo().installment_ids)  # sudo: whoever may see the rows

    # === OTHER TERMS FROM A DAY ON === #
    def _change_from(self, day, values, journal, stops=None):
        """Have other terms from a day on, in all of the chain's days from then on.

        :param values: plain values.
        :param stops: first day from which on something else was agreed already, by field.
        """
        stops = stops or {}
        for line in self._get_chain()._get_live():
            start = max(line.date_start, day)
            if line._get_last_day() >= start:
                news = {name: value for name, value in values.items() if start < stops.get(name, date.max)}
                line._give_way(start, news, journal)

    def _give_way(self, day, values, journal):
        """From a day on another line takes the place, with these values; one that was not billed yet takes them."""
        old = {name: plain(self, name) for name in values}
        if all((old[name] or False) == (value or False) for name, value in values.items()):
            return
        if CADENCE & set(values) and self.repetitions:
            # So many periods of another length would be another end.
            values = {**values, "repetitions": 0, "date_end": self._get_last_day().isoformat()}
        if day == self.date_start and not self._is_billed():
            journal.put(self, values)
            return
        successor = {
            "contract_id": self.contract_id.id,
            "active": True,
            "date_start": day,
            "date_end": self.date_end,
            "paid_until": self.paid_until,
            "payer_id": self.payer_id.id,
            "replaces_id": self._get_chain()[-1].id,
            **to_write(self, values),
        }
        line = marked(self).copy(successor)
        journal.add(line)
        self._stop_before(day, journal, line._wait(journal))

    def _wait(self, journal):
        """Have the first days of a new line wait for the next invoice, or for its own next period if that is sooner.

        :return: day for which they wait; empty: none.
        """
        if not journal.hold:
            return False
        begun = max(self.date_start, self.company_id._subscription_today())
        hold = min([journal.hold, *self._get_next_period_days(begun)])
        marked(self).bill_from = hold
        return hold

    def _stop_before(self, day, journal, hold):
        """Have the line serve no day from this one on; what comes back of it waits for an invoice."""
        none = {"is_void": True, "active": False}
        end = {"date_end": (day - ONE_DAY).isoformat()} if day > self.date_start else none
        journal.put(self, {**end, "final_from": hold and hold.isoformat()})

    def _end_from(self, day, journal):
        """Have the chain serve no day from this one on."""
        for line in self._get_chain()._get_live():
            if line._get_last_day() >= day:
                line._stop_before(max(day, line.date_start), journal, journal.hold)
