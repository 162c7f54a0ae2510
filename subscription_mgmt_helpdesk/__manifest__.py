{
    "name": "Subscription Management: Help Desk",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "summary": "Tickets of customers consume credit",
    "author": "Subscription Management contributors",
    "license": "AGPL-3",
    "depends": ["helpdesk_mgmt", "subscription_mgmt"],
    "data": [
        "security/helpdesk_ticket_security.xml",
        "security/ir.model.access.csv",
        "security/subscription_refused_request_security.xml",
        "views/helpdesk_ticket_team_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/subscription_refused_request_views.xml",
        "views/portal_templates.xml",
    ],
    "assets": {
        "web.assets_tests": ["subscription_mgmt_helpdesk/static/tests/tours/*"],
    },
    "auto_install": True,
}
