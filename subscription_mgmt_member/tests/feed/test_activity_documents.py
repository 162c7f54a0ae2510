from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tests.package.package_common import PackageCommon


@tagged("post_install", "-at_install")
class TestActivityDocuments(PackageCommon):
    """CUB-54, CUB-62, CUB-65: each kind of document leaves its line, and says where it moved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in (
            "project.group_project_manager",
            "purchase.group_purchase_manager",
            "sales_team.group_sale_manager",
            "subscription_mgmt_member.group_member_manager",
        ):
            cls.env.user.group_ids += cls.env.ref(name)

    def get_lines(self, record, partner=None):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        lines = self.env["member.activity"].sudo().search(domain, order="id")
        self.assertEqual(lines.partner_id, partner or record.partner_id)
        return lines

    def make_task(self, **values):
        project = self.env["project.project"].create({
            "name": "Roof",
            "type_ids": [Command.create({"name": "New"}), Command.create({"name": "Built"})],
        })  # fmt: skip
        return self.env["project.task"].create({
            "name": "Measure", "project_id": project.id, "partner_id": self.customer.id, **values,
        })  # fmt: skip

    def test_task_added_and_moved(self):
        task = self.make_task()
        task.stage_id = task.project_id.type_ids[1]
        task.state = "1_done"
        lines = self.get_lines(task)
        self.assertEqual(lines.mapped("kind"), ["task_added", "task_moved", "task_moved"])
        self.assertEqual(lines[1:].mapped("text"), ["Stage: New → Built", "State: In Progress → Done"])
        self.assertEqual(set(lines.mapped("source_name")), {"Measure"})

    def test_a_task_that_gets_its_customer_later(self):
        task = self.make_task(partner_id=False)
        task.partner_id = self.customer
        self.assertEqual(self.get_lines(task).mapped("kind"), ["task_added"])

    def test_lines_follow_a_document_to_another_customer(self):
        task = self.make_task()
        task.partner_id = self.partner_a
        self.assertEqual(self.get_lines(task, self.partner_a).mapped("kind"), ["task_added"])
        task.partner_id = False
        self.assertFalse(
            self.env["member.activity"].sudo().search([("res_model", "=", task._name), ("res_id", "=", task.id)])
        )

    def test_nothing_is_told_of_a_document_that_is_gone(self):
        task = self.make_task()
        lines = self.get_lines(task)
        task.unlink()
        self.assertFalse(lines.exists())

    def test_opportunity(self):
        lead = self.env["crm.lead"].create({"name": "Fibre", "type": "opportunity", "partner_id": self.customer.id})
        self.assertEqual(self.get_lines(lead).mapped("kind"), ["opportunity"])
        stage = self.env["crm.stage"].create({"name": "Nearly won"})
        lead.stage_id = stage
        self.assertTrue(self.get_lines(lead)[-1].text.endswith("→ Nearly won"))

    def test_offer_given(self):
        order = self.env["sale.order"].create({
            "partner_id": self.customer.id, "order_line": [Command.create({"product_id": self.product.id})],
        })  # fmt: skip
        order.action_confirm()
        lines = self.get_lines(order)
        self.assertEqual(lines.mapped("kind"), ["offer_given", "offer_given"])
        self.assertEqual(lines[-1].text, "Status: Quotation → Sales Order")
        self.assertEqual(lines.company_id, self.company)

    def test_offer_received(self):
        order = self.env["purchase.order"].create({
            "partner_id": self.partner_a.id,
            "order_line": [Command.create({"product_id": self.product.id, "price_unit": 5})],
        })  # fmt: skip
        order.button_confirm()
        lines = self.get_lines(order)
        self.assertEqual(set(lines.mapped("kind")), {"offer_received"})
        self.assertTrue(lines[-1].text.endswith("→ Purchase Order"))

    def test_invoice(self):
        invoice = self.init_invoice("out_invoice", partner=self.customer, products=self.product)
        invoice.action_post()
        lines = self.get_lines(invoice)
        self.assertEqual(lines.mapped("kind"), ["invoice", "invoice"])
        self.assertEqual(lines[-1].text, "Status: Draft → Posted")

    def test_an_entry_of_the_books_is_no_invoice(self):
        entry = self.env["account.move"].create({"move_type": "entry", "partner_id": self.customer.id})
        self.assertFalse(
            self.env["member.activity"].sudo().search([("res_model", "=", "account.move"), ("res_id", "=", entry.id)])
        )

    def test_payment(self):
        payment = self.env["account.payment"].create({
            "partner_id": self.customer.id, "amount": 10, "payment_type": "inbound", "partner_type": "customer",
        })  # fmt: skip
        self.assertEqual(self.get_lines(payment).mapped("kind"), ["payment"])

    def test_contract(self):
        contract = self.make_contract()
        lines = self.get_lines(contract)
        self.assertEqual(set(lines.mapped("kind")), {"contract"})
        self.assertEqual(lines[-1].text, "State: Draft → Active")

    def test_package(self):
        entitlement = self.grant(self.period)
        self.assertEqual(set(self.get_lines(entitlement, self.customer).mapped("kind")), {"package"})

    def test_request(self):
        contract = self.make_contract()
        request = self.env["subscription.request"].sudo().create({
            "contract_id": contract.id, "contact_id": self.customer.id, "kind": "close", "date": date(2026, 6, 30),
        })  # fmt: skip
        self.assertEqual(self.get_lines(request, self.customer).mapped("kind"), ["request"])

    def test_lines_of_many_documents_cost_what_those_of_one_do(self):
        """Told, moved to another customer, forgotten: Odoo's own work on the documents is left out of the count."""
        leads = self.env["crm.lead"].create([{"name": "x", "partner_id": self.customer.id} for _ in range(40)])
        self.env["member.activity"].sudo().search([]).unlink()

        def count(records):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            records._log_activities()
            records._follow_partner()
            self.env["member.activity"]._search_lines("crm.lead", records.ids).unlink()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(leads[:1])
        self.assertEqual(count(leads[:2]), count(leads))
