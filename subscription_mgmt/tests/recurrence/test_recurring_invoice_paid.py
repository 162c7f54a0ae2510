from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.mail.tests.common import MockEmail

from ...models.billing.background import POST
from ...models.charging.sending import PREPARE
from ..charging.charge_common import ChargeCommon
from .recurrence_common import RecurrenceCommon

# The first Tuesday of January, on which the invoice is confirmed and due
DAY = date(2026, 1, 6)


class RecurringInvoiceCommon(ChargeCommon, RecurrenceCommon):
    """A recurring invoice of 100.00 and 20 % tax, confirmed on Tuesday 6 January."""

    @classmethod
    def confirm(cls, **values):
        """The posted invoice of the first day."""
        with freeze_time(f"{DAY} 10:00:00"):
            row = cls.make_invoice_recurrence(**values).interaction_ids.sorted("slot_key")[0]
            row.action_confirm_invoice()
        return row.invoice_id

    @classmethod
    def make_plan(cls, *steps, **values):
        """A dunning plan with steps of (day, action)."""
        needed = {
            "email": {"template_id": cls.env.ref("subscription_mgmt.mail_template_payment_reminder").id},
            "close": {"close_reason_id": cls.env.ref("subscription_mgmt.close_reason_unpaid").id},
        }
        lines = [Command.create({"days": days, "action": action, **needed.get(action, {})}) for days, action in steps]
        return cls.env["subscription.dunning.plan"].create(
            {"name": "Plan", "company_id": cls.company.id, "step_ids": lines, **values}
        )

    def dun(self, plan, days):
        """Take the steps that are due so many days after the invoice was; those taken are returned."""
        when = DAY + timedelta(days=days)
        moves = plan._get_due_moves(when)
        plan._run(moves, when)
        return moves

    def logs(self, move):
        return [(log.action, log.result, log.reason) for log in move.sudo().subscription_dunning_log_ids.sorted("id")]

    def check(self, day):
        """Counts of assurance by kind, without those that are zero."""
        checks = self.env["subscription.assurance"].sudo()._check(self.company, day)
        return {check.kind: check.count for check in checks if check.count and check.kind != "cron"}


