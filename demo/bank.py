"""Cards: packages are paid at the simulated bank. Run by bin/demo inside `odoo shell`, where `env` is.

The address of the bank is in BANK_URL; account and key are those that the gateway starts with.
"""

import os

MERCHANT, STORE_KEY, API_USER, API_PASSWORD = "190100000", "DEMO1234", "demoapi", "DEMOAPI1"


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


set_up_provider(env.company, os.environ["BANK_URL"])
env.cr.commit()
