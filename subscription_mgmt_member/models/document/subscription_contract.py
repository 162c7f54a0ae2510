from odoo import fields, models

from odoo.addons.subscription_mgmt.models.common.groups import INTERNAL


class SubscriptionContract(models.Model):
    _name = "subscription.contract"
    _inherit = ["subscription.contract", "member.files.mixin"]

    member_folder_ids = fields.One2many(
        comodel_name="member.folder", inverse_name="contract_id", string="Folders", copy=False, groups=INTERNAL
    )
