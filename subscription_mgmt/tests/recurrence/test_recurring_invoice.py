from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from ...models.recurrence.invoice import REMIND
from .recurrence_common import TODAY, RecurrenceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-06 10:00:00")
class TestRecurringInvoice(RecurrenceCommon):
    """REC-22..27 and REC-30: an invoice template, the invoice of the day confirmed once, sent as a second act."""

    def make_due(self, **values):
        """The interaction of Tuesday 6 January."""
        return self.make_invoice_recurrence(**values).interaction_ids.sorted("slot_key")[0]

    def count_moves(self):
        return self.env["account.move"].search_count([("company_id", "=", self.company.id)])

    # === THE TEMPLATE === #
    def test_rec_22_23_same_work_as_a_normal_invoice(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "subscription_mgmt.subscription_recurring_invoice_action"
        )
        context = {"recurring_invoice": True, "default_frequency": "monthly"}
        self.assertIn("'recurring_invoice': True", action["context"])
        form = Form(self.env["subscription.recurrence"].with_context(**context))
        form.name = "Internet"
        form.invoice_partner_id = self.customer
        form.day = 15
        with form.invoice_line_ids.new() as line:
            line.product_id = self.product
            line.quantity = 2
        recurrence = form.save()
        self.assertEqual((recurrence.makes, recurrence.partner_ids), ("invoice", self.customer))
        line = recurrence.invoice_line_ids
        self.assertEqual((line.name, line.price_unit, line.tax_ids), ("Internet", 100.0, self.tax))
        self.assertEqual(recurrence.invoice_amount, 200.0)

    def test_rec_23_no_customer_or_no_line_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no customer to invoice"):
            self.make_invoice_recurrence(invoice_partner_id=False)
        with self.assertRaisesRegex(ValidationError, "no invoice line"):
            self.make_invoice_recurrence(invoice_line_ids=[])
        with self.assertRaisesRegex(ValidationError, "no price"):
            self.make_invoice_recurrence(
                invoice_line_ids=[Command.create({"product_id": self.product.id, "price_unit": 0.0})]
            )

    def test_taking_the_last_line_away_is_refused(self):
        recurrence = self.make_invoice_recurrence()
        with self.assertRaisesRegex(ValidationError, "no invoice line"):
            recurrence.invoice_line_ids = [Command.clear()]

    def test_a_responsible_without_the_billing_right_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "may not issue invoices"):
            self.make_invoice_recurrence(user_id=self.caller.id)

    def test_a_contributor_without_the_billing_right_defines_none(self):
        with self.assertRaises(AccessError):
            self.make_invoice_recurrence(generate=False).with_user(self.caller).name = "Other"

    def test_taxes_follow_the_fiscal_position_of_the_customer(self):
        other_tax = self.tax.copy({"name": "VAT 0%", "amount": 0, "original_tax_ids": [Command.set(self.tax.ids)]})
        position = self.env["account.fiscal.position"].create(
            {"name": "Export", "company_id": self.company.id, "tax_ids": [Command.set(other_tax.ids)]}
        )
        self.customer.with_company(self.company).property_account_position_id = position
        row = self.make_due()
        row.action_confirm_invoice()
        self.assertEqual(row.invoice_id.fiscal_position_id, position)
        self.assertEqual((row.invoice_id.amount_untaxed, row.invoice_id.amount_tax), (100.0, 0.0))

    # === PREVIEW === #
    def test_rec_24_preview_shows_the_pdf_and_keeps_nothing(self):
        recurrence = self.make_invoice_recurrence(generate=False)
        before = self.count_moves(), self.env["ir.attachment"].search_count([("res_model", "=", "account.move")])
        content = recurrence.with_context(force_report_rendering=True)._render_preview(TODAY)
        self.assertEqual(content[:4], b"%PDF")
        after = self.count_moves(), self.env["ir.attachment"].search_count([("res_model", "=", "account.move")])
        self.assertEqual(after, before)
        self.assertEqual(recurrence.invoice_line_ids.price_unit, 100.0, "the cache is as before, too")

    def test_preview_says_what_the_invoice_will_say(self):
        recurrence = self.make_invoice_recurrence(generate=False)
        content = recurrence._render_preview(TODAY).decode()
        for text in ("Internet", "Yıldız Ltd.", "120.00", "01/05/2026"):
            self.assertIn(text, content)

    def test_preview_opens_in_a_dialog(self):
        recurrence = self.make_invoice_recurrence(generate=False)
        action = recurrence.action_preview_invoice()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(wizard.pdf)
        self.assertEqual(wizard.date_ref, date(2026, 1, 6))
        self.assertEqual(self.count_moves(), 0)

    # === THE DAY === #
    def test_rec_25_26_generating_makes_interactions_and_no_invoice(self):
        row = self.make_due()
        row._prepare(date(2026, 1, 6))
        self.assertEqual(self.count_moves(), 0)
        self.assertEqual((row.agenda_group, row.invoice_status), ("today", "to_confirm"))
        self.assertEqual(row.activity_ids.user_id, self.env.user)

    def test_rec_27_confirming_makes_one_invoice_and_sends_nothing(self):
        row = self.make_due()
        row.action_confirm_invoice()
        move = row.invoice_id
        self.assertEqual((move.state, move.amount_untaxed, move.amount_tax), ("posted", 100.0, 20.0))
        self.assertEqual((move.partner_id, move.invoice_date), (self.customer, date(2026, 1, 6)))
        self.assertEqual(move.create_uid, self.env.user)
        self.assertFalse(move.is_move_sent)
        self.assertEqual((row.state, row.invoice_status), ("planned", "issued"), "sending is still to be done")

    def test_rec_27_confirming_twice_makes_one_invoice_only(self):
        row = self.make_due()
        first = row.action_confirm_invoice()
        second = row.action_confirm_invoice()
        self.assertEqual(self.count_moves(), 1)
        self.assertEqual(first["res_id"], second["res_id"])

    def test_several_are_confirmed_at_once(self):
        rows = self.make_due() | self.make_due()
        rows.action_confirm_invoice()
        self.assertEqual(len(rows.invoice_id), 2)

    def test_sending_is_the_second_act_and_finishes_the_interaction(self):
        self.customer.email = "yildiz@example.com"
        row = self.make_due()
        row._prepare(date(2026, 1, 6))
        with self.assertRaisesRegex(UserError, "confirm the invoice"):
            row.action_send_invoice()
        row.action_confirm_invoice()
        action = row.action_send_invoice()
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"])).save()
        wizard.action_send_and_print()
        self.assertTrue(row.invoice_id.is_move_sent)
        self.assertEqual((row.state, row.invoice_status), ("done", "sent"))
        self.assertFalse(row.activity_ids)

    def test_done_before_the_invoice_is_refused_from_agenda_and_systray(self):
        row = self.make_due()
        row._prepare(date(2026, 1, 6))
        with self.assertRaisesRegex(UserError, "confirm the invoice, or skip"):
            row.action_open_done()
        with self.assertRaisesRegex(UserError, "confirm the invoice, or skip"):
            row.activity_ids.action_feedback()

    def test_without_the_billing_right_nobody_confirms(self):
        row = self.make_due()
        with self.assertRaises(AccessError):
            row.with_user(self.caller).action_confirm_invoice()

    def test_a_biller_without_other_rights_confirms_what_is_his(self):
        biller = self.caller.copy({"login": "biller"})
        biller.group_ids = self.env.ref("subscription_mgmt.group_subscription_billing")
        row = self.make_due(user_id=biller.id)
        row._prepare(date(2026, 1, 6))
        row.with_user(biller).action_confirm_invoice()
        self.assertEqual((row.invoice_id.state, row.invoice_id.create_uid), ("posted", biller))

    def test_an_archived_customer_is_refused_with_the_reason(self):
        row = self.make_due()
        self.customer.active = False
        with self.assertRaisesRegex(UserError, "is archived"):
            row.action_confirm_invoice()
        self.assertEqual(self.count_moves(), 0)

    def test_what_was_skipped_is_not_invoiced(self):
        row = self.make_due()
        row._skip("Free month")
        with self.assertRaisesRegex(UserError, "not planned any more"):
            row.action_confirm_invoice()

    def test_an_invoiced_one_is_neither_deleted_nor_skipped_nor_regenerated(self):
        row = self.make_due()
        row.action_confirm_invoice()
        with self.assertRaisesRegex(UserError, "has made an invoice"):
            row.unlink()
        wizard = self.env["subscription.interaction.skip"].create({"interaction_ids": [(6, 0, row.ids)], "reason": "x"})
        with self.assertRaisesRegex(UserError, "invoice was issued"):
            wizard.action_confirm()
        row.recurrence_id.weekday = "4"
        change = row.recurrence_id._regenerate(date(2026, 1, 6))
        self.assertIn(row, change.kept)

    def test_a_draft_that_was_deleted_can_be_issued_again(self):
        row = self.make_due()
        row.action_confirm_invoice()
        move = row.invoice_id
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        self.assertEqual(row.invoice_status, "to_confirm")
        row.action_confirm_invoice()
        self.assertEqual(self.count_moves(), 1)

    def test_rec_29_status_follows_the_invoice(self):
        row = self.make_due()
        row.action_confirm_invoice()
        move = row.invoice_id
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {"amount": 50.0}
        )._create_payments()
        self.assertEqual(row.invoice_status, "partial")
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {}
        )._create_payments()
        self.assertEqual(row.invoice_status, "paid")
        other = self.make_due()
        other.action_confirm_invoice()
        other.invoice_id.button_draft()
        other.invoice_id.button_cancel()
        self.assertEqual(other.invoice_status, "rejected")

    def test_fault_e3_invoice_cancelled_by_hand_is_issued_anew(self):
        row = self.make_due()
        row.action_confirm_invoice()
        old = row.invoice_id
        old.button_draft()
        old.button_cancel()
        self.assertTrue(row.is_to_confirm)
        with self.assertRaisesRegex(UserError, "confirm the invoice, or skip it"):
            row.action_send_invoice()
        row.action_confirm_invoice()
        new = row.invoice_id
        self.assertEqual((new != old, new.state, row.invoice_status), (True, "posted", "issued"))
        row.action_confirm_invoice()
        self.assertEqual(row.invoice_id, new, "once")
        with self.assertRaisesRegex(UserError, f"invoiced again on {new.name}"):
            old.button_draft()

    def test_cancelled_invoice_does_not_keep_from_skipping(self):
        row = self.make_due()
        row.action_confirm_invoice()
        row.invoice_id.button_draft()
        row.invoice_id.button_cancel()
        self.env["subscription.interaction.skip"].create(
            {"interaction_ids": [(6, 0, row.ids)], "reason": "Agreed"}
        ).action_confirm()
        self.assertEqual(row.state, "cancelled")

    # === MAKE RECURRING === #
    def test_from_an_existing_invoice(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": date(2026, 1, 31),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "name": "Fibre",
                            "quantity": 3,
                            "price_unit": 33.5,
                            "discount": 10,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    ),
                    Command.create({"display_type": "line_note", "name": "Thank you"}),
                ],
            }
        )
        recurrence = self.env["subscription.recurrence"].browse(move.action_make_recurring()["res_id"])
        self.assertEqual((recurrence.state, recurrence.frequency, recurrence.day), ("draft", "monthly", 31))
        recurrence._generate(date(2026, 1, 6))
        row = recurrence.interaction_ids.sorted("slot_key")[0]
        self.assertEqual(row.slot_key, date(2026, 2, 28))
        row.action_confirm_invoice()
        for name in ("amount_untaxed", "amount_tax", "amount_total", "currency_id", "journal_id", "partner_id"):
            self.assertEqual(row.invoice_id[name], move[name], name)
        self.assertEqual(row.invoice_id.invoice_line_ids.account_id, move.invoice_line_ids.account_id)

    def test_a_credit_note_is_not_made_recurring(self):
        move = self.env["account.move"].create({"move_type": "out_refund", "partner_id": self.customer.id})
        with self.assertRaisesRegex(UserError, "Only a customer invoice"):
            move.action_make_recurring()


