from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import asking
from .gateway.bank import Entry
from .nestpay_common import NestpayCommon

CRON = "payment_nestpay.ir_cron_nestpay_ask_bank"


@tagged("post_install", "-at_install")
class TestBooks(NestpayCommon):
    """What nobody has reported is asked for."""

    def setUp(self):
        super().setUp()
        self.tx = self.make_tx()
        self.tx.nestpay_next_check = fields.Datetime.now()

    def age(self, tx, **since):
        """Let the transaction be that old."""
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - %s WHERE id = %s", [timedelta(**since), tx.id]
        )
        self.env.invalidate_all()

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def enter(self, kind="S", state="C", **values):
        """What the books hold of the order."""
        order = self.bank.orders[self.tx.reference]
        order.entries.append(
            Entry(
                kind,
                state,
                values.pop("kurus", 9196),
                self.bank.new_number(),
                md_status=values.pop("md", "1"),
                **values,
            )
        )
        return order.entries[-1]

    # === The scheduled action === #

    def test_a_payment_that_nobody_reported_is_found(self):
        self.decide(self.tx, "lost")
        self.run_cron()
        self.assertEqual(self.tx.state, "done")
        self.assertEqual(self.tx.provider_reference, self.bank.orders[self.tx.reference].paid.trans_id)
        self.assertFalse(self.tx.nestpay_next_check)

    def test_a_report_after_that_changes_nothing(self):
        report = self.decide(self.tx, "late")
        self.run_cron()
        before = self.tx.last_state_change
        self.process(self.tx, report)
        self.assertEqual((self.tx.state, self.tx.last_state_change, self.tx.nestpay_alert), ("done", before, False))

    def test_nobody_is_asked_before_time_nor_about_others(self):
        self.tx.nestpay_next_check = fields.Datetime.now() + timedelta(minutes=5)
        self._create_transaction("redirect", reference="N1")
        self.run_cron()
        self.assertEqual(self.gateway.asked, [])

    def test_a_disabled_provider_asks_nobody(self):
        self.provider.write({"state": "disabled", "is_published": False})
        self.run_cron()
        self.assertEqual(self.gateway.asked, [])

    def test_a_silent_bank_is_asked_again_later_and_nothing_is_concluded(self):
        for fault in ("html", "down"):
            self.gateway.fault = fault
            self.tx.nestpay_next_check = fields.Datetime.now()
            with mute_logger("odoo.addons.payment_nestpay.models.bank_api"):
                self.run_cron()
            self.assertEqual(self.tx.state, "draft")
            self.assertGreater(self.tx.nestpay_next_check, fields.Datetime.now())
        self.assertEqual(self.tx.nestpay_checks, 2)

    def test_one_that_fails_does_not_hold_up_the_others(self):
        broken = self.make_tx(reference="B1")
        broken.write({"nestpay_next_check": fields.Datetime.now() - timedelta(days=1)})
        self.decide(self.tx, "lost")

        def follow_up(tx):
            if tx == broken:
                raise RuntimeError("broken")
            return asking_follow_up(tx)

        asking_follow_up = type(self.tx)._nestpay_follow_up
        self.patch(type(self.tx), "_nestpay_follow_up", follow_up)
        with mute_logger("odoo.addons.payment_nestpay.models.asking"):
            self.run_cron()
        self.assertEqual(self.tx.state, "done")
        self.assertGreater(broken.nestpay_next_check, fields.Datetime.now())

    def test_pauses_grow(self):
        planned = []
        for _question in range(len(asking.PAUSES) + 2):
            self.tx._nestpay_postpone()
            planned.append(self.tx.nestpay_next_check)
        self.assertEqual(planned, sorted(planned))
        self.assertGreater(planned[-1], fields.Datetime.now() + timedelta(hours=5))

    # === What the books say === #

    def test_every_state_of_the_books(self):
        for kind, state, code, expected in (
            ("S", "C", "00", "done"),
            ("S", "S", "00", "done"),
            ("S", "D", "05", "error"),
            ("S", "PN", "00", "pending"),
            ("S", "NW", "00", "pending"),
            ("S", "R", "00", "pending"),
            ("S", "V", "00", "cancel"),
            ("C", "C", "00", "cancel"),
            ("S", "??", "00", "draft"),
        ):
            self.tx = self.make_tx(reference=f"E{kind}{ord(state[0])}{state[-1].isalpha()}")
            entry = self.enter(kind, state, code=code)
            with self.subTest(kind=kind, state=state):
                if code != "00":  # the interface grants the question all the same
                    entry.code = "00"
                self.tx._nestpay_follow_up()
                self.assertEqual(self.tx.state, expected)

    def test_what_the_bank_does_not_know_is_open_until_its_page_is_long_closed(self):
        self.bank.orders.clear()
        self.run_cron()
        self.assertEqual(self.tx.state, "draft")
        self.age(self.tx, days=1, minutes=1)
        self.tx.nestpay_next_check = fields.Datetime.now()
        self.run_cron()
        self.assertEqual((self.tx.state, self.tx.nestpay_next_check), ("error", False))

    def test_what_stays_unclear_is_given_to_staff(self):
        self.enter(state="PN")
        self.age(self.tx, days=4, minutes=1)
        self.run_cron()
        self.assertEqual((self.tx.state, self.tx.nestpay_next_check), ("pending", False))
        self.assertIn("four days", self.tx.nestpay_alert)

    def test_another_amount_in_the_books_is_not_booked(self):
        for kurus in (919600, 9195, 92):
            self.tx = self.make_tx(reference=f"K{kurus}")
            self.enter(kurus=kurus)
            self.tx._nestpay_follow_up()
            self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("pending", False))
            self.assertIn("amount or time is another", self.tx.nestpay_alert)

    def test_an_older_payment_of_the_same_number_is_not_booked(self):
        """A copied database counts on from where the original stood."""
        self.enter(time="2020-01-01 10:00:00.000")
        self.tx._nestpay_follow_up()
        self.assertEqual(self.tx.state, "pending")
        self.assertIn("amount or time is another", self.tx.nestpay_alert)

    def test_times_of_the_books_are_turkish(self):
        begun = self.tx.create_date + timedelta(hours=3)
        self.assertFalse(self.tx._nestpay_is_older(begun))
        self.assertTrue(self.tx._nestpay_is_older(begun - timedelta(hours=1)))
        self.assertTrue(self.tx._nestpay_is_older(None))

    def test_half_secure_in_the_books_goes_back(self):
        self.enter(md="4")
        self.tx._nestpay_follow_up()
        self.assertEqual((self.tx.state, self.tx.nestpay_voided), ("cancel", True))
        self.assertEqual(self.bank.orders[self.tx.reference].paid.state, "V")

    def test_books_that_do_not_say_whether_the_owner_was_asked_leave_it_to_staff(self):
        self.enter(md="")
        self.tx._nestpay_follow_up()
        self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("pending", False))
        self.provider.nestpay_accept_half_secure = True
        self.tx._nestpay_follow_up()
        self.assertEqual(self.tx.state, "done")

    # === Money that was not accepted goes back === #

    def hold(self, changes=(), outcome="half_secure"):
        report = self.change(self.decide(self.tx, outcome), **dict(changes))
        self.process(self.tx, report)
        self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("pending", True))
        return report

    def test_it_is_voided_and_stays_so(self):
        report = self.hold()
        self.run_cron()
        self.assertEqual((self.tx.state, self.tx.nestpay_voided, self.tx.nestpay_void_due), ("cancel", True, False))
        self.assertEqual(self.bank.orders[self.tx.reference].paid.state, "V")
        self.provider.nestpay_accept_half_secure = True  # a setting that comes too late
        self.process(self.tx, report)
        self.assertEqual(self.tx.state, "cancel")

    def test_it_is_refunded_if_the_day_was_closed_meanwhile(self):
        self.hold()
        self.bank.settle()
        self.run_cron()
        self.assertEqual(self.tx.state, "cancel")
        self.assertEqual(self.bank.orders[self.tx.reference].refunded, 9196)

    def test_another_amount_goes_back_too(self):
        self.hold({"amount": "1.00"}, "approve")
        self.run_cron()
        self.assertEqual((self.tx.state, self.bank.orders[self.tx.reference].paid.state), ("cancel", "V"))

    def test_a_broken_line_does_not_send_it_twice(self):
        self.hold()
        self.gateway.fault = "after"
        self.run_cron()
        self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("pending", True))
        self.gateway.fault = None
        self.tx.nestpay_next_check = fields.Datetime.now()
        self.run_cron()
        self.assertEqual(self.tx.state, "cancel")
        self.assertEqual([asked["Type"] for asked in self.gateway.asked if "Type" in asked], ["Void"])

    def test_what_the_bank_does_not_give_back_is_told(self):
        self.hold()
        self.patch(type(self.bank), "void", lambda bank, _id: bank.refuse("CORE-2202", "Yetki yok"))
        self.run_cron()
        self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("pending", True))
        self.assertIn("CORE-2202", self.tx.nestpay_alert)

    # === The button === #

    def test_staff_ask_and_see(self):
        self.decide(self.tx, "lost")
        clerk = new_test_user(self.env, "clerk", groups="base.group_system")
        self.tx.with_user(clerk).action_nestpay_ask_bank()
        self.assertEqual(self.tx.state, "done")

    def test_staff_hear_that_the_bank_is_silent(self):
        self.gateway.fault = "html"
        with self.assertRaisesRegex(UserError, "does not answer"):
            self.tx.action_nestpay_ask_bank()

    def test_the_button_is_not_for_everybody(self):
        self.decide(self.tx, "lost")
        clerk = new_test_user(self.env, "nobody", groups="base.group_user")
        for action in ("action_nestpay_ask_bank", "action_nestpay_dismiss_alert"):
            with self.assertRaises(AccessError):
                getattr(self.tx.with_user(clerk), action)()
        self.assertEqual(self.tx.state, "draft")

    def test_an_alert_is_dismissed(self):
        self.tx._nestpay_warn_staff("Look")
        self.tx.action_nestpay_dismiss_alert()
        self.assertFalse(self.tx.nestpay_alert)
