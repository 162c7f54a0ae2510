"""What a saved card is charged: one intent per attempt, in the database before the provider hears of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

# What may follow on what: nothing that was sent, or may have been, is ever sent again.
TRANSITIONS = {
    "intent": ("sent", "cancelled"),
    "sent": ("done", "declined", "unknown", "cancelled"),
    "unknown": ("done", "declined"),
    "declined": ("done",),
    "cancelled": ("done",),
    "done": (),
}
OPEN_STATES = ("intent", "sent", "unknown")
FROZEN = {
    "move_id",
    "token_id",
    "amount",
    "date_due",
    "currency_id",
    "company_id",
    "attempt",
    "idempotency_key",
    "transaction_id",
}


class SubscriptionCharge(models.Model):
    """One attempt to charge a saved card for one invoice, and what became of it."""

    _name = "subscription.charge"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin", "subscription.alert.mixin"]
    _description = "Card Charge"
    _order = "id desc"
    _rec_name = "idempotency_key"

    # === IDENTITY === #
    idempotency_key = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        help="The provider gets it with the request; it accepts a payment with the same reference only once.",
    )
    attempt = fields.Integer(required=True, readonly=True, aggregator=None)
    # === COMPANY AND CURRENCY === #
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    # === PARTIES === #
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Customer")
    token_id = fields.Many2one(
        comodel_name="payment.token",
        string="Saved Card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    transaction_id = fields.Many2one(
        comodel_name="payment.transaction",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    # === FIGURES AND DATES === #
    amount = fields.Monetary(required=True, readonly=True)
    date_due = fields.Date(
        string="Due Until", readonly=True, help="The parts of the invoice due until this day were asked for."
    )
    date_sent = fields.Datetime(string="Sent", readonly=True)
    date_done = fields.Datetime(string="Settled", readonly=True)
    # === STATE === #
    state = fields.Selection(
        selection=[
            ("intent", "To Send"),
            ("sent", "Sent"),
            ("done", "Paid"),
            ("declined", "Declined"),
            ("unknown", "Outcome Unknown"),
            ("cancelled", "Not Sent"),
        ],
        required=True,
        readonly=True,
        default="intent",
        index=True,
    )
    decline_kind = fields.Selection(
        selection=[("soft", "May Work Another Day"), ("hard", "Card Refused for Good")],
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="Why the card was not charged, in the words of the provider.")

    _idempotency_key = models.UniqueIndex("(idempotency_key)", "This charge exists already.")
    _transaction = models.UniqueIndex("(transaction_id)", "A payment transaction belongs to one charge.")
    _open_move = models.UniqueIndex(
        "(move_id) WHERE state IN ('intent', 'sent', 'unknown')",
        "A charge of this invoice is under way.",
    )
    _amount_positive = models.Constraint("CHECK (amount > 0)", "Only an amount above zero can be charged.")

    # === CRUD === #
    def write(self, vals):
        """Keep the record of charges true: what was asked for never changes, and nothing sent becomes unsent.

        :raise UserError: a change of what was asked for, or a step backwards.
        """
        if self._is_own_code() and FROZEN & set(vals):
            raise UserError(self.env._("What was asked of the provider cannot be changed afterwards."))
        target = self._is_own_code() and vals.get("state")
        for charge in self if target else ():
            if target != charge.state and target not in TRANSITIONS[charge.state]:
                raise UserError(
                    self.env._("Charge %(charge)s cannot go back to an earlier step.", charge=charge.idempotency_key)
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if self.filtered("date_sent"):
            raise UserError(self.env._("A charge that was sent to the provider cannot be deleted."))

    # === ACTIONS === #
    def action_ask(self):
        """Ask the provider once more what became of the charges."""
        self.check_access("write")
        # sudo: settling a charge takes the billing right, not access to providers
        for charge in self.sudo():
            charge._hold_for_act()
            charge._resolve_unknown(charge.company_id._subscription_today())

    def action_confirm_paid(self):
        """A person found the payment at the provider: the invoice counts as paid (and is reconciled)."""
        self._settle_by_hand(
            lambda transaction: transaction._set_done(state_message=self.env._("Found at the provider by a person."))
        )

    def action_confirm_not_paid(self):
        """A person made sure at the provider that nothing was taken: the invoice may be charged again."""
        self._settle_by_hand(
            lambda transaction: transaction._set_error(self.env._("Not found at the provider by a person."))
        )

    def _settle_by_hand(self, settle):
        """Settle charges whose outcome nobody but a person can find out.

        :param settle: function of the transaction that says what became of it.
        :raise AccessError: without the billing right.
        :raise UserError: the outcome is known already.
        """
        self.check_access("write")
        # sudo: settling a charge takes the billing right, not access to providers
        for charge in self.sudo():
            charge._hold_for_act()
            if charge.state != "unknown" or charge.transaction_id.state not in ("draft", "pending", "authorized"):
                raise UserError(self.env._("The outcome of %(charge)s is known.", charge=charge.idempotency_key))
            settle(charge.transaction_id)
            charge._record_outcome()
            charge.move_id.message_post(
                body=self.env._(
                    "Card charge %(charge)s settled by %(user)s: %(state)s",
                    charge=charge.idempotency_key,
                    user=self.env.user.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[charge.state],
                )
            )
            charge._post_process(charge.company_id._subscription_today())

    def action_view_transaction(self):
        """Open the payment transaction of the charge."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "payment.transaction",
            "res_id": self.transaction_id.id,
            "view_mode": "form",
        }

    def _get_alert_target(self):
        """Tasks about a charge stand on its invoice."""
        return self.move_id

    def _get_alert_users(self):
        return self.move_id._get_alert_users()
