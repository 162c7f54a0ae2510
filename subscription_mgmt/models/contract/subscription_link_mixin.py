from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SubscriptionLinkMixin(models.AbstractModel):
    """A document that may belong to a contract (WSM-06..08, WSM-15, WSM-26)."""

    _name = "subscription.link.mixin"
    _description = "Document of a Contract"

    subscription_contract_id = fields.Many2one(
        comodel_name="subscription.contract",
        string="Subscription",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups="subscription_mgmt.group_subscription_viewer",
        help="Contract that this is done for.",
    )
    subscription_offered = fields.Boolean(
        compute="_compute_subscription_offered",
        groups="subscription_mgmt.group_subscription_viewer",
        help="The company runs subscriptions: a contract can be chosen.",
    )

    @api.depends_context("company")
    def _compute_subscription_offered(self):
        self.subscription_offered = self.env.company.subscription_enabled

    @api.constrains("subscription_contract_id")
    def _check_subscription_contract(self):
        """Refuse a contract that the person may not see, or of another company."""
        for document in self.filtered("subscription_contract_id"):
            contract = document.subscription_contract_id
            contract.sudo(False).check_access("read")  # also where core works for the person with sudo
            company = document.company_id if "company_id" in document else contract.company_id
            if company and not (company in contract.company_id.parent_ids or contract.company_id in company.parent_ids):
                raise ValidationError(
                    self.env._(
                        "Contract %(contract)s belongs to another company than “%(document)s”.",
                        contract=contract.name,
                        document=document.display_name,
                    )
                )

    @api.onchange("subscription_contract_id")
    def _onchange_subscription_contract_id(self):
        """Propose what the contract says: its customer, project and equipment, where nothing stands yet."""
        contract = self.subscription_contract_id
        # The project first: it has a customer of its own.
        proposals = {
            "project_id": contract.project_id, "partner_id": contract.partner_id, "equipment_id": contract.equipment_id,
        }  # fmt: skip
        for name, value in proposals.items():
            if name in self and value and not self[name]:
                self[name] = value
