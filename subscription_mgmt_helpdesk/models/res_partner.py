from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_manager_ids = fields.Many2many(
        copy=False,
        comodel_name="res.users",
        relation="subscription_customer_manager_rel",
        column1="partner_id",
        column2="user_id",
        string="Customer Managers",
        domain=[("share", "=", False)],
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="Who looks after the customer in the portal: told of his requests, where the responsible of a request is "
        "the customer managers.",
    )
