"""The demo company: its books, its people, what it sells and to whom."""

import random

from make_workbook import make_customers

from odoo.fields import Command

CUSTOMERS = 500


def set_up_company(env, words):
    """Currency, chart of accounts, 20 % VAT, time zone, subscriptions switched on."""
    company = env.company
    country = env.ref(f"base.{words.country}")
    company.write({"name": words.company, "country_id": country.id, "city": words.city})
    company.partner_id.write({"tz": words.timezone, "lang": words.lang})
    env["account.chart.template"].try_loading(words.chart, company, install_demo=False)
    env["res.config.settings"].create({"subscription_enabled": True}).execute()
    domain = [
        ("type_tax_use", "=", "sale"),
        ("amount_type", "=", "percent"),
        ("amount", ">", 0),
        ("company_id", "=", company.id),
    ]
    company.account_sale_tax_id = env["account.tax"].search(domain, order="amount desc, sequence, id", limit=1)
    env.ref("base.user_admin").write({"lang": words.lang, "tz": words.timezone})
    return company


def make_products(env, words):
    """The catalogue; the workbook names it by its codes."""
    tax = [Command.set(env.company.account_sale_tax_id.ids)]
    return env["product.product"].create(
        [
            {"default_code": code, "name": name, "type": "service", "list_price": price, "taxes_id": tax}
            for code, name, price, _cadence, _subject in words.products
        ]
    )


def make_partners(env, words):
    """Customers with their old codes: (code, name, is a company, city) of each, and their records."""
    customers = make_customers(words, CUSTOMERS, random.Random(1))
    country = env.ref(f"base.{words.country}").id
    partners = env["res.partner"].create(
        [
            {"ref": code, "name": name, "is_company": firm, "city": city, "country_id": country, "lang": words.lang,
             "email": f"{code.lower()}@customers.example"}
            for code, name, firm, city in customers
        ]
    )  # fmt: skip
    return customers, partners


def make_people(env, words):
    """Who looks after contracts: what the night has to say, each reads in the own language."""
    people = (("ayse", "Ayşe Kaya", "tr_TR"), ("ion", "Ion Popescu", "ro_RO"))
    groups = [env.ref("subscription_mgmt.group_subscription_editor").id, env.ref("base.group_user").id]
    return env["res.users"].create(
        [
            {
                "login": login,
                "password": login,
                "name": name,
                "email": f"{login}@staff.example",
                "lang": lang,
                "tz": words.timezone,
                "company_id": env.company.id,
                "company_ids": [Command.set(env.company.ids)],
                "group_ids": [Command.set(groups)],
            }
            for login, name, lang in people
        ]
    )


def make_portal_user(env, partner, login):
    """Let a customer log in; the password is the login."""
    return env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": partner.name,
            "login": login,
            "password": login,
            "partner_id": partner.id,
            "company_id": env.company.id,
            "company_ids": [Command.set(env.company.ids)],
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
    )  # fmt: skip
