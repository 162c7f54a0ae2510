from odoo import api, fields, models


class SubscriptionPause(models.Model):
    """A stretch of days without service, agreed for one contract: a term like its price, settled like one."""

    _name = "subscription.pause"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin"]
    _description = "Pause of a Contract"
    _order = "date_from desc, id desc"
    _sealed_from_system = True

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    date_from = fields.Date(string="From", required=True, readonly=True, help="First day without service.")
    date_to = fields.Date(string="To", readonly=True, help="Last day without service, included. Empty: until resumed.")
    reason = fields.Char(readonly=True)

    _order_of_days = models.Constraint(
        "CHECK (date_to IS NULL OR date_from <= date_to)", "A pause ends after it begins."
    )

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for pause in self:
            pause.display_name = f"{pause.date_from} – {pause.date_to or '…'}"

    def _get_sealed_message(self):
        """What was agreed is changed by pausing and resuming."""
        return self.env._("Pause and resume the contract; its pauses are not written by hand.")
