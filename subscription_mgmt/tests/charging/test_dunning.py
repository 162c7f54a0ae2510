from datetime import date, timedelta
from itertools import accumulate
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..tools.cases import case, day
from .charge_common import ChargeCommon

DUE = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestDunning(ChargeCommon):
    """An unpaid invoice is followed up by its own clock, each step once, until it is paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "muhasebe@yildiz.example"
        cls.template = cls.env.ref("subscription_mgmt.mail_template_payment_reminder")
        cls.unpaid = cls.env.ref("subscription_mgmt.close_reason_unpaid")

    @classmethod
    def make_plan(cls, *steps, **values):
        """The company's plan with steps of (day, action)."""
        needed = {"email": {"template_id": cls.template.id}, "close": {"close_reason_id": cls.unpaid.id}}
        plan = cls.env["subscription.dunning.plan"].create(
            {
                "name": "Plan",
                "company_id": cls.company.id,
                "step_ids": [
                    Command.create({"days": days, "action": action, **needed.get(action, {})}) for days, action in steps
                ],
                **values,
            }
        )
        cls.company.subscription_dunning_plan_id = plan
        return plan

    @classmethod
    def make_invoice(cls, *args, **kwargs):
        """As everywhere, and the customer has got it."""
        move = super().make_invoice(*args, **kwargs)
        move.is_move_sent = True
        return move

    def run_day(self, when):
        """What both crons do on a day: charge, follow up, charge again what that prepared."""
        asked = self.charge(when)
        for plan in self.env["subscription.dunning.plan"].search([]).sudo():
            plan._run(plan._get_due_moves(when), when)
        return asked + self.charge(when)

    def run_days(self, first, last):
        """Run every day; gives {day: invoices charged}."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        charged = {when: self.run_day(when).move_id for when in days}
        return {when: moves for when, moves in charged.items() if moves}

    def logs(self, move, result="done"):
        return [
            (log.step_id.days, log.action)
            for log in move.sudo().subscription_dunning_log_ids.sorted("id")
            if log.result == result
        ]

    def mails(self, move):
        """E-mails about the invoice to its customer."""
        domain = [
            ("model", "=", "account.move"),
            ("res_id", "=", move.id),
            ("recipient_ids", "in", move.partner_id.ids),
        ]
        return self.env["mail.mail"].search(domain)

    # === THE CASES === #
    def test_du_01_each_invoice_has_its_own_clock(self):
        """DU-01: two invoices retry on independent schedules."""
        inputs, expected = case("DU-01")
        self.make_plan(*((8 * n, "retry") for n in range(1, 7)), max_attempts=0)
        first, second = day(inputs["invoice_A_failed"]), day(inputs["invoice_B_failed"])
        move_a, move_b = self.make_invoice(first), self.make_invoice(second)
        with self.simulate("soft"):
            charged = self.run_days(first, day(expected["retries_A"][-1]))
        for move, failed, retries in ((move_a, first, "retries_A"), (move_b, second, "retries_B")):
            days = [when for when, moves in charged.items() if move in moves]
            self.assertEqual(days, [failed, *map(day, expected[retries])])

    def test_du_03_blocked_days_are_given_back_after_recovery(self):
        """DU-03: a contract paused for want of payment, then resumed, is credited for the days between."""
        inputs, expected = case("DU-03")
        self.make_plan((9, "pause"))
        contract = self.make_contract([{"price_unit": float(inputs["price"])}], date_start=date(2012, 7, 1))
        move = self.bill(date(2012, 7, 1)).move_ids
        self.run_day(date(2012, 7, 9))
        self.assertEqual(contract.state, "active")
        self.run_day(date(2012, 7, 10))
        self.assertEqual((contract.state, contract.date_paused), ("paused", date(2012, 7, 10)))
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {}
        ).action_create_payments()
        self.run_cron("run_dunning", date(2012, 7, 20))
        self.assertEqual(contract.state, "active")
        credit = contract.installment_ids.filtered("credited_id")
        self.assertEqual((credit.date_from, credit.date_to), (date(2012, 7, 10), date(2012, 7, 19)))
        self.assertEqual(f"{credit.price_subtotal:.2f}", expected["credit"])

    def test_du_05_days_are_counted_from_the_due_date(self):
        """DU-05: waits of 1, 8, 4 and 7 days are steps on days 1, 9, 13 and 20."""
        inputs, expected = case("DU-05")
        days = list(accumulate(inputs["retry_days"]))
        self.assertEqual(days, expected["retry_at_day"])
        self.make_plan(*((n, "retry") for n in days))
        self.make_invoice()
        with self.simulate("soft"):
            charged = self.run_days(DUE, DUE + timedelta(days=30))
        self.assertEqual([(when - DUE).days for when in charged], [0, *expected["retry_at_day"]])

    def test_du_07_each_currency_counts_for_itself(self):
        """DU-07: who owes less than the threshold of a currency is left in peace, whatever is owed in another."""
        inputs, _expected = case("DU-07")
        known = self.env["res.currency"].with_context(active_test=False)
        currencies = {name: known.search([("name", "=", name)]) for name in inputs["thresholds"]}
        for currency in currencies.values():
            if currency != self.company.currency_id:
                self.setup_other_currency(currency.name)
        thresholds = [
            Command.create({"currency_id": currencies[name].id, "amount": float(amount)})
            for name, amount in inputs["thresholds"].items()
        ]
        self.env["res.currency"].union(*currencies.values()).active = True
        self.make_plan((2, "activity"), (5, "activity"), threshold_ids=thresholds)

        def owe(currency, amount, due):
            line = {"repetitions": 1, "price_unit": amount, "tax_ids": [Command.clear()]}
            currency_id = currencies[currency].id
            self.make_contract([line], date_start=due, billing_mode="post", currency_id=currency_id)
            return self.bill(due).move_ids

        dollars = owe("USD", 120.0, DUE)
        euros = owe("EUR", 149.0, DUE)
        late = owe("EUR", 10.0, DUE + timedelta(days=4))
        self.run_days(DUE, DUE + timedelta(days=3))
        self.assertEqual([self.logs(move) for move in (dollars, euros)], [[(2, "activity")], []])
        self.run_days(DUE + timedelta(days=4), DUE + timedelta(days=6))
        self.assertEqual([len(self.logs(move)) for move in (dollars, euros, late)], [2, 2, 1])

    def test_du_09_retries_have_a_ceiling(self):
        """DU-09: stop after 7 declines or 60 days, whichever comes first."""
        daily = [(n, "retry") for n in range(1, 31)]
        plan = self.make_plan(*daily)
        self.assertEqual((plan.max_attempts, plan.max_days), (7, 60))
        self.make_invoice()
        with self.simulate("soft") as asked:
            self.run_days(DUE, DUE + timedelta(days=30))
        self.assertEqual(len(asked), 7)

    def test_nothing_happens_beyond_the_last_day(self):
        """A plan switched on late does not wake invoices of long ago."""
        move = self.make_invoice(billing_mode="post")
        self.make_plan((3, "email"), (10, "close"), max_days=60)
        self.run_day(DUE + timedelta(days=61))
        self.assertEqual(self.logs(move, "skipped"), [(3, "email"), (10, "close")])
        self.assertFalse(self.mails(move))
        self.assertEqual(move.subscription_contract_ids.state, "active")

    # === STOP RULES === #
    def test_paid_invoice_is_left_alone(self):
        self.make_plan((1, "retry"), (2, "email"), (3, "close"))
        move = self.make_invoice()
        with self.simulate("soft", "done") as asked:
            self.run_days(DUE, DUE + timedelta(days=10))
        self.assertEqual((len(asked), self.logs(move)), (2, [(1, "retry")]))
        self.assertFalse(self.mails(move))

    def test_hard_decline_is_not_retried_until_the_card_changes(self):
        self.make_plan((1, "retry"), (2, "retry"), (8, "retry"))
        move = self.make_invoice()
        with self.simulate("hard", "soft", "done") as asked:
            self.run_days(DUE, DUE + timedelta(days=5))
            self.assertEqual(len(asked), 1)
            self.assertEqual(self.logs(move, "skipped"), [(1, "retry"), (2, "retry")])
            move.subscription_contract_ids.payment_token_id = self.make_token(payment_details="9999")
            charged = self.run_days(DUE + timedelta(days=6), DUE + timedelta(days=9))
        self.assertEqual([(when - DUE).days for when in charged], [6, 8])
        self.assertEqual(move.amount_residual, 0)

    def test_nobody_is_dunned_while_a_charge_is_under_way(self):
        self.make_plan((1, "email"))
        move = self.make_invoice()
        with self.simulate("pending"):
            self.run_days(DUE, DUE + timedelta(days=3))
        self.assertFalse(self.logs(move))
        charge = self.charges_of(move)
        charge.transaction_id._set_error("Refused after all")
        charge._resolve_unknown(DUE)
        self.run_day(DUE + timedelta(days=4))
        self.assertEqual(self.logs(move), [(1, "email")])

    def test_retry_without_a_card_is_left_out_with_its_reason(self):
        self.make_plan((1, "retry"))
        moves = self.make_invoice(billing_mode="post") + self.make_invoice(payment_token_id=False)
        self.run_day(DUE + timedelta(days=1))
        for move, words in zip(moves, ("not paid by saved card", "no saved card"), strict=True):
            self.assertIn(words, move.sudo().subscription_dunning_log_ids.reason)

    def test_nobody_is_paused_without_the_notice_of_the_plan(self):
        """A plan that comes late to an old invoice warns first, and pauses as many days later as it says."""
        move = self.make_invoice(billing_mode="post")
        contract = move.subscription_contract_ids
        late = DUE + timedelta(days=30)
        contract.dunning_plan_id = self.make_plan((3, "email"), (10, "email"), (14, "pause"))
        self.run_days(late, late + timedelta(days=3))
        self.assertEqual((contract.state, self.logs(move)), ("active", [(10, "email")]))
        self.run_day(late + timedelta(days=4))
        self.assertEqual(contract.state, "paused")

    # === ONCE === #
    def test_step_is_taken_once(self):
        self.make_plan((1, "email"), (1, "activity"))
        move = self.make_invoice(billing_mode="post")
        for _i in range(3):
            self.run_day(DUE + timedelta(days=1))
        self.assertEqual(self.logs(move), [(1, "email"), (1, "activity")])
        self.assertEqual(len(self.mails(move)), 1)
        self.assertEqual(len(move.subscription_contract_ids.activity_ids), 1)

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_it_so(self):
        plan = self.make_plan((1, "email"))
        move = self.make_invoice()
        plan.step_ids._log(move, DUE, "done")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            plan.step_ids._log(move, DUE, "done")

    def test_missed_days_bring_one_mail(self):
        self.make_plan((1, "email"), (3, "email"), (5, "email"), (9, "email"))
        move = self.make_invoice(billing_mode="post")
        self.run_day(DUE + timedelta(days=6))
        self.assertEqual((self.logs(move), len(self.mails(move))), ([(5, "email")], 1))
        self.assertEqual(self.logs(move, "skipped"), [(1, "email"), (3, "email")])
        self.run_day(DUE + timedelta(days=9))
        self.assertEqual(len(self.mails(move)), 2)

    def test_the_mail_before_a_pause_is_written_before_it(self):
        self.template.body_html = "<p><t t-out=\"object.subscription_contract_ids.mapped('state')\"/></p>"
        self.make_plan((1, "email"), (1, "pause"))
        move = self.make_invoice(billing_mode="post")
        self.run_day(DUE + timedelta(days=1))
        self.assertEqual(self.logs(move), [(1, "email"), (1, "pause")])
        self.assertEqual(move.subscription_contract_ids.state, "paused")
        self.assertIn("active", self.mails(move).body_html)

    def test_after_a_retry_the_rest_waits_for_its_outcome(self):
        self.make_plan((1, "retry"), (1, "email"))
        paid, declined = self.make_invoice(), self.make_invoice()
        with self.simulate("soft", "soft", "done", "soft"):
            self.run_days(DUE, DUE + timedelta(days=1))
            self.assertFalse(self.mails(paid) + self.mails(declined))
            self.run_day(DUE + timedelta(days=1))
        self.assertEqual((paid.amount_residual, len(self.mails(paid)), len(self.mails(declined))), (0, 0, 1))

    # === THE ACTIONS === #
    def test_mail_is_in_the_customers_language_and_names_the_debt(self):
        self.make_plan((1, "email"))
        move = self.make_invoice(billing_mode="post")
        self.run_day(DUE + timedelta(days=1))
        mail = self.mails(move)
        self.assertIn(move.name, mail.subject)
        self.assertIn("120.00", mail.body_html)
        self.assertIn(self.customer, mail.recipient_ids)

    def test_customer_without_an_address_is_left_out(self):
        self.make_plan((1, "email"))
        self.customer.email = False
        move = self.make_invoice(billing_mode="post")
        self.run_day(DUE + timedelta(days=1))
        self.assertEqual(self.logs(move, "skipped"), [(1, "email")])

    def test_close(self):
        self.make_plan((5, "pause"), (5, "close"))
        move = self.make_invoice(billing_mode="post")
        contract = move.subscription_contract_ids
        self.run_cron("run_dunning", DUE + timedelta(days=5))
        self.assertEqual((contract.state, contract.close_reason_id), ("closed", self.unpaid))
        self.assertEqual((self.logs(move), self.logs(move, "skipped")), ([(5, "close")], [(5, "pause")]))

    def test_contract_resumes_when_the_last_of_its_invoices_is_paid(self):
        self.make_plan((2, "pause"))
        contract = self.make_contract([{"interval_unit": "day", "repetitions": 2}])
        first = self.bill(DUE).move_ids
        second = self.bill(DUE + timedelta(days=1)).move_ids
        self.run_days(DUE, DUE + timedelta(days=4))
        self.assertEqual((contract.state, contract.date_paused), ("paused", DUE + timedelta(days=2)))
        for move, state in ((first, "paused"), (second, "active")):
            self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
                {}
            ).action_create_payments()
            self.run_cron("run_dunning", DUE + timedelta(days=5))
            self.assertEqual(contract.state, state)

    def test_contract_that_a_person_paused_stays_paused(self):
        self.make_plan((2, "pause"))
        contract = self.make_contract()
        move = self.bill(DUE).move_ids
        contract.action_pause(DUE + timedelta(days=1))
        self.run_day(DUE + timedelta(days=2))
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {}
        ).action_create_payments()
        self.run_cron("run_dunning", DUE + timedelta(days=3))
        self.assertEqual(contract.state, "paused")

    def test_one_failure_stops_nobody(self):
        self.make_plan((1, "email"))
        moves = self.make_invoice(billing_mode="post") + self.make_invoice(billing_mode="post")
        send = type(self.env["mail.template"]).send_mail_batch

        def fail(template, res_ids, *args, **kwargs):
            if moves[0].id in res_ids:
                raise ValueError("The template is broken.")
            return send(template, res_ids, *args, **kwargs)

        with (
            patch.object(type(self.env["mail.template"]), "send_mail_batch", fail),
            mute_logger("odoo.addons.subscription_mgmt.models.common.subscription_parking_mixin"),
        ):
            self.run_cron("run_dunning", DUE + timedelta(days=1))
        self.assertEqual([len(self.mails(move)) for move in moves], [0, 1])
        self.assertEqual(moves[0].subscription_error, "Unexpected problem: The template is broken.")
        self.run_cron("run_dunning", DUE + timedelta(days=2))
        self.assertEqual([len(self.mails(move)) for move in moves], [1, 1])
        self.assertFalse(moves[0].subscription_error or moves[0].activity_ids, "a success clears the failure")

    # === CHOOSING A PLAN === #
    def test_company_plan_is_the_default_and_a_contracts_own_stays(self):
        early = self.make_contract()
        plan = self.make_plan((1, "email"))
        own = plan.copy({"name": "Own"})
        contract = self.make_contract(dunning_plan_id=own.id)
        self.assertEqual((early.dunning_plan_id, contract.dunning_plan_id), (plan, own))
        self.company.subscription_dunning_plan_id = self.make_plan((2, "email"))
        self.assertEqual((early.dunning_plan_id, contract.dunning_plan_id), (plan, own))

    def test_without_a_plan_nobody_is_followed_up(self):
        plan = self.make_plan((1, "email"))
        self.company.subscription_dunning_plan_id = False
        move = self.make_invoice(billing_mode="post")
        self.run_day(DUE + timedelta(days=9))
        self.assertFalse(self.logs(move))
        self.assertTrue(plan)

    def test_group_invoice_has_one_clock(self):
        self.customer.subscription_group_invoice = True
        plan = self.make_plan((1, "email"))
        other = plan.copy({"name": "Other"})
        self.make_contract()
        self.make_contract(dunning_plan_id=other.id)
        move = self.bill(DUE).move_ids
        self.run_day(DUE + timedelta(days=1))
        self.assertEqual(len(move), 1)
        self.assertEqual(move.sudo().subscription_dunning_log_ids.plan_id, plan)
        self.assertEqual(len(self.mails(move)), 1)

    def test_new_plan_offers_the_usual_course(self):
        with Form(self.env["subscription.dunning.plan"].with_company(self.company)) as form:
            form.name = "Usual"
        plan = form.record
        self.assertEqual(plan.step_ids.sorted("days").mapped("days"), [1, 3, 7, 10, 14, 21])
        self.assertEqual(plan.step_ids.filtered(lambda s: s.action == "email").template_id, self.template)
        self.assertEqual(plan.step_ids.sorted("days")[0].display_name, "Day 1: Charge the card again")

    def test_plan_stops_after_its_last_step(self):
        with self.assertRaisesRegex(ValidationError, "stops after 5 days"):
            self.make_plan((9, "email"), max_days=5)

    @mute_logger("odoo.sql_db")
    def test_steps_are_complete(self):
        plan = self.make_plan()
        for values in ({"action": "email"}, {"action": "close"}, {"action": "retry", "days": -1}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env["subscription.dunning.step"].create({"plan_id": plan.id, "days": 1, **values})

    def test_step_that_was_taken_is_archived_not_deleted(self):
        plan = self.make_plan((1, "email"), (2, "email"))
        move = self.make_invoice(billing_mode="post")
        self.run_day(DUE + timedelta(days=1))
        taken, later = plan.step_ids.sorted("days")
        with self.assertRaisesRegex(UserError, "archive it"):
            taken.unlink()
        later.unlink()
        taken.active = False
        self.run_day(DUE + timedelta(days=5))
        self.assertEqual(len(self.mails(move)), 1)

    # === MANY AT ONCE === #
    def test_reminders_of_many_take_few_queries_and_say_what_one_alone_says(self):
        plan = self.make_plan((1, "email"), (9, "email"))
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n}", "email": f"c{n}@example.com"} for n in range(13)]
        )
        values = {"billing_mode": "post", "payment_token_id": False}
        moves = [self.make_invoice(partner_id=partner.id, **values) for partner in partners]
        moves = moves[0].union(*moves)
        when = DUE + timedelta(days=1)
        plan._run(moves[0], when)  # what a server remembers
        few = self.count_queries(lambda: plan._run(moves[1:3], when))
        many = self.count_queries(lambda: plan._run(moves[3:], when))
        self.assertLess(many - few, 8 * 4, "each of eight more takes less than four")
        for move in moves:
            mail = self.mails(move)
            self.assertEqual((len(mail), mail.recipient_ids), (1, move.partner_id))
            self.assertIn(move.name, mail.subject)
            self.assertEqual(self.logs(move), [(1, "email")])
        alone = self.template.sudo()._generate_template(moves[5].ids, ("subject", "body_html"))[moves[5].id]
        mail = self.mails(moves[5])
        self.assertEqual((mail.subject, mail.body_html), (alone["subject"], alone["body_html"]))

    def test_finding_the_steps_of_many_takes_no_more_queries(self):
        plan = self.make_plan((1, "email"))
        values = {"billing_mode": "post", "payment_token_id": False}
        moves = [self.make_invoice(partner_id=self.customer.copy().id, **values) for _n in range(12)]
        moves = moves[0].union(*moves)
        when = DUE + timedelta(days=1)
        plan._keep_own(moves, when)
        few = self.count_queries(lambda: plan._keep_own(moves[:2], when))
        self.assertEqual(self.count_queries(lambda: plan._keep_own(moves[2:], when)), few)

    # === SECURITY === #
    def test_rights_and_walls(self):
        plan = self.make_plan((1, "email"))
        move = self.make_invoice(billing_mode="post")
        self.run_day(DUE + timedelta(days=1))
        log = move.sudo().subscription_dunning_log_ids
        operations = ("read", "write", "create", "unlink")
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        for group, full in (("viewer", False), ("billing", False), ("manager", True)):
            for company in (self.company, other):
                user = new_test_user(
                    self.env,
                    login=f"dunning_{group}_{company.id}",
                    groups=f"subscription_mgmt.group_subscription_{group}",
                    company_id=company.id,
                    company_ids=[Command.set(company.ids)],
                )
                for record, rights in ((plan, full), (plan.step_ids, full), (log, False)):
                    mine = record.with_user(user)
                    with self.subTest(group=group, company=company.name, model=record._name):
                        self.assertEqual(bool(mine.search([("id", "=", record.id)])), company == self.company)
                        allowed = [mine.browse().has_access(operation) for operation in operations]
                        self.assertEqual(allowed, [True, rights, rights, rights])
                        if company == other:
                            with self.assertRaises(AccessError):
                                mine.browse(record.id).read(["company_id"])

    def test_company_without_subscriptions_gets_no_plan(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaisesRegex(UserError, "not enabled"):
            self.env["subscription.dunning.plan"].create({"name": "Plan", "company_id": other.id})
