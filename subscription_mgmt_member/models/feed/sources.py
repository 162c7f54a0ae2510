"""The documents that leave lines, each with its kind."""

from odoo import models


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "member.activity.source"]
    _activity_fields = ("stage_id", "state", "project_id", "date_deadline")

    def _get_activity_kind(self, name=None):
        return "task_moved" if name else "task_added"


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "member.activity.source"]
    _activity_kind = "opportunity"
    _activity_fields = ("stage_id",)


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "member.activity.source"]
    _activity_kind = "offer_given"


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "member.activity.source"]
    _activity_kind = "offer_received"


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "member.activity.source"]

    def _get_activity_kind(self, name=None):
        return "invoice" if self.is_invoice(include_receipts=True) else None


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "member.activity.source"]
    _activity_kind = "payment"


class SubscriptionContract(models.Model):
    _name = "subscription.contract"
    _inherit = ["subscription.contract", "member.activity.source"]
    _activity_kind = "contract"


class SubscriptionEntitlement(models.Model):
    _name = "subscription.entitlement"
    _inherit = ["subscription.entitlement", "member.activity.source"]
    _activity_kind = "package"


class SubscriptionRequest(models.Model):
    _name = "subscription.request"
    _inherit = ["subscription.request", "member.activity.source"]
    _activity_kind = "request"
