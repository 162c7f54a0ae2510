from odoo import models


class SubscriptionPackage(models.Model):
    _inherit = "subscription.package"

    def _get_refusal(self, customer, date_ref, confirmed=False):
        """Override: a package is a sale, which a potential member cannot have (WMM-07): not offered in the portal, and
        no money taken for what could not be billed. What was paid in that moment waits for a person."""
        refusal = customer._member_get_trade_refusal()
        if refusal and self.env.user.share:
            refusal = self.env._("Your account is not active yet, so that nothing can be bought. Please contact us.")
        return refusal or super()._get_refusal(customer, date_ref, confirmed)
