"""What a customer may ask, and what it costs: the hook that ticket and chat add-ons call."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    department_ids = fields.Many2many(
        copy=False,
        comodel_name="subscription.department",
        string="Free Departments",
        groups="subscription_mgmt.group_subscription_viewer",
        help="Departments that the staff opened to the customer: requests to them are free.",
    )
    subscription_entitlement_ids = fields.One2many(
        comodel_name="subscription.entitlement",
        inverse_name="partner_id",
        string="Paid Subscriptions",
        groups="subscription_mgmt.group_subscription_billing",
    )
    entitled_department_ids = fields.Many2many(
        comodel_name="subscription.department",
        string="Departments by Package",
        compute="_compute_entitlements",
        groups="subscription_mgmt.group_subscription_billing",
        help="Departments that the packages of the customer open, until they expire.",
    )
    entitlement_count = fields.Integer(
        string="Packages",
        compute="_compute_entitlements",
        groups="subscription_mgmt.group_subscription_billing",
    )

    @api.depends("commercial_partner_id.subscription_entitlement_ids.state")
    def _compute_entitlements(self):
        for partner in self:
            held = partner.commercial_partner_id.subscription_entitlement_ids
            partner.entitlement_count = len(held)
            partner.entitled_department_ids = held.filtered(lambda one: one.state == "active").department_ids

    def action_view_entitlements(self):
        """Open the packages of the customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_entitlement_action")
        return {**action, "domain": [("partner_id", "in", self.commercial_partner_id.ids)], "context": {}}

    # === CONSUMPTION === #
    def _consume_credits(self, department, source, date_ref=None):
        """Charge a ticket or a chat to the customer, once, when it is opened (LIM-19..23, readings 9..12).

        Call it on the contact who asks, in the transaction that creates the request: a refusal undoes both. Replies,
        reopening and transfer cost nothing, because the same source is never charged twice. Two requests at the same
        time wait for one another; the second is run again by Odoo and sees what the first has left.

        :param department: `subscription.department` that the request goes to.
        :param source: the ticket or chat, one record that has its id.
        :param date_ref: day of the request; default: today in the company of the department.
        :return: the moves of the ledger (sudo), of 0 credits where the request is free. No moves where nothing is
            charged: a visitor who is not known, or a company that does not run subscriptions.
        :raise UserError: the department is not open to the customer, or too little credit is left; says where more
            can be bought. Nothing is charged then.
        """
        # sudo: the customer himself, or a visitor, opens the request; the ledger is the house's
        moves = self.env["subscription.credit.move"].sudo()
        company = department.sudo().company_id
        if self._is_anonymous() or not company.subscription_enabled:
            return moves
        self.ensure_one()
        source.ensure_one()
        customer = self.sudo().commercial_partner_id
        day = date_ref or company._subscription_today()
        wallet = self.env["subscription.wallet"].sudo()._lock(company, customer)
        charged = moves._find_charged(source)
        if charged:
            return charged
        wallet._roll(day)
        parts = wallet._plan_request(department.sudo(), day)
        return moves._charge(wallet, department, source, parts, day)

    def _get_credit_refusal(self, department, date_ref=None):
        """Why a request of the contact to the department would be refused; empty when it would not.

        Changes nothing: for a form that warns, or offers packages, before anything is typed.
        """
        company = department.sudo().company_id
        if self._is_anonymous() or not company.subscription_enabled:
            return ""
        try:
            self._plan_credits(department, date_ref)
        except UserError as refusal:
            return str(refusal)
        return ""

    def _plan_credits(self, department, date_ref=None):
        """Who would pay for a request of the contact now: see `subscription.wallet._plan_request`."""
        self.ensure_one()
        department = department.sudo()  # sudo: as in _consume_credits
        day = date_ref or department.company_id._subscription_today()
        return self._get_wallet(department.company_id)._plan_request(department, day)

    def _get_wallet(self, company):
        """The balance of the customer in the company, as a record in memory: asking leaves no trace."""
        values = {"company_id": company.id, "partner_id": self.sudo().commercial_partner_id.id}
        return self.env["subscription.wallet"].sudo().new(values)  # sudo: as in _consume_credits

    @api.model
    def _get_public_partner(self):
        return self.env.ref("base.public_partner", raise_if_not_found=False) or self.browse()

    def _is_anonymous(self):
        """Nobody, or the visitor whom Odoo lends its public user: never charged (LIM-23)."""
        return not self or self == self._get_public_partner()
