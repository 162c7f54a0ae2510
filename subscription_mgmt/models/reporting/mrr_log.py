"""The log of recurring revenue follows the terms: whoever changes them has it compared, and what is missing added."""

from bisect import bisect_right
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import mrr
from ...tools.periods import ONE_DAY
from ..common.batches import Job
from ..common.context import LATER
from ..common.groups import VIEWER

VALUE = Job("subscription.contract", "_get_to_value_domain", "_value_mrr", "check")

# What the log says of a contract besides its terms
IDENTITY = {"partner_id", "company_id", "currency_id", "close_reason_id"}
# A line that follows another with all of these the same, and another price, has another price and nothing else.
SAME = ("product_id", "quantity", "discount", "interval", "interval_unit")


class Rates:
    """Exchange rates of currencies in a company, read once; as Odoo chooses them."""

    def __init__(self, currencies, company):
        self.company = company
        domain = [
            ("currency_id", "in", (currencies | company.currency_id).ids),
            ("company_id", "in", (False, company.root_id.id)),
        ]
        self._rates = defaultdict(lambda: ([], []))
        # sudo: rates are no secret, and the log is the system's
        for rate in company.env["res.currency.rate"].sudo().search(domain, order="name"):
            self._rates[rate.currency_id.id, bool(rate.company_id)][0].append(rate.name)
            self._rates[rate.currency_id.id, bool(rate.company_id)][1].append(rate.rate)
        self.today = company._subscription_today()

    def _get_rate(self, currency, day):
        """Of the company before that of all companies; before the first one, the first."""
        own, common = ((currency.id, True), (currency.id, False))
        for key in (own, common):
            index = bisect_right(self._rates[key][0], day)
            if index:
                return self._rates[key][1][index - 1]
        return next((self._rates[key][1][0] for key in (own, common) if self._rates[key][1]), 1.0)

    def get_converter(self, currency):
        """Function of (amount, day): what it is in the company's currency; days to come have the rate of today."""
        to = self.company.currency_id

        def convert(amount, day):
            day = min(day, self.today)
            return to.round(amount * self._get_rate(to, day) / self._get_rate(currency, day))

        return convert


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    mrr_event_ids = fields.One2many(
        comodel_name="subscription.mrr.event",
        inverse_name="contract_id",
        string="Revenue Log",
        readonly=True,
        groups=VIEWER,
    )

    # === WHAT CHANGES THE LOG === #
    def _settle(self, until=None, reason=None):
        """Override of the contract: the log of recurring revenue follows the terms as the plan does."""
        change = super()._settle(until, reason)
        if change is not None:
            self._log_mrr()
        return change

    def write(self, vals):
        """Override of the contract: another subscriber, currency, company or reason is another line of the log."""
        result = super().write(vals)
        if IDENTITY & vals.keys() and not self._is_own_code():
            self._log_mrr()
        return result

    def unlink(self):
        """Override of `base`: for what else the subscribers have, the contract was never there."""
        others = self._get_of_subscribers(self.sudo().mrr_event_ids.partner_id.ids, self.company_id) - self
        result = super().unlink()
        others._log_mrr(anew=True)
        return result

    def _log_mrr(self, anew=False):
        """Add to the log what it lacks to say what the terms say; twice adds nothing.

        Of contracts in which nothing changed this costs one look. Of the others all contracts of the subscriber are
        read: what is new, growth or loss depends on what else there is.

        :param anew: look at what everything means again, whether something changed or not.
        """
        if self.env.context.get("subscription_settle") is LATER:
            return
        contracts = self.sudo().with_context(active_test=False)  # sudo: the log follows, whoever changes the terms
        events = contracts.env["subscription.mrr.event"]
        logged = events._read_facts(contracts)
        wanted = contracts._get_mrr_facts()
        if logged == wanted and not anew:
            return
        changed = {key[0] for key, _amount in logged.items() ^ wanted.items()}
        if not anew:
            contracts = contracts.browse([id_ for id_ in contracts.ids if id_ in changed])
        before = {key[3] for key in logged if key[0] in set(contracts.ids)}
        for company, part in contracts.grouped("company_id").items():
            part._log_mrr_of(company, before)

    def _log_mrr_of(self, company, partner_ids):
        """Add what is missing of the contracts of one company, and of whatever else their subscribers have.

        :param partner_ids: subscribers that the log names for them.
        """
        partner_ids = partner_ids | set(self.partner_id.ids)
        contracts = self | self._get_of_subscribers(list(partner_ids), company)
        events = self.env["subscription.mrr.event"]
        logged = {
            key: sums for key, sums in events._read_logged(contracts, partner_ids).items()
            if key[0] in set(self.ids) or key[4] == company.id
        }  # fmt: skip
        events._append(contracts._get_mrr_movements(company), logged)

    def _get_of_subscribers(self, partner_ids, companies):
        """All contracts that were ever in force of subscribers in companies."""
        domain = [("partner_id", "in", partner_ids), ("company_id", "in", companies.ids), ("state", "!=", "draft")]
        # sudo: as for the log
        return self.sudo().with_context(active_test=False).search(domain, order="id") if partner_ids else self.sudo()

    # === THE NIGHT === #
    @api.model
    def _get_to_value_domain(self, company, date_ref):
        """Contracts in another currency that were not valued anew this month."""
        valued = Domain("day", ">=", date_ref.replace(day=1)) & Domain("mark", "=", "currency")
        running = Domain("company_id", "=", company.id) & Domain("state", "in", ("active", "paused"))
        return (
            running & Domain("currency_id", "!=", company.currency_id.id) & Domain("mrr_event_ids", "not any", valued)
        )

    def _value_mrr(self, _date_ref):
        """Value what is paid in another currency by the rate of the month."""
        self._log_mrr(anew=True)

    # === WHAT THE TERMS SAY === #
    def _get_mrr_lines(self):
        """The lines of contracts as plain Python reads them: {line: :class:`tools.mrr.Line`}."""
        contracts = self.filtered(lambda contract: contract.state != "draft")
        found = {}
        for line, (first, last) in contracts._get_paid_days().items():
            if line.mrr:
                contract = line.contract_id
                found[line] = mrr.Line(
                    line, first, last, line.mrr,
                    [(pause.date_from, pause.date_to or None) for pause in contract.pause_ids],
                    is_foreign=line.currency_id != contract.company_id.currency_id,
                )  # fmt: skip
        for line in [line for line in found if line.replaces_id]:
            before = found.get(line.replaces_id)
            follows = before and before.last == found[line].first - ONE_DAY
            if follows and line._has_other_price():
                found[line] = found[line]._replace(price_from=True)
                found[line.replaces_id] = before._replace(price_to=True)
        return found

    def _get_mrr_fact(self, line, day, is_end):
        """The first columns of a line of the log; see :meth:`subscription.mrr.event._read_facts`."""
        contract = line.contract_id
        reason = False
        if is_end and contract.close_reason_id and day - ONE_DAY in contract._get_last_days():
            reason = contract.close_reason_id.id
        return (contract.id, line.id, line.product_id.id, contract.partner_id.id, contract.company_id.id,
                line.currency_id.id, day, reason or None)  # fmt: skip

    def _get_mrr_facts(self):
        """What the log should say of the contracts, whatever it means."""
        found = defaultdict(float)
        for line, plain in self._get_mrr_lines().items():
            for change in mrr.changes(plain):
                is_paused = change.part == mrr.PAUSED
                is_end = not is_paused and not change.begins
                found[(*self._get_mrr_fact(line, change.day, is_end), is_paused)] += change.amount
        return {key: round(amount, 6) for key, amount in found.items() if round(amount, 6)}

    def _get_mrr_movements(self, company):
        """What the log should say of all contracts of some subscribers in a company: {key: (amount, value)}."""
        lines = self._get_mrr_lines()
        foreign = self.env["res.currency"].union(*(line.currency_id for line in lines if lines[line].is_foreign))
        rates = Rates(foreign, company) if foreign else None
        convert = {currency: rates.get_converter(currency) for currency in foreign}
        today = company._subscription_today()
        by_partner = defaultdict(list)
        for line, plain in lines.items():
            if line.contract_id.company_id == company:
                by_partner[line.contract_id.partner_id] += mrr.valued(plain, convert.get(line.currency_id), today)
        found = defaultdict(lambda: [0.0, 0.0])
        for items in by_partner.values():
            for one in mrr.movements(items, company.currency_id.rounding / 2):
                fact = self._get_mrr_fact(one.key, one.day, one.is_end)
                sums = found[(*fact, one.kind, one.mark)]
                sums[0] += one.amount
                sums[1] += one.value
        return {key: (round(amount, 6), round(value, 6)) for key, (amount, value) in found.items()}


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    def write(self, vals):
        """Override of the line: another product is another line of the log."""
        result = super().write(vals)
        if "product_id" in vals:
            self.contract_id._log_mrr()
        return result

    def unlink(self):
        """Override of the line: what it had come to is taken back."""
        contracts = self.contract_id
        result = super().unlink()
        contracts.exists()._log_mrr()
        return result

    def _has_other_price(self):
        """Whether the line is the one that it replaces at another price, and nothing else."""
        before = self.replaces_id
        return self.price_unit != before.price_unit and all(self[name] == before[name] for name in SAME)
