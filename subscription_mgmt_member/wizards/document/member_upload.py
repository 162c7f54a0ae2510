from odoo import fields, models
from odoo.exceptions import UserError


class MemberUpload(models.TransientModel):
    """Takes in files of a member or contract, several at once, into one folder (CUB-58)."""

    _name = "member.upload"
    _inherit = "subscription.dialog.mixin"
    _description = "Upload Files"

    partner_id = fields.Many2one(comodel_name="res.partner", string="Member", readonly=True)
    contract_id = fields.Many2one(comodel_name="subscription.contract", readonly=True)
    folder_id = fields.Many2one(
        comodel_name="member.folder",
        domain="[('partner_id', '=', partner_id), ('contract_id', '=', contract_id)]",
    )
    attachment_ids = fields.Many2many(comodel_name="ir.attachment", string="Files")

    def action_upload(self):
        """Hang the files on the member or contract; Odoo asks whether the person may change that one."""
        self.ensure_one()
        owner = self.partner_id or self.contract_id
        if not owner or not self.attachment_ids:
            raise UserError(self.env._("Choose files first."))
        owner.check_access("write")
        # Only what was uploaded here: whatever hangs on another record stays there.
        if any(file.res_id or file.create_uid != self.env.user for file in self.attachment_ids):
            raise UserError(self.env._("Choose files of yours that hang on nothing else."))
        self.attachment_ids.write({"res_model": owner._name, "res_id": owner.id, "member_folder_id": self.folder_id.id})
        return {"type": "ir.actions.act_window_close"}
