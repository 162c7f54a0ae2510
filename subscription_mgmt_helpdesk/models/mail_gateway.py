"""Tickets by e-mail: who writes becomes a customer, and what cannot be opened is kept and answered."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, parse_contact_from_email


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def message_new(self, msg, custom_values=None):
        """Override of `helpdesk_mgmt` to make customers of unknown senders (CUB-19), and to keep refused requests.

        :return: the ticket; a request that the credit does not reach for is kept as `subscription.refused.request`,
            to which the gateway then adds the e-mail with its files.
        """
        values = custom_values or {}
        team = self.env["helpdesk.ticket.team"].sudo().browse(values.get("team_id"))  # sudo: the gateway's
        company = team.company_id or self.env.company
        if not msg.get("author_id") and company.subscription_enabled:
            msg["author_id"] = self._make_customer(msg, company).id
        try:
            with self.env.cr.savepoint():
                return super().message_new(msg, custom_values)
        except UserError:
            sender = self.env["res.partner"].sudo().browse(msg.get("author_id") or values.get("partner_id"))
            refused = self.env["subscription.refused.request"].sudo()._keep(msg, team, sender)
            if not refused:
                raise
            return refused

    @api.model
    def _make_customer(self, msg, company):
        """A new customer of the name and address of the sender; none where the address is none."""
        partners = self.env["res.partner"].sudo()  # sudo: the gateway's
        name, email = parse_contact_from_email(msg.get("email_from") or "")
        if not email_normalize(email):
            return partners
        return partners.create({"name": name or email, "email": email, "lang": company.partner_id.lang})
