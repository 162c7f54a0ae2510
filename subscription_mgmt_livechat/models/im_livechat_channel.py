from odoo import fields, models


class ImLivechatChannel(models.Model):
    _inherit = "im_livechat.channel"

    subscription_department_id = fields.Many2one(
        copy=False,
        comodel_name="subscription.department",
        string="Department",
        index="btree_not_null",
        ondelete="restrict",
        groups="subscription_mgmt.group_subscription_viewer",
        help="A chat of a customer who is logged in takes the credit of this department, once, at the first answer of "
        "a person. Empty: chats are free.",
    )
