"""How invoices reach the customer: handed over once, and sent when the mail has left."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.batches import Job
from ..common.context import CHECKED
from ..common.groups import ACCOUNTING
from .gateway import HAND_IN

SEND = Job("account.move", "_get_subscription_send_domain", "_subscription_send", "send", size=1)
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

    def write(self, vals):
        """Override of `account`: while it is handed to the mail server or to a gateway an invoice is not sent yet.

        Odoo calls it sent as soon as its PDF is made.
        """
        if "is_move_sent" in vals and self.env.context.get("subscription_on_its_way") is CHECKED:
            vals = {name: value for name, value in vals.items() if name != "is_move_sent"}
        return super().write(vals)

    # === WHAT TO SEND === #
    @api.model
    def _get_subscription_send_domain(self, company, _date_ref):
        """Posted invoices that are to be sent, and those of which it is not known yet whether the mail has left.

        What goes through a gateway is mailed when that has accepted it.
        """
        accepted = ~self._get_gateway_domain("open", "waiting", "refused")
        followed = Domain("subscription_handed_on", "=", False) & accepted | Domain(
            "subscription_message_id", "!=", False
        )
        return self._get_subscription_unsent_domain(company) & followed

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

        What was handed over already is only looked after: nobody gets an invoice twice.

        :raise UserError: it could not be made, or its mail has not left, with the reason.
        """
        for move in self:
            if not move.subscription_handed_on:
                move._hand_over_invoice()
            elif move.subscription_message_id:
                move._follow_mail()

    def _hand_over_invoice(self):
        """Hand the invoice to the mail server, or to another way that the customer has chosen."""
        self.ensure_one()
        sender = self.env["account.move.send"]
        ways = sender._get_default_sending_methods(self)
        by_mail = "email" in ways
        before = self.message_ids
        sender._generate_and_send_invoices(self.with_context(subscription_on_its_way=CHECKED) if by_mail else self)
        message = self._get_invoice_mail(before) if by_mail else self.env["mail.message"]
        self._write_sealed({"subscription_handed_on": fields.Datetime.now(), "subscription_message_id": message.id})
        # The customer fetches it, or has it from the gateway already.
        if not message and (ways == {"manual"} or self._is_at_gateway("accepted")):
            self.is_move_sent = True

    def _get_invoice_mail(self, before):
        """The message that was written to the customer just now; none is needed by whom a gateway has served."""
        self.invalidate_recordset(["message_ids"])
        message = (self.message_ids - before).filtered("notification_ids")[:1]
        if not message and not self._is_at_gateway("accepted"):
            raise UserError(self.env._("The customer has no e-mail address."))
        return message

    def _follow_mail(self):
        """See what became of the mail: the invoice is sent when it has left; one that failed is tried again."""
        self.ensure_one()
        if not self._has_left() and not self._is_on_its_way() and self._get_parkings("send"):
            self._mail_again()
        if self._has_left():
            self.is_move_sent = True
        elif not self._is_on_its_way():
            raise UserError(self._get_mail_failure())

    def _get_notices(self):
        return self.sudo().subscription_message_id.notification_ids  # sudo: a notification is its recipient's

    def _has_left(self):
        """Whether the invoice has left for one of its recipients at least; some read their messages in Odoo."""
        return any(
            notice.notification_type != "email" or notice.notification_status in LEFT for notice in self._get_notices()
        )

    def _is_on_its_way(self):
        return any(notice.notification_status in ON_ITS_WAY for notice in self._get_notices())

    def _get_mails(self):
        """The mails by which the invoice was to leave; those that have left are thrown away by Odoo."""
        # sudo: mails belong to the administrator
        return self.env["mail.mail"].sudo().search([("mail_message_id", "=", self.subscription_message_id.id)])

    def _get_mail_failure(self):
        """Why the mail has not left: in the words of the mail server, or else of Odoo."""
        notices = self._get_notices()
        kinds = dict(notices._fields["failure_type"]._description_selection(self.env))
        reasons = [*self._get_mails().mapped("failure_reason"), *notices.mapped("failure_reason")]
        reasons += [kinds.get(notice.failure_type) for notice in notices]
        reason = next(filter(None, reasons), "")
        return self.env._("The mail with the invoice could not be sent. %(reason)s", reason=reason).strip()

    def _mail_again(self):
        """Send the mail that failed once more: the same one, so that a person may have done it as well.

        Where Odoo has thrown it away, because it had no usable address, the invoice is handed over anew.
        """
        mails = self._get_mails()
        if not mails:
            return self._hand_over_invoice()
        mails.mark_outgoing()
        return mails.send()

    # === CRON === #
    @api.model
    def _cron_send_subscription_invoices(self):
        """Send posted invoices of contracts that want it, one by one, apart from billing; commits after each.

        First through the gateways. Mails leave with the commit: the second round sees what became of them.
        """
        self.env["subscription.batches"]._run(HAND_IN, SEND, SEND)
