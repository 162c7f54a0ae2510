from odoo import api, models

NOTES = ("comment", "email", "email_outgoing")


class MailMessage(models.Model):
    """Notes of a customer are told; notes of its tasks and documents stay with those (CUB-51, CUB-52)."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """Tell of notes that were written for customers, and of what was planned for them and done."""
        messages = super().create(vals_list)
        # sudo: whoever wrote it, what it is decides
        self.env["member.activity"]._log(messages.sudo()._prepare_activities())
        return messages

    def _prepare_activities(self):
        """Values of the lines of the notes of customers among the messages."""
        return [
            {"kind": "note", "partner_id": message.res_id, "message_id": message.id}
            for message in self
            if message.model == "res.partner" and message.res_id
            and (message.message_type in NOTES or message.mail_activity_type_id)
        ]  # fmt: skip
