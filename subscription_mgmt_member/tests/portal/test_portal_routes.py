from datetime import date

from odoo.fields import Command
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalRoutes(PortalCase):
    """Pages: every way of the portal, for each person (WMM-15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.subscription_enabled = True
        cls.quotation = cls.make_quotation()
        cls.order = cls.make_quotation()
        cls.order.action_confirm()
        cls.invoice = cls.init_invoice("out_invoice", partner=cls.firm, amounts=[77], taxes=[], post=True)
        cls.contract = cls.env["subscription.contract"].create(
            {
                "partner_id": cls.firm.id,
                "company_id": cls.company.id,
                "subject": "Fiber of the firm",
                "date_start": date(2026, 1, 1),
                "line_ids": [
                    Command.create({"product_id": cls.product.id, "price_unit": 10, "interval_unit": "month"})
                ],
            }
        )
        cls.contract.action_activate()
        department = cls.env["subscription.department"].create({"name": "Support", "company_id": cls.company.id})
        cls.package = cls.env["subscription.package"].create(
            {
                "name": "Ten hours",
                "kind": "credit",
                "credits": 10,
                "price": 50,
                "product_id": cls.product.id,
                "company_id": cls.company.id,
                "is_published": True,
                "department_ids": [Command.set(department.ids)],
            }
        )

    def get_pages(self):
        """Way → what only who may see it finds there."""
        quotation, order, invoice, contract = self.quotation, self.order, self.invoice, self.contract
        return {
            "/my/quotes": quotation.name,
            f"/my/orders/{quotation.id}": quotation.name,
            f"/my/orders/{quotation.id}?report_type=html": quotation.name,
            "/my/orders": order.name,
            f"/my/orders/{order.id}": order.name,
            "/my/invoices": invoice.name,
            f"/my/invoices/{invoice.id}": invoice.name,
            f"/my/invoices/{invoice.id}?report_type=html": invoice.name,
            "/my/subscriptions": contract.subject,
            f"/my/subscriptions/{contract.id}": contract.subject,
            "/my/packages": self.package.name,
            f"/my/packages/{self.package.id}": self.package.name,
        }

    def get_found(self, user):
        self.enter(user)
        return {path for path, text in self.get_pages().items() if text in self.get(path)[0]}

    def test_wmm_15_pages_of_who_has_the_right(self):
        self.assertEqual(self.get_found(self.buyer), set(self.get_pages()))

    def test_wmm_15_pages_of_a_manager(self):
        self.assertEqual(self.get_found(self.manager), set(self.get_pages()))

    def test_wmm_15_a_colleague_without_the_right_finds_nothing(self):
        self.assertEqual(self.get_found(self.colleague), set())

    def test_wmm_15_a_stranger_finds_nothing(self):
        shop = {"/my/packages", f"/my/packages/{self.package.id}"}  # packages are on sale to every customer
        self.assertEqual(self.get_found(self.stranger), shop)

    def test_wmm_15_counts(self):
        names = ["quotation_count", "order_count", "invoice_count", "subscription_contract_count"]
        names += ["subscription_package_count", "member_waiting_count", "member_order_count", "member_product_count"]
        seen = {}
        for user in (self.buyer, self.colleague, self.stranger):
            self.enter(user)
            counts = self.make_jsonrpc_request("/my/counters", {"counters": names})
            seen[user] = {name for name, count in counts.items() if count}
        self.assertEqual(seen[self.colleague], set())
        self.assertEqual(seen[self.stranger], {"subscription_package_count", "member_product_count"})
        self.assertEqual(seen[self.buyer], set(names) - {"member_waiting_count", "member_order_count"})

    def test_wmm_15_papers_are_not_given_out(self):
        for user, given in ((self.buyer, True), (self.colleague, False), (self.stranger, False)):
            self.enter(user)
            for path in (
                f"/my/orders/{self.order.id}?report_type=pdf&download=true",
                f"/my/invoices/{self.invoice.id}?report_type=pdf&download=true",
                f"/my/subscriptions/{self.contract.id}/pdf",
            ):
                answer = self.url_open(path)
                kind = answer.headers["Content-Type"].split(";")[0]
                self.assertEqual(kind == "application/pdf" or answer.url.endswith(path), given, (user.login, path))

    def test_wmm_15_conversations(self):
        self.quotation.message_post(body="Our secret", message_type="comment", subtype_xmlid="mail.mt_comment")
        params = {"thread_model": "sale.order", "thread_id": self.quotation.id}
        for user, given in ((self.buyer, True), (self.colleague, False), (self.stranger, False)):
            self.enter(user)
            found = self.make_jsonrpc_request("/mail/chatter_fetch", {**params, "fetch_params": {}})
            self.assertEqual(bool(found["messages"]), given, user.login)

    @mute_logger("odoo.http")
    def test_wmm_15_nobody_writes_into_conversations_of_others(self):
        params = {"thread_model": "sale.order", "thread_id": self.quotation.id}
        post = {"body": "I was here", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        for user in (self.colleague, self.stranger):
            self.enter(user)
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request("/mail/message/post", {**params, "post_data": post})
        self.assertFalse(self.quotation.message_ids.filtered(lambda one: "was here" in one.body))

    def test_wmm_15_the_statement(self):
        for user, given in ((self.buyer, True), (self.manager, True), (self.colleague, False), (self.individual, True)):
            self.enter(user)
            for path in ("/my/statement", "/my/statement?date_from=2026-01-01"):
                self.assertEqual("/my/statement" in self.get(path)[1], given, (user.login, path))

    @mute_logger("odoo.http")
    def test_wmm_15_nobody_pays_what_he_may_not_see(self):
        for user in (self.colleague, self.stranger):
            self.enter(user)
            for path in (f"/invoice/transaction/{self.invoice.id}", f"/my/orders/{self.quotation.id}/transaction"):
                with self.subTest(user=user.login, path=path), self.assertRaises(JsonRpcException):
                    self.make_jsonrpc_request(path, {"access_token": "x", "provider_id": 1, "payment_method_id": 1})

    def test_wmm_15_nobody_signs_or_declines_what_he_may_not_see(self):
        for user in (self.colleague, self.stranger):
            self.enter(user)
            self.assertIn("error", self.sign(self.quotation))
            self.post(f"/my/orders/{self.quotation.id}/decline", decline_message="No")
            self.post(f"/my/orders/{self.quotation.id}/ask")
        self.assertEqual((self.quotation.state, self.quotation.member_approval), ("sent", False))

    def test_links_with_a_token_work_as_ever(self):
        self.enter(self.colleague)
        for record, path in ((self.quotation, "orders"), (self.invoice, "invoices"), (self.contract, "subscriptions")):
            token = record._portal_ensure_token()
            page = self.get(f"/my/{path}/{record.id}?access_token={token}")[0]
            self.assertIn(record.name, page, path)

    def test_wmm_32_who_sees_contracts_but_no_invoices_finds_none_there(self):
        self.bill_contract()
        self.colleague.partner_id.member_portal_subscriptions = True
        self.enter(self.colleague)
        page = self.get(f"/my/subscriptions/{self.contract.id}")[0]
        self.assertIn("Fiber of the firm", page)
        self.assertNotIn("o_subscription_invoices", page)
        self.assertNotIn("o_subscription_wish", page)
        self.enter(self.buyer)
        page = self.get(f"/my/subscriptions/{self.contract.id}")[0]
        self.assertIn("o_subscription_invoices", page)
        self.assertIn("o_subscription_wish", page)

    def bill_contract(self):
        self.env["subscription.billing.run"]._bill_due(date(2026, 2, 1), companies=self.company)
        self.contract.invoice_ids.filtered(lambda move: move.state == "draft").action_post()
        self.assertTrue(self.contract.invoice_ids)

    def test_wmm_32_who_may_not_ask_for_changes_asks_for_none(self):
        self.colleague.partner_id.member_portal_subscriptions = True
        for user, asked in ((self.colleague, 0), (self.stranger, 0), (self.buyer, 1)):
            self.enter(user)
            self.post(f"/my/subscriptions/{self.contract.id}/request", kind="change", date="2027-01-01", text="More")
            self.assertEqual(len(self.contract.request_ids), asked, user.login)

    def test_wmm_32_who_sees_orders_but_no_invoices_finds_no_links_there(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.colleague.partner_id.member_portal_orders = True
        for user, given in ((self.colleague, False), (self.buyer, True)):
            self.enter(user)
            page = self.get(f"/my/orders/{self.order.id}")[0]
            self.assertIn(self.order.name, page)
            self.assertEqual(invoice.name in page, given)
