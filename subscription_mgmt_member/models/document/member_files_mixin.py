from odoo import fields, models

from odoo.addons.subscription_mgmt.models.common.groups import INTERNAL


class MemberFilesMixin(models.AbstractModel):
    """What members and contracts share: files, in folders (CUB-58, WMM-51, WIM-19).

    Only what hangs on the record itself: files of its tasks stay with the tasks (CUB-59).
    """

    _name = "member.files.mixin"
    _description = "Files in Folders"

    member_file_ids = fields.One2many(
        comodel_name="ir.attachment",
        inverse_name="res_id",
        string="Files",
        domain=lambda self: [("res_model", "=", self._name), ("res_field", "=", False)],
        copy=False,
        groups=INTERNAL,
    )

    def action_browse_member_files(self):
        """Open the files beside the tree of folders: move, rename, delete several at once."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt_member.ir_attachment_action"),
            "name": self.env._("Files: %(owner)s", owner=self.display_name),
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)],
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }

    def action_upload_member_files(self):
        """Ask for files, several at once, and for the folder they go to."""
        self.ensure_one()
        owner = self.env["ir.attachment"]._get_member_owner_field(self._name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upload Files"),
            "res_model": "member.upload",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{owner}": self.id},
        }
