from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.storable import storable


class SubscriptionRequest(models.Model):
    """What a subscriber asks for in the portal: nothing happens to the contract until somebody confirms it."""

    _name = "subscription.request"
    _inherit = ["subscription.mixin", "subscription.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Subscriber Request"
    _order = "id desc"
    _rec_name = "kind"

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Subscriber")
    contact_id = fields.Many2one(
        comodel_name="res.partner", string="Asked By", required=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(
        selection=[("change", "Change"), ("pause", "Pause"), ("resume", "Resume"), ("close", "Close")],
        string="Asks To",
        required=True,
        readonly=True,
    )
    date = fields.Date(
        string="Wanted Date", required=True, help="Change: from. Pause: first day without service. Close: last day."
    )
    text = fields.Text(string="Message", readonly=True)
    state = fields.Selection(
        selection=[("new", "New"), ("done", "Done"), ("refused", "Refused"), ("cancelled", "Withdrawn")],
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
        tracking=True,
    )
    close_reason_id = fields.Many2one(comodel_name="subscription.close.reason")
    answer = fields.Text(help="Shown to the subscriber.")

    _open_unique = models.UniqueIndex(
        "(contract_id, kind) WHERE state = 'new'", "The same was asked before and is not answered yet."
    )

    @api.depends("kind", "contract_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            request.display_name = f"{labels.get(request.kind)}: {request.contract_id.display_name}"

    @api.model
    def _ask(self, contract, contact, kind, date, text):
        """Write the request down, and tell the responsible. Asking the same again returns the open request.

        :param contact: the person who asks.
        :param date: wanted day, not in the past.
        :raise UserError: the contract does not allow it, or something else of this kind was asked, in words.
        """
        text = storable(text)
        today = contract.company_id._subscription_today()
        if kind not in contract._get_request_kinds():
            raise UserError(self.env._("This is not possible for contract %(contract)s now.", contract=contract.name))
        earliest = contract._get_request_date(kind, today)
        if not date or date < earliest:
            raise UserError(self.env._("Choose a day from %(day)s on.", day=earliest))
        open_ = self.search([("contract_id", "=", contract.id), ("kind", "=", kind), ("state", "=", "new")])
        if open_:
            open_._check_same(date, text)
            return open_
        values = {"contract_id": contract.id, "contact_id": contact.id, "kind": kind, "date": date, "text": text}
        request = self.create(values)
        summary = request._for_reader().display_name
        request._alert(text or "", kind="mail.mail_activity_data_todo", summary=summary)
        return request

    def _check_same(self, date, text):
        """Raise when something else is asked than what is not answered yet: it would be lost.

        :raise UserError: another day, or other words.
        """
        if (self.date, self.text or "") != (date, text):
            raise UserError(
                self.env._(
                    "You have asked for this already, for %(day)s, and have no answer yet. "
                    "Withdraw that request first if you want something else.",
                    day=format_date(self.env, self.date),
                )
            )

    def _get_alert_users(self):
        """Whoever looks after the contract answers."""
        return self.contract_id.user_id

    def _finish(self, state):
        for request in self:
            if request.state != "new":
                raise UserError(self.env._("This request was answered already."))
        self.state = state
        for request in self:
            told = request._for_reader()
            labels = dict(self._fields["state"]._description_selection(told.env))
            told.activity_ids.action_feedback(feedback=labels[state])
        for request in self:
            template = self.env.ref("subscription_mgmt.mail_template_request_answered", raise_if_not_found=False)
            if template and state != "cancelled" and request.contact_id.email:
                template.sudo().send_mail(request.id)  # sudo: who answers need not be allowed to read templates

    def action_confirm(self):
        """Do what was asked: pause, resume or close the contract on the wanted day. A change was made by hand.

        :raise UserError: closing without a reason; what the contract refuses.
        """
        self.check_access("write")
        for request in self:
            contract = request.contract_id
            if request.kind == "pause":
                contract.action_pause(request.date, date_to=contract._get_latest_pause_end(request.date))
            elif request.kind == "resume":
                contract.action_resume(request.date)
            elif request.kind == "close":
                if not request.close_reason_id:
                    raise UserError(self.env._("Choose a reason for closing the contract."))
                contract.action_close(request.date, request.close_reason_id, comment=request.text)
        self._finish("done")
        return True

    def action_refuse(self):
        """Say no; the contract stays as it is.

        :raise UserError: no answer for the subscriber.
        """
        self.check_access("write")
        for request in self:
            if not request.answer:
                raise UserError(self.env._("Tell the subscriber why, in the answer."))
        self._finish("refused")
        return True

    def _withdraw(self):
        """The subscriber does not want it any more."""
        self._finish("cancelled")
