"""What runs by itself, as it runs: every hour with nothing to do, and a day's work."""

from datetime import timedelta
from functools import partial

import measure
from freezegun import freeze_time
from scale_screens import Goal

# Invoices reminded, interactions prepared, contracts made in one measurement
SAMPLE = 500
# Times that what is quick is done
IDLE = 10
# Days after which the later reminders are sent
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
        yield "billing, nothing due", Goal(10), self._measure(runs._cron_bill_due, IDLE), IDLE
        yield "plan top-up, nothing to do", Goal(50), self._measure(contracts._cron_extend_plans, IDLE), IDLE
        self._rest()
        yield "assurance, nothing touched", Goal(500), self._measure(assurance._cron_check_assurance, 2), 2
        sample, rows = self._extend()
        yield f"plan top-up, a day's work ({rows:,} rows)", Goal(mb=60), sample, 1
        yield from self._follow_up()
        yield from self._prepare()
        yield from self._make_contracts()

    def _measure(self, work, times=0):
        """Once to warm up and then so often, or (0) once and cold; with an empty cache of records."""
        if times:
            work()
            self.env.cr.commit()
        with measure.Meter(self.env.cr) as meter:
            for _turn in range(times or 1):
                self.env.invalidate_all()
                work()
                self.env.cr.commit()
        return meter.sample

    def _rest(self):
        """A first night, and then days on which nothing was written."""
        self.env["subscription.assurance"]._cron_check_assurance()
        self.env.cr.execute(
            "UPDATE subscription_assurance_check SET date_checked = date_checked - 3, "
            "write_date = write_date - interval '30 hours'"
        )
        self.env.cr.commit()

    def _extend(self):
        """The work of the first of the next days on which there is some.

        :return: (sample, rows that were added).
        """
        rows, sample, added = self.env["subscription.installment"], None, 0
        for ahead in range(1, 8):
            before = rows.search_count([])
            with freeze_time(f"{self.today + timedelta(days=ahead)} 09:00:00", tick=True):
                sample = self._measure(self.env["subscription.contract"]._cron_extend_plans)
            added = rows.search_count([]) - before
            if added:
                break
        return sample, added

    # === DUNNING === #
    def _follow_up(self):
        """First reminders, of some; then, when all have theirs, finding that nothing is to be done."""
        moves, plan = self.env["account.move"], self.env.company.subscription_dunning_plan_id
        for number, step in enumerate(plan.step_ids[1:]):
            step.days = FAR + number
        due = moves.search(moves._get_subscription_dunning_domain(self.env.company, self.today), order="id")
        some = due[:SAMPLE]
        self.env.cr.commit()
        sample = self._measure(partial(some._run_dunning, self.today))
        yield f"dunning: first reminder, each of {len(some)}", Goal(queries=4), sample, max(len(some), 1)
        self._copy_logs((due - some).ids)
        count = max(len(due), 1)
        found = self._measure(self.env["subscription.dunning.log"]._cron_run_dunning, 2)
        yield f"dunning: only finding, each of {count:,} overdue", Goal(0.1), found, 2 * count

    def _copy_logs(self, move_ids):
        """Say that the other invoices had their reminder, too."""
        cr = self.env.cr
        cr.execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = 'subscription_dunning_log' AND column_name NOT IN ('id', 'move_id')"
        )
        [columns] = cr.fetchone()
        cr.execute(
            f"INSERT INTO subscription_dunning_log (move_id, {columns}) SELECT move.id, {columns} FROM "
            f"(SELECT {columns} FROM subscription_dunning_log ORDER BY id LIMIT 1) log, unnest(%s) move (id)",
            [move_ids],
        )
        cr.execute("ANALYZE subscription_dunning_log")
        self.env.invalidate_all()

    # === INTERACTIONS, CONTRACTS === #
    def _prepare(self):
        rows = self.env["subscription.interaction"]
        some = rows.search([("state", "=", "planned"), ("is_prepared", "=", False)], limit=SAMPLE)
        sample = self._measure(partial(some.sudo()._prepare, self.today))
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
        sample = self._measure(lambda: (contracts.create(values), self.env.flush_all()))
        yield f"making contracts, each of {len(values)}", Goal(queries=1), sample, len(values)
