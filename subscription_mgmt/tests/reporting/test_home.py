from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from ...models.common.context import LEDGER
from ..common import SubscriptionCommon

LEVELS = {
    "viewer": "subscription_mgmt.group_subscription_viewer",
    "billing": "subscription_mgmt.group_subscription_billing",
}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestHome(SubscriptionCommon):
    """The page that the suite opens with."""

    def page(self, user=None):
        """Cards by their key, as a person sees them."""
        home = self.env["subscription.home"].with_user(user or self.env.user)
        return {card["key"]: card for card in home.get_page()["cards"]}

    def text(self, value):
        return value.replace("\N{NO-BREAK SPACE}", "")

    def test_the_figures_are_those_of_the_lists(self):
        contract = self.make_contract(billing_mode="post", date_end=date(2026, 4, 30))
        self.bill(date(2026, 3, 10))
        page = self.page()
        self.assertEqual(self.text(page["revenue"]["figure"]), self.text(self.money(contract.mrr)))
        self.assertEqual(page["ending"]["figure"], "1")
        unpaid = self.env["subscription.unpaid"].search([("company_id", "=", self.env.company.id)])
        self.assertEqual(page["unpaid"]["figure"], self.money(sum(unpaid.mapped("amount_overdue"))))
        for card in page.values():
            for key in {card["key"], *(row["key"] for row in card.get("rows", ()))}:
                action = self.env["subscription.home"].open_list(key)
                self.assertTrue(action["res_model"] if action["type"] == "ir.actions.act_window" else action["tag"])

    def money(self, amount):
        return self.env["subscription.home"]._money(amount)

    def test_what_is_to_be_billed_counts_what_was_missed(self):
        self.make_contract()
        rows = self.page()["month"]["rows"]
        missed = self.env["subscription.installment"].search(
            [("state", "=", "planned"), ("date_invoice", "<=", date(2026, 3, 31)),
             ("company_id", "=", self.env.company.id)]
        )  # fmt: skip
        self.assertEqual(rows[1]["value"], self.money(sum(missed.mapped("price_subtotal"))))
        self.assertIn(f"({len(missed)})", rows[1]["label"])

    def test_what_comes_on_many_days_is_converted_at_once(self):
        other = self.setup_other_currency("EUR", rates=[("2026-01-01", 3.0)])
        self.make_contract([{"price_unit": 1.0}], currency_id=other.id, date_start=date(2026, 3, 1))
        for day in (10, 20):
            self.make_contract([{"price_unit": 1.0}], currency_id=other.id, date_start=date(2026, 3, day))
        # Each by itself would be 0.33.
        self.assertEqual(self.page()["month"]["figure"], self.money(1.0))

    def test_what_is_not_in_service_is_not_to_be_billed(self):
        self.make_contract()
        before = self.page()["month"]["rows"]
        paused = self.make_contract()
        paused.with_context(subscription_ledger=LEDGER).write({"state": "paused"})
        self.assertEqual(self.page()["month"]["rows"], before)

    def test_a_list_that_there_is_not_is_refused(self):
        for key in ("nonsense", None, ["unpaid"]):
            with self.assertRaises(UserError, msg=key):
                self.env["subscription.home"].open_list(key)

    def test_who_may_not_see_contracts_opens_no_list(self):
        nobody = new_test_user(self.env, "nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["subscription.home"].with_user(nobody).open_list("unpaid")

    def test_what_is_unpaid_of_an_age_is_what_its_list_adds_up_to(self):
        self.make_contract(billing_mode="post", date_start=date(2025, 10, 1))
        for day in (date(2025, 10, 1), date(2026, 3, 1)):
            with freeze_time(day):
                self.bill(day)
        self.env.flush_all()
        shown = {row["key"]: row["value"] for row in self.page()["unpaid"]["rows"]}
        self.assertIn("unpaid_30", shown)
        for age in ("30", "older"):
            action = self.env["subscription.home"].open_list(f"unpaid_{age}")
            listed = self.env["subscription.unpaid"].search(action["domain"])
            self.assertEqual(shown[f"unpaid_{age}"], self.money(sum(listed.mapped(f"amount_{age}"))))

    def test_who_may_not_see_contracts_has_no_page(self):
        with self.assertRaises(AccessError):
            self.page(new_test_user(self.env, "nobody", groups="base.group_user"))

    def test_each_level_opens_it(self):
        self.make_contract()
        for level in LEVELS:
            group = f"subscription_mgmt.group_subscription_{level}"
            user = new_test_user(self.env, level, groups=group, company_id=self.env.company.id)
            self.assertIn("revenue", self.page(user), level)

    def test_figures_of_other_companies_are_left_out(self):
        before = self.page()
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        self.env.user.company_ids += other
        self.env["subscription.contract"].create(
            {
                "subject": "Theirs",
                "partner_id": self.customer.id,
                "company_id": other.id,
                "date_start": date(2026, 1, 1),
                "date_end": date(2026, 4, 1),
                "line_ids": [Command.create({"product_id": self.product.id, "price_unit": 10.0, "tax_ids": False})],
            }
        ).action_activate()
        self.assertEqual(self.page(), before)
        theirs = {card["key"]: card for card in self.env["subscription.home"].with_company(other).get_page()["cards"]}
        self.assertEqual(theirs["ending"]["figure"], "1")

    def test_the_page_costs_the_same_for_any_number(self):
        counts = []
        for number in (1, 5):
            for _one in range(number):
                self.make_contract(date_end=date(2026, 4, 30))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.page()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)


@tagged("post_install", "-at_install")
class TestHomeTour(HttpCase):
    def test_the_suite_opens_on_its_figures(self):
        self.env.company.subscription_enabled = True
        self.env.ref("base.user_admin").tour_enabled = False  # Odoo's guide would still be loading when this is over
        self.browser_js(
            "/odoo/action-subscription_mgmt.subscription_home_action",
            "document.querySelector('.o_subscription_home button[name=revenue]') && console.log('test successful')",
            ready="!!document.querySelector('.o_subscription_home button[name=revenue]')",
            login="admin",
        )
