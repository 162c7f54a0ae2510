from datetime import date

from odoo.fields import Command
from odoo.tests import new_test_user

from .sealed_common import OURS, SealedCommon


class DoorsCommon(SealedCommon):
    """What :class:`SealedCommon` has, a call that recurs, an invoice that recurs, and people of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call_type = cls.env.ref("subscription_mgmt.interaction_type_call")
        cls.recurrence = cls.make_recurrence()
        cls.recurring = cls.make_recurring_invoice()
        cls.abroad = new_test_user(
            cls.env,
            login="abroad",
            groups=f"{OURS}manager,{OURS}billing",
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )
        cls.hidden = cls.env["res.partner"].create({"name": "Hidden", "company_id": cls.other_company.id})

    @classmethod
    def make_recurrence(cls, **values):
        recurrence = cls.env["subscription.recurrence"].create(
            {
                "name": "Call back",
                "type_id": cls.call_type.id,
                "user_id": cls.users["contributor"].id,
                "audience": "fixed",
                "partner_ids": [Command.set(cls.customer.ids)],
                "date_start": date(2026, 3, 10),
                "wed": True,
                **values,
            }
        )
        recurrence._generate(date(2026, 3, 10))
        return recurrence

    @classmethod
    def make_recurring_invoice(cls, lines=({},), **values):
        return cls.env["subscription.recurrence"].create(
            {
                "name": "Internet",
                "type_id": cls.env.ref("subscription_mgmt.interaction_type_invoice").id,
                "user_id": cls.users["billing"].id,
                "invoice_partner_id": cls.customer.id,
                "frequency": "monthly",
                "day": 1,
                "date_start": date(2026, 3, 10),
                "invoice_line_ids": [
                    Command.create({"product_id": cls.product.id, "price_unit": 100.0, **line}) for line in lines
                ],
                **values,
            }
        )

    def refused(self, level, record, method, *args, **context):
        self.assertFalse(self.allowed(level, record, method, *args, **context), (level, record, method, args, context))
