from odoo import api, models


class MailThread(models.AbstractModel):
    """What stands below a document opens for those who see no customer, though customers follow it (CUB-29)."""

    _inherit = "mail.thread"

    @api.depends_context("uid")
    def _compute_message_partner_ids(self):
        """Override of `mail`: of the followers, the level None is told those whom it sees."""
        if self.env.su or self.env.user._get_member_level() != "none":
            return super()._compute_message_partner_ids()
        for thread in self:
            thread.message_partner_ids = (
                thread.message_follower_ids.sudo().partner_id.sudo(False)._filtered_access("read")
            )

    def _message_get_suggested_recipients_batch(self, **kwargs):
        """Override of `mail`: the level None is offered no customer to write to."""
        if self.env.su or self.env.user._get_member_level() != "none":
            return super()._message_get_suggested_recipients_batch(**kwargs)
        return {record.id: [] for record in self}
