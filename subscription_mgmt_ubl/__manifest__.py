{
    "name": "Subscription Management: UBL",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "summary": "Billing period and contract number in electronic invoices (Peppol, EN 16931)",
    "author": "Subscription Management contributors",
    "license": "LGPL-3",
    "depends": ["subscription_mgmt", "account_edi_ubl_cii"],
    "auto_install": True,
}
