"""Who sees what the suite adds to Odoo's own models.

Without groups a field stands in every answer that names no fields: customers read it on their own invoices, and who
may not see what it leads to can no longer read the record at all.
"""

VIEWER = "subscription_mgmt.group_subscription_viewer"
# What follows an invoice into the books: whoever keeps them copies and reverses it.
ACCOUNTING = f"account.group_account_readonly,account.group_account_invoice,{VIEWER}"
SALES = f"sales_team.group_sale_salesman,{VIEWER}"
INTERNAL = "base.group_user"
