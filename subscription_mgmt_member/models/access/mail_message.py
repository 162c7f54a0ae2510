from functools import partial

from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _check_access(self, operation):
        """Override of `mail`: following a customer, or answering, gives nobody the right to write notes (CUB-30)."""
        result = super()._check_access(operation)
        user = self.env.user
        if operation != "create" or not self or self.env.su or user._has_member_level("contribute"):
            return result
        notes = self.sudo().filtered(lambda note: note.model == "res.partner" and note.res_id)
        members = self.env["res.partner"].browse(notes.mapped("res_id"))._filter_members()
        if forbidden := notes.filtered(lambda note: note.res_id in members._ids).sudo(False):
            forbidden |= result[0] if result else self.browse()
            return forbidden, partial(user._make_level_error, "contribute")
        return result
