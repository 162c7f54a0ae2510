from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _may_see_statement(self):
        """Whether a person sees the statement of the member in the portal (CUB-86): who has the right to (WMM-32)."""
        self.ensure_one()
        return self._has_portal_right("statement")

    def action_member_statement(self):
        """Ask for the statement of the member."""
        self.ensure_one()
        self._check_statement_reader()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt_member.member_statement_action")
        return {**action, "context": {"default_partner_id": self.commercial_partner_id.id}}
