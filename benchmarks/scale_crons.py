"""What runs by itself, as it runs: every hour with nothing to do, and a day's work."""

from datetime import timedelta
from functools import partial

import measure
from freezegun import freeze_time
from scale_screens import Goal

# Invoices reminded, interactions prepared, contracts made in one measurement
SAMPLE = 200
FAR = 300


class Crons:
    """Rows of the table of crons; `each` is what the figures are divided by."""

    def __init__(self, env):
        self.env = env
        self.today = env.company._subscription_today()

    def get_all(self):
        """Yield (name, goal, sample, records that it is divided by)."""
        contracts, runs = self.env["subscription.contract"], self.env["subscription.billing.run"]
        assurance = self.env["subscription.assurance"]
        yield "billing, nothing due", Goal(10), self._measure(runs._cron_bill_due), 1
        yield "plan top-up, nothing to do", Goal(50), self._measure(contracts._cron_extend_plans), 1
        with freeze_time(f"{self.today + timedelta(days=1)} 09:00:00"):
            yield "plan top-up, a day's work", Goal(mb=60), self._measure(contracts._cron_extend_plans, warm=False), 1
        assurance._cron_check_assurance()
        yield "assurance, nothing touched", Goal(170), self._measure(assurance._cron_check_assurance), 1
        yield from self._follow_up()
        yield from self._prepare()
        yield from self._make_contracts()

    def _measure(self, work, warm=True):
        """Once to warm up, once measured, with an empty cache of records."""
        if warm:
            work()
            self.env.cr.commit()
        self.env.invalidate_all()
        with measure.Meter(self.env.cr) as meter:
            work()
            self.env.cr.commit()
        return meter.sample

    # === DUNNING === #
    def _follow_up(self):
        """Only finding: the first step is far off. Then the first reminders, of some."""
        logs, moves = self.env["subscription.dunning.log"], self.env["account.move"]
        plan = self.env.company.subscription_dunning_plan_id
        days = {step: step.days for step in plan.step_ids}
        due = moves.search(moves._get_subscription_dunning_domain(self.env.company, self.today))
        limit = plan.max_days
        for number, step in enumerate(plan.step_ids):
            step.days = FAR + number
        plan.max_days = FAR * 2
        self.env.cr.commit()
        count = max(len(due), 1)
        found = self._measure(logs._cron_run_dunning)
        yield f"dunning: only finding, each of {count:,} overdue", Goal(0.1), found, count
        for step, day in days.items():
            step.days = day
        plan.max_days = limit
        some = due[:SAMPLE]
        self.env.cr.commit()
        sample = self._measure(partial(some._run_dunning, self.today), warm=False)
        yield f"dunning: first reminder, each of {len(some)}", Goal(queries=4), sample, max(len(some), 1)

    # === INTERACTIONS, CONTRACTS === #
    def _prepare(self):
        rows = self.env["subscription.interaction"]
        some = rows.search([("state", "=", "planned"), ("is_prepared", "=", False)], limit=SAMPLE)
        sample = self._measure(partial(some.sudo()._prepare, self.today), warm=False)
        yield f"preparing interactions, each of {len(some)}", Goal(2, queries=1), sample, max(len(some), 1)

    def _make_contracts(self):
        partners = self.env["res.partner"].search([], order="id desc", limit=SAMPLE)
        product = self.env["product.product"].search([("name", "=", "Internet")], limit=1)
        values = [
            {
                "subject": "Made at once",
                "partner_id": partner.id,
                "date_start": self.today,
                "line_ids": [(0, 0, {"product_id": product.id, "price_unit": 20.0})],
            }
            for partner in partners
        ]
        contracts = self.env["subscription.contract"]
        contracts.create([{**one} for one in values[:2]])  # create() writes the number into what it is given
        sample = self._measure(lambda: (contracts.create(values), self.env.flush_all()), warm=False)
        yield f"making contracts, each of {len(values)}", Goal(queries=1), sample, len(values)
