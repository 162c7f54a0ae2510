from datetime import date

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.subscription_mgmt.tests.common import SubscriptionCommon

from ..common import LEVELS


class StatementCommon(SubscriptionCommon):
    """A member that is customer and supplier, in a company with a chart of accounts, and users of each kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.member = partners.create(
            {"name": "Çınar Enerji A.Ş.", "is_company": True, "email": "info@cinar.example",
             "member_is_customer": True, "member_is_supplier": True}
        )  # fmt: skip
        cls.employee = partners.create({"name": "Defne Uslu", "parent_id": cls.member.id, "email": "d@cinar.example"})
        cls.stranger = partners.create({"name": "Baran Tekin", "member_is_customer": True})

    @classmethod
    def make_user(cls, login, *groups, company=None, **values):
        """A user of groups, or of one level by its name, in one company."""
        company = company or cls.company
        names = ",".join(LEVELS.get(group, group) for group in groups)
        known = {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        return new_test_user(cls.env, login, groups=names, **known, **values)

    @classmethod
    def invoice(cls, amount, day, due=None, partner=None, kind="out_invoice", post=True, currency=None, company=None):
        """A posted invoice without taxes."""
        company = company or cls.company
        line = {"product_id": cls.product.id, "name": "Service", "price_unit": amount, "tax_ids": [Command.clear()]}
        move = cls.env["account.move"].with_company(company).create(
            {
                "move_type": kind,
                "partner_id": (partner or cls.member).id,
                "invoice_date": day,
                "date": day,
                "invoice_date_due": due or day,
                "invoice_payment_term_id": False,
                "currency_id": (currency or company.currency_id).id,
                "invoice_line_ids": [Command.create(line)],
            }
        )  # fmt: skip
        if post:
            move.action_post()
        return move

    @classmethod
    def pay(cls, move, amount, day):
        """A payment of the invoice, set against it."""
        wizard = cls.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        return wizard.create({"amount": amount, "payment_date": day})._create_payments()

    @classmethod
    def make_statement(cls, user=None, **values):
        """The statement of the member of the first quarter, as the user asks for it."""
        return cls.env["member.statement"].with_user(user or cls.env.user).create(
            {"partner_id": cls.member.id, "date_from": date(2026, 1, 1), "date_to": date(2026, 3, 31), **values}
        )  # fmt: skip
