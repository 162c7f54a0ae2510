from odoo import api, fields, models


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    import_batch_id = fields.Many2one(
        comodel_name="subscription.import.batch",
        string="Import",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The import that made this contract.",
    )

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        """Override of `subscription_mgmt` to let the import take a contact of another account.

        The old system allowed it; the import shows a warning, and a person decides (WSI-15).
        """
        if self.env.context.get("subscription_import"):
            return None
        return super()._check_contact()
