"""What customers see of their contracts in the portal, and what they may ask for."""

from odoo import api, fields, models
from odoo.fields import Domain

# So far ahead a day can be wished where the contract itself has no end
MONTHS_AHEAD = 24


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

    # === WISHES === #
    def _get_request_kinds(self):
        """What the subscriber may ask for in the present state of the contract."""
        self.ensure_one()
        kinds = {"active": ("change", "pause", "close"), "paused": ("resume", "close")}.get(self.state, ())
        agreed = {"pause"} if self._get_open_pause(None) else set()
        if self.is_closing:
            agreed.add("close")
        return tuple(kind for kind in kinds if kind not in agreed)

    def _get_request_days(self, kind, today):
        """First and last day that can be wished: closing keeps the notice period; nothing is after the end."""
        self.ensure_one()
        first, last = max(today, self.date_start), self.date_end
        if kind == "resume" and self.date_paused:
            first, last = max(today, self.date_paused), self.date_pause_to or last
        elif kind == "close":
            first = max(first, fields.Date.add(today, days=self.notice_days))
        return first, last or fields.Date.add(first, months=MONTHS_AHEAD)

    def _get_wishes(self, today):
        """What may be asked for, and for which days.

        :return: list of dicts with `kind`, `label`, `first` and `last`.
        """
        labels, wishes = self._get_wish_labels(), []
        for kind in self._get_request_kinds():
            first, last = self._get_request_days(kind, today)
            if first <= last:
                wishes.append({"kind": kind, "label": labels[kind], "first": first, "last": last})
        return wishes

    @api.model
    def _get_wish_labels(self):
        """The wishes as a customer would say them."""
        return {
            "change": self.env._("Change the contract"),
            "pause": self.env._("Pause the contract"),
            "resume": self.env._("Go on with the contract"),
            "close": self.env._("End the contract"),
        }

    def _check_wished_pause(self, first, last):
        """Raise when the contract, or the company, does not allow such a pause.

        :raise UserError: in words.
        """
        self._check_pausable(first, last)
        self._check_pause_limits(first, last or self._get_latest_pause_end(first))

    def _carry_out_wish(self, kind, day, day_to=None, reason=None, comment=None):
        """Do what was asked; a change is made by hand.

        :raise UserError: what the contract refuses.
        """
        if kind == "pause":
            self.action_pause(day, date_to=day_to or self._get_latest_pause_end(day))
        elif kind == "resume":
            self.action_resume(day)
        elif kind == "close":
            self.action_close(day, reason.id, comment=comment)

    def action_view_requests(self):
        """Open what the subscriber asked."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_request_action")
        return {**action, "domain": [("contract_id", "in", self.ids)], "context": {}}

    # === PORTAL === #
    @api.model
    def _get_portal_domain(self, customer):
        """Contracts that a customer sees in the portal: those of his own commercial entity, once in force."""
        return Domain("partner_id.commercial_partner_id", "=", customer.id) & Domain("state", "!=", "draft")

    def _is_paid_by_subscriber(self):
        """Whether the subscriber gets the invoices himself: what others owe is not shown to him."""
        self.ensure_one()
        return self.invoice_partner_id.commercial_partner_id == self.partner_id.commercial_partner_id

    def _get_portal_invoices(self):
        """Posted invoices of the contract that its own subscriber pays, the newest first."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        invoices = self.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.commercial_partner_id == customer
        )
        return invoices.sorted(lambda move: (move.invoice_date, move.id), reverse=True)

    def _get_portal_plan(self):
        """The next rows of the payment plan, a year of a contract with a few monthly lines."""
        self.ensure_one()
        return self.env["subscription.installment"].search(
            [("contract_id", "=", self.id), ("state", "=", "planned")], order="date_invoice, id", limit=60
        )

    def _get_portal_card(self):
        """Last digits of the subscriber's saved card; empty without one, or when it is somebody else's."""
        self.ensure_one()
        token = self.payment_token_id
        if not token.active or token.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id:
            return ""
        return "".join(letter for letter in token.payment_details or "" if letter.isdigit())[-4:]
