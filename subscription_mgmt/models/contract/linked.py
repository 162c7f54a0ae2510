"""What is done elsewhere for a contract names it: meetings, tasks, service records, orders, invoices by hand."""

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
        compute="_compute_subscription_offered", help="The company runs subscriptions: a contract can be chosen."
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


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "subscription.link.mixin"]


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "subscription.link.mixin"]


class MaintenanceRequest(models.Model):
    _name = "maintenance.request"
    _inherit = ["maintenance.request", "subscription.link.mixin"]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "subscription.link.mixin"]


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "subscription.link.mixin"]


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def action_view_meetings(self):
        """Open the meetings about the contract; a new one has its people and its customer."""
        people = self.user_id.partner_id + self.contact_id
        return self._open_linked("calendar.action_calendar_event", {"default_partner_ids": people.ids})

    def action_view_tasks(self):
        """Open the tasks of the contract; a new one has its customer and project."""
        defaults = {"default_partner_id": self.partner_id.id, "default_project_id": self.project_id.id}
        return self._open_linked("project.action_view_all_task", defaults)

    def action_view_service_records(self):
        """Open the service records of the contract; a new one has its equipment."""
        defaults = {"default_equipment_id": self.equipment_id.id}
        return self._open_linked("maintenance.hr_equipment_request_action", defaults)

    def _open_linked(self, action, defaults):
        """The documents of an action that belong to the contract, and new ones that do."""
        self.ensure_one()
        values = self.env["ir.actions.act_window"]._for_xml_id(action)
        name = {"default_name": self.display_name, "default_subscription_contract_id": self.id}
        return {
            **values,
            "domain": [("subscription_contract_id", "=", self.id)],
            "context": {**name, **{key: value for key, value in defaults.items() if value}},
        }
