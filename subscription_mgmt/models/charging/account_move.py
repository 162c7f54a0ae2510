"""Which invoices are charged to a saved card, and with which card."""

from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..common.groups import ACCOUNTING
from .subscription_charge import OPEN_STATES

UNPAID = ("not_paid", "partial")


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_charge_ids = fields.One2many(
        comodel_name="subscription.charge",
        inverse_name="move_id",
        string="Card Charges",
        groups="subscription_mgmt.group_subscription_viewer",
    )
    subscription_charge_count = fields.Integer(
        compute="_compute_subscription_charge_count", compute_sudo=True, groups=ACCOUNTING
    )

    # What charging and dunning look for every hour: the few that are open among all that were ever posted
    _subscription_open = models.Index(
        "(company_id, invoice_date_due) WHERE subscription_billing_mode IS NOT NULL AND state = 'posted'"
        " AND move_type = 'out_invoice' AND payment_state IN ('not_paid', 'partial')"
    )

    @api.depends("subscription_charge_ids")
    def _compute_subscription_charge_count(self):
        for move in self:
            move.subscription_charge_count = len(move.subscription_charge_ids)

    def action_view_subscription_charges(self):
        """Open the card charges of the invoices."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_charge_action")
        return {**action, "domain": [("move_id", "in", self.ids)], "context": {"create": False}}

    def _has_to_be_paid(self):
        """Override of `account_payment`: no payment page while a charge of the saved card is under way."""
        return not self._is_being_charged() and super()._has_to_be_paid()

    def _is_being_charged(self):
        """Whether a charge of the saved card is under way."""
        charges = self.sudo().subscription_charge_ids  # sudo: whoever asks, the customer too
        return any(charge.state in OPEN_STATES for charge in charges)

    # === WHAT TO CHARGE === #
    @api.model
    def _get_subscription_open_domain(self):
        """Unpaid subscription invoices that nobody is paying on a payment page, or has just paid there."""
        return (
            Domain("subscription_billing_mode", "!=", False)
            & Domain("state", "=", "posted")
            & Domain("move_type", "=", "out_invoice")
            & Domain("payment_state", "in", UNPAID)
            & Domain("transaction_ids", "not any", self._get_paying_domain())
        )

    @api.model
    def _get_subscription_payable_domain(self):
        """Open subscription invoices without a charge under way: what may be charged, and what may be dunned."""
        under_way = Domain("subscription_charge_ids", "any", [("state", "in", OPEN_STATES)])
        return self._get_subscription_open_domain() & ~under_way

    @api.model
    def _get_subscription_charge_domain(self, company, date_ref):
        """Invoices of which something is due that is to be charged by card."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("subscription_billing_mode", "=", "charge")
            & self._get_part_due_domain(date_ref)
            & self._get_subscription_payable_domain()
        )

    def _prepare_due_charges(self, date_ref):
        """Write the intents to charge what is due and was not asked for yet, after what the customers have to their
        credit.

        :raise OperationalError: another worker prepared one at the same moment.
        """
        self._offset_subscription_credits()
        moves = self.filtered(lambda move: move._is_charge_wanted(date_ref))
        try:
            moves._prepare_subscription_charges(date_ref)
        except UniqueViolation as error:
            raise OperationalError(str(error)) from error

    def _is_charge_wanted(self, date_ref):
        """Whether something is due that was not asked of the card yet, or not of this card.

        A refused amount is asked for again by the dunning plan alone; one that could not be sent is not lost.
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self._get_due_amount(date_ref), 0) <= 0:
            return False
        last = self._get_last_charge()
        unsent = self.subscription_charge_ids.sorted("attempt")[-1:] != last
        return not last or unsent or self._has_new_card() or self._has_later_part(last, date_ref)

    def _has_later_part(self, charge, date_ref):
        """Whether a part of the invoice has become due since the charge."""
        asked = charge.date_due  # empty: the whole invoice was asked for
        return bool(asked) and any(line.date_maturity > asked for line in self._get_due_lines(date_ref))

    def _has_new_card(self):
        """Whether the last card was refused for good and there is another one now."""
        last = self._get_last_charge()
        token = self._get_subscription_token()
        return last.decline_kind == "hard" and bool(token) and token != last.token_id

    def _get_last_charge(self):
        """The latest attempt that reached the provider."""
        sent = self.subscription_charge_ids.filtered(lambda charge: charge.state != "cancelled")
        return sent.sorted("attempt")[-1:]

    # === WITH WHICH CARD === #
    def _get_subscription_token(self):
        """The saved card of what the invoice was made of; empty when there is none, or more than one."""
        self.ensure_one()
        # sudo: the card is charged for whoever runs billing; nothing but the record is looked at
        tokens = self.env["payment.token"].sudo()
        tokens = tokens.union(*(source.payment_token_id for source in self._get_subscription_sources()))
        return tokens if len(tokens) == 1 else tokens.browse()

    def _get_subscription_card_obstacle(self):
        """Why the invoice cannot be charged to the saved card, in words for the person who mends it; or False.

        The card must belong to the customer of the invoice and to its company, whatever was agreed.
        """
        self.ensure_one()
        token = self._get_subscription_token().sudo()  # sudo: to look at the provider
        provider = token.provider_id
        currencies = provider.available_currency_ids
        reasons = (
            (not token, self.env._("There is no saved card for this invoice, or more than one.")),
            (not token.active, self.env._("The saved card is archived.")),
            (
                token.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id,
                self.env._("The saved card belongs to another customer."),
            ),
            (token.company_id not in self.company_id.parent_ids, self.env._("The card belongs to another company.")),
            (provider.state == "disabled", self.env._("Payment provider %s is switched off.", provider.name)),
            (
                provider.capture_manually,
                self.env._("Payment provider %s captures by hand; it cannot charge by itself.", provider.name),
            ),
            (
                currencies and self.currency_id not in currencies,
                self.env._("Payment provider %s does not take this currency.", provider.name),
            ),
        )
        return next((reason for applies, reason in reasons if applies), False)

    # === THE INTENT === #
    def _prepare_subscription_charges(self, date_ref=None):
        """Write the intent to charge what is open of each invoice, with its payment transaction; nothing is sent.

        :param date_ref: what is due on this day; None: all that is open.
        :return: the charges.
        :raise UserError: an invoice without a card that can be charged.
        """
        for move in self:
            obstacle = move._get_subscription_card_obstacle()
            if obstacle:
                raise UserError(obstacle)
        # sudo: billing needs the billing right, not access to providers
        values = [move._prepare_subscription_transaction_values(date_ref) for move in self.sudo()]
        transactions = self.env["payment.transaction"].sudo().create(values)
        return (
            self.env["subscription.charge"]
            .sudo()
            .create(
                [
                    {
                        "move_id": move.id,
                        "company_id": move.company_id.id,
                        "transaction_id": transaction.id,
                        "token_id": transaction.token_id.id,
                        "amount": transaction.amount,
                        "date_due": max(move._get_due_lines(date_ref).mapped("date_maturity"), default=False),
                        "currency_id": transaction.currency_id.id,
                        "idempotency_key": transaction.reference,
                        "attempt": move._get_next_attempt(),
                    }
                    for move, transaction in zip(self, transactions, strict=True)
                ]
            )
        )

    def _get_next_attempt(self):
        self.ensure_one()
        return max(self.sudo().subscription_charge_ids.mapped("attempt"), default=0) + 1

    def _prepare_subscription_transaction_values(self, date_ref=None):
        """Values of the payment transaction; its reference is the key that makes the provider take it once only."""
        self.ensure_one()
        token = self._get_subscription_token()
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "token_id": token.id,
            "reference": f"SUB-{self.id}-{self._get_next_attempt()}",
            "amount": self._get_due_amount(date_ref),
            "currency_id": self.currency_id.id,
            "partner_id": self.partner_id.id,
            "operation": "offline",
            "invoice_ids": [Command.set(self.ids)],
        }


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _get_invoice_key(self, decide):
        """Extends the key of billing: contracts that are charged to different cards get invoices of their own."""
        contract = self.contract_id
        card = contract.billing_mode == "charge" and contract.payment_token_id
        return (*super()._get_invoice_key(decide), card or None)
