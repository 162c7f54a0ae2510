"""How invoices reach the customer: handed over once, and sent when the mail has left."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.batches import Job
from ..common.context import CHECKED
from ..common.groups import ACCOUNTING
from .gateway import HAND_IN
from .mail_mail import INTERRUPTED, leave_after_commit
from .network import OVER_NETWORK

# Few at a time: their rows stay locked until all are printed. Each alone: none is printed again for another's sake.
SEND = Job("account.move", "_get_subscription_hand_over_domain", "_subscription_send", "send", size=10, alone=True)
# Commits before and after each mail.
MAIL = Job("account.move", "_get_subscription_mail_domain", "_subscription_mail", size=10, claim=False)
# Odoo's states of a notification: the mail has left, or is about to
LEFT = ("sent", "pending")
ON_ITS_WAY = ("ready", "process")


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_handed_on = fields.Datetime(
        string="Handed Over On",
        readonly=True,
        copy=False,
        help="Since then the invoice is on its way to the customer.",
        groups=ACCOUNTING,
    )
    subscription_message_id = fields.Many2one(
        comodel_name="mail.message",
        string="Invoice Mail",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups=ACCOUNTING,
    )

    # === WHAT TO SEND === #
    @api.model
    def _get_subscription_send_domain(self, company, date_ref):
        """Posted invoices that are to be sent, and those of which it is not known yet whether the mail has left."""
        unsent = self._get_subscription_unsent_domain(company)
        under_way = Domain("subscription_message_id", "!=", False) | Domain("subscription_network", "=", "waiting")
        return self._get_subscription_hand_over_domain(company, date_ref) | (unsent & under_way)

    @api.model
    def _get_subscription_hand_over_domain(self, company, _date_ref):
        """Posted invoices that are to be printed and handed over.

        What goes through a gateway is mailed when that has accepted it, what goes over a network when it has gone.
        """
        accepted = ~self._get_gateway_domain("open", "waiting", "refused")
        gone = Domain("subscription_network", "!=", "waiting")
        waiting = Domain("subscription_handed_on", "=", False) & accepted & gone
        return self._get_subscription_unsent_domain(company) & waiting

    @api.model
    def _get_subscription_mail_domain(self, company, date_ref):
        """Invoices with a mail of which it is not known yet whether it has left; those that failed on their day."""
        handed_over = Domain("subscription_message_id", "!=", False)
        in_time = self._get_not_parked_domain("send", date_ref)
        return self._get_subscription_unsent_domain(company) & handed_over & in_time

    @api.model
    def _get_subscription_unsent_domain(self, company):
        """Posted invoices that billing sends and that have not left."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("subscription_billing_mode", "in", ("send", "charge"))
            & Domain("state", "=", "posted")
            & Domain("is_move_sent", "=", False)
        )

    @api.model
    def _get_subscription_received_domain(self):
        """Invoices that customers can know of: sent, where billing sends them, and left to people where it does not.

        What a gateway has not accepted has reached nobody, whoever handed it in.
        """
        sent = Domain("is_move_sent", "=", True) | Domain("subscription_billing_mode", "not in", ("send", "charge"))
        return sent & ~self._get_gateway_domain("waiting", "refused")

    # === SENDING === #
    def _subscription_send(self, _date_ref):
        """Send the invoices to the customers as the Send button does, with the customer's own ways of delivery.

        Their mails leave when that is committed, see `_subscription_mail`. What goes over a network goes alone, see
        `_subscription_send_over_network`.

        :raise UserError: it could not be made, with the reason.
        """
        for move in self:
            if move._goes_over_network():
                move._write_sealed({"subscription_network": "waiting"})
            else:
                move._hand_over_invoice()

    def _hand_over_invoice(self):
        """Hand the invoice to the mail server, or leave it to the customer to fetch it."""
        self.ensure_one()
        sender = self.env["account.move.send"].with_context(subscription_printing=CHECKED)
        ways, settings = sender._get_default_sending_methods(self), {}
        if self.subscription_network == "done":
            ways = ways & {"email"}
            settings = {"sending_methods": ways, "extra_edis": {}}
        by_mail = "email" in ways
        before = self.message_ids
        # Odoo works out the section of all lines of an invoice where it needs that of one, and what it was not asked
        # for it writes: taxes and terms are then looked at anew for each page.
        self.line_ids.mapped("parent_id")
        # What is posted stays as it is.
        move = self.with_context(skip_invoice_sync=True, subscription_printing=CHECKED)
        on_its_way = {"subscription_on_its_way": CHECKED, "mail_notify_force_send": False}
        sender._generate_and_send_invoices(move.with_context(**on_its_way) if by_mail else move, **settings)
        message = self._get_invoice_mail(before) if by_mail else self.env["mail.message"]
        move._write_sealed({"subscription_handed_on": fields.Datetime.now(), "subscription_message_id": message.id})
        leave_after_commit(message)
        # The customer fetches it, or has it already.
        if not message and (ways == {"manual"} or self._is_served()):
            move.is_move_sent = True

    def _get_invoice_mail(self, before):
        """The message that was written to the customer just now; none is needed by who has it already."""
        self.invalidate_recordset(["message_ids"])
        message = (self.message_ids - before).filtered("notification_ids")[:1]
        if not message and not self._is_served():
            raise UserError(self.env._("The customer has no e-mail address."))
        return message

    def _is_served(self):
        """Whether the customer has the invoice from a gateway or a network already."""
        return self.subscription_network == "done" or self._is_at_gateway("accepted")

    # === MAILS === #
    def _subscription_mail(self, date_ref):
        """Let the mails of these invoices leave that have not, and look what became of them.

        What failed before is tried again, once: the invoice is sent when its mail has left.
        """
        waiting = self._get_subscription_mail_domain(self.env.company, date_ref)
        moves = self.search(waiting & Domain("id", "in", self.ids), order="id")
        moves._mail_again(date_ref)
        mails = moves._get_mails().filtered(lambda mail: mail.state == "outgoing")
        mails.with_context(subscription_leaving=CHECKED).send()
        self.env.invalidate_all()
        certain = (moves - moves._get_on_their_way()).try_lock_for_update(allow_referencing=True)
        certain._isolate("send", lambda parts: parts._look_after_mail(), date_ref)

    def _mail_again(self, date_ref):
        """Have mails that failed sent once more: the same one, so that a person may have done it as well.

        Where Odoo has thrown it away, because it had no usable address, the invoice is handed over anew. One of which
        it is not known whether it has left is not sent again.
        """
        parked = self.browse(self._get_parkings("send").mapped("res_id"))
        failed = parked.filtered(lambda move: not move._has_left()) - self._get_on_their_way()
        mails = failed._get_mails()
        gone = failed.filtered(lambda move: move.subscription_message_id not in mails.mail_message_id)
        gone._isolate("send", lambda parts: parts._subscription_send(date_ref), date_ref)
        mails.filtered(lambda mail: mail.failure_type != INTERRUPTED).mark_outgoing()

    def _look_after_mail(self):
        """Call the invoices sent whose mails have left.

        :raise UserError: one has not.
        """
        for move in self:
            if not move._has_left():
                raise UserError(move._get_mail_failure())
        self.with_context(skip_invoice_sync=True).is_move_sent = True  # what is posted stays as it is

    def _get_notices(self):
        return self.sudo().subscription_message_id.notification_ids  # sudo: a notification is its recipient's

    def _has_left(self):
        """Whether the invoice has left for one of its recipients at least; some read their messages in Odoo."""
        return any(
            notice.notification_type != "email" or notice.notification_status in LEFT for notice in self._get_notices()
        )

    def _get_on_their_way(self):
        """Invoices whose mail may still leave without anybody doing anything."""
        mails = self._get_mails().grouped("mail_message_id")

        def is_on_its_way(move):
            mine = mails.get(move.subscription_message_id.sudo())  # sudo: as in _get_mails
            if mine:
                return mine._is_leaving()
            return any(notice.notification_status in ON_ITS_WAY for notice in move._get_notices())

        return self.filtered(is_on_its_way)

    def _get_mails(self):
        """The mails by which the invoices were to leave; those that have left are thrown away by Odoo."""
        # sudo: mails belong to the administrator
        mails = self.env["mail.mail"].sudo()
        return mails.search([("mail_message_id", "in", self.subscription_message_id.ids)], order="id")

    def _get_mail_failure(self):
        """Why the mail has not left: in the words of the mail server, or else of Odoo."""
        mails = self._get_mails()
        if INTERRUPTED in mails.mapped("failure_type"):
            return mails.with_env(self.env)._get_interruption()
        notices = self._get_notices()
        kinds = dict(notices._fields["failure_type"]._description_selection(self.env))
        reasons = [*mails.mapped("failure_reason"), *notices.mapped("failure_reason")]
        reasons += [kinds.get(notice.failure_type) for notice in notices]
        reason = next(filter(None, reasons), "")
        return self.env._("The mail with the invoice could not be sent. %(reason)s", reason=reason).strip()

    # === CRON === #
    @api.model
    def _cron_send_subscription_invoices(self):
        """Send posted invoices of contracts that want it, apart from billing, a few between two commits.

        First through the gateways. Mails leave with the commit of their batch; at last those are looked after that have
        not, of earlier runs too.
        """
        self.env["subscription.batches"]._run(HAND_IN, SEND, OVER_NETWORK, SEND, MAIL)
