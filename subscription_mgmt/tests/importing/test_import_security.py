from odoo.exceptions import AccessError
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportSecurity(ImportCommon):
    """Receipts, progress and remembered headings: of one's own companies, and for managers to write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.env["subscription.contract"].create(
            {
                "name": "AB-1",
                "subject": "x",
                "partner_id": cls.customer.id,
                "date_start": "2026-01-01",
                "line_ids": [(0, 0, cls._line())],
            }
        )
        wizard = cls.wizard(cls.workbook(cls.row(subject="y")), on_existing="update")
        wizard.action_import()
        cls.batch = wizard.batch_id
        cls.records = {
            "subscription.import.batch": cls.batch,
            "subscription.import.change": cls.batch.change_ids,
            "subscription.import.progress": cls.batch.progress_ids.sudo().create({"batch_id": cls.batch.id}),
            "subscription.import.heading": cls.env["subscription.import.heading"].create(
                {"company_id": cls.company.id, "layout": "contracts", "heading": "X", "folded": "x", "key": "price"}
            ),
        }

    @classmethod
    def _line(cls):
        return {"product_id": cls.product.id, "price_unit": 100, "date_start": "2026-01-01"}

    def test_another_company_sees_nothing(self):
        other = self._make_company()
        user = self._make_user("manager")
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for model, records in self.records.items():
            self.assertTrue(records, model)
            found = self.env[model].with_user(user).with_context(allowed_company_ids=other.ids).search([])
            self.assertFalse(found & records, model)
            with self.assertRaises(AccessError):
                records.with_user(user).with_context(allowed_company_ids=other.ids).read(["company_id"])

    def test_viewers_read_the_receipt_and_change_nothing(self):
        user = self._make_user("viewer")
        self.assertTrue(self.batch.with_user(user).change_ids.read(["new_text"]))
        self.assertEqual(self.batch.with_user(user).progress_text, "")
        for model in ("subscription.import.batch", "subscription.import.change", "subscription.import.progress"):
            with self.assertRaises(AccessError):
                self.records[model].with_user(user).write({"company_id": self.company.id})
        with self.assertRaises(AccessError):
            self.batch.with_user(user).action_undo()
        self.batch.sudo().state = "failed"
        with self.assertRaises(AccessError):
            self.batch.with_user(user).action_retry()

    def test_editors_neither_see_the_page_nor_the_headings(self):
        user = self._make_user("editor")
        for model in ("subscription.import", "subscription.import.heading", "subscription.external.id"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).search([])

    def test_a_receipt_line_is_never_rewritten(self):
        user = self._make_user("manager")
        with self.assertRaises(AccessError):
            self.records["subscription.import.change"].with_user(user).write({"new_text": "z"})
        with self.assertRaises(AccessError):
            self.records["subscription.import.change"].with_user(user).unlink()

    def test_a_manager_undoes_his_import(self):
        self.batch.with_user(self._make_user("manager")).action_undo()
        self.assertEqual((self.batch.state, self.contract.subject), ("undone", "x"))

    def test_nobody_skips_the_checks_by_a_context_of_his_own(self):
        contracts = self.env["subscription.contract"].with_context(
            subscription_import=True, subscription_companies=True
        )
        with self.assertRaisesRegex(Exception, "not a contact"):
            contracts.create({"name": "X", "subject": "x", "partner_id": self.person.id, "contact_id": self.contact.id})
