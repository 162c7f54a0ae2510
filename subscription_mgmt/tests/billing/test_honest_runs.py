"""Runs that say what became of them, each fault by its id."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..contract.fault_common import FaultCommon, day

JANUARY, FEBRUARY = day(1, 1), day(2, 1)


class RunCommon(FaultCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["subscription.contract"].search([("company_id", "=", cls.company.id)]).active = False
        cls.account = cls.company_data["default_account_revenue"].copy({"name": "Old income"})

    def make_broken(self, count=1):
        """Contracts whose invoices can be made, but not posted: the account of their product is archived."""
        values = {"name": "Modem", "taxes_id": self.tax.ids, "property_account_income_id": self.account.id}
        product = self.env["product.product"].create(values)
        broken = [self.make_contract([{"product_id": product.id}]) for _n in range(count)]
        self.account.active = False
        return self.env["subscription.contract"].union(*broken)

    def make_unbillable(self):
        customer = self.env["res.partner"].create({"name": "Gone"})
        contract = self.make_contract([{"price_unit": 70.0}], partner_id=customer.id)
        customer.active = False
        return contract

    def run_on(self, moment, **kwargs):
        with self.at(moment):
            return self.bill(moment, **kwargs)

    def run_cron(self, moment):
        with self.at(moment), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()

    def problems(self, run):
        """(step, how many, amount) of each reason, as the form shows them."""
        self.env.flush_all()
        self.env.invalidate_all()
        return [(one.step, one.record_count, one.amount) for one in run.problem_ids]


@tagged("post_install", "-at_install")
class TestProblemsOfRuns(RunCommon):
    def test_fault_c1_a_run_that_could_not_post_is_not_simply_done(self):
        sound, broken = self.make_contract(), self.make_broken(2)
        run = self.run_on(JANUARY)
        self.assertEqual(run.state, "problems")
        self.assertEqual(self.problems(run), [("post", 2, 200.0)])
        self.assertEqual((run.problem_count, run.problem_amount), (2, 200.0))
        self.assertIn("2 could not be finished", run.outcome)
        self.assertIn("is archived", run.problem_ids.reason)
        action = run.problem_ids.action_view_records()
        shown = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(shown.subscription_contract_ids, broken)
        self.assertEqual(sound.invoice_ids.state, "posted")

    def test_fault_c1_reasons_are_counted_apart(self):
        self.make_broken()
        unbillable = self.make_unbillable()
        run = self.run_on(JANUARY)
        self.assertEqual(sorted(self.problems(run)), [("bill", 1, 70.0), ("post", 1, 100.0)])
        action = run.problem_ids.filtered(lambda one: one.step == "bill").action_view_records()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), unbillable)

    def test_fault_c1_tried_again_in_the_run_after_it_was_mended(self):
        self.make_broken(2)
        run = self.run_on(JANUARY)
        self.account.active = True
        with self.at(day(1, 2)):
            action = run.problem_ids.action_try_again()
        self.assertEqual((action["res_id"], run.state, self.problems(run)), (run.id, "done", []))
        self.assertEqual(set(run.move_ids.mapped("state")), {"posted"})

    def test_fault_c1_tried_again_without_being_mended_is_still_a_problem(self):
        self.make_broken()
        run = self.run_on(JANUARY)
        with self.at(day(1, 2)):
            run.action_try_again()
        self.assertEqual((run.state, self.problems(run)), ("problems", [("post", 1, 100.0)]))
        self.assertEqual(run.move_ids.subscription_parking_ids.attempts, 2)

    def test_fault_c1_contracts_that_are_tried_again_are_billed_in_a_run_of_their_own(self):
        contract = self.make_unbillable()
        run = self.run_on(JANUARY)
        contract.invoice_partner_id.active = True
        with self.at(day(1, 3)):
            again = run.browse(run.action_try_again()["res_id"])
        self.assertNotEqual(again, run)
        self.assertEqual((again.state, run.state, contract.invoice_ids.invoice_date), ("done", "done", day(1, 3)))

    def test_fault_c1_whoever_mends_it_the_run_knows(self):
        self.make_broken(3)
        run = self.run_on(JANUARY)
        self.account.active = True
        first, second, third = run.move_ids
        with self.at(day(1, 2)):
            first.action_post()
            self.assertEqual(run.state, "problems")
            second.button_cancel()
            self.assertEqual(run.state, "problems")
            third.unlink()
        self.assertEqual(run.state, "done")

    def test_fault_c1_the_night_that_posts_it_later_ends_the_problem(self):
        self.make_broken()
        self.run_cron(JANUARY)
        run = self.env["subscription.billing.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(run.state, "problems")
        self.account.active = True
        self.run_cron(day(1, 3))
        self.assertEqual((run.state, run.move_ids.state), ("done", "posted"))

    def test_fault_c1_assurance_sees_the_draft_on_the_same_day(self):
        self.make_broken()
        self.run_on(JANUARY)
        model, domain = (
            self.env["subscription.assurance"].new({"company_id": self.company.id})._get_draft_target(JANUARY)
        )
        self.assertEqual(self.env[model].search_count(domain), 1)

    def test_problems_of_another_company_are_not_seen(self):
        self.make_broken()
        run = self.run_on(JANUARY)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        companies = {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        viewer = "subscription_mgmt.group_subscription_viewer"
        user = new_test_user(self.env, login="elsewhere", groups=viewer, **companies)
        self.assertFalse(run.problem_ids.with_user(user).search([("run_id", "=", run.id)]))

    def test_trying_again_takes_the_billing_right(self):
        self.make_broken()
        run = self.run_on(JANUARY)
        user = new_test_user(
            self.env,
            login="looker",
            groups="subscription_mgmt.group_subscription_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for records in (run, run.problem_ids):
            with self.assertRaises(AccessError):
                records.with_user(user).action_try_again()


@tagged("post_install", "-at_install")
class TestStatesOfRuns(RunCommon):
    def test_fault_c2_a_held_run_waits_until_somebody_approves_it(self):
        self.make_contract()
        run = self.run_on(JANUARY, hold=True)
        self.assertEqual((run.state, run.approved_uid.id), ("waiting", False))
        with self.at(day(1, 2)):
            run.action_approve()
        self.assertEqual((run.state, run.approved_uid), ("done", self.env.user))
        self.assertEqual(run.date_approved.date(), day(1, 2))

    def test_fault_c2_an_approved_run_may_have_problems(self):
        self.make_broken()
        run = self.run_on(JANUARY, hold=True)
        run.action_approve()
        self.assertEqual(run.state, "problems")

    def test_fault_c2_an_undone_run_says_so_and_by_whom(self):
        self.make_contract()
        run = self.run_on(JANUARY, hold=True)
        with self.at(day(1, 2)):
            run.action_undo()
        self.assertEqual((run.state, run.undone_uid, run.undone_count), ("undone", self.env.user, 1))
        self.assertIn(self.env.user.name, run.outcome)
        self.assertEqual(run.date_undone.date(), day(1, 2))

    def test_a_batch_that_waited_bills_nothing_into_a_run_that_is_undone(self):
        contract = self.make_contract()
        run = self.run_on(JANUARY, hold=True)
        with self.at(day(1, 2)):
            run.action_undo()
            contract._bill_in_run(JANUARY, run.id)
        self.assertFalse(run.move_ids)
        self.assertIn("planned", contract.installment_ids.mapped("state"))

    def test_fault_c2_undone_in_part_is_not_undone(self):
        self.make_contract()
        self.make_broken()
        run = self.run_on(JANUARY)
        run.action_undo()
        self.assertEqual((run.state, run.undone_count, run.move_ids.state), ("done", 1, "posted"))

    def test_fault_c2_a_queued_run_is_queued_until_it_is_carried_out(self):
        self.make_contract()
        with self.at(JANUARY):
            run = self.env["subscription.billing.run"]._start(self.company, JANUARY)
        self.assertEqual((run.state, run.progress), ("queued", 0))
        self.run_cron(JANUARY)
        self.assertEqual((run.state, run.progress), ("done", 100))

    def test_fault_c5_no_run_for_a_company_that_is_switched_off(self):
        contract = self.make_contract()
        with self.at(JANUARY):
            run = self.env["subscription.billing.run"]._start(self.company, JANUARY)
        self.company.subscription_enabled = False
        self.run_cron(day(1, 2))
        self.assertEqual((run.state, contract.invoice_count), ("queued", 0))

    def test_fault_c6_paused_between_being_found_and_being_locked(self):
        contract = self.make_contract()
        runs = self.env["subscription.billing.run"]
        with self.at(JANUARY):
            run = runs._open(self.company, JANUARY)
            [batch] = runs._get_due_batches(self.company, JANUARY)
            contract.action_pause(JANUARY)
            run._bill_batch(batch)
        self.assertFalse(contract.invoice_count)

    def test_fault_c7_a_year_paid_in_advance_has_something_planned(self):
        self.company.subscription_horizon_months = 1
        contract = self.make_contract([{"interval_unit": "year"}])
        self.bill_on(JANUARY)
        self.assertFalse(contract.date_next_invoice, "nothing is planned within the horizon")
        check = self.env["subscription.assurance"].new({"company_id": self.company.id})
        model, domain = check._get_no_next_target(day(3, 1))
        self.assertNotIn(contract, self.env[model].search(domain))


@tagged("post_install", "-at_install")
class TestTwoDates(RunCommon):
    def make_wizard(self, **values):
        return self.env["subscription.bill"].create({"date_ref": FEBRUARY, **values})

    def bill_by(self, wizard):
        return self.env["subscription.billing.run"].browse(wizard.action_bill()["res_id"])

    def test_fault_c3_periods_ahead_are_billed_with_todays_date(self):
        contract = self.make_contract()
        with self.at(day(1, 10)):
            run = self.bill_by(self.make_wizard())
        self.assertEqual((run.date_ref, run.date_invoice, run.installment_count), (FEBRUARY, day(1, 10), 2))
        self.assertEqual(contract.invoice_ids.mapped("invoice_date"), [day(1, 10)])

    def test_fault_c3_no_invoice_is_dated_ahead_by_itself(self):
        contract = self.make_contract()
        with self.at(day(1, 10)):
            self.bill(FEBRUARY)
        self.assertEqual(contract.invoice_ids.invoice_date, day(1, 10))

    def test_fault_c3_a_later_date_is_asked_for(self):
        self.make_contract()
        with self.at(day(1, 10)):
            wizard = self.make_wizard(date_invoice=FEBRUARY)
            self.assertTrue(wizard.is_later)
            with self.assertRaisesRegex(UserError, "later than today"):
                wizard.action_bill()
            wizard.confirm_later = True
            run = self.bill_by(wizard)
        self.assertEqual(run.move_ids.invoice_date, FEBRUARY)

    def test_fault_c3_the_night_keeps_the_date_that_was_asked_for(self):
        contract = self.make_contract()
        with self.at(day(1, 10)):
            self.env["subscription.billing.run"]._start(self.company, FEBRUARY, date_invoice=day(1, 5))
        self.run_cron(day(1, 11))
        self.assertEqual(contract.invoice_ids.invoice_date, day(1, 5))

    def test_a_preview_of_other_terms_is_forgotten(self):
        self.make_contract()
        with self.at(day(1, 10)):
            wizard = self.make_wizard()
            wizard.action_preview()
            self.assertTrue(wizard.line_ids)
            with Form(wizard) as form:
                form.date_ref = JANUARY
            self.assertFalse(wizard.line_ids)

    def test_preview_is_the_first_button(self):
        arch = etree.fromstring(self.env["subscription.bill"].get_view(view_type="form")["arch"])
        buttons = arch.xpath("//footer/button[@type='object']")
        self.assertEqual([button.get("name") for button in buttons[:2]], ["action_preview", "action_bill"])
        self.assertEqual(["btn-primary" in (button.get("class") or "") for button in buttons[:2]], [True, False])


@tagged("post_install", "-at_install")
class TestListsOfInvoices(RunCommon):
    COLUMNS = ("invoice_partner_display_name", "invoice_date", "subscription_contract_ids", "amount_residual_signed")

    def assertShown(self, action, moves):
        """The list of the action shows these invoices, with customer, date, contract and amount due."""
        self.assertEqual(self.env["account.move"].search(action["domain"]), moves)
        self.assertEqual(action["context"]["default_move_type"], "out_invoice", "Odoo's columns look at it")
        [view] = [view for view, kind in action["views"] if kind == "list"]
        arch = etree.fromstring(self.env["account.move"].get_view(view, "list")["arch"])
        for name in self.COLUMNS:
            shown = [
                field
                for field in arch.xpath(f"//field[@name='{name}']")
                if field.get("optional") != "hide" and "not in ('in_invoice" not in field.get("column_invisible", "")
            ]
            self.assertEqual(len(shown), 1, name)

    def test_fault_c4_invoices_of_a_run_and_of_a_contract(self):
        contract = self.make_contract()
        run = self.run_on(JANUARY)
        self.assertShown(run.action_view_moves(), run.move_ids)
        self.assertShown(contract.action_view_invoices(), run.move_ids)

    def test_fault_c4_what_was_given_back_is_in_the_list(self):
        contract = self.make_contract()
        move = self.run_on(JANUARY).move_ids
        note = self.give_back(move, day(1, 5))
        action = contract.action_view_invoices()
        self.assertEqual(self.env["account.move"].search(action["domain"]), move | note)
        self.assertFalse([key for key in action["context"] if key.startswith("search_default")])
