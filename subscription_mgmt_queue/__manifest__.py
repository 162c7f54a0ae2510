{
    "name": "Subscription Management: Job Queue",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "summary": "The night's work is done by as many workers and servers as there are",
    "author": "Subscription Management contributors",
    "license": "LGPL-3",
    "depends": ["queue_job", "subscription_mgmt"],
    "data": ["data/queue_job_data.xml"],
    "uninstall_hook": "uninstall_hook",
}
