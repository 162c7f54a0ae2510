"""Cards: a package that a portal user buys at the simulated bank. Run by bin/demo inside `odoo shell`, where `env` is.

The address of the bank is in BANK_URL; account and key are those that the gateway starts with.
"""

import os

from odoo.fields import Command

MERCHANT, STORE_KEY, API_USER, API_PASSWORD = "190100000", "DEMO1234", "demoapi", "DEMOAPI1"
LOGIN = "musteri"


def set_up_provider(company, url):
    """NestPay in test mode, for this company, at the bank of this machine; the only one that customers are offered."""
    providers = env["payment.provider"].search([("company_id", "=", company.id)])
    providers.filtered(lambda one: one.state != "disabled").write({"state": "disabled", "is_published": False})
    providers.filtered(lambda one: one.code == "nestpay").write(
        {
            "state": "test",
            "is_published": True,
            "nestpay_bank": "isbank",
            "nestpay_merchant": MERCHANT,
            "nestpay_store_key": STORE_KEY,
            "nestpay_api_user": API_USER,
            "nestpay_api_password": API_PASSWORD,
            "nestpay_instalments": "2, 3, 6",
            "nestpay_instalment_minimum": 5000,
            "nestpay_test_gate_url": f"{url}/est3Dgate",
            "nestpay_test_api_url": f"{url}/api",
        }
    )


def make_packages(company):
    """Two packages on sale: one that is paid at once, one that may be paid in instalments."""
    tax = [Command.set(company.account_sale_tax_id.ids)]
    values = {"name": "Destek paketi", "type": "service", "list_price": 0, "taxes_id": tax}
    product = env["product.product"].create(values)
    department = env["subscription.department"].create({"name": "Teknik destek", "credits_per_request": 1})
    packages = env["subscription.package"].create(
        [
            {
                "name": name,
                "kind": "credit",
                "credits": credits,
                "price": price,
                "product_id": product.id,
                "department_ids": [Command.set(department.ids)],
            }
            for name, credits, price in (("10 kontör", 10, 1000.0), ("100 kontör", 100, 8000.0))
        ]
    )
    packages.action_publish()


def make_customer(company):
    """A customer who may log in."""
    partner = env["res.partner"].create(
        {
            "name": "Yıldız Ticaret Ltd. Şti.",
            "is_company": True,
            "email": "muhasebe@yildiz.example.com",
            "city": "Ankara",
            "country_id": env.ref("base.tr").id,
            "lang": "tr_TR",
        }
    )
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": partner.name,
            "login": LOGIN,
            "password": LOGIN,
            "partner_id": partner.id,
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
    )


set_up_provider(env.company, os.environ["BANK_URL"])
make_packages(env.company)
make_customer(env.company)
env.cr.commit()
print(f"  A package can be bought at /my/packages by {LOGIN} (password {LOGIN}); the bank is simulated.", flush=True)
