from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ...wizards.contract.subscription_contract_activate import MAX_ROWS, SHOWN
from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-10")
class TestActivation(SubscriptionCommon):
    """The plan is looked at before it is kept (WSM-35)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contributor = "subscription_mgmt.group_subscription_contributor"
        cls.user, cls.other = (
            new_test_user(cls.env, login=f"activation_{name}", groups=contributor, company_id=cls.company.id)
            for name in ("user", "other")
        )

    def draft(self, lines=({},), **values):
        return self.make_contract(lines, activate=False, **{"date_end": date(2026, 6, 30), **values})

    def review(self, contract):
        return contract.env["subscription.contract.activate"].browse(contract.action_open_activate()["res_id"])

    def plan(self, contract):
        names = (
            "line_id",
            "date_from",
            "date_to",
            "date_invoice",
            "quantity",
            "price_unit",
            "discount",
            "price_subtotal",
        )
        return [tuple(row[name] for name in names) for row in contract.installment_ids.sorted("id")]

    # === WHAT IS SHOWN === #
    def test_the_rows_shown_are_those_that_activation_makes(self):
        lines = [{"quantity": 3, "discount": 10}, {"billing_timing": "arrears", "anchor_day": 15}]
        contract = self.draft(lines)
        wizard = self.review(contract)
        shown = [tuple(line[name] for name in ("line_id", *SHOWN)) for line in wizard.line_ids]
        contract.action_activate()
        self.assertCountEqual(shown, self.plan(contract))

    def test_looking_keeps_nothing(self):
        self.company.subscription_analytic = True
        contract = self.draft()
        messages, written = len(contract.message_ids), contract.write_date
        self.review(contract)
        self.env.invalidate_all()
        self.assertEqual(
            (contract.state, contract.installment_ids.ids, contract.analytic_account_id.ids, contract.write_date),
            ("draft", [], [], written),
        )
        self.assertEqual(len(contract.message_ids), messages)

    def test_totals_are_those_of_the_plan_and_of_the_year(self):
        contract = self.draft(date_start=date(2026, 7, 1), date_end=date(2027, 3, 31))
        wizard = self.review(contract)
        self.assertEqual((wizard.row_count, wizard.amount_total, wizard.amount_year), (9, 900.0, 600.0))

    def test_totals_follow_what_is_changed(self):
        wizard = self.review(self.draft(date_end=date(2026, 3, 31)))
        with Form(wizard, view="subscription_mgmt.subscription_contract_review_view_form") as form:
            with form.line_ids.edit(0) as line:
                line.price_unit = 40.0
                self.assertEqual((line.price_subtotal, line.is_changed), (40.0, True))
            self.assertEqual((form.amount_total, form.amount_year), (240.0, 240.0))
            with form.line_ids.edit(1) as line:
                line.is_skipped = True
                line.reason = "Goodwill"
            with form.line_ids.edit(2) as line:
                line.date_invoice = date(2027, 1, 5)
            self.assertEqual((form.amount_total, form.amount_year), (140.0, 40.0))

    def test_a_long_plan_lists_its_first_rows_and_counts_all(self):
        contract = self.draft([{"interval_unit": "week", "price_unit": 10.0, "repetitions": 626}], date_end=False)
        wizard = self.review(contract)
        self.assertEqual((len(wizard.line_ids), wizard.row_count, wizard.hidden_count), (MAX_ROWS, 626, 126))
        self.assertEqual((wizard.amount_total, wizard.amount_year), (6260.0, 530.0))
        wizard.action_confirm()
        self.assertEqual(len(contract.installment_ids), 626)

    def test_what_cannot_be_activated_is_refused_at_once(self):
        with self.assertRaisesRegex(UserError, "no line"):
            self.draft(()).action_open_activate()

    # === WHAT IS CONFIRMED === #
    def test_confirming_without_a_change_is_activation(self):
        contract, twin = self.draft(), self.draft()
        twin.action_activate()
        self.review(contract).action_confirm()
        self.assertEqual(contract.state, "active")
        self.assertEqual([row[1:] for row in self.plan(contract)], [row[1:] for row in self.plan(twin)])
        self.assertFalse(contract.installment_ids.decision_id)

    def test_changed_rows_become_decisions_that_outlive_later_acts(self):
        contract = self.draft()
        wizard = self.review(contract)
        first, second, third, *_others = wizard.line_ids
        first.write({"price_unit": 80.0, "discount": 50})
        second.date_invoice = date(2026, 2, 20)
        third.write({"is_skipped": True, "reason": "Goodwill"})
        wizard.action_confirm()
        rows = contract.installment_ids.sorted("date_from")
        self.assertEqual(rows.mapped("is_edited"), [True] * 3 + [False] * 3)
        self.assertEqual(len(rows.decision_id), 3)
        contract.line_ids.price_unit = 200.0
        rows = contract.installment_ids.sorted("date_from")
        self.assertEqual(
            rows.mapped("price_subtotal")[:2] + rows.mapped("price_subtotal")[3:], [40.0, 100.0] + [200.0] * 3
        )
        self.assertEqual(
            (rows[1].date_invoice, rows[2].state, rows[2].reason), (date(2026, 2, 20), "skipped", "Goodwill")
        )
        self.assertFalse(contract.plan_outdated)

    def test_a_row_is_skipped_with_a_reason_only(self):
        contract = self.draft()
        wizard = self.review(contract)
        wizard.line_ids[0].is_skipped = True
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_confirm()
        self.assertEqual((contract.state, contract.installment_ids.ids), ("draft", []))

    def test_a_contract_that_changed_since_is_refused(self):
        for change in ({"price_unit": 150.0}, {"billing_timing": "arrears"}, {"date_end": date(2026, 3, 31)}):
            with self.subTest(change):
                contract = self.draft()
                wizard = self.review(contract)
                contract.line_ids.write(change)
                with self.assertRaisesRegex(UserError, "has changed since"):
                    wizard.action_confirm()
                self.assertEqual((contract.state, contract.installment_ids.ids), ("draft", []))

    def test_another_payer_than_was_shown_is_refused(self):
        contract = self.draft()
        wizard = self.review(contract)
        contract.invoice_partner_id = self.env["res.partner"].create({"name": "Payer"})
        with self.assertRaisesRegex(UserError, "has changed since"):
            wizard.action_confirm()

    def test_confirming_twice_does_nothing_twice(self):
        contract = self.draft()
        wizard = self.review(contract)
        wizard.line_ids[0].price_unit = 80.0
        wizard.action_confirm()
        before = self.plan(contract)
        with self.assertRaisesRegex(UserError, "in force already"):
            wizard.action_confirm()
        self.assertEqual(self.plan(contract), before)

    def test_a_row_that_is_not_in_the_plan_is_refused(self):
        contract = self.draft()
        wizard = self.review(contract)
        wizard.line_ids[0].line_id = self.draft().line_ids
        with self.assertRaisesRegex(UserError, "has changed since"):
            wizard.action_confirm()
        self.assertEqual(contract.state, "draft")

    # === THE PAST === #
    def test_periods_that_are_over_are_billed_or_not_as_a_person_says(self):
        contract = self.draft(date_start=date(2023, 1, 1))
        wizard = self.review(contract)
        self.assertEqual((wizard.backlog_count, wizard.row_count), (37, 42))
        wizard.action_leave_backlog()
        self.assertEqual((wizard.row_count, wizard.line_ids[0].date_from), (5, date(2026, 2, 1)))
        self.assertFalse(contract.line_ids.paid_until, "nothing is kept yet")
        wizard.action_bill_backlog()
        self.assertEqual(wizard.row_count, 42)
        wizard.action_leave_backlog()
        wizard.action_confirm()
        self.assertEqual((contract.line_ids.paid_until, len(contract.installment_ids)), (date(2026, 1, 31), 5))

    # === WHO === #
    def test_who_may_edit_contracts_activates_them_by_review(self):
        contract = self.draft().with_user(self.user)
        wizard = self.review(contract)
        wizard.line_ids[0].write({"is_skipped": True, "reason": "Goodwill"})
        wizard.line_ids[1].quantity = 2
        wizard.action_confirm()
        self.assertEqual(contract.installment_ids.sorted("date_from").mapped("state")[:2], ["skipped", "planned"])
        self.assertEqual(contract.installment_ids.sorted("date_from")[1].price_subtotal, 200.0)

    def test_a_review_belongs_to_who_opened_it(self):
        wizard = self.review(self.draft().with_user(self.user))
        for record in (wizard, wizard.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.other).read(["create_uid"])
        with self.assertRaises(AccessError):
            wizard.with_user(self.other).action_confirm()

    def test_contracts_of_other_companies_are_neither_shown_nor_activated(self):
        company = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        stranger = new_test_user(
            self.env,
            login="activation_stranger",
            groups="subscription_mgmt.group_subscription_contributor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        contract = self.draft()
        wizards = self.env["subscription.contract.activate"].with_user(stranger).with_company(company)
        for act in ("action_bill_backlog", "action_confirm", "action_activate"):
            with self.subTest(act), self.assertRaises(AccessError):
                getattr(wizards.create({"contract_ids": contract.ids}), act)()
        changes = self.env["subscription.plan.change"].with_user(stranger).with_company(company)
        with self.assertRaises(AccessError):
            changes.create({"contract_id": contract.id}).action_confirm()
        with self.assertRaises(AccessError):
            self.assertFalse(changes.create({"contract_id": contract.id}).digest)
        self.assertEqual(contract.state, "draft")
