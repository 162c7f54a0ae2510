from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestHistory(SubscriptionCommon):
    """Everything that happened with a contract stands in one list, and what is done elsewhere names the contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("project.group_project_manager", "maintenance.group_equipment_manager"):
            cls.env.user.group_ids += cls.env.ref(group)
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.env["maintenance.team"].create({"name": "Field", "company_id": cls.company.id})

    def collect(self, contract, user=None):
        action = contract.with_user(user or self.env.user).action_view_history()
        return self.env[action["res_model"]].with_user(user or self.env.user).search(action["domain"])

    def make_history(self):
        project = self.env["project.project"].create({"name": "Roll-out"})
        equipment = self.env["maintenance.equipment"].create({"name": "Alarm panel"})
        contract = self.make_contract(billing_mode="post", project_id=project.id, equipment_id=equipment.id)
        for action in ("action_view_tasks", "action_view_meetings", "action_view_service_records"):
            values = getattr(contract, action)()
            times = {"start": "2026-03-12 09:00:00", "stop": "2026-03-12 10:00:00"}
            made = self.env[values["res_model"]].with_context(values["context"])
            made.create(times if values["res_model"] == "calendar.event" else {})
        self.bill(date(2026, 3, 10))
        invoice = contract.installment_ids.invoice_id
        wizard = self.env["account.payment.register"]
        wizard.with_context(active_model="account.move", active_ids=invoice.ids).create({})._create_payments()
        contract.message_post(body="Called about the invoice")
        field = self.env["ir.model.fields"]._get("subscription.contract", "subject")
        change = {"field_id": field.id, "old_value_char": "Internet", "new_value_char": "Fibre"}
        contract._message_log(body="", tracking_value_ids=[Command.create(change)])
        return contract

    def test_wsm_06_07_08_what_is_started_from_a_contract_carries_what_it_says(self):
        contract = self.make_history()
        task = self.env["project.task"].search([("subscription_contract_id", "=", contract.id)])
        self.assertEqual((task.partner_id, task.project_id), (contract.partner_id, contract.project_id))
        record = self.env["maintenance.request"].search([("subscription_contract_id", "=", contract.id)])
        self.assertEqual(record.equipment_id, contract.equipment_id)
        self.assertTrue(self.env["calendar.event"].search([("subscription_contract_id", "=", contract.id)]))

    def test_wsm_10_one_list_holds_everything(self):
        contract = self.make_history()
        lines = self.collect(contract)
        kinds = set(lines.mapped("kind"))
        self.assertLessEqual({"meeting", "task", "service", "invoice", "payment", "message"}, kinds)
        told = " ".join(lines.filtered(lambda line: line.kind == "message").mapped("name"))
        self.assertIn("Called about the invoice", told)
        self.assertIn("Internet → Fibre", told)
        invoice = lines.filtered(lambda line: line.kind == "invoice")
        self.assertEqual((invoice.amount, invoice.action_open()["res_model"]), (360.0, "account.move"))

    def test_nobody_sees_there_what_he_may_not_see_elsewhere(self):
        contract = self.make_history()
        viewer = new_test_user(self.env, "looks", groups="subscription_mgmt.group_subscription_viewer")
        viewer.write({"company_ids": [Command.set(self.company.ids)], "company_id": self.company.id})
        kinds = set(self.collect(contract, viewer).mapped("kind"))
        self.assertFalse({"invoice", "payment", "order", "charge"} & kinds)
        line = self.collect(contract)[:1]
        with self.assertRaises(AccessError):
            line.with_user(viewer).read(["name"])

    def test_wsm_26_a_contract_proposes_its_project_on_a_task(self):
        project = self.env["project.project"].create({"name": "Roll-out"})
        contract = self.make_contract(project_id=project.id)
        with Form(self.env["project.task"]) as form:
            form.name = "Visit"
            form.subscription_contract_id = contract
            self.assertEqual((form.project_id, form.partner_id), (project, contract.partner_id))

    def test_wsm_15_a_contract_is_offered_where_the_company_runs_subscriptions(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertTrue(order.subscription_offered)
        self.company.subscription_enabled = False
        order.invalidate_recordset()
        self.assertFalse(order.subscription_offered)

    def test_a_contract_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        contract = self.make_contract()
        with self.assertRaisesRegex(ValidationError, "another company"):
            self.env["maintenance.request"].sudo().create(
                {"name": "Broken", "company_id": other.id, "subscription_contract_id": contract.id}
            )

    def test_a_contract_that_one_may_not_see_is_not_named(self):
        contract = self.make_contract()
        other = self.env["res.company"].create({"name": "Other"})
        groups = "base.group_user,project.group_project_user,subscription_mgmt.group_subscription_viewer"
        values = {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        user = new_test_user(self.env, "elsewhere", groups=groups, **values)
        with self.assertRaises(AccessError):
            self.env["project.task"].with_user(user).create({"name": "Look", "subscription_contract_id": contract.id})
