"""What customers see of their contracts in the portal."""

from odoo import api, fields, models
from odoo.fields import Domain


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    request_ids = fields.One2many(
        comodel_name="subscription.request", inverse_name="contract_id", string="Subscriber Requests"
    )
    request_count = fields.Integer(string="Open Requests", compute="_compute_request_count")
    portal_attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        string="Documents for the Subscriber",
        copy=False,
        bypass_search_access=True,
        help="Files that the subscriber can download in the portal.",
    )

    @api.depends("request_ids.state")
    def _compute_request_count(self):
        groups = self.env["subscription.request"]._read_group(
            [("contract_id", "in", self.ids), ("state", "=", "new")], ["contract_id"], ["__count"]
        )
        counts = {contract.id: count for contract, count in groups}
        for contract in self:
            contract.request_count = counts.get(contract._origin.id, 0)

    def _get_request_kinds(self):
        """What the subscriber may ask for in the present state of the contract."""
        self.ensure_one()
        return {"active": ("change", "pause", "close"), "paused": ("resume", "close")}.get(self.state, ())

    def _get_request_date(self, kind, today):
        """First day that can be wished: closing keeps the notice period of the contract."""
        self.ensure_one()
        first = max(today, self.date_start)
        if kind == "resume" and self.date_paused:
            return max(today, self.date_paused)
        return fields.Date.add(today, days=self.notice_days) if kind == "close" else first

    def action_view_requests(self):
        """Open what the subscriber asked."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_request_action")
        return {**action, "domain": [("contract_id", "in", self.ids)], "context": {}}

    # === PORTAL === #
    @api.model
    def _get_portal_domain(self, customer):
        """Contracts that a customer sees in the portal: those of his own commercial entity, once in force."""
        return Domain("partner_id.commercial_partner_id", "=", customer.id) & Domain("state", "!=", "draft")

    def _get_portal_invoices(self):
        """Posted invoices of the contract that its own subscriber pays, the newest first."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        invoices = self.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.commercial_partner_id == customer
        )
        return invoices.sorted(lambda move: (move.invoice_date, move.id), reverse=True)

    def _get_portal_plan(self):
        """The next rows of the payment plan, a year of a monthly contract."""
        self.ensure_one()
        return self.env["subscription.installment"].search(
            [("contract_id", "=", self.id), ("state", "=", "planned")], order="date_invoice, id", limit=12
        )
