from odoo.tests import freeze_time, tagged

from .common import SubscriptionCommon
from .years import SHORT, Years


@tagged("post_install", "-at_install")
class TestYears(SubscriptionCommon):
    """Eleven weeks over the end of a year and 29 February, day by day; `bin/bench years` lives 26 of them."""

    def test_each_day_is_charged_once_whatever_happens(self):
        with freeze_time("2027-12-15 10:00:00") as clock, self.enter_registry_test_mode():
            years = Years(self.env, self.company, self.product, self.reason, clock)
            years.live(SHORT, again=lambda changed: changed)
            self.assertEqual(list(years.check()), [])
            self.assertGreater(years.days, 900)
            states = [agreement.contract.state for agreement in years.agreements]
            self.assertEqual((states.count("active"), states.count("closed")), (8, 2))
