from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """Override of `mail`: an e-mail to many customers is a note on each of them, written without the checks of one
        (CUB-30, CUB-31)."""
        if self.model == "res.partner" and self.env["res.partner"].browse(res_ids)._filter_members():
            self.env["res.partner"]._check_member_level("contribute")
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)
