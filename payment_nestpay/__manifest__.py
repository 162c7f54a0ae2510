{
    "name": "Payment Provider: NestPay",
    "version": "19.0.1.0.0",
    "category": "Accounting/Payment Providers",
    "sequence": 350,
    "summary": "Cards through the virtual POS of İş Bankası, Akbank, Halkbank and Ziraat Bankası",
    "author": "Subscription Management contributors",
    "license": "LGPL-3",
    "depends": ["payment"],
    "data": [
        "views/payment_nestpay_templates.xml",
        "views/payment_provider_views.xml",
        "views/payment_transaction_views.xml",
        "data/payment_provider_data.xml",
        "data/ir_cron_data.xml",
    ],
    "assets": {
        "web.assets_tests": ["payment_nestpay/static/tests/tours/**/*"],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
