{
    "name": "Subscription Management: e-Factura",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "summary": "Invoices of contracts go to ANAF's SPV, once, and are followed until they are validated",
    "author": "Subscription Management contributors",
    "license": "LGPL-3",
    "depends": ["subscription_mgmt_ubl", "l10n_ro_edi"],
    "auto_install": True,
}
