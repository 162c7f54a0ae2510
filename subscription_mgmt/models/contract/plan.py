"""Keeping the payment plan far enough ahead."""

from odoo import api, models
from odoo.fields import Date, Domain

from ...tools.periods import ONE_DAY
from ...tools.plan import slots
from ..common.batches import Job
from .subscription_contract_line import FIXED_TERM_YEARS


def get_horizon(company, cadence, date_start, today):
    """Last day on which a period of a line may start: its end, or the company's horizon from today.

    :param date_start: of the line; one that starts later has its horizon from there.
    """
    if cadence.date_end and cadence.date_end <= Date.add(today, years=FIXED_TERM_YEARS):
        return cadence.date_end
    if cadence.repetitions:
        return Date.to_date("9999-12-31")
    return company._subscription_horizon_date(max(today, date_start))


EXTEND = Job("subscription.contract", "_get_contracts_to_extend_domain", "_extend_plan", "plan")


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _generate_installments(self, until=None):
        """Add what is missing to the payment plan (WSM-04, WSM-34); see :meth:`_settle`.

        :return: the new rows.
        """
        before = self.installment_ids
        self._settle(until)
        return self.installment_ids - before

    def _regenerate_installments(self, until=None):
        """Make the plan anew from the terms as they are now; see :meth:`_settle`."""
        return self._settle(until)

    def action_regenerate(self):
        """Show what settling the contract now would change; nothing is done before it is confirmed."""
        self.ensure_one()
        change = self.env["subscription.plan.change"].create({"contract_id": self.id})
        change.flush_recordset()  # what is shown is what stands now
        return change._get_form_action()

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

    def _get_horizon(self, today=None):
        """Last day on which a period of this line may start: its end, or the company's horizon from today."""
        self.ensure_one()
        company = self.contract_id.company_id
        return get_horizon(company, self._get_cadence(), self.date_start, today or company._subscription_today())

    def _get_slots(self, until, covered=()):
        """Stretches of days that a draft line will have to bill, outside the covered periods."""
        self.ensure_one()
        cadence = self._get_cadence()
        first = max(cadence.anchor, self.paid_until + ONE_DAY) if self.paid_until else cadence.anchor
        return slots(cadence, first, until or self._get_horizon(), covered)
