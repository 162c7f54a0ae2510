from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from ...models.contract.plan import EXTEND
from ..common import SubscriptionCommon

TODAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestPlanUntil(SubscriptionCommon):
    """How far each contract is planned is kept, and finds the same contracts to extend as all rows of the plan do."""

    def get_short(self, day):
        """Contracts to extend by the rows alone, as lines and rows say."""
        horizon = self.company._subscription_horizon_date(day)

        def goes_on(record):
            return not record.date_end or record.date_end > horizon

        def is_short(line):
            reached = any(row.date_to >= horizon for row in line.installment_ids)
            return line.active and not line.repetitions and goes_on(line) and not reached

        running = self.env["subscription.contract"].search(
            [("company_id", "=", self.company.id), ("state", "in", ("active", "paused"))]
        )
        return running.filtered(lambda one: goes_on(one) and any(is_short(line) for line in one.line_ids))

    def check(self):
        """Whatever the day on which the night looks."""
        days = (TODAY, *(TODAY + timedelta(days=days) for days in (1, 31, 200, 366, 800)))
        frame = self.env["subscription.batches"].with_company(self.company)
        for day in days:
            self.env.flush_all()
            found = self.env["subscription.contract"].search(frame._get_domain(EXTEND, day))
            self.assertEqual(found, self.get_short(day), day)
        return found

    def test_finds_what_the_rows_say(self):
        self.company.subscription_horizon_months = 12
        contracts = {
            "open": self.make_contract(),
            "fixed": self.make_contract(date_end=date(2027, 6, 30)),
            "repeated": self.make_contract([{"repetitions": 3}]),
            "two ends": self.make_contract([{"date_end": date(2026, 3, 31)}, {"interval": 3}]),
            "yearly": self.make_contract([{"interval_unit": "year", "billing_timing": "arrears"}]),
            "later": self.make_contract(date_start=date(2026, 9, 1)),
            "draft": self.make_contract(activate=False),
            "closed": self.make_contract(),
            "paused": self.make_contract(),
        }
        contracts["closed"].action_close(date(2026, 5, 31), self.reason)
        contracts["paused"]._pause_unpaid(date(2026, 2, 1), "Not paid")
        found = self.check()
        for name in ("open", "two ends", "yearly", "later", "paused"):
            self.assertIn(contracts[name], found, name)
        for name in ("repeated", "draft", "closed"):
            self.assertNotIn(contracts[name], found, name)
        self.company.subscription_horizon_months = 24
        self.check()

    def test_follows_what_happens_to_the_contract(self):
        contract = self.make_contract()
        until = contract.plan_until
        self.assertEqual(until, max(contract.installment_ids.mapped("date_to")))
        contract.line_ids = [Command.create({"product_id": self.product.id, "price_unit": 5.0, "interval": 6})]
        self.check()
        contract.line_ids[0].date_end = date(2026, 4, 30)
        self.check()
        contract.date_end = date(2026, 8, 31)
        self.assertFalse(contract.plan_until, "planned to its end")
        self.check()
        contract.date_end = False
        self.assertEqual(contract.plan_until, max(contract.line_ids[1].installment_ids.mapped("date_to")))
        self.check()
        contract.line_ids[1].active = False
        self.check()

    def test_extending_moves_it_on(self):
        contract = self.make_contract()
        until = contract.plan_until
        contract._generate_installments(until + timedelta(days=90))
        self.assertGreater(contract.plan_until, until + timedelta(days=60))

    def test_billing_does_not_touch_it(self):
        contract = self.make_contract()
        self.env.flush_all()
        self.env.cr.execute("UPDATE subscription_contract SET plan_until = '2000-01-01' WHERE id = %s", contract.ids)
        self.env.invalidate_all()
        self.bill(TODAY)
        self.assertEqual(contract.plan_until, date(2000, 1, 1))
