from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .page_common import PageCommon

COUNTED = {
    "member_project_count": "action_member_projects",
    "member_offer_count": "action_member_offers",
    "member_request_count": "action_member_requests",
    "member_interaction_count": "action_member_interactions",
}


@tagged("post_install", "-at_install")
class TestRecords(PageCommon):
    def test_tasks_stand_in_three_groups(self):
        """CUB-41, CUB-42: every task of the customer and of its people."""
        now = fields.Datetime.now()
        late = self.make_task(self.employee, date_deadline=now - timedelta(days=1))
        pending = self.make_task(self.firm, date_deadline=now + timedelta(days=1)) | self.make_task(self.firm)
        done = self.make_task(self.employee, state="1_done", date_deadline=now - timedelta(days=1))
        self.make_task(self.customer)
        self.assertEqual(self.firm.member_task_overdue_ids, late)
        self.assertEqual(self.firm.member_task_pending_ids, pending)
        self.assertEqual(self.firm.member_task_completed_ids, done)

    def test_customers_are_not_shown_our_groups(self):
        portal = new_test_user(self.env, "portal_of_firm", "base.group_portal")
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(["member_task_pending_ids"])

    def test_private_projects_stay_private(self):
        """CUB-40: nothing that is hidden elsewhere."""
        self.project.privacy_visibility = "followers"
        self.make_task(self.firm)
        firm = self.firm.with_user(self.make_reader("project.group_project_user"))
        self.assertFalse(firm.member_task_pending_ids)

    def test_what_core_has_no_button_for_is_counted_and_listed(self):
        """WMM-39, WMM-41, WMM-43, WIM-09, WIM-11"""
        self.project.partner_id = self.employee
        self.make_order(self.employee).action_confirm()
        self.make_order(self.employee)
        self.make_order(self.firm, "purchase.order")
        self.make_order(self.customer)
        for name, act in COUNTED.items():
            with self.subTest(name):
                action = getattr(self.firm, act)()
                listed = self.env[action["res_model"]].search_count(action["domain"])
                self.assertEqual((self.firm[name], listed), (int(name != "member_interaction_count"),) * 2)

    def test_interactions_are_counted(self):
        self.env["subscription.interaction"].create(
            {
                "name": "Call",
                "partner_id": self.firm.id,
                "type_id": self.env["subscription.interaction.type"].search([], limit=1).id,
            }
        )
        self.assertEqual(self.firm.member_interaction_count, 1)

    def test_counts_are_for_those_who_may_see_what_is_counted(self):
        reader = self.make_reader()
        for name in list(COUNTED)[1:]:
            with self.subTest(name), self.assertRaises(AccessError):
                self.firm.with_user(reader).read([name])

    def test_agreements_of_an_add_on_that_is_not_there_are_none(self):
        self.assertEqual(self.firm.with_user(self.make_reader()).member_agreement_count, 0)

    def test_a_task_is_begun_for_the_customer(self):
        """CUB-50, CUB-63, CUB-64"""
        self.project.partner_id = self.employee
        context = self.firm.action_member_create_task()["context"]
        task = self.env["project.task"].with_context(**context).create({"name": "Call"})
        self.assertEqual((task.partner_id, task.project_id), (self.firm, self.project))

    def test_a_task_keeps_its_customer_where_nothing_is_billed(self):
        """CUB-42, CUB-63: chosen in the form, and when the project changes."""
        self.project.allow_billable = False
        with Form(self.env["project.task"].with_context(default_project_id=self.project.id)) as form:
            form.name = "Call"
            form.partner_id = self.firm
        self.assertEqual(form.record.partner_id, self.firm)
        form.record.project_id = self.project.copy({"name": "Another", "allow_billable": False})
        self.assertEqual(form.record.partner_id, self.firm)

    def test_nobody_is_invited_without_an_address(self):
        """CUB-48"""
        wizard = self.env["portal.wizard"]
        (self.firm | self.employee).email = False
        context = {"active_model": "res.partner", "active_ids": self.firm.ids}
        with self.assertRaisesRegex(UserError, "Çınar Enerji.*no e-mail address"):
            wizard.with_context(**context).action_open_wizard()
        self.employee.email = "defne@uslu.example"
        opened = wizard.with_context(**context).action_open_wizard()
        self.assertIn(self.employee, wizard.browse(opened["res_id"]).user_ids.partner_id)

    def test_a_list_costs_as_much_as_one(self):
        firms = self.env["res.partner"].create([{"name": f"F{n}", "is_company": True} for n in range(10)])
        for firm in firms:
            self.make_task(firm)
            self.make_order(firm)
        counts = []
        for part in (firms[:1], firms):
            self.env.invalidate_all()
            part.mapped("name")
            before = self.env.cr.sql_log_count
            for name in (*COUNTED, "member_task_pending_ids"):
                part.mapped(name)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertEqual(firms.mapped("member_offer_count"), [1] * 10)
