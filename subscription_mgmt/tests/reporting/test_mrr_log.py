from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.subscription_mgmt.models.common.context import LEDGER
from odoo.addons.subscription_mgmt.models.reporting.mrr_log import VALUE

from .mrr_common import MrrCommon

JAN, FEB, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestMrrLog(MrrCommon):
    """What each act adds to the log, on which day, and what it is called."""

    # === KINDS === #
    def test_begin_and_end(self):
        contract = self.make_contract(date_end=date(2026, 6, 30))
        self.assertLog(contract, [(JAN, "new", 100.0), (date(2026, 7, 1), "churn", -100.0)])

    def test_what_is_added_up_is_read_from_kept_sums(self):
        self.make_contract(date_end=date(2026, 6, 30))
        self.check_sums()
        self.env.flush_all()
        self.env.cr.execute("UPDATE subscription_mrr_sum SET amount = 7 WHERE day = %s", [JAN])
        [card] = [card for card in self.env["subscription.home"].get_page()["cards"] if card["key"] == "revenue"]
        self.assertIn(7.0, [bar["value"] for bar in card["bars"]])

    def test_a_rule_of_the_company_holds_for_the_sums(self):
        self.make_contract()
        viewer = new_test_user(
            self.env, "looks_at_own", "subscription_mgmt.group_subscription_viewer", company_id=self.company.id
        )
        events = self.env["subscription.mrr.event"].with_user(viewer).with_company(self.company)
        self.assertEqual(events._read_group([], [], ["amount:sum"]), [(100.0,)])
        self.assertEqual(events._read_group([], ["kind"], ["amount:sum_currency"]), [("new", 100.0)])
        model = self.env["ir.model"]._get_id(events._name)
        rule = {"name": "Own", "model_id": model, "domain_force": [("contract_id.user_id", "=", viewer.id)]}
        self.env["ir.rule"].create(rule)
        self.assertEqual(events._read_group([], ["kind"], ["amount:sum"]), [])
        with self.assertRaises(AccessError):
            self.env["subscription.mrr.sum"].with_user(viewer).search([])

    def test_a_draft_is_not_logged(self):
        self.assertLog(self.make_contract(activate=False), [])

    def test_what_costs_nothing_is_not_logged(self):
        self.assertLog(self.make_contract([{}, {"discount": 100}]), [(JAN, "new", 100.0)])

    def test_a_trial_counts_from_its_end(self):
        self.assertLog(self.make_contract(trial_days=14), [(date(2026, 1, 15), "new", 100.0)])

    def test_a_second_contract_of_a_subscriber_is_growth(self):
        both = self.make_contract() + self.make_contract(date_start=FEB)
        both[0].action_close(date(2026, 2, 28), self.reason)
        both[1].action_close(date(2026, 3, 31), self.reason)
        self.assertLog(
            both,
            [(JAN, "new", 100.0), (FEB, "expansion", 100.0), (MARCH, "contraction", -100.0), (APRIL, "churn", -100.0)],
        )

    def test_back_after_a_time_without_anything(self):
        both = self.make_contract(date_end=date(2026, 1, 31)) + self.make_contract(date_start=MARCH)
        self.assertLog(both, [(JAN, "new", 100.0), (FEB, "churn", -100.0), (MARCH, "reactivation", 100.0)])

    def test_a_renewal_without_a_gap_is_no_movement_but_its_difference(self):
        first = self.make_contract(date_end=date(2026, 2, 28))
        second = self.make_contract([{"price_unit": 110.0}], date_start=MARCH)
        self.assertLog(first + second, [(JAN, "new", 100.0), (MARCH, "expansion", 10.0)])
        renewed = self.make_contract(date_end=date(2026, 3, 31), partner_id=self.partner_b.id)
        renewed.action_renew()
        self.assertLog(renewed, [(JAN, "new", 100.0), (date(2027, 4, 1), "churn", -100.0)])

    def test_a_pause_stands_apart(self):
        contract = self.make_contract()
        contract.action_pause(date(2026, 3, 10), date_to=date(2026, 3, 31))
        self.assertLog(contract, [(JAN, "new", 100.0), (date(2026, 3, 10), "pause", -100.0), (APRIL, "resume", 100.0)])

    def test_closed_while_paused_the_pause_becomes_churn(self):
        contract = self.make_contract()
        contract.action_pause(date(2026, 3, 10))
        contract.action_close(date(2026, 3, 31), self.reason)
        self.assertEqual(
            self.read_log(contract, "day", "kind", "close_reason_id"),
            {
                (JAN, "new", self.reason.browse()): 100.0,
                (date(2026, 3, 10), "pause", self.reason.browse()): -100.0,
                (APRIL, "pause", self.reason.browse()): 100.0,
                (APRIL, "churn", self.reason): -100.0,
            },
        )

    # === MARKS === #
    def amend(self, contract, day, **step):
        """Change a line from a day on."""
        change = self.env["subscription.amendment"].create(
            {
                "contract_id": contract.id,
                "date_kind": "day",
                "date": day,
                "step_ids": [Command.create({"kind": "change", "line_id": contract.line_ids[:1].id, **step})],
            }
        )
        change.action_confirm()
        return change

    def test_another_price_is_marked_another_quantity_is_not(self):
        contract = self.make_contract([{}, {"price_unit": 50.0}])
        self.amend(contract, APRIL, price_unit=110.0)
        other = self.make_contract(partner_id=self.partner_b.id)
        self.amend(other, APRIL, quantity=2)
        self.assertEqual(self.read_log(contract, "kind", "mark"), {("new", False): 150.0, ("expansion", "price"): 10.0})
        self.assertEqual(self.read_log(other, "kind", "mark"), {("new", False): 100.0, ("expansion", False): 100.0})

    def test_undone_the_opposite_is_added_on_the_same_day(self):
        contract = self.make_contract()
        change = self.amend(contract, APRIL, price_unit=150.0)
        before = contract.mrr_event_ids
        change.action_undo()
        self.assertLog(contract, [(JAN, "new", 100.0)])
        self.assertLess(before, contract.mrr_event_ids, "added, and nothing taken away")
        self.assertEqual(set((contract.mrr_event_ids - before).mapped("day")), {APRIL})

    def test_what_was_closed_and_is_taken_back_never_was_churn(self):
        contract = self.make_contract()
        contract.action_close(date(2026, 3, 31), self.reason)
        contract.action_take_back()
        self.assertLog(contract, [(JAN, "new", 100.0)])

    def test_another_subscriber_is_churn_and_new(self):
        contract = self.make_contract()
        change = self.env["subscription.amendment"].create(
            {
                "contract_id": contract.id,
                "date_kind": "day",
                "date": APRIL,
                "step_ids": [Command.create({"kind": "subscriber", "partner_id": self.partner_b.id})],
            }
        )
        change.action_confirm()
        self.assertLog(contract, [(JAN, "new", 100.0), (APRIL, "churn", -100.0)])
        self.assertLog(change.transfer_id, [(APRIL, "new", 100.0)])

    def test_a_contract_that_was_never_billed_may_change_its_subscriber(self):
        contract = self.make_contract()
        contract.partner_id = self.partner_b
        self.assertEqual(self.read_log(contract, "partner_id", "kind"), {(self.partner_b, "new"): 100.0})

    def test_another_reason_takes_the_place_of_the_first(self):
        contract = self.make_contract()
        contract.action_close(date(2026, 3, 5), self.reason)
        other = self.env.ref("subscription_mgmt.close_reason_trial")
        contract.close_reason_id = other
        churn = {key: amount for key, amount in self.read_log(contract, "close_reason_id").items() if amount < 0}
        self.assertEqual(churn, {(other,): -100.0})

    # === CURRENCIES === #
    def test_another_currency_at_the_rate_of_the_day_valued_anew_each_month(self):
        euro = self.env.ref("base.EUR")
        euro.write({"active": True, "rate_ids": [Command.clear()]})
        for day, rate in (("2020-01-01", 0.5), ("2026-02-15", 0.4)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "company_id": self.company.id, "name": day, "rate": rate}
            )
        contract = self.make_contract(currency_id=euro.id, date_end=date(2026, 3, 31))
        self.assertEqual(
            self.read_log(contract, "day", "kind", "mark"),
            {
                (JAN, "new", False): 200.0,
                (MARCH, "expansion", "currency"): 50.0,
                (APRIL, "churn", False): -250.0,
            },
        )
        self.assertEqual(sum(contract.mrr_event_ids.mapped("amount_currency")), 0.0)
        self.assertEqual(contract.mrr, 100.0, "in the currency of the contract")

    def test_the_night_values_what_is_paid_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.write({"active": True, "rate_ids": [Command.clear()]})
        rates = self.env["res.currency.rate"]
        rates.create({"currency_id": euro.id, "company_id": self.company.id, "name": "2020-01-01", "rate": 0.5})
        contract = self.make_contract(currency_id=euro.id, date_start=MARCH)
        rates.create({"currency_id": euro.id, "company_id": self.company.id, "name": "2026-03-20", "rate": 0.25})
        with freeze_time("2026-04-01"):
            self.carry_out(VALUE, APRIL)
            self.assertNotIn(contract, self.carry_out(VALUE, APRIL), "once a month")
        self.assertEqual(
            self.read_log(contract, "day", "kind", "mark"),
            {(MARCH, "new", False): 200.0, (APRIL, "expansion", "currency"): 200.0},
        )

    # === TODAY === #
    def test_revenue_is_that_of_today_however_it_is_asked_for(self):
        ending = self.make_contract(date_end=date(2026, 3, 10))
        coming = self.make_contract([{"price_unit": 30.0, "date_start": date(2026, 3, 11)}])
        draft = self.make_contract(activate=False)
        contracts = ending + coming + draft
        domain = [("id", "in", contracts.ids)]
        for day, wanted in (("2026-03-10", [100.0, 0.0, 0.0]), ("2026-03-11", [0.0, 30.0, 0.0])):
            with self.subTest(day), freeze_time(day):
                contracts.invalidate_recordset()
                self.assertEqual(contracts.mapped("mrr"), wanted)
                self.assertEqual(contracts.search(domain, order="mrr desc", limit=1).mrr, max(wanted))
                self.assertEqual(contracts._read_group(domain, [], ["mrr:sum"]), [(sum(wanted),)])
                by_state = dict(contracts._read_group(domain, ["state"], ["mrr:sum"]))
                self.assertEqual(by_state, {"active": sum(wanted), "draft": 0.0})
                self.assertEqual(contracts.search([*domain, ("mrr", ">", 0)]).mapped("mrr"), [max(wanted)])
                self.assertEqual(len(contracts.search([*domain, ("mrr", "=", 0)])), 2)
        self.assertEqual((draft.mrr, draft.mrr_offer), (0.0, 100.0))

    def test_the_form_says_what_a_draft_will_come_to(self):
        with Form(self.env["subscription.contract"]) as form:
            form.partner_id, form.subject = self.customer, "Internet"
            with form.line_ids.new() as line:
                line.product_id, line.price_unit = self.product, 70.0
            self.assertEqual((form.mrr_offer, form.arr), (70.0, 840.0))

    # === KEPT === #
    def test_nobody_writes_the_log(self):
        event = self.make_contract().mrr_event_ids
        for act in (lambda: event.write({"amount": 1.0}), event.unlink, event.copy):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                act()
        with self.assertRaises(AccessError):
            event.sudo().write({"amount": 1.0})

    def test_a_contract_that_is_deleted_takes_its_history_with_it(self):
        first = self.make_contract()
        second = self.make_contract(date_start=FEB)
        first.action_close(date(2026, 2, 15), self.reason)
        self.assertLog(second, [(FEB, "expansion", 100.0)])
        # As undoing its import does
        first.with_context(subscription_ledger=LEDGER).unlink()
        self.assertLog(second, [(FEB, "new", 100.0)])

    def test_a_line_that_is_deleted_is_taken_back(self):
        contract = self.make_contract([{}, {"price_unit": 50.0}])
        contract.line_ids[1].unlink()
        self.assertLog(contract, [(JAN, "new", 100.0)])
        self.assertEqual(contract.mrr, 100.0)

    def test_a_line_that_is_taken_away_was_paid_until_it_was_billed(self):
        contract = self.make_contract([{}, {"price_unit": 50.0}])
        self.bill(JAN)
        contract.line_ids[1].active = False
        self.assertLog(contract, [(JAN, "new", 150.0), (FEB, "contraction", -50.0)])

    def test_settled_again_nothing_is_added_and_little_is_asked(self):
        contracts = self.make_contract() + self.make_contract()
        more = contracts + self.make_contract() + self.make_contract() + self.make_contract()
        counts = []
        for some in (contracts, more):
            self.env.flush_all()
            self.env.invalidate_all()
            before, asked = len(self.env["subscription.mrr.event"].search([])), self.env.cr.sql_log_count
            some._log_mrr()
            counts.append(self.env.cr.sql_log_count - asked)
            self.assertEqual(len(self.env["subscription.mrr.event"].search([])), before)
        self.assertEqual(counts[0], counts[1], "queries, whatever the number of contracts")
        self.assertLess(counts[0], 12)

    # === THE CHECK OF THE NIGHT === #
    def get_found(self):
        checks = self.env["subscription.assurance"].sudo()._check(self.company, date(2026, 3, 10))
        return checks.filtered(lambda check: check.kind == "mrr").count

    def test_the_night_finds_a_log_that_differs(self):
        contracts = self.make_contract() + self.make_contract([{"repetitions": 2}]) + self.make_contract()
        contracts[2].action_pause(date(2026, 3, 5))
        self.make_contract(activate=False)
        self.env.flush_all()
        self.assertEqual(self.get_found(), 0)
        self.env.cr.execute("DELETE FROM subscription_mrr_event WHERE contract_id = ANY(%s)", [contracts.ids])
        self.env.invalidate_all()
        # The second is used up and the third is paused: nothing is worth something by log and lines.
        self.assertEqual(self.get_found(), 1)
        contracts._settle()
        self.assertEqual(self.get_found(), 0)

    def test_merged_subscribers_are_one(self):
        other = self.customer.copy()
        first, second = self.make_contract(), self.make_contract(partner_id=other.id, date_start=FEB)
        self.assertLog(second, [(FEB, "new", 100.0)])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | other).ids, self.customer)
        self.env.invalidate_all()
        self.assertLog(first + second, [(JAN, "new", 100.0), (FEB, "expansion", 100.0)])
