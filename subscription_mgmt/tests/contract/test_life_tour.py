from datetime import date

from odoo.tests import HttpCase, freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestContractLifeTour(SubscriptionCommon, HttpCase):
    """Pause, resume, close, take back, close and re-open as a clerk does it, with what each dialog says before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_admin = cls.env.ref("base.user_admin")
        cls.user_admin.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})

    @freeze_time("2026-03-10 10:00:00", tick=True)
    def test_pause_close_and_reopen(self):
        contract = self.make_contract()
        self.bill(date(2026, 3, 1))
        self.start_tour(f"/odoo/subscriptions/{contract.id}", "subscription_contract_life", login="admin", timeout=180)
        self.assertEqual((contract.state, contract.date_end, contract.close_reason_id.id), ("active", False, False))
        self.assertFalse(contract.pause_ids, "paused and resumed on one day")
