from odoo.exceptions import UserError
from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestDeletion(PageCommon):
    """CUB-45..47, reading 5"""

    def assertRefused(self, *words):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.firm.unlink()
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertTrue(self.firm.exists() and self.employee.exists())

    def test_activities_messages_and_files_go(self):
        """CUB-46"""
        activity = self.firm.activity_schedule("mail.mail_activity_data_todo", summary="Call")
        message = self.firm.message_post(body="A note")
        file = self.env["ir.attachment"].create({"name": "f", "res_model": "res.partner", "res_id": self.firm.id})
        self.firm.unlink()
        self.assertFalse(activity.exists() or message.exists() or file.exists())

    def test_tasks_opportunities_and_projects_stay_without_the_customer(self):
        """CUB-47"""
        self.project.partner_id = self.firm
        task = self.make_task(self.employee)
        lead = self.env["crm.lead"].create({"name": "Fibre", "type": "opportunity", "partner_id": self.firm.id})
        self.firm.unlink()
        self.env.invalidate_all()
        for record in (task, lead, self.project):
            self.assertTrue(record.exists())
            self.assertFalse(record.partner_id, record)

    def test_its_people_go_with_it_and_its_companies_stay(self):
        branch = self.env["res.partner"].create({"name": "Branch", "is_company": True, "parent_id": self.firm.id})
        self.firm.unlink()
        self.assertFalse(self.employee.exists())
        self.assertTrue(branch.exists())
        self.assertFalse(branch.parent_id)

    def test_posted_entries_keep_it(self):
        invoice = self.make_invoice(self.employee, "2026-01-05", 10)
        self.assertRefused("Çınar Enerji cannot be deleted", invoice.name)

    def test_contracts_keep_it(self):
        contract = self.make_contract(partner_id=self.firm.id, activate=False)
        self.assertRefused(contract.name)

    def test_offers_keep_it_because_they_cannot_be_without_a_customer(self):
        order, asked = self.make_order(self.employee), self.make_order(self.firm, "purchase.order")
        self.assertRefused(order.name, asked.name)
        order._action_cancel()
        order.unlink()
        asked.button_cancel()
        asked.unlink()
        self.firm.unlink()

    def test_packages_keep_it(self):
        package = self.env["subscription.package"].create(
            {
                "name": "Ten",
                "kind": "credit",
                "credits": 10,
                "product_id": self.product.id,
                "company_id": self.company.id,
            }
        )
        self.env["subscription.package.grant"].create(
            {"partner_id": self.firm.id, "package_id": package.id, "reason": "Trial"}
        ).action_grant()
        self.assertRefused("Packages and credit", "Ten")

    def test_all_reasons_are_told_at_once_also_to_whoever_may_not_open_them(self):
        invoice, order = self.make_invoice(self.firm, "2026-01-05", 10), self.make_order(self.firm)
        editor = self.make_user("edit", company_id=self.company.id, company_ids=[(6, 0, self.company.ids)])
        with self.assertRaisesRegex(UserError, f"(?s){invoice.name}.*{order.name}"):
            self.firm.with_user(editor).unlink()

    def test_an_editor_deletes(self):
        """CUB-32"""
        editor = self.make_user("edit", company_id=self.company.id, company_ids=[(6, 0, self.company.ids)])
        self.firm.with_user(editor).unlink()
        self.assertFalse((self.firm | self.employee).exists())

    def test_many_are_looked_at_together(self):
        firms = self.env["res.partner"].create([{"name": f"F{n}", "is_company": True} for n in range(20)])
        counts = []
        for part in (firms[:1], firms):
            before = self.env.cr.sql_log_count
            list(part._member_get_obstacles())
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