@tagged("post_install", "-at_install")
class TestRecurringInvoiceTerms(RecurringInvoiceCommon):
    # === DEFAULTS === #
    def test_nothing_changes_for_those_who_choose_nothing(self):
        self.company.subscription_billing_mode = "charge"
        recurrence = self.make_invoice_recurrence()
        self.assertEqual(recurrence.billing_mode, "post", "sending is a second act, whatever contracts do")
        self.assertEqual(recurrence.service_address_id, self.customer)
        self.assertFalse(recurrence.payment_method_line_id or recurrence.payment_token_id)
        move = self.confirm()
        self.assertEqual((move.state, move.is_move_sent, move.subscription_billing_mode), ("posted", False, "post"))
        self.assertFalse(self.carry_out(PREPARE, DAY))
        self.assertNotIn(move, move.search(move._get_subscription_send_domain(self.company, DAY)))

    def test_the_form_offers_what_a_contract_has(self):
        plan = self.make_plan((3, "email"))
        self.company.subscription_dunning_plan_id = plan
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        self.customer.with_company(self.company).property_inbound_payment_method_line_id = method
        with Form(self.env["subscription.recurrence"].with_context(recurring_invoice=True)) as form:
            form.name = "Internet"
            form.frequency = "monthly"
            form.invoice_partner_id = self.customer
            self.assertEqual(
                (form.billing_mode, form.service_address_id, form.payment_method_line_id, form.dunning_plan_id),
                ("post", self.customer, method, plan),
            )
            form.billing_mode = "send"
            with form.invoice_line_ids.new() as line:
                line.product_id = self.product
        self.assertEqual(form.record.billing_mode, "send")

    def test_invoice_says_what_was_agreed(self):
        site = self.customer.create({"name": "Site", "parent_id": self.customer.id, "type": "delivery"})
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        move = self.confirm(service_address_id=site.id, payment_method_line_id=method.id, billing_mode="send")
        self.assertRecordValues(
            move,
            [
                {
                    "partner_id": self.customer.id,
                    "partner_shipping_id": site.id,
                    "preferred_payment_method_line_id": method.id,
                    "subscription_billing_mode": "send",
                    "invoice_date_due": DAY,
                    "journal_id": self.company_data["default_journal_sale"].id,
                    "invoice_user_id": self.env.user.id,
                }
            ],
        )

    def test_draft_is_left_to_the_person(self):
        move = self.confirm(billing_mode="draft")
        self.assertEqual(move.state, "draft")
        self.carry_out(POST, DAY)
        self.assertEqual(move.state, "draft")
        self.assertEqual(self.check(DAY + timedelta(days=1)), {})

    def test_rest_of_a_recurrence_keeps_the_card(self):
        recurrence = self.make_invoice_recurrence(payment_token_id=self.token.id, billing_mode="charge")
        rest = recurrence._copy_for_split({})
        self.assertEqual((rest.payment_token_id, rest.billing_mode), (self.token, "charge"))
        self.assertFalse(recurrence.copy().payment_token_id)

    def test_recurring_from_an_invoice_takes_over_where_it_is_delivered_and_how_it_is_paid(self):
        site = self.customer.create({"name": "Site", "parent_id": self.customer.id, "type": "delivery"})
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        move = self.make_invoice(service_address_id=site.id, payment_method_line_id=method.id)
        recurrence = self.env["subscription.recurrence"].browse(move.action_make_recurring()["res_id"])
        self.assertEqual((recurrence.service_address_id, recurrence.payment_method_line_id), (site, method))

    # === REFUSED === #
    def test_card_of_another_customer_is_refused(self):
        theirs = self.make_token(partner_id=self.customer.create({"name": "Stranger"}).id)
        with self.assertRaisesRegex(ValidationError, "The saved card belongs to Stranger"):
            self.make_invoice_recurrence(payment_token_id=theirs.id)

    def test_payment_method_and_plan_of_another_company_are_refused(self):
        data = self.setup_other_company()
        data["company"].subscription_enabled = True
        method = data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        plan = self.env["subscription.dunning.plan"].create({"name": "Theirs", "company_id": data["company"].id})
        for values in ({"payment_method_line_id": method.id}, {"dunning_plan_id": plan.id}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "belongs to (another )?company"):
                self.make_invoice_recurrence(**values)

    # === FISCAL POSITION === #
    def make_export(self):
        self.customer.country_id = self.env.ref("base.ro")
        germany = self.env.ref("base.de")
        position = self.env["account.fiscal.position"].create(
            {"name": "Export", "auto_apply": True, "country_id": germany.id, "company_id": self.company.id}
        )
        taxes = {"fiscal_position_ids": [Command.set(position.ids)], "original_tax_ids": [Command.set(self.tax.ids)]}
        return position, self.tax.copy({"name": "Export 0", "amount": 0, **taxes}), germany

    def test_position_and_taxes_follow_the_service_address(self):
        position, no_tax, germany = self.make_export()
        values = {"name": "Site", "parent_id": self.customer.id, "type": "delivery", "country_id": germany.id}
        move = self.confirm(service_address_id=self.customer.create(values).id)
        self.assertEqual((move.fiscal_position_id, move.invoice_line_ids.tax_ids), (position, no_tax))

    def test_service_address_of_the_contract_is_the_default(self):
        _position, _no_tax, germany = self.make_export()
        values = {"name": "Site", "parent_id": self.customer.id, "type": "delivery", "country_id": germany.id}
        contract = self.make_contract(service_address_id=self.customer.create(values).id)
        recurrence = self.make_invoice_recurrence(contract_id=contract.id)
        self.assertEqual(recurrence.service_address_id, contract.service_address_id)

    def test_customer_who_moved_gets_the_taxes_of_his_new_position(self):
        position, no_tax, germany = self.make_export()
        recurrence = self.make_invoice_recurrence()
        self.customer.country_id = germany
        row = recurrence.interaction_ids.sorted("slot_key")[0]
        row.action_confirm_invoice()
        self.assertEqual(
            (row.invoice_id.fiscal_position_id, row.invoice_id.invoice_line_ids.tax_ids), (position, no_tax)
        )

    def test_whoever_confirms_is_asked_about_a_tax_chosen_by_hand(self):
        _position, no_tax, germany = self.make_export()
        by_hand = self.tax.copy({"name": "VAT 10%", "amount": 10})
        line = {"product_id": self.product.id, "price_unit": 100.0, "tax_ids": [Command.set(by_hand.ids)]}
        recurrence = self.make_invoice_recurrence(invoice_line_ids=[Command.create(line)])
        self.customer.country_id = germany
        row = recurrence.interaction_ids.sorted("slot_key")[0]
        with self.assertRaisesRegex(UserError, "chosen for another fiscal position"):
            row.action_confirm_invoice()
        self.assertFalse(row.invoice_id)
        recurrence.action_update_taxes()
        row.action_confirm_invoice()
        self.assertEqual(row.invoice_id.invoice_line_ids.tax_ids, no_tax)

    # === WHO READS === #
    def test_accountant_without_subscriptions_reads_whole_invoices(self):
        """A form or an export asks for all fields; those of ours are not his."""
        accountant = new_test_user(
            self.env, "accountant", groups="account.group_account_invoice", company_id=self.company.id
        )
        move = self.confirm() + self.make_invoice()
        for records in (move, move.line_ids):
            values = records.with_user(accountant).with_company(self.company).read()
            self.assertEqual(len(values), len(records))
            self.assertFalse({"subscription_interaction_ids", "subscription_installment_ids"} & set(values[0]))


