"""What is done elsewhere for a contract names it: meetings, tasks, service records, orders, invoices by hand."""

from odoo import models


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
