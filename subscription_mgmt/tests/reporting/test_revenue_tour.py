from datetime import date

from odoo.tests import HttpCase, freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestRevenueTour(SubscriptionCommon, HttpCase):
    """The revenue report in a browser: tables, what they are looked at by, and what a figure opens."""

    @freeze_time("2026-03-10 10:00:00", tick=True)
    def test_the_report_is_read_and_opened(self):
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        self.make_contract(date_start=date(2026, 2, 1))
        self.start_tour("/odoo/subscription-revenue", "subscription_revenue_report", login="admin", timeout=180)
