from odoo import fields, models
from odoo.fields import Domain

from ..common.groups import INTERNAL, VIEWER
from ..common.text_index import find_parts


class ResPartner(models.Model):
    _inherit = "res.partner"

    subscription_contract_ids = fields.One2many(
        comodel_name="subscription.contract",
        inverse_name="partner_id",
        string="Subscriptions",
        groups=VIEWER,
    )
    subscription_contract_count = fields.Integer(
        compute="_compute_subscription_contract_count", groups="subscription_mgmt.group_subscription_viewer"
    )
    subscription_group_invoice = fields.Boolean(
        copy=False,
        string="One Invoice for All Subscriptions",
        help="Bill all contracts that this customer pays for on one invoice.",
        groups=VIEWER,
    )
    customer_manager_ids = fields.Many2many(
        comodel_name="res.users",
        relation="subscription_customer_manager_rel",
        column1="partner_id",
        column2="user_id",
        string="Customer Managers",
        copy=False,
        domain=[("share", "=", False)],
        groups=INTERNAL,
        help="Who looks after the customer in the portal: told of what he does there, and of his requests where the "
        "responsible of a request is the customer managers.",
    )

    # All that a person is searched by: one that is not indexed has the others read in vain.
    _by_complete_name = models.Index(find_parts("complete_name"))
    _by_email = models.Index(find_parts("email"))
    _by_ref = models.Index(find_parts("ref"))
    _by_vat = models.Index(find_parts("vat"))
    _by_company_registry = models.Index(find_parts("company_registry"))

    def _compute_subscription_contract_count(self):
        groups = self.env["subscription.contract"]._read_group(
            [("partner_id", "child_of", self.ids)], ["partner_id"], ["__count"]
        )
        for partner in self:
            partner.subscription_contract_count = sum(
                count for owner, count in groups if partner in owner + owner.commercial_partner_id
            )

    def action_view_subscriptions(self):
        """Open the contracts of the customer and of the contacts below."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_action")
        return {
            **action,
            "domain": [("partner_id", "child_of", self.ids)],
            "context": {"default_partner_id": self.id},
        }

    # === PORTAL === #
    def _has_portal_right(self, right):
        """Whether a person sees in the portal what is his company's, and acts for it. Hook: everybody does.

        :param right: `orders`, `invoices`, `statement`, `subscriptions` or `requests`.
        """
        return True

    def _get_portal_right_domain(self, right, *paths):
        """What a person may see of that which the portal shows to his company: all of it, or what is his own.

        :param right: see `_has_portal_right`.
        :param paths: fields that lead to the person whose own a record is.
        """
        if self._has_portal_right(right):
            return Domain.TRUE
        return Domain.OR(Domain(path, "=", self.id) for path in paths)
