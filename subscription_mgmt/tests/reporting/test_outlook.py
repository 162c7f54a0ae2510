from collections import defaultdict
from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

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

    # === THE SAME BY SHORTER WAYS === #
    def fill(self):
        """Contracts in two currencies, billed, paid in part, credited, in draft, to come, renewed, with two taxes."""
        self.customer.subscription_group_invoice = True
        self.company.subscription_horizon_months = 3
        other = self.setup_other_currency("EUR")
        tax = self.env["account.tax"].create({"name": "5 %", "amount": 5.0, "company_id": self.company.id})
        contracts = (
            self.make_contract([{"price_unit": 33.33}, {"price_unit": 0.05}])
            + self.make_contract([{"price_unit": 66.67}], date_end=date(2026, 9, 30), renewal="auto")
            + self.make_contract([{"price_unit": 99.99}], currency_id=other.id)
        )
        contracts[1].line_ids.tax_ids += tax
        self.bill_on(contracts, date(2026, 1, 1), date(2026, 2, 1))
        invoices = contracts.installment_ids.invoice_id
        self.pay(invoices[0], date(2026, 3, 5))
        wizard = self.env["account.payment.register"]
        wizard = wizard.with_context(active_model="account.move", active_ids=invoices[1].ids)
        wizard.create({"payment_date": date(2026, 4, 1), "amount": 10.01})._create_payments()
        invoices[1]._reverse_moves([{"invoice_date": date(2026, 4, 2)}]).action_post()
        contracts.billing_mode = "draft"
        self.bill(date(2026, 4, 1))
        self.env.invalidate_all()
        return contracts

    def test_sums_without_contracts_are_those_of_their_rows(self):
        self.fill()
        money = self.env["subscription.outlook"]
        groups = ["flow", "kind", "is_expected", "date:month", "product_id", "company_id"]
        wanted = ["amount:sum", "amount_untaxed:sum", "__count"]
        rows = defaultdict(lambda: [0.0, 0.0, 0])
        for row in money.search([]):
            key = (row.flow, row.kind, row.is_expected, row.date.replace(day=1), row.product_id, row.company_id)
            for place, number in enumerate((row.amount, row.amount_untaxed, 1)):
                rows[key][place] = round(rows[key][place] + number, 2)
        found = {
            tuple(line[:6]): [round(number, 2) for number in line[6:]] for line in money._read_group([], groups, wanted)
        }
        self.assertEqual(found, dict(rows))
        self.assertEqual(len({kind for _flow, kind, *_rest in found}), 6)

    def test_what_asks_for_contracts_is_added_up_from_the_rows(self):
        """And comes to the same in all."""
        contracts = self.fill()
        money = self.env["subscription.outlook"]
        for domain in ([], [("flow", "=", "invoice")], [("date", "<", "2026-03-01")]):
            by_contract = money._read_group(domain, ["contract_id"], ["amount:sum", "__count"])
            [(amount, count)] = money._read_group(domain, [], ["amount:sum", "__count"])
            self.assertLessEqual(set(contracts.ids), {contract.id for contract, *_sums in by_contract})
            self.assertAlmostEqual(sum(sums[1] for sums in by_contract), amount, 2)
            self.assertEqual(sum(sums[2] for sums in by_contract), count)

    def test_pages_are_those_of_the_whole_list(self):
        """However few days are looked at first."""
        self.fill()
        money = self.env["subscription.outlook"]
        for order in ("date, id", "date desc, id desc", "amount, id"):
            whole = money.search([], order=order)
            self.assertEqual(len(set(whole.ids)), len(whole))
            for size in (3, 20):
                pages = [money.search([], offset=at, limit=size, order=order).ids for at in range(0, len(whole), size)]
                self.assertEqual([row for page in pages for row in page], whole.ids, (order, size))
        for limit in (1, 10, len(whole), len(whole) + 1):
            self.assertEqual(money.search_count([], limit=limit), min(limit, len(whole)))

    def test_a_row_is_found_again_by_its_id(self):
        contracts = self.fill()
        for row in self.env["subscription.outlook"].search([("contract_id", "in", contracts.ids)]):
            said = (row.contract_id, row.date, row.kind, row.amount)
            row.invalidate_recordset()
            self.assertEqual((row.contract_id, row.date, row.kind, row.amount), said)

    def test_rules_on_contracts_hold_for_sums(self):
        contracts = self.fill()
        viewer = new_test_user(
            self.env, "own_alone", "subscription_mgmt.group_subscription_viewer", company_id=self.company.id
        )
        contracts[0].user_id = viewer
        money = self.env["subscription.outlook"]
        [mine] = money._read_group([("contract_id", "=", contracts[0].id)], [], ["amount:sum", "__count"])
        self.env["ir.rule"].create(
            {
                "name": "Own contracts",
                "model_id": self.env["ir.model"]._get_id("subscription.contract"),
                "domain_force": "[('user_id', '=', user.id)]",
                "groups": [Command.link(self.env.ref("subscription_mgmt.group_subscription_viewer").id)],
            }
        )
        self.assertEqual(money.with_user(viewer)._read_group([], [], ["amount:sum", "__count"]), [mine])
