from odoo import fields, models

from odoo.addons.subscription_mgmt.models.common.groups import INTERNAL


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "member.files.mixin"]

    member_folder_ids = fields.One2many(
        comodel_name="member.folder", inverse_name="partner_id", string="Folders", copy=False, groups=INTERNAL
    )
