from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestForesight(SubscriptionCommon):
    """What happens next is what then happens, and nothing of it is kept."""

    def foresee(self, contract, until=date(2026, 9, 1), **kwargs):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            return contract._foresee(until, **kwargs)

    def tell(self, events, *kinds):
        return [(event.date, event.amount) for event in events if event.kind in kinds]

    def test_invoices_are_those_that_billing_then_makes(self):
        contract = self.make_contract([{}, {"price_unit": 30.0, "billing_timing": "arrears"}])
        foreseen = self.tell(self.foresee(contract, date(2026, 8, 15)), "invoice", "credit")
        made = []
        for month in range(3, 9):
            day = date(2026, month, 10 if month == 3 else 1)
            with freeze_time(day):
                made += [(day, move.amount_total) for move in self.bill(day).move_ids]
        self.assertTrue(made)
        self.assertEqual(foreseen, made)

    def test_nothing_is_kept(self):
        contract = self.make_contract(renewal="auto", date_end=date(2026, 4, 30), renewal_months=4)
        before = self.read_everything(contract)
        self.assertTrue(self.foresee(contract, unpaid=True))
        self.assertEqual(self.read_everything(contract), before)

    def read_everything(self, contract):
        contract.invalidate_recordset()
        return [
            contract.read(["state", "date_end", "date_next_invoice", "installment_ids", "message_ids", "activity_ids"]),
            *(self.env[model].search_count([]) for model in ("account.move", "mail.mail", "subscription.billing.run")),
        ]

    def test_a_renewal_and_the_end_are_told(self):
        contract = self.make_contract(renewal="auto", date_end=date(2026, 4, 30), renewal_months=4)
        renewals = self.tell(self.foresee(contract), "renewal")
        self.assertEqual([day for day, _amount in renewals], [date(2026, 4, 30), date(2026, 8, 31)])
        contract = self.make_contract(date_end=date(2026, 4, 30))
        self.assertEqual(self.tell(self.foresee(contract), "end"), [(date(2026, 5, 1), 0.0)])

    def test_an_end_is_told_for_its_day(self):
        trial = self.make_contract(date_start=date(2026, 3, 5), trial_days=14, trial_then="close")
        self.assertEqual(self.tell(self.foresee(trial), "end"), [(date(2026, 3, 19), 0.0)])
        arrears = self.make_contract([{"billing_timing": "arrears"}], date_end=date(2026, 4, 15))
        self.assertEqual(self.tell(self.foresee(arrears), "end"), [(date(2026, 4, 17), 0.0)])

    def test_a_pause_to_come_is_told_and_not_billed(self):
        contract = self.make_contract()
        contract.action_pause(date(2026, 4, 1))
        events = self.foresee(contract)
        self.assertEqual(self.tell(events, "pause")[0], (date(2026, 4, 1), 0.0))
        billed = [day for day, _amount in self.tell(events, "invoice")]
        self.assertFalse([day for day in billed if day >= date(2026, 4, 1)])

    def test_what_dunning_does_when_nothing_is_paid(self):
        reason = self.reason.id
        plan = self.env["subscription.dunning.plan"].create(
            {
                "name": "Strict",
                "company_id": self.company.id,
                "step_ids": [
                    Command.create({"days": 5, "action": "activity"}),
                    Command.create({"days": 10, "action": "pause"}),
                    Command.create({"days": 40, "action": "close", "close_reason_id": reason}),
                ],
            }
        )
        contract = self.make_contract(dunning_plan_id=plan.id, date_start=date(2026, 3, 10))
        self.assertFalse(self.tell(self.foresee(contract), "reminder", "pause", "end"))
        events = self.foresee(contract, unpaid=True)
        self.assertEqual(
            self.tell(events, "reminder", "pause", "end")[:4],
            [(date(2026, 3, 15), 0), (date(2026, 3, 20), 0), (date(2026, 3, 20), 0), (date(2026, 4, 19), 0)],
        )
        self.assertEqual(self.tell(events, "invoice")[0], (date(2026, 3, 10), 120.0))

    def test_no_number_is_taken(self):
        contract = self.make_contract(billing_mode="post")
        self.foresee(contract, unpaid=True)
        self.bill(date(2026, 3, 10))
        number = contract.installment_ids.invoice_id.sorted("name").mapped("name")
        self.assertTrue(number and not any(name.startswith("?") for name in number))

    def test_a_draft_is_foreseen_as_if_it_were_activated(self):
        contract = self.make_contract(activate=False)
        self.assertTrue(self.tell(self.foresee(contract), "invoice"))
        self.assertEqual(contract.state, "draft")

    def test_what_cannot_be_billed_is_told_once(self):
        contract = self.make_contract()
        self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "sale")]).active = False
        self.assertEqual(len(self.tell(self.foresee(contract), "problem")), 1)

    def test_a_word_of_the_caller_moves_no_day(self):
        company = self.company.with_context(subscription_day=[2030, 1, 1])
        self.assertEqual(company._subscription_today(), date(2026, 3, 10))

    def test_the_page_shows_events_figures_and_a_chart(self):
        contract = self.make_contract()
        self.env.flush_all()
        viewer = new_test_user(self.env, "foresees", groups="subscription_mgmt.group_subscription_viewer")
        viewer.write({"company_ids": [Command.set(self.company.ids)], "company_id": self.company.id})
        with self.enter_registry_test_mode():
            action = contract.with_user(viewer).action_foresee()
        page = self.env[action["res_model"]].browse(action["res_id"]).with_user(viewer)
        billed = page.line_ids.filtered("amount")
        self.assertEqual((page.invoice_count, page.amount_total), (len(billed), sum(billed.mapped("amount"))))
        self.assertGreater(page.invoice_count, 20)
        self.assertIn("Apr 26", page.chart)
        other = new_test_user(self.env, "stranger", groups="subscription_mgmt.group_subscription_viewer")
        with self.assertRaises(AccessError):
            page.with_user(other).read(["amount_total"])
