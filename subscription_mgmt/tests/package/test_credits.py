from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .package_common import DAY, PackageCommon


@tagged("post_install", "-at_install")
class TestCredits(PackageCommon):
    """Consumption: LIM-19..23, readings 9..12."""

    def test_lim_19_request_costs_what_its_department_says(self):
        self.credit.department_ids += self.training
        self.grant(self.credit)
        move = self.consume(self.tickets[0])
        self.assertEqual((move.credits, move.department_id, self.left()), (-3, self.support, 7))
        self.consume(self.tickets[1], self.training)
        self.assertEqual(self.left(), 2)

    def test_lim_19_not_enough_credit_refuses_and_says_where_to_buy(self):
        self.support.credits_per_request = 11
        self.grant(self.credit)
        with self.assertRaisesRegex(UserError, "Not enough credit: 11 needed, 10 left.*/my/packages"):
            self.consume(self.tickets[0])
        self.assertEqual(self.left(), 10)
        self.assertIn("11 needed", self.contact._get_credit_refusal(self.support, DAY))
        self.grant(self.credit)
        self.assertEqual(self.contact._get_credit_refusal(self.support, DAY), "")
        self.consume(self.tickets[0])
        self.assertEqual(self.left(), 9)

    def test_used_up_credit_says_so_and_keeps_the_department_open(self):
        self.support.credits_per_request = 10
        self.grant(self.credit)
        self.consume(self.tickets[0])
        with self.assertRaisesRegex(UserError, "Not enough credit: 10 needed, 0 left"):
            self.consume(self.tickets[1])
        self.assertEqual(self.customer.entitled_department_ids, self.support)

    def test_rule_h_a_department_of_no_credits_is_free_and_leaves_a_line_of_nothing(self):
        self.support.credits_per_request = 0
        self.grant(self.credit)
        move = self.consume(self.tickets[0])
        self.assertEqual((len(move), move.credits, move.department_id), (1, 0, self.support))
        self.assertTrue(move.entitlement_id, "it opened the department")
        self.assertEqual(self.left(), 10)

    def test_lim_20_once_per_request(self):
        """A reply, a reopening, a transfer: the same source is never charged again."""
        self.grant(self.credit)
        first = self.consume(self.tickets[0])
        for day in (DAY, date(2026, 12, 1)):
            self.assertEqual(self.consume(self.tickets[0], day=day), first)
        self.credit.department_ids += self.training
        self.assertEqual(self.consume(self.tickets[0], self.training), first, "transferred")
        self.assertEqual(self.left(), 7)

    def test_same_source_twice_is_refused_by_the_database_too(self):
        self.grant(self.credit)
        move = self.consume(self.tickets[0])
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            move.copy()

    def test_lim_21_closed_unless_ticked_or_bought(self):
        with self.assertRaisesRegex(UserError, "Support is not open to Yıldız Ltd..*/my/packages"):
            self.consume(self.tickets[0])
        self.grant(self.credit)
        with self.assertRaisesRegex(UserError, "Training is not open"):
            self.consume(self.tickets[0], self.training)

    def test_reading_11_ticked_by_staff_is_free_and_stays_open(self):
        self.customer.department_ids = self.support
        move = self.consume(self.tickets[0])
        self.assertEqual((move.credits, move.requests, move.entitlement_id.id), (0, 1, False))
        self.grant(self.credit)
        self.consume(self.tickets[1])
        self.assertEqual(self.left(), 10, "free although credit is there")
        self.grant(self.period, confirmed=True)
        self.consume(self.tickets[2], day=date(2027, 1, 1))

    def test_lim_22_departments_open_on_purchase_and_close_at_the_end(self):
        self.assertFalse(self.customer.entitled_department_ids)
        entitlement = self.grant(self.period)
        self.assertEqual(self.customer.entitled_department_ids, self.support)
        self.consume(self.tickets[0], day=date(2026, 4, 8))
        with self.assertRaisesRegex(UserError, "not open"):
            # The check itself notices the end, without waiting for the cron.
            self.consume(self.tickets[1], day=date(2026, 4, 9))
        entitlement._roll(date(2026, 4, 9))
        self.customer.invalidate_recordset()
        self.assertFalse(self.customer.entitled_department_ids)

    def test_a_renewal_takes_over_without_the_cron(self):
        self.grant(self.period)
        second = self.grant(self.period)
        move = self.consume(self.tickets[0], day=date(2026, 4, 9))
        self.assertEqual((move.entitlement_id, second.state), (second, "active"))

    def test_reading_9_period_customers_are_not_charged_but_counted(self):
        self.grant(self.period)
        move = self.consume(self.tickets[0])
        self.assertEqual((move.credits, move.requests, move.department_id), (0, 1, self.support))

    def test_reading_10_one_balance_for_the_departments_of_all_packages(self):
        self.grant(self.credit)
        other = self.make_package(name="T", kind="credit", credits=4, price=1.0)
        other.department_ids = self.training
        self.grant(other)
        self.consume(self.tickets[0], self.training)
        self.consume(self.tickets[1], self.training)
        self.assertEqual(self.left(), 4)
        self.assertEqual(self.customer.entitled_department_ids, self.support + self.training)

    def test_lim_23_anonymous_chat_is_not_charged(self):
        for nobody in (self.env["res.partner"], self.env.ref("base.public_partner")):
            self.assertFalse(nobody._consume_credits(self.support, self.tickets[0]))
            self.assertEqual(nobody._get_credit_refusal(self.support), "")

    def test_contacts_spend_for_their_company(self):
        self.grant(self.credit)
        self.contact._consume_credits(self.support, self.tickets[0], DAY)
        self.assertEqual(self.left(), 7)

    def test_spending_order_earliest_expiry_then_oldest(self):
        """Each spend names the grants that it used."""
        long = self.grant(self.credit)
        early = self.grant(self.make_package(name="E", kind="credit", credits=4, price=1.0, duration_days=30))
        late = self.grant(self.make_package(name="L", kind="credit", credits=4, price=1.0, duration_days=90))
        self.support.credits_per_request = 9
        moves = self.consume(self.tickets[0])
        self.assertEqual(
            [(move.entitlement_id, move.credits, move.part) for move in moves],
            [(early, -4, 0), (late, -4, 1), (long, -1, 2)],
        )
        self.assertEqual(sum(moves.mapped("requests")), 1)
        self.assertEqual((early.credits_left, late.credits_left, long.credits_left), (0, 0, 9))

    def test_expired_credit_cannot_be_spent_and_leaves_the_ledger(self):
        self.grant(self.make_package(name="E", kind="credit", credits=4, price=1.0, duration_days=30))
        self.assertEqual(self.consume(self.tickets[0], day=date(2026, 4, 8)).credits, -3)
        self.customer.department_ids = self.training
        self.consume(self.tickets[1], self.training, day=date(2026, 4, 9))
        self.assertEqual(self.left(), 0)

    def test_ledger_is_append_only(self):
        self.grant(self.credit)
        move = self.consume(self.tickets[0])
        for act in (lambda: move.write({"credits": 0}), move.unlink):
            with self.assertRaisesRegex(UserError, "reversing move"):
                act()

    def test_correction_gives_back_with_a_reason_once(self):
        self.grant(self.credit)
        move = self.consume(self.tickets[0])
        with self.assertRaisesRegex(UserError, "Say why"):
            move.action_reverse(" ")
        correction = move.action_reverse("Wrong department")
        self.assertEqual((correction.credits, correction.reason, correction.reversed_id), (3, "Wrong department", move))
        self.assertEqual((self.left(), sum((move + correction).mapped("requests"))), (10, 0))
        with self.assertRaisesRegex(UserError, "corrected already"):
            move.action_reverse("again")
        self.assertEqual(self.consume(self.tickets[0]), move, "the request stays charged")

    def test_correction_gives_back_to_every_grant(self):
        self.grant(self.credit)
        self.grant(self.credit)
        self.support.credits_per_request = 12
        moves = self.consume(self.tickets[0])
        moves[0].action_reverse("Mistake")
        self.assertEqual(self.left(), 20)

    def test_wa_17_correction_after_expiry_comes_back_and_goes(self):
        entitlement = self.grant(self.make_package(name="E", kind="credit", credits=4, price=1.0, duration_days=5))
        move = self.consume(self.tickets[0])
        entitlement._roll(date(2026, 4, 1))
        move.action_reverse("Mistake")
        self.assertEqual(entitlement.credit_move_ids.sorted("id").mapped("credits"), [4, -3, -1, 3, -3])
        self.assertEqual(self.left(), 0)

    def test_only_requests_are_corrected(self):
        entitlement = self.grant(self.credit)
        with self.assertRaisesRegex(UserError, "Only a request"):
            entitlement.credit_move_ids.action_reverse("x")

    def test_company_without_subscriptions_charges_nothing(self):
        self.grant(self.credit)
        self.company.subscription_enabled = False
        self.assertFalse(self.consume(self.tickets[0]))

    def test_asking_leaves_no_trace(self):
        self.stranger._get_credit_refusal(self.support)
        self.assertFalse(self.env["subscription.wallet"].search([("partner_id", "=", self.stranger.id)]))

    def test_queries_do_not_grow_with_the_ledger(self):
        self.support.credits_per_request = 0
        self.grant(self.credit)
        self.consume(self.tickets[0])
        counts = []
        for ticket in (self.tickets[1], self.tickets[15]):
            for other in self.tickets[2:15] if counts else ():
                self.consume(other)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.consume(ticket)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
