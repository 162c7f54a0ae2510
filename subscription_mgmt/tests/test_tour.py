from datetime import date, timedelta

from odoo.tests import HttpCase, freeze_time, tagged

from .common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestMainJobTour(SubscriptionCommon, HttpCase):
    """The main job as a clerk does it: import, activate, bill, look at the invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_admin = cls.env.ref("base.user_admin")
        cls.user_admin.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.product.default_code = "NET"
        cls.env["res.partner"].create(
            [{"name": f"Kurum {ref}", "is_company": True, "ref": ref} for ref in ("K2001", "K2002")]
        )

    @freeze_time("2026-01-15", tick=True)
    def test_main_job(self):
        self.start_tour("/odoo", "subscription_main_job", login="admin", timeout=180)
        contracts = self.env["subscription.contract"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(contracts.mapped("name")), {"TUR-1", "TUR-2"})
        self.assertEqual(contracts.mapped("state"), ["active", "active"])
        invoices = contracts.invoice_ids
        self.assertEqual(sorted(invoices.mapped("amount_total")), [119.88, 300.0])
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        self.assertIn("01/01/2026 – 01/31/2026", invoices[0].invoice_line_ids.name)


@tagged("post_install", "-at_install")
class TestRecurrenceTour(SubscriptionCommon, HttpCase):
    """A recurring invoice from the first click to the customer: define, generate, change, confirm, send."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_admin = cls.env.ref("base.user_admin")
        cls.user_admin.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.buyer = cls.env["res.partner"].create({"name": "Kuzey Ticaret", "email": "kuzey@example.com"})

    @freeze_time("2026-01-05 10:00:00", tick=True)
    def test_recurring_invoice(self):
        self.start_tour("/odoo", "subscription_recurrence", login="admin", timeout=180)
        recurrence = self.env["subscription.recurrence"].search([("name", "=", "Fibre internet")])
        self.assertEqual((recurrence.mon, recurrence.tue), (True, False))
        rows = recurrence.interaction_ids
        self.assertEqual({day.weekday() for day in rows.mapped("occurrence_date")}, {0})
        sent = rows.filtered("invoice_id")
        self.assertEqual((len(sent), sent.state, sent.invoice_id.amount_total), (1, "done", 120.0))
        self.assertTrue(sent.invoice_id.is_move_sent)


@tagged("post_install", "-at_install")
class TestAmendmentTour(SubscriptionCommon, HttpCase):
    """A price from the next period: begun from the line, looked at, confirmed, undone."""

    @freeze_time("2026-01-15 10:00:00", tick=True)
    def test_amendment(self):
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        contract = self.make_contract()
        self.start_tour(f"/odoo/subscriptions/{contract.id}", "subscription_amendment", login="admin", timeout=180)
        self.assertEqual(contract.amendment_ids.state, "undone")
        self.assertEqual((contract.line_ids.price_unit, contract.line_ids.date_end), (100.0, False))


@tagged("post_install", "-at_install")
class TestCalendarTour(SubscriptionCommon, HttpCase):
    """The plan as a calendar: a day with more rows than can be looked at is a number that opens them."""

    def test_busy_day(self):
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        # The day of the browser, whose clock is not ours
        today = date.today()
        self.make_contract([{}] * 25, date_start=today, date_end=today)
        few = self.env["res.partner"].create({"name": "Few Ltd."})
        self.make_contract(partner_id=few.id, date_start=today + timedelta(days=1), date_end=today + timedelta(days=1))
        self.start_tour("/odoo/subscription-plan", "subscription_busy_calendar", login="admin", timeout=120)
