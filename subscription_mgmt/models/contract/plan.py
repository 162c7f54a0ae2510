"""Making and re-making the payment plan of contracts."""

from collections import namedtuple
from decimal import Decimal

from odoo import api, models
from odoo.fields import Date, Domain
from odoo.tools import float_compare

from ...tools.periods import ONE_DAY
from ...tools.plan import slots
from ...tools.proration import net, prorate
from ..common.batches import Job

# What making a plan anew does. added: list of values; changed: list of (row, values); removed, kept: rows
# A fixed term gets all its rows at activation; one that ends later than this is treated as open-ended, because
# old systems write "no end" as the year 9999.
FIXED_TERM_YEARS = 10

Difference = namedtuple("Difference", "added changed removed kept")
EXTEND = Job("subscription.contract", "_get_contracts_to_extend_domain", "_extend_plan", "plan")


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _generate_installments(self, until=None):
        """Add what is missing to the payment plan; touch nothing that is there. Safe to repeat (WSM-04, WSM-34).

        :param until: last day on which a period may start, included; default: fixed terms in full, open-ended
            lines up to the company's horizon from today.
        :return: the new rows.
        """
        values = []
        for line in self._get_plannable_lines():
            slots_ = line._get_slots(until, [(row.date_from, row.date_to) for row in line._get_charges()])
            values += [line._prepare_installment_values(slot) for slot in slots_]
        return self.env["subscription.installment"].create(values)

    def _get_plan_difference(self, until=None):
        """What making the plan anew would do: rows billed, skipped or edited by hand stay as they are.

        :return: :class:`Difference`; writes nothing.
        """
        difference = Difference([], [], self.env["subscription.installment"], self.env["subscription.installment"])
        added, changed, removed, kept = difference
        for line in self.with_context(active_test=False).line_ids:
            charges = line._get_charges()
            loose = charges.filtered(lambda row: row.state == "planned" and not row.is_edited)
            fixed = charges - loose
            kept |= fixed
            left = {row.date_from: row for row in loose}
            # A horizon that moved back must not cut off what was already planned.
            horizon = max([until or line._get_horizon(), *left])
            slots_ = line._get_slots(horizon, [(row.date_from, row.date_to) for row in fixed])
            for slot in slots_ if line.active else ():
                row, values = left.pop(slot.date_from, None), line._prepare_installment_values(slot)
                if not row:
                    added.append(values)
                elif new := row._get_changes(values):
                    changed.append((row, new))
                else:
                    kept |= row
            removed = removed.union(*left.values())
        return Difference(added, changed, removed, kept)

    def _regenerate_installments(self, until=None):
        """Make the plan anew from the lines as they are now; see :meth:`_get_plan_difference`."""
        difference = self._get_plan_difference(until)
        difference.removed.unlink()
        for row, values in difference.changed:
            row.write({**values, "is_edited": False})
        self.env["subscription.installment"].create(difference.added)
        self.filtered("plan_outdated").plan_outdated = False
        return difference

    def action_regenerate(self):
        """Show what making the plan anew would change; nothing is done before it is confirmed."""
        self.ensure_one()
        change = self.env["subscription.plan.change"].create({"contract_id": self.id})
        return change._get_form_action()

    def _get_plannable_lines(self):
        """Lines that still make rows: those of running contracts."""
        return self.filtered(lambda contract: contract.state in ("active", "paused")).line_ids

    @api.model
    def _get_contracts_to_extend_domain(self, company, date_ref):
        """Contracts with a line that goes on beyond the horizon but whose rows do not reach it."""
        horizon = company._subscription_horizon_date(date_ref)
        goes_on = Domain("date_end", "=", False) | Domain("date_end", ">", horizon)
        short = Domain("repetitions", "=", 0) & Domain("installment_ids", "not any", [("date_to", ">=", horizon)])
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", ("active", "paused"))
            & goes_on
            & Domain("line_ids", "any", short & goes_on)
        )

    def _extend_plan(self, _date_ref):
        """Top up the plan to the horizon."""
        self._generate_installments()

    @api.model
    def _cron_extend_plans(self):
        """Keep the rolling horizon of open-ended contracts: top up those whose plan does not reach it any more."""
        self.env["subscription.batches"]._run(EXTEND)


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    def _get_charges(self):
        """Rows of the plan that charge (and do not give back)."""
        return self.installment_ids.filtered(lambda row: not row.credited_id)

    def _get_horizon(self):
        """Last day on which a period of this line may start: its end, or the company's horizon from today."""
        self.ensure_one()
        company = self.contract_id.company_id
        today = company._subscription_today()
        cadence = self._get_cadence()
        if cadence.date_end and cadence.date_end <= Date.add(today, years=FIXED_TERM_YEARS):
            return cadence.date_end
        if cadence.repetitions:
            return Date.to_date("9999-12-31")
        # A contract that starts later has its horizon from there.
        return company._subscription_horizon_date(max(today, self.date_start))

    def _get_slots(self, until, covered):
        """Stretches of days that the line has to bill, outside the covered periods."""
        self.ensure_one()
        cadence = self._get_cadence()
        first = max(cadence.anchor, self.paid_until + ONE_DAY) if self.paid_until else cadence.anchor
        return slots(cadence, first, until or self._get_horizon(), covered)

    def _prepare_installment_values(self, slot):
        """Values of the row for one stretch of days; shorter than its period: charged by the day (one rule for all)."""
        self.ensure_one()
        values = {
            "contract_id": self.contract_id.id,
            "line_id": self.id,
            "date_from": slot.date_from,
            "date_to": slot.date_to,
            "date_invoice": slot.date_from if self.billing_timing == "advance" else slot.date_to + ONE_DAY,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
        }
        if slot.partial and (self.prorate or slot.bridge):
            values.update(self._prorate_values((slot.date_from, slot.date_to), slot.whole))
        return values

    def _prorate_values(self, used, whole):
        """Quantity, price and discount that come to the part of the line's amount for these days, to the cent.

        The unit price is prorated. Where quantity or discount would then miss the amount by a cent, the row says
        one unit at the prorated amount instead.
        """
        self.ensure_one()
        digits = self.currency_id.decimal_places
        price_digits = self.env["decimal.precision"].precision_get("Product Price")
        amount = float(prorate(net(self.quantity, self.price_unit, self.discount), used, whole, digits))
        price_unit = float(prorate(Decimal(str(self.price_unit)), used, whole, price_digits))
        by_price = self.currency_id.round(self.quantity * price_unit * (1 - self.discount / 100))
        if self.currency_id.compare_amounts(by_price, amount) == 0:
            return {"price_unit": price_unit}
        return {"quantity": 1.0, "price_unit": amount, "discount": 0.0}


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _get_changes(self, values):
        """Those of the values for the same period that differ from the row's own."""
        self.ensure_one()
        changes = {name: values[name] for name in ("date_to", "date_invoice") if self[name] != values[name]}
        for name in ("quantity", "price_unit", "discount"):
            digits = self._fields[name].get_digits(self.env)[1]
            if float_compare(self[name], values[name], precision_digits=digits):
                changes[name] = values[name]
        return changes

    def _read_terms(self):
        """The row's own values, as :meth:`SubscriptionContractLine._prepare_installment_values` gives them."""
        self.ensure_one()
        names = ("date_from", "date_to", "date_invoice", "quantity", "price_unit", "discount")
        return {"line_id": self.line_id.id, **{name: self[name] for name in names}}
