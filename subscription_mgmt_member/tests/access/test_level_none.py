from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MemberCase


@tagged("post_install", "-at_install")
class TestLevelNone(MemberCase, HttpCase):
    """CUB-29: no customer anywhere; the documents of the work go on, and name theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = (
            "sales_team.group_sale_salesman_all_leads",
            "project.group_project_user",
            "purchase.group_purchase_user",
        )
        cls.user = cls.make_user("none", *groups, password="member_none")
        cls.everybody = cls.firm | cls.employee | cls.person

    def test_no_list_search_count_or_group_holds_a_customer(self):
        partners = self.env["res.partner"].with_user(self.user)
        ours = partners.search([])
        self.assertFalse(ours & self.everybody)
        self.assertEqual(partners.search_count([("id", "in", self.everybody.ids)]), 0)
        self.assertEqual(partners.name_search("Çınar"), [])
        self.assertEqual(
            partners.formatted_read_group([("id", "in", self.everybody.ids)], ["is_company"], ["__count"]), []
        )
        with self.assertRaises(AccessError):
            self.firm.with_user(self.user).read(["name"])

    def test_colleagues_and_our_companies_stay(self):
        colleague = self.make_user("view").partner_id
        seen = self.env["res.partner"].with_user(self.user).search([])
        self.assertLessEqual(colleague | self.user.partner_id | self.env.company.partner_id, seen)

    def test_users_of_the_portal_are_customers(self):
        portal = new_test_user(self.env, "portal_customer", "base.group_portal")
        self.assertNotIn(portal, self.env["res.users"].with_user(self.user).search([]))
        with self.assertRaises(AccessError):
            portal.with_user(self.user).read(["login"])

    def test_nobody_is_offered_by_a_mention(self):
        found = self.env["res.partner"].with_user(self.user).get_mention_suggestions("Çınar")
        self.assertFalse(found.get("res.partner"))

    def test_what_hangs_on_customers_tells_of_none(self):
        """Followers and attendees of whatever document would be a list of customers with their addresses."""
        self.firm.message_subscribe(partner_ids=self.firm.ids)
        event = {"name": "Visit", "start": "2026-01-01 10:00:00", "stop": "2026-01-01 11:00:00"}
        self.env["calendar.event"].create({**event, "partner_ids": [(6, 0, self.firm.ids)]})
        self.env["res.partner.bank"].create({"partner_id": self.firm.id, "acc_number": "4711"})
        self.env["member.target"].create({"partner_id": self.firm.id, "year": 2026, "amount": 10})
        viewer = self.make_user("view")
        for model in ("mail.followers", "calendar.attendee", "res.partner.bank", "member.target"):
            mine = [("partner_id", "=", self.firm.id)]
            with self.subTest(model):
                self.assertTrue(self.env[model].with_user(viewer).search(mine))
                self.assertFalse(self.env[model].with_user(self.user).search(mine))

    def test_by_rpc(self):
        self.authenticate("member_none", "member_none")

        def call(method, *args, **kwargs):
            params = {"model": "res.partner", "method": method, "args": args, "kwargs": kwargs}
            return self.make_jsonrpc_request(f"/web/dataset/call_kw/res.partner/{method}", params)

        ids = self.everybody.ids
        self.assertEqual(call("web_search_read", [("id", "in", ids)], {"name": {}})["length"], 0)
        self.assertEqual(call("web_read_group", [("id", "in", ids)], ["is_company"], ["__count"])["length"], 0)
        with self.assertRaisesRegex(Exception, "Access"), mute_logger("odoo.http"):
            call("read", [self.firm.id], ["name"])

    def test_a_sale_order_opens_and_names_its_customer(self):
        order = self.env["sale.order"].create({"partner_id": self.firm.id})
        form = Form(order.with_user(self.user))
        self.assertEqual(form.partner_id.sudo().name, "Çınar Enerji A.Ş.")
        read = order.with_user(self.user).web_read({"partner_id": {"fields": {"display_name": {}}}})
        self.assertEqual(read[0]["partner_id"]["display_name"], "Çınar Enerji A.Ş.")

    def test_lists_of_documents_name_their_customers(self):
        order = self.env["sale.order"].create({"partner_id": self.firm.id})
        orders = self.env["sale.order"].with_user(self.user)
        groups = orders.formatted_read_group([("id", "=", order.id)], ["partner_id"], ["__count"])
        self.assertEqual(groups[0]["partner_id"], (self.firm.id, "Çınar Enerji A.Ş."))

    def test_a_task_opens_and_names_its_customer(self):
        project = self.env["project.project"].create({"name": "Roof", "privacy_visibility": "employees"})
        task = self.env["project.task"].create({
            "name": "Measure", "project_id": project.id, "partner_id": self.person.id,
        })  # fmt: skip
        form = Form(task.with_user(self.user))
        self.assertEqual(form.partner_id.sudo().name, "Baran Tekin")

    def test_the_talk_below_a_document_opens(self):
        """A customer follows it, and wrote there."""
        order = self.env["sale.order"].create({"partner_id": self.firm.id})
        order.message_subscribe(partner_ids=self.firm.ids)
        order.message_post(
            body="When?", author_id=self.firm.id, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.authenticate("member_none", "member_none")
        thread = {"thread_model": "sale.order", "thread_id": order.id}
        found = self.make_jsonrpc_request("/mail/thread/messages", thread)
        self.assertTrue(found["messages"])
        requested = ["followers", "activities", "attachments", "messages", "suggestedRecipients"]
        params = {"fetch_params": [["mail.thread", {**thread, "request_list": requested}]]}
        self.assertTrue(self.make_jsonrpc_request("/mail/data", params))

    def test_the_menu_is_gone(self):
        root = self.env.ref("subscription_mgmt_member.member_menu_root")
        self.assertNotIn(root.id, self.env["ir.ui.menu"].with_user(self.user).load_menus(False))
        viewer = self.make_user("view")
        self.assertIn(root.id, self.env["ir.ui.menu"].with_user(viewer).load_menus(False))

    def test_the_rule_costs_the_others_nothing(self):
        """The domain of rules is the same constant as without ours, at any number of customers."""
        viewer = self.make_user("view")
        rule = self.env.ref("subscription_mgmt_member.res_partner_rule_level")
        rules = self.env["ir.rule"].with_user(viewer)
        ours = repr(rules._compute_domain("res.partner", "read"))
        rule.active = False
        self.assertEqual(ours, repr(rules._compute_domain("res.partner", "read")))
