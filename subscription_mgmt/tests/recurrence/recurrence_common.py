from datetime import date

from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import SubscriptionCommon

# A Monday
TODAY = date(2026, 1, 5)


class RecurrenceCommon(SubscriptionCommon):
    """A company whose day is Monday 5 January 2026, with a caller who has an agenda and the types of interaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Bucharest"
        cls.env.user.tz = "Europe/Bucharest"
        cls.env.user.company_ids += cls.company
        for kind in ("call", "meeting", "task", "todo", "invoice"):
            setattr(cls, f"type_{kind}", cls.env.ref(f"subscription_mgmt.interaction_type_{kind}"))
        cls.caller = new_test_user(
            cls.env,
            login="caller",
            groups="base.group_user,subscription_mgmt.group_subscription_contributor",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Bucharest",
        )
        cls.interactions = cls.env["subscription.interaction"]

    @classmethod
    def make_recurrence(cls, generate=True, today=TODAY, **values):
        """Call the customer every Wednesday from 5 January 2026 on, unless said otherwise."""
        weekly = values.get("frequency", "weekly") == "weekly"
        flags = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        recurrence = cls.env["subscription.recurrence"].create(
            {
                "name": "Call back",
                "type_id": cls.type_call.id,
                "user_id": cls.caller.id,
                "audience": "fixed",
                "partner_ids": [Command.set(cls.customer.ids)],
                "date_start": TODAY,
                **({"wed": True} if weekly and not set(flags) & set(values) else {}),
                **values,
            }
        )
        if generate:
            recurrence._generate(today)
        return recurrence

    @classmethod
    def make_invoice_recurrence(cls, generate=True, today=TODAY, **values):
        """Invoice the product to the customer on the first Tuesday of the month (REC-04)."""
        recurrence = cls.env["subscription.recurrence"].create(
            {
                "name": "Internet",
                "type_id": cls.type_invoice.id,
                "invoice_partner_id": cls.customer.id,
                "frequency": "monthly",
                "month_by": "weekday",
                "weekday_position": "1",
                "weekday": "1",
                "date_start": TODAY,
                "invoice_line_ids": [Command.create({"product_id": cls.product.id, "price_unit": 100.0})],
                **values,
            }
        )
        if generate:
            recurrence._generate(today)
        return recurrence

    @staticmethod
    def days(rows):
        """Planned days of interactions, in order, as (month, day)."""
        return [(day.month, day.day) for day in sorted(rows.mapped("occurrence_date"))]