@tagged("post_install", "-at_install")
class TestInvoiceReminder(RecurrenceCommon):
    """REC-30: once a day, where it is switched on; an invoice that was sent and fell due the day before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "yildiz@example.com"
        cls.template = cls.env.ref("subscription_mgmt.mail_template_invoice_reminder")
        cls.company.write({"subscription_invoice_reminder": True, "subscription_reminder_template_id": cls.template.id})
        with freeze_time("2026-01-06 10:00:00"):
            cls.row = cls.make_invoice_recurrence().interaction_ids.sorted("slot_key")[0]
            cls.row.action_confirm_invoice()
            cls.row.invoice_id.is_move_sent = True

    def remind(self, day):
        with freeze_time(f"{day} 10:00:00"):
            return self.carry_out(REMIND, date.fromisoformat(day)) & self.row

    def test_the_day_after_once(self):
        self.assertFalse(self.remind("2026-01-06"), "on the day itself it is not overdue")
        self.assertTrue(self.remind("2026-01-07"))
        message = self.row.invoice_id.message_ids[0]
        self.assertIn("Reminder: invoice", message.subject)
        self.assertIn(self.customer, message.partner_ids)
        self.assertIn("120.00", message.body)
        self.assertEqual((self.row.invoice_status, self.row.date_reminded), ("reminded", date(2026, 1, 7)))
        self.assertFalse(self.remind("2026-01-08"), "nobody is reminded twice")

    def test_fault_e4_part_paid_after_the_reminder_still_shows_the_reminder(self):
        self.remind("2026-01-07")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.row.invoice_id.ids
        ).create({"amount": 50.0})._create_payments()
        self.assertEqual((self.row.invoice_id.payment_state, self.row.invoice_status), ("partial", "reminded"))

    def test_not_what_was_never_sent_or_is_paid_or_is_old(self):
        move = self.row.invoice_id
        move.is_move_sent = False
        self.assertFalse(self.remind("2026-01-07"))
        move.is_move_sent = True
        self.assertFalse(self.remind("2026-02-20"), "switching it on does not write to everybody of last year")
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {}
        )._create_payments()
        self.assertFalse(self.remind("2026-01-07"))

    def test_a_customer_without_an_address_is_set_aside_with_the_reason(self):
        self.customer.email = False
        self.remind("2026-01-07")
        self.assertIn("no e-mail address", self.row.subscription_error)
        self.assertFalse(self.row.date_reminded)

    def test_cron_sends_only_where_it_is_switched_on(self):
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_remind_invoices")
        for switched_on, expected in ((False, False), (True, date(2026, 1, 7))):
            self.company.subscription_invoice_reminder = switched_on
            with freeze_time("2026-01-07 10:00:00"), self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertEqual(self.row.date_reminded, expected)
