from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..common.groups import SALES


class SaleOrder(models.Model):
    _inherit = "sale.order"

    subscription_date_sent = fields.Date(
        string="Offer Sent On",
        copy=False,
        readonly=True,
        help="Day on which the quotation was sent last.",
        groups=SALES,
    )
    subscription_answered = fields.Boolean(
        string="Offer Answered",
        compute="_compute_subscription_answered",
        search="_search_subscription_answered",
        compute_sudo=True,
        help="The customer accepted or refused the offer, or wrote back.",
        groups=SALES,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `sale` to remember the day of offers that come in as sent."""
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sent")._remember_sent()
        return orders

    def write(self, vals):
        """Override of `sale` to remember the day on which an offer is sent."""
        fresh = self.filtered(lambda order: order.state != "sent") if vals.get("state") == "sent" else self.browse()
        result = super().write(vals)
        fresh._remember_sent()
        return result

    def _remember_sent(self):
        # sudo: whoever sends an offer need not be allowed to see the day
        for company, orders in self.sudo().grouped("company_id").items():
            orders.subscription_date_sent = company._subscription_today()

    @api.depends("state", "subscription_date_sent", "message_ids")
    def _compute_subscription_answered(self):
        answered = self._get_written_back()
        for order in self:
            order.subscription_answered = order.state not in ("draft", "sent") or order.id in answered

    def _search_subscription_answered(self, operator, value):
        if operator != "in" or len(value) != 1:
            return NotImplemented
        waiting = self.search([("state", "=", "sent")])
        answered = Domain("state", "not in", ("draft", "sent")) | Domain("id", "in", list(waiting._get_written_back()))
        return answered if True in value else ~answered

    def _get_written_back(self):
        """Ids of the offers on which somebody from the customer's side has written since they were sent."""
        # sudo: what matters is whether the customer has written, not who may read it
        messages = self.env["mail.message"].sudo()
        found = messages.search_fetch(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("message_type", "in", ("email", "comment")),
                ("author_id.partner_share", "=", True),
            ],
            ["res_id", "date", "author_id"],
        )
        families = {order.id: order.partner_id.commercial_partner_id for order in self}
        sent = {order.id: order.subscription_date_sent for order in self}
        return {
            message.res_id
            for message in found
            if message.author_id.commercial_partner_id == families[message.res_id]
            and (not sent[message.res_id] or message.date.date() >= sent[message.res_id] - timedelta(days=1))
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    subscription_offer_days = fields.Integer(
        string="Days Since Unanswered Offer",
        compute="_compute_subscription_offer_days",
        search="_search_subscription_offer_days",
        groups="sales_team.group_sale_salesman,subscription_mgmt.group_subscription_viewer",
        help="Days since the last offer was sent to which the customer gave no answer. Empty: there is none.",
    )

    @api.model
    def _get_waiting_offers(self):
        # sudo: a customer filter asks whether there is an offer, not what is in it
        offers = self.env["sale.order"].sudo()
        domain = [
            ("state", "=", "sent"),
            ("subscription_answered", "=", False),
            ("subscription_date_sent", "!=", False),
            ("company_id", "in", self.env.companies.ids),
        ]
        return offers.search(domain)

    def _compute_subscription_offer_days(self):
        today = self.env.company._subscription_today()
        latest = {}
        for offer in self._get_waiting_offers():
            sent = offer.subscription_date_sent
            latest[offer.partner_id.id] = max(sent, latest.get(offer.partner_id.id, sent))
        for partner in self:
            partner.subscription_offer_days = (today - latest[partner.id]).days if partner.id in latest else False

    def _search_subscription_offer_days(self, operator, value):
        """Customers with an unanswered offer of that age: ``<= 14`` is what a follow-up asks for (REC-03)."""
        if operator not in ("<=", "<", ">=", ">") or not isinstance(value, int):
            return NotImplemented
        turned = {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}[operator]
        limit = self.env.company._subscription_today() - timedelta(days=value)
        offers = self._get_waiting_offers().filtered_domain([("subscription_date_sent", turned, limit)])
        return [("id", "in", offers.partner_id.ids)]
