from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_activity_lines import ActivityCase


@tagged("post_install", "-at_install")
class TestActivitySeen(ActivityCase, HttpCase):
    """The reader sees what he may see elsewhere, by the rules of each document."""

    def assertSeen(self, user, lines, seen):
        """By search, by count, by group and by id alike."""
        mine = self.env["member.activity"].with_user(user)
        domain = [("id", "in", lines.ids)]
        self.assertEqual(mine.search(domain), lines if seen else mine)
        self.assertEqual(mine.search_count(domain), len(lines) if seen else 0)
        groups = mine.formatted_read_group(domain, ["kind"], ["__count"])
        self.assertEqual(sum(group["__count"] for group in groups), len(lines) if seen else 0)
        if seen:
            self.assertTrue(lines.with_user(user).read(["source_name", "text", "display_name"]))
        else:
            with self.assertRaises(AccessError):
                lines.with_user(user).read(["kind"])

    def of(self, record):
        return self.env["member.activity"].sudo().search([("res_model", "=", record._name), ("res_id", "=", record.id)])

    def test_documents_of_an_app_that_is_not_his(self):
        order = self.env["sale.order"].create({"partner_id": self.firm.id, "user_id": False})
        self.assertSeen(self.make_user("view"), self.of(order), False)
        self.assertSeen(self.make_user("manage", login="manager"), self.of(order), False)
        seller = self.make_user("view", "sales_team.group_sale_salesman_all_leads", login="seller")
        self.assertSeen(seller, self.of(order), True)

    def test_documents_of_colleagues_that_a_rule_keeps_from_him(self):
        seller = self.make_user("view", "sales_team.group_sale_salesman", login="own_only")
        mine = self.env["sale.order"].create({"partner_id": self.firm.id, "user_id": seller.id})
        other = self.env["sale.order"].create(
            {"partner_id": self.firm.id, "user_id": self.env.ref("base.user_admin").id}
        )
        self.assertSeen(seller, self.of(mine), True)
        self.assertSeen(seller, self.of(other), False)

    def test_tasks_of_a_private_project(self):
        user = self.make_user("view", "project.group_project_user")
        for visibility, seen in (("followers", False), ("employees", True)):
            project = self.env["project.project"].create({"name": "Roof", "privacy_visibility": visibility})
            task = self.env["project.task"].create({
                "name": "Measure", "project_id": project.id, "partner_id": self.firm.id, "user_ids": False,
            })  # fmt: skip
            self.assertSeen(user, self.of(task), seen)

    def test_documents_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self.env["sale.order"].with_company(other).create({"partner_id": self.firm.id, "company_id": other.id})
        seller = self.make_user("view", "sales_team.group_sale_manager")
        self.assertSeen(seller, self.of(order), False)
        seller.company_ids += other
        self.assertSeen(seller.with_context(allowed_company_ids=seller.company_ids.ids), self.of(order), True)

    def test_a_customer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        partner = self.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        self.assertSeen(self.make_user("view"), self.get_lines(partner), False)

    def test_level_none_sees_nothing_at_all(self):
        """CUB-29, whatever documents he may see."""
        user = self.make_user("none", "sales_team.group_sale_manager")
        order = self.env["sale.order"].create({"partner_id": self.firm.id})
        self.assertSeen(user, self.of(order), False)
        self.assertFalse(self.env["member.activity"].with_user(user).search([], limit=1))

    def test_fields_that_are_not_for_everybody(self):
        """A change of a field with groups is told to those groups."""
        limit = self.env["res.partner"]._fields["barcode"]
        self.patch(limit, "groups", "account.group_account_invoice")
        self.person.barcode = "869000"
        line = self.get_lines(self.person, "changed")
        self.assertEqual(line.field_name, "barcode")
        self.assertSeen(self.make_user("view"), line, False)
        self.assertSeen(self.make_user("view", "account.group_account_invoice", login="keeper"), line, True)

    def test_colleagues_are_no_customers(self):
        colleague = self.make_user("view").partner_id
        colleague.ref = "K7"
        self.assertFalse(self.get_lines(colleague, user=self.make_user("manage")))

    def test_portal_users_read_none(self):
        portal = new_test_user(self.env, "portal_customer", "base.group_portal")
        with self.assertRaises(AccessError):
            self.env["member.activity"].with_user(portal).search([])

    def test_by_rpc(self):
        """As the page asks: grouped by day, then line by line."""
        self.make_user("view", password="member_view")
        self.authenticate("member_view", "member_view")
        shown = {"source_name": {}, "text": {}, "partner_id": {"fields": {"display_name": {}}}}
        params = {"model": "member.activity", "method": "web_read_group", "args": [], "kwargs": {
            "domain": [["partner_id", "=", self.firm.id]], "groupby": ["date:day"], "aggregates": ["__count"],
            "auto_unfold": True, "unfold_read_default_limit": 80,
            "unfold_read_specification": shown,
        }}  # fmt: skip
        found = self.make_jsonrpc_request("/web/dataset/call_kw/member.activity/web_read_group", params)
        self.assertEqual(found["groups"][0]["__count"], 1)
        params["method"], params["kwargs"] = "read", {}
        hidden = self.of(self.env["sale.order"].create({"partner_id": self.firm.id}))
        params["args"] = [hidden.ids, ["kind"]]
        with self.assertRaisesRegex(Exception, "AccessError"), mute_logger("odoo.http"):
            self.make_jsonrpc_request("/web/dataset/call_kw/member.activity/read", params)

    def test_a_page_costs_the_same_queries_for_any_number(self):
        user = self.make_user("view", "sales_team.group_sale_salesman_all_leads")
        self.env["sale.order"].create([{"partner_id": self.firm.id} for _ in range(30)])
        for number in range(30):
            self.firm.message_post(body=f"Note {number}", message_type="comment")
        specification = {
            "date": {}, "kind": {}, "text": {}, "source_name": {},
            "partner_id": {"fields": {"display_name": {}}}, "user_id": {"fields": {"display_name": {}}},
        }  # fmt: skip

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines = self.env["member.activity"].with_user(user)
            found = lines.web_search_read([("partner_id", "=", self.firm.id)], specification, limit=limit)
            self.assertEqual(len(found["records"]), limit)
            return self.env.cr.sql_log_count - before

        count(50)
        self.assertEqual(count(35), count(60))