@tagged("post_install", "-at_install")
class TestRecurringInvoicePaid(RecurringInvoiceCommon, MockEmail):
    """A recurring invoice is sent, charged, followed up and watched over like the invoice of a contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "muhasebe@yildiz.example"

    # === SENDING === #
    def test_queue_sends_it_and_finishes_the_interaction(self):
        move = self.confirm(billing_mode="send")
        self.assertFalse(move.is_move_sent)
        self.run_cron("send_invoices", DAY)
        row = move.sudo().subscription_interaction_ids
        self.assertEqual((move.is_move_sent, row.state), (False, "planned"), "its mail has yet to leave")
        with self.mock_mail_gateway():
            self.env["mail.mail"].sudo().search([("model", "=", "account.move"), ("res_id", "=", move.id)]).send()
        self.run_cron("send_invoices", DAY)
        self.assertEqual((move.is_move_sent, row.state, row.invoice_status), (True, "done", "sent"))

    def test_assurance_shows_what_was_not_sent(self):
        move = self.confirm(billing_mode="send")
        self.assertEqual(self.check(DAY), {}, "the day itself is not over")
        self.assertEqual(self.check(DAY + timedelta(days=1)), {"unsent": 1})
        check = self.env["subscription.assurance"].search([("kind", "=", "unsent")])
        action = check.filtered(lambda check: check.company_id == self.company).action_view_records()
        self.assertIn(move, self.env["account.move"].search(action["domain"]))

    def test_assurance_shows_what_was_taken_back_to_draft_and_nobody_posts_it_again(self):
        move = self.confirm()
        move.button_draft()
        self.carry_out(POST, DAY)
        self.assertEqual(move.state, "draft", "whoever took it back posts it")
        self.assertEqual(self.check(DAY + timedelta(days=1)), {"draft": 1})

    # === CHARGING === #
    def test_saved_card_is_charged_on_the_due_date(self):
        move = self.confirm(billing_mode="charge", payment_token_id=self.token.id)
        with self.simulate("done") as asked:
            self.assertFalse(self.charge(DAY - timedelta(days=1)))
            self.charge(DAY)
        self.assertEqual((asked, move.amount_residual), ([f"SUB-{move.id}-1"], 0.0))
        self.assertEqual(move.sudo().subscription_interaction_ids.invoice_status, "paid")

    def test_without_a_card_the_responsible_is_told(self):
        move = self.confirm(billing_mode="charge")
        with self.simulate("done") as asked:
            self.charge(DAY)
        self.assertFalse(asked)
        self.assertIn("no saved card", move.subscription_error)
        self.assertEqual(move.activity_ids.user_id, move.sudo().subscription_interaction_ids.recurrence_id.user_id)

    def test_invoice_is_charged_to_its_own_card_not_to_that_of_its_contract(self):
        other = self.make_token(payment_details="9999")
        contract = self.make_contract(payment_token_id=other.id)
        move = self.confirm(billing_mode="charge", payment_token_id=self.token.id, contract_id=contract.id)
        with self.simulate("done"):
            self.assertEqual(self.charge(DAY).token_id, self.token)
        self.assertEqual(move.amount_residual, 0.0)

    # === DUNNING === #
    def test_steps_of_the_plan_are_taken(self):
        plan = self.make_plan((1, "retry"), (3, "email"), (7, "activity"))
        move = self.confirm(billing_mode="charge", payment_token_id=self.token.id, dunning_plan_id=plan.id)
        move.is_move_sent = True
        with self.simulate("soft", "soft"):
            self.charge(DAY)
            self.dun(plan, 1)
            self.charge(DAY + timedelta(days=1))
            self.dun(plan, 3)
            self.dun(plan, 7)
        self.assertEqual(
            [log[:2] for log in self.logs(move)], [("retry", "done"), ("email", "done"), ("activity", "done")]
        )
        self.assertEqual(len(self.charges_of(move)), 2)
        recurrence = move.sudo().subscription_interaction_ids.recurrence_id
        activity = recurrence.activity_ids.filtered(lambda one: one.summary == f"Unpaid invoice {move.name}")
        self.assertEqual(activity.user_id, recurrence.user_id)
        mails = self.env["mail.mail"].search([("model", "=", "account.move"), ("res_id", "=", move.id)])
        self.assertIn(self.customer, mails.recipient_ids)

    def test_plan_of_the_company_is_the_default(self):
        plan = self.make_plan((1, "email"))
        self.company.subscription_dunning_plan_id = plan
        move = self.confirm()
        self.assertEqual(self.dun(plan, 1), move)

    def test_without_a_contract_there_is_nothing_to_pause_or_close(self):
        plan = self.make_plan((1, "pause"), (5, "close"))
        move = self.confirm(dunning_plan_id=plan.id)
        self.dun(plan, 1)
        self.dun(plan, 5)
        reason = "The invoice belongs to no contract."
        self.assertEqual(self.logs(move), [("pause", "skipped", reason), ("close", "skipped", reason)])

    def test_contract_behind_it_is_paused_until_it_is_paid(self):
        plan = self.make_plan((1, "pause"))
        contract = self.make_contract(date_start=date(2026, 6, 1))
        contract.date_start = DAY
        move = self.confirm(dunning_plan_id=plan.id, contract_id=contract.id)
        self.assertEqual(move.subscription_contract_ids, contract)
        self.assertEqual(move.search([("subscription_contract_ids", "in", contract.ids)]), move)
        self.dun(plan, 1)
        self.assertEqual(contract.state, "paused")
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {}
        )._create_payments()
        self.run_cron("run_dunning", DAY + timedelta(days=3))
        self.assertEqual(contract.state, "active")

    def test_due_invoices_are_found_with_as_many_queries_however_many(self):
        plan, counts = self.make_plan((1, "email")), []
        for number in (1, 6):
            for _i in range(number):
                self.confirm(dunning_plan_id=plan.id)
                self.make_invoice(DAY, dunning_plan_id=plan.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            plan.sudo()._get_due_moves(DAY + timedelta(days=1))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    # === ONE REMINDER === #
    def switch_reminders_on(self):
        template = self.env.ref("subscription_mgmt.mail_template_invoice_reminder")
        self.company.write({"subscription_invoice_reminder": True, "subscription_reminder_template_id": template.id})

    def test_dunning_plan_takes_the_place_of_the_reminder(self):
        self.switch_reminders_on()
        plan = self.make_plan((1, "email"))
        dunned, reminded = self.confirm(dunning_plan_id=plan.id), self.confirm()
        (dunned + reminded).is_move_sent = True
        tomorrow = DAY + timedelta(days=1)
        self.dun(plan, 1)
        self.run_cron("remind_invoices", tomorrow)
        found = [move.sudo().subscription_interaction_ids.date_reminded for move in (dunned, reminded)]
        self.assertEqual(found, [False, tomorrow])
        self.assertEqual([log[0] for log in self.logs(dunned) + self.logs(reminded)], ["email"])

    def test_archived_plan_is_not_in_force(self):
        plan = self.make_plan((1, "email"), active=False)
        move = self.confirm(dunning_plan_id=plan.id)
        move.is_move_sent = True
        self.switch_reminders_on()
        due = self.interactions._get_reminder_domain(self.company, DAY + timedelta(days=1))
        self.assertEqual(self.interactions.search(due).invoice_id, move)

    def test_invoice_of_before_that_no_queue_knows_is_reminded_of(self):
        """Issued before recurring invoices had a mode: the plan chosen since does not follow it."""
        plan = self.make_plan((1, "email"))
        move = self.confirm(dunning_plan_id=plan.id)
        move.sudo().write({"is_move_sent": True, "subscription_billing_mode": False})
        self.switch_reminders_on()
        tomorrow = DAY + timedelta(days=1)
        self.assertFalse(plan._get_due_moves(tomorrow))
        self.assertEqual(
            self.interactions.search(self.interactions._get_reminder_domain(self.company, tomorrow)).invoice_id, move
        )
