"""How invoices go out through a gateway, such as that of a tax office: handed in once, followed until accepted.

Never twice: that an invoice is being handed in is committed before the gateway hears of it. Whoever is killed, or gets
no answer, leaves that mark, and the next try asks the gateway what it knows before anything is sent again. What the
gateway said is kept by the add-on that talks to it; the hooks here read it.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.batches import Job
from ..common.context import CHECKED
from ..common.groups import ACCOUNTING
from ..common.isolation import run_isolated

# Claims by itself, and commits between saying that it hands in and doing so.
HAND_IN = Job("account.move", "_get_subscription_hand_in_domain", "_subscription_hand_in", size=1, claim=False)


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_handed_in_on = fields.Datetime(
        string="Being Handed In Since",
        readonly=True,
        copy=False,
        groups=ACCOUNTING,
        help="It is not known whether the gateway has taken the invoice: it is asked before anything is sent again.",
    )

    # === HOOKS === #
    @api.model
    def _get_gateway_domain(self, *stages):
        """Invoices that go through a gateway and have come as far as one of the stages; a bridge adds those of its own.

        :param stages: `open` (not handed in), `waiting` (for an answer), `refused`, `accepted`.
        """
        return Domain.FALSE

    def _prepare_for_gateway(self):
        """Bring up to date what the gateway needs to know of the customer; before it is asked, or takes the invoice."""
        self.ensure_one()

    def _ask_gateway(self):
        """Ask what became of an invoice whose answer never came, and record what the gateway knows.

        :return: whether it may be there, so that it must not be handed in again.
        """
        self.ensure_one()
        return False

    def _get_gateway_refusal(self):
        """Why the gateway has refused the invoice, in its own words."""
        self.ensure_one()
        return self.env._("The gateway has refused the invoice.")

    def _withdraw_from_gateway(self):
        """Make a refused invoice ready to be handed in again, as it is now.

        :raise UserError: the gateway takes no second try of the same invoice.
        """
        self.ensure_one()
        raise UserError(self._get_gateway_refusal())

    def _is_gateway_answer(self, _error):
        """Whether the failure says for certain that the gateway does not have the invoice."""
        return False

    # === STAGES === #
    def _is_at_gateway(self, *stages):
        """Whether the invoice has come as far as one of the stages, see `_get_gateway_domain`."""
        return bool(self.filtered_domain(self._get_gateway_domain(*stages)))

    @api.model
    def _get_subscription_hand_in_domain(self, company, date_ref):
        """Posted invoices that have to be handed in, and those that were refused, when they may be tried."""
        return (
            self._get_subscription_unsent_domain(company)
            & Domain("subscription_handed_on", "=", False)
            & self._get_gateway_domain("open", "refused")
            & self._get_not_parked_domain("send", date_ref)
        )

    # === HANDING IN === #
    def _subscription_hand_in(self, date_ref):
        """Hand one invoice in; commits that it is about to, so that nobody does it a second time without asking.

        What was refused since is set aside first, with the gateway's reason, and handed in again on its day.
        """
        move = self._claim_hand_in(date_ref)
        if not move:
            return
        if move._is_at_gateway("refused") and not move._reopen_refused(date_ref):
            return
        doubtful = bool(move.subscription_handed_in_on)
        now = fields.Datetime.now()
        move._write_sealed({"subscription_handed_in_on": now})
        self.env["ir.cron"]._commit_progress()
        # Another worker that came between is left to it: it has put its own mark there.
        claimed = move._claim_hand_in(date_ref)
        if claimed.subscription_handed_in_on == now:
            claimed._hand_in(doubtful, date_ref)

    def _claim_hand_in(self, date_ref):
        """The invoice, locked, if it is still to be handed in."""
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset()
        company = self.env.company
        return self.search(self._get_subscription_hand_in_domain(company, date_ref) & Domain("id", "in", locked.ids))

    def _reopen_refused(self, date_ref):
        """Set a refused invoice aside with the gateway's reason; later, when it is tried again, open it for that.

        :return: whether it can be handed in now.
        """
        if self._get_parkings("send"):
            error = self._attempt(lambda move: move._withdraw_from_gateway())
        else:
            error = self._attempt(lambda move: move._raise_gateway_refusal())
        if error:
            self._park("send", error, date_ref)
        return not error

    def _raise_gateway_refusal(self):
        raise UserError(self._get_gateway_refusal())

    def _attempt(self, work):
        """Do the work on the invoice, in the language of who is told of it.

        :return: the failure, if it failed: what it wrote is undone then.
        """
        failures = run_isolated(self._for_reader(), work)
        return failures[0][1] if failures else None

    def _hand_in(self, doubtful, date_ref):
        """Hand the invoice in, or set it aside with the reason; the mark stays where the outcome is not known."""
        self.ensure_one()
        error = self._attempt(lambda move: move._call_gateway(doubtful))
        if error:
            self._park("send", error, date_ref)
        else:
            self._unpark("send")
        if not error or self._is_gateway_answer(error):
            self._write_sealed({"subscription_handed_in_on": False})

    def _call_gateway(self, doubtful):
        """Hand the invoice in as the Send button does, but by no mail: that leaves when the gateway has accepted.

        :param doubtful: an earlier try got no answer.
        :raise UserError: it was not handed in, with the reason.
        """
        self._prepare_for_gateway()
        if doubtful and self._ask_gateway():
            return
        self._check_gateway_needs()
        move = self.with_context(subscription_on_its_way=CHECKED, subscription_printing=CHECKED)
        sender = self.env["account.move.send"].with_context(subscription_printing=CHECKED)
        sender._generate_and_send_invoices(move, sending_methods=[])
        if self._is_at_gateway("open"):
            raise UserError(self.env._("The invoice was not handed in. Its Send button tells what is missing."))

    def _check_gateway_needs(self):
        """Refuse what the Send button would refuse: a tax office that is missing, a number of the wrong form."""
        sender = self.env["account.move.send"]
        settings = sender._get_default_sending_settings(self, sending_methods=[])
        sender._raise_danger_alerts(sender._get_alerts(self, {self: settings}))

    # === WHAT STANDS IN THE DOCUMENT === #
    def _get_billed_periods(self):
        """Days that the invoice bills, by invoice line: first and last, both included.

        For the fields that formats of electronic invoices have for them.
        """
        self.ensure_one()
        periods = {}
        for line in self.sudo().invoice_line_ids:  # sudo: people of accounting may not see contracts
            rows = line.subscription_installment_ids
            if rows:
                periods[line.id] = (min(rows.mapped("date_from")), max(rows.mapped("date_to")))
        return periods

    def _get_billed_period(self):
        """First and last day that the invoice bills, or None."""
        periods = self._get_billed_periods().values()
        return (min(start for start, _end in periods), max(end for _start, end in periods)) if periods else None
