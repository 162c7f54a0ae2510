from collections import defaultdict
from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-10")
class TestOutlook(SubscriptionCommon):
    """What will be billed and paid, beside what was."""

    def get_months(self, contract, **values):
        """Amount by month, of what has these values."""
        self.env.invalidate_all()
        domain = [("contract_id", "in", contract.ids), *[(name, "=", value) for name, value in values.items()]]
        sums = defaultdict(float)
        for row in self.env["subscription.outlook"].search(domain):
            sums[row.date.strftime("%Y-%m")] += row.amount
        return {month: round(amount, 2) for month, amount in sorted(sums.items())}

    def bill_on(self, contract, *days):
        contract.billing_mode = "post"
        for day in days:
            with freeze_time(day):
                self.bill(day)

    def pay(self, invoices, day):
        wizard = self.env["account.payment.register"]
        wizard = wizard.with_context(active_model="account.move", active_ids=invoices.ids)
        wizard.create({"payment_date": day})._create_payments()

    def test_a_year_back_and_a_year_ahead(self):
        contract = self.make_contract(date_end=date(2027, 12, 31))
        self.bill_on(contract, *(date(2026, month, 1) for month in range(1, 7)))
        billed = self.get_months(contract, flow="invoice", kind="billed")
        planned = self.get_months(contract, flow="invoice", kind="planned")
        self.assertEqual(billed, {f"2026-{month:02}": 120.0 for month in range(1, 7)})
        self.assertEqual(list(planned), [f"2026-{month:02}" for month in range(7, 13)]
                         + [f"2027-{month:02}" for month in range(1, 6)])  # fmt: skip
        self.assertEqual(set(planned.values()), {120.0})

    def test_an_invoice_in_draft_is_still_to_come(self):
        contract = self.make_contract(date_start=date(2026, 6, 1), date_end=date(2026, 8, 31), billing_mode="draft")
        before = self.get_months(contract)
        self.bill(date(2026, 6, 10))
        self.assertEqual(contract.installment_ids.invoice_id.state, "draft")
        self.assertEqual(self.get_months(contract), before)
        contract.installment_ids.invoice_id.action_post()
        self.assertEqual(self.get_months(contract, flow="invoice"), {f"2026-{month:02}": 120.0 for month in (6, 7, 8)})

    def test_the_curve_of_an_open_ended_contract_does_not_fall_at_the_horizon(self):
        self.look_beyond()

    def test_an_end_in_a_far_year_is_none(self):
        self.look_beyond(date_end=date(2099, 12, 31))

    def look_beyond(self, **values):
        self.company.subscription_horizon_months = 3
        contract = self.make_contract(**values)
        self.bill_on(contract, *(date(2026, month, 1) for month in range(1, 7)))
        planned = self.get_months(contract, flow="invoice", kind="planned")
        beyond = self.get_months(contract, flow="invoice", kind="beyond")
        self.assertLess(len(planned), 11)
        self.assertEqual(len(planned) + len(beyond), 11)
        self.assertEqual(set(planned.values()) | set(beyond.values()), {120.0})
        self.assertFalse(planned.keys() & beyond.keys())

    def test_a_contract_that_renews_itself_goes_on_apart(self):
        contract = self.make_contract(date_end=date(2026, 9, 30), renewal="auto")
        renewed = self.get_months(contract, flow="invoice", kind="renewal")
        self.assertEqual(next(iter(renewed)), "2026-10")
        self.assertEqual((len(renewed), set(renewed.values())), (8, {120.0}))
        contract.renewal = "none"
        self.assertFalse(self.get_months(contract, flow="invoice", kind="renewal"))

    def test_payments_are_expected_as_the_customer_pays(self):
        contract = self.make_contract(date_end=date(2026, 12, 31))
        self.bill_on(contract, date(2026, 1, 1))
        self.pay(contract.installment_ids.invoice_id, date(2026, 2, 15))  # 45 days
        self.bill_on(contract, *(date(2026, month, 1) for month in range(2, 7)))
        self.assertEqual(self.get_months(contract, flow="payment", kind="paid"), {"2026-02": 120.0})
        # February to April plus 45 days are past: expected today. May comes on 15 June, June on 16 July.
        expected = self.get_months(contract, flow="payment", kind="open")
        self.assertEqual(expected, {"2026-06": 480.0, "2026-07": 120.0})
        planned = self.get_months(contract, flow="payment", kind="planned")
        self.assertEqual(next(iter(planned)), "2026-08")

    def test_who_never_paid_is_expected_to_pay_like_the_others(self):
        payer = self.env["res.partner"].create({"name": "Payer"})
        old = self.make_contract(partner_id=payer.id)
        self.bill_on(old, date(2026, 1, 1))
        self.pay(old.installment_ids.invoice_id, date(2026, 3, 2))  # 60 days
        contract = self.make_contract(date_start=date(2026, 7, 1), date_end=date(2026, 7, 31))
        self.assertEqual(self.get_months(contract, flow="payment", kind="planned"), {"2026-08": 120.0})

    def test_money_and_invoices_agree(self):
        contract = self.make_contract(date_end=date(2026, 6, 30))
        self.bill_on(contract, *(date(2026, month, 1) for month in range(1, 7)))
        self.pay(contract.installment_ids.invoice_id[0], date(2026, 2, 1))
        billed = sum(self.get_months(contract, flow="invoice", kind="billed").values())
        paid = sum(self.get_months(contract, flow="payment").values())
        self.assertEqual((billed, paid), (720.0, 720.0))
