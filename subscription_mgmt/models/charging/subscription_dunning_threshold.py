from odoo import fields, models
from odoo.fields import Domain


class SubscriptionDunningThreshold(models.Model):
    _name = "subscription.dunning.threshold"
    _description = "Amount Worth Following Up"
    _order = "plan_id, currency_id"

    plan_id = fields.Many2one(comodel_name="subscription.dunning.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary(required=True)

    _once = models.UniqueIndex("(plan_id, currency_id)", "Each currency has one amount.")
    _amount = models.Constraint("CHECK (amount > 0)", "An amount worth following up is above zero.")

    def _keep_worthwhile(self, moves, date_ref):
        """Of the invoices those whose customers owe enough in their currency; each currency counts for itself.

        :param date_ref: what was due on or before this day counts, parts paid already taken off.
        """
        if not self or not moves:
            return moves
        limits = {threshold.currency_id: threshold.amount for threshold in self}
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("commercial_partner_id", "in", moves.commercial_partner_id.ids)
            & Domain("invoice_date_due", "<=", date_ref)
            & moves._get_subscription_open_domain()
        )
        groups = moves._read_group(domain, ["commercial_partner_id", "currency_id"], ["amount_residual:sum"])
        owed = {(partner, currency): amount for partner, currency, amount in groups}
        return moves.filtered(
            lambda move: (
                move.currency_id.compare_amounts(
                    owed.get((move.commercial_partner_id, move.currency_id), 0.0), limits.get(move.currency_id, 0.0)
                )
                >= 0
            )
        )
