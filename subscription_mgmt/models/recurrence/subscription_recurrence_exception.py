from odoo import api, fields, models


class SubscriptionRecurrenceException(models.Model):
    """A date that a recurrence leaves out, or has besides its rule.

    It is also the tombstone of a deleted interaction: without it the next night would make it again. When the rule is
    changed, a date left out stays that date; a tombstone goes along, so that a week that was called off stays so.
    """

    _name = "subscription.recurrence.exception"
    _inherit = "subscription.mixin"
    _description = "Recurrence Exception"
    _order = "date, id"
    _check_company_auto = True

    recurrence_id = fields.Many2one(
        comodel_name="subscription.recurrence", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="recurrence_id.company_id", store=True, index=True, precompute=True)
    date = fields.Date(required=True, help="The date of the rule, before it is moved away from days off.")
    kind = fields.Selection(
        selection=[("skip", "Left Out"), ("extra", "Extra Date"), ("deleted", "Deleted Interaction")],
        required=True,
        default="skip",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: for all.",
    )
    reason = fields.Char()

    _date_unique = models.UniqueIndex(
        "(recurrence_id, date, COALESCE(partner_id, 0))", "This date is among the exceptions already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: an exception belongs to the company of its recurrence."""
        exceptions = super().create(vals_list)
        exceptions.recurrence_id._mark_outdated()
        return exceptions

    def write(self, vals):
        """Override: the interactions no longer agree with the recurrence until it is regenerated."""
        result = super().write(vals)
        self.recurrence_id._mark_outdated()
        return result

    def unlink(self):
        """Override to have the dates come back at the next regeneration."""
        recurrences = self.recurrence_id
        result = super().unlink()
        recurrences._mark_outdated()
        return result
