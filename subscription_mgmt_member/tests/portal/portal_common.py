import base64

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..common import MemberCase

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


class PortalCase(AccountTestInvoicingCommon, MemberCase, HttpCase):
    """A member with a manager, an employee who may everything but decide, a colleague who may nothing; a stranger of
    another member, and an individual. The seller of ours looks after the member."""

    @classmethod
    def get_default_groups(cls):
        """Override to have somebody who sells, buys, and runs subscriptions and members."""
        groups = [
            "sales_team.group_sale_manager",
            "purchase.group_purchase_manager",
            "subscription_mgmt.group_subscription_manager",
            "subscription_mgmt.group_subscription_billing",
            "subscription_mgmt_member.group_member_manager",
        ]
        return super().get_default_groups().union(*map(cls.env.ref, groups))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.firm = cls.firm.with_env(cls.env)
        cls.firm.member_portal_governed = True
        every = dict.fromkeys(
            [f"member_portal_{right}" for right in ("orders", "invoices", "statement", "subscriptions", "requests")],
            True,
        )
        cls.manager = cls.make_login("manager", "Zeynep Han", cls.firm, member_portal_manager=True)
        cls.buyer = cls.make_login("buyer", "Ali Buyer", cls.firm, **every)
        cls.colleague = cls.make_login("colleague", "Can Colleague", cls.firm)
        rival = cls.env["res.partner"].create({"name": "Rakip Ltd.", "is_company": True})
        cls.stranger = cls.make_login("stranger", "Sena Stranger", rival)
        cls.individual = cls.make_login("individual", "Baran Tekin", cls.env["res.partner"])
        cls.seller = new_test_user(
            cls.env,
            "seller_of_firm",
            "sales_team.group_sale_salesman_all_leads",
            email="seller@example.com",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.firm.user_id = cls.seller
        cls.product = cls.env["product.product"].create(
            {"name": "Pellet", "list_price": 100, "type": "consu", "taxes_id": False, "member_orderable": True}
        )

    @classmethod
    def make_login(cls, login, name, above, **values):
        """Somebody with a password for the portal."""
        partner = cls.env["res.partner"].create(
            {"name": name, "parent_id": above.id, "email": f"{login}@example.com", "type": "contact", **values}
        )
        return new_test_user(
            cls.env,
            f"member_{login}",
            "base.group_portal",
            password=f"member_{login}",
            name=name,
            email=f"{login}@example.com",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def make_quotation(cls, partner=None, **values):
        """What a seller has sent."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.firm).id,
                "company_id": cls.company.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [Command.create({"product_id": cls.product.id, "product_uom_qty": 3})],
                **values,
            }
        )
        order.action_quotation_sent()
        return order

    def enter(self, user):
        self.authenticate(user.login, user.login)

    def get(self, path):
        """Text of the page, and where it was found."""
        answer = self.url_open(path)
        self.assertLess(answer.status_code, 500, path)
        return answer.text, answer.url.removeprefix(self.base_url())

    def post(self, path, **values):
        token = self.get("/my/account")[0].split('csrf_token: "')[1].split('"')[0]
        answer = self.url_open(path, data={**values, "csrf_token": token})
        self.assertLess(answer.status_code, 500, path)
        return answer

    def sign(self, order, name="Ali Buyer", token=None):
        path = f"/my/orders/{order.id}/accept"
        return self.make_jsonrpc_request(
            f"{path}?access_token={token}" if token else path, {"name": name, "signature": PIXEL}
        )

    def get_told(self, order):
        """E-mail addresses that were told of an order, by subject."""
        messages = self.env["mail.message"].sudo().search([("model", "=", "sale.order"), ("res_id", "=", order.id)])
        notified = messages.notification_ids
        return {(one.mail_message_id.subject, one.res_partner_id.email) for one in notified}

    def decode(self, signature):
        return base64.b64decode(signature)
