from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestFigures(SubscriptionCommon):
    """The figures at the head of a contract."""

    def bill_until_march(self, **values):
        contract = self.make_contract(billing_mode="post", **values)
        self.bill(date(2026, 3, 10))
        return contract

    def pay(self, invoices):
        wizard = self.env["account.payment.register"]
        wizard.with_context(active_model="account.move", active_ids=invoices.ids).create({})._create_payments()

    def test_the_next_invoice_has_its_day_and_amount(self):
        contract = self.make_contract([{}, {"price_unit": 30.0}, {"price_unit": 7.0, "billing_timing": "arrears"}])
        self.bill(date(2026, 3, 10))
        self.assertEqual((contract.date_next_invoice, contract.amount_next_invoice), (date(2026, 4, 1), 137.0))

    def test_due_is_what_is_open_and_overdue_what_is_late(self):
        contract = self.bill_until_march()
        invoice = contract.installment_ids.invoice_id
        self.assertEqual((contract.amount_due, contract.amount_overdue), (invoice.amount_total, 0.0))
        with freeze_time("2026-03-11"):
            contract.invalidate_recordset()
            self.assertEqual(contract.amount_overdue, invoice.amount_total)
        self.pay(invoice)
        contract.invalidate_recordset()
        self.assertEqual((contract.amount_due, contract.amount_overdue), (0.0, 0.0))

    def test_of_a_shared_invoice_each_contract_owes_its_own(self):
        self.customer.subscription_group_invoice = True
        first, second = self.make_contract(), self.make_contract([{"price_unit": 50.0}])
        (first + second).billing_mode = "post"
        self.bill(date(2026, 1, 1))
        self.assertEqual(len((first + second).installment_ids.invoice_id), 1)
        self.assertEqual((first.amount_due, second.amount_due), (120.0, 60.0))

    def test_an_invoice_by_hand_that_names_the_contract_is_due_with_it(self):
        contract = self.make_contract()
        invoice = self.init_invoice("out_invoice", partner=self.customer, amounts=[50.0], company=self.company)
        invoice.subscription_contract_id = contract
        invoice.action_post()
        self.assertEqual(contract.amount_due, invoice.amount_total)

    def test_an_open_credit_lowers_what_is_due(self):
        contract = self.bill_until_march()
        contract.action_close(date(2026, 2, 28), self.reason)
        self.bill(date(2026, 3, 10))
        credit = contract.installment_ids.invoice_id.filtered(lambda move: move.move_type == "out_refund")
        credit.filtered(lambda move: move.state == "draft").action_post()
        contract.invalidate_recordset()
        self.assertEqual(contract.amount_due, 240.0)

    def test_the_bar_shows_what_became_of_the_plan(self):
        contract = self.make_contract(billing_mode="post", date_end=date(2026, 6, 30))
        self.bill(date(2026, 1, 1))
        self.pay(contract.installment_ids.invoice_id)
        with freeze_time("2026-02-01"):
            self.bill(date(2026, 2, 1))
        rows = contract.installment_ids.filtered(lambda row: row.state == "planned").sorted("date_from")
        rows[0].action_skip("Goodwill")
        contract.invalidate_recordset()
        parts = {"paid": 100.0, "overdue": 100.0, "skipped": 100.0, "planned": 300.0}
        self.assertEqual(contract._read_plan_parts()[contract.id], parts)
        self.assertIn("width: 50.00%", contract.plan_bar)

    def test_prices_are_summed_by_cadence(self):
        lines = [{}, {"price_unit": 20.0}, {"price_unit": 50.0, "interval": 3}, {"interval_unit": "year"}]
        contract = self.make_contract([*lines, {"interval": 2, "interval_unit": "week", "billing_timing": "arrears"}])
        self.assertEqual(
            contract.price_summary.replace("\N{NO-BREAK SPACE}", ""),
            "$120.00 monthly · $50.00 quarterly · $100.00 yearly · $100.00 every 2 weeks",
        )
        self.assertEqual(contract.line_ids[-1].cadence, "every 2 weeks, in arrears")
        self.assertEqual(contract.arr, 12 * contract.mrr)

    def test_a_line_says_when_it_is_over_or_not_yet_begun(self):
        lines = [{}, {"date_end": date(2026, 3, 9)}, {"date_end": date(2026, 3, 10)}, {"date_start": date(2026, 3, 11)}]
        said = [(line.is_over, line.term) for line in self.make_contract(lines).line_ids]
        wanted = [(False, False), (True, "until 03/09/2026"), (False, "until 03/10/2026"), (False, "from 03/11/2026")]
        self.assertEqual(said, wanted)

    def test_a_list_of_contracts_reads_its_dues_at_once(self):
        for count in (2, 6):
            contracts = self.make_contract()
            for _more in range(count - 1):
                contracts += self.make_contract()
            contracts.invalidate_recordset()
            self.env.flush_all()
            with self.assertQueryCount(7):
                contracts.mapped("amount_due")
                contracts.mapped("amount_next_invoice")

    def test_a_request_that_waits_is_shown(self):
        contract = self.make_contract()
        requests = self.env["subscription.request"].sudo()
        request = requests._ask(contract, self.customer, "pause", date(2026, 5, 1), "Holiday")
        self.assertEqual(contract.request_id, request)
        self.assertEqual(contract.action_view_request()["res_id"], request.id)
