import base64
import io
from datetime import date

from openpyxl import Workbook

from odoo.tests import new_test_user

from odoo.addons.subscription_mgmt.tools.importing.contracts import CONTRACTS

from ..common import SubscriptionCommon


class ImportCommon(SubscriptionCommon):
    """A company whose customers and products carry the ids of an old system."""

    layout = CONTRACTS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("project.group_project_manager")
        cls.env.user.group_ids += cls.env.ref("hr.group_hr_user")
        cls.env.user.group_ids += cls.env.ref("maintenance.group_equipment_manager")
        cls.customer.ref = "9001"
        cls.person = cls.env["res.partner"].create({"name": "Ayşe Yılmaz", "ref": "4001"})
        cls.contact = cls.env["res.partner"].create({"name": "Can", "ref": "77", "parent_id": cls.customer.id})
        cls.product.default_code = "NET"
        cls.phone = cls.env["product.product"].create(
            {"name": "Phone", "type": "service", "default_code": "TEL", "taxes_id": False}
        )

    @classmethod
    def row(cls, **values):
        """A row of the file: by column key, what differs from a simple one."""
        return {
            "number": "AB-1",
            "corporate_customer": "9001",
            "subject": "Hat",
            "date_start": date(2026, 1, 1),
            "product": "NET",
            "price": 100,
            **values,
        }

    @classmethod
    def workbook(cls, *rows, layout=None):
        """The bytes of an .xlsx with Turkish headings and a row per dict."""
        keys = list(dict.fromkeys(key for row in rows for key in row))
        book = Workbook()
        book.active.append([(layout or cls.layout).by_key[key].label("tr") for key in keys])
        for row in rows:
            book.active.append([row.get(key) for key in keys])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    @classmethod
    def wizard(cls, content, filename="aboneler.xlsx", **values):
        """The import of a file."""
        file = base64.b64encode(content)
        return cls.env["subscription.import"].create(
            {"file": file, "filename": filename, "company_id": cls.company.id, **values}
        )

    def hand_over(self, wizard, user):
        """The import as if the user had opened it: a dialog is seen by whoever opened it."""
        wizard.flush_recordset()
        self.env.cr.execute("UPDATE subscription_import SET create_uid = %s WHERE id = %s", [user.id, wizard.id])
        wizard.invalidate_recordset()
        return wizard.with_user(user).sudo(False)

    def check(self, *rows, **values):
        """Check a file of these rows; returns the wizard."""
        wizard = self.wizard(self.workbook(*rows), **values)
        wizard.action_check()
        return wizard

    def load(self, *rows, **values):
        """Import a file of these rows; returns the contracts."""
        wizard = self.wizard(self.workbook(*rows), **values)
        wizard.action_import()
        return wizard.batch_id.contract_ids.sorted("name")

    def assertIssues(self, wizard, expected, level="error"):
        """The problems are these (row, column, code), and nothing was imported."""
        issues = wizard.issue_ids.filtered(lambda issue: issue.level == level)
        self.assertEqual([(issue.row_number, issue.column, issue.code) for issue in issues], expected)
        if level == "error":
            self.assertEqual((wizard.state, wizard.error_count), ("refused", len(expected)))

    @classmethod
    def _make_references(cls):
        """A record for every other id column: key → (old id, record)."""
        category = cls.env["subscription.category"]
        records = {
            "category": category.create({"name": "A", "usage": "subscriber", "external_ref": "1"}),
            "service_category": category.create({"name": "B", "usage": "service", "external_ref": "1"}),
            "payment_method": cls.company_data["default_journal_bank"].inbound_payment_method_line_ids[0],
            "payment_term": cls.pay_terms_b,
            "project": cls.env["project.project"].create({"name": "P", "company_id": cls.company.id}),
            "asset": cls.env["maintenance.equipment"].create({"name": "E", "company_id": cls.company.id}),
            "branch": cls.company,
            "sales_rep": cls.env["hr.employee"].create({"name": "R", "company_id": cls.company.id}),
        }
        for key in records.keys() - {"category", "service_category"}:
            cls._map(records[key], "1")
        return {key: ("1", record) for key, record in records.items()}

    @classmethod
    def _map(cls, record, code, **values):
        return cls.env["subscription.external.id"].create(
            {"model": record._name, "res_id": record.id, "code": code, "company_id": cls.company.id, **values}
        )

    @classmethod
    def _make_company(cls, **values):
        return cls.env["res.company"].create({"name": "Other", "subscription_enabled": True, **values})

    def _make_user(self, group):
        return new_test_user(
            self.env,
            f"import_{group}",
            groups=f"subscription_mgmt.group_subscription_{group}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
