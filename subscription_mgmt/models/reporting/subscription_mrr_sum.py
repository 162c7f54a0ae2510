from odoo import fields, models


class SubscriptionMrrSum(models.Model):
    """What recurring revenue moved by, by day and kind: years of movements are added up without reading them."""

    _name = "subscription.mrr.sum"
    _inherit = "subscription.sums.mixin"
    _description = "Sums of Recurring Revenue"
    _auto = False
    _log_access = False
    _sums_of = "subscription_mrr_event"
    _sums_by = {"company_id": "int4", "day": "date", "kind": "varchar"}
    _sums_values = {"amount": "numeric"}
    _depends = {"subscription.mrr.event": [*_sums_by, *_sums_values]}

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    day = fields.Date(readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["subscription.mrr.event"]._fields["kind"].selection, readonly=True
    )
    amount = fields.Float(readonly=True)


class SubscriptionMrrEvent(models.Model):
    _name = "subscription.mrr.event"
    _inherit = ["subscription.mrr.event", "subscription.summed.mixin"]
    _kept_sums = "subscription.mrr.sum"
    _kept_for_rows_alone = True
