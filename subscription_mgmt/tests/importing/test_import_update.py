from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportUpdate(ImportCommon):
    """A file whose records are there already: what is changed, what is not, and the way back."""

    def again(self, *rows):
        """Check and import these rows as an update; returns the wizard."""
        wizard = self.check(*rows, on_existing="update")
        wizard.action_import()
        return wizard

    def codes(self, wizard):
        return [(issue.code, issue.column) for issue in wizard.issue_ids]

    def changes(self, wizard):
        return [(c.field_label, c.old_text, c.new_text) for c in wizard.batch_id.change_ids if c.kind == "changed"]

    # === WHAT MAY BE CHANGED === #
    def test_a_changed_row_updates_what_was_not_billed(self):
        contract = self.load(self.row(note="a"))
        line = contract.line_ids
        wizard = self.check(self.row(note="b", price=120, subject="Yeni"), on_existing="update")
        self.assertEqual((wizard.state, wizard.contract_count, wizard.update_count), ("checked", 0, 1))
        [preview] = wizard.preview_ids
        self.assertEqual((preview.kind, preview.row_number), ("update", 2))
        self.assertEqual(preview.detail, "Subject: Hat → Yeni, Explanation: a → b; Unit Price: 100 → 120")
        self.assertEqual(contract.subject, "Hat", "the check changes nothing")
        wizard.action_import()
        self.assertEqual((contract.subject, contract.note, line.price_unit), ("Yeni", "b", 120))
        self.assertEqual(contract.line_ids, line)
        self.assertEqual(
            self.changes(wizard),
            [("Subject", "Hat", "Yeni"), ("Explanation", "a", "b"), ("Unit Price", "100", "120")],
        )
        self.assertEqual(wizard.batch_id.update_count, 1)
        self.assertFalse(contract.message_ids - contract.message_ids[-1:] or contract.activity_ids)

    def test_the_third_run_changes_nothing(self):
        self.load(self.row())
        self.again(self.row(price=120, subject="x"))
        wizard = self.again(self.row(price=120, subject="x"))
        self.assertEqual((wizard.update_count, wizard.unchanged_count, wizard.batch_id.id), (0, 1, False))

    def test_a_column_that_the_file_does_not_have_is_left_alone(self):
        contract = self.load(self.row(note="a", discount=5, special_code="s"))
        self.again(self.row(price=90))
        self.assertEqual((contract.note, contract.special_code, contract.line_ids.discount), ("a", "s", 5))
        self.again(self.row(price=90, note=None))
        self.assertFalse(contract.note, "an empty cell under a heading empties the field")

    def test_references_are_updated(self):
        records = self._make_references()
        contract = self.load(self.row(corporate_customer="9001", contact="77"))
        values = {key: code for key, (code, _record) in records.items() if key != "branch"}
        wizard = self.again(self.row(contact=None, invoice_individual="4001", **values))
        self.assertRecordValues(
            contract,
            [
                {
                    "contact_id": False,
                    "invoice_partner_id": self.person.id,
                    "project_id": records["project"][1].id,
                    "payment_term_id": records["payment_term"][1].id,
                    "employee_id": records["sales_rep"][1].id,
                }
            ],
        )
        self.assertIn(("Project", "", "P"), self.changes(wizard))

    def test_terms_that_a_person_set_stay(self):
        contract = self.load(self.row())
        contract.payment_term_id = self.pay_terms_b
        self.person.with_company(self.company).property_payment_term_id = self.pay_terms_a
        self.again(self.row(invoice_individual="4001"))
        self.assertEqual(contract.payment_term_id, self.pay_terms_b)

    def test_another_subscriber_takes_the_invoices_along(self):
        contract = self.load(self.row())
        self.again(self.row(corporate_customer=None, individual_customer="4001"))
        self.assertRecordValues(
            contract,
            [
                {
                    "partner_id": self.person.id,
                    "invoice_partner_id": self.person.id,
                    "service_address_id": self.person.id,
                }
            ],
        )

    def test_a_new_line_and_one_that_is_not_in_the_file(self):
        contract = self.load(self.row(), self.row(product="TEL", price=5))
        wizard = self.again(self.row(), self.row(product="NET", price=7))
        self.assertEqual(sorted(contract.line_ids.mapped("price_unit")), [5, 7, 100])
        self.assertEqual(self.codes(wizard), [("line_left", "Ürün Kodu*")])
        [made] = wizard.batch_id.change_ids
        self.assertEqual((made.kind, made.model), ("made", "subscription.contract.line"))

    def test_a_running_contract_that_begins_later_takes_its_lines_along(self):
        contract = self.load(self.row(date_end=date(2026, 3, 31)))
        contract.action_activate()
        wizard = self.again(self.row(date_start=date(2026, 2, 1), date_end=date(2026, 3, 31)))
        self.assertEqual(contract.line_ids.date_start, date(2026, 2, 1))
        self.assertEqual([row.date_from.month for row in contract.installment_ids.sorted("date_from")], [2, 3])
        wizard.batch_id.action_undo()
        self.assertEqual([row.date_from.month for row in contract.installment_ids.sorted("date_from")], [1, 2, 3])

    def test_a_line_added_to_a_billed_contract_begins_with_it(self):
        contract = self.load(self.row(date_end=date(2026, 6, 30)))
        contract.action_activate()
        self.bill(date(2026, 1, 1))
        early = {"date_start": date(2025, 6, 1), "date_end": date(2026, 6, 30)}
        wizard = self.again(self.row(**early), self.row(product="TEL", price=5, **early))
        self.assertEqual(self.codes(wizard), [("kept_billed", "Başlangıç Tarihi*")])
        self.assertEqual(contract.line_ids.mapped("date_start"), [date(2026, 1, 1)] * 2)

    def test_what_the_records_refuse_is_told_with_its_row(self):
        self.load(self.row())
        wizard = self.wizard(self.workbook(self.row(subject="x")), on_existing="update")
        refuse = ValidationError("Not on Mondays.")
        with (
            patch.object(type(self.env["subscription.contract"]), "write", side_effect=refuse),
            self.assertRaisesRegex(UserError, "Row 2 cannot be imported: Not on Mondays."),
        ):
            wizard.action_import()

    def test_the_plan_of_a_running_contract_follows(self):
        contract = self.load(self.row(date_end=date(2026, 3, 31)))
        contract.action_activate()
        self.again(self.row(date_end=date(2026, 4, 30), price=120))
        self.assertFalse(contract.plan_outdated)
        self.assertEqual(contract.installment_ids.sorted("date_from").mapped("price_subtotal"), [120] * 4)

    # === WHAT MAY NOT === #
    def test_what_was_billed_stays_and_is_said(self):
        contract = self.load(self.row(date_end=date(2026, 6, 30)), self.row(product="TEL", date_end=date(2026, 6, 30)))
        contract.action_activate()
        self.bill(date(2026, 1, 1))
        billed = contract.installment_ids.filtered(lambda row: row.state == "invoiced")
        self.assertEqual(len(billed), 2)
        wizard = self.again(
            self.row(
                price=120, corporate_customer=None, individual_customer="4001", date_end=date(2026, 1, 15), note="n"
            ),
            self.row(
                product="TEL", corporate_customer=None, individual_customer="4001", date_end=date(2026, 1, 15), note="n"
            ),
        )
        self.assertEqual(
            self.codes(wizard),
            [
                ("kept_billed", "Birim Fiyat*"),
                ("kept_billed", "Bireysel Müşteri ID*"),
                ("kept_billed", "Bitiş Tarihi"),
            ],
        )
        self.assertIn("billed up to 31.01.2026", wizard.issue_ids[0].message)
        self.assertRecordValues(
            contract, [{"partner_id": self.customer.id, "date_end": date(2026, 6, 30), "note": "n"}]
        )
        self.assertEqual(set(contract.line_ids.mapped("price_unit")), {100})
        self.assertEqual(self.changes(wizard), [("Explanation", "", "n")])

    def test_the_end_may_move_behind_what_was_billed(self):
        contract = self.load(self.row(date_end=date(2026, 6, 30)))
        contract.action_activate()
        self.bill(date(2026, 1, 1))
        self.again(self.row(date_end=date(2026, 2, 28)))
        self.assertEqual(contract.date_end, date(2026, 2, 28))
        self.assertPlan(contract, [(date(2026, 2, 1), date(2026, 2, 28), 100)], state="planned")

    def test_a_closed_contract_is_left_alone(self):
        contract = self.load(self.row())
        contract.action_activate()
        contract.action_close(date(2026, 1, 31), self.reason)
        wizard = self.again(self.row(subject="x"))
        self.assertEqual(self.codes(wizard), [("kept_closed", "Abone No*")])
        self.assertEqual((contract.subject, wizard.unchanged_count), ("Hat", 1))

    # === PREVIEW === #
    def test_the_preview_says_what_will_be_made(self):
        self.load(self.row())
        wizard = self.check(
            self.row(subject="x"),
            self.row(number="AB-2"),
            self.row(number="AB-2", product="TEL"),
            on_existing="update",
        )
        self.assertEqual(
            [(p.kind, p.row_number, p.name, p.detail) for p in wizard.preview_ids],
            [
                ("update", 2, "AB-1 – Hat", "Subject: Hat → x"),
                ("new", 3, "AB-2", "Yıldız Ltd. · Hat · 2 lines"),
            ],
        )

    # === THE WAY BACK === #
    def test_undo_puts_back_what_was_changed(self):
        contract = self.load(self.row(note="a", date_end=date(2026, 3, 31)))
        contract.action_activate()
        plan = contract.installment_ids.mapped("price_subtotal")
        wizard = self.again(
            self.row(note="b", date_end=date(2026, 3, 31), price=120, contact="77"),
            self.row(note="b", date_end=date(2026, 3, 31), product="TEL", price=5, contact="77"),
            self.row(number="AB-2"),
        )
        batch = wizard.batch_id
        self.assertEqual((batch.done_count, batch.update_count, len(contract.line_ids)), (1, 1, 2))
        undo = self.env["subscription.import.undo"].browse(batch.action_open_undo()["res_id"])
        self.assertEqual((undo.contract_count, undo.active_count, len(undo.made_ids)), (1, 0, 1))
        self.assertEqual(undo.restored_ids.mapped("field_label"), ["Reference Contact", "Explanation", "Unit Price"])
        self.assertEqual(contract.note, "b", "the preview changes nothing")
        undo.action_confirm()
        self.assertEqual((batch.state, contract.note, contract.contact_id.id), ("undone", "a", False))
        self.assertEqual(contract.line_ids.mapped("price_unit"), [100])
        self.assertEqual(contract.installment_ids.mapped("price_subtotal"), plan)
        self.assertFalse(self.env["subscription.contract"].search([("name", "=", "AB-2")]))

    def test_what_somebody_changed_since_is_left_alone(self):
        contract = self.load(self.row(note="a"))
        batch = self.again(self.row(note="b", subject="x")).batch_id
        contract.note = "mine"
        undo = self.env["subscription.import.undo"].create({"batch_id": batch.id})
        self.assertEqual((undo.restored_ids.field_name, undo.moved_on_ids.field_name), ("subject", "note"))
        undo.action_confirm()
        self.assertEqual((contract.note, contract.subject), ("mine", "Hat"))

    def test_no_way_back_once_something_changed_was_billed(self):
        contract = self.load(self.row())
        contract.action_activate()
        batch = self.again(self.row(price=120)).batch_id
        self.bill(date(2026, 1, 1))
        for way in (batch.action_open_undo, batch.action_undo):
            with self.assertRaisesRegex(UserError, "AB-1 was billed"):
                way()
        self.assertEqual(contract.line_ids.price_unit, 120)

    def test_rule_h_an_import_that_updated_a_contract_is_not_undone_once_it_was_billed(self):
        """Its lines were left alone: what it said of the contract stands on the invoice all the same."""
        contract = self.load(self.row())
        contract.action_activate()
        before = self.again(self.row(subject="x")).batch_id
        # A test is one moment to the database; the import came before the invoice.
        before.sudo().date = self.env.cr.now() - timedelta(minutes=1)
        self.bill(date(2026, 1, 1))
        with self.assertRaisesRegex(UserError, "AB-1 was billed"):
            before.action_undo()
        self.assertEqual(contract.subject, "x")

    def test_an_import_that_updated_a_contract_billed_before_can_be_undone(self):
        contract = self.load(self.row())
        contract.action_activate()
        self.bill(date(2026, 1, 1))
        batch = self.again(self.row(subject="x")).batch_id
        batch.sudo().date = self.env.cr.now() + timedelta(minutes=1)
        batch.action_undo()
        self.assertEqual(contract.subject, "Hat")

    def test_undone_is_undone(self):
        batch = self.load(self.row()).import_batch_id
        batch.action_undo()
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            batch.action_undo()

    def test_a_receipt_is_kept_as_long_as_its_records(self):
        batch = self.load(self.row()).import_batch_id
        with self.assertRaisesRegex(UserError, "receipt"):
            batch.sudo().unlink()

    def test_changes_and_their_undo_ask_as_often_for_many_contracts(self):
        def count(work):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        counts = {}
        for size in (2, 5, 40):
            numbers = [f"{size}-{number}" for number in range(size)]
            self.load(*(self.row(number=number) for number in numbers))
            rows = (self.row(number=number, price=120, subject="x") for number in numbers)
            wizard = self.wizard(self.workbook(*rows), on_existing="update")
            changed = count(wizard.action_import)
            counts[size] = (changed, count(wizard.batch_id.action_undo))
        changed, undone = zip(counts[5], counts[40], strict=True)
        self.assertEqual(*undone)
        self.assertLessEqual(changed[1] - changed[0], 1)  # rows of the plan are written by the hundred
