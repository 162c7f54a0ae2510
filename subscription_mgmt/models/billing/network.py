"""How invoices go out over a network that nobody here can ask again, such as Peppol or a service that posts letters.

Never twice: one at a time, and that it is about to go is committed before the network hears of it. Whoever is killed,
or loses a race afterwards, leaves that mark, and a person is told. The mail follows when the network has the invoice,
as it does after a gateway.
"""

from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.batches import Job
from ..common.context import CHECKED
from ..common.groups import ACCOUNTING

# Claims by itself, and commits between saying that it sends and doing so.
OVER_NETWORK = Job(
    "account.move", "_get_subscription_network_domain", "_subscription_send_over_network", size=1, claim=False
)
# Where no network has a part.
OWN_WAYS = {"email", "manual"}
# Older marks were left by somebody who was killed, or has lost a race.
GRACE = timedelta(minutes=15)


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_network = fields.Selection(
        selection=[("waiting", "Waiting"), ("done", "Sent")],
        string="Over a Network",
        readonly=True,
        copy=False,
        groups=ACCOUNTING,
        help="Whether the invoice has to go out over a network such as Peppol, or has done so.",
    )

    # === WHICH === #
    def _goes_over_network(self):
        """Whether the invoice is still to be sent by more than mail: by a way of the customer, or to an authority."""
        self.ensure_one()
        if self._is_served():
            return False
        sender = self.env["account.move.send"]
        return bool(sender._get_default_sending_methods(self) - OWN_WAYS or sender._get_default_extra_edis(self))

    @api.model
    def _get_subscription_network_domain(self, company, date_ref):
        """Invoices that are to go out over a network now, and those of which it is not known whether they have."""
        old = fields.Datetime.now() - GRACE
        idle = Domain("subscription_handed_in_on", "=", False) | Domain("subscription_handed_in_on", "<", old)
        return (
            self._get_subscription_unsent_domain(company)
            & Domain("subscription_network", "=", "waiting")
            & Domain("subscription_handed_on", "=", False)
            & self._get_not_parked_domain("send", date_ref)
            & idle
        )

    # === SENDING === #
    def _subscription_send_over_network(self, date_ref):
        """Send one invoice over its network; commits that it is about to. One that is in doubt is set aside."""
        # Looked at before it is locked: whoever has marked it comes back for the lock.
        domain = self._get_subscription_network_domain(self.env.company, date_ref) & Domain("id", "in", self.ids)
        move = self.search(domain).try_lock_for_update(allow_referencing=True)
        if move.subscription_handed_in_on:
            move._park("send", move._for_reader()._get_network_doubt(), date_ref)
        elif move:
            now = fields.Datetime.now()
            move._write_sealed({"subscription_handed_in_on": now})
            self.env["ir.cron"]._commit_progress()
            if move._hold_for_network(now):
                move._send_over_network(date_ref)

    def _hold_for_network(self, since):
        """Lock the marked invoice, by waiting: passed over, it would stay in doubt and never go.

        :return: whether it is still ours to send.
        """
        self.env.execute_query(SQL("SELECT id FROM account_move WHERE id = %s FOR NO KEY UPDATE", self.id))
        self.invalidate_recordset()
        unsent = self._get_subscription_unsent_domain(self.env.company)
        mine = Domain("subscription_handed_in_on", "=", since) & Domain("id", "=", self.id)
        return bool(self.search(unsent & mine))

    def _send_over_network(self, date_ref):
        """Send the invoice, or set it aside with the reason; the mark stays where the outcome is not known.

        No savepoint: add-ons that renew their access commit, whoever calls them.
        """
        error = None
        try:
            self._for_reader()._call_network()
            self.env.flush_all()
        except OperationalError:
            raise
        except Exception as failure:
            self.env.cr.rollback()
            error = failure
        if error:
            self._park("send", error, date_ref)
        else:
            self._unpark("send")
        # Odoo's own words for a failure say that nothing was taken.
        if not error or isinstance(error, UserError):
            self._write_sealed({"subscription_handed_in_on": False})

    def _call_network(self):
        """Send the invoice as the Send button does, but by no mail: that leaves afterwards.

        :raise UserError: it was not sent, with the reason.
        """
        sender = self.env["account.move.send"].with_context(subscription_printing=CHECKED)
        ways = sender._get_default_sending_methods(self)
        move = self.with_context(
            subscription_printing=CHECKED, subscription_on_its_way=CHECKED, skip_invoice_sync=True
        )  # what is posted stays as it is
        sender._generate_and_send_invoices(move, sending_methods=ways - {"email"})
        self._write_sealed({"subscription_network": "done"})
        if "email" not in ways:
            self._write_sealed({"subscription_handed_on": fields.Datetime.now()})
            self.with_context(skip_invoice_sync=True).is_move_sent = True

    def _get_network_doubt(self):
        """What is said of an invoice whose worker was killed while it went out."""
        return self.env._(
            "It is not known whether the invoice has gone out: the server was stopped meanwhile. If the customer has "
            "not got it, press its Send button."
        )
