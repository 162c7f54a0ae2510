"""Keeping the payment plan far enough ahead."""

from datetime import date

from odoo import api, fields, models
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


# A line without any row is short of its plan from the beginning.
NOTHING_PLANNED = date(1, 1, 1)
EXTEND = Job("subscription.contract", "_get_contracts_to_extend_domain", "_extend_plan", "plan")


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    plan_until = fields.Date(
        string="Planned Until",
        compute="_compute_plan_until",
        store=True,
        help="Up to this day the plan reaches on the line that goes on and is planned the least far. Empty: every line "
        "is planned to its end.",
    )

    # Among contracts that run, those whose plan has become too short are found without a look at any row.
    _running_plan = models.Index(
        "(company_id, plan_until) WHERE state IN ('active', 'paused') AND plan_until IS NOT NULL"
    )

    @api.depends(
        "state", "date_end", "line_ids.date_end", "line_ids.repetitions", "line_ids.active",
        "installment_ids.date_to", "installment_ids.line_id",
    )  # fmt: skip
    def _compute_plan_until(self):
        """Drafts have no plan yet."""
        running = self.filtered(lambda contract: contract.state != "draft")
        (self - running).plan_until = False
        rows = Domain("contract_id", "in", running.ids)
        last_days = dict(self.env["subscription.installment"]._read_group(rows, ["line_id"], ["date_to:max"]))
        for contract in running:
            reached = [
                day
                for line in contract.line_ids
                if line.active and not line.repetitions
                for day in [last_days.get(line._origin, NOTHING_PLANNED)]
                if all(not end or end > day for end in (contract.date_end, line.date_end))
            ]
            contract.plan_until = min(reached, default=False)

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
            # Every contract that the lines below are looked for in is among these, and hardly another.
            & Domain("plan_until", "<", horizon)
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
