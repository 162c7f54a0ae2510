{
    "name": "Subscription Management: e-Fatura and e-Arşiv",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "summary": "Invoices of contracts go out through Nilvera, once, and are followed until they are accepted",
    "author": "Subscription Management contributors",
    "license": "LGPL-3",
    "depends": ["subscription_mgmt_ubl", "l10n_tr_nilvera_einvoice_extended"],
    "auto_install": True,
}
