{
    "name": "Subscription Management: Live Chat",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "summary": "Chats of customers consume credit",
    "author": "Subscription Management contributors",
    "license": "LGPL-3",
    "depends": ["im_livechat", "subscription_mgmt"],
    "data": [
        "views/im_livechat_channel_views.xml",
        "views/discuss_channel_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["subscription_mgmt_livechat/static/src/core/web/*"],
    },
    "auto_install": True,
}
