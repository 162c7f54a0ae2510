from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestDialogs(SubscriptionCommon):
    """What the buttons of a contract ask, and when they are there."""

    def open(self, action, **values):
        """The record of a dialog as the client makes it."""
        return self.env[action["res_model"]].with_context(**action["context"]).create(values)

    # === PAUSE === #
    def test_a_pause_has_a_day_and_a_reason(self):
        contract = self.make_contract()
        self.open(contract.action_open_pause(), date=date(2026, 3, 5), reason="Renovation").action_pause()
        pause = contract.pause_ids
        self.assertEqual((pause.date_from, pause.date_to, pause.reason), (date(2026, 3, 5), False, "Renovation"))
        self.assertEqual(contract.state, "paused")

    def test_a_pause_with_a_last_day_needs_no_resuming(self):
        contract = self.make_contract()
        self.bill(date(2026, 3, 1))
        days = {"date": date(2026, 3, 10), "date_to": date(2026, 4, 30)}
        self.open(contract.action_open_pause(), **days).action_pause()
        self.assertEqual((contract.state, contract.pause_ids.date_to), ("paused", date(2026, 4, 30)))
        rows = contract.installment_ids.filtered(lambda row: row.state == "planned").sorted("date_from")
        self.assertEqual((rows[0].price_subtotal, rows[1].date_from), (-70.97, date(2026, 5, 1)))
        self.carry_out_turn(date(2026, 5, 1))
        self.assertEqual(contract.state, "active")

    def carry_out_turn(self, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_run_terms").method_direct_trigger()

    def test_a_pause_that_ends_before_it_begins_is_refused(self):
        contract = self.make_contract()
        days = {"date": date(2026, 3, 10), "date_to": date(2026, 3, 9)}
        with self.assertRaisesRegex(UserError, "before it begins"):
            self.open(contract.action_open_pause(), **days).action_pause()
        self.assertFalse(contract.pause_ids)

    def test_a_second_pause_is_refused_while_one_has_no_end(self):
        contract = self.make_contract()
        contract.action_pause(date(2026, 5, 1))
        with self.assertRaisesRegex(UserError, "resume it first"):
            self.open(contract.action_open_pause(), date=date(2026, 4, 1)).action_pause()
        self.assertEqual(len(contract.pause_ids), 1)

    def test_resuming_ends_every_pause_that_has_begun(self):
        contract = self.make_contract()
        contract.action_pause(date(2026, 5, 1))
        contract.action_pause(date(2026, 4, 1))
        contract.action_resume(date(2026, 5, 11))
        self.assertEqual(contract.pause_ids.mapped("date_to"), [date(2026, 5, 10)] * 2)

    # === RESUME === #
    def test_resuming_proposes_today(self):
        contract = self.make_contract()
        contract.action_pause(date(2026, 3, 5))
        self.open(contract.action_open_resume()).action_resume()
        self.assertEqual((contract.state, contract.pause_ids.date_to), ("active", date(2026, 3, 9)))

    def test_a_pause_to_come_is_called_off(self):
        contract = self.make_contract()
        contract.action_pause(date(2026, 5, 1))
        self.assertTrue(contract.is_pause_open)
        self.open(contract.action_open_resume()).action_resume()
        self.assertEqual((contract.pause_ids.ids, contract.is_pause_open), ([], False))

    def test_what_is_not_paused_is_not_resumed(self):
        with self.assertRaisesRegex(UserError, "Only a paused"):
            self.make_contract().action_open_resume()

    # === RE-OPEN === #
    def test_re_opening_asks_for_the_new_end(self):
        for end in (False, date(2026, 12, 31)):
            contract = self.make_contract()
            contract.action_close(date(2026, 3, 10), self.reason)
            self.open(contract.action_open_reopen(), date_end=end).action_reopen()
            self.assertEqual((contract.state, contract.date_end), ("active", end))

    def test_only_a_closed_contract_is_re_opened(self):
        contract = self.make_contract()
        with self.assertRaisesRegex(UserError, "Only a closed"):
            self.open(contract.action_open_reopen()).action_reopen()

    # === RENEW === #
    def test_renew_is_there_for_a_term_that_is_meant_to_be_renewed_or_ended_unrenewed(self):
        term = {"date_end": date(2026, 12, 31)}
        endless, ending, by_hand = self.make_contract(), self.make_contract(**term), self.make_contract(**term)
        by_hand.renewal = "manual"
        ended = self.make_contract(date_end=date(2026, 2, 28))
        ended._close_ended(date(2026, 3, 10))
        closed = self.make_contract()
        closed.action_close(date(2026, 3, 10), self.reason)
        contracts = endless + ending + by_hand + ended + closed
        self.assertEqual(contracts.mapped("is_renewable"), [False, False, True, True, False])
        ended.action_renew()
        self.assertEqual((ended.state, ended.date_end), ("active", date(2027, 2, 28)))

    # === ROWS === #
    def test_rows_say_what_they_do(self):
        contract = self.make_contract()
        self.bill(date(2026, 3, 1))
        contract.action_close(date(2026, 3, 10), self.reason)
        self.bill(date(2026, 3, 10))
        contract.action_reopen(date(2026, 3, 31))
        march = contract.installment_ids.filtered(lambda row: row.date_from >= date(2026, 3, 1)).sorted("id")
        self.assertEqual(march.mapped("kind"), [False, "credit", "again"])

    # === WHO === #
    def test_who_may_not_edit_contracts_gets_no_dialog(self):
        viewer = new_test_user(
            self.env,
            login="dialogs_viewer",
            groups="subscription_mgmt.group_subscription_viewer",
            company_id=self.company.id,
        )
        contract = self.make_contract().with_user(viewer)
        for act in ("action_open_activate", "action_open_pause", "action_open_reopen"):
            with self.subTest(act), self.assertRaises(AccessError):
                getattr(contract, act)()
        for model in ("activate", "pause", "reopen"):
            self.assertFalse(self.env[f"subscription.contract.{model}"].with_user(viewer).has_access("create"))

    def test_a_dialog_changes_no_contract_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        stranger = new_test_user(
            self.env,
            login="dialogs_stranger",
            groups="subscription_mgmt.group_subscription_contributor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        contract = self.make_contract()
        for model, act in (("pause", "action_pause"), ("pause", "action_resume"), ("reopen", "action_reopen")):
            dialogs = self.env[f"subscription.contract.{model}"].with_user(stranger).with_company(company)
            with self.subTest(act), self.assertRaises(AccessError):
                getattr(dialogs.create({"contract_id": contract.id}), act)()
        self.assertFalse(contract.pause_ids)
