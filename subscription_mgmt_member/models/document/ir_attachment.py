from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.subscription_mgmt.models.common.groups import INTERNAL

OWNERS = {"res.partner": "partner_id", "subscription.contract": "contract_id"}


class IrAttachment(models.Model):
    """Files of members and contracts lie in folders (CUB-58); who may see them, Odoo asks the member or contract."""

    _inherit = "ir.attachment"

    member_folder_id = fields.Many2one(
        comodel_name="member.folder",
        string="Folder",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups=INTERNAL,
    )

    @api.constrains("member_folder_id")
    def _check_member_folder_id(self):
        """A file lies in a folder of what it hangs on."""
        for attachment in self.filtered("member_folder_id"):
            if not attachment._is_in_own_folder():
                raise ValidationError(
                    self.env._("The folder of %(file)s belongs to something else.", file=attachment.name)
                )

    def _is_in_own_folder(self):
        # sudo: compared only
        owner = self.sudo().member_folder_id._get_owner()
        return (owner._name, owner.id) == (self.res_model, self.res_id)

    def write(self, vals):
        """A file that is hung on something else leaves its folder, which stays."""
        result = super().write(vals)
        if "res_id" in vals or "res_model" in vals:
            in_folders = self.sudo().filtered("member_folder_id")
            in_folders.filtered(lambda attachment: not attachment._is_in_own_folder()).member_folder_id = False
        return result

    @api.model
    def search_panel_select_range(self, field_name, **kwargs):
        """Override of `web`: beside the files of a member stand its folders alone, empty ones too."""
        if field_name == "member_folder_id":
            owner = self._get_member_owner_field(self.env.context.get("default_res_model"))
            own = Domain(owner, "=", self.env.context.get("default_res_id")) if owner else Domain.FALSE
            kwargs["comodel_domain"] = list(Domain(kwargs.get("comodel_domain", [])) & own)
        return super().search_panel_select_range(field_name, **kwargs)

    @api.model
    def _get_member_owner_field(self, model):
        """The field of a folder that names a record of the model, or None: it has no folders."""
        return OWNERS.get(model)

    def action_open_member_file(self):
        """Show the file in the browser, or offer it to be saved; the route looks at the rights once more."""
        self.ensure_one()
        self.check_access("read")
        address = self.url if self.type == "url" else f"/web/content/{self.id}"
        return {"type": "ir.actions.act_url", "url": address, "target": "new"}
