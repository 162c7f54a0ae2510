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
    date_to = fields.Date(string="Wanted Until", help="Last day of a pause. Empty: until resumed.")
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

    # === ASKING === #
    @api.model
    def _ask(self, contract, contact, kind, date, text, date_to=None, reason=None):
        """Write the request down, and tell the responsible. Asking the same again returns the open request.

        :param contact: the person who asks.
        :param date: wanted day, not in the past.
        :param date_to: of a pause, its last day; default: until resumed.
        :param reason: of closing, one of those that are offered.
        :raise UserError: the contract does not allow it, or something else was asked before, in words.
        """
        contract._touch()  # pressed twice at once: the second one finds the first
        open_ = self.search([("contract_id", "=", contract.id), ("state", "=", "new")])
        values = self._prepare_wish(contract, kind, date, text, date_to, reason)
        if open_:
            return open_._check_same(values)
        request = self.create({**values, "contract_id": contract.id, "contact_id": contact.id})
        summary = request._for_reader().display_name
        request._alert(values["text"], kind="mail.mail_activity_data_todo", summary=summary)
        return request

    @api.model
    def _prepare_wish(self, contract, kind, date, text="", date_to=None, reason=None):
        """What is asked for, after a look at whether it may be.

        :return: values of a request.
        :raise UserError: what is wrong, in words.
        """
        if kind not in contract._get_request_kinds():
            raise UserError(self.env._("This is not possible for contract %(contract)s now.", contract=contract.name))
        first, last = contract._get_request_days(kind, contract.company_id._subscription_today())
        if not date or not first <= date <= last:
            raise UserError(self._explain_days(first, last))
        date_to = date_to if kind == "pause" else None
        if date_to and not date <= date_to <= last:
            raise UserError(self._explain_days(date, last))
        if kind == "pause":
            contract._check_wished_pause(date, date_to)
        offered = reason and self._get_offered_reasons() & reason
        if kind == "close" and not offered:
            raise UserError(self.env._("Choose why you want to end the contract."))
        return {
            "kind": kind,
            "date": date,
            "date_to": date_to or False,
            "text": storable(text),
            "close_reason_id": offered.id if kind == "close" else False,
        }

    def _explain_days(self, first, last):
        """Which days can be chosen."""
        return self.env._(
            "Choose a day from %(first)s to %(last)s.",
            first=format_date(self.env, first),
            last=format_date(self.env, last),
        )

    @api.model
    def _get_offered_reasons(self):
        """Reasons for closing that a customer may have."""
        return self.env["subscription.close.reason"].search([("is_offered", "=", True)])

    def _check_same(self, values):
        """Return the request that waits, when it is what is asked for now; something else would be lost.

        :raise UserError: another day, another kind, or other words.
        """
        same = self.filtered(lambda one: one.kind == values["kind"])
        if not same:
            raise UserError(
                self.env._("A request of yours waits for an answer. Withdraw it first if you want something else.")
            )
        names = ("date", "date_to", "text")
        reason_id = same.close_reason_id.id or False
        if [same[name] or False for name in names] != [values[name] or False for name in names] or (
            reason_id != values["close_reason_id"]
        ):
            raise UserError(
                self.env._(
                    "You have asked for this already, for %(day)s, and have no answer yet. "
                    "Withdraw that request first if you want something else.",
                    day=format_date(self.env, same.date),
                )
            )
        return same

    # === ANSWERING === #
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
            if request.kind == "close" and not request.close_reason_id:
                raise UserError(self.env._("Choose a reason for closing the contract."))
            wish = (request.kind, request.date, request.date_to, request.close_reason_id, request.text)
            request.contract_id._carry_out_wish(*wish)
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
