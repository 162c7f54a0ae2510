"""Buttons of the contract that show or ask something before the act itself is carried out."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    is_pause_open = fields.Boolean(
        compute="_compute_is_pause_open", help="There is a pause, or one to come, that can be ended or called off."
    )
    is_renewable = fields.Boolean(compute="_compute_is_renewable", help="It has a term that a person may renew.")

    @api.depends("pause_ids.date_from", "pause_ids.date_to", "state")
    def _compute_is_pause_open(self):
        for contract in self:
            contract.is_pause_open = bool(contract.pause_id)

    @api.depends("state", "date_end", "renewal", "close_reason_id")
    def _compute_is_renewable(self):
        for contract in self:
            meant = contract.renewal != "none" or contract._is_ended_unrenewed()
            contract.is_renewable = meant and contract._has_term_to_renew()

    def action_open_activate(self):
        """Show the plan that activation will make, to be changed row by row and confirmed (WSM-35).

        Several contracts are activated at once: nobody looks through the rows of all of them.
        """
        self.check_access("write")
        if len(self) != 1 or self.state != "draft":
            return self._activate_in_bulk()
        return self.env["subscription.contract.activate"].create({"contract_ids": self.ids})._show_plan()

    def action_open_pause(self):
        """Ask from when, until when and why service and billing stop."""
        return self._open_dialog("subscription_mgmt.subscription_contract_pause_action")

    def action_open_resume(self):
        """Ask from when service and billing go on; a pause that has not begun yet can be called off."""
        self.ensure_one()
        pause = self._get_open_pause(None)[:1] or self.pause_id
        if not pause:
            raise UserError(self.env._("Only a paused contract can be resumed."))
        day = max(self.company_id._subscription_today(), pause.date_from)
        return self._open_dialog(
            "subscription_mgmt.subscription_contract_resume_action", default_date=day, default_is_resuming=True
        )

    def action_open_reopen(self):
        """Ask for the new end of a contract that is closed: the one that it had before."""
        self.ensure_one()
        end = self.date_end_before
        kept = end and end >= self.company_id._subscription_today() and end
        return self._open_dialog("subscription_mgmt.subscription_contract_reopen_action", default_date_end=kept)

    def action_open_close(self):
        """Ask for last day and reason, and show what closing would come to."""
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_close_action")
        return {**action, "context": {"default_contract_ids": self.ids, "default_end": "period"}}

    def _open_dialog(self, name, **context):
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        return {**action, "context": {"default_contract_id": self.id, **context}}

    # === WHERE THE FIGURES LEAD === #
    def action_view_invoices(self):
        """Open the invoices and credit notes of the contracts."""
        return self.env["account.move"]._get_subscription_list([("id", "in", self.invoice_ids.ids)])

    def action_view_installments(self):
        """Open the payment plan of the contracts."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_installment_action")
        return {**action, "domain": [("contract_id", "in", self.ids)], "context": {"create": False}}
