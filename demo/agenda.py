"""Recurring interactions of the demo company, so that the agenda has something to show; run after main_job.py."""

import os
import sys
from datetime import timedelta

sys.path.insert(0, "demo")
from words import LANGUAGES

from odoo.fields import Command


def make_recurrences(company, user):
    """The examples of the guide: stock, offers, follow-up, meetings, and an invoice that is due today."""
    today = company._subscription_today()
    own = user.env(user=user.id, context={"allowed_company_ids": company.ids})
    customers = own["res.partner"].search([("customer_rank", ">", 0)], limit=4, order="name")
    products = own["product.product"].search([("default_code", "=", "DESTEK")], limit=1)
    fixed = {"audience": "fixed", "partner_ids": [Command.set(customers[:3].ids)]}
    offers = own.ref("subscription_mgmt.filter_unanswered_offers").id
    words = LANGUAGES[os.environ.get("DEMO_LANG", "en")]
    stock, again, line, meeting, advice = words.agenda
    lines = [Command.create({"product_id": products.id, "price_unit": 2500.0 * words.price_factor})]
    examples = [
        (stock, "todo", {"mon": True}),
        (again, "call", {"tue": True, "thu": True, "audience": "filter", "filter_id": offers}),
        (line, "call", {"wed": True, **fixed}),
        (meeting, "meeting", {"fri": True, "all_day": False, "end_kind": "count", "count": 4}),
        (advice, "invoice", {
            "frequency": "monthly", "day": today.day, "invoice_partner_id": customers[0].id, "invoice_line_ids": lines,
        }),
    ]  # fmt: skip
    recurrences = own["subscription.recurrence"].create(
        [
            {
                "name": name,
                "type_id": own.ref(f"subscription_mgmt.interaction_type_{kind}").id,
                "date_start": today - timedelta(days=7),
                **values,
            }
            for name, kind, values in examples
        ]
    )
    recurrences._generate(today - timedelta(days=3))
    rows = recurrences.interaction_ids
    rows.filtered_domain(rows._get_unprepared_domain(company, today)).sudo()._prepare(today)
    return recurrences


company = env["res.company"].search([("subscription_enabled", "=", True)], limit=1)
admin = env.ref("base.user_admin")
admin.write({"company_ids": [Command.link(company.id)], "company_id": company.id})
made = make_recurrences(company, admin)
env.cr.commit()
print(f"  Interactions planned          {len(made.interaction_ids):>8,}")
