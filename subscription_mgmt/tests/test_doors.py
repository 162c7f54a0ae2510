from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .doors_common import DoorsCommon
from .sealed_common import OURS


@tagged("post_install", "-at_install")
class TestDoors(DoorsCommon):
    """Faults B3 to B23 of the server's doors, each as somebody without the right tries it by RPC."""

    # === B3: LINKS === #
    def test_fault_b3_nobody_says_which_date_an_interaction_stands_for(self):
        row, rows = self.recurrence.interaction_ids[0], self.env["subscription.interaction"]
        values = {"name": "x", "occurrence_date": "2026-04-01"}
        for name, value in (
            ("recurrence_id", self.recurrence.id),
            ("slot_key", "2026-04-01"),
            ("covers_key", "2026-04-01"),
            ("is_prepared", True),
            ("state", "done"),
        ):
            self.refused("manager", rows, "create", [{**values, name: value}])
            self.refused("manager", row, "write", {name: value})
        self.assertTrue(self.allowed("contributor", row, "write", {"occurrence_date": "2026-04-02"}))

    def test_fault_b3_acts_still_write_them(self):
        rows = self.recurrence.interaction_ids[:2].with_user(self.users["contributor"])
        rows[0]._finish("Reached")
        rows[1]._skip("Ill")
        self.assertEqual(rows.mapped("state"), ["done", "cancelled"])
        rows.action_reopen()
        self.assertEqual(set(rows.mapped("state")), {"planned"})

    def test_fault_b3_nobody_names_what_he_may_not_see(self):
        """A file of a colleague's private chat, a private filter: the portal and the night would follow them."""
        owner = {"res_model": "res.company", "res_id": self.other_company.id}
        secret = self.env["ir.attachment"].sudo().create({"name": "secret.txt", "raw": "x", **owner})
        private = self.env["ir.filters"].create(
            {"name": "p", "model_id": "res.partner", "domain": "[]", "user_ids": [self.users["manager"].id]}
        )
        for command in ([Command.link(secret.id)], [Command.set(secret.ids)]):
            self.refused("contributor", self.contract, "write", {"portal_attachment_ids": command})
        self.refused("contributor", self.recurrence, "write", {"filter_id": private.id})
        self.refused("contributor", self.contract, "write", {"service_address_id": self.hidden.id})
        own = self.env["ir.attachment"].sudo().create({"name": "a", "raw": "x", "res_model": self.contract._name,
                                                       "res_id": self.contract.id})  # fmt: skip
        self.assertTrue(
            self.allowed("contributor", self.contract, "write", {"portal_attachment_ids": [Command.link(own.id)]})
        )

    def test_fault_b3_defaults_of_a_caller_are_looked_at_too(self):
        private = self.env["ir.filters"].create(
            {"name": "p", "model_id": "res.partner", "domain": "[]", "user_ids": [self.users["manager"].id]}
        )
        values = {"name": "x", "audience": "none", "mon": True}
        self.assertTrue(self.allowed("contributor", self.recurrence.browse(), "create", [values]))
        self.refused("contributor", self.recurrence.browse(), "create", [values], default_filter_id=private.id)

    # === B4: RECURRING INVOICES === #
    def test_fault_b4_prices_of_a_recurring_invoice_take_the_billing_right(self):
        line = self.recurring.invoice_line_ids
        new = {"product_id": self.product.id, "price_unit": 1.0}
        for level in ("contributor", "manager"):
            self.refused(level, line, "write", {"price_unit": 1.0})
            self.refused(level, line, "unlink")
            self.refused(level, line.browse(), "create", [{**new, "recurrence_id": self.recurring.id}])
            self.refused(level, self.recurring, "write", {"invoice_line_ids": [Command.create(new)]})
            self.refused(level, self.recurring, "write", {"type_id": self.call_type.id})
        self.assertTrue(self.allowed("billing", line, "write", {"price_unit": 1.0}))

    def test_fault_b4_an_invoice_below_zero_is_none(self):
        with self.assertRaisesRegex(ValidationError, "less than zero"):
            self.make_recurring_invoice([{"price_unit": -500.0}])
        with self.assertRaisesRegex(ValidationError, "less than zero"):
            self.recurring.invoice_line_ids.price_unit = -500.0
        self.assertTrue(self.make_recurring_invoice([{}, {"price_unit": -20.0}]))

    # === B5: ACTS OF VIEWERS === #
    def test_fault_b5_writing_to_customers_takes_the_billing_right(self):
        wallet = self.records["subscription.wallet"]
        for level in ("internal", "viewer", "manager"):
            self.refused(level, wallet, "action_remind")
        self.assertTrue(self.allowed("billing", wallet, "action_remind"))

    def test_fault_b5_the_check_is_run_by_those_who_may_see_it(self):
        for level in ("internal", "portal", "accountant"):
            self.refused(level, self.env["subscription.assurance"], "action_open")
        self.assertTrue(self.allowed("viewer", self.env["subscription.assurance"], "action_open"))

    # === B8: FILTERS === #
    def make_filtered(self, level, domain, **values):
        recurrence = self.env["subscription.recurrence"].with_user(self.users[level])
        values = {"name": "x", "audience": "filter", "partner_domain": domain, "mon": True, **values}
        return recurrence.create({"type_id": self.call_type.id, **values})

    def test_fault_b8_a_filter_looks_with_the_eyes_of_who_wrote_it(self):
        chief = new_test_user(self.env, login="chief", groups=f"{OURS}manager,{OURS}billing,base.group_system",
                              company_id=self.company.id, company_ids=[Command.set(self.company.ids)])  # fmt: skip
        domain = "[('entitlement_count', '>', 0), ('subscription_entitlement_ids.reason', '=', 'x')]"
        with self.assertRaises(UserError):
            self.make_filtered("contributor", domain, user_id=chief.id)

    def test_fault_b8_what_is_typed_in_an_open_form_is_the_users_own(self):
        chief = self.users["billing"]
        recurrence = self.make_filtered("manager", "[('ref', '=', 'x')]")
        self.assertEqual(recurrence.filter_author_id, self.users["manager"])
        recurrence.with_user(chief).partner_domain = "[('ref', '=', 'y')]"
        self.assertEqual(recurrence.filter_author_id, chief)
        typed = recurrence.with_user(self.users["contributor"]).new(
            {"partner_domain": "[('subscription_entitlement_ids', '!=', False)]"}, origin=recurrence
        )
        self.assertEqual(typed._get_filter_author(), self.users["contributor"])

    def test_fault_b8_nobody_signs_with_another_name(self):
        boss = self.users["manager"].id
        recurrence = self.make_filtered("contributor", "[('ref', '=', 'x')]", filter_author_id=boss)
        self.assertEqual(recurrence.filter_author_id, self.users["contributor"])
        recurrence.write({"filter_author_id": boss})
        self.assertEqual(recurrence.filter_author_id, self.users["contributor"])

    def test_fault_b8_who_is_gone_lends_no_rights(self):
        recurrence = self.make_filtered("contributor", "[('ref', '=', 'x')]", user_id=self.users["manager"].id)
        self.users["contributor"].active = False
        with self.assertRaisesRegex(UserError, "is not there any more"):
            recurrence._get_filtered_partners()

    def test_fault_b8_nothing_in_a_filter_runs(self):
        for domain in ("[('id', '=', time.sleep(60))]", "[('id', 'in', range(10 ** 9))]"):
            with self.assertRaisesRegex(UserError, "fixed values only"):
                self.make_filtered("contributor", domain)

    # === B12: CONTEXTS === #
    def test_fault_b12_no_word_deletes_an_interaction_for_good(self):
        row = self.recurrence.interaction_ids[0]
        words = {"without_tombstones": True, "subscription_removed": True}
        self.rpc("editor", row, "unlink", **words)
        self.assertEqual(self.recurrence.exception_ids.kind, "deleted")

    def test_fault_b12_no_word_parts_a_meeting_from_its_interaction(self):
        row = self.env["subscription.interaction"].create(
            {"name": "Visit", "type_id": self.env.ref("subscription_mgmt.interaction_type_meeting").id,
             "occurrence_date": date(2026, 3, 11)}
        )  # fmt: skip
        row._make_events()
        event = row.event_id.with_context(from_interaction=True, subscription_followed=True)
        event.write({"start_date": "2026-03-13", "stop_date": "2026-03-13"})
        self.assertEqual(row.occurrence_date, date(2026, 3, 13))

    # === B13: TEXTS === #
    def test_fault_b13_what_others_wrote_is_shown_as_text(self):
        evil = '<img src="x"/><a href="https://evil.example.com">Pay</a>'
        activity = self.contract._alert(f"{evil}\nhttps://evil.example.com")
        self.assertNotRegex(activity.note, "<(img|a)")
        row = self.make_interaction()
        row.note = evil
        row._make_activities()
        row._make_events()
        row._make_tasks()
        for text in (row.activity_id.note, row.event_id.description, row.task_id.description):
            self.assertNotRegex(text, '<(img|a href="https://evil.example.com">Pay)')
            self.assertIn("&lt;img", text)

    def test_fault_b13_reasons_in_the_history_are_text(self):
        row = self.recurrence.interaction_ids[0]
        row._skip("<img src=x>")
        self.assertIn("&lt;img", row.message_ids[0].body)

    # === B14: COMPANIES === #
    def test_fault_b14_payment_methods_are_those_of_the_company(self):
        journal = self.env["account.journal"].create(
            {"name": "Other Bank", "type": "bank", "code": "OTB", "company_id": self.other_company.id}
        )
        method = journal.inbound_payment_method_line_ids[:1]
        self.assertTrue(method)
        for document in (self.contract, self.recurring):
            with self.assertRaisesRegex(ValidationError, "belongs to company"):
                document.payment_method_line_id = method

    # === B15: PACKAGES === #
    def test_fault_b15_packages_are_for_those_who_bill(self):
        menus = self.env["ir.ui.menu"]
        packages = self.env.ref("subscription_mgmt.subscription_menu_packages")
        for level, seen in (("viewer", False), ("manager", False), ("billing", True)):
            user = self.users[level]
            self.assertEqual(packages.id in menus.with_user(user)._visible_menu_ids(), seen, level)
            for name in ("package", "entitlement", "credit.move", "wallet"):
                self.assertEqual(self.env[f"subscription.{name}"].with_user(user).has_access("read"), seen, name)

    # === B18: SOMEBODY IS TOLD === #
    def test_fault_b18_a_task_of_a_branch_goes_to_who_bills_for_its_mother(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "subscription_enabled": True}
        )
        gone = self.users["contributor"]
        gone.active = False
        person = branch._get_subscription_person(gone)
        self.assertTrue(person.active and not person._is_superuser())
        self.assertIn(self.company, person.company_ids)

    def test_fault_b18_a_responsible_who_left_is_told_nothing(self):
        self.contract.user_id = self.users["contributor"]
        self.users["contributor"].active = False
        activity = self.contract._alert("It cannot be billed.")
        self.assertTrue(activity.user_id.active and not activity.user_id._is_superuser())

    # === B19: DATES OF OTHERS === #
    def test_fault_b19_nobody_takes_the_date_of_a_recurrence(self):
        theirs = self.env["subscription.recurrence"].with_company(self.other_company).sudo().create(
            {"name": "x", "company_id": self.other_company.id, "type_id": self.call_type.id, "user_id": self.abroad.id,
             "mon": True}
        )  # fmt: skip
        date_ = {"recurrence_id": theirs.id, "slot_key": "2026-03-16"}
        row = {"name": "x", "occurrence_date": "2026-03-16", **date_}
        self.refused("contributor", self.env["subscription.interaction"], "create", [row])
        exception = {"recurrence_id": theirs.id, "date": "2026-03-16"}
        self.refused("contributor", self.env["subscription.recurrence.exception"], "create", [exception])

    # === B21: CARD NUMBERS === #
    def test_fault_b21_no_card_number_is_kept_of_what_a_provider_says(self):
        charge = self.records["subscription.charge"]
        transaction, said = charge.transaction_id.sudo(), "Card 4111 1111 1111 1111 refused"
        self.assertTrue(transaction)
        transaction._set_error(said)
        transaction._log_message_on_linked_documents(said)
        bodies = " ".join(charge.move_id.message_ids.mapped("body"))
        self.assertEqual(transaction.state_message, "Card •••• refused")
        self.assertNotIn("4111", bodies)
        self.assertIn("••••", bodies)

    # === B23: CEILINGS === #
    def test_fault_b23_a_plan_has_so_many_rows(self):
        with self.assertRaisesRegex(ValidationError, "20000 periods; 2000 are possible"):
            self.make_contract([{"repetitions": 20000}], activate=False)
        with self.assertRaisesRegex(ValidationError, "2000 are possible"):
            self.make_contract([{"interval_unit": "day"}], activate=False, date_end=date(2034, 1, 1))
        with self.assertRaisesRegex(ValidationError, "2000 are possible"):
            contract = self.make_contract([{"interval_unit": "day"}], activate=False)
            contract.date_end = date(2034, 1, 1)
        self.assertTrue(self.make_contract([{"repetitions": 1200}], activate=False))

    def test_fault_b23_numbers_that_make_work_have_a_ceiling(self):
        for record, name, value in (
            (self.company, "subscription_horizon_months", 61),
            (self.company, "subscription_ending_days", 10**6),
            (self.contract, "renewal_months", 10**6),
            (self.contract, "notice_days", 10**6),
            (self.support, "credits_per_request", 10**7),
            (self.make_package(publish=False, name="x"), "credits", 10**7),
            (self.make_package(publish=False, name="x", kind="period"), "duration_days", 10**6),
            (self.recurrence, "duration", 10**6),
            (self.step, "days", 10**6),
            (self.step.plan_id, "max_attempts", 10**6),
            (self.step.plan_id, "max_days", 10**6),
        ):
            refused = (self.subTest(name), self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"))
            with refused[0], refused[1], refused[2], self.cr.savepoint():
                record.write({name: value})
                record.flush_recordset()

    def test_fault_b23_a_recurrence_has_so_many_customers(self):
        partners = self.env["res.partner"].create([{"name": f"C{n}"} for n in range(501)])
        with self.assertRaisesRegex(ValidationError, "more than 500 customers"):
            self.recurrence.partner_ids = partners

    # === B7: DIALOGS === #
    def test_fault_b7_a_dialog_is_seen_by_who_opened_it(self):
        wizard = self.env["subscription.contract.close"].with_user(self.users["editor"]).create(
            {"contract_ids": self.contract.ids, "close_reason_id": self.reason.id}
        )  # fmt: skip
        for user in (self.users["manager"], self.abroad):
            self.assertFalse(wizard.with_user(user).search([("id", "=", wizard.id)]))
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                wizard.with_user(user).read(["contract_ids"])

    def test_fault_b7_no_dialog_takes_records_of_another_company(self):
        for name, values in (
            ("plan.change", {"contract_id": self.contract.id}),
            ("recurrence.regenerate", {"recurrence_id": self.recurrence.id}),
            ("recurrence.preview", {"recurrence_id": self.recurring.id}),
            ("contract.close", {"contract_ids": self.contract.ids, "close_reason_id": self.reason.id}),
            ("interaction.done", {"interaction_ids": self.recurrence.interaction_ids.ids}),
            ("bill", {"contract_ids": self.contract.ids}),
            ("import.undo", {"batch_id": self.batch.id}),
            ("entitlement.refund", {"entitlement_id": self.entitlement.id, "reason": "x"}),
            ("package.grant", {"partner_id": self.stranger.id, "package_id": self.credit.id, "reason": "x"}),
        ):
            with self.subTest(name), self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                self.env[f"subscription.{name}"].with_user(self.abroad).create(values)
