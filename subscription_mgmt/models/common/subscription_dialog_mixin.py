from odoo import api, models


class SubscriptionDialogMixin(models.AbstractModel):
    """What every dialog shares: it follows only records that whoever opened it may see.

    A rule for each (`security/subscription_dialog_security.xml`) keeps it to who opened it, and what it works out
    is worked out with that person's rights (`compute_sudo=False`).
    """

    _name = "subscription.dialog.mixin"
    _inherit = "subscription.named.mixin"
    _description = "Dialog of Subscriptions"

    @api.model_create_multi
    def create(self, vals_list):
        """Work out what is kept of a dialog while its owner is at it: what is left to a later moment may run as
        somebody who cannot see it."""
        dialogs = super().create(vals_list)
        dialogs._recompute_recordset()
        return dialogs

    def write(self, vals):
        """As when it is opened."""
        result = super().write(vals)
        self._recompute_recordset()
        return result
