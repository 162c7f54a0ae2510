{
    "name": "Subscription Management: Members",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "summary": "Members and customers: one page for everything about them, statement, merge, levels, portal rights",
    "author": "Subscription Management contributors",
    "license": "LGPL-3",
    "depends": [
        "base_iban",
        "crm",
        "purchase",
        "sale_crm",
        "subscription_mgmt",
        "survey",
    ],
    "data": [
        "security/member_groups.xml",
        "security/ir.model.access.csv",
        "security/member_access_security.xml",
        "views/member/res_partner_views.xml",
        "views/access/member_permission_views.xml",
        "views/member_menus.xml",
    ],
    "assets": {
        "web.assets_tests": ["subscription_mgmt_member/static/tests/tours/**/*"],
    },
}
