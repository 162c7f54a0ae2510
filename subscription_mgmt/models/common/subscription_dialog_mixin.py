from odoo import models


class SubscriptionDialogMixin(models.AbstractModel):
    """What every dialog shares: it follows only records that whoever opened it may see.

    A rule for each (`security/subscription_dialog_security.xml`) keeps it to who opened it, and what it works out
    is worked out with that person's rights (`compute_sudo=False`).
    """

    _name = "subscription.dialog.mixin"
    _inherit = "subscription.named.mixin"
    _description = "Dialog of Subscriptions"
