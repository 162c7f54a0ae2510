from datetime import date, datetime
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.charging.sending import PREPARE
from ...models.charging.subscription_charge import TRANSITIONS
from ...tools.card_numbers import mask
from .charge_common import CONNECT_TIMEOUT, READ_TIMEOUT, SEND_LOG, ChargeCommon

DAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestCharge(ChargeCommon):
    """A saved card is charged once for an invoice, whatever happens on the way."""

    # === THE GOOD WAY === #
    def test_paid_invoice_is_reconciled_once(self):
        move = self.make_invoice()
        with self.simulate("done") as asked:
            charge = self.charge()
            self.charge()
        self.assertEqual(asked, [f"SUB-{move.id}-1"])
        self.assertRecordValues(charge, [{"state": "done", "amount": 120.0, "attempt": 1, "token_id": self.token.id}])
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.assertEqual(move.amount_residual, 0)
        payment = charge.transaction_id.payment_id
        self.assertEqual((len(payment), payment.amount), (1, 120.0))
        charge._post_process(DAY)
        self.assertEqual(self.env["account.payment"].search_count([("partner_id", "=", self.customer.id)]), 1)

    def test_intent_and_transaction_are_written_before_anything_is_sent(self):
        move = self.make_invoice()
        with self.simulate("done") as asked:
            self.carry_out(PREPARE, DAY)
        charge = self.charges_of(move)
        self.assertEqual((charge.state, charge.transaction_id.state, asked), ("intent", "draft", []))
        self.assertEqual(charge.transaction_id.reference, charge.idempotency_key)
        self.assertEqual(charge.transaction_id.invoice_ids, move)

    def test_charged_on_the_due_date_and_not_before(self):
        term = self.env.ref("account.account_payment_term_30days")
        move = self.make_invoice(payment_term_id=term.id)
        with self.simulate("done") as asked:
            self.charge(date(2026, 1, 30))
            self.assertFalse(asked)
            self.charge(date(2026, 1, 31))
        self.assertEqual((move.payment_state in ("paid", "in_payment"), len(asked)), (True, 1))

    def test_only_contracts_with_this_billing_mode_are_charged(self):
        for mode in ("draft", "post", "send"):
            self.make_invoice(billing_mode=mode)
        with self.simulate("done") as asked:
            self.charge()
        self.assertFalse(asked)

    def test_billing_mode_charge_posts_and_sends_too(self):
        move = self.make_invoice()
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.search(move._get_subscription_send_domain(self.company, DAY)), move)

    def test_cron_charges_and_stays_quiet_when_nothing_is_due(self):
        move = self.make_invoice()
        with self.simulate("done") as asked:
            for _i in range(3):
                self.run_cron("charge_invoices", DAY)
        self.assertEqual((len(asked), self.charges_of(move).state), (1, "done"))
        self.assertEqual(move.amount_residual, 0)

    def test_company_that_does_not_run_subscriptions_is_passed_by(self):
        self.make_invoice()
        self.company.subscription_enabled = False
        with self.simulate("done") as asked:
            self.run_cron("charge_invoices", DAY)
        self.assertFalse(asked)

    @freeze_time("2025-12-31 22:30:00")
    def test_the_companys_day_decides(self):
        """22:30 UTC on New Year's Eve: in Istanbul the invoice of 1 January is due, in UTC it is not."""
        self.company.partner_id.tz = "Europe/Istanbul"
        self.make_invoice()
        for zone, expected in (("UTC", 0), ("Europe/Istanbul", 1)):
            self.company.partner_id.tz = zone
            with self.simulate("done") as asked, self.enter_registry_test_mode():
                self.env.ref("subscription_mgmt.ir_cron_subscription_charge_invoices").method_direct_trigger()
            self.assertEqual(len(asked), expected, zone)

    def test_why_it_was_not_charged_is_said_in_the_language_of_the_responsible(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        groups = "subscription_mgmt.group_subscription_contributor"
        companies = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        user = new_test_user(self.env, login="ayse", groups=groups, lang="tr_TR", **companies)
        move = self.make_invoice(user_id=user.id)
        self.carry_out(PREPARE, date(2026, 1, 1))
        move.button_draft()
        self.charge()
        self.assertEqual(self.charges_of(move).reason, "Fatura artık açık değil.")

    # === DECLINES === #
    def test_decline_is_not_repeated_without_a_plan(self):
        move = self.make_invoice()
        with self.simulate("soft") as asked:
            for day in range(1, 6):
                self.charge(date(2026, 1, day))
        charge = self.charges_of(move)
        self.assertEqual(len(asked), 1)
        self.assertEqual((charge.state, charge.decline_kind, charge.reason), ("declined", "soft", "Insufficient funds"))
        self.assertEqual(len(move.activity_ids), 1, "somebody is told, once")

    def test_soft_and_hard_declines(self):
        for message, kind in (
            ("Insufficient funds", "soft"),
            ("Do not honor", "soft"),
            (False, "soft"),
            ("Your card has expired.", "hard"),
            ("STOLEN CARD", "hard"),
            ("Kart çalıntı", "hard"),
        ):
            transaction = self.env["payment.transaction"].new({"state_message": message})
            self.assertEqual(transaction._get_decline_kind(), kind, message)

    def test_hard_decline_waits_for_another_card(self):
        move = self.make_invoice()
        with self.simulate("hard", "done") as asked:
            self.charge()
            self.charge(date(2026, 1, 2))
            self.assertEqual(len(asked), 1)
            new = self.make_token(payment_details="9999")
            move.subscription_contract_ids.payment_token_id = new
            self.charge(date(2026, 1, 2))
            self.charge(date(2026, 1, 2))
        self.assertEqual(asked, [f"SUB-{move.id}-1", f"SUB-{move.id}-2"])
        self.assertEqual(self.charges_of(move).sorted("attempt").mapped("state"), ["declined", "done"])
        self.assertEqual(move.amount_residual, 0)

    def test_cancelled_by_the_provider_is_a_decline(self):
        self.make_invoice()
        with self.simulate("cancel"):
            self.assertEqual(self.charge().state, "declined")

    # === UNKNOWN OUTCOMES === #
    def test_no_answer_is_never_sent_again(self):
        """Whatever way a request ends without an answer, the card is not charged a second time."""
        for outcome in ("nothing", "broken", "pending"):
            move = self.make_invoice()
            with self.subTest(outcome), self.simulate(outcome) as asked, mute_logger(SEND_LOG):
                for day in range(1, 10):
                    self.charge(date(2026, 1, day))
                    self.charges_of(move)._resolve_unknown(date(2026, 1, day))
                self.assertEqual((len(asked), self.charges_of(move).state), (1, "unknown"))
                self.assertFalse(move._has_to_be_paid(), "no payment page while the outcome is unknown")

    def test_time_out_is_not_taken_for_a_decline(self):
        """Core's providers set a transaction to error after a time-out; the money may have been taken."""
        for answer in (READ_TIMEOUT, 500, 503, 409):
            move = self.make_invoice()
            with self.subTest(answer), self.network(answer) as request:
                self.charge()
                self.charge()
                self.assertEqual((request.call_count, self.charges_of(move).state), (1, "unknown"))
                self.assertEqual(self.charges_of(move).transaction_id.state, "draft")

    def test_refusal_is_a_decline(self):
        self.make_invoice()
        with self.network(402):
            self.assertEqual(self.charge().state, "declined")

    def test_provider_out_of_reach_is_tried_again_the_next_day(self):
        move = self.make_invoice()
        with self.network(CONNECT_TIMEOUT) as request:
            charge = self.charge()
            self.assertEqual((charge.state, move.subscription_next_try > DAY), ("cancelled", True))
            self.assertFalse(self.charge())
            self.assertEqual(request.call_count, 1)
        with self.network(200):
            self.charge(move.subscription_next_try)
        self.assertEqual(move.amount_residual, 0)

    def test_out_of_reach_after_a_first_answer_is_unknown(self):
        self.make_invoice()
        with self.network(200, CONNECT_TIMEOUT):
            self.assertEqual(self.charge().state, "unknown")

    def test_other_amount_is_unknown_and_not_a_decline(self):
        self.make_invoice()
        data = {"amount": 1.0, "currency_code": "USD"}
        transactions = type(self.env["payment.transaction"])
        with (
            patch.object(transactions, "_extract_amount_data", lambda tx, _data: data),
            patch.object(transactions, "_send_payment_request", lambda tx: tx._process("none", {})),
            mute_logger(SEND_LOG),
        ):
            self.assertEqual(self.charge().state, "unknown")

    def test_asking_the_provider_settles(self):
        for settle, state in (("_set_done", "done"), ("_set_error", "declined")):
            move = self.make_invoice()
            with self.simulate("nothing"):
                charge = self.charge()

            def ask(transaction, settle=settle):
                getattr(transaction, settle)(state_message="Looked up")

            with patch.object(type(self.env["payment.transaction"]), "_subscription_ask_provider", ask):
                charge._resolve_unknown(DAY)
            self.assertEqual((charge.state, charge.reason), (state, "Looked up"))
            self.assertEqual(bool(move.amount_residual), state == "declined")

    def test_answer_that_comes_later_settles(self):
        """The provider's own message arrives after the request was given up, even after a decline."""
        for first in ("pending", "soft"):
            move = self.make_invoice()
            with self.simulate(first):
                charge = self.charge()
            charge.transaction_id._set_done()
            self.run_cron("charge_invoices", DAY)
            self.assertEqual((charge.state, move.amount_residual), ("done", 0))

    def test_person_settles_what_cannot_be_asked(self):
        biller = new_test_user(self.env, login="biller", groups="subscription_mgmt.group_subscription_billing",
                               company_id=self.company.id, company_ids=[(6, 0, self.company.ids)])  # fmt: skip
        moves = self.make_invoice() + self.make_invoice()
        with self.simulate("nothing"):
            charges = self.charge()
        paid, lost = charges.with_user(biller)
        paid.action_confirm_paid()
        lost.action_confirm_not_paid()
        self.assertEqual(charges.mapped("state"), ["done", "declined"])
        self.assertEqual(sorted(moves.mapped("amount_residual")), [0.0, 120.0])
        with self.assertRaisesRegex(UserError, "is known"):
            paid.action_confirm_not_paid()
        self.assertTrue(any("biller" in (body or "") for body in paid.move_id.message_ids.mapped("body")))

    def test_interrupted_charge_is_asked_for_and_not_sent(self):
        move = self.make_invoice()
        self.carry_out(PREPARE, DAY)
        charge = self.charges_of(move)
        with freeze_time("2026-01-01 08:00:00"):
            charge._claim()
        with self.simulate("done") as asked:
            with freeze_time("2026-01-01 08:10:00"):
                self.assertFalse(self.charges.search(self.charges._get_unsettled_domain(self.company)))
            self.run_cron("charge_invoices", datetime(2026, 1, 1, 9))
        self.assertEqual((asked, charge.state), ([], "unknown"))

    # === WHAT IS NO LONGER WANTED === #
    def test_invoice_paid_meanwhile_is_not_charged(self):
        move = self.make_invoice()
        self.carry_out(PREPARE, DAY)
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {}
        ).action_create_payments()
        with self.simulate("done") as asked:
            self.charge()
        self.assertEqual((asked, self.charges_of(move).state), ([], "cancelled"))

    def test_part_payment_changes_the_amount(self):
        move = self.make_invoice()
        self.carry_out(PREPARE, DAY)
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.create({"amount": 20.0}).action_create_payments()
        with self.simulate("done") as asked:
            self.charge()
            self.charge()
        self.assertEqual(asked, [f"SUB-{move.id}-2"])
        self.assertEqual(self.charges_of(move).filtered(lambda c: c.state == "done").amount, 100.0)

    def test_payment_under_way_elsewhere_keeps_the_card_back(self):
        move = self.make_invoice()
        values = move._prepare_subscription_transaction_values()
        other = self.env["payment.transaction"].create({**values, "reference": "portal", "operation": "online_direct"})
        for state in ("pending", "done"):
            other.state = state
            self.assertFalse(self.carry_out(PREPARE, DAY), state)

    def test_assurance_finds_an_unknown_outcome(self):
        move = self.make_invoice()
        with self.network(READ_TIMEOUT):
            self.charge()
        checks = self.env["subscription.assurance"].sudo()._check(self.company, DAY)
        check = checks.filtered(lambda check: check.kind == "unknown")
        action = check.action_view_records()
        self.assertEqual((check.count, action["res_model"]), (1, "subscription.charge"))
        self.assertEqual(self.charges.search(action["domain"]).move_id, move)

    # === WHICH CARD === #
    def test_cards_that_must_not_be_charged(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        theirs = self.make_token()
        archived = self.make_token()
        archived.active = False
        for token, words in ((theirs, "another customer"), (archived, "archived"), (None, "no saved card")):
            move = self.make_invoice(payment_token_id=token.id if token else False)
            theirs.partner_id = stranger
            with self.subTest(words), self.simulate("done") as asked:
                self.charge()
                self.assertFalse(asked)
                self.assertIn(words, move.subscription_error)
                self.assertFalse(self.charges_of(move))
                self.assertEqual(len(move.activity_ids), 1)
                self.assertEqual(move.subscription_parking_ids.step, "charge", "sending is not held up")

    def test_card_of_another_customer_is_refused_on_the_contract(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        theirs = self.make_token(partner_id=stranger.id)
        contract = self.make_contract()
        with self.assertRaisesRegex(ValidationError, "The saved card belongs to Stranger"):
            contract.payment_token_id = theirs

    def test_provider_that_cannot_charge_by_itself(self):
        move = self.make_invoice()
        self.provider.available_currency_ids = self.env.ref("base.JPY")
        self.assertIn("currency", move._get_subscription_card_obstacle())
        self.provider.capture_manually = True
        self.assertIn("by hand", move._get_subscription_card_obstacle())

    def test_one_without_a_card_stops_nobody(self):
        moves = self.make_invoice() + self.make_invoice(payment_token_id=False) + self.make_invoice()
        with self.simulate("done") as asked:
            self.charge()
        self.assertEqual(len(asked), 2)
        self.assertEqual(sum(not move.amount_residual for move in moves), 2)

    def test_group_invoice_has_one_card(self):
        self.customer.subscription_group_invoice = True
        other = self.make_token(payment_details="9999")
        for token in (self.token, self.token, other):
            self.make_contract([{"repetitions": 1}], billing_mode="charge", payment_token_id=token.id)
        moves = self.bill(DAY).move_ids
        self.assertEqual(sorted(moves.mapped("amount_total")), [120.0, 240.0])
        with self.simulate("done"):
            self.assertEqual(self.charge().token_id, self.token + other)

    # === BOOKING === #
    def test_payment_that_cannot_be_booked_is_kept_and_booked_later(self):
        move = self.make_invoice()
        transactions = type(self.env["payment.transaction"])
        with self.simulate("done") as asked:
            with patch.object(transactions, "_create_payment", side_effect=UserError("The period is locked.")):
                charge = self.charge()
            self.assertEqual((charge.state, move.subscription_error), ("done", "The period is locked."))
            self.assertEqual(move.amount_residual, 120.0)
            self.run_cron("charge_invoices", date(2026, 1, 2))
        self.assertEqual((len(asked), move.amount_residual, move.subscription_error), (1, 0, False))

    # === THE RECORD === #
    def test_transitions(self):
        move = self.make_invoice()
        self.carry_out(PREPARE, DAY)
        charge = self.charges_of(move)
        for state, allowed in TRANSITIONS.items():
            self.env.cr.execute("UPDATE subscription_charge SET state = %s WHERE id = %s", [state, charge.id])
            for target in TRANSITIONS:
                charge.invalidate_recordset()
                with self.subTest(f"{state} > {target}"), self.env.cr.savepoint() as savepoint:
                    if target == state or target in allowed:
                        charge.write({"state": target})
                    else:
                        with self.assertRaises(UserError):
                            charge.write({"state": target})
                    savepoint.rollback()

    def test_what_was_asked_never_changes(self):
        move = self.make_invoice()
        with self.simulate("soft"):
            charge = self.charge()
        for values in ({"amount": 1.0}, {"token_id": self.make_token().id}, {"idempotency_key": "x"}):
            with self.assertRaises(UserError):
                charge.write(values)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            charge.unlink()
        self.assertTrue(self.charges_of(move))

    @mute_logger("odoo.sql_db")
    def test_one_open_charge_per_invoice(self):
        move = self.make_invoice()
        self.carry_out(PREPARE, DAY)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            move._prepare_subscription_charges()

    def test_nothing_that_looks_like_a_card_is_kept(self):
        self.assertEqual(mask("Card 4111 1111 1111 1111 refused (51)"), "Card •••• refused (51)")
        self.make_invoice()
        with self.simulate("broken"), self.assertLogs(SEND_LOG, "WARNING") as logs:
            charge = self.charge()
        for text in (charge.reason, *logs.output):
            self.assertNotIn("4111", text)

    def test_many_invoices_are_prepared_at_once(self):
        for count in (1, 20):
            for _i in range(count):
                self.make_invoice()
            self.carry_out(PREPARE, DAY)
        self.assertEqual(self.charges.search_count([("company_id", "=", self.company.id)]), 21)
