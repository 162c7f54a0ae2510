import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MemberCase

ALLOWED = ("base.group_allow_export", "sales_team.group_sale_salesman_all_leads")


@tagged("post_install", "-at_install")
class TestLevelExport(MemberCase, HttpCase):
    """CUB-10, CUB-34: lists of customers leave the house by the level Manage alone."""

    def download(self, route, records, *names, **params):
        """The answer of an export route to whoever is logged in."""
        data = {
            "model": records._name, "ids": records.ids, "domain": [], "import_compat": False,
            "fields": [{"name": name, "label": name, "type": "char"} for name in names], **params,
        }  # fmt: skip
        with mute_logger("odoo.addons.web.controllers.export", "odoo.http"):
            return self.url_open(f"/web/export/{route}", {"data": json.dumps(data), "csrf_token": self.csrf_token()})

    def log_in(self, level):
        user = self.make_user(level, *ALLOWED, password=f"member_{level}")
        self.authenticate(user.login, user.login)

    def csrf_token(self):
        from odoo.http import Request

        return Request.csrf_token(self)

    def test_export_routes_serve_manage(self):
        self.log_in("manage")
        for route in ("csv", "xlsx"):
            self.assertEqual(self.download(route, self.firm | self.person, "name", "email").status_code, 200)

    def test_export_routes_refuse_edit(self):
        self.log_in("edit")
        for route in ("csv", "xlsx"):
            answer = self.download(route, self.firm | self.person, "name", "email")
            self.assertEqual(answer.status_code, 500)
            self.assertNotIn("Çınar", answer.text)

    def test_grouped_export_is_refused_too(self):
        self.log_in("edit")
        answer = self.download("xlsx", self.firm, "name", groupby=["is_company"])
        self.assertEqual(answer.status_code, 500)

    def test_a_document_is_exported_with_the_name_alone(self):
        """The way round, `partner_id/email` on orders, is none."""
        order = self.env["sale.order"].create({"partner_id": self.firm.id})
        user = self.make_user("edit", *ALLOWED)
        rows = order.with_user(user).export_data(["name", "partner_id", "partner_id/display_name"])["datas"]
        self.assertIn("Çınar Enerji A.Ş.", rows[0])
        with self.assertRaises(AccessError):
            order.with_user(user).export_data(["name", "partner_id/email"])

    def test_users_of_the_portal_are_exported_by_manage_alone(self):
        portal = new_test_user(self.env, "portal_customer", "base.group_portal")
        colleague = self.make_user("view")
        editor, manager = self.make_user("edit", *ALLOWED), self.make_user("manage", *ALLOWED)
        with self.assertRaises(AccessError):
            portal.with_user(editor).export_data(["email"])
        self.assertTrue(portal.with_user(manager).export_data(["email"])["datas"])
        self.assertTrue(colleague.with_user(editor).export_data(["login"])["datas"])

    def test_cards_of_many_customers_are_a_list(self):
        self.log_in("edit")
        with mute_logger("odoo.http"):
            many = self.url_open(f"/web/partner/vcard?partner_ids={self.firm.id},{self.person.id}")
        self.assertNotIn("zip", many.headers["Content-Type"])
        one = self.url_open(f"/web/partner/vcard?partner_ids={self.firm.id}")
        self.assertEqual((one.status_code, one.headers["Content-Type"]), (200, "text/vcard"))
