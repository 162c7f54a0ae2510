from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.common.context import LEDGER
from .sealed_common import SealedCommon


@tagged("post_install", "-at_install")
class TestSealedDoors(SealedCommon):
    """Every way in that leads to what is sealed: commands through other records, defaults, copies, files, contexts."""

    def refused(self, level, record, method, *args, **context):
        self.assertFalse(self.allowed(level, record, method, *args, **context), (level, record, method, args, context))

    # === THE LEDGER === #
    def test_fault_b1_rows_through_their_contract_line_or_invoice_line(self):
        other_row = self.make_contract(date_end=date(2026, 1, 31)).installment_ids
        made = {"date_from": "2026-05-01", "date_to": "2026-05-31", "date_invoice": "2026-05-01", "price_unit": 1.0}
        for owner in (self.contract, self.contract.line_ids, self.billed_row.invoice_line_id):
            field = "subscription_installment_ids" if owner._name == "account.move.line" else "installment_ids"
            for command in (
                Command.create({**made, "contract_id": self.contract.id, "line_id": self.contract.line_ids.id}),
                Command.update(self.row.id, {"state": "invoiced"}),
                Command.update(self.billed_row.id, {"credited_id": self.row.id}),
                Command.link(other_row.id),
                Command.delete(self.row.id),
            ):
                self.refused("manager", owner, "write", {field: [command]})

    def test_fault_b1_rows_in_a_new_line(self):
        row = {"date_from": "2026-05-01", "date_to": "2026-05-31", "date_invoice": "2026-05-01", "price_unit": 1.0}
        line = {"product_id": self.product.id, "price_unit": 5.0, "installment_ids": [Command.create(row)]}
        self.refused("manager", self.contract, "write", {"line_ids": [Command.create(line)]})

    def test_fault_b1_a_row_that_is_open_is_changed_through_the_contract(self):
        values = {"installment_ids": [Command.update(self.row.id, {"quantity": 2.0})]}
        self.assertTrue(self.allowed("contributor", self.contract, "write", values))

    def test_fault_b1_what_was_billed_is_open_to_nobody(self):
        for name in ("date_invoice", "quantity", "price_unit", "discount"):
            self.refused("manager", self.billed_row, "write", {name: self.another(self.row, self.row._fields[name])})

    def test_fault_b1_copies_of_rows_and_pauses(self):
        for record in (self.row, self.contract.pause_ids):
            self.refused("manager", record, "copy", {"date_from": "2026-05-01", "date_to": "2026-05-31"})

    # === THE STATE === #
    def test_fault_b1_a_contract_begins_as_a_draft(self):
        values = {"subject": "x", "partner_id": self.customer.id}
        empty = self.contract.browse()
        for name, value in (("state", "closed"), ("date_closed", "2026-01-01"), ("import_batch_id", self.batch.id)):
            self.refused("manager", empty, "create", [{**values, name: value}])
            self.refused("manager", self.contract, "copy", {name: value})
            self.refused("manager", empty, "web_save", [], {**values, name: value}, {})
        self.assertTrue(self.allowed("contributor", empty, "create", [{**values, "state": "draft"}]))

    def test_fault_b1_defaults_of_the_caller_do_not_count(self):
        values = {"subject": "x", "partner_id": self.customer.id}
        defaults = self.env["ir.default"].with_user(self.users["contributor"])
        defaults.set("subscription.contract", "date_closed", "2026-01-01", user_id=True)
        empty = self.contract.browse()
        (made,) = self.rpc("contributor", empty, "create", [values], default_state="active", default_mrr=99.0)
        contract = empty.browse(made)
        self.assertEqual((contract.state, contract.mrr, contract.date_closed), ("draft", 0.0, False))

    def store_defaults(self, model, **values):
        """What any internal user may store for himself."""
        defaults = self.env["ir.default"].with_user(self.users["contributor"])
        for name, value in values.items():
            defaults.set(model, name, value, user_id=True)

    def test_stored_defaults_do_not_get_into_the_rows_that_an_act_makes(self):
        self.store_defaults(
            "subscription.installment",
            state="skipped",
            invoice_line_id=self.billed_row.invoice_line_id.id,
            credited_id=self.billed_row.id,
            reason="x",
            is_again=True,
            price_subtotal=7.0,
        )
        contract = self.make_contract(activate=False, date_end=date(2026, 3, 31))
        self.rpc(
            "contributor",
            contract,
            "action_activate",
            default_decision_id=self.env["subscription.decision"].search([], limit=1).id,
        )
        rows = contract.installment_ids
        self.assertEqual(rows.mapped("state"), ["planned"] * 3)
        self.assertEqual(rows.mapped("price_subtotal"), [100.0] * 3)
        self.assertFalse(rows.invoice_line_id or rows.credited_id or rows.decision_id or any(rows.mapped("reason")))

    def test_stored_defaults_do_not_get_into_pauses(self):
        self.store_defaults("subscription.pause", date_to="2026-01-20")
        contract = self.make_contract(date_end=date(2026, 6, 30))
        self.rpc("contributor", contract, "action_pause", "2026-01-10")
        self.assertFalse(contract.pause_ids.date_to)

    def test_no_sealed_field_begins_with_a_stored_default(self):
        """Of every model that is sealed, whoever makes the record."""
        for name, record in self.records.items():
            model = record.browse().with_user(self.users["contributor"])
            sealed = "_get_sealed_fields" in dir(model) and model._get_sealed_fields()
            for field in (record._fields[name] for name in sealed or ()):
                if field.type not in ("integer", "float", "monetary", "char", "boolean") or field.related:
                    continue
                value = self.another(record, field)
                self.store_defaults(name, **{field.name: value})
                with self.subTest(model=name, field=field.name):
                    for found in (model, model.with_context(subscription_ledger=LEDGER), model.sudo()):
                        begun = found.default_get([field.name]).get(field.name)
                        own = found._get_own_default(field.name) if field.default else False
                        self.assertEqual(begun or False, own or False)

    def test_no_invoice_line_gives_another_back_by_default(self):
        lines = self.billed_row.invoice_line_id.browse()
        origin = self.billed_row.invoice_line_id.id
        self.store_defaults("account.move.line", subscription_origin_line_id=origin)
        for model in (
            lines.with_user(self.users["contributor"]),
            lines.with_context(default_subscription_origin_line_id=origin),
        ):
            self.assertNotIn("subscription_origin_line_id", model.default_get(["subscription_origin_line_id"]))

    # === THE END === #
    def test_a_contract_is_closed_for_a_reason_that_there_is(self):
        contract = self.make_contract(date_end=date(2026, 3, 31))
        for reason in ("abc", 999999, True, [self.reason.id], str(self.reason.id), -1):
            self.refused("contributor", contract, "action_close", "2026-02-10", reason)
        self.assertTrue(self.allowed("contributor", contract, "action_close", "2026-02-10", self.reason.id))

    def test_the_reason_of_what_is_closed_stays(self):
        contract = self.make_contract(date_end=date(2026, 3, 31))
        contract.action_close(date(2026, 2, 10), self.reason)
        other = self.env.ref("subscription_mgmt.close_reason_customer").copy({"name": "Other"})
        for level in ("contributor", "editor", "manager"):
            self.refused(level, contract, "write", {"close_reason_id": False})
        for level in ("contributor", "editor"):
            self.refused(level, contract, "write", {"close_reason_id": other.id})
            self.assertTrue(self.allowed(level, contract, "write", {"close_reason_id": self.reason.id}))
        self.assertTrue(self.allowed("manager", contract, "write", {"close_reason_id": other.id}))
        self.assertTrue(self.allowed("contributor", contract, "action_reopen"))

    # === FIGURES === #
    def test_what_is_no_number_is_refused_in_words(self):
        draft, running = self.make_contract(activate=False), self.make_contract()
        package = self.credit.copy()
        self.env.flush_all()
        for value in (float("nan"), float("inf"), -float("inf"), 1e20, 1e300):
            for record, name in (
                (draft.line_ids, "price_unit"),
                (draft.line_ids, "quantity"),
                (running.line_ids, "price_unit"),
                (self.row, "price_unit"),
                (self.row, "quantity"),
            ):
                refused = self.assertRaisesRegex(ValidationError, "is not a number that can be billed")
                with self.subTest(value=value, model=record._name, field=name), refused:
                    self.allowed("manager", record, "write", {name: value})
            with self.assertRaisesRegex(ValidationError, "is not a number that can be billed"):
                package.price = value
        line = {"contract_id": draft.id, "product_id": self.product.id}
        for values in ({"price_unit": float("nan")}, {"price_unit": 1e10, "quantity": 1e10}):
            with self.assertRaisesRegex(ValidationError, "is not a number that can be billed"):
                self.rpc("contributor", draft.line_ids.browse(), "create", [{**line, **values}])

    def test_fault_b1_files_bring_no_state(self):
        names = ["subject", "partner_id/.id", "state"]
        found = self.rpc("manager", self.contract.browse(), "load", names, [["x", str(self.customer.id), "Closed"]])
        self.assertFalse(found["ids"])
        self.assertIn("Use the buttons", found["messages"][0]["message"])

    def test_fault_b1_no_context_opens_the_seal(self):
        for mark in (True, "LEDGER", object.__name__):
            self.refused("manager", self.contract, "write", {"state": "draft"}, subscription_ledger=mark)
            self.refused("manager", self.row, "write", {"state": "skipped"}, subscription_ledger=mark)

    def test_fault_b1_a_person_in_sudo_is_still_a_person(self):
        for record, values in ((self.contract, {"state": "draft"}), (self.row, {"price_subtotal": 1.0})):
            with self.assertRaises(AccessError):
                record.sudo().write(values)

    # === LINES === #
    def test_fault_b1_a_line_stays_in_its_contract(self):
        self.refused("manager", self.other_contract, "write", {"line_ids": [Command.link(self.contract.line_ids.id)]})
        running = self.make_contract(date_end=date(2026, 3, 31))
        self.refused("manager", running.line_ids, "write", {"contract_id": self.other_contract.id})

    def test_fault_b1_nobody_says_which_line_a_new_one_replaces(self):
        line = {"contract_id": self.other_contract.id, "product_id": self.product.id}
        self.refused("manager", line_model := self.contract.line_ids.browse(), "create", [
            {**line, "replaces_id": self.contract.line_ids.id}
        ])  # fmt: skip
        self.refused("manager", line_model, "create", [{**line, "company_id": self.other_company.id}])

    # === INVOICES === #
    def test_fault_b1_an_invoice_is_billings_own_by_billing_alone(self):
        values = {"move_type": "out_invoice", "partner_id": self.customer.id}
        for name, value in (
            ("subscription_billing_mode", "charge"),
            ("subscription_run_id", self.invoice.subscription_run_id.id),
        ):
            self.refused("accountant", self.invoice.browse(), "create", [{**values, name: value}])
            self.refused("accountant", self.invoice, "copy", {name: value})

    def test_fault_b1_a_credit_note_gives_back_what_its_customer_was_billed(self):
        line = {"product_id": self.product.id, "price_unit": 100.0}
        line["subscription_origin_line_id"] = self.billed_row.invoice_line_id.id
        note = {"move_type": "out_refund", "invoice_line_ids": [Command.create(line)]}
        with self.assertRaisesRegex(UserError, "the same customer"):
            self.rpc("accountant", self.invoice.browse(), "create", [{**note, "partner_id": self.stranger.id}])

    def test_fault_b1_accountants_reverse_invoices_as_ever(self):
        reversal = self.env["account.move.reversal"].with_user(self.users["accountant"])
        context = {"active_model": "account.move", "active_ids": self.invoice.ids}
        wizard = reversal.with_context(**context).create({"journal_id": self.invoice.journal_id.id})
        wizard.reverse_moves()
        lines = wizard.new_move_ids.invoice_line_ids
        self.assertEqual(lines.subscription_origin_line_id, self.billed_row.invoice_line_id)

    # === IDENTITY === #
    def test_fault_b2_a_billed_contract_stays_with_its_company_and_customer(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "subscription_enabled": True}
        )
        for values in (
            {"company_id": branch.id},
            {"company_id": self.other_company.id},
            {"currency_id": self.env.ref("base.JPY").id},
            {"partner_id": self.stranger.id},
        ):
            self.refused("manager", self.contract, "write", values)
            for owner in (self.contract.line_ids, self.row, self.billed_row):
                if set(values) <= self.get_columns(owner):
                    self.refused("manager", owner, "write", values)

    # === INTERACTIONS === #
    def test_fault_b3_nobody_says_what_an_interaction_has_made(self):
        values = {"name": "x", "occurrence_date": "2026-04-01"}
        event = self.env["calendar.event"].create({"name": "Private", "start": "2026-04-01", "stop": "2026-04-01"})
        interactions = self.env["subscription.interaction"]
        for name, value in (("event_id", event.id), ("invoice_id", self.invoice.id)):
            self.refused("manager", interactions, "create", [{**values, name: value}])
        (made,) = self.rpc("contributor", interactions, "create", [values], default_event_id=event.id)
        self.assertFalse(interactions.browse(made).event_id)

    # === IMPORTS === #
    def test_fault_b6_an_import_is_made_by_its_page_alone(self):
        values = {**self.get_values(self.batch), "user_id": self.env.ref("base.user_admin").id, "state": "queued"}
        self.refused("manager", self.batch.browse(), "create", [values])

    def get_values(self, batch):
        return {name: batch[name] for name in ("name", "date")} | {"company_id": batch.company_id.id}

    def test_fault_b6_nobody_puts_another_file_into_a_queued_import(self):
        attachments = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", self.batch._name), ("res_id", "=", self.batch.id), ("res_field", "=", "file")]
        file = attachments.search(domain)
        self.assertTrue(file)
        self.refused("manager", file, "write", {"raw": "other"})
        other = {"name": "a.csv", "raw": "other", "res_model": self.batch._name, "res_id": self.batch.id}
        self.refused("manager", attachments.browse(), "create", [{**other, "res_field": "file"}])

    def test_fault_b6_who_starts_an_import_again_lends_it_his_rights(self):
        self.batch.state = "failed"
        self.rpc("manager", self.batch, "action_retry")
        self.assertEqual((self.batch.state, self.batch.user_id), ("queued", self.users["manager"]))

    def test_fault_b6_buttons_of_imports_ask_for_the_right(self):
        for method in ("action_stop", "action_retry", "action_undo", "action_open_undo", "action_activate"):
            self.refused("editor", self.batch, method)
        self.assertTrue(self.allowed("manager", self.batch, "action_stop"))

    # === PACKAGES === #
    def test_fault_b9_credits_come_by_acts_alone(self):
        move = {"company_id": self.company.id, "partner_id": self.customer.id, "date": "2026-03-10"}
        move |= {"move_type": "grant", "credits": 1000}
        self.refused("billing", self.entitlement.credit_move_ids.browse(), "create", [move])
        self.refused("billing", self.entitlement, "write", {"credit_move_ids": [Command.create(move)]})

    def test_fault_b9_paid_subscriptions_through_their_customer(self):
        values = {"date_end": "2099-01-01", "state": "active"}
        command = {"subscription_entitlement_ids": [Command.update(self.entitlement.id, values)]}
        self.users["billing"].group_ids += self.env.ref("base.group_partner_manager")
        self.refused("billing", self.customer, "write", command)

    def test_fault_b9_acts_of_packages_ask_for_the_billing_right(self):
        spent = self.consume(self.tickets[0])
        for record, method, *args in (
            (spent, "action_reverse", "Mistake"),
            (self.entitlement, "action_make_invoice"),
        ):
            self.refused("manager", record, method, *args)
            self.assertTrue(self.allowed("billing", record, method, *args), method)
        self.entitlement.sudo().write({"state": "pending", "hold_reason": "x"})
        self.refused("manager", self.entitlement, "action_accept")
        self.assertTrue(self.allowed("billing", self.entitlement, "action_accept"))

    def test_fault_b9_staff_still_write_notes(self):
        self.assertTrue(self.allowed("billing", self.entitlement, "message_post"))

    # === RUNS === #
    def test_fault_b1_runs_ask_for_the_billing_right(self):
        run = self.invoice.subscription_run_id
        run.sudo().hold = True
        for record, method in (
            (run, "action_approve"),
            (run, "action_retry_parked"),
            (self.contract, "action_retry_billing"),
        ):
            self.refused("manager", record, method)
            self.assertTrue(self.allowed("billing", record, method), method)
        self.refused("manager", run, "action_undo")
