"""The way from a customer and from a contract to what recurs with them."""

from odoo import fields, models


def open_recurrences(records, domain, defaults):
    """Action that lists the recurrences of records, and makes new ones for them."""
    action = records.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_recurrence_action")
    return {**action, "domain": domain, "context": {"search_default_active": 1, **defaults}}


class ResPartner(models.Model):
    _inherit = "res.partner"

    subscription_recurrence_count = fields.Integer(
        compute="_compute_subscription_recurrence_count", groups="subscription_mgmt.group_subscription_viewer"
    )

    def _compute_subscription_recurrence_count(self):
        groups = self.env["subscription.recurrence"]._read_group(
            [("partner_ids", "in", self.ids), ("state", "!=", "done")], ["partner_ids"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.subscription_recurrence_count = counts.get(partner.id, 0)

    def action_view_recurrences(self):
        """Open the recurrences of the customer."""
        defaults = {"default_partner_ids": self.ids, "default_audience": "fixed"}
        return open_recurrences(self, [("partner_ids", "in", self.ids)], defaults)


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    recurrence_ids = fields.One2many(
        comodel_name="subscription.recurrence", inverse_name="contract_id", string="Recurrences"
    )
    recurrence_count = fields.Integer(compute="_compute_recurrence_count")

    def _compute_recurrence_count(self):
        groups = self.env["subscription.recurrence"]._read_group(
            [("contract_id", "in", self.ids), ("state", "!=", "done")], ["contract_id"], ["__count"]
        )
        counts = {contract.id: count for contract, count in groups}
        for contract in self:
            contract.recurrence_count = counts.get(contract.id, 0)

    def action_view_recurrences(self):
        """Open the recurrences of the contract."""
        return open_recurrences(self, [("contract_id", "in", self.ids)], {"default_contract_id": self[:1].id})
