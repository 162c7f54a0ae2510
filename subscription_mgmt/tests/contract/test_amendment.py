"""One agreed change: what it does to terms and plan, what is shown of it, and how it is taken back."""

from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.contract.segments import marked
from .amendment_common import AmendmentCommon


@tagged("post_install", "-at_install")
class TestAmendment(AmendmentCommon):
    def test_a_price_from_today_waits_for_the_next_invoice(self):
        amendment = self.amend({"price_unit": 620.0})
        old, new = self.contract.line_ids.sorted("id")
        self.assertEqual((old.date_end, new.date_start, new.replaces_id), (date(2026, 3, 9), date(2026, 3, 10), old))
        self.assertEqual(
            self.read_plan()[:3],
            ["04-01: 03-10..03-31 -220.00", "04-01: 03-10..03-31 440.00", "04-01: 04-01..04-30 620.00"],
        )
        self.assertEqual((amendment.credit, amendment.charge), (220.0, 440.0))
        self.assertEqual((amendment.next_date, amendment.next_amount), (date(2026, 4, 1), 840.0))
        self.assertEqual((amendment.next_date_before, amendment.next_amount_before), (date(2026, 4, 1), 310.0))
        self.assertEqual((amendment.mrr_before, amendment.mrr_after), (310.0, 620.0))

    def test_from_the_next_period_nothing_is_given_back(self):
        amendment = self.amend({"percent": 10}, date_kind="period")
        self.assertEqual(amendment.date, date(2026, 4, 1))
        self.assertEqual((amendment.credit, amendment.charge), (0.0, 0.0))
        self.assertEqual(self.read_plan()[:2], ["04-01: 04-01..04-30 341.00", "05-01: 05-01..05-31 341.00"])

    def test_at_once_makes_an_invoice_of_its_own(self):
        amendment = self.amend({"price_unit": 620.0}, billing="once")
        invoice = self.contract.invoice_ids.sorted("id")[-1:]
        self.assertEqual((invoice.move_type, invoice.state, invoice.amount_untaxed), ("out_invoice", "posted", 220.0))
        self.assertEqual((amendment.next_date, amendment.next_amount), (date(2026, 3, 10), 220.0))
        self.assertEqual(self.read_plan()[0], "04-01: 04-01..04-30 620.00")

    def test_at_once_a_downgrade_makes_a_credit_note(self):
        self.amend({"price_unit": 155.0}, billing="once")
        note = self.contract.invoice_ids.sorted("id")[-1:]
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 110.0))

    def test_at_once_waits_for_whoever_bills(self):
        clerk = new_test_user(
            self.env, "clerk", "base.group_user,subscription_mgmt.group_subscription_contributor",
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        before = self.env["account.move"].search_count([])
        draft = self.draft({"price_unit": 620.0}, billing="once").with_user(clerk)
        self.assertEqual(self.env["account.move"].search_count([]), before, "the preview keeps nothing")
        draft.action_confirm()
        invoice = self.contract.invoice_ids.sorted("id")[-1:]
        self.assertEqual(
            (invoice.state, invoice.amount_untaxed, invoice.subscription_run_id.hold), ("draft", 220.0, True)
        )

    def test_the_company_says_when_new_contracts_are_settled(self):
        self.company.subscription_amendment_billing = "once"
        contract = self.make_contract()
        self.assertEqual(contract.amendment_billing, "once")
        self.assertEqual(self.draft({"price_unit": 5.0}, contract=contract).billing, "once")
        self.assertEqual(self.draft({"price_unit": 5.0}).billing, "next")

    def test_the_preview_keeps_nothing_and_is_what_confirming_does(self):
        before, plan = self.read_terms(), self.read_plan()
        draft = self.draft({"quantity": 3, "discount": 10}, {"kind": "add", "product_id": self.product.id})
        self.assertEqual((self.read_terms(), self.read_plan()), (before, plan))
        names = ("credit", "charge", "next_date", "next_amount", "mrr_before", "mrr_after", "digest")
        shown = [draft[name] for name in names]
        draft.action_confirm()
        self.assertEqual([draft[name] for name in names], shown)
        rows = self.contract.installment_ids.filtered(lambda row: row.date_invoice == draft.next_date)
        self.assertAlmostEqual(sum(rows.mapped("price_subtotal")), draft.next_amount)
        self.assertEqual(self.contract._get_mrr(draft.date), draft.mrr_after)

    def test_what_was_shown_is_done_or_nothing(self):
        draft = self.draft({"price_unit": 620.0})
        self.line.price_unit = 400.0
        answer = draft.action_confirm()
        self.assertEqual((answer["tag"], draft.state), ("display_notification", "draft"))
        self.assertTrue(draft.action_confirm() is True)

    def test_twice_is_refused_and_says_who_did_it(self):
        amendment = self.amend({"price_unit": 620.0})
        with self.assertRaisesRegex(UserError, f"confirmed by {self.env.user.name}"):
            amendment.action_confirm()
        self.assertEqual(len(self.contract.line_ids), 2)

    def test_a_step_of_a_confirmed_change_stays(self):
        amendment = self.amend({"price_unit": 620.0})
        for act in (
            lambda: amendment.step_ids.write({"price_unit": 1.0}),
            amendment.step_ids.unlink,
            lambda: amendment.write({"date": date(2026, 5, 1)}),
            lambda: amendment.step_ids.create({"amendment_id": amendment.id, "kind": "end", "line_id": self.line.id}),
            amendment.unlink,
        ):
            with self.assertRaisesRegex(UserError, "confirmed by"):
                act()

    # === KINDS OF STEPS === #
    def test_another_product_has_its_own_text_price_and_taxes(self):
        tax = self.tax.copy({"name": "VAT 10%", "amount": 10})
        fibre = self.product.create({"name": "Fibre", "list_price": 465.0, "taxes_id": [(6, 0, tax.ids)]})
        self.amend({"product_id": fibre.id}, day=date(2026, 4, 1))
        new = self.contract.line_ids.sorted("id")[-1:]
        self.assertEqual((new.product_id, new.name, new.price_unit, new.tax_ids), (fibre, "Fibre", 465.0, tax))

    def test_a_product_swap_keeps_a_price_that_was_typed(self):
        fibre = self.product.create({"name": "Fibre", "list_price": 465.0})
        self.amend({"product_id": fibre.id, "price_unit": 310.0}, day=date(2026, 4, 1))
        new = self.contract.line_ids.sorted("id")[-1:]
        self.assertEqual((new.product_id, new.price_unit), (fibre, 310.0))

    def test_other_taxes_are_on_the_next_invoice(self):
        tax = self.tax.copy({"name": "VAT 10%", "amount": 10})
        self.amend({"tax_ids": [(6, 0, tax.ids)]}, day=date(2026, 4, 1))
        self.bill(date(2026, 4, 1), contracts=self.contract)
        invoice = self.contract.invoice_ids.sorted("id")[-1:]
        self.assertEqual((invoice.amount_untaxed, invoice.amount_tax), (310.0, 31.0))

    def test_a_line_is_added_and_charged_with_the_next_invoice(self):
        self.amend({"kind": "add", "product_id": self.product.id, "price_unit": 62.0, "anchor_day": 1})
        self.assertEqual(
            self.read_plan()[:3],
            ["04-01: 03-10..03-31 44.00", "04-01: 04-01..04-30 62.00", "04-01: 04-01..04-30 310.00"],
        )

    def test_a_line_ends_and_the_rest_comes_back(self):
        amendment = self.amend({"kind": "end"})
        self.assertEqual(self.read_plan(), ["04-01: 03-10..03-31 -220.00"])
        self.assertEqual((amendment.mrr_after, amendment.credit), (0.0, 220.0))

    def test_the_billing_day_moves_and_no_day_is_lost(self):
        self.amend({"anchor_day": 15}, day=date(2026, 4, 1))
        self.assertEqual(self.read_plan()[:2], ["04-01: 04-01..04-14 140.00", "04-15: 04-15..05-14 310.00"])

    def test_monthly_becomes_yearly_and_repetitions_end_on_their_day(self):
        contract = self.make_billed(({"price_unit": 310.0, "repetitions": 24},))
        self.amend({"interval_unit": "year", "price_unit": 3650.0}, contract=contract, day=date(2026, 4, 1))
        self.assertEqual(
            self.read_plan(contract), ["04-01: 04-01..12-31 2750.00", "01-01: 01-01..12-31 3650.00"],
            "the year goes from the start of the contract, and ends where the 24 months ended",
        )  # fmt: skip

    def test_in_arrears_the_last_days_wait_for_the_invoice_too(self):
        contract = self.make_contract([{"price_unit": 310.0, "billing_timing": "arrears"}])
        self.bill(date(2026, 3, 1), contracts=contract)
        self.amend({"price_unit": 620.0}, contract=contract)
        self.assertEqual(self.read_plan(contract)[:2], ["04-01: 03-01..03-09 90.00", "04-01: 03-10..03-31 440.00"])

    # === WHO PAYS === #
    def test_the_new_payer_gets_his_days_and_the_old_one_his_money(self):
        self.amend({"kind": "payer", "invoice_partner_id": self.payer.id}, billing="once")
        note, invoice = self.contract.invoice_ids.sorted("id")[-2:].sorted("move_type", reverse=True)
        self.assertEqual((note.partner_id, note.move_type, note.amount_untaxed), (self.customer, "out_refund", 220.0))
        self.assertEqual((invoice.partner_id, invoice.amount_untaxed), (self.payer, 220.0))
        self.assertEqual(self.contract.invoice_partner_id, self.payer)

    def test_a_payer_to_come_is_billed_from_his_day_on(self):
        contract = self.make_contract([{"price_unit": 310.0, "billing_timing": "arrears"}], billing_mode="post")
        self.bill(date(2026, 3, 1), contracts=contract)
        amendment = self.amend(
            {"kind": "payer", "invoice_partner_id": self.payer.id}, contract=contract, day=date(2026, 4, 1)
        )
        self.assertEqual((contract.invoice_partner_id, amendment.is_pending), (self.customer, True))
        contract._turn_payers(date(2026, 3, 31))
        self.assertEqual(contract.invoice_partner_id, self.customer)
        contract._turn_payers(date(2026, 4, 1))
        self.assertEqual((contract.invoice_partner_id, amendment.is_pending), (self.payer, False))
        self.bill(date(2026, 5, 1), contracts=contract)
        march, april = contract.invoice_ids.sorted("id")[-2:].sorted("amount_untaxed", reverse=True)
        self.assertEqual((march.partner_id, april.partner_id), (self.customer, self.payer))
        self.assertEqual((march.amount_untaxed, april.amount_untaxed), (310.0, 310.0))

    def test_the_night_finds_a_payer_whose_day_has_come(self):
        self.amend({"kind": "payer", "invoice_partner_id": self.payer.id}, day=date(2026, 4, 1))
        domain = self.env["subscription.contract"]._get_payer_due_domain
        self.assertFalse(self.contract.filtered_domain(domain(self.company, date(2026, 3, 31))))
        self.assertTrue(self.contract.filtered_domain(domain(self.company, date(2026, 4, 1))))

    def test_whom_a_person_names_later_pays(self):
        self.amend({"kind": "payer", "invoice_partner_id": self.payer.id})
        other = self.payer.copy({"name": "Third"})
        self.contract.invoice_partner_id = other
        self.bill(date(2026, 4, 1), contracts=self.contract)
        invoices = self.contract.invoice_ids.sorted("id")[-2:]
        self.assertEqual(invoices.partner_id, self.customer + other)

    def test_another_subscriber_gets_a_contract_and_the_old_one_his_money(self):
        other = self.env["res.partner"].create({"name": "Successor"})
        amendment = self.amend({"kind": "subscriber", "partner_id": other.id})
        new = amendment.transfer_id
        self.assertEqual((self.contract.state, self.contract.date_end), ("closed", date(2026, 3, 9)))
        self.assertEqual((new.state, new.partner_id, new.invoice_partner_id), ("active", other, other))
        self.assertEqual(self.read_plan(), ["03-10: 03-10..03-31 -220.00"])
        self.assertEqual(self.read_plan(new)[:2], ["03-10: 03-10..03-31 220.00", "04-01: 04-01..04-30 310.00"])
        self.assertEqual((amendment.mrr_before, amendment.mrr_after, new._get_mrr(amendment.date)), (310.0, 0.0, 310.0))

    # === SEVERAL === #
    def test_back_dated_before_a_later_change_of_something_else(self):
        self.amend({"price_unit": 620.0}, day=date(2026, 3, 10))
        self.amend({"quantity": 2, "line_id": self.line.id}, day=date(2026, 2, 15))
        live = self.contract.line_ids.sorted("date_start")
        self.assertEqual(
            [(line.date_start, line.quantity, line.price_unit) for line in live],
            [(date(2026, 1, 1), 1, 310), (date(2026, 2, 15), 2, 310), (date(2026, 3, 10), 2, 620)],
        )

    def test_a_later_change_of_the_same_holds_and_that_is_said(self):
        self.amend({"price_unit": 620.0}, day=date(2026, 3, 10))
        draft = self.draft({"price_unit": 400.0, "line_id": self.line.id}, day=date(2026, 2, 15))
        self.assertIn("From 03/10/2026 on a later change holds all the same", draft.warning)
        draft.action_confirm()
        live = self.contract.line_ids.sorted("date_start")
        self.assertEqual(live.mapped("price_unit"), [310, 400, 620])

    def test_the_order_of_changes_does_not_matter(self):
        days = [date(2026, 2, 10), date(2026, 3, 5), date(2026, 3, 20)]
        steps = [{"price_unit": 620.0}, {"quantity": 2}, {"discount": 50}]
        plans = []
        for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
            contract = self.make_billed()
            for n in order:
                line = contract.line_ids.filtered(lambda line, day=days[n]: line._serves(day))
                self.amend({**steps[n], "line_id": line.id}, contract=contract, day=days[n])
            self.bill(date(2026, 4, 1), contracts=contract)
            plans.append(round(sum(contract.invoice_ids.mapped("amount_untaxed_signed")), 2))
        self.assertEqual(len(set(plans)), 1, plans)

    def test_a_line_that_was_billed_from_its_first_day_gives_way_as_a_whole(self):
        self.amend({"price_unit": 620.0}, day=date(2026, 1, 1), billing="once")
        self.assertTrue(self.line.is_void)
        self.assertEqual(sum(self.contract.invoice_ids.mapped("amount_untaxed_signed")), 3 * 620)
        self.assertEqual(self.contract.line_ids.price_unit, 620.0)

    def test_two_lines_never_replace_one(self):
        self.amend({"price_unit": 620.0})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            marked(self.line).copy({"contract_id": self.contract.id, "replaces_id": self.line.id})

    # === BAD INPUT === #
    def refused(self, *steps, **values):
        """Why a change cannot be confirmed; nothing is done."""
        before = self.read_terms()
        draft = self.draft(*steps, **values)
        self.assertTrue(draft.problem)
        with self.assertRaises(UserError) as caught:
            draft.action_confirm()
        self.assertEqual(str(caught.exception), draft.problem)
        self.assertEqual(self.read_terms(), before)
        draft.unlink()
        return draft.problem if draft.exists() else str(caught.exception)

    def test_days_that_cannot_be(self):
        price = {"price_unit": 5.0}
        self.assertIn("starts on 01/01/2026", self.refused(price, day=date(2025, 12, 31)))
        self.company.sudo().fiscalyear_lock_date = date(2026, 2, 28)
        self.assertIn("locked up to 02/28/2026", self.refused(price, day=date(2026, 2, 28)))
        self.contract.date_end = date(2026, 6, 30)
        self.assertIn("ends on 06/30/2026", self.refused(price, day=date(2026, 7, 1)))

    def test_contracts_that_cannot_be(self):
        self.assertIn("is a draft", self.refused({"price_unit": 5.0}, contract=self.make_contract(activate=False)))
        self.contract.action_close(date(2026, 3, 10), self.reason)
        self.assertIn("is closed", self.refused({"price_unit": 5.0}))

    def test_lines_that_cannot_be(self):
        self.amend({"kind": "end"}, day=date(2026, 3, 5))
        self.assertIn("ends on 03/04/2026", self.refused({"price_unit": 5.0}, day=date(2026, 3, 10)))
        other = self.make_contract()
        self.assertIn("another contract", self.refused({"line_id": other.line_ids.id, "price_unit": 5.0}))
        self.assertIn("Choose the line", self.refused({"line_id": False, "price_unit": 5.0}))

    def test_figures_that_cannot_be(self):
        for quantity in (-1, 0):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.draft({"quantity": quantity})
        self.assertIn("stays as it is", self.refused({}))
        self.assertIn("add a step", self.refused_without_steps())

    def refused_without_steps(self):
        draft = self.draft()
        with self.assertRaises(UserError) as caught:
            draft._confirm()
        return str(caught.exception)

    def test_the_currency_does_not_change(self):
        with self.assertRaisesRegex(UserError, "Currency cannot be changed"):
            self.contract.currency_id = self.env.ref("base.JPY")

    def test_the_same_line_changes_once_on_a_day(self):
        self.amend({"price_unit": 620.0})
        self.assertIn("already", self.refused({"price_unit": 5.0}))
        line = self.contract.line_ids[-1:]
        twice = {"line_id": line.id, "price_unit": 5.0}
        self.assertIn("already", self.refused(twice, {**twice, "price_unit": 6.0}, day=date(2026, 3, 12)))

    def test_a_failure_half_way_leaves_nothing(self):
        draft = self.draft({"price_unit": 620.0}, {"kind": "payer", "invoice_partner_id": self.customer.id})
        self.assertIn("Choose another payer", draft.problem)
        self.assertEqual(len(self.contract.line_ids), 1)

    # === UNDO === #
    def assertUndone(self, *steps, **values):
        before, plan = self.read_terms(), self.read_plan()
        amendment = self.amend(*steps, **values)
        self.assertNotEqual(self.read_terms(), before)
        amendment.action_undo()
        self.assertEqual(self.read_terms(), before)
        self.assertEqual(self.read_plan(), plan)
        self.assertEqual(amendment.state, "undone")

    def test_undo_restores_the_terms_exactly(self):
        other = self.env["res.partner"].create({"name": "Successor"})
        self.assertUndone({"price_unit": 620.0, "quantity": 2})
        self.assertUndone({"price_unit": 620.0}, day=date(2026, 1, 1))
        self.assertUndone({"price_unit": 620.0}, day=date(2026, 5, 17))
        self.assertUndone({"kind": "end"})
        self.assertUndone({"kind": "add", "product_id": self.product.id})
        self.assertUndone({"kind": "payer", "invoice_partner_id": self.payer.id})
        self.assertUndone({"kind": "payer", "invoice_partner_id": self.payer.id}, day=date(2026, 5, 17))
        self.assertUndone({"kind": "subscriber", "partner_id": other.id})

    def test_what_was_billed_is_not_undone(self):
        amendment = self.amend({"price_unit": 620.0})
        self.bill(date(2026, 4, 1), contracts=self.contract)
        with self.assertRaisesRegex(UserError, "was billed on the new terms"):
            amendment.action_undo()

    def test_the_later_change_is_undone_first(self):
        first = self.amend({"price_unit": 620.0})
        second = self.amend({"quantity": 2}, day=date(2026, 4, 1))
        with self.assertRaisesRegex(UserError, "changed again from 04/01/2026"):
            first.action_undo()
        second.action_undo()
        first.action_undo()
        self.assertEqual(self.contract.line_ids, self.line)

    def test_what_a_person_changed_since_is_not_overwritten(self):
        amendment = self.amend({"price_unit": 620.0})
        self.line.date_end = date(2026, 3, 7)
        with self.assertRaisesRegex(UserError, "End Date.*changed again since"):
            amendment.action_undo()

    def test_a_change_to_come_is_edited(self):
        amendment = self.amend({"price_unit": 620.0}, day=date(2026, 5, 1))
        amendment.action_edit()
        self.assertEqual((amendment.state, len(self.contract.line_ids)), ("draft", 1))
        amendment.step_ids.price_unit = 500.0
        amendment.action_confirm()
        self.assertIn("05-01: 05-01..05-31 500.00", self.read_plan())

    def test_a_change_that_holds_is_not_edited(self):
        with self.assertRaisesRegex(UserError, "holds already"):
            self.amend({"price_unit": 620.0}).action_edit()

    # === WHO MAY === #
    def test_who_may_change_contracts_may_confirm(self):
        users = {
            level: new_test_user(
                self.env, f"amend_{level}", f"base.group_user,subscription_mgmt.group_subscription_{level}",
                company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
            )
            for level in ("viewer", "contributor")
        }  # fmt: skip
        draft = self.draft({"price_unit": 620.0})
        with self.assertRaises(AccessError):
            draft.with_user(users["viewer"]).action_confirm()
        draft.with_user(users["contributor"]).action_confirm()
        draft.with_user(users["contributor"]).action_undo()
        self.assertEqual(draft.state, "undone")

    def test_other_companies_do_not_see_it(self):
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        stranger = new_test_user(
            self.env, "stranger", "base.group_user,subscription_mgmt.group_subscription_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        draft = self.draft({"price_unit": 620.0})
        for record in (draft, draft.step_ids):
            self.assertFalse(record.with_user(stranger).search([("id", "in", record.ids)]))
