from odoo.exceptions import AccessError
from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPreview(PageCommon):
    """CUB-08: what is shown at the right of the screen while somebody points at a customer."""

    def read(self, user=None):
        preview = self.firm.with_user(user or self.env.user).member_preview()
        return {section["model"]: [row["name"] for row in section["rows"]] for section in preview["sections"]}

    def test_the_latest_tasks_offers_and_activities(self):
        for number in range(7):
            self.make_task(self.employee, f"Task {number}")
        order = self.make_order(self.firm)
        self.employee.message_post(body="Asked for a discount")
        found = self.read()
        self.assertEqual(found["project.task"], [f"Task {number}" for number in (6, 5, 4, 3, 2)])
        self.assertEqual(found["sale.order"], [order.name])
        self.assertEqual(found["res.partner"][0], "Asked for a discount")

    def test_a_change_is_told_by_its_field(self):
        field = self.env["ir.model.fields"]._get("res.partner", "member_state")
        self.firm.message_post(body="", tracking_value_ids=[(0, 0, {"field_id": field.id})])
        self.assertEqual(self.read()["res.partner"][0], "Member Status")

    def test_what_one_may_not_see_is_left_out(self):
        """CUB-57: tabs without their right, and records that rules hide."""
        self.make_task(self.firm)
        self.project.privacy_visibility = "followers"
        order = self.make_order(self.firm)
        self.assertEqual(self.read(self.make_reader()), {"project.task": [], "res.partner": []})
        seller = self.make_reader("sales_team.group_sale_salesman")
        self.assertEqual(self.read(seller)["sale.order"], [])
        order.user_id = seller
        self.assertEqual(self.read(seller)["sale.order"], [order.name])

    def test_nothing_of_a_customer_that_one_cannot_see(self):
        self.firm.company_id = self.company
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.make_user("view", company_id=other.id, company_ids=[(6, 0, other.ids)])
        with self.assertRaises(AccessError):
            self.read(stranger)

    def test_more_records_cost_no_more(self):
        counts = []
        for _round in range(2):
            self.make_task(self.firm)
            self.make_order(self.employee)
            self.firm.message_post(body="Note")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.read()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
