"""How mails with invoices leave: after the commit of their batch, each marked before the mail server hears of it.

Odoo marks a mail as sent in the transaction in which it sends it: who is killed in between leaves one that is sent
again. Here the mark is committed first, so that none leaves twice; of one that was leaving then nobody but the customer
knows whether it has arrived, and a person is told.
"""

import logging
from datetime import timedelta
from functools import partial

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.modules.registry import Registry
from odoo.tools import SQL

from ..common.context import CHECKED

_logger = logging.getLogger(__name__)
INTERRUPTED = "subscription_interrupted"
# A mail that has been leaving for so long was interrupted: its worker would have had an answer, or a time-out.
LEAVING_GRACE = timedelta(minutes=15)
# Odoo's states of a notification that nothing more is sent for
DONE = ("sent", "canceled")
WAITING = "subscription_mgmt.mails"  # in the data of what is done after the commit


class MailMail(models.Model):
    _inherit = "mail.mail"

    failure_type = fields.Selection(selection_add=[(INTERRUPTED, "Interrupted while leaving")])

    def _send(self, *args, smtp_session=None, **options):
        """Override of `mail`: commit that a mail with an invoice is leaving, and afterwards what came of it."""
        if self.env.context.get("subscription_leaving") is not CHECKED or modules.module.current_test:
            return super()._send(*args, smtp_session=smtp_session, **options)
        for mail in self:
            try:
                # A mail server that has hung up is noticed before the mark is set, not after.
                if smtp_session:
                    smtp_session.noop()
                if mail._mark_as_leaving():
                    super(MailMail, mail)._send(*args, smtp_session=smtp_session, **options)
                self.env["ir.cron"]._commit_progress()
            except OperationalError:
                self.env.cr.rollback()
                _logger.info("Mail %s left to another worker", mail.id)
            except OSError as error:
                self.env.cr.rollback()
                _logger.warning("Mail %s is looked after later: %s", mail.id, error)
                break
        return True

    def _mark_as_leaving(self):
        """Commit that the mail is about to leave.

        :return: whether it is ours to send: locked, and waiting to be sent, but for this transaction only.
        """
        self.ensure_one()
        # Looked at before it is locked: whoever has marked it comes back for the lock.
        self.invalidate_recordset(["state"])
        if self.exists().state != "outgoing" or not self.try_lock_for_update():
            return False
        # Odoo's queue holds these, and not the mail, while it talks to the mail server.
        notices = self.env["mail.notification"].sudo()  # sudo: a notification is its recipient's
        notices = notices.search([("mail_mail_id", "=", self.id), ("notification_status", "not in", DONE)])
        if notices.try_lock_for_update() != notices:
            return False
        reason = self._get_interruption()
        self.write({"state": "exception", "failure_type": INTERRUPTED, "failure_reason": reason})
        # Who still sees it waiting fails at these, before it talks to the mail server.
        notices.notification_status = "process"
        self.env["ir.cron"]._commit_progress()
        return self._hold_while_leaving()

    def _hold_while_leaving(self):
        """Lock the marked mail until it has left, so that nobody takes it for interrupted.

        Whoever has the lock at this moment looks and lets go; passed over, it would stay marked and never leave.
        """
        held = self.env.execute_query(SQL("SELECT id FROM mail_mail WHERE id = %s FOR UPDATE", self.id))
        self.invalidate_recordset(["state", "failure_type"])
        if not held or self.failure_type != INTERRUPTED:
            return False
        self.write({"state": "outgoing", "failure_type": False, "failure_reason": False})
        return True

    @api.model
    def _get_interruption(self):
        """What is said of a mail whose worker was killed while it left."""
        return self.env._(
            "It is not known whether the mail has left: the server was stopped meanwhile. If the customer has not got "
            "the invoice, press its Send button."
        )

    def _is_leaving(self):
        """Whether the mails wait to be sent, or a worker is sending them just now."""
        young = fields.Datetime.now() - LEAVING_GRACE
        return any(
            mail.state == "outgoing" or (mail.failure_type == INTERRUPTED and mail.write_date > young) for mail in self
        )


def leave_after_commit(message):
    """Have the mails of an invoice leave when it is committed that it was handed over; those of a batch together."""
    after = message.env.cr.postcommit
    if WAITING not in after.data:
        after.data[WAITING] = set()
        after.add(partial(_leave, message.env.cr.dbname, after.data[WAITING]))
    after.data[WAITING].update(message.ids)


def _leave(dbname, message_ids):
    """After a commit: send the mails of these messages in transactions of their own, and record what became of them.

    What goes wrong here is found again by the next run of the scheduled action.
    """
    try:
        with Registry(dbname).cursor() as cr:
            moves = api.Environment(cr, SUPERUSER_ID, {})["account.move"]
            moves = moves.search([("subscription_message_id", "in", list(message_ids))], order="id")
            for company, part in moves.grouped("company_id").items():
                company._work_for(part)._subscription_mail(company._subscription_today())
    except OperationalError:
        _logger.info("Mails with invoices left to another worker")
    except Exception:
        _logger.exception("Mails with invoices are looked after later")
