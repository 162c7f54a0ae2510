from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestBillingReview(SubscriptionCommon, CronMixinCase):
    # === APPROVE, UNDO === #
    def test_held_run_waits_for_approval(self):
        self.make_contract()
        run = self.bill(date(2026, 1, 1), hold=True)
        self.assertEqual((run.move_ids.state, run.draft_count), ("draft", 1))
        with freeze_time("2026-01-02"), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()
        self.assertEqual(run.move_ids.state, "draft", "the cron does not post what waits")
        run.action_approve()
        self.assertEqual((run.move_ids.state, run.draft_count), ("posted", 0))

    def test_undo_puts_the_rows_of_drafts_back(self):
        contract = self.make_contract()
        run = self.bill(date(2026, 1, 1), hold=True)
        run.action_undo()
        self.assertFalse(run.move_ids)
        self.assertEqual(contract.date_next_invoice, date(2026, 1, 1))
        again = self.bill(date(2026, 1, 1))
        self.assertEqual(again.installment_count, 1)
        with self.assertRaisesRegex(UserError, "credit the posted"):
            again.action_undo()

    # === PREVIEW === #
    def test_preview_shows_what_would_be_billed_and_writes_nothing(self):
        contract, other = self.make_contract([{}, {"price_unit": 5.0}]), self.make_contract()
        self.bill(date(2026, 1, 1))
        contract.line_ids[0].price_unit = 120.0
        contract._regenerate_installments()
        moves = self.env["account.move"].search_count([])
        wizard = self.env["subscription.bill"].create({"date_ref": date(2026, 2, 1)})
        wizard.action_preview()
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(set(contract.installment_ids.mapped("state")), {"planned", "invoiced"})
        self.assertEqual((wizard.contract_count, wizard.installment_count), (2, 3))
        self.assertEqual((wizard.amount, wizard.amount_before), (225.0, 205.0))
        shown = {line.contract_id: (line.amount_before, line.amount, line.amount_change) for line in wizard.line_ids}
        self.assertEqual(shown, {contract: (105.0, 125.0, 20.0), other: (100.0, 100.0, 0.0)})
        amount = wizard.amount
        run = self.env["subscription.billing.run"].browse(wizard.action_bill()["res_id"])
        self.assertEqual(run.amount_untaxed, amount, "what was shown is what is billed")

    def test_filters_of_the_dialog(self):
        category = self.env["subscription.category"].create({"name": "Factory"})
        somebody = self.env["res.partner"].create({"name": "Somebody"})
        self.make_contract()
        factory = self.make_contract(category_id=category.id)
        theirs = self.make_contract(partner_id=somebody.id)
        for filters, expected in (
            ({"category_ids": category.ids}, factory),
            ({"partner_ids": somebody.ids}, theirs),
            ({"partner_ids": somebody.ids, "category_ids": category.ids}, factory.browse()),
        ):
            wizard = self.env["subscription.bill"].create({"date_ref": date(2026, 1, 1), **filters})
            wizard.action_preview()
            self.assertEqual(wizard.line_ids.contract_id, expected, filters)

    # === BACKGROUND === #
    def test_many_contracts_are_billed_in_the_background_with_progress(self):
        contracts = self.make_contract() + self.make_contract() + self.make_contract()
        left_out = self.make_contract()
        wizard = self.env["subscription.bill"].create(
            {"date_ref": date(2026, 1, 1), "contract_ids": contracts.ids, "hold": True}
        )
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due")
        foreground = "odoo.addons.subscription_mgmt.wizards.billing.subscription_bill.FOREGROUND"
        with patch(foreground, 2), self.capture_triggers(cron.id) as woken:
            run = self.env["subscription.billing.run"].browse(wizard.action_bill()["res_id"])
        self.assertEqual((run.state, run.progress, len(woken.records)), ("queued", 0, 1))
        self.assertFalse(run.move_ids)
        with freeze_time("2025-12-31"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual((run.state, run.progress, run.done_count, run.total_count), ("waiting", 100, 3, 3))
        self.assertEqual(run.move_ids.subscription_contract_ids, contracts)
        self.assertEqual(set(run.move_ids.mapped("state")), {"draft"}, "held")
        self.assertFalse(left_out.invoice_count)

    def test_interrupted_run_goes_on_with_its_own_day(self):
        contract = self.make_contract()
        run = self.env["subscription.billing.run"]._open(self.company, date(2026, 1, 1))
        with freeze_time("2025-12-20"), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()
        self.assertEqual((run.state, run.move_ids), ("done", contract.invoice_ids))

    # === BILL AGAIN === #
    def test_credited_period_is_billed_again_for_a_reason(self):
        contract = self.make_contract()
        invoice = self.bill(date(2026, 1, 1)).move_ids
        row = contract.installment_ids.filtered(lambda row: row.state == "invoiced")
        with self.assertRaisesRegex(UserError, "Cancel or credit the invoice first"):
            row.action_bill_again("wrong address")
        invoice._reverse_moves(cancel=True)
        with self.assertRaisesRegex(UserError, "Say why"):
            row.action_bill_again("")
        row.action_bill_again("wrong address")
        self.assertEqual(row.state, "invoiced", "what was billed stays; what is billed again stands beside it")
        again = contract.installment_ids.filtered("is_again")
        self.assertEqual((again.credited_id, again.state, again.price_subtotal), (row, "planned", 100.0))
        self.assertIn("wrong address", contract.message_ids[0].body)
        self.assertIn(invoice.name, contract.message_ids[0].body)
        run = self.bill(contract.company_id._subscription_today())
        self.assertIn(again, run.move_ids.line_ids.subscription_installment_ids)
        row.action_bill_again("once more")
        self.assertEqual(contract.installment_ids.filtered("is_again"), again, "billed again once")

    def test_bill_again_takes_the_billing_right(self):
        contract = self.make_contract()
        self.bill(date(2026, 1, 1)).move_ids.button_cancel()
        row = contract.installment_ids.filtered(lambda row: row.state == "invoiced")
        user = new_test_user(
            self.env,
            login="sub_manager",
            groups="subscription_mgmt.group_subscription_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            row.with_user(user).action_bill_again("because")
        row.action_bill_again("because")
        self.assertEqual(contract.installment_ids.filtered("is_again").price_subtotal, 100.0)

    # === BACKLOG === #
    def test_backlog_is_made_up_for_oldest_first_in_steps(self):
        contract = self.make_contract([{}, {"price_unit": 5.0}])
        with patch("odoo.addons.subscription_mgmt.models.billing.invoicing.BACKLOG", 2):
            first = self.bill(date(2026, 5, 31))
            billed = contract.installment_ids.filtered(lambda row: row.state == "invoiced")
            self.assertEqual(set(billed.mapped("date_from")), {date(2026, 1, 1), date(2026, 2, 1)})
            self.assertEqual(first.installment_count, 4, "both lines of both dates")
            self.bill(date(2026, 5, 31))
            self.bill(date(2026, 5, 31))
            self.assertFalse(self.bill(date(2026, 5, 31)))
        self.assertEqual(contract.date_next_invoice, date(2026, 6, 1))
