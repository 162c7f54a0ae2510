from odoo.fields import Command

from odoo.addons.subscription_mgmt.tests.common import SubscriptionCommon

from ..common import MemberCase


class PageCommon(SubscriptionCommon):
    """A company with a chart of accounts, a member with a contact, and documents of both."""

    make_user = classmethod(MemberCase.make_user.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in (
            "sales_team.group_sale_manager",
            "purchase.group_purchase_manager",
            "project.group_project_manager",
        ):
            cls.env.user.group_ids += cls.env.ref(group)
        partners = cls.env["res.partner"]
        cls.firm = partners.create({"name": "Çınar Enerji", "is_company": True, "email": "info@cinar.example"})
        cls.employee = partners.create(
            {"name": "Defne Uslu", "parent_id": cls.firm.id, "email": "defne@uslu.example", "phone": "0533 444 55 66"}
        )
        cls.project = cls.env["project.project"].create({"name": "Installation"})

    @classmethod
    def make_reader(cls, *groups):
        """A colleague of the level View with these rights, in the company."""
        values = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        return cls.make_user("view", *groups, login=f"reader_{len(groups)}", **values)

    @classmethod
    def make_invoice(cls, partner, day, price, post=True, **values):
        line = Command.create({"product_id": cls.product.id, "price_unit": price, "tax_ids": []})
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "invoice_line_ids": [line],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def make_order(cls, partner, model="sale.order"):
        line = Command.create({"product_id": cls.product.id, "price_unit": 10})
        return cls.env[model].create({"partner_id": partner.id, "order_line": [line]})

    @classmethod
    def make_task(cls, partner, name="Task", **values):
        values = {"name": name, "project_id": cls.project.id, "partner_id": partner.id, **values}
        return cls.env["project.task"].create(values)
